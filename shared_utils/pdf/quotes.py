"""Find a quote on a page although its spacing, hyphens, ligatures, or a word or two differ."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz.distance import Indel
from rapidfuzz.fuzz import partial_ratio_alignment

from shared_utils.text.numerals import indexed_numerals
from shared_utils.types import Span

SIMILAR_ENOUGH = 80.0  # 0 false hits in 1,566 wrong-page trials; finds 97.5 / 90 / 82 % with 1 / 2 / 3 words replaced
SLACK = 16  # folded characters that the right place may reach beyond the window found: about a long word
SURE_BLOCK = 3  # matching characters in a row; fewer match by chance beyond the quote's end
SHORTEST_FUZZY = 20  # folded characters: shorter quotes resemble too much
SHORTEST_ALONE = 8  # characters: shorter words are not sought without their neighbours
_HYPHENS = frozenset("-\u00ad\u2010\u2011\u2012\u2013\u2014\u2212\ufffe")
_ACCENTS = frozenset("`ˆ")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\S+")


def _fold_character(character: str) -> str:
    if character.isspace() or character in _HYPHENS:
        return ""
    if character in _ACCENTS:
        return ""  # an accent that is drawn beside its letter
    if character.isascii():
        return character.lower() if character.isprintable() else ""
    if character == "ı":
        return "i"
    decomposed = unicodedata.normalize("NFKD", character).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c)[0] not in "CZ")


@lru_cache(maxsize=64)
def _folded(text: str) -> tuple[str, tuple[int, ...]]:
    """The text without spaces, hyphens, case and marks, and for each of its characters the offset it came from."""
    parts: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        folded = _fold_character(character)
        parts.append(folded)
        offsets += [offset] * len(folded)
    return "".join(parts), tuple(offsets)


def _numbers(text: str) -> list[str]:
    return _NUMBER.findall(indexed_numerals(text))


def find_quote(page_text: str, quote: str) -> Span | None:
    """Where `quote` stands in `page_text`: exactly, else but for spelling and spacing, else nearly.

    A near match must hold exactly the same numbers: "41,207" is not evidence for "42,207". None when unsure.

    >>> find_quote("The tem-\\nperature is 4.2 °C.", "The temperature is 4.2")
    Span(start=0, end=24)
    """
    quote = quote.strip()
    if not quote:
        return None
    start = page_text.find(quote)
    if start >= 0:
        return Span(start, start + len(quote))
    page, offsets = _folded(page_text)
    wanted, _ = _folded(quote)
    if not wanted or not page:
        return None
    start = page.find(wanted)
    if start >= 0:
        return Span(offsets[start], offsets[start + len(wanted) - 1] + 1)
    return _find_nearly(page_text, quote)


def found_again(text: str, other: str, spans: Sequence[Span]) -> list[list[tuple[int, int]]]:
    """For each of the spans of `text`, the half-open ranges of the same words in `other`, another reading of the page;
    [] where they are not there. Sought are the words that both readings have in the same order (difflib's matching
    blocks), so that a word that stands there often is found in its own place; where one of a span's words is not among
    them, the span is sought as a quotation is, if it is long enough to be told from others.

    >>> found_again("a valve, a pipe", "A valve and a pipe", [Span(9, 10), Span(11, 15)])
    [[(12, 13)], [(14, 18)]]
    """
    ours, theirs = ([Span(*match.span()) for match in _WORD.finditer(each)] for each in (text, other))
    blocks = SequenceMatcher(None, _as_sought(text, ours), _as_sought(other, theirs)).get_matching_blocks()
    pairs = {block.a + n: block.b + n for block in blocks for n in range(block.size)}

    def ranges(span: Span) -> list[tuple[int, int]]:
        first = bisect_right(ours, span.start, key=lambda word: word.end)
        last = bisect_left(ours, span.end, key=lambda word: word.start)
        if all(n in pairs for n in range(first, last)):
            return [(theirs[pairs[n]].start, theirs[pairs[n]].end) for n in range(first, last)]
        is_long = span.end - span.start >= SHORTEST_ALONE
        found = find_quote(other, text[span.start : span.end]) if is_long else None
        return [(found.start, found.end)] if found else []

    return [ranges(span) for span in spans]


def _as_sought(text: str, words: Sequence[Span]) -> list[str]:
    return ["".join(map(_fold_character, text[word.start : word.end])).strip(",.;:") for word in words]


def _find_nearly(page_text: str, quote: str) -> Span | None:
    page, offsets = _folded(page_text)
    wanted, _ = _folded(quote)
    if not SHORTEST_FUZZY <= len(wanted) <= len(page):
        return None
    match = partial_ratio_alignment(wanted, page, score_cutoff=SIMILAR_ENOUGH)
    if match is None:
        return None
    start, end = _trimmed(wanted, page, match.dest_start, match.dest_end)
    if start >= end:
        return None
    span = _whole_words(page_text, offsets[start], offsets[end - 1] + 1)
    return span if _numbers(page_text[span.start : span.end]) == _numbers(quote) else None


def _trimmed(wanted: str, page: str, start: int, end: int) -> tuple[int, int]:
    """The part of the page that the quote's own ends match.

    The window that partial_ratio_alignment finds is as long as the quote, so that a longer or shorter word within
    pulls a neighbour in, often a number, or pushes the quote's own end out.
    """
    start, end = max(0, start - SLACK), min(len(page), end + SLACK)
    blocks = [
        (block.dest_start, block.dest_end)
        for block in Indel.opcodes(wanted, page[start:end])
        if block.tag == "equal" and block.dest_end - block.dest_start >= SURE_BLOCK
    ]
    return (start + blocks[0][0], start + blocks[-1][1]) if blocks else (start, start)


def _whole_words(text: str, start: int, end: int) -> Span:
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return Span(start, end)
