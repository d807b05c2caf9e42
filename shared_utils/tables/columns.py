"""Where a table's columns run: the white between the pieces of its full lines."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from shared_utils.tables.lines import Line, Piece, piece_of
from shared_utils.tables.model import PlacedPage
from shared_utils.tables.texts import is_figure

ALIGNED = 0.4  # of the height that the sides of a piece may be off a column's
WIDER = 2  # × its column that a name over it may be
WORD_GAP = 0.32  # of the height: wider than between the words of a name
FEW = 3
FULL_SHARE = 0.4  # of the lines with figures must be nearly full for the others to say nothing about columns
ALIKE = 0.5  # of the lines must have as many pieces for these to be columns though no white runs between them
CROSSED = 0.05  # of the full lines may run through the white between two columns
CLEARLY = 20  # tenths of a point nearer
NARROWEST = 15  # white between columns, tenths of a point


@dataclass(frozen=True, slots=True)
class Columns:
    """`edges` are the middles of the white between columns with the outer edges around them, one more than columns;
    a column's words lie between its `lefts` and `rights`."""

    edges: tuple[int, ...]
    lefts: tuple[int, ...]
    rights: tuple[int, ...]

    @property
    def count(self) -> int:
        return len(self.lefts)


def body_lines(lines: Sequence[Line]) -> list[Line]:
    """The lines that show a table's columns: with figures where most have some, else all with two pieces."""
    several = [line for line in lines if len(line.pieces) > 1]
    with_figures = [line for line in several if any(piece.is_figure for piece in line.pieces[1:])]
    chosen = with_figures if 2 * len(with_figures) >= len(several) else several
    most = max((len(line.pieces) for line in chosen), default=0)
    full = [line for line in chosen if 4 * len(line.pieces) >= 3 * most]
    if len(full) >= max(FEW, FULL_SHARE * len(chosen)):
        return full
    return [line for line in chosen if 2 * len(line.pieces) >= most]


def columns_between(lines: Sequence[Line]) -> Columns:
    """The columns that the pieces of these lines leave white between, or, where lines of as many pieces agree on more,
    those; none without lines."""
    found = _by_white(lines)
    counts = Counter(len(line.pieces) for line in lines)
    most = max(counts, key=lambda count: (counts[count], count), default=0)
    if most <= found.count or counts[most] < max(FEW, ALIKE * len(lines)):
        return found
    return _by_order([line.pieces for line in lines if len(line.pieces) == most]) or found


def _by_order(rows: Sequence[Sequence[Piece]]) -> Columns | None:
    """Columns of rows with as many pieces each: bounds half-way between the usual ends; None where these overlap."""
    columns = list(zip(*rows, strict=True))
    starts = [int(median(piece.x0 for piece in column)) for column in columns]
    ends = [int(median(piece.x1 for piece in column)) for column in columns]
    if any(end >= start for end, start in zip(ends, starts[1:], strict=False)):
        return None
    bounds = [(end + start) // 2 for end, start in zip(ends, starts[1:], strict=False)]
    lows, highs = [-(10**9), *bounds], [*bounds, 10**9]
    lefts = [max(low + 1, min(p.x0 for p in column)) for low, column in zip(lows, columns, strict=True)]
    rights = [min(high - 1, max(p.x1 for p in column)) for high, column in zip(highs, columns, strict=True)]
    return Columns((lefts[0], *bounds, rights[-1]), tuple(lefts), tuple(rights))


def _by_white(lines: Sequence[Line]) -> Columns:
    events: list[tuple[int, int]] = []
    for line in lines:
        for piece in line.pieces:
            events += [(piece.x0, 1), (piece.x1, -1)]
    if not events:
        return Columns((), (), ())
    events.sort()
    allowed = CROSSED * len(lines)
    lefts: list[int] = []
    rights: list[int] = []
    covered = 0
    is_inside = False
    for (x, step), (next_x, _) in pairwise(events):
        covered += step
        if is_inside and covered <= allowed and next_x - x >= NARROWEST:
            rights.append(x)
            is_inside = False
        elif not is_inside and covered > allowed:
            lefts.append(x)
            is_inside = True
    if is_inside:
        rights.append(events[-1][0])
    edges = [lefts[0], *((a + b) // 2 for a, b in zip(rights, lefts[1:], strict=False)), rights[-1]]
    return Columns(tuple(edges), tuple(lefts), tuple(rights))


def columns_of(columns: Columns, piece: Piece) -> tuple[int, int]:
    """The first and last column a piece stands in: the one it is aligned with, else those it reaches into."""
    first, last = _reach(columns, piece)
    if first == last:
        return first, last
    aligned = [column for column in range(first, last + 1) if is_aligned(piece, columns, column)]
    return (aligned[0], aligned[0]) if len(aligned) == 1 else (first, last)


def _reach(columns: Columns, piece: Piece) -> tuple[int, int]:
    inner = columns.edges[1:-1]
    middle = bisect_right(inner, piece.middle)
    slack = max(10, (piece.y1 - piece.y0) // 4)
    first = min(bisect_right(inner, piece.x0 + slack), middle)
    return first, max(bisect_right(inner, piece.x1 - slack), middle)


def columns_of_line(columns: Columns, line: Line) -> list[tuple[int, int]]:
    """The columns of every piece of a line; where there are as many pieces as columns, one each."""
    spans = [columns_of(columns, piece) for piece in line.pieces]
    missing = columns.count - len(spans)
    if missing > 1 or (missing == 1 and spans[0][0] == 0) or missing < 0:
        return spans
    slack = 1 - missing
    is_near = all(a - slack <= number <= b + slack for number, (a, b) in enumerate(spans, missing))
    return [(number, number) for number in range(missing, columns.count)] if is_near else spans


def stands_in(columns: Columns, line: Line) -> bool:
    """Whether every piece of a line stands in a column of its own, aligned with it but for the first."""
    spans = [columns_of(columns, piece) for piece in line.pieces]
    is_single = all(first == last for first, last in spans) and len(set(spans)) == len(spans)
    return is_single and all(
        is_aligned(p, columns, span[0]) for p, span in zip(line.pieces[1:], spans[1:], strict=True)
    )


def is_aligned(piece: Piece, columns: Columns, column: int) -> bool:
    """Whether a piece has its left, its right or its middle where a column has, and is not far wider."""
    left, right = columns.lefts[column], columns.rights[column]
    off = min(abs(piece.x0 - left), abs(piece.x1 - right), abs(2 * piece.middle - left - right) // 2)
    height = piece.y1 - piece.y0
    return off <= ALIGNED * height and piece.x1 - piece.x0 < WIDER * (right - left) + 2 * height


def centred(piece: Piece, span: tuple[int, int], low: int, high: int, columns: Columns) -> tuple[int, int]:
    """The columns from `low` to `high`, `span` among them, that a piece stands in the middle of."""
    middle = (piece.x0 + piece.x1) / 2
    best, best_off = span, abs((columns.lefts[span[0]] + columns.rights[span[1]]) / 2 - middle)
    for first in range(min(span[0], low), span[0] + 1):
        for last in range(span[1], max(high, span[1]) + 1):
            off = abs((columns.lefts[first] + columns.rights[last]) / 2 - middle)
            if off + CLEARLY < best_off:
                best, best_off = (first, last), off
    return best


def parted(page: PlacedPage, line: Line, columns: Columns, heads: Sequence[Line] | None) -> Line:
    """The line with pieces that run through the white between columns taken apart there.

    In the body this takes a number on one side. In the head (the lines of which are `heads`) every part must stand as
    its column does, or another line of the head have names in both columns.
    """
    pieces: list[Piece] = []
    for piece in line.pieces:
        first, last = _reach(columns, piece)
        parts = _parts(page, piece, columns, first, last) if first < last else [piece]
        if len(parts) > 1:
            is_apart = (
                any(part.is_figure for part in parts[1:]) or parts[0].is_figure
                if heads is None
                else _are_wide_apart(parts)
                and (all(_stands_in(part, columns) for part in parts) or _have_names(parts, line, heads, columns))
            )
            parts = parts if is_apart else [piece]
        pieces += parts
    return Line(tuple(pieces), line.y0, line.y1)


def _are_wide_apart(parts: Sequence[Piece]) -> bool:
    return all(b.x0 - a.x1 > WORD_GAP * (a.y1 - a.y0) for a, b in pairwise(parts))


def _have_names(parts: Sequence[Piece], line: Line, heads: Sequence[Line], columns: Columns) -> bool:
    wanted = [bisect_right(columns.edges[1:-1], part.middle) for part in parts]
    if len(set(wanted)) < len(wanted):
        return False
    for other in heads:
        placed = dict(zip(columns_of_line(columns, other), other.pieces, strict=True)) if other is not line else {}
        names = [placed.get((column, column)) for column in wanted]
        if all(name is not None and _is_in_line(part, name) for part, name in zip(parts, names, strict=True)):
            return True
    return False


def _is_in_line(piece: Piece, other: Piece) -> bool:
    """Whether two pieces share their left, their right or their middle."""
    off = min(abs(piece.x0 - other.x0), abs(piece.x1 - other.x1), abs(piece.middle - other.middle))
    return off <= ALIGNED * (piece.y1 - piece.y0)


def _parts(page: PlacedPage, piece: Piece, columns: Columns, first: int, last: int) -> list[Piece]:
    cuts = []
    for column in range(first, last):
        white = columns.rights[column], columns.lefts[column + 1]
        for number, (a, b) in enumerate(pairwise(piece.words), 1):
            is_in_white = a[4] <= white[1] + NARROWEST and b[2] >= white[0] - NARROWEST
            is_overflow = b[2] >= white[1] and is_figure(" ".join(piece.text.split(" ")[number:]))
            if b[2] > a[4] and (is_in_white or is_overflow):
                cuts.append(number)
                break
    bounds = [0, *cuts, len(piece.words)]
    return [piece_of(page, piece.words[a:b]) for a, b in pairwise(bounds) if a < b]


def cut_at(piece: Piece, edges: Sequence[int]) -> list[Piece]:
    """A piece cut between the words that an edge runs between."""
    cuts = [n for n, (a, b) in enumerate(pairwise(piece.words), 1) if any(a[4] <= edge <= b[2] for edge in edges)]
    written = piece.text.split(" ")
    if not cuts or len(written) != len(piece.words):
        return [piece]
    return [
        replace(
            piece,
            x0=piece.words[start][2],
            x1=max(word[4] for word in piece.words[start:end]),
            text=" ".join(written[start:end]),
            words=piece.words[start:end],
            is_figure=is_figure(" ".join(written[start:end])),
        )
        for start, end in pairwise([0, *cuts, len(piece.words)])
    ]


def _stands_in(piece: Piece, columns: Columns) -> bool:
    """Whether a piece is aligned with the one column it stands in."""
    first, last = columns_of(columns, piece)
    return first == last and is_aligned(piece, columns, first)
