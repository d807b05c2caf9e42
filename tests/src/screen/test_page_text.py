"""The words laid over a page, and where sought words stand."""

from __future__ import annotations

from shared_utils.types import Document, Page, PageVerdict, Span
from src.screen.page_text import FOUND_AT_MOST, MARKED_AT_MOST, found_in, found_on, sought_pattern, word_spans


def page(number: int, text: str, *, hidden: tuple[Span, ...] = ()) -> Page:
    return Page(number, str(number), text, PageVerdict.TEXT, width=600, height=800, hidden=hidden)


def document(*texts: str) -> Document:
    return Document("a" * 64, "a.pdf", "a", tuple(page(n, text) for n, text in enumerate(texts, 1)))


def test_words_are_found_in_any_case_and_across_lines_on_every_page() -> None:
    assert found_in(document("The tide\ngates closed.", "Nothing.", "TIDE GATES, tide  gates"), "tide gates") == [
        (1, 1),
        (3, 2),
    ]


def test_what_is_sought_is_no_pattern() -> None:
    assert found_in(document("a.c abc", "(x)"), "a.c") == [(1, 1)]
    assert found_in(document("a.c abc", "(x)"), "(") == [(2, 1)]
    assert found_in(document("a.c"), "   ") == []


def test_words_that_cannot_be_seen_are_neither_laid_over_the_page_nor_found() -> None:
    seen = page(1, "open secret open", hidden=(Span(5, 11),))
    pattern = sought_pattern("secret")
    assert pattern is not None
    assert found_on(seen, pattern) == []
    assert [seen.text[s.start : s.end] for s in word_spans(seen)] == ["open", "open"]


def test_a_flood_of_places_is_cut() -> None:
    many = document(*["x " * (2 * MARKED_AT_MOST)] * 40)
    counts = [count for _, count in found_in(many, "x")]
    assert max(counts) == MARKED_AT_MOST
    assert sum(counts) == FOUND_AT_MOST
