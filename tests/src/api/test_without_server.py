"""The pieces that need no server: limits, bounded work, keys, harmless Markdown, what is told between two looks."""

from __future__ import annotations

import asyncio
import re
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from shared_utils.errors import FootnoteError, StorageError
from shared_utils.message import literal
from src.api import errors
from src.api.as_json import inert
from src.api.bounded_work import BoundedWork
from src.api.caller import caller_of, shelf_key_of
from src.api.chat_events import events
from src.api.completions import growth, reply
from src.api.docs_page import reference
from src.api.errors import Refused
from src.api.limits import Buckets
from src.api.schemas import ErrorDetail, dumped
from src.api.sse import frame
from src.events import Stage
from src.views import TurnView
from tests.fakes import FakeClock
from tests.src.api.turns import ASKED, DONE, READING, WRITING

# ------------------------------------------------------------------------------------------------ keys and addresses


def test_a_derived_shelf_key_fits_the_shelves_and_hides_its_origin() -> None:
    derived = shelf_key_of("operators key")
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", derived)
    assert derived != shelf_key_of("operators kez")
    assert "operators" not in derived


def test_a_key_never_falls_back_to_the_cookie() -> None:
    cookie = "c00kie-" * 4 + "abcd"
    assert caller_of("", cookie, ()).shelf_key == cookie
    with pytest.raises(Refused):
        caller_of("Bearer wrong", cookie, ())


# ------------------------------------------------------------------------------------------------ limits


@given(st.lists(st.floats(0, 100), max_size=60))
def test_nobody_gets_more_than_the_burst_and_the_rate(pauses: list[float]) -> None:
    clock = FakeClock()
    buckets = Buckets(per_minute=30, burst=5, clock=clock)
    granted = 0
    for pause in pauses:
        clock.sleep(pause)
        granted += buckets.take("somebody") == 0
    assert granted <= 5 + sum(pauses) * 30 / 60 + 1e-6


def test_who_waits_as_told_gets_through() -> None:
    clock = FakeClock()
    buckets = Buckets(per_minute=60, burst=1, clock=clock)
    assert buckets.take("a") == 0
    clock.sleep(buckets.take("a"))
    assert buckets.take("a") == 0


def test_a_flood_of_names_is_forgotten() -> None:
    buckets = Buckets(per_minute=60, burst=1, clock=FakeClock())
    for number in range(25_000):
        buckets.take(str(number))
    assert len(buckets._held) <= 10_000


# ------------------------------------------------------------------------------------------------ bounded work


def test_bounded_work_refuses_who_would_wait_too_long_and_says_when_to_come_back() -> None:
    bounded, go_on = BoundedWork("test", workers=1, patience_s=0.05), threading.Event()

    async def play() -> None:
        first = asyncio.create_task(bounded.run("a", lambda: go_on.wait(10)))
        others = [asyncio.create_task(bounded.run("b", lambda: True)) for _ in range(5)]
        await asyncio.sleep(0)
        with pytest.raises(Refused) as refused:
            await asyncio.gather(*others)
        assert refused.value.status == 503
        assert "Retry-After" in refused.value.headers()
        go_on.set()
        assert await first

    asyncio.run(play())
    bounded.close()


def test_a_search_that_is_made_goes_before_an_answer() -> None:
    searches = BoundedWork("searches", workers=1, patience_s=9)
    answers = BoundedWork("answers", workers=1, patience_s=9, first=searches, gives_way_s=30)
    order, go_on = list[str](), threading.Event()

    def search() -> None:
        go_on.wait(10)
        order.append("search")

    async def play() -> None:
        searched = asyncio.create_task(searches.run("a", search))
        answered = asyncio.create_task(answers.run("b", lambda: order.append("answer")))
        await asyncio.sleep(0.01)
        go_on.set()
        await asyncio.gather(searched, answered)

    asyncio.run(play())
    searches.close()
    answers.close()
    assert order == ["search", "answer"]


def test_what_a_job_raises_is_the_askers() -> None:
    bounded = BoundedWork("test", workers=1, patience_s=1)

    def fail() -> None:
        raise StorageError("The disk is full.")

    with pytest.raises(StorageError, match="full"):
        asyncio.run(bounded.run("a", fail))
    bounded.close()


def test_a_job_whose_asker_has_left_is_not_begun() -> None:
    bounded, go_on, begun = BoundedWork("test", workers=1, patience_s=9), threading.Event(), threading.Event()

    async def play() -> None:
        first = asyncio.create_task(bounded.run("a", lambda: go_on.wait(10)))
        left = asyncio.create_task(bounded.run("b", begun.set))
        await asyncio.sleep(0.01)
        left.cancel()
        await asyncio.sleep(0.01)
        go_on.set()
        await first
        await bounded.run("b", lambda: None)  # behind the one that left

    asyncio.run(play())
    bounded.close()
    assert not begun.is_set()


# ------------------------------------------------------------------------------------------------ errors


def test_every_error_for_a_person_has_a_status_and_keeps_its_sentence() -> None:
    kinds = [kind for kind in _family(FootnoteError) if kind.__module__ == FootnoteError.__module__]
    assert len(kinds) > 14
    for kind in kinds:
        refusal = errors.refused(kind("What happened, and what to do."))
        assert 400 <= refusal.status < 600
        assert refusal.message == "What happened, and what to do."


def _family(kind: type[FootnoteError]) -> list[type[FootnoteError]]:
    return [kind, *(member for child in kind.__subclasses__() for member in _family(child))]


# ------------------------------------------------------------------------------------------------ text from outside

_LIVE = re.compile(r"(?<!\\)(?:!\[|\]\(|\]\[|<[a-zA-Z/!])|^(?<!\\)\[[^\]]+\]:", re.MULTILINE)


@given(st.text(alphabet="[]()!<>:\\1a\n /", max_size=40))
def test_nothing_from_outside_links_loads_or_is_html(text: str) -> None:
    assert not _LIVE.search(re.sub(r"\\\\", "", inert(text, {1})))


# What GitHub's Markdown links without being told to (https://github.github.com/gfm/#autolinks-extension-), looked for
# by renderers once "&#58;" is a colon.
_BARE_ADDRESS = re.compile(r"(?:https?|ftp)://|\bwww\.|[\w.+-]@[\w-]", re.IGNORECASE)
_ADDRESSES = [
    "https://evil.example/?q=secret",
    "HTTP://EVIL.EXAMPLE",
    "see www.evil.example",
    "ftp://evil.example",
    "mailto:me@evil.example",
    "xmpp:me@evil.example",
    "https&#58;//evil.example",
    "https:&#x2F;&sol;evil.example",
    "www&period;evil.example",
    "me&commat;evil.example",
]


def drawn(markdown: str) -> str:
    """The text that a renderer of Markdown looks for addresses in; what it was told to link is none."""
    tokens = MarkdownIt("commonmark").parse(markdown)
    children = [child for token in tokens for child in token.children or ()]
    assert not [child for child in children if child.type in ("link_open", "image", "html_inline")]
    return "".join(child.content for child in children)


@pytest.mark.parametrize("address", _ADDRESSES)
def test_an_address_from_outside_is_no_link_to_any_renderer(address: str) -> None:
    assert _BARE_ADDRESS.search(drawn(address)), "the test would find nothing"
    assert not _BARE_ADDRESS.search(drawn(inert(address, ())))


@given(st.lists(st.sampled_from(["http", "s", ":", "/", "//", "www", ".", "a", "@", "&#58;", "&", "#58;", " ", "\\"])))
def test_no_pieces_make_an_address(pieces: list[str]) -> None:
    assert not _BARE_ADDRESS.search(drawn(inert("".join(pieces), ())))


@given(st.lists(st.sampled_from([*"htps:/w.@&#58;a ", "http", "www"]), max_size=12))
def test_an_address_that_is_still_being_written_can_go_on(pieces: list[str]) -> None:
    whole, parts = inert("".join(pieces), ()), (inert("".join(pieces[:n]), ()) for n in range(len(pieces)))
    assert all(whole.startswith(part) for part in parts)


def test_known_markers_stay_and_others_are_only_text() -> None:
    assert inert("It rose [1] and fell [7].", {1}) == r"It rose [1] and fell \[7\]."


# ------------------------------------------------------------------------------------------------ between two looks


def names(before: TurnView | None, now: TurnView) -> list[str]:
    return [event.name for event in events(before, now, "thread", {})]


def test_what_came_and_went_between_two_looks_is_told() -> None:
    told = names(None, DONE)
    assert told[0] == "stream_start"
    assert told[1:5] == ["tool_start", "tool_end"] * 2
    assert told[5:] == ["routing", "model_selection", "response", "stream_end"]


def test_nothing_new_is_nothing_told() -> None:
    for turn in (ASKED, READING, WRITING):
        assert names(turn, turn) == []


def test_each_look_tells_only_what_it_adds() -> None:
    assert names(None, ASKED) == ["stream_start", "tool_start"]
    assert names(ASKED, READING) == [
        "tool_end",
        "tool_start",
        "tool_end",
        "routing",
        "model_selection",
        "response",
    ]
    assert names(READING, WRITING) == ["model_selection", "response"]
    assert names(WRITING, DONE) == ["response", "stream_end"]


def test_a_place_in_line_that_changes_is_told() -> None:
    second = replace(READING, stage=Stage.WAITING, position=2)
    moved = list(events(second, replace(second, position=1), "thread", {}))
    assert [event.name for event in moved] == ["model_selection"]
    assert dumped(moved[0].data)["position"] == 1


def test_why_there_is_no_answer_is_told_before_the_end() -> None:
    assert names(ASKED, replace(ASKED, stage=None, error=literal("The disk is full.")))[-2:] == ["error", "stream_end"]


@given(st.text(), st.text())
def test_an_event_is_one_event_whatever_is_in_it(text: str, other: str) -> None:
    drawn = frame("error", ErrorDetail(code=text, message=other))
    assert drawn.count("\n\n") == 1
    assert drawn.endswith("\n\n")
    assert len(drawn.split("\n")) == 4


# ------------------------------------------------------------------------------------------------ completions


def test_streamed_words_and_their_end_are_the_answer_with_what_the_check_found() -> None:
    sent = growth(replace(WRITING, text="So"), "")
    sent += growth(WRITING, sent)
    ending = reply(DONE, sent, {"d" * 64: "a.pdf"})
    assert sent + ending.text == (
        "So [1].\n\n† “Not so.” Not found in the documents: no page says it\n\nSources:\n[1] a.pdf, p. 2: “Words”"
    )
    assert [citation.marker for citation in ending.citations] == [1]


def test_words_that_changed_under_the_pen_are_not_sent_twice() -> None:
    assert growth(replace(WRITING, text="Otherwise."), "So") == ""


# ----------------------------------------------------------------------------------------------- the page about the API


def test_the_reference_escapes_what_it_is_given() -> None:
    spec = {
        "info": {"title": "<b>x</b>", "description": "Say `a < b`."},
        "paths": {"/a": {"get": {"summary": "<script>", "tags": ["<t>"], "responses": {}}}},
    }
    page = reference(spec)
    assert "<script>" not in page
    assert "<b>x</b>" not in page
    assert "<code>a &lt; b</code>" in page
