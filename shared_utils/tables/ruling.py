"""From drawn strokes to the ruled fields of a table.

The way of Nurminen ("Algorithmic Extraction of Data in Tables in PDF Documents", Tampere 2013, as used by camelot,
tabula and pdfplumber): join strokes that lie on one line, let crossing rules find together, and read the fields
between them; fields with no rule between them are one merged cell. Tenths of a point throughout.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared_utils.tables.model import Box

ON_ONE_LINE = 25  # rules nearer than this are one: a double rule, the two sides of a stroke
TOUCHES = 40  # ends of rules may miss each other by this
SHORTEST = 60  # a shorter stroke is a letter's or a tick's
FIELDS_AT_MOST = 6_000  # of one grid
RULES_AT_MOST = 600  # in either direction: a drawing has more
COVERED = 0.6  # of a field's side that a rule must run along to divide


@dataclass(frozen=True, slots=True)
class Rule:
    """A level rule at y = `at` from x = `start` to `end`, or an upright one at x = `at`."""

    at: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RuledGrid:
    """Rules that cross, and the fields between them. `xs` and `ys` are the edges of columns and rows."""

    xs: tuple[int, ...]
    ys: tuple[int, ...]
    levels: tuple[Rule, ...]
    uprights: tuple[Rule, ...]

    @property
    def box(self) -> Box:
        return self.xs[0], self.ys[0], self.xs[-1], self.ys[-1]

    def fields(self) -> list[tuple[int, int, int, int]]:
        """(row, row_end, column, column_end) of every field, merged ones once, inclusive."""
        return _merged(self)


def straight_rules(rules: Iterable[Box]) -> tuple[list[Rule], list[Rule]]:
    """Level and upright rules, strokes on one line joined.

    The sides of filled boxes are none: stripes and shades behind words divide nothing that the words do not.
    """
    level: list[Rule] = []
    upright: list[Rule] = []
    for x0, y0, x1, y1 in rules:
        if x1 - x0 >= y1 - y0:
            level.append(Rule((y0 + y1) // 2, x0, x1))
        else:
            upright.append(Rule((x0 + x1) // 2, y0, y1))
    return _joined(level), _joined(upright)


def _joined(rules: list[Rule]) -> list[Rule]:
    """Strokes on one line that touch, as one rule; what stays short is dropped."""
    found: list[Rule] = []
    for group in _near(sorted(rules, key=lambda rule: rule.at)):
        at = round(sum(r.at * (r.end - r.start + 1) for r in group) / sum(r.end - r.start + 1 for r in group))
        group.sort(key=lambda rule: rule.start)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start - end > TOUCHES:
                found.append(Rule(at, start, end))
                start, end = rule.start, rule.end
            else:
                end = max(end, rule.end)
        found.append(Rule(at, start, end))
    return [rule for rule in found if rule.end - rule.start >= SHORTEST]


def _near(rules: list[Rule]) -> Iterable[list[Rule]]:
    group: list[Rule] = []
    for rule in rules:
        if group and rule.at - group[0].at > ON_ONE_LINE:
            yield group
            group = []
        group.append(rule)
    if group:
        yield group


def ruled_grids(level: Sequence[Rule], upright: Sequence[Rule]) -> list[RuledGrid]:
    """Rules that hang together by crossing or touching, each such net with its edges; none of a drawing's many."""
    if max(len(level), len(upright)) > RULES_AT_MOST:
        return []
    parent = list(range(len(level) + len(upright)))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    ordered = sorted(range(len(level)), key=lambda i: level[i].at)
    ats = [level[i].at for i in ordered]
    for j, u in enumerate(upright):
        for k in range(bisect_left(ats, u.start - TOUCHES), len(ats)):
            rule = level[ordered[k]]
            if rule.at > u.end + TOUCHES:
                break
            if rule.start - TOUCHES <= u.at <= rule.end + TOUCHES:
                parent[root(len(level) + j)] = root(ordered[k])
    nets: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, rule in enumerate(level):
        nets.setdefault(root(i), ([], []))[0].append(rule)
    for j, rule in enumerate(upright):
        nets.setdefault(root(len(level) + j), ([], []))[1].append(rule)
    grids = (_grid(levels, uprights) for levels, uprights in nets.values() if levels and uprights)
    return [grid for grid in grids if grid is not None]


def _grid(levels: list[Rule], uprights: list[Rule]) -> RuledGrid | None:
    left, right = min(rule.start for rule in levels), max(rule.end for rule in levels)
    top, bottom = min(rule.start for rule in uprights), max(rule.end for rule in uprights)
    xs = _edges([rule.at for rule in uprights], left, right)
    ys = _edges([rule.at for rule in levels], top, bottom)
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > FIELDS_AT_MOST:
        return None
    return RuledGrid(tuple(xs), tuple(ys), tuple(levels), tuple(uprights))


def _edges(ats: list[int], low: int, high: int) -> list[int]:
    """Positions of rules, near ones as one, with the ends of the rules that cross them where no rule closes."""
    edges: list[int] = []
    for at in sorted(ats):
        if not edges or at - edges[-1] > TOUCHES:
            edges.append(at)
    if edges[0] - low > TOUCHES:
        edges.insert(0, low)
    if high - edges[-1] > TOUCHES:
        edges.append(high)
    return edges


def _divides(rules: Sequence[Rule], at: int, start: int, end: int) -> bool:
    """Whether rules at `at` run along most of the way from `start` to `end`."""
    along = sum(max(0, min(rule.end, end) - max(rule.start, start)) for rule in rules if abs(rule.at - at) <= TOUCHES)
    return along >= COVERED * (end - start)


def _merged(grid: RuledGrid) -> list[tuple[int, int, int, int]]:
    columns, rows = len(grid.xs) - 1, len(grid.ys) - 1
    by_x = {k: [r for r in grid.uprights if abs(r.at - x) <= TOUCHES] for k, x in enumerate(grid.xs)}
    by_y = {k: [r for r in grid.levels if abs(r.at - y) <= TOUCHES] for k, y in enumerate(grid.ys)}
    runs: list[dict[tuple[int, int], int]] = []  # a row's fields, merged sideways: (column, column_end)
    for row, (y0, y1) in enumerate(pairwise(grid.ys)):
        found: dict[tuple[int, int], int] = {}
        first = 0
        for column in range(columns):
            if column == columns - 1 or _divides(by_x[column + 1], grid.xs[column + 1], y0, y1):
                found[first, column] = row
                first = column + 1
        runs.append(found)
    fields: list[tuple[int, int, int, int]] = []
    open_fields: dict[tuple[int, int], int] = {}  # → first row
    for row in range(rows):
        for span in list(open_fields):
            first_row = open_fields[span]
            x0, x1 = grid.xs[span[0]], grid.xs[span[1] + 1]
            if span not in runs[row] or _divides(by_y[row], grid.ys[row], x0, x1):
                fields.append((first_row, row - 1, *span))
                del open_fields[span]
        for span in runs[row]:
            open_fields.setdefault(span, row)
    fields += [(first_row, rows - 1, *span) for span, first_row in open_fields.items()]
    return sorted(fields)
