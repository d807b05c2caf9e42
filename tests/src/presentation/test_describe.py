"""What people read: literal text from outside, and plain words for every state."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.citations.attribution import cite
from shared_utils.message import literal
from shared_utils.types import (
    Answer,
    Citation,
    EngineKind,
    Evidence,
    GenerationStats,
    PageVerdict,
    Sentence,
    Verdict,
    Where,
)
from src.events import Stage
from src.presentation.blocks import cautions, dagger
from src.presentation.describe import (
    describe_answer,
    describe_document,
    describe_pages,
    document_progress,
    page_name,
    page_strip,
)
from src.presentation.escaping import plain
from src.presentation.plain_text import plain_answer
from src.screen.markdown import answer_markdown, chip_link, escape_markdown, written_markdown
from src.views import DocumentState, TurnView
from tests.src.documents import DOCUMENT

STATS = GenerationStats(backend=EngineKind.OLLAMA, model="llama3.2:3b", where=Where.THIS_MACHINE)
TURN = TurnView(
    id="t",
    question="How much?",
    stage=Stage.READING,
    engine=EngineKind.OLLAMA,
    model="llama3.2:3b",
    stage_started_at=100.0,
    asked_at=98.0,
    seconds_left=12.0,
    position=0,
    text="",
    extractive=None,
    answer=None,
    changes=(),
    timings={},
    where=Where.THIS_MACHINE,
)


def citation(marker: int = 1, **changes: object) -> Citation:
    made = Citation(marker, "d", "report.pdf", 2, "ii", "Leakage fell to 14.9 %", 0, 22)
    return replace(made, **changes)  # type: ignore[arg-type]


def sentence(text: str, *markers: int, verdict: Verdict = Verdict.SUPPORTED, paragraph: int = 0) -> Sentence:
    return Sentence(text, markers, verdict, literal("the page says 14.9 %, the answer 18.6 %"), paragraph)


def answer(*sentences: Sentence, answerable: bool = True, **changes: object) -> Answer:
    made = Answer("How much?", answerable, sentences, (citation(1), citation(2)), "stop", STATS, "")
    return replace(made, **changes)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------ text from outside

HOSTILE = [
    "![x](https://evil.example/p.png)",
    "[click](javascript:alert(1))",
    "<img src=x onerror=alert(1)>",
    "<https://evil.example>",
    "$E=mc^2$ and `code` and **bold** and ~~gone~~",
    ":red[text] :material/home: :smile:",
    "# Heading",
    "1. item",
    "- item",
    "> quote",
    "| a | b |",
    "&lt;b&gt;",
    "www.evil.example and a@evil.example",
    "a -> b -- c <- d >= e",
    "[1]: https://evil.example",
    "[^1] \\[x\\]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_every_punctuation_mark_of_outside_text_is_escaped(text: str) -> None:
    escaped = escape_markdown(text)
    unescaped_marks = [
        c
        for i, c in enumerate(escaped)
        if c.isascii() and not c.isalnum() and c not in " \\" and escaped[i - 1] != "\\"
    ]
    assert unescaped_marks == []


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_shown_is_what_was_there(text: str) -> None:
    shown = escape_markdown(text).replace("\u2060", "").replace("\\\\", "\0").replace("\\", "").replace("\0", "\\")
    assert shown == text


@pytest.mark.parametrize("text", ["https://a.example", "www.a.example", "me@a.example", ":smile:", "a -> b", "a -- b"])
def test_what_the_renderer_rewrites_in_finished_text_is_broken_up(text: str) -> None:
    assert "\u2060" in escape_markdown(text)


def test_control_characters_and_turned_writing_directions_are_dropped() -> None:
    assert plain("invoice\u202efdp.exe\x1b[2J\n\tend") == "invoicefdp.exe[2J end"


def test_a_models_bold_and_lists_are_kept_and_nothing_else() -> None:
    text = "**Leakage fell** to 14.9 %.\n- one <b>x</b>\n2. two\n# Title"
    assert written_markdown(text, lambda _: None) == (
        "**Leakage fell** to 14\\.9 \\%\\.\n- one \\<b\\>x\\<\\/b\\>\n2. two\n**Title**"
    )


def test_bold_that_is_still_being_written_does_not_show_its_stars() -> None:
    assert written_markdown("It fell **to 14", lambda _: None) == "It fell **to 14**"
    assert written_markdown("It fell **", lambda _: None) == "It fell"


def test_only_markers_that_point_somewhere_become_chips() -> None:
    shown = written_markdown("See [1] and [7].", lambda n: "CHIP" if n == 1 else None)
    assert shown == "See CHIP and \\[7\\]\\."


def test_a_hostile_file_name_cannot_leave_the_title_of_its_chip() -> None:
    link = chip_link(citation(document='a") ![x](https://evil.example "b.pdf'), "cite-t.a.1")
    assert link.startswith('[1](#cite-t.a.1 "')
    inside = link.removeprefix('[1](#cite-t.a.1 "').removesuffix('")')
    assert '"' not in inside.replace('\\"', "")


# ------------------------------------------------------------------------------------------------ answers


def test_a_marker_stands_before_the_full_stop_and_never_begins_a_line() -> None:
    assert answer_markdown(answer(sentence("Leakage fell.", 1, 2))) == "Leakage fell\u00a0\\[1\\]\u00a0\\[2\\]\\."


def test_paragraphs_are_parted_and_list_items_stay_one_list() -> None:
    made = answer(
        sentence("First.", 1),
        sentence("Second."),
        sentence("- a", 2, paragraph=1),
        sentence("- b", paragraph=2),
        sentence("Last.", paragraph=3),
    )
    blocks = answer_markdown(made, lambda n: f"({n})").replace("\u00a0", " ").split("\n")
    assert blocks == ["First (1)\\. Second\\.", "", "- a (2)", "- b", "", "Last\\."]


def test_a_finished_answer_keeps_the_lists_and_headings_it_had_while_it_was_written() -> None:
    raw = "# Costs\nIn short:\n\n1. Leakage fell. So did costs.\n2) Sales rose.\n\n– one\n* two\nThat is all."
    cited = cite(raw, "How much?", Evidence((), 0, 600), {}, {})
    drawn = answer_markdown(answer(*cited.sentences), sign=lambda _: "").replace("\u00a0", " ")
    assert [line for line in drawn.split("\n") if line] == [
        line for line in written_markdown(raw, lambda _: None).split("\n") if line
    ]
    assert "2\\. Sales" not in drawn
    assert "\n2. Sales" in drawn


def test_only_sentences_that_do_not_fully_stand_carry_a_sign() -> None:
    made = answer(sentence("Good.", 1), sentence("Bad.", 1, verdict=Verdict.CONTRADICTED))
    assert [s.text for s in cautions(made)] == ["Bad."]
    assert "†" in answer_markdown(made).split("Bad")[1]
    assert "†" not in answer_markdown(made).split("Bad")[0]


def test_a_refusal_claims_nothing_and_so_carries_no_sign() -> None:
    assert cautions(answer(sentence("They do not say.", verdict=Verdict.NOT_FOUND), answerable=False)) == ()


def test_signs_do_not_run_out() -> None:
    assert len({dagger(i) for i in range(12)}) == 12


def test_a_terminal_is_told_the_footnotes_and_no_control_character() -> None:
    made = answer(sentence("It \x1b[31mfell.", 1, verdict=Verdict.PARTLY), notes=("Cut short.",))
    assert plain_answer(made) == (
        "It [31mfell [1] †.\n\n"
        "[1] report.pdf, p. 2, printed ii: “Leakage fell to 14.9 %”\n"
        "[2] report.pdf, p. 2, printed ii: “Leakage fell to 14.9 %”\n\n"
        "† Only partly supported: the page says 14.9 %, the answer 18.6 %\n\n"
        "Cut short."
    )


@pytest.mark.parametrize(("label", "name"), [("v", "p. 7, printed v"), ("7", "p. 7"), ("", "p. 7")])
def test_a_page_is_named_by_its_position_and_its_label_where_they_differ(label: str, name: str) -> None:
    assert page_name(7, label) == name


# ------------------------------------------------------------------------------------------------ documents and stages


@pytest.mark.parametrize("state", DocumentState)
def test_every_state_of_a_document_has_words(state: DocumentState) -> None:
    assert describe_document(replace(DOCUMENT, state=state, reason=literal("This is not a PDF.")))


def test_a_failed_document_says_why_instead_of_counting() -> None:
    assert (
        describe_document(replace(DOCUMENT, state=DocumentState.FAILED, reason=literal("Not a PDF."))) == "Not a PDF."
    )


def test_progress_never_goes_back_from_reading_to_ready() -> None:
    stages = [
        replace(DOCUMENT, state=DocumentState.QUEUED, pages=0, page_verdicts=(), chunks=0, embedded=0),
        replace(DOCUMENT, state=DocumentState.READING, page_verdicts=(PageVerdict.TEXT,), chunks=3, embedded=0),
        replace(DOCUMENT, state=DocumentState.RECOGNISING, embedded=0),
        replace(DOCUMENT, state=DocumentState.EMBEDDING, embedded=0),
        replace(DOCUMENT, state=DocumentState.EMBEDDING, embedded=7),
        DOCUMENT,
    ]
    shares = [document_progress(view) for view in stages]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_short_document_has_a_cell_for_every_page_and_the_unread_ones_are_empty() -> None:
    view = replace(DOCUMENT, page_verdicts=(PageVerdict.TEXT, PageVerdict.SCANNED))
    assert page_strip(view) == (PageVerdict.TEXT, PageVerdict.SCANNED, None)


def test_a_cell_of_a_long_document_shows_the_worst_of_its_pages() -> None:
    verdicts = [PageVerdict.TEXT] * 1000
    verdicts[617] = PageVerdict.UNREADABLE
    strip = page_strip(replace(DOCUMENT, pages=1000, page_verdicts=tuple(verdicts)), cells=48)
    assert len(strip) == 48
    assert strip.count(PageVerdict.UNREADABLE) == 1


def test_the_strip_is_also_told_in_words() -> None:
    view = replace(DOCUMENT, pages=4, page_verdicts=(PageVerdict.TEXT, PageVerdict.TEXT, PageVerdict.SCANNED))
    assert describe_pages(view) == "4 pages: 2 with text, 1 scanned, 1 not read yet"


def test_the_line_under_an_answer_says_who_wrote_it_and_how_long_it_took() -> None:
    done = replace(TURN, stage=None, answer=answer(sentence("x", 1)), timings={"first_token_s": 1.94, "total_s": 11.8})
    assert describe_answer(done) == "2 sources · llama3.2:3b on this machine · first words 1.9 s · 11.8 s in total"
    assert done.answer is not None
    of_files = replace(done.answer, citations=(), stats=GenerationStats(EngineKind.EXTRACTIVE, ""))
    assert describe_answer(replace(done, answer=of_files)) == ""  # "0 sources" says nothing
