"""Evidence for a summary: from all over, whole sentences, within the budget."""

from __future__ import annotations

from itertools import pairwise

from shared_utils.chunking.chunker import chunk_pages
from shared_utils.retrieval.spread import spread_evidence
from shared_utils.types import Chunk, Evidence, Heading, Page, PageVerdict, Span

TOPICS = {
    "pilots": "Every pilot of the harbour guides large vessels through the narrow entrance.",
    "gates": "Outer gates protect the harbour from surges when the wind turns north.",
    "cranes": "Two new cranes lift containers faster than their old neighbours could.",
    "dredging": "Mud is taken out of the main channel before winter begins.",
    "noise": "Residents near the quays may complain about work after midnight.",
    "storms": "A storm closed all traffic for almost three days in January.",
    "budgets": "Spending rose because fuel and wages cost more than planned.",
    "ferries": "Passengers reach the islands twice a day, except on public holidays.",
    "anchors": "Ships waiting outside drop anchor in a marked zone to the west.",
    "tides": "High water decides when deep tankers are allowed to enter.",
}


def page(number: int) -> Page:
    topic, sentence = list(TOPICS.items())[number - 1]
    heading = f"About {topic}"
    sentences = [sentence, f"The board discussed {topic} at length and kept its rules."]
    text = f"{heading}\n{' '.join(sentences)}\nTotal {topic} 12 14 16\nTotal others 22 24 26"
    return Page(number, str(number), text, PageVerdict.TEXT, headings=(Heading(0, len(heading), 1),))


PAGES = [page(number) for number in range(1, 11)]
BY_KEY = {("d", page.number): page for page in PAGES}


def spread(budget: int, pages: list[Page] = PAGES) -> Evidence:
    return spread_evidence(chunk_pages("d", pages), {("d", p.number): p for p in pages}, budget_tokens=budget)


def test_every_part_of_the_text_is_heard() -> None:
    assert {span.page for span in spread(500).spans} == set(range(1, 11))


def test_a_small_budget_still_reaches_from_the_beginning_to_the_end() -> None:
    pages = [span.page for span in spread(120).spans]
    assert min(pages) <= 3
    assert max(pages) >= 8


def test_spans_are_whole_sentences_of_their_pages_numbered_in_reading_order_within_the_budget() -> None:
    for budget in (0, 30, 200, 500):
        found = spread(budget)
        assert found.tokens <= budget
        assert [span.marker for span in found.spans] == list(range(1, len(found.spans) + 1))
        assert all(one.page <= two.page for one, two in pairwise(found.spans))
        for span in found.spans:
            assert BY_KEY["d", span.page].text[span.start : span.end] == span.text
            assert span.text.endswith(".")


def test_nothing_is_said_twice() -> None:
    twins = [PAGES[0], Page(2, "2", PAGES[0].text, PageVerdict.TEXT, headings=PAGES[0].headings)]
    texts = [span.text for span in spread(500, twins).spans]
    assert len(texts) == len(set(texts))


def test_an_abstract_speaks_for_the_whole() -> None:
    text = "Abstract\nWe measure how the harbour board looks after everything it owns. " + PAGES[0].text
    first = Page(1, "1", text, PageVerdict.TEXT, headings=(Heading(0, 8, 1),))
    assert any("We measure" in span.text for span in spread(120, [first, *PAGES[1:]]).spans)


def test_slides_without_sentences_give_their_lines() -> None:
    slide = Page(1, "1", "Why harbours matter\nTrade and travel\nFood for everyone", PageVerdict.TEXT)
    assert spread(100, [slide]).spans


def test_no_text_gives_no_evidence() -> None:
    assert spread(100, []).spans == ()


def test_a_line_that_the_layout_sets_apart_is_no_part_of_the_sentence_below_it() -> None:
    title, sentence = "Gates of the inner harbour", "and the locks behind them close every night at ten in winter."
    text = f"Page one\n{title}\n{sentence}"
    chunk = Chunk("d:1:9", "d", 1, 9, len(text), text[9:])
    start = text.index(title)

    def told(**marks: object) -> list[str]:
        read = Page(1, "1", text, PageVerdict.TEXT, **marks)  # type: ignore[arg-type]
        return [span.text for span in spread_evidence([chunk], {("d", 1): read}, budget_tokens=100).spans]

    assert told() == [f"{title}\n{sentence}"]
    assert told(headings=(Heading(start, start + len(title), 1),)) == [sentence]
    assert told(table_rows=(Span(start, start + len(title)),)) == [sentence]
