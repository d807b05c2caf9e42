"""What is read together: an item with its list, a sentence that leads in with what it leads in to.

A question for a list or a procedure wants all of its items, in order; any other wants a short list whole, because
"the following three:" says nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from shared_utils.retrieval.units import PageKey
from shared_utils.structure.lists import lists
from shared_utils.structure.model import ItemList
from shared_utils.text.folding import fold
from shared_utils.types import Page, Span

_MARK_CHARS = 8  # between the beginning of an item's mark and its words
BESIDE = 1  # pages before and after that a list may reach
_ASKS_FOR_ALL = re.compile(
    r"\bhow (?:do|does|can|could|should|would|must|to|is|are)\b|\b(?:steps?|procedure|instructions?|process|list|"
    r"enumerate|name all|all (?:of )?the|requirements?)\b|"
    r"\b(?:what|which) (?:\w+ ){0,4}?(?:are|were|do|can|should|must)\b|"
    r"\bwie (?:kann|muss|soll|wird|werden|setze|stelle|man)\b|\b(?:schritte|anleitung|auflisten|liste|welche)\b|"
    r"\bcomment\b|\b(?:étapes|etapes|liste[rz]?|quels|quelles)\b|\b(?:cómo|pasos|lista|cuáles|come|passi|elenca|quali|"
    r"como|passos|quais|hoe|stappen|lijst|welke)\b"
)

Piece = tuple[PageKey, Span]


def asks_for_all(question: str) -> bool:
    """Whether a question wants every item of a list, or every step.

    >>> asks_for_all("How do I reset the watch?"), asks_for_all("Which permissions are needed?")
    (True, True)
    >>> asks_for_all("When was the bridge built?")
    False
    """
    return _ASKS_FOR_ALL.search(fold(question)) is not None


class Lists:
    """The lists of the pages that are asked about, found once each."""

    def __init__(self, pages: Mapping[PageKey, Page]) -> None:
        self._pages = pages
        self._found: dict[PageKey, tuple[ItemList, ...]] = {}

    def holding(self, key: PageKey, span: Span) -> ItemList | None:
        """The list that a sentence is an item of, or leads in to."""
        if key not in self._found:
            document, number = key
            near = range(number - BESIDE, number + BESIDE + 1)
            self._found[key] = lists([self._pages[document, n] for n in near if (document, n) in self._pages])
        return next((one for one in self._found[key] if _holds(one, key[1], span)), None)


def _holds(one: ItemList, page: int, span: Span) -> bool:
    places = [place for item in one.items for place in item.places]
    if one.lead is not None:
        places.append(one.lead)
    return any(place.page == page and place.start < span.end and span.start < place.end for place in places)


def pieces_of(one: ItemList, document: str, pages: Mapping[PageKey, Page]) -> list[Piece]:
    """Where a list stands, what leads in to it first, without what no reader sees there."""
    places = [one.lead] if one.lead else []
    found = [((document, place.page), Span(place.start, place.end)) for place in places]
    for item in one.items:
        for number, place in enumerate(item.places):
            text = pages[document, place.page].text
            mark = text.rfind(item.mark, max(0, place.start - _MARK_CHARS), place.start) if number == 0 else -1
            found.append(((document, place.page), Span(mark if mark >= 0 else place.start, place.end)))
    return [(key, seen) for key, span in found for seen in _seen(pages[key], span)]


def _seen(page: Page, span: Span) -> list[Span]:
    return without(page.text, span, [*page.hidden, *page.boilerplate])


def without(text: str, span: Span, others: Sequence[Span]) -> list[Span]:
    """What is left of a span without some others, in order, without white space at its ends."""
    left, position = [], span.start
    for other in sorted(others, key=lambda one: one.start):
        if other.end > position and other.start < span.end:
            left.append(Span(position, other.start))
            position = other.end
    left.append(Span(position, span.end))
    return [_trimmed(text, part) for part in left if text[part.start : part.end].strip()]


def _trimmed(text: str, span: Span) -> Span:
    words = text[span.start : span.end]
    start = span.start + len(words) - len(words.lstrip())
    return Span(start, start + len(words.strip()))
