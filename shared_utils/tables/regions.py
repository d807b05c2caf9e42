"""Where tables without a frame stand: runs of lines whose pieces stand in columns, between running text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_utils.tables.captions import goes_on, is_caption, is_note, is_scale
from shared_utils.tables.charts import chart_boxes, is_chart, is_contents, without_axes
from shared_utils.tables.columns import body_lines, columns_between, stands_in
from shared_utils.tables.lines import Line, Piece, outside
from shared_utils.tables.model import PlacedPage
from shared_utils.tables.prose import prose_pieces
from shared_utils.tables.ruling import Rule
from shared_utils.tables.texts import is_period, is_unit, is_value, label_and_value

FAR = 2.4  # × the height: white between two lines of one table
SPACED, GROUPS = 3.2, 2  # × the height: an empty row between two groups; lines of names over the first row behind it
DENSE = 0.4  # of the fields must be filled
FIGURE_SHARE = 0.45  # of the pieces behind the labels
SEVERAL = 2  # figures: a single one stands under that of many another table, too
PENDING = 3  # lines of one piece (names of groups, broken labels) in a row
HEAD_LINES = 6  # over the first line of several pieces that may belong to the head
TITLE = 1.15  # × the height of the table's words: a name set larger is no head
LARGE, TITLED = 1.3, 5  # × the height of most lines: a title over a table's words; lines that tell the usual height
HEAD_FAR = 1.3  # × the height: white between them
ENTRIES, ENTRY_SHARE = 4, 0.6  # lines of an account that tell; share of a block's lines
_DAY = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}(?:[./-](?:\d\d){1,2})?\.?|\d{4}-\d\d-\d\d|\d{1,2}\.? [^\W\d_]{3,9}\.?(?: \d{4})?|"
    r"[^\W\d_]{3,9}\.? \d{1,2}(?:, \d{4})?)"
)
_MARKER = re.compile(r"(?:[•·▪■◦‣–—*o-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,5})[.)]|\[\d+\]|\d+(?:\.\d+)+\.?)")


def regions(lines: Sequence[Line], rules: Sequence[Rule], page: PlacedPage) -> list[tuple[Line, ...]]:
    """Runs of lines that stand in columns as a table's do, top down, without running text."""
    prose = prose_pieces(lines)
    bare = _without_captions(lines, [_without(line, prose) for line in lines])
    found: list[tuple[Line, ...]] = []
    block: list[Line] = []
    pending: list[Line] = []
    first = 0

    def close() -> None:
        nonlocal block, pending
        block = _without_title(block)
        if _is_of_figures([line for line in block if len(line.pieces) > 1]):
            block = _without_tail(block)
        if not _is_table(block, rules, page):
            block = _beside_charts(block, page)
        if _is_table(block, rules, page):
            found.append((*_head_above(block, bare[:first], rules), *block))
        block, pending = [], []

    for number, (whole, line) in enumerate(zip(lines, bare, strict=True)):
        if line is None:
            if block and _overlaps(whole, block):
                close()
            continue
        if block and _begins_another(line, bare[number + 1 : number + 1 + HEAD_LINES], block):
            close()
            continue
        last = (pending or block)[-1] if block or pending else None
        if last is not None and line.y0 - last.y1 > FAR * min(last.height, line.height):
            is_spaced = line.y0 - last.y1 <= SPACED * min(last.height, line.height)
            if not (is_spaced and not pending and _goes_on(block, (line, *bare[number + 1 : number + 1 + GROUPS]))):
                close()
        if len(line.pieces) > 1 and not _is_list_item(line.pieces):
            first = first if block else number
            block += [*pending, line]
            pending = []
        elif block and not is_caption(line.text) and _has_room([*pending, line]):
            pending.append(line)
        elif block:
            close()
    close()
    return found


def _goes_on(block: Sequence[Line], below: Sequence[Line | None]) -> bool:
    """Whether lines behind an empty row are a table's next group: names, then a row of figures under those of its last
    one. It has no names of columns of its own, so it would say nothing alone."""
    last = next((figures for line in reversed(block) if (figures := _figures(line))), [])
    for line in below:
        if line is None or len(last) < SEVERAL:
            return False
        if figures := _figures(line):
            under = [any(abs(p.x1 - q.x1) < line.height for q in last) for p in figures]
            return len(figures) >= SEVERAL and all(under)
        if len(line.pieces) > 1:
            return False
    return False


def _figures(line: Line) -> list[Piece]:
    """The figures behind a label, if one is a value; a currency's sign may stand apart."""
    figures = [piece for piece in line.pieces[1:] if piece.is_figure and not is_unit(piece.text)]
    return figures if any(is_value(piece.text) for piece in figures) else []


def _begins_another(line: Line, below: Sequence[Line | None], block: Sequence[Line]) -> bool:
    """Whether a line only tells what figures count, below figures and over the periods of the next table: statements
    that follow each other closely would else be one table under the names of the first."""
    if len(line.pieces) > 1 or not is_scale(line.text) or not _has_values(block):
        return False
    for other in below:
        if other is None or any(is_value(piece.text) for piece in other.pieces):
            return False
        if all(is_period(piece.text) for piece in other.pieces):
            return True
    return False


def _has_values(block: Sequence[Line]) -> bool:
    return any(is_value(piece.text) for line in block for piece in line.pieces[1:])


def _beside_charts(block: Sequence[Line], page: PlacedPage) -> list[Line]:
    """What stands beside the charts that a block reaches into, where that are lines enough for a table of figures."""
    if not block or not page.drawings:
        return []
    left = outside(block, chart_boxes(page, block[0].height))
    several = [line for line in left if len(line.pieces) > 1]
    is_less = sum(len(line.pieces) for line in left) < sum(len(line.pieces) for line in block)
    return _without_tail(left) if is_less and len(several) >= TITLED and _is_of_figures(several) else []


def _has_room(pending: Sequence[Line]) -> bool:
    """Whether so many lines of one piece may stand in a table: one that says its value is a row of it."""
    bare = sum(label_and_value(line.text) is None for line in pending)
    return bare <= PENDING and len(pending) <= 2 * PENDING


def _without_title(block: Sequence[Line]) -> list[Line]:
    """The block without what is set larger on its top: a page's title whose words stand far apart."""
    if len(block) < TITLED:
        return list(block)
    usual = sorted(line.height for line in block)[len(block) // 2]
    first = 0
    while block[first].height > LARGE * usual and not any(piece.is_figure for piece in block[first].pieces):
        first += 1
    has_head = not any(is_value(piece.text) for piece in block[first].pieces)
    return list(block[first:] if has_head else block)


def _without(line: Line, prose: set[int]) -> Line | None:
    pieces = tuple(piece for piece in line.pieces if id(piece) not in prose)
    return Line(pieces, min(p.y0 for p in pieces), max(p.y1 for p in pieces)) if pieces else None


def _without_captions(lines: Sequence[Line], bare: list[Line | None]) -> list[Line | None]:
    """The lines without the ends of captions whose beginnings are running text."""
    caption: Line | None = None
    kept = list(bare)
    for number, (whole, line) in enumerate(zip(lines, bare, strict=True)):
        if line is None:
            caption = whole if is_caption(whole.text) else None
        elif caption is not None and goes_on(caption, lines[number - 1], line):
            kept[number] = None
        else:
            caption = None
    return kept


def _overlaps(line: Line, block: Sequence[Line]) -> bool:
    left, right = min(b.pieces[0].x0 for b in block), max(b.pieces[-1].x1 for b in block)
    return any(piece.x0 < right and piece.x1 > left for piece in line.pieces)


def _is_list_item(pieces: Sequence[Piece]) -> bool:
    return len(pieces) == 2 and bool(_MARKER.fullmatch(pieces[0].text)) and not pieces[1].is_figure


def _head_above(block: Sequence[Line], above: Sequence[Line | None], rules: Sequence[Rule]) -> list[Line]:
    """Lines of one piece over a block that belong to its head: those below the rule on its top, and those that stand
    over its columns but for the first."""
    columns = columns_between(body_lines(block))
    left, right = columns.lefts[0], columns.rights[-1]
    stub_right = columns.rights[0]
    tops = [
        rule.at for rule in rules if _runs_along(rule, left, right) and rule.at < block[0].y0 + block[0].height // 3
    ]
    top = max(tops, default=None)
    taken: list[Line] = []
    edge, height = block[0].y0, block[0].height
    for line in reversed(above[-HEAD_LINES:]):
        if line is None or line.y0 >= edge + height // 2:
            break
        is_below_rule = top is not None and line.middle > top and edge - top < HEAD_LINES * height
        is_inside = all(left - height < p.x0 and p.x1 < right + height for p in line.pieces)
        is_over = all(p.x0 > stub_right for p in line.pieces) and edge - line.y1 < HEAD_FAR * height
        is_title = line.height > TITLE * height
        text = line.pieces[0].text
        if (
            not is_inside
            or is_title
            or not (is_below_rule or is_over)
            or is_caption(text)
            or is_note(text)
            or is_scale(text)
        ):
            break
        taken.insert(0, line)
        edge = line.y0
    return taken


def _runs_along(rule: Rule, left: int, right: int) -> bool:
    width = right - left
    return rule.start < left + 0.1 * width and rule.end > right - 0.1 * width and rule.end - rule.start < 1.4 * width


def _is_table(block: Sequence[Line], rules: Sequence[Rule], page: PlacedPage) -> bool:
    """Whether the lines of a block stand in columns as a table's do."""
    lines = without_axes(block)
    several = [line for line in lines if len(line.pieces) > 1]
    if len(several) < 3 or is_contents(block):
        return False
    columns = columns_between(body_lines(lines))
    if columns.count < 2:
        return False
    if sum(len(line.pieces) for line in several) < DENSE * columns.count * len(several):
        return False
    left, right = columns.lefts[0], columns.rights[-1]
    if is_chart((left, block[0].y0, right, block[-1].y1), block, page):
        return False
    return _is_of_figures(several) or (2 * len(several) >= len(lines) and _is_framed(block, rules, left, right))


def _is_of_figures(lines: Sequence[Line]) -> bool:
    """Whether most lines from the first with figures on hold figures, and little else, behind their labels."""
    has_figures = [any(piece.is_figure for piece in line.pieces[1:]) for line in lines]
    if True not in has_figures:
        return False
    first = min(has_figures.index(True), len(lines) // 2)
    behind = [piece for line in lines[first:] for piece in line.pieces[1:]]
    if _is_of_entries(lines):
        return True
    is_most = 2 * sum(has_figures[first:]) >= len(lines) - first
    return is_most and sum(piece.is_figure for piece in behind) >= FIGURE_SHARE * len(behind)


def _is_of_entries(lines: Sequence[Line]) -> bool:
    """Whether most lines are the entries of an account: a day, what it was, in so many columns, and the amount."""
    entries = [line for line in lines if _DAY.fullmatch(line.pieces[0].text) and is_value(line.pieces[-1].text)]
    return len(entries) >= ENTRIES and len(entries) >= ENTRY_SHARE * len(lines)


def _without_tail(block: Sequence[Line]) -> list[Line]:
    """The block without what follows its last figures: sentences below the table. A broken label's end stays."""
    last = max((i for i, line in enumerate(block) if any(p.is_figure for p in line.pieces[1:])), default=-1)
    if last < 0:
        return list(block)
    columns = columns_between(body_lines(block[: last + 1]))
    end = last + 1
    while end < len(block) and columns.count > 1:
        line = block[end]
        piece = line.pieces[0]
        if len(line.pieces) > 1 and stands_in(columns, line):
            end += 1
            continue
        goes_on = piece.text[:1].islower() and line.y0 - block[end - 1].y1 < (piece.y1 - piece.y0) / 2
        if len(line.pieces) > 1 or piece.x1 > columns.lefts[1] or not goes_on:
            break
        end += 1
    return list(block[:end])


def _is_framed(block: Sequence[Line], rules: Sequence[Rule], left: int, right: int) -> bool:
    """Whether a rule runs along the top of a block, or under its first lines, and one along its foot."""
    height = block[-1].height
    own = [rule.at for rule in rules if _runs_along(rule, left, right)]
    is_headed = any(block[0].y0 - 2 * height < at < block[min(3, len(block) - 1)].y1 for at in own)
    return is_headed and any(block[-1].middle < at < block[-1].y1 + 2 * height for at in own)
