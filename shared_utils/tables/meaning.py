"""What the rows and columns of a table are for: heads, labels, groups, totals, and tables set side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from shared_utils.tables.draft import Draft, DraftCell
from shared_utils.tables.texts import is_total, is_unit, is_value, label_and_value, says_more_than_a_name
from shared_utils.types import RowKind

INDENT = 30  # tenths of a point that a label must stand further in to belong to the one above
ALIKE = 8  # tenths of a point between the beginnings of labels that are set at one place
STUBS_AT_MOST = 3
LONGEST_TEXT_OF_HEAD = 12  # words


def text_of(cell: DraftCell) -> str:
    return " ".join(piece.text for piece in cell.pieces)


def head_rows(draft: Draft, rows: int, texts: dict[DraftCell, str]) -> int:
    """How many rows at the top name columns: down to the rule under them where one is known, else those before the
    first row with a value."""
    if draft.head_rows:
        return draft.head_rows
    by_row = _by_row(draft, rows)
    figures = {row for row in range(rows) for c in by_row[row] if c.column and is_value(texts[c])}
    if not figures:
        return 1 if rows > 1 and len(by_row[0]) > 1 and not _is_entry(by_row, texts) else 0
    if min(figures) > 1 and _is_of_words(draft, min(figures), texts):
        return min(*figures, 1 + next((n for n, row in enumerate(by_row) if not _names_groups(row)), 0))
    count = 0
    while count < rows and count not in figures:
        count += 1
    is_headed = 0 < count <= max(1, rows // 2)
    if not is_headed:
        return 0
    # names of groups directly over the first row are no heads
    while count > 1 and len(by_row[count - 1]) == 1 and by_row[count - 1][0].column == 0:
        count -= 1
    return count


def _is_entry(by_row: Sequence[Sequence[DraftCell]], texts: dict[DraftCell, str]) -> bool:
    """Whether the first row is an entry as those below are, not the names of two columns: it is set as they are, and
    says more than a name."""
    first, *others = by_row
    is_distinct = all(p.is_bold for c in first for p in c.pieces) and not all(
        p.is_bold for row in others for c in row for p in c.pieces
    )
    return len(first) == 2 and not is_distinct and any(says_more_than_a_name(texts[c]) for c in first)


def _names_groups(row: Sequence[DraftCell]) -> bool:
    """Whether a cell of a row stands over several columns."""
    return any(cell.column_end > cell.column for cell in row)


def _is_of_words(draft: Draft, first: int, texts: dict[DraftCell, str]) -> bool:
    """Whether most cells behind the labels, from the first row with a value on, hold no value."""
    behind = [is_value(texts[c]) for c in draft.cells if c.column and c.row >= first]
    return 2 * sum(behind) < len(behind)


def _by_row(draft: Draft, rows: int) -> list[list[DraftCell]]:
    found: list[list[DraftCell]] = [[] for _ in range(rows)]
    for cell in draft.cells:
        for row in range(cell.row, cell.row_end + 1):
            found[row].append(cell)
    return found


def parts_side_by_side(draft: Draft, heads: int, columns: int, texts: dict[DraftCell, str]) -> tuple[int, ...]:
    """The first columns of the tables that stand side by side under heads that repeat; (0,) where they do not."""
    names = [""] * columns
    for cell in draft.cells:
        if cell.row_end == heads - 1 and cell.column == cell.column_end:
            names[cell.column] = texts[cell].casefold()
    first = Counter(is_value(texts[c]) for c in draft.cells if c.row >= heads and c.column == 0)
    for size in range(2, columns // 2 + 1):
        if columns % size == 0 and names[0] and len(set(names[:size])) == size:
            is_repeated = all(names[i] == names[i % size] for i in range(columns))
            if is_repeated and first[False] + first[True] > 1:
                return tuple(range(0, columns, size))
    return (0,)


def stub_columns(draft: Draft, heads: int, size: int, texts: dict[DraftCell, str]) -> int:
    """How many columns at the left hold labels: those before the first that holds mostly values, the first always."""
    values: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for cell in draft.cells:
        if cell.row >= heads and cell.column == cell.column_end < size:
            filled[cell.column] += 1
            values[cell.column] += is_value(texts[cell])
    of_values = [column for column in range(1, size) if 2 * values[column] > filled[column] > 0]
    if of_values:
        return max(1, min(of_values[0], STUBS_AT_MOST))
    merged = any(c.column == 0 and c.row_end > c.row >= heads for c in draft.cells)
    return 2 if merged and size > 2 else 1


def row_kinds(
    draft: Draft, rows: int, heads: int, stubs: int, parts: Sequence[int], texts: dict[DraftCell, str]
) -> tuple[RowKind, ...]:
    """What every row is for. Below the head, a row of names alone over several columns is a head of what follows."""
    kinds: list[RowKind] = []
    for row, cells in enumerate(_by_row(draft, rows)):
        labels = [c for c in cells if c.column < stubs]
        values = [c for c in cells if c.column >= stubs]
        are_names = not any(is_value(texts[c]) or _is_text(texts[c]) for c in values)
        is_alone = len(cells) == 1 and (not values or are_names) and len(parts) == 1
        if draft.is_ruled and values and values[0].column == values[0].column_end:
            is_alone = False  # in one field behind the labels: a value's second line
        is_labelled = any(not is_unit(texts[c]) for c in labels)
        if row < heads:
            kinds.append(RowKind.HEAD)
        elif len(cells) == 1 and not values and label_and_value(texts[cells[0]]) is not None:
            kinds.append(RowKind.DATA)
        elif is_alone or not values:
            kinds.append(RowKind.GROUP if len(parts) == 1 else RowKind.DATA)
        elif are_names and not is_labelled and (len(values) > 1 or values[0].column_end > values[0].column):
            kinds.append(RowKind.HEAD)
        elif any(is_total(texts[c]) for c in labels):
            kinds.append(RowKind.TOTAL)
        else:
            kinds.append(RowKind.DATA)
    return _with_upper_heads(draft, kinds, stubs)


def _is_text(text: str) -> bool:
    """Whether words are more than any name of a column."""
    return len(text.split()) > LONGEST_TEXT_OF_HEAD


def _with_upper_heads(draft: Draft, kinds: list[RowKind], stubs: int) -> tuple[RowKind, ...]:
    """A name over several columns directly over a head is part of it."""
    over_values = {c.row for c in draft.cells if c.column >= stubs}
    for row in range(len(kinds) - 2, -1, -1):
        if kinds[row] is RowKind.GROUP and kinds[row + 1] is RowKind.HEAD and row in over_values:
            kinds[row] = RowKind.HEAD
    return tuple(kinds)


def are_indented(draft: Draft, heads: int) -> bool:
    """Whether the labels begin at a few places, so that standing further in means something; centred ones do not."""
    lefts = sorted(c.pieces[0].x0 for c in draft.cells if c.column == 0 and c.row >= heads)
    close = [b - a <= ALIKE for a, b in pairwise(lefts)]
    shared = sum(before or after for before, after in zip([False, *close], [*close, False], strict=True))
    return 2 * shared > len(lefts)


def parents(draft: Draft, kinds: Sequence[RowKind], by_indent: bool) -> tuple[tuple[int, ...], ...]:
    """For every row the rows above whose labels stand over its own, outermost first: names of groups, and rows that
    it stands further in than, if labels are set `by_indent`."""
    labels: dict[int, DraftCell] = {}
    for cell in draft.cells:
        if cell.column == 0 or kinds[cell.row] is RowKind.GROUP:
            for row in range(cell.row, cell.row_end + 1):
                labels.setdefault(row, cell)
    found: list[tuple[int, ...]] = []
    over: list[tuple[int, int, bool]] = []  # (row, indent, whether something stood further in below it)
    for row, kind in enumerate(kinds):
        label = labels.get(row)
        if kind is RowKind.HEAD:
            found.append(())
        elif label is None:
            found.append(tuple(r for r, _, _ in over if kinds[r] is RowKind.GROUP))
        elif label.row < row:  # a label beside several rows
            found.append(found[label.row])
        else:
            indent = label.pieces[0].x0
            while over and _ends(over[-1], indent, kind is RowKind.GROUP, kinds):
                over.pop()
            found.append(
                tuple(r for r, _, _ in over if kinds[r] is RowKind.GROUP or (by_indent and kind is not RowKind.TOTAL))
            )
            if over and indent > over[-1][1] + INDENT:
                over[-1] = (over[-1][0], over[-1][1], True)
            over.append((row, indent, False))
    return tuple(found)


def _ends(last: tuple[int, int, bool], indent: int, is_group: bool, kinds: Sequence[RowKind]) -> bool:
    """Whether a label at this indent ends what the last one still stood over."""
    row, own, has_children = last
    if indent > own + INDENT:
        return False
    if kinds[row] is not RowKind.GROUP or is_group:
        return True
    return has_children or indent < own - INDENT
