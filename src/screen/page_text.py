"""The words of a page as the browser lays them over its picture, and where sought words stand: from what was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared_utils.types import Document, Page, Rect, Span
from src.library.shelf import Shelf
from src.screen.citations import Box, shares

WORDS_AT_MOST = 5_000  # on one page
FOUND_AT_MOST = 2_000  # in one document
MARKED_AT_MOST = 200  # on one page
SOUGHT_AT_MOST = 200  # characters
_CELLS_APART = 0.02  # of the page's width: words with a wider gap are not joined for selecting


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or its part on one line, in its box; `blank` is what parts it from the next one."""

    text: str
    box: Box
    blank: str


def word_spans(page: Page) -> list[Span]:
    """The words of `page.text` that a reader can see, in reading order, WORDS_AT_MOST of them."""
    found = (Span(*match.span()) for match in re.finditer(r"\S+", page.text))
    seen = [span for span in found if not any(h.start < span.end and span.start < h.end for h in page.hidden)]
    return seen[:WORDS_AT_MOST]


def words_of(shelf: Shelf, document_id: str, page: Page) -> list[Word]:
    """The page's words with their boxes, as far as it is known where they stand."""
    spans = word_spans(page)
    size = (page.width, page.height)
    located = shelf.places(document_id, page, spans)
    words = []
    for n, (span, rects) in enumerate(zip(spans, located, strict=True)):
        boxes = shares(rects, size)
        if not boxes:
            continue
        until = spans[n + 1].start if n + 1 < len(spans) else len(page.text)
        blank = "\n" if "\n" in page.text[span.end : until] else " "
        words.append(Word(page.text[span.start : span.end], boxes[0], blank))
    return joined(words)


def joined(words: Sequence[Word]) -> list[Word]:
    """The boxes widened to the next word of the line, so that selecting has no holes.

    >>> [w.box for w in joined([Word("a", (0.1, 0.5, 0.1, 0.1), " "), Word("b", (0.21, 0.5, 0.1, 0.1), " ")])]
    [(0.1, 0.5, 0.11, 0.1), (0.21, 0.5, 0.1, 0.1)]
    >>> joined([])  # a scan, or a page that is a picture
    []
    """
    widened = []
    for word, after in zip_longest(words, words[1:]):
        left, top, width, height = word.box
        if after is not None and word.blank == " ":
            gap = after.box[0] - left - width
            is_beside = abs(after.box[1] - top) < height / 2
            if is_beside and 0 < gap < _CELLS_APART:
                width = round(width + gap, 5)
        widened.append(Word(word.text, (left, top, width, height), word.blank))
    return widened


def sought_pattern(sought: str) -> re.Pattern[str] | None:
    """What finds `sought` whatever its case and however its words are parted; None where nothing is sought.

    >>> bool(sought_pattern("tide  GATES").search("the tide\\ngates closed")), sought_pattern("  ")
    (True, None)
    """
    words = sought[:SOUGHT_AT_MOST].split()
    return re.compile(r"\s+".join(map(re.escape, words)), re.IGNORECASE) if words else None


def found_on(page: Page, pattern: re.Pattern[str]) -> list[Span]:
    """Where the pattern stands on the page, in reading order, in words that a reader can see."""
    found = (Span(*match.span()) for match in pattern.finditer(page.text))
    return [span for span in found if not any(h.start < span.end and span.start < h.end for h in page.hidden)]


def found_in(document: Document, sought: str) -> list[tuple[int, int]]:
    """(page number, how often it stands there), FOUND_AT_MOST places in all."""
    pattern, pages, left = sought_pattern(sought), [], FOUND_AT_MOST
    if pattern is None:
        return []
    for page in document.pages:
        count = min(left, MARKED_AT_MOST, len(found_on(page, pattern)))
        left -= count
        pages += [(page.number, count)] if count else []
    return pages


def found_boxes(shelf: Shelf, document_id: str, page: Page, sought: str) -> list[tuple[Box, ...]]:
    """For every place where `sought` stands on the page, its boxes, one a line; () where that is not known."""
    pattern = sought_pattern(sought)
    spans = found_on(page, pattern)[:MARKED_AT_MOST] if pattern else []
    rects: Sequence[tuple[Rect, ...]] = shelf.places(document_id, page, spans) if spans else ()
    return [shares(each, (page.width, page.height)) for each in rects]
