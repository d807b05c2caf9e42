"""The sections of a document: from its outline where it has one, else from the headings on its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.text.folding import fold
from shared_utils.types import Chunk, Heading, OutlineEntry, Page

Place = tuple[int, int]
"""(1-based page, offset in its text)."""

# "Item 1A.", "Note 12", "3.2.1", "B.": what orders sections whatever their letters look like. Outermost first.
_FAMILIES = ("part", "chapter", "item", "section", "appendix", "unit", "note")
_KEYWORD = re.compile(rf"(?:{'|'.join(_FAMILIES)})\s+(?P<id>[\divxlc]+[a-z]?|[a-z])\b")
_NUMBERING = re.compile(r"(?P<id>\d{1,3}(?:\.\d{1,3})*|[a-z](?:\.\d{1,3})+|[a-z](?=[.)]?\s))\b")
_LEAST_OUTLINE = 3  # entries; with fewer the headings say more


@dataclass(frozen=True, slots=True)
class Section:
    """What stands between `start` and `end`, its heading included and its subsections too. `level` 1 = outermost."""

    title: str
    level: int
    start: Place
    end: Place

    def holds(self, chunk: Chunk) -> bool:
        return self.start <= (chunk.page, chunk.start) < self.end


def sections(pages: Sequence[Page], outline: Sequence[OutlineEntry] = ()) -> tuple[Section, ...]:
    """The sections of some pages in reading order; () where nothing tells them apart."""
    openings = _from_outline(pages, outline) if len(outline) >= _LEAST_OUTLINE else _from_headings(pages)
    last = (pages[-1].number + 1, 0) if pages else (1, 0)
    found = []
    for place, (title, level, start) in enumerate(openings):
        after = (s for t, later, s in openings[place + 1 :] if s > start and _ends(title, level, t, later))
        found.append(Section(title, level, start, next(after, last)))
    return tuple(found)


def named(name: str, among: Sequence[Section]) -> tuple[Section, ...]:
    """The sections that a name means: by number ("3.1", "B"), else whose title is or begins with it, else holds it.

    >>> s = Section("3.1 Methods and data", 2, (4, 0), (6, 0))
    >>> [len(named(name, [s])) for name in ("3.1", "3", "methods", "data", "1", "meth")]
    [1, 0, 1, 1, 0, 0]
    """
    wanted = _words(name)
    if not wanted:
        return ()
    numbers = [_number(_words(section.title)) for section in among]
    if _number(wanted) == wanted:
        return tuple(section for section, number in zip(among, numbers, strict=True) if number == wanted)
    titles = [(_words(section.title), _words(_without_number(section.title))) for section in among]
    for means in (_is_title, _begins_title, _is_in_title):
        found = [s for s, spellings in zip(among, titles, strict=True) if any(means(wanted, t) for t in spellings)]
        if found:
            return tuple(found)
    return ()


def _is_title(wanted: str, title: str) -> bool:
    return wanted == title


def _begins_title(wanted: str, title: str) -> bool:
    return title.startswith(f"{wanted} ")


def _is_in_title(wanted: str, title: str) -> bool:
    return len(wanted) > 3 and f" {wanted} " in f" {title} "


def _from_outline(pages: Sequence[Page], outline: Sequence[OutlineEntry]) -> list[tuple[str, int, Place]]:
    by_number = {page.number: page for page in pages}
    openings = []
    for entry in outline:
        page = by_number.get(entry.page)
        if page is not None and entry.title.strip():
            openings.append((entry.title.strip(), entry.level, (entry.page, _offset(entry.title, page))))
    return sorted(openings, key=lambda opening: opening[2])


def _from_headings(pages: Sequence[Page]) -> list[tuple[str, int, Place]]:
    return [
        (" ".join(page.text[heading.start : heading.end].split()), heading.level, (page.number, heading.start))
        for page in pages
        for heading in sorted(page.headings, key=_start)
    ]


def _offset(title: str, page: Page) -> int:
    """Where on its page a bookmark's section begins: at the heading of that name, else at the top."""
    wanted = _words(_without_number(title))
    for heading in sorted(page.headings, key=_start):
        if wanted and wanted in _words(page.text[heading.start : heading.end]):
            return heading.start
    return 0


def _ends(title: str, level: int, later_title: str, later_level: int) -> bool:
    """Whether a section ends where a later heading stands: one of its own kind or further out.

    Letters mislead in plain documents, where "ITEM 1A." and every caption under it look alike; numbering does not.
    """
    own, other = _depth(title), _depth(later_title)
    if own is None:
        return later_level <= level
    if own[0] == "numbered":
        return other is not None and (other[0] != "numbered" or other[1] <= own[1])
    return other is not None and other[0] != "numbered" and other[1] <= own[1]


def _depth(title: str) -> tuple[str, int] | None:
    """("keyword", place in the order of families) or ("numbered", dots in the number), None without either."""
    folded = _words(title)
    if keyword := _KEYWORD.match(folded):
        return "keyword", _FAMILIES.index(keyword[0].split()[0])
    if number := _NUMBERING.match(folded):
        return "numbered", number["id"].count(".")
    return None


def _number(folded: str) -> str:
    match = _KEYWORD.match(folded) or _NUMBERING.match(f"{folded} ")
    return match["id"] if match else ""


def _without_number(title: str) -> str:
    folded = fold(title).strip()
    match = _KEYWORD.match(folded) or _NUMBERING.match(folded)
    return folded[match.end() :].lstrip(" .:)–—-") if match else folded


def _words(text: str) -> str:
    """Folded, with one blank between words; of the punctuation only dots inside numbers are left."""
    return " ".join(re.findall(r"\w+(?:[.&'-]\w+)*", fold(text)))


def _start(heading: Heading) -> int:
    return heading.start
