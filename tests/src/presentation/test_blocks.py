"""An answer is composed once, so no renderer can lose what another shows: lists, numbers, headings, footnotes."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.citations.attribution import cite
from shared_utils.message import NOTHING, literal
from shared_utils.types import Answer, Citation, EngineKind, Evidence, GenerationStats, Sentence, Verdict
from src.api.as_json import answer_markdown as api_markdown
from src.api.as_json import answer_notes
from src.i18n import ENGLISH
from src.presentation.blocks import BlockKind, as_html, blocks, set_as_text, unplaced
from src.presentation.cited import entries
from src.presentation.csv_table import answers_csv
from src.presentation.markdown import conversation_markdown
from src.presentation.plain_text import answer_with_markers, plain_answer
from src.screen.html import aside
from src.screen.markdown import answer_markdown as page_markdown
from src.screen.question_list import answers_table
from src.views import TurnView, asked_view

RAW = "# Costs\nIn short:\n\n1. Leakage fell.\n2) Sales rose.\n\n- one\n* two\nThat is **all**."
SHOWN = [("#", "Costs"), ("", "In short:"), ("1.", "Leakage fell."), ("2.", "Sales rose.")]
SHOWN += [("-", "one"), ("-", "two"), ("", "That is all.")]


def answer() -> Answer:
    cited = cite(RAW, "How much?", Evidence((), 0, 600), {}, {})
    sentences = tuple(replace(s, verdict=Verdict.SUPPORTED) for s in cited.sentences)
    return Answer("How much?", True, sentences, (), "stop", GenerationStats(EngineKind.OLLAMA, "m"), RAW)


def turn(made: Answer) -> TurnView:
    return replace(asked_view("t", "How much?", 0.0, 0.0), stage=None, answer=made)


def from_lines(text: str) -> list[tuple[str, str]]:
    """(mark, words) of every line that stands in `text`, as Markdown or plain text sets it."""
    line = re.compile(r"(?P<mark>-|\d+\.|#+)?\s*(?P<words>.+)")
    found = []
    for match in map(line.fullmatch, filter(None, (part.strip() for part in text.split("\n")))):
        assert match is not None
        words = re.sub(r"[\\*\u00a0]", "", match["words"])
        heading = (match["mark"] or "").startswith("#") or match["words"] == "**Costs**"
        found.append(("#" if heading else match["mark"] or "", words))
    return found


def from_html(html: str) -> list[tuple[str, str]]:
    marks = {"p": "", "b": "#", "h3": "#"}
    parts = re.findall(r'<(p|b|h3|li)(?: value="(\d+)")? dir="auto">(.*?)</\1>', html)
    return [
        ((f"{number}." if number else "-") if tag == "li" else marks[tag], unescape(re.sub("<[^>]+>", "", words)))
        for tag, number, words in parts
    ]


def from_csv(data: bytes) -> list[tuple[str, str]]:
    _, row = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return from_lines(row[1])


RENDERERS: dict[str, Callable[[Answer], list[tuple[str, str]]]] = {
    "the page": lambda made: from_lines(page_markdown(made, sign=lambda _: "")),
    "the API": lambda made: from_lines(api_markdown(made)),
    "a terminal": lambda made: from_lines(plain_answer(made)),
    "ask --json": lambda made: from_lines(answer_with_markers(made)),
    "the Markdown file": lambda made: from_lines(conversation_markdown([turn(made)]))[1 : 1 + len(SHOWN)],
    "the table": lambda made: from_csv(answers_csv([turn(made)])),
    "a list of questions": lambda made: from_html(answers_table([turn(made)], (), ENGLISH)),
}
NO_HEADINGS = {"a terminal", "ask --json", "the table"}  # plain text has no way to set one apart


@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_renderer_keeps_lists_their_numbers_and_headings(renderer: str) -> None:
    expected = [("" if renderer in NO_HEADINGS and mark == "#" else mark, words) for mark, words in SHOWN]
    assert [(mark, words.replace("**", "")) for mark, words in RENDERERS[renderer](answer())] == expected


def test_the_report_sets_lists_and_headings_as_html_does() -> None:
    html = as_html(blocks(answer()), lambda piece: piece.text)
    assert from_html(html) == SHOWN
    assert html.count("<ol>") == html.count("<ul>") == 1


def test_an_answer_stored_before_sentences_had_an_item_is_composed_alike() -> None:
    old = tuple(
        Sentence(f"{s.item} {s.text}" if s.item not in ("", "#") else s.text, (), s.verdict, NOTHING, s.paragraph)
        for s in answer().sentences
    )
    kinds = [(block.kind, block.number, block.pieces[0].text) for block in blocks(replace(answer(), sentences=old))]
    assert kinds[2] == (BlockKind.NUMBER, 1, "Leakage fell.")
    assert kinds[4] == (BlockKind.BULLET, 0, "one")


def test_a_marker_that_points_at_nothing_is_left_out() -> None:
    made = replace(answer(), citations=(Citation(2, "d", "d.pdf", 1, "1", "quote", 0, 5),))
    cited = replace(made, sentences=(replace(made.sentences[1], citations=(2, 7)),))
    assert [piece.markers for block in blocks(cited) for piece in block.pieces] == [(2,)]
    assert unplaced(cited) == ()
    assert unplaced(made) == (2,)


def test_footnotes_are_numbered_through_the_conversation_in_sentences_and_citations_alike() -> None:
    quotes = tuple(Citation(n, "d", "d.pdf", n, str(n), f"quote {n}", 0, 5) for n in (1, 2))
    made = replace(answer(), citations=quotes)
    made = replace(made, sentences=(replace(made.sentences[1], citations=(2, 1, 9)),))
    _, second = entries([turn(made), turn(made)])
    assert [note.marker for note in second.notes] == [3, 4]
    assert second.turn.answer is not None
    assert second.turn.answer.sentences[0].citations == (4, 3)


@given(st.lists(st.sampled_from(["", "-", "1.", "12.", "#"]), min_size=1, max_size=8))
def test_no_word_and_no_block_is_lost(items: list[str]) -> None:
    sentences = tuple(Sentence(f"word{i}", (), Verdict.SUPPORTED, NOTHING, i, item) for i, item in enumerate(items))
    made = blocks(replace(answer(), sentences=sentences))
    assert [block.pieces[0].text for block in made] == [f"word{i}" for i in range(len(items))]
    assert [block.label for block in made] == ["" if item == "#" else item and f"{item} " for item in items]


def test_of_a_quoted_answer_a_sentence_that_is_ours_is_text_and_a_quote_a_quotation() -> None:
    value = Sentence("Sales, 2017: 9", (1,), Verdict.SUPPORTED, NOTHING, 0, said=literal("Sales, 2017: 9"))
    quote = Sentence("Sales rose.", (1,), Verdict.SUPPORTED, NOTHING, 1)
    citation = Citation(1, "d", "a.pdf", 1, "1", "Sales rose.", 0, 11)
    quoted = Answer("Sales?", True, (value, quote), (citation,), "stop", GenerationStats(EngineKind.EXTRACTIVE, ""), "")
    assert [(block.kind, block.pieces[0].text) for block in blocks(quoted)] == [
        (BlockKind.PARAGRAPH, "Sales, 2017: 9"),
        (BlockKind.QUOTE, "Sales rose."),
    ]
    assert set_as_text(quoted).sentences == (value,)
    written = replace(quoted, stats=GenerationStats(EngineKind.OLLAMA, "m"))
    assert set_as_text(written) == written
    assert "Sales, 2017: 9" in conversation_markdown((turn(quoted),))
    assert "<p" in as_html(blocks(set_as_text(quoted)), lambda piece: piece.text)


def with_some_left_out() -> Answer:
    trebled = literal("the page says fell, the answer trebled")
    first, second, *rest = (
        Sentence("Sales rose.", (), Verdict.SUPPORTED, NOTHING, 0, "1."),
        Sentence("Costs trebled.", (), Verdict.CONTRADICTED, trebled, 1, "2."),
        Sentence("They will fall.", (), Verdict.SUPPORTED, NOTHING, 1),
        Sentence("The moon is near.", (), Verdict.NOT_FOUND, literal("no page names the moon"), 2, "3."),
    )
    left = (replace(s, left_out=s.verdict is not Verdict.SUPPORTED) for s in (first, second, *rest))
    return replace(answer(), sentences=tuple(left))


@pytest.mark.parametrize("renderer", RENDERERS)
def test_every_renderer_shows_what_holds_and_the_mark_of_its_line(renderer: str) -> None:
    found = RENDERERS[renderer](with_some_left_out())
    assert found[:2] == [("1.", "Sales rose."), ("2.", "They will fall.")]


@pytest.mark.parametrize(
    "drawn",
    [
        plain_answer,
        lambda made: conversation_markdown([turn(made)]),
        lambda made: answers_csv([turn(made)]).decode("utf-8-sig"),
        lambda made: answers_table([turn(made)], (), ENGLISH),
        lambda made: "\n".join(answer_notes(made)),
        aside,
    ],
)
def test_what_was_left_out_is_told_with_its_reason(drawn: Callable[[Answer], str]) -> None:
    text = unescape(drawn(with_some_left_out())).replace("\\", "")
    assert "2 sentences of the model are not on the pages" in text
    assert "“Costs trebled.” The documents say otherwise: the page says fell, the answer trebled" in text
    assert "“The moon is near.” Not found in the documents: no page names the moon" in text
    assert "not on the pages" not in unescape(drawn(answer()))


def test_what_is_only_partly_so_is_not_told_to_be_missing_from_the_pages() -> None:
    made = with_some_left_out()
    told = [replace(s, verdict=Verdict.PARTLY) if s.text == "Costs trebled." else s for s in made.sentences]
    head = "2 sentences of the model are not on the pages as they stand:"
    assert head in plain_answer(replace(made, sentences=tuple(told)))
