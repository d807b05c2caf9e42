"""Rows of tables as look-ups and calculations see them: values, and the words and years that tell what each is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby

from shared_utils.retrieval.unlabelled_sums import is_unlabelled, with_unlabelled_sum
from shared_utils.structure.waste import is_contents, is_index_entry
from shared_utils.tables.paths import heads_over, labels_beside, values
from shared_utils.tables.texts import label_and_value
from shared_utils.text.subtracted import left_out
from shared_utils.text.words import terms
from shared_utils.types import Cell, Page, RowKind, Span, Table

_NAMES = re.compile(r"[^\W_]")  # a lone sign names nothing
_YEAR = re.compile(r"(?<![\d.,])(?:FY|CY)?((?:19|20)\d\d)(?!\d|[.,]\d)", re.IGNORECASE)
_SHORT_YEAR = re.compile(r"\b(?:FY|CY)\s?'?(\d\d)\b", re.IGNORECASE)
_PER_CENT = re.compile(r"\bper ?cent|\bprozent|\bpourcent|\bpor ?cent|\bpercentual|\bprocent", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)")  # "Net income (loss)", "AWS (2)": asked for without it
_COUNT = re.compile(r"\(?\d{1,4}[.)]")
_LETTERS = re.compile(r"[^\W\d_]{3}")
REMEMBERED = 48  # pages: those of a question and of the one before
_MOST = 0.8  # of the fields of a column of names, or of figures
_FEWEST_FIGURES = 3  # beside a column of names
_GAP = 160  # points between the parts of a table that a few lines of prose cut in two
_OFF = 20  # points between the ends of figures in one column
_ABOVE = 240  # characters of the page over a table that speak of it
_SENTENCE_END = re.compile(r"[.!?]\s+(?=[^\W\d_])")
_HEADING = re.compile(r"(?:\d[\d.]*\s+)?[^\W\d_a-z].*[^\s.,;:!?]", re.DOTALL)
_HEADING_WORDS = 8
_SECTION_CHARACTERS = 30  # a longer line of names in the middle of a table is the caption of what follows


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, the labels of its row (those of its groups first) and the names over its column, outermost first."""

    value: Cell
    labels: tuple[Cell, ...]
    heads: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row with a label of its own. `heads`, `years` and `said` are those of each value."""

    document_id: str
    page: Page
    page_score: float  # how well the page speaks to the question: 0 … 1
    table: Table
    facts: tuple[Fact, ...]
    label: frozenset[str]
    own: frozenset[str]  # of the label's words those that a question would say
    groups: frozenset[str]
    title: frozenset[str]  # of the caption, or of the line in the table that stands over this part of it
    above: frozenset[str]  # what the page says right over the table
    heads: tuple[frozenset[str], ...]
    years: tuple[frozenset[str], ...]
    said: tuple[frozenset[str], ...]  # the values' own words
    is_total: bool
    left_out: frozenset[str] = frozenset()  # of the label's words those that tell only what its values are without
    heading: str = ""  # the line right over the table, where it is one of a few words: "Up button"
    words: frozenset[str] = field(init=False, compare=False, repr=False)  # all of these

    def __post_init__(self) -> None:
        words = self.label.union(self.groups, self.title, self.above, *self.heads, *self.said)
        object.__setattr__(self, "words", words)  # a question asks for them once a reading


def years_of(text: str) -> frozenset[str]:
    """Every year a text names, in four digits.

    >>> sorted(years_of("FY22 and 2019, not 2,019 or 20191"))
    ['2019', '2022']
    """
    return frozenset(_YEAR.findall(text)) | {f"20{short}" for short in _SHORT_YEAR.findall(text)}


def tells_share(text: str) -> bool:
    """Whether a value or a name over it is of a share: "33.9%", "Percent of items".

    >>> tells_share("% of total"), tells_share("Percent"), tells_share("Number")
    (True, True, False)
    """
    return "%" in text or _PER_CENT.search(text) is not None


def is_year(word: str) -> bool:
    return _YEAR.fullmatch(word) is not None


def rows_of(document_id: str, page: Page, page_score: float) -> Iterator[TableRow]:
    """The rows of a page's tables that have a label and values, top down; none of a table of contents.

    A question asks several times for the rows of the pages found: those of the last pages are kept.
    """
    if page.tables:
        yield from _scored_rows(document_id, _Same(page), page_score)


@dataclass(frozen=True, slots=True, eq=False)
class _Same:
    """A page as a key: itself, whatever another one says."""

    page: Page

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.page is self.page

    def __hash__(self) -> int:
        return id(self.page)


@lru_cache(maxsize=REMEMBERED)
def _scored_rows(document_id: str, same: _Same, page_score: float) -> tuple[TableRow, ...]:
    rows = _kept_rows(document_id, same)
    return tuple(row if row.page_score == page_score else replace(row, page_score=page_score) for row in rows)


@lru_cache(maxsize=REMEMBERED)
def _kept_rows(document_id: str, same: _Same) -> tuple[TableRow, ...]:
    return () if is_contents(same.page) else tuple(_read_rows(document_id, same.page, 1.0))


def _read_rows(document_id: str, page: Page, page_score: float) -> Iterator[TableRow]:
    for table in _carried([with_unlabelled_sum(page, table) for table in page.tables if not _is_index(table)]):
        above, heading = _above(page, table), _heading(page, table)
        for row, together in groupby(_facts(table), key=lambda fact: (fact.value.row, fact.labels)):
            of_row = tuple(together)
            label = [c for c in of_row[0].labels if c.row <= row[0] <= c.row_end and _NAMES.search(c.text)]
            if not label:
                continue
            groups = [cell for cell in of_row[0].labels if cell not in label]
            is_unnamed = is_unlabelled(label, [fact.value for fact in of_row])
            section = _section(table, row[0])
            title = section.text if section else table.caption
            row_years = _years(label) or _years(groups) or years_of(title)
            called = [cell for cell in label if _LETTERS.search(cell.text)] or label  # no code beside a name
            own = frozenset().union(*(_terms(_ASIDE.sub(" ", cell.text)) for cell in called))
            yield TableRow(
                document_id=document_id,
                page=page,
                page_score=page_score,
                table=table,
                facts=of_row,
                label=_words(label),
                own=frozenset(word for word in own if not word.isdigit()),
                groups=_words(groups) | (_led_in(page, table) if is_unnamed else frozenset()),
                title=_terms(title),
                above=above,
                heads=tuple(_words(fact.heads) for fact in of_row),
                years=tuple(_years(fact.heads) or row_years for fact in of_row),
                said=tuple(_terms(fact.value.text) for fact in of_row),
                is_total=table.kinds[row[0]] is RowKind.TOTAL,
                left_out=_left_out(label),
                heading=heading,
            )


def _is_index(table: Table) -> bool:
    """Whether most cells are entries of a book's index, set side by side."""
    return 2 * sum(is_index_entry(cell.text) for cell in table.cells) > len(table.cells)


def _carried(tables: Sequence[Table]) -> Iterator[Table]:
    """The tables of a page; one that a line of prose has cut off keeps the heads and the scale of what it goes on."""
    last: Table | None = None
    for table in tables:
        if last is not None and table.before is None and table.rect[1] - last.rect[3] < _GAP and _goes_on(last, table):
            last = replace(table, before=last, scale=table.scale or last.scale)
        else:
            last = table
        yield last


def _goes_on(last: Table, table: Table) -> bool:
    """Whether a table without a head has as many columns as the one before it, and its values end where those do."""
    has_head = RowKind.HEAD in last.kinds or last.before is not None
    if table.head_rows or not has_head or table.columns != last.columns:
        return False
    ends = zip(_ends(last), _ends(table), strict=True)
    return all(one is None or other is None or abs(one - other) <= _OFF for one, other in ends)


def _ends(table: Table) -> list[float | None]:
    """How far right the figures of every column of values reach."""
    found: list[float | None] = []
    for column in range(table.stub_columns, table.columns):
        body = [c for c in table.cells if c.column == c.column_end == column and c.row >= table.head_rows]
        found.append(max((c.rect[2] for c in body), default=None))
    return found


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which columns of a table hold words without digits, and which hold figures, but for the names over them."""

    of_names: frozenset[int]
    of_figures: frozenset[int]
    of_own_names: frozenset[int]  # of names that differ from row to row: "Yes" below "Yes" names nothing


def _columns(table: Table) -> _Columns:
    """Looked at once a table: a statement has hundreds of fields."""
    told: list[list[str]] = [[] for _ in range(table.columns)]
    for cell in table.cells:
        if table.kinds[cell.row] is not RowKind.HEAD:
            told[cell.column].append(cell.text)
    names = [sum(map(_is_name, texts)) >= _MOST * len(texts) for texts in told]
    own = (are and len(set(texts)) >= _MOST * len(texts) for are, texts in zip(names, told, strict=True))
    figures = (len(texts) >= _FEWEST_FIGURES and sum(map(_is_figure, texts)) >= _MOST * len(texts) for texts in told)
    return _Columns(
        frozenset(column for column, are_names in enumerate(names) if are_names),
        frozenset(column for column, are_figures in enumerate(figures) if are_figures),
        frozenset(column for column, are_own in enumerate(own) if are_own),
    )


def _is_name(text: str) -> bool:
    return _LETTERS.search(text) is not None and not any(map(str.isdigit, text))


def _is_figure(text: str) -> bool:
    return text.strip("$€£ (-–—")[:1].isdigit()


@lru_cache(maxsize=256)
def _facts(table: Table) -> tuple[Fact, ...]:
    columns = _columns(table)
    in_fields = (
        Fact(cell, _labels(table, cell, columns), _heads(table, cell))
        for cell in values(table)
        if not _is_label(table, cell, columns)
    )
    return tuple(sorted((*in_fields, *_in_labels(table)), key=lambda fact: fact.value.row))


def _in_labels(table: Table) -> Iterator[Fact]:
    """The values that rows say in their label: "Authorized shares — 500"."""
    for cell in table.cells:
        if table.kinds[cell.row] is not RowKind.DATA or cell.column or not cell.spans:
            continue
        parts = label_and_value(cell.text)
        last = cell.spans[-1]
        if parts is None or len(parts[1]) > last.end - last.start:
            continue
        at = last.end - len(parts[1])
        label = replace(cell, text=parts[0], spans=(*cell.spans[:-1], Span(last.start, at)))
        value = replace(cell, text=parts[1], spans=(Span(at, last.end),))
        groups = [each for each in labels_beside(table, cell.row, table.stub_columns) if each != cell]
        yield Fact(value, (*groups, label), ())


def _labels(table: Table, cell: Cell, columns: _Columns) -> tuple[Cell, ...]:
    """The labels of the row; in a table of two halves without heads that say so, the name beside the value."""
    beside = table.at(cell.row, cell.column - 1)
    if beside is not None and _is_label(table, beside, columns):
        return (beside,)
    found = [label for label in labels_beside(table, cell.row, cell.column) if not _is_value_row(table, label, cell)]
    named = [label for label in found if not _COUNT.fullmatch(label.text.strip())]  # "1.", beside what the row is
    found = named if any(label.row <= cell.row <= label.row_end for label in named) else found
    own = [label for label in found if label.row <= cell.row <= label.row_end]
    meaning = _meaning(table, cell, own[-1], columns) if own else None
    return (*found, meaning) if meaning is not None else tuple(found)


def _meaning(table: Table, cell: Cell, code: Cell, columns: _Columns) -> Cell | None:
    """What names a row whose label is a code, where the next column says it of each: "B", "Battery voltage", 27.87."""
    if _LETTERS.search(code.text) or code.column_end + 1 not in columns.of_own_names:
        return None
    beside = table.at(cell.row, code.column_end + 1)
    return beside if beside is not None and beside.column_end < cell.column else None


def _is_value_row(table: Table, label: Cell, cell: Cell) -> bool:
    """Whether a label over a row's own names a row of values: what is set in under it need not be a part of it."""
    if label.row <= cell.row <= label.row_end or table.kinds[label.row] is RowKind.GROUP:
        return False
    return any(c.row == label.row and c.column >= table.stub_columns for c in table.cells)


def _is_label(table: Table, cell: Cell, columns: _Columns) -> bool:
    """Whether a field among the values names the one to its right: no figure itself, in a column of names."""
    if cell.column not in columns.of_names or cell.column == 0 or cell.column < table.stub_columns:
        return False
    after = table.at(cell.row, cell.column_end + 1)
    if after is None or after == cell or after.column not in columns.of_figures:
        return False
    return not heads_over(table, cell.row, cell.column)


def _heads(table: Table, cell: Cell) -> tuple[Cell, ...]:
    """The names over a value, with one that is set in the middle over all values of the table."""
    found = heads_over(table, cell.row, cell.column)
    last = next((r for r in range(cell.row, -1, -1) if table.kinds[r] is RowKind.HEAD), None)
    if last is None or last == 0 or table.kinds[last - 1] is not RowKind.HEAD:
        return found
    upper = [c for c in table.cells if c.row == last - 1]
    if len(upper) == 1 and upper[0] not in found:
        is_centred = upper[0].column - table.stub_columns == table.columns - 1 - upper[0].column_end
        return (upper[0], *found) if is_centred else found
    return found


def _section(table: Table, row: int) -> Cell | None:
    """The line of words right over the names of columns that a row in the middle of a table stands under."""
    head = next((r for r in range(row, -1, -1) if table.kinds[r] is RowKind.HEAD), None)
    while head is not None and head > 0 and table.kinds[head - 1] is RowKind.HEAD:
        head -= 1
    if not head or table.kinds[head - 1] is not RowKind.GROUP:
        return None
    cell = next((c for c in table.cells if c.row == head - 1), None)
    return cell if cell is not None and len(cell.text) > _SECTION_CHARACTERS else None


def _above(page: Page, table: Table) -> frozenset[str]:
    starts = [span.start for cell in table.cells for span in cell.spans]
    if not starts:
        return frozenset()
    return _terms(page.text[max(0, min(starts) - _ABOVE) : min(starts)])


def _heading(page: Page, table: Table) -> str:
    """The line right over a table that names it in a few words, a beginning and no end of a sentence."""
    starts = [span.start for cell in table.cells for span in cell.spans]
    lines = page.text[max(0, min(starts) - _ABOVE) : min(starts)].split("\n") if starts else []
    line = next((line.strip() for line in reversed(lines) if line.strip()), "")
    return line if _HEADING.fullmatch(line) and len(line.split()) <= _HEADING_WORDS else ""


def _led_in(page: Page, table: Table) -> frozenset[str]:
    """The words of the sentence that leads to a table: all that names its sum where no label does."""
    starts = [span.start for cell in table.cells for span in cell.spans]
    before = page.text[max(0, min(starts) - _ABOVE) : min(starts)] if starts else ""
    return _terms(_SENTENCE_END.split(before)[-1])


def _words(cells: Collection[Cell]) -> frozenset[str]:
    return frozenset().union(*(_terms(cell.text) for cell in cells)) if cells else frozenset()


def _left_out(label: Collection[Cell]) -> frozenset[str]:
    without = [left_out(cell.text) for cell in label]
    if not any(without):
        return frozenset()
    kept = (cell.text.replace(part, " ") if part else cell.text for cell, part in zip(label, without, strict=True))
    return frozenset().union(*map(_terms, without)).difference(*map(_terms, kept))


def _years(cells: Iterable[Cell]) -> frozenset[str]:
    return frozenset().union(*(years_of(cell.text) for cell in cells))


@lru_cache(maxsize=65_536)
def _terms(text: str) -> frozenset[str]:
    return frozenset(terms(text))
