"""Lists and steps: items in order, over pages, with the sentence that leads in and the items under an item.

Numbers and letters begin an item only where they count on (1, 2, 3), so "5 March" at the start of a line is none.
What stands between two items of a list belongs to the first; what stands after the last one only as far as its lines
run on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shared_utils.structure.lines import Line, goes_on, lines_of
from shared_utils.structure.marks import Mark, marks_of
from shared_utils.structure.model import Item, ItemList, ListKind, Place
from shared_utils.types import Page


def _word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FAR = 12  # lines between two numbered items, at most
_FAR_BULLETS = 4
_LEVELS = 5
_LEADS_IN = re.compile(
    r"[:：]$|\b(?:follow(?:s|ing)|below|steps?|as under|folgende\w*|wie folgt|suivante?s?|ci-dessous|siguientes?|"
    r"seguenti?|seguintes?|volgende)\b",
    re.IGNORECASE,
)
_TELLS_HOW = re.compile(
    r"\b(?:to|how|steps?|procedure|instructions?|follow(?:ing)? (?:the|these)|setup|set up|install\w*|replac\w+|"
    r"um|so|anleitung|vorgehen|schritte?|pour|étapes?|para|pasos?|per|passi|passos|stappen)\b",
    re.IGNORECASE,
)
_DO = _word_set(
    "add adjust align allow analyse analyze apply ask attach begin boil bring browse calculate change check "
    "choose clean clear click close combine complete configure confirm connect contact copy cover create cut "
    "deactivate delete describe determine disable disconnect download drag drain enable ensure enter examine "
    "fasten fill find first follow go hold identify insert inspect install keep launch leave let lift locate log "
    "loosen make measure mix mount move navigate note obtain open pair place plug position pour power press "
    "provide pull push put read reassemble record reinstall release remove repeat replace reset restart restore "
    "return review rinse rotate run save scan scroll search secure select send set sign slide start stir stop "
    "store submit swipe switch take tap test tighten touch turn type unplug unscrew update upload use verify view "
    "visit wait warm wash wear wipe write"
)
_POLITE = re.compile(r"\w+en Sie\b|\w+ez\b")


@dataclass(slots=True)
class _Open:
    """An item that is being read."""

    mark: Mark
    level: int
    lines: list[Line]
    body: int  # where its own words begin on the first line


@dataclass(slots=True)
class _Draft:
    """A list that is being read. `loose` are lines after its last item that belong to it only if another follows."""

    before: int  # lines before it
    items: list[_Open]
    families: list[tuple[str, int | None]]  # of each level that is open, with the last ordinal
    loose: list[Line] = field(default_factory=list)


def lists(pages: Sequence[Page]) -> tuple[ItemList, ...]:
    """The outermost lists of some pages of one document, ascending, in reading order; at least two items each."""
    lines = [line for page in pages for line in lines_of(page)]
    return tuple(_finished(draft, lines) for draft in _drafts(lines) if len(draft.items) > 1)


def nested(items: ItemList) -> tuple[ItemList, ...]:
    """The lists under the items of a list, outermost first: each is led in by its item, headed by
    what stands over the whole, and its levels begin anew."""
    found = []
    for place, item in enumerate(items.items):
        under = []
        for other in items.items[place + 1 :]:
            if other.level <= item.level:
                break
            under.append(replace(other, level=other.level - item.level - 1))
        if under:
            found.append(
                ItemList(
                    under[0].kind,
                    tuple(under),
                    item.places[0],
                    items.heading or items.lead,
                    _are_steps(under, item.text),
                )
            )
    return tuple(found)


# ------------------------------------------------------------------------------------------------ which lines


def _drafts(lines: Sequence[Line]) -> Iterator[_Draft]:
    draft: _Draft | None = None
    for place, line in enumerate(lines):
        if draft is not None and line.page > lines[place - 1].page + 1:
            yield draft
            draft = None
        marks = list(marks_of(line.text))
        if draft is not None and _counts_on(draft, marks, line):
            continue
        start = next((mark for mark in marks if _starts(lines, place, mark)), None)
        if start is not None:
            if draft is not None and _may_hold(draft, lines, place):
                _add(draft, start, line, level=len(draft.families))
                continue
            if draft is not None:
                yield draft
            draft = _Draft(place, [], [])
            _add(draft, start, line, level=0)
        elif draft is not None and not _takes(draft, lines, place):
            yield draft
            draft = None
    if draft is not None:
        yield draft


def _counts_on(draft: _Draft, marks: Sequence[Mark], line: Line) -> bool:
    """Take a line that goes on with the innermost level it fits."""
    for level in range(len(draft.families) - 1, -1, -1):
        family, last = draft.families[level]
        for mark in marks:
            if mark.family == family and (last is None or mark.ordinal == last + 1):
                _add(draft, mark, line, level)
                return True
    return False


def _add(draft: _Draft, mark: Mark, line: Line, level: int) -> None:
    if draft.items:
        draft.items[-1].lines += draft.loose
    draft.loose = []
    draft.families[level:] = [(mark.family, mark.ordinal)]
    draft.items.append(_Open(mark, level, [line], line.start + mark.body))


def _starts(lines: Sequence[Line], place: int, mark: Mark) -> bool:
    """Whether a mark begins a list: the first of its kind, and the second follows."""
    if mark.ordinal not in (1, None) or (mark.is_decimal and lines[place].is_heading):
        return False
    far = _FAR if mark.ordinal else _FAR_BULLETS
    wanted = (mark.family, 2 if mark.ordinal else None)
    bare = mark.family == "1"
    seen = 0
    for number, line in enumerate(lines[place + 1 : place + 60], start=place + 1):
        others = [(other.family, other.ordinal) for other in marks_of(line.text)]
        if wanted in others:
            return not bare or (_is_sentence(lines[place], mark, 4) and _is_sentence(line, mark, 2))
        if (mark.family, 1) in others and mark.ordinal:
            return False
        if line.is_heading and not mark.family[0].isalpha():
            return False
        seen = 0 if others else seen + 1
        if seen > far or number == len(lines) - 1:
            return False
    return False


def _is_sentence(line: Line, mark: Mark, least_words: int) -> bool:
    """Whether the words after a number without a dot read as an item: "1 After the device is on, select …"."""
    body = line.text[mark.body :]
    is_long = len(body.split()) >= least_words
    return is_long and body[0].isupper() and sum(map(str.isdigit, body)) < len(body) / 6


def _may_hold(draft: _Draft, lines: Sequence[Line], place: int) -> bool:
    """Whether a list may begin under the last item: right after it, and not after a heading."""
    return not draft.loose and len(draft.families) < _LEVELS and not lines[place].is_heading


def _takes(draft: _Draft, lines: Sequence[Line], place: int) -> bool:
    """Take a line without a mark that may belong to the last item; False where the list is at its end."""
    line = lines[place]
    if line.is_heading and not goes_on(lines, place):
        return False
    last = draft.items[-1]
    is_empty = not last.lines[0].text[last.mark.body :]
    if not draft.loose and (goes_on(lines, place) or (is_empty and len(last.lines) == 1)):
        last.lines.append(line)
        return True
    if _leads_on(draft, lines, place):
        return False
    draft.loose.append(line)
    return len(draft.loose) <= (_FAR_BULLETS if draft.families[-1][1] is None else _FAR)


def _leads_on(draft: _Draft, lines: Sequence[Line], place: int) -> bool:
    """Whether a line of its own leads in to other points of the same mark: "The signals are used by:"."""
    text, after = lines[place].text.strip(), lines[place + 1 : place + 2]
    is_new = text.endswith(":") and text[:1].isupper() and len(draft.families) == 1 and draft.families[0][1] is None
    return is_new and any(mark.family == draft.families[0][0] for line in after for mark in marks_of(line.text))


# ------------------------------------------------------------------------------------------------ what they say


def _finished(draft: _Draft, lines: Sequence[Line]) -> ItemList:
    items = tuple(_item(item) for item in draft.items)
    lead, heading = _lead(lines, draft.before), _heading(lines, draft.before)
    said = " ".join(line.text for line in [*lead, *heading])
    return ItemList(
        kind=items[0].kind,
        items=items,
        lead=_place(lead) if lead else None,
        heading=_place(heading) if heading else None,
        is_steps=_are_steps(items, said),
    )


def _item(item: _Open) -> Item:
    places: list[Place] = []
    parts: list[str] = []
    for number, line in enumerate(item.lines):
        start = item.body if number == 0 else line.start
        if start >= line.end:
            continue
        parts.append(line.text[start - line.start :])
        if places and places[-1].page == line.page:
            places[-1] = Place(line.page, places[-1].start, line.end)
        else:
            places.append(Place(line.page, start, line.end))
    kind = ListKind.BULLETED if item.mark.ordinal is None else ListKind.NUMBERED
    first = item.lines[0]
    return Item(
        mark=item.mark.text,
        kind=kind,
        level=item.level,
        places=tuple(places) or (Place(first.page, first.start, first.end),),
        text=" ".join(" ".join(parts).split()) or first.text,
    )


def _lead(lines: Sequence[Line], before: int) -> list[Line]:
    """The lines of the sentence right before a list that leads in to it."""
    if not before or lines[before - 1].is_heading or not _is_near(lines, before - 1, before):
        return []
    found = [lines[before - 1]]
    place = before - 1
    while place > 0 and goes_on(lines, place) and lines[place - 1].page == lines[place].page:
        place -= 1
        found.insert(0, lines[place])
    return found if _LEADS_IN.search(" ".join(line.text for line in found)) else []


def _heading(lines: Sequence[Line], before: int) -> list[Line]:
    place = next((p for p in range(before - 1, -1, -1) if lines[p].is_heading), None)
    if place is None:
        return []
    found = [lines[place]]
    while place > 0 and lines[place - 1].is_heading and lines[place - 1].page == found[0].page:
        place -= 1
        found.insert(0, lines[place])
    return found[-2:]


def _is_near(lines: Sequence[Line], one: int, other: int) -> bool:
    return lines[other].page - lines[one].page <= 1


def _place(lines: Sequence[Line]) -> Place:
    return Place(lines[0].page, lines[0].start, lines[-1].end)


def _are_steps(items: Sequence[Item], said: str) -> bool:
    """Whether numbered items say what to do: most begin with a word that tells to, or what leads in says so."""
    outermost = [item for item in items if item.level == items[0].level]
    if outermost[0].kind is not ListKind.NUMBERED:
        return False
    if re.match(r"(?:step|schritt|[ée]tape|paso|passo|stap)\b", outermost[0].mark, re.IGNORECASE):
        return True
    told = sum(_tells_to_do(item.text) for item in outermost)
    return 2 * told >= len(outermost) or (3 * told >= len(outermost) and _TELLS_HOW.search(said) is not None)


def _tells_to_do(text: str) -> bool:
    first = re.split(r"[\s,;:]+", text, maxsplit=1)[0].casefold()
    clauses = re.split(r",\s+(?:then\s+)?|;\s+|\bthen\s+|\.\s+", text)
    inner = any(re.split(r"\s+", clause.strip(), maxsplit=1)[0].casefold() in _DO for clause in clauses[1:3])
    return first in _DO or inner or _POLITE.match(text) is not None
