"""A document as the passages that are compared: sentences, headings and rows of tables, each as comparable words.

Page breaks, line breaks, hyphens at the ends of lines, running heads, page numbers and the dots of a table of contents
are no part of what is said, so that a document that was set anew has the same passages.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache, partial
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from shared_utils.editions.numbering import label_of
from shared_utils.retrieval.sections import sections
from shared_utils.structure.model import Place
from shared_utils.structure.rows import TableRow
from shared_utils.tables.paths import path_of, values
from shared_utils.text.folding import fold
from shared_utils.text.numerals import Notation, notation_of_document
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Cell, Document, Page, RowKind, Span, Table

_WORDS = re.compile(
    r"[\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f]"  # no blanks between words: letter by letter
    r"|[^\W\d_]+(?:(?:[-‐‑\u00ad\ufffe]\s?|['’ʼ.](?=[^\W\d_]))[^\W_]+)*"
    r"|\d+(?:[.,'’\u00a0\u2009\u202f]\d+)*"
    r"|[-−–](?<![\w)]-)(?<![\w)]−)(?<![\w)]–)(?=[$€£¥]?\d)"  # a minus, not a range
    r"|\((?=[$€£¥]?\s?\d[\d.,]*\s?%?\))"  # an amount in brackets
    r"|[%$€£¥₹<>≤≥±§]"
)
_NOTE_MARK = re.compile(r"(?<=[^\W\d_]{3})[.'’]?[⁰¹²³⁴-⁹]+\Z")
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_MARKS = re.compile(f"[{_RAISED}]+")
_WHITE = re.compile(r"[^\S ]")
_HYPHENS = re.compile(r"[-‐‑\u00ad\ufffe\s]")
_DOTS = re.compile(r"[.…·]\s?[.…·]")
_LEADERS = re.compile(r"\s*(?:[.…·]\s?){4,}\s*(?:\d{1,4}|[ivxlc]{1,6}|[A-Z]-\d+)?\s*\Z")
_TRAILING_NUMBER = re.compile(r"\s+(?P<number>\d{1,4})\s*\Z")
_CONTENTS = re.compile(r"contents|inhalt|sommaire|table des mati[eè]res|[ií]ndice|indice|inhoud|index", re.IGNORECASE)
_PAGE_ONLY = re.compile(
    r"(?:page|seite|p\.|s\.)?\s*[-–—]?\s*(?:\d{1,4}|[ivxlc]{1,6})\s*[-–—]?(?:\s*(?:of|von|/)\s*\d+)?", re.IGNORECASE
)
_OF_A_PAGE = frozenset("page pages p pp seite seiten pagina pagine página páginas".split())  # noqa: SIM905
_ENDS = re.compile(r"[.!?:;。！？][\"'”’»)\]⁰¹²³⁴-⁹]*\Z")
_LEAST_TO_GO_ON = 25  # characters of a passage that a page may break
_CONTENTS_LINES = 6
_ASCENDING = 0.8
_EDGE = 2  # lines at the top and the foot of a page that may run through the document
_REPEATED = 0.4  # of the pages
_REPEATED_AT_LEAST = 3  # pages


Tokens = Callable[[str], "tuple[Token, ...]"]
_key_of = attrgetter("key")


class Token(NamedTuple):
    """A word as it is compared; `text[start:end]` of its passage."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a row of a table at `text[start:end]` of its passage, with what it is the value of."""

    start: int
    end: int
    labels: tuple[str, ...]
    heads: tuple[str, ...]
    scale: str = ""  # what the table says its figures count, as printed
    factor: int = 1  # what that multiplies by


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence, a heading or a row. `text` is as long as its places together, with a blank between two of them."""

    places: tuple[Place, ...]
    text: str
    tokens: tuple[Token, ...]
    section: int  # an index into `Passages.sections`
    is_heading: bool = False
    values: tuple[Value, ...] = ()
    is_row: bool = False
    is_repeated_head: bool = False  # names over columns, printed again where their table goes on
    cells: tuple[str, ...] = ()  # of a row, from left to right, each with all its lines
    number: str = ""  # by which the section is counted that it opens; no word of it

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(map(_key_of, self.tokens))


@dataclass(frozen=True, slots=True)
class Passages:
    """All of a document in reading order; `sections` are its headings, the first of them ""."""

    passages: tuple[Passage, ...]
    sections: tuple[str, ...]
    notation: Notation

    @property
    def words(self) -> int:
        return sum(len(passage.tokens) for passage in self.passages)


def tokens_of(text: str, pages: int = 0) -> tuple[Token, ...]:
    """The words of a text as they are compared, punctuation aside; without the numbers of a document's own `pages`.

    >>> [token.key for token in tokens_of("Long-term co- operation (see page 12): −5 %", pages=80)]
    ['longterm', 'cooperation', 'see', 'page', '-', '5', '%']
    """
    found: list[Token] = []
    key = ""
    for match in _WORDS.finditer(text):
        word, start = match[0], match.start()
        if key in _OF_A_PAGE and word.isdecimal() and int(word) <= pages:
            continue
        is_mark = word[0] in _RAISED and _MARKS.fullmatch(word)
        if is_mark and not text[max(0, start - 1) : start].isalnum():  # of a note, behind a comma
            continue
        key = _key(word)
        found.append(Token(key, start, match.end()))
    return tuple(found)


def tokens_of_editions(*documents: Document) -> Tokens:
    """What reads the words of these documents; a text that several of them have is read once.

    "Page 12" is a place in a document, whose number is not compared, up to the number of pages of the longest one.
    """
    return cache(partial(tokens_of, pages=max(len(document.pages) for document in documents)))


@lru_cache(maxsize=100_000)
def _key(word: str) -> str:
    word = _NOTE_MARK.sub("", word)
    return "-" if word in "-−–(" else _HYPHENS.sub("", fold(word)).replace("'", "")


def passages_of(document: Document, tokens: Tokens | None = None) -> Passages:
    """The passages of a document, some milliseconds a page; none where it has no words."""
    pages, tokens = document.pages, tokens or tokens_of_editions(document)
    running = _running_lines(pages)
    titles = _titles(document)
    sections, place_of = _numbered(titles)
    found: list[Passage] = []
    repeats = _RepeatedHeads()
    for page in pages:
        left_out = _merged([*page.boilerplate, *page.hidden, *running.get(page.number, ())])
        is_contents = _is_contents(page)
        for one in _of_page(page, left_out):
            passage = _passage(page, one, place_of, tokens, is_contents=is_contents)
            if not passage.tokens:
                continue
            if repeats(one.row, passage):
                passage = replace(passage, is_repeated_head=True)
            if found and _goes_on(found[-1], passage):
                found[-1] = _joined(found[-1], passage, tokens)
            else:
                found.append(passage)
    return Passages(tuple(found), sections, notation_of_document(page.text for page in pages))


# ------------------------------------------------------------------------------------------------ one page


@dataclass(frozen=True, slots=True)
class _Stretch:
    spans: tuple[Span, ...]
    is_heading: bool = False
    row: TableRow | None = None


def _of_page(page: Page, left_out: Sequence[Span]) -> list[_Stretch]:
    rows = [row for table in page.tables for row in _rows(page, table)]
    rows = [row for row in rows if not _overlaps(left_out, row.parts)]
    taken = _merged([*left_out, *(part for row in rows for part in row.parts)])
    found = [_Stretch(row.parts, row=row) for row in rows]
    headings = [Span(heading.start, heading.end) for heading in page.headings]
    position = 0
    for hole in (*taken, Span(len(page.text), len(page.text))):
        if position < hole.start:
            found += _prose(page, position, hole.start, headings)
        position = max(position, hole.end)
    return sorted(found, key=lambda one: one.spans[0].start)


def _rows(page: Page, table: Table) -> Iterator[TableRow]:
    """Rows of every kind: the names over columns are compared, too."""
    for number in range(table.rows):
        spans = [span for cell in table.cells if cell.row == number for span in cell.spans]
        if parts := _runs(page.text, spans):
            yield TableRow(table, number, parts)


def _prose(page: Page, start: int, end: int, headings: Sequence[Span]) -> Iterator[_Stretch]:
    alone = [*page.table_rows, *headings]
    inside = [Span(s.start - start, s.end - start) for s in alone if start <= s.start and s.end <= end]
    for span in split_sentences(page.text[start:end], inside):
        one = Span(start + span.start, start + span.end)
        yield _Stretch((one,), is_heading=any(h.start <= one.start and one.end <= h.end for h in headings))


def _runs(text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those with nothing but white between them made one."""
    found: list[Span] = []
    for span in sorted(set(spans), key=lambda span: (span.start, span.end)):
        if found and not text[found[-1].end : span.start].strip():
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return tuple(found)


def _passage(page: Page, one: _Stretch, place_of: _Sections, tokens_in: Tokens, *, is_contents: bool) -> Passage:
    text = " ".join(_even(page.text[span.start : span.end]) for span in one.spans)
    compared = _LEADERS.sub("", text) if _DOTS.search(text) else text
    if is_contents:
        compared = _TRAILING_NUMBER.sub("", compared)
    number, own = ("", 0) if one.row is not None else label_of(text, page.text, is_heading=one.is_heading)
    tokens = tokens_in(compared)
    return Passage(
        places=tuple(Place(page.number, span.start, span.end) for span in one.spans),
        text=text,
        tokens=(tuple(token for token in tokens if token.start >= own) if own else tokens) or tokens,
        section=place_of(page.number, one.spans[0].start),
        is_heading=one.is_heading,
        values=_values(one) if one.row is not None and not is_contents else (),
        is_row=one.row is not None,
        cells=_texts(one.row) if one.row is not None else (),
        number=number,
    )


def _texts(row: TableRow) -> tuple[str, ...]:
    inside = sorted((cell for cell in row.table.cells if cell.row == row.row), key=lambda cell: cell.column)
    return tuple(cell.text for cell in inside)


def _even(text: str) -> str:
    """The same length, on one line."""
    return _WHITE.sub(" ", text)


def _values(one: _Stretch) -> tuple[Value, ...]:
    row = one.row
    if row is None or row.table.kinds[row.row] not in (RowKind.DATA, RowKind.TOTAL):
        return ()
    found = []
    for cell in values(row.table, row.row):
        if (where := _within(one.spans, cell)) is not None:
            path = path_of(row.table, cell)
            scale = path.scale
            counts = (scale.text, scale.factor) if scale else ("", 1)
            found.append(Value(*where, path.labels, path.heads, *counts))
    return tuple(found)


def _within(parts: Sequence[Span], cell: Cell) -> tuple[int, int] | None:
    """Where a cell's words stand in the text of its row."""
    offset = 0
    for part in parts:
        inside = [s for s in cell.spans if part.start <= s.start and s.end <= part.end]
        if inside:
            return offset + inside[0].start - part.start, offset + max(s.end for s in inside) - part.start
        offset += part.end - part.start + 1
    return None


# ------------------------------------------------------------------------------------------------ over pages


def _goes_on(before: Passage, after: Passage) -> bool:
    """Whether a page break stands within a sentence."""
    if before.places[-1].page == after.places[0].page or before.is_row or after.is_row:
        return False
    if before.is_heading or after.is_heading or _ENDS.search(before.text):
        return False
    first = after.text.lstrip()[:1]
    return len(before.text) >= _LEAST_TO_GO_ON and (first.islower() or first.isdigit() or first in '("“‘$€£')


def _joined(before: Passage, after: Passage, tokens: Tokens) -> Passage:
    text = f"{before.text} {after.text}"
    return Passage((*before.places, *after.places), text, tokens(text), before.section)


class _RepeatedHeads:
    """Names over columns that are printed again where a table goes on, on the next page or after a break.

    They stand directly behind another table that has the same names in the same row.
    """

    def __init__(self) -> None:
        self._table: Table | None = None
        self._heads: dict[int, tuple[str, ...]] = {}
        self._before: dict[int, tuple[str, ...]] = {}

    def __call__(self, row: TableRow | None, passage: Passage) -> bool:
        """Whether the next passage in reading order, of this row, is one of them."""
        if row is None:
            self._table, self._heads, self._before = None, {}, {}
            return False
        if row.table.kinds[row.row] is not RowKind.HEAD:
            return False
        if row.table is not self._table:
            self._table, self._heads, self._before = row.table, {}, self._heads
        self._heads[row.row] = passage.keys
        return self._before.get(row.row) == passage.keys


def _is_contents(page: Page) -> bool:
    """Whether a page lists headings with the pages they stand on, whose numbers change with every setting."""
    if not _CONTENTS.search(page.text[:400]):
        return False
    lines = [line for line in page.text.splitlines() if line.strip()]
    numbers = [int(m["number"]) for line in lines if (m := _TRAILING_NUMBER.search(line)) and line[0].isalnum()]
    rising = sum(one <= other for one, other in pairwise(numbers))
    return len(numbers) >= _CONTENTS_LINES and rising >= _ASCENDING * (len(numbers) - 1)


def _running_lines(pages: Sequence[Page]) -> dict[int, list[Span]]:
    """Page numbers and lines that run over the pages at their edges, where reading did not know them as such."""
    repeats: dict[str, dict[int, tuple[Span, tuple[int, ...]]]] = {}
    found: dict[int, list[Span]] = {}
    for page in pages:
        for span in _edge_lines(page):
            words = page.text[span.start : span.end].strip()
            if _PAGE_ONLY.fullmatch(words):
                found.setdefault(page.number, []).append(span)
            elif not words[0].islower():  # the end of a sentence is none, however often it is the same
                values = tuple(int(digits[:9]) for digits in re.findall(r"\d+", words))
                repeats.setdefault(re.sub(r"\d+", "0", fold(words)), {})[page.number] = span, values
    for same in repeats.values():
        if len(same) >= max(_REPEATED_AT_LEAST, _REPEATED * len(pages)) and _numbers_run(same):
            for number, (span, _) in same.items():
                found.setdefault(number, []).append(span)
    return found


def _numbers_run(same: Mapping[int, tuple[Span, tuple[int, ...]]]) -> bool:
    """Whether every number of a line stays, or counts with the pages: others are what is said."""
    steps = [
        (other - one, [after - before for before, after in zip(same[one][1], same[other][1], strict=False)])
        for one, other in pairwise(sorted(same))
    ]
    return all(step in (0, pages) for pages, changes in steps for step in changes)


def _edge_lines(page: Page) -> list[Span]:
    lines = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]*\S[^\n]*", page.text)]
    lines = [line for line in lines if not _overlaps(page.boilerplate, (line,))]
    most = min(_EDGE, max(1, len(lines) // 3))
    edges = dict.fromkeys([*lines[:most], *lines[-most:]])
    cells = [span for table in page.tables for span in _cells(table)]
    return [line for line in edges if not _overlaps(cells, (line,))]


def _cells(table: Table) -> list[Span]:
    return [span for cell in table.cells for span in cell.spans]


# ------------------------------------------------------------------------------------------------ sections


class _Sections:
    """Where a place stands: the index of the last heading before it."""

    def __init__(self, openings: Sequence[tuple[tuple[int, int], int]]) -> None:
        self._starts = [start for start, _ in openings]
        self._numbers = [number for _, number in openings]

    def __call__(self, page: int, start: int) -> int:
        at = bisect_right(self._starts, (page, start))
        return self._numbers[at - 1] if at else 0


def _titles(document: Document) -> list[tuple[str, tuple[int, int]]]:
    return [(" ".join(s.title.split()), s.start) for s in sections(document.pages, document.outline)]


def _numbered(titles: Sequence[tuple[str, tuple[int, int]]]) -> tuple[tuple[str, ...], _Sections]:
    names = ("", *(title for title, _ in titles))
    openings = sorted((start, number) for number, (_, start) in enumerate(titles, start=1))
    return names, _Sections(openings)


# ------------------------------------------------------------------------------------------------ spans


def _merged(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, span.end)):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def _overlaps(holes: Iterable[Span], spans: Sequence[Span]) -> bool:
    return any(hole.start < span.end and span.start < hole.end for hole in holes for span in spans)
