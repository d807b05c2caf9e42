"""A list or a procedure that is asked for, whole and in order, as the first thing an answer shows.

Which list is meant is told by its heading, the sentence that leads in to it, and what most of its items say.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_utils.message import Message, literal, message
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.together import asks_for_all
from shared_utils.structure.lists import lists, nested
from shared_utils.structure.model import Item, ItemList, Place, words
from shared_utils.structure.waste import is_contents
from shared_utils.text.words import terms
from shared_utils.types import Page, Passage, Sentence, Span, Verdict

Pages = Mapping[tuple[str, int], Page]

_LOOKED_AT = 4  # pages found, best first
_REACH = 8  # pages before and after that a list found may reach
_FEWEST_ITEMS = 2
_MOST_ITEMS = 60
_SURE = 0.7  # share of the question's words, by weight, that must tell of the list
_MOST_SAY = 0.5  # share of the items from which on a word is what the list is of
_LEADS_IN = re.compile(  # a sentence that happens to stand above a list does not say what it is
    r"\b(?:following|follows?|below|these|steps?|folgende\w*|diese|suivante?s?|siguientes?|seguenti|seguintes"
    r"|volgende)\b",
    re.IGNORECASE,
)
_WHO_OR_WHAT = re.compile(
    r"^\W*(?:who|what|whom|which|wer|was|wem|welche\w*|qui|quoi|que|quels?|quelles?|qué|quién\w*|chi|cosa|quem|wie|wat|"
    r"welke?)\b",
    re.IGNORECASE,
)
_FEWEST_WORDS, _LEAD_MORE = 2, 4  # of a question that a lead-in answers; words of it for each of those
_NUMBER = re.compile(r"\d{1,3}")
_FORMS = frozenset(terms("list enumerate name all give show tell every complete full items steps step many"))


@dataclass(frozen=True, slots=True)
class WholeList:
    """A list of one document that answers a question. `title` is its heading, else what leads in to it; "" for none."""

    document_id: str
    title: str
    found: ItemList

    @property
    def pages(self) -> tuple[int, ...]:
        return self.found.pages

    def places(self) -> list[tuple[int, Span]]:
        """(page number, from its first item there to the end of the last), ascending."""
        places = [place for item in self.found.items for place in item.places]
        on_page = {n: [place for place in places if place.page == n] for n in self.pages}
        return [(n, Span(min(p.start for p in here), max(p.end for p in here))) for n, here in on_page.items()]


def whole_list(question: str, passages: Sequence[Passage], pages: Pages) -> WholeList | None:
    """The list that a question asks for; None where it asks for none, or none of the pages found tells of it."""
    keys = list(dict.fromkeys((p.chunk.document_id, p.chunk.page) for p in passages))[:_LOOKED_AT]
    if not asks_for_all(question):
        return _led_in_to(question, keys, pages)
    candidates = [one for key in keys if not is_contents(pages[key]) for one in _lists_at(key, pages)]
    weights = _weights(question, passages) if candidates else {}
    scored = [(_told(one, weights, pages), -position, one) for position, one in enumerate(candidates)]
    score, _, best = max(scored, key=lambda entry: entry[:2], default=(0.0, 0, None))
    return best if score >= _SURE else None


def _led_in_to(question: str, keys: Sequence[tuple[str, int]], pages: Pages) -> WholeList | None:
    """The list whose lead-in is the question's own sentence, open at its end: "The signals are used by:" for "Who uses
    the signals?"."""
    asked = set(question_words(question)) if _WHO_OR_WHAT.match(question) else set[str]()
    for key in keys if len(asked) >= _FEWEST_WORDS else ():
        if not any(line.rstrip().endswith(":") and _all_in(asked, line) for line in pages[key].text.split("\n")):
            continue
        for one in _lists_at(key, pages):
            lead = _text(one.document_id, one.found.lead, pages) if one.found.lead is not None else ""
            if lead.rstrip().endswith(":") and _all_in(asked, lead):
                return replace(one, title=lead.rstrip(" :"))
    return None


def _all_in(asked: Collection[str], line: str) -> bool:
    said = set(terms(line))
    return all(word in said for word in asked) and len(said) <= _LEAD_MORE * len(asked)


def sentences_of(one: WholeList, markers: Mapping[int, int]) -> list[Sentence]:
    """How many there are and where, then every item. `markers` are those of the citations, by page number."""
    said = _counted(one)
    reason = message("quoted word for word")
    first = Sentence(str(said), tuple(markers.values()), Verdict.SUPPORTED, message("counted on the page"), said=said)
    items = [
        Sentence(
            text := _words(item),
            tuple(dict.fromkeys(markers[place.page] for place in item.places)),
            Verdict.SUPPORTED,
            reason,
            item=_mark(item),
            said=literal(text),
        )
        for item in one.found.items
    ]
    return [first, *items]


def _counted(one: WholeList) -> Message:
    """Of a list within a list only where it stands: it counts in two ways."""
    n, first, last = len(one.found.items), one.pages[0], one.pages[-1]
    pages = str(first) if first == last else f"{first}–{last}"
    if any(item.level for item in one.found.items):
        where = message("p. {page}", page=pages)
        return message("{title}, {where}", title=one.title, where=where) if one.title else where
    if one.title:
        return message("{title}: {n} of {n} on p. {pages}", title=one.title, n=n, pages=pages)
    return message("{n} of {n} on p. {pages}", n=n, pages=pages)


def _mark(item: Item) -> str:
    number = _NUMBER.search(item.mark)
    return f"{number[0]}." if number and item.level == 0 else "-"


def _words(item: Item) -> str:
    """A lettered item keeps its letter: the list is drawn with points."""
    is_lettered = any(character.isalpha() for character in item.mark) and not _NUMBER.search(item.mark)
    return f"{item.mark} {item.text}" if is_lettered else item.text


# ------------------------------------------------------------------------------------------------ which one


def _lists_at(key: tuple[str, int], pages: Pages) -> Iterator[WholeList]:
    """The lists that stand on a page, with what they hold on the next ones, and those under their items."""
    document_id, number = key
    near = [pages[document_id, n] for n in range(number - _REACH, number + _REACH + 1) if (document_id, n) in pages]
    for found in lists(near):
        if _is_answerable(found) and number in found.pages:
            yield WholeList(document_id, _title(document_id, found, pages), found)
        for inner in nested(found):
            if inner.lead is not None and _is_answerable(inner) and number in inner.pages:
                yield WholeList(document_id, _text(document_id, inner.lead, pages).rstrip(" :："), inner)


def _is_answerable(found: ItemList) -> bool:
    outermost = sum(item.level == 0 for item in found.items)
    return outermost >= _FEWEST_ITEMS and len(found.items) <= _MOST_ITEMS


def _title(document_id: str, found: ItemList, pages: Pages) -> str:
    if found.heading is not None:
        return _text(document_id, found.heading, pages).rstrip(" :：")
    lead = _text(document_id, found.lead, pages) if found.lead is not None else ""
    is_sentence = lead.rstrip().endswith((".", "!", "?"))
    return lead.rstrip(" :：") if not is_sentence or _LEADS_IN.search(lead) else ""


def _text(document_id: str, place: Place, pages: Pages) -> str:
    return words(pages[document_id, place.page], Span(place.start, place.end))


def _weights(question: str, passages: Sequence[Passage]) -> dict[str, float]:
    """The question's words that say what is asked for, the rarer in the passages found the heavier."""
    asked = set(terms(question)) - _FORMS
    held = Counter(word for passage in passages for word in asked & set(terms(passage.chunk.text)))
    return {word: math.log(1 + len(passages) / (held[word] or 0.5)) for word in asked}


def _told(one: WholeList, weights: Mapping[str, float], pages: Pages) -> float:
    """The share of the question's words that the list is headed by, led in to with, or full of."""
    over = set(terms(one.title))
    for place in (one.found.lead, one.found.heading):
        if place is not None:
            over |= set(terms(_text(one.document_id, place, pages)))
    outermost = [set(terms(item.text)) for item in one.found.items if item.level == 0]
    said = Counter(word for words in outermost for word in words)
    over |= {word for word, n in said.items() if n > _MOST_SAY * len(outermost)}
    whole = sum(weights.values())
    return sum(weight for word, weight in weights.items() if word in over) / whole if whole else 0.0
