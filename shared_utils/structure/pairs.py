"""Label and value pairs: "Date: 2020-09-07", "Height   1.67 m", the rows of a table of two columns.

A label is short, begins a line and is no sentence. A colon or a wide gap sets it apart; where neither does, it takes a
value that cannot be anything else (a date, an amount with its unit) and a neighbour of the same make.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared_utils.structure.lines import CELLS_APART, Line, ends_sentence, goes_on, lines_of
from shared_utils.structure.marks import marks_of
from shared_utils.structure.model import Pair, words
from shared_utils.tables.paths import values
from shared_utils.text.dates import dates
from shared_utils.text.quantities import quantities
from shared_utils.types import Cell, Page, RowKind, Span, Table

_LABEL_WORDS = 6
_LABEL_CHARS = 48
_VALUE_WORDS = 14  # of a value that stands alone: a longer one is a sentence
_LONGEST_VALUE = 240
_CONTENTS = 3  # entries in a row that make a table of contents
_PAGE_NUMBER = re.compile(r"(?:[A-Z]-)?(\d{1,4})(?: [ivx]+)?$")
_COLON = re.compile(r"(?P<label>[^:：\n]{1,60}?)\s*[:：]\s*(?=\S)(?!//)(?P<value>.+)", re.DOTALL)
_NO_LABEL = re.compile(
    r"(?:note|notes|caution|warning|important|tip|example|figure|fig\.?|table|chapter|section|page|item|step|part|"
    r"exhibit|appendix|equation|source|sources|references?|q|a|https?|e\.g|i\.e|hinweis|achtung|beispiel|abbildung|"
    r"tabelle|kapitel|seite|schritt|anhang|quelle|remarque|exemple|tableau|nota|ejemplo|tabla|figura)\b",
    re.IGNORECASE,
)
_SENTENCE_WORDS = re.compile(
    r"\b(?:is|are|was|were|has|have|had|will|would|can|may|must|shall|should|be|been|that|which|this|these|we|our|they|"
    r"he|she|it|you|do|does|did|following|ist|sind|war|wird|werden|hat|haben|kann|muss|est|sont|était|sera|es|son|"
    r"fue|sono|era|são|foi)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[^\W_][^.!?;\n]*[\w)%.#\]°]|[^\W\d_]")
_DATA = re.compile(
    r"[\w.+-]+@[\w-]+\.[\w.]+|https?://\S+|www\.\S+|\+?\(?\d[\d\s()/-]{6,}\d|[A-Z]{1,5}[-/ ]?\d[\w/-]*|"
    r"\S*\d\S*-\S*\d\S*"
)
_AMOUNT = re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥%°]|[^\W\d_]{1,6}\b)")
_ONLY_NUMBERS = re.compile(r"[\d\s.,$€£¥%()+/–—-]+")


@dataclass(frozen=True, slots=True)
class _Found:
    """A pair at a line, and how surely it is one: 2 by itself, 1 beside another."""

    line: int
    pair: Pair
    surety: int


def pairs(page: Page) -> tuple[Pair, ...]:
    """The label and value pairs of a page, top down."""
    of_tables = [pair for table in page.tables for pair in _of_table(table)]
    inside = sorted(
        (cell.spans[0].start, cell.spans[-1].end) for table in page.tables for cell in table.cells if cell.spans
    )
    lines = [line for line in lines_of(page) if not any(a < line.end and line.start < b for a, b in inside)]
    found = _without_contents(page, [one for place in range(len(lines)) for one in _at(lines, place)])
    kept = [
        one.pair
        for number, one in enumerate(found)
        if one.surety > 1
        or any(
            0 <= abs(other.line - one.line) <= 2 and other is not one
            for other in found[max(0, number - 2) : number + 3]
        )
    ]
    return tuple(sorted([*of_tables, *kept], key=lambda pair: pair.label.start))


def _without_contents(page: Page, found: Sequence[_Found]) -> list[_Found]:
    """What is no entry of a table of contents: several in a row with page numbers that never fall."""
    number_of = {id(one): _page_number(words(page, one.pair.value)) for one in found}
    kept: list[_Found] = []
    run: list[_Found] = []
    for one in [*found, None]:
        number = number_of[id(one)] if one is not None else None
        if run and (number is None or number < (number_of[id(run[-1])] or 0)):
            kept += run if len(run) < _CONTENTS else []
            run = []
        if one is not None:
            (kept if number is None else run).append(one)
    return kept


def _page_number(text: str) -> int | None:
    match = _PAGE_NUMBER.match(text)
    return int(match[1]) if match else None


def _of_table(table: Table) -> Iterator[Pair]:
    if table.columns != 2 or table.stub_columns != 1 or table.parts != (0,):
        return
    for value in values(table):
        label = table.at(value.row, 0)
        if table.kinds[value.row] is not RowKind.HEAD and label is not None and label.spans and value.spans:
            yield Pair(_whole(label), _whole(value), value.spans)


def _whole(cell: Cell) -> Span:
    return Span(cell.spans[0].start, cell.spans[-1].end)


def _at(lines: Sequence[Line], place: int) -> Iterator[_Found]:
    """The pairs that a line shows: one in each of its cells, or its two cells as one."""
    line = lines[place]
    if _is_inside_a_sentence(lines, place):
        return
    cells = _cells(line)
    with_colon = [pair for start, text in cells if (pair := _by_colon(start, text)) is not None]
    if with_colon:
        for pair in with_colon:
            whole = _with_more(pair, lines, place) if pair is with_colon[-1] else pair
            surety = _surety(pair, line, len(cells))
            if surety > 1 or not (line.is_heading or _is_prose(lines, place, whole)):
                yield _Found(place, whole, surety)
    elif len(cells) == 2 and _ends_in_colon(cells[0][1]):
        label = cells[0][1].rstrip(" :：")
        if _is_label(label):
            yield _Found(place, _with_more(_pair(cells[0][0], label, *cells[1]), lines, place), 2)
    elif len(cells) == 2 and _is_label(cells[0][1]) and not _ONLY_NUMBERS.fullmatch(cells[0][1]):
        pair = _pair(cells[0][0], cells[0][1], *cells[1])
        yield _Found(place, _with_more(pair, lines, place), 2 if _is_data(cells[1][1]) else 1)
    elif len(cells) == 1 and (apart := _by_value(line)) is not None:
        yield _Found(place, apart, 1)


def _cells(line: Line) -> list[tuple[int, str]]:
    """(start on the page, text) of the cells of a line."""
    found, start = [], 0
    for gap in [*CELLS_APART.finditer(line.text), None]:
        end = gap.start() if gap else len(line.text)
        found.append((line.start + start, line.text[start:end]))
        start = gap.end() if gap else end
    return found


def _is_inside_a_sentence(lines: Sequence[Line], place: int) -> bool:
    return place > 0 and len(lines[place - 1].text) > _LABEL_CHARS and goes_on(lines, place)


def _by_colon(start: int, text: str) -> Pair | None:
    match = _COLON.match(text)
    mark = next(iter(marks_of(text)), None)
    if match is None or (mark is not None and mark.ordinal is None) or not match["value"][0].isprintable():
        return None
    if not _is_label(match["label"]) or len(match["value"]) > _LONGEST_VALUE or match["value"][0] in ":=<>|&,.;":
        return None
    return _pair(start, match["label"], start + match.start("value"), match["value"])


def _surety(pair: Pair, line: Line, cells: int) -> int:
    value = line.text[pair.value.start - line.start : pair.value.end - line.start]
    if cells > 1 or _is_data(value):
        return 2
    is_short = len(value.split()) <= _VALUE_WORDS and not ends_sentence(value) and "," not in value
    return 2 if is_short and not line.is_heading else 1


def _is_prose(lines: Sequence[Line], place: int, pair: Pair) -> bool:
    """Whether what follows a colon is a sentence that runs on: "Workplace: We are building an environment that …"."""
    line = lines[place]
    value = line.text[pair.value.start - line.start :]
    return len(value.split()) > _VALUE_WORDS or (len(value.split()) > _VALUE_WORDS // 2 and len(pair.parts) > 1)


def _ends_in_colon(text: str) -> bool:
    return text.rstrip().endswith((":", "："))


def _is_label(text: str) -> bool:
    text = text.strip()
    return (
        len(text) <= _LABEL_CHARS
        and len(text.split()) <= _LABEL_WORDS
        and _LABEL.fullmatch(text) is not None
        and any(map(str.isalpha, text))
        and not text[0].islower()
        and not _NO_LABEL.match(text)
        and not _SENTENCE_WORDS.search(text)
    )


def _is_data(text: str) -> bool:
    """Whether a text is a value and no words: a date, an amount, a number, an address in a net, a code."""
    text = text.strip()
    if len(text.split()) > _VALUE_WORDS // 2:
        return False
    return bool(
        _ONLY_NUMBERS.fullmatch(text)
        or _DATA.match(text)
        or any(True for _ in dates(text))
        or (_AMOUNT.search(text) and any(True for _ in quantities(text)))
    )


def _by_value(line: Line) -> Pair | None:
    """ "Height 1.67 m": a label of words without a figure, then nothing but a value, and little of both."""
    words = list(re.finditer(r"\S+", line.text))
    if not 2 <= len(words) <= 9:
        return None
    for count in range(1, min(4, len(words))):
        label, value = line.text[: words[count - 1].end()], line.text[words[count].start() :]
        if any(map(str.isdigit, label)):
            return None
        if any(map(str.isdigit, words[count].group())) or next(iter(dates(value)), None):
            return _pair(line.start, label, line.start + words[count].start(), value) if _fits(label, value) else None
    return None


def _fits(label: str, value: str) -> bool:
    is_month = next(iter(dates(f"{label} {value}")), None) is not None and next(iter(dates(value)), None) is None
    return _is_label(label) and not is_month and _is_data(value) and not _ONLY_NUMBERS.fullmatch(value)


def _with_more(pair: Pair, lines: Sequence[Line], place: int) -> Pair:
    """The pair with the lines its value goes on in."""
    parts = [*pair.parts]
    for number in range(place + 1, min(place + 4, len(lines))):
        line = lines[number]
        if line.is_heading or len(_cells(line)) > 1 or _COLON.match(line.text) or not _runs_into(lines, number):
            break
        parts.append(Span(line.start, line.end))
    return Pair(pair.label, Span(pair.value.start, parts[-1].end), tuple(parts))


def _runs_into(lines: Sequence[Line], place: int) -> bool:
    before, line = lines[place - 1].text, lines[place].text
    return not ends_sentence(before) and (line[0].islower() or before[-1] in ",-") and not any(marks_of(line))


def _pair(label_start: int, label: str, value_start: int, value: str) -> Pair:
    before = len(label) - len(label.lstrip())
    label_span = Span(label_start + before, label_start + len(label.rstrip()))
    value_span = Span(value_start, value_start + len(value.rstrip()))
    return Pair(label_span, value_span, (value_span,))
