"""What a form, a letter, an invoice or a CV says of a thing that is asked for in other words than it prints.

"Who is the customer?" is answered by what stands under "Bill to", "When does the flight leave?" by what stands under
"Departure": no word is shared. Which questions ask for which labels is data (`asked_fields.py`). A label is a cell or a
line by itself, or stands before a colon; its value stands beside it, or else under it, in the form that the field has.
Only short documents are read so: in a long one the same words are headings and prose.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.message import literal, message
from shared_utils.structure.lines import CELLS_APART, ends_sentence, lines_of
from shared_utils.text.dates import dates
from shared_utils.text.folding import fold
from shared_utils.types import (
    Answer,
    Direct,
    DirectKind,
    DirectOperand,
    Document,
    Page,
    Passage,
    Sentence,
    Span,
    Verdict,
)
from src.answering.asked_fields import FORMS, LONGEST_LABEL, Field, asked_field, labels
from src.answering.direct import led_by
from src.answering.ingestion import IndexedDocument
from src.answering.places import citations_of

_MOST_PAGES = 6  # of a document that is read so
_MOST_DOCUMENTS = 3
_LETTERHEAD = 12  # lines from the top in which a company names itself
_SECTION_WORDS = 2  # of "Work experience"; a post with its employer has more
_PARTY_LINES = 5  # a name, a company, a street, a town, a country
_BLOCK_LINES = 12
_LONGEST_VALUE = 160  # characters of a value in one cell
_TIME = re.compile(r"\b\d{1,2}\s?(?:[:.h]\s?\d{2}|h\b|uhr\b|[ap]\.?m\b)", re.IGNORECASE)
_FIGURES = ("number", "sum", "date", "time")  # forms that are told by their figures
_ROW = 3  # cells of a line that is a row of a table, which is looked up with its heads
_COUNTED = re.compile(r"^\d+[.)]\s+")  # before a heading
_TOWN = re.compile(r"\b\d{4,6}\b\s+[^\W\d]|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]{2} \d{5}\b")
_MARK = re.compile(r"\s*(?:[:：]|\*)+\s*$")


@dataclass(frozen=True, slots=True)
class Value:
    """`page.text` of `span` is what a document prints in a field, that of `label` the label; None where none is."""

    document_id: str
    page: Page
    span: Span
    label: Span | None = None


@dataclass(frozen=True, slots=True)
class _Cell:
    """`page.text[start:end]`; `line` counts the lines of the page, `place` the cells of the line, both from 0;
    `is_whole` where the line has no other, `is_row` where it is a row of a table with several columns of values."""

    start: int
    end: int
    text: str
    line: int
    place: int
    is_heading: bool
    is_whole: bool
    is_row: bool = False


def fields_of(question: str, passages: Sequence[Passage], documents: Sequence[IndexedDocument]) -> list[Value]:
    """What the short documents that come first print in the field that is asked for, one value a document."""
    short = [one for one in documents if is_short(one.document)]
    field = asked_field(question) if short else None
    if field is None:
        return []
    rank = {key: n for n, key in enumerate(dict.fromkeys(passage.chunk.document_id for passage in passages))}
    found: list[Value] = []
    for one in sorted(short, key=lambda one: rank.get(one.document.id, len(rank))):
        if len(found) < _MOST_DOCUMENTS and (value := value_in(field, one.document.id, one.document.pages)) is not None:
            found.append(value)
    return found


def is_short(document: Document) -> bool:
    """Whether a document is read as a form is."""
    return len(document.pages) <= _MOST_PAGES


def are_short(documents: Sequence[IndexedDocument]) -> bool:
    """Whether all documents together have so few pages that a word which stands nowhere tells something."""
    return sum(len(one.document.pages) for one in documents) <= _MOST_PAGES


def value_in(field: Field, document_id: str, pages: Sequence[Page]) -> Value | None:
    """What a document prints in a field: beside or under the most telling label that has a value of its form."""
    if field.about and not _stand(field.about, pages):
        return None
    of_pages = [(page, _cells(page)) for page in pages]
    if field.form == "current":
        return next((v for page, cells in of_pages if (v := _current(document_id, page, cells)) is not None), None)
    for label in field.labels:
        for page, cells in of_pages:
            places = range(len(cells))
            for n in reversed(places) if field.form == "sum" else places:  # a total stands below what it adds up
                if span := _value(label, field.form, cells, n):
                    return Value(document_id, page, span, _printed(page, cells[n], span))
    for page, cells in of_pages[::-1]:
        if field.has_closing and (span := _signed(cells)):
            return Value(document_id, page, span)
    for page, cells in of_pages[:1]:
        if field.has_address and (span := _addressed(cells)):
            return Value(document_id, page, span)
        if field.has_letterhead and (span := _letterhead(cells)):
            return Value(document_id, page, span)
    return None


def _stand(names: Sequence[str], pages: Sequence[Page]) -> bool:
    text = " ".join(fold(page.text) for page in pages)
    return all(re.search(rf"\b{re.escape(name)}", text) for name in names)


def _printed(page: Page, cell: _Cell, value: Span) -> Span:
    """Where a label is printed: the cell, without its value where that stands in it."""
    end = min(cell.end, value.start) if value.start > cell.start else cell.end
    text = page.text[cell.start : end]
    return Span(cell.start, cell.start + len(_MARK.sub("", text).rstrip()))


def _cells(page: Page) -> list[_Cell]:
    found = []
    wide = [cell.spans[0].start for table in page.tables if table.columns >= _ROW for cell in table.cells if cell.spans]
    for number, line in enumerate(lines_of(page)):
        start, gaps = 0, list(CELLS_APART.finditer(line.text))
        is_row = len(gaps) >= _ROW - 1 and any(line.start <= one < line.end for one in wide)
        for place, gap in enumerate([*gaps, None]):
            end = gap.start() if gap else len(line.text)
            text = line.text[start:end]
            found.append(
                _Cell(line.start + start, line.start + end, text, number, place, line.is_heading, not gaps, is_row)
            )
            start = gap.end() if gap else end
    return found


def _named(text: str) -> str:
    """A label as it is compared: "3. Invoice No.:" is "invoice"."""
    plain = _MARK.sub("", re.sub(r"\s+", " ", fold(text)).strip())
    return _COUNTED.sub("", plain).strip()


def _is(label: str, text: str) -> bool:
    named = _named(text)
    return named == label or (named.rstrip(".") == label and bool(named))


def _value(label: str, form: str, cells: Sequence[_Cell], n: int) -> Span | None:
    """Where the value of a label is, should the cell be that label; None where it is not or nothing fits."""
    cell = cells[n]
    own = cell.text
    colon = re.match(r"[^:：]{1,60}[:：]\s*(?=\S)", own)
    if colon is not None and _is(label, colon.group()):
        inside = _Cell(
            cell.start + colon.end(), cell.end, own[colon.end() :], cell.line, cell.place, False, cell.is_whole
        )
        return _taken(form, inside, cells, n + 1)
    if cell.is_row and form == "short":
        return None
    if not _is(label, own):
        return _by_its_number(label, form, cells, cell)
    after = cells[n + 1 : n + 2]
    if after and after[0].line == cell.line and not _is_label(after[0]):
        return _taken(form, after[0], cells, n + 2)
    beside = [one for one in cells if one.line == cell.line]
    under = [one for one in cells if one.line == cell.line + 1]
    if len(beside) > 1 and len(under) == len(beside):
        if len([one for one in cells if one.line == cell.line + 2]) == len(beside):
            return None  # the name of a column
        return _taken(form, under[cell.place], cells, len(cells))
    is_over = len(beside) == 1 or (cell is beside[-1] and form in _FIGURES)  # else what is under it may be another's
    return _taken(form, under[0], cells, cells.index(under[0]) + 1) if is_over and len(under) == 1 else None


def _by_its_number(label: str, form: str, cells: Sequence[_Cell], cell: _Cell) -> Span | None:
    """ "Invoice no. 4711", "Total due £3,644.40": a label and its figure in one cell."""
    is_last = not any(one.line == cell.line and one.place > cell.place for one in cells)
    if form not in (*_FIGURES, "short") or not is_last or not _named(cell.text).startswith(f"{label} "):
        return None
    words = list(re.finditer(r"\S+", cell.text))
    first = words[min(len(label.split()), len(words) - 1)]
    rest = cell.text[first.start() :]
    has_figure = any(map(str.isdigit, first.group())) or (form == "date" and _fits(form, rest))
    if not has_figure or ends_sentence(rest) or len(rest.split()) > LONGEST_LABEL:
        return None
    return Span(cell.start + first.start(), cell.end) if _fits(form, rest) else None


def _is_label(cell: _Cell) -> bool:
    return cell.text.rstrip().endswith((":", "：")) or _named(cell.text) in labels()


def _taken(form: str, first: _Cell, cells: Sequence[_Cell], following: int) -> Span | None:
    """The value that begins with a cell, with the lines that belong to it."""
    if _is_label(first) or not _fits(form, first.text):
        return None
    spans = [Span(first.start, first.end)]
    most = {"party": _PARTY_LINES, "block": _BLOCK_LINES}.get(form, 1)
    for cell in cells[following:]:
        is_next = cell.place == 0 and cell.line > first.line and cell.is_whole
        is_part = is_next and not cell.is_heading and not _is_label(cell) and not _has_label(cell)
        if not is_part or len(spans) >= most:
            break
        if form == "party" and (
            cell.text[0].islower() or ends_sentence(cell.text) or len(cell.text) > _LONGEST_VALUE // 3
        ):
            break
        spans.append(Span(cell.start, cell.end))
    return Span(spans[0].start, spans[-1].end)


def _has_label(cell: _Cell) -> bool:
    return re.match(r"[^:：]{1,40}[:：]\s", cell.text) is not None


def _fits(form: str, text: str) -> bool:
    """Whether a text can be a value of a form."""
    has_figure = any(map(str.isdigit, text))
    has_letter = any(map(str.isalpha, text))
    if form == "block":
        return has_letter
    if len(text) > _LONGEST_VALUE:
        return False
    match form:
        case "date":
            return next(iter(dates(text)), None) is not None
        case "time":
            return _TIME.search(text) is not None
        case "number" | "sum":
            return has_figure
        case "name":
            return has_letter and not text[0].isdigit() and not ends_sentence(text.replace(".", "", 1))
        case "party":
            return has_letter and not text[0].islower() and len(text.split()) <= 2 * LONGEST_LABEL
        case "short":
            return not text[0].islower() and len(text.split()) <= LONGEST_LABEL and not ends_sentence(text)
        case _:
            return has_letter or has_figure


def _current(document_id: str, page: Page, cells: Sequence[_Cell]) -> Value | None:
    """The entry of a CV whose years last until now: the line with the years, and the one before it."""
    lasts = re.compile(rf"(?:19|20)\d\d\W+(?:{FORMS['present']})\b")
    for n, cell in enumerate(cells):
        if lasts.search(fold(cell.text)) is None:
            continue
        is_whole = len(cell.text.split()) > LONGEST_LABEL
        before = cells[n - 1] if n and not is_whole and cell.place == 0 else cell
        is_section = before.is_heading and len(before.text.split()) <= _SECTION_WORDS  # the years come first
        first = cell if is_section else before
        last = cells[n + 1] if n + 1 < len(cells) and cell.line == cells[n + 1].line else cell
        if first is cell and not is_whole and last is cell and n + 1 < len(cells):
            last = cells[n + 1]
        return Value(document_id, page, Span(first.start, last.end))
    return None


def _signed(cells: Sequence[_Cell]) -> Span | None:
    """The name under the last words of a letter."""
    closing = re.compile(rf"{FORMS['closing']}\W*")
    for n, cell in enumerate(cells[:-1]):
        if closing.fullmatch(fold(cell.text)) is not None:
            name = next((one for one in cells[n + 1 : n + 3] if _fits("name", one.text)), None)
            if name is not None:
                return _taken("party", name, cells, cells.index(name) + 1) or Span(name.start, name.end)
    return None


def _addressed(cells: Sequence[_Cell]) -> Span | None:
    """Whom a letter is sent to: a name behind its title, over a town with its code."""
    title = re.compile(rf"{FORMS['title']}(?: \S.*)?")
    for n, cell in enumerate(cells[: 2 * _LETTERHEAD]):
        lines = cells[n : n + _PARTY_LINES]
        town = next((one for one in lines[1:] if _TOWN.search(one.text)), None)
        if town is not None and title.fullmatch(fold(cell.text)) and all(one.is_whole for one in lines[:2]):
            return Span(cell.start, town.end)
    return None


def _letterhead(cells: Sequence[_Cell]) -> Span | None:
    """The first cell from the top that has the name of a company by its legal form."""
    company = re.compile(rf"[^\W\d].*[\s,]{FORMS['company']}\.?(?:\s*[,·|—–-].*)?", re.IGNORECASE)
    for cell in cells[:_LETTERHEAD]:
        if len(cell.text) <= _LONGEST_VALUE // 2 and company.fullmatch(fold(cell.text)):
            return Span(cell.start, cell.end)
    return None


def with_field(
    question: str,
    answer: Answer,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    names: Mapping[str, str],
) -> Answer | None:
    """The answer led by what a form prints in the field that is asked for; None where it prints none."""
    found = fields_of(question, passages, documents)
    if not found:
        return None
    places = [
        [(v.document_id, v.page, span) for span in (v.label, v.span) if span is not None and _is_told(v, span)]
        for v in found
    ]
    cited = citations_of([place for of_one in places for place in of_one], names)
    marker = {(c.document_id, c.page, c.start, c.end): c.marker for c in cited}
    sentences, operands = [], []
    for value, of_one in zip(found, places, strict=True):
        markers = tuple(marker[d, page.number, span.start, span.end] for d, page, span in of_one)
        label = _words(value.page, value.label) if len(of_one) > 1 else ""
        said = _words(value.page, value.span)
        text = f"{label}: {said}" if label else said
        sentences.append(
            Sentence(text, markers, Verdict.SUPPORTED, message("quoted word for word"), said=literal(text))
        )
        operands.append(DirectOperand(label, said, "", markers))
    direct = Direct(DirectKind.VALUE, operands[0].name, operands[0].value, "", tuple(operands))
    return led_by(answer, sentences, cited, direct, cited)


def _is_told(value: Value, span: Span) -> bool:
    """A label is told where its value is no block of its own."""
    return span is value.span or len(value.page.text[value.span.start : value.span.end]) <= _LONGEST_VALUE


def _words(page: Page, span: Span | None) -> str:
    """What stands there, its lines with commas between them."""
    lines = page.text[span.start : span.end].split("\n") if span is not None else []
    return ", ".join(" ".join(line.split()).rstrip(",") for line in lines if line.strip())


__all__ = ["Value", "are_short", "fields_of", "is_short", "value_in", "with_field"]
