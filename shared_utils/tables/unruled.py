"""A table from its words alone: the lines of a region, put into columns, heads and rows."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.tables.captions import goes_on, is_caption, is_scale
from shared_utils.tables.columns import (
    Columns,
    body_lines,
    centred,
    columns_between,
    columns_of_line,
    parted,
)
from shared_utils.tables.draft import Draft, DraftCell, around, cell, compact
from shared_utils.tables.heads import head_cells
from shared_utils.tables.lines import Line, Piece
from shared_utils.tables.model import PlacedPage
from shared_utils.tables.rows import CellLine, Room, grouped
from shared_utils.tables.ruling import ON_ONE_LINE, Rule
from shared_utils.tables.texts import is_loss, is_mark, is_unit, is_value, says_more_than_a_name

HEAD_SHARE = 0.5  # of a table's lines that may stand over the rule under its head
HEAD_LINES = 6  # of names within a table
PHRASE = 3  # words that may begin a sentence
WHITE_BESIDE = 4  # × the height
CAPTION_LINES = 6  # at the top of a region in which its caption may stand
FULL_RULE = 0.7  # of the table's width
Placed = tuple[tuple[int, int], Piece]


def unruled_table(page: PlacedPage, lines: Sequence[Line], rules: Sequence[Rule]) -> Draft | None:
    """The table that these lines are; None where they have no two columns."""
    lines = without_caption(lines)
    columns = columns_between(body_lines(lines))
    if columns.count < 2:
        return None
    heads_end = head_lines(lines, columns, rules)
    heads = lines[:heads_end]
    lines = [parted(page, line, columns, heads if number < heads_end else None) for number, line in enumerate(lines)]
    names, depth = head_cells(lines[:heads_end], columns, rules)
    cells = [cell(h.row, h.row_end, h.first, h.last, h.pieces) for h in names]
    cells += body_cells(lines[heads_end:], columns, rules, depth)
    pieces = [piece for line in lines for piece in line.pieces]
    return compact(Draft(tuple(cells), around(pieces), depth))


def head_lines(lines: Sequence[Line], columns: Columns, rules: Sequence[Rule]) -> int:
    """How many lines stand over the body: those above the first long rule under words, else those before the first
    line with a label and figures."""
    width = columns.rights[-1] - columns.lefts[0]
    first = _first_row_of_values(lines, columns)
    over_labels: list[int] = []
    over_values: list[int] = []
    ruled = 0
    for at in sorted({rule.at for rule in rules}):
        level = [rule for rule in rules if abs(rule.at - at) <= ON_ONE_LINE]
        covered = sum(max(0, min(r.end, columns.rights[-1]) - max(r.start, columns.lefts[0])) for r in level)
        above = sum(line.middle < at for line in lines)
        is_full = covered >= FULL_RULE * width and above > 0
        ruled += is_full and above < len(lines)
        if is_full and above <= max(1, HEAD_SHARE * len(lines)):
            (over_labels if min(r.start for r in level) < columns.rights[0] else over_values).append(above)
    if over_labels or over_values:
        if over_labels:
            above = over_labels[0]
            is_everywhere = 2 * ruled > len(lines) - above
            return _without_first_row(lines, above, first, columns) if is_everywhere else above
        rows = [line for line in lines[: over_values[0]] if len(line.pieces) > 1]
        are_rows = first == 0 and len(rows) > 1 and all(_is_row(line, columns) for line in rows)
        default = 0 if are_rows else over_values[0]  # the first rule under figures parts a sum from its items
        return max((above for above in over_values if first is None or above <= first), default=default)
    if first is not None:
        return _without_labels(lines, first, columns) if first <= max(3, HEAD_SHARE * len(lines)) else 0
    return 1 if len(lines) > 2 and len(lines[0].pieces) > 1 and not _is_first_entry(lines, columns) else 0


def _is_first_entry(lines: Sequence[Line], columns: Columns) -> bool:
    """Whether the first of lines without figures is no name but an entry as those below are: a command and what it
    does. It is set as they are, and says or begins a sentence."""
    first, second = lines[:2]
    if all(p.is_bold for p in first.pieces) and not all(p.is_bold for line in lines[1:] for p in line.pieces):
        return False
    below = dict(zip(columns_of_line(columns, second), second.pieces, strict=True))
    for span, piece in zip(columns_of_line(columns, first), first.pieces, strict=True):
        goes_on = span in below and below[span].text[:1].islower() and len(piece.text.split()) >= PHRASE
        if says_more_than_a_name(piece.text) or goes_on:
            return True
    return False


def _without_first_row(lines: Sequence[Line], above: int, first: int | None, columns: Columns) -> int:
    """The lines over the first of many rules, less the first row where a shade under the names stands for a rule: from
    its label and figures on, or what is set plainer than all the names are."""
    if first is not None and first < above:
        return _without_labels(lines, first, columns) if first else above
    *names, last = lines[:above]
    is_alike = above < len(lines) and len(last.pieces) > 1 and last.pieces[0].x1 < columns.lefts[1]
    is_plainer = all(p.is_bold for line in names for p in line.pieces) and not any(p.is_bold for p in last.pieces)
    return above - 1 if names and is_alike and is_plainer and len(names[-1].pieces) > 1 else above


def _first_row_of_values(lines: Sequence[Line], columns: Columns) -> int | None:
    """The first line with a label and a figure that is no year, or a tick. Without a label, which may be broken over
    the lines around, it is one of figures that has a loss: no name of a column is less than nothing."""
    for number, line in enumerate(lines):
        spans = columns_of_line(columns, line)
        if spans[0][0] > 0 and _are_figures_with_loss(line):
            return number
        behind = [piece for piece, span in zip(line.pieces, spans, strict=True) if span[0] > 0]
        if spans[0][0] == 0 and any(is_value(piece.text) or is_mark(piece.text) for piece in behind):
            return number
    return None


def _is_row(line: Line, columns: Columns) -> bool:
    """Whether a line is a label with values behind it."""
    return line.pieces[0].x0 < columns.rights[0] and any(is_value(piece.text) for piece in line.pieces[1:])


def _are_figures_with_loss(line: Line) -> bool:
    texts = [piece.text for piece in line.pieces]
    return len(texts) > 1 and all(map(is_value, texts)) and any(map(is_loss, texts))


def _without_labels(lines: Sequence[Line], number: int, columns: Columns) -> int:
    """`number`, less the lines before it that only hold a label: the beginning of the first row, or its group."""
    while number > 1 and len(lines[number - 1].pieces) == 1 and lines[number - 1].pieces[0].x1 < columns.lefts[1]:
        number -= 1
    return number


def body_cells(lines: Sequence[Line], columns: Columns, rules: Sequence[Rule], first_row: int) -> list[DraftCell]:
    """The cells of the lines under the head, from row `first_row` on. Names that stand over what follows are read as
    those of the head are."""
    room = _room(lines, columns)
    cells: list[DraftCell] = []
    row = first_row
    start = 0
    for first, end in [*_heads_between(lines, columns), (len(lines), len(lines))]:
        placed = [
            CellLine(tuple(zip(_body_spans(line, columns), line.pieces, strict=True)), line.y0, line.y1)
            for line in lines[start:first]
        ]
        for together in grouped(placed, rules, room):
            for group in _by_column(together):
                left, right = min(span[0] for span, _ in group), max(span[1] for span, _ in group)
                cells.append(cell(row, row, left, right, [piece for _, piece in group]))
            row += 1
        names, depth = head_cells(lines[first:end], columns, rules)
        cells += [cell(row + h.row, row + h.row_end, h.first, h.last, h.pieces) for h in names]
        row += depth
        start = end
    return cells


def _heads_between(lines: Sequence[Line], columns: Columns) -> list[tuple[int, int]]:
    """(first, end) of runs of lines within a table of figures that hold names only, some side by side."""
    found: list[tuple[int, int]] = []
    first = None
    if _first_row_of_values(lines, columns) is None:
        return []
    for number, line in enumerate(lines):
        behind = [piece for piece in line.pieces if piece.x0 > columns.rights[0]]
        label = line.pieces[0].text if len(behind) < len(line.pieces) else ""
        are_names = bool(behind) and not any(is_value(piece.text) for piece in behind)
        if are_names and (not label or is_unit(label)):
            first = number if first is None else first
            continue
        if first is not None and 1 < number - first <= HEAD_LINES:
            run = lines[first:number]
            if first > 0 and any(len(part.pieces) > 2 for part in run):
                found.append((first, number))
        first = None
    return found


def _room(lines: Sequence[Line], columns: Columns) -> Room:
    """Labels are set with some white before the next column, and seldom with very much."""
    height = max((line.height for line in lines), default=0)
    return Room(columns.rights[0], max(columns.rights[0], columns.lefts[1] - WHITE_BESIDE * height))


def _body_spans(line: Line, columns: Columns) -> list[tuple[int, int]]:
    """The columns of each piece; a lone one amid the columns behind the labels names a part of the table."""
    spans = columns_of_line(columns, line)
    if len(spans) == 1 and spans[0][0] > 0 and not line.pieces[0].is_figure:
        piece, last = line.pieces[0], columns.count - 1
        if abs(columns.lefts[1] + columns.rights[last] - 2 * piece.middle) < 2 * (piece.y1 - piece.y0):
            return [(1, last)]
        return [centred(line.pieces[0], spans[0], 1, columns.count - 1, columns)]
    return spans


def without_caption(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines below a caption and its scale that stand over a table."""
    first = 0
    for number, line in enumerate(lines[:CAPTION_LINES]):
        if is_caption(line.text):
            first = number + 1
            while first < len(lines) and goes_on(line, lines[first - 1], lines[first]):
                first += 1
    while first < len(lines) and len(lines[first].pieces) == 1 and is_scale(lines[first].pieces[0].text):
        first += 1
    return lines[first:]


def _by_column(row: Sequence[CellLine]) -> list[list[Placed]]:
    """The pieces of a row's lines, those of overlapping columns together, top down."""
    groups: list[list[Placed]] = []
    for span, piece in sorted((item for line in row for item in line.placed), key=lambda item: item[0]):
        if groups and span[0] <= max(other[1] for other, _ in groups[-1]):
            groups[-1].append((span, piece))
        else:
            groups.append([(span, piece)])
    for group in groups:
        group.sort(key=lambda item: (item[1].y0 + item[1].y1, item[1].x0))
    return groups
