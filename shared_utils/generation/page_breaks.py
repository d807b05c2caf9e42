"""Sentences that go on over a page's end or over a line that is set like a heading: the rest of one stands on the next
page, or behind that line, and the beginning before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shared_utils.generation.surroundings import items_of, prose_of
from shared_utils.structure.sentences import page_rows
from shared_utils.types import Page, Span

Key = tuple[str, int]  # document id, page number
Pages = Mapping[Key, Page]

_FIRST = 2  # sentences of a page: before the one that goes on there may stand a running head
_LONGEST = 400  # characters of what is brought from another page
_ENDS = re.compile(r"[.!?:;…。！？：；][\"'”’)\]]*\s*$")
_STOP = re.compile(r"[.!?]\s+")
_GOES_ON = re.compile(r"\W{0,2}[^\W\d_]")


class Prose:
    """The sentences of prose of some pages and the items of their lists, each page looked at once; () of no page."""

    def __init__(self, pages: Pages) -> None:
        self.pages = pages
        self._found: dict[Key, tuple[list[Span], list[Span]]] = {}

    def of(self, key: Key) -> tuple[Sequence[Span], Sequence[Span]]:
        page = self.pages.get(key)
        if page is None:
            return (), ()
        if key not in self._found:
            self._found[key] = prose_of(page, page_rows(page)), items_of(page)
        return self._found[key]


def to_the_last_whole(key: Key, wider: Span, own: Span, prose: Prose) -> Span:
    """A place `own` of a page with what it is read with, less a last sentence that the page's end cuts off."""
    earlier = [one for one in prose.of(key)[0] if own.start <= one.start and one.end < wider.end]
    if not earlier or own.end > earlier[-1].end or _rest(key, wider, prose) is None:
        return wider
    return Span(wider.start, earlier[-1].end)


def over_headings(page: Page, place: Span, prose: Sequence[Span]) -> Span:
    """A place with the line before it where it begins in small letters right behind one that is set like a heading, and
    with the line that it breaks off before, to the end of the sentence that goes on behind that."""
    text, start, end = page.text, place.start, place.end
    for heading in sorted(page.headings, key=lambda one: -one.start):
        if heading.end <= start and not text[heading.end : start].strip() and text[start : start + 1].islower():
            start = max((end.end() for end in _STOP.finditer(text, heading.start, start)), default=heading.start)
    for heading in sorted(page.headings, key=lambda one: one.start):
        behind = next((one for one in prose if one.start >= heading.end), None)
        if behind is None or heading.start < end or text[end : heading.start].strip() or _ENDS.search(text[:end]):
            continue
        if not text[heading.end : behind.start].strip() and _goes_on(text, behind):
            end = behind.end
    return Span(start, end)


def over_pages(key: Key, place: Span, prose: Prose) -> list[tuple[Key, Span]]:
    """A place with what of its first sentence stands on the page before it, and of its last one on the next."""
    begun, rest = _beginning(key, place, prose), _rest(key, place, prose)
    before, after = (key[0], key[1] - 1), (key[0], key[1] + 1)
    return [*([(before, begun)] if begun else ()), (key, place), *([(after, rest)] if rest else ())]


def _rest(key: Key, place: Span, prose: Prose) -> Span | None:
    """What ends, on the next page, the sentence that a place breaks off in; None for a whole one."""
    after, sentences = (key[0], key[1] + 1), prose.of(key)[0]
    if not sentences or place.end < sentences[-1].end or _ENDS.search(prose.pages[key].text[: place.end]):
        return None
    following = prose.of(after)[0][:_FIRST]
    return next((one for one in following if _goes_on(prose.pages[after].text, one)), None)


def _beginning(key: Key, place: Span, prose: Prose) -> Span | None:
    """What begins, on the page before, the sentence that a place begins in; None where it begins here."""
    before, text = (key[0], key[1] - 1), prose.pages[key].text
    if not any(one.start == place.start and _goes_on(text, one) for one in prose.of(key)[0][:_FIRST]):
        return None
    last = next(reversed(prose.of(before)[0]), None)
    if last is None or last.end - last.start > _LONGEST or _ENDS.search(prose.pages[before].text[: last.end]):
        return None
    return last


def _goes_on(text: str, sentence: Span) -> bool:
    """Whether a sentence begins in small letters."""
    found = _GOES_ON.match(text, sentence.start, sentence.end)
    return found is not None and found.group()[-1].islower() and sentence.end - sentence.start <= _LONGEST
