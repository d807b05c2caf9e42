"""Grey pictures of pages as arrays, for text recognition: masked, turned, and asked whether anything is written there.

`pixels` are uint8 of shape (height, width), 0 = black.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from shared_utils.errors import UnreadablePdf
from shared_utils.pdf.viewer import PageImage
from shared_utils.types import Rect

Pixels = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels."""

TILE_PX = 32  # at 200 dpi, a line of print is about one tile high
PAPER_NEAR, INK_FAR = 24, 70  # grey levels from a tile's commonest one: paper and its noise; ink
PAPER_SHARE, INK_LEAST, INK_MOST = 0.45, 0.03, 0.5  # of a tile's pixels
STROKES = 4  # a tile's rows cross from paper to ink this often in the median of those that do; an edge crosses once
TILES_IN_A_ROW = 3  # about a word of five letters
MARGIN_PX = 2


def grey_of(image: PageImage) -> Pixels:
    """The pixels of a portable graymap. Raises UnreadablePdf where it is none."""
    _, separator, body = image.data.partition(b" 255\n")
    if not separator or len(body) != image.width_px * image.height_px:
        raise UnreadablePdf("The picture of this page is damaged.")
    return np.frombuffer(body, np.uint8).reshape(image.height_px, image.width_px)


def graymap(pixels: Pixels) -> bytes:
    """As a file that tesseract reads."""
    height, width = pixels.shape
    return b"P5 %d %d 255\n" % (width, height) + np.ascontiguousarray(pixels).tobytes()


def without(pixels: Pixels, rects: Iterable[Rect], points_per_px: float) -> Pixels:
    """The picture without what stands inside `rects`, in points: they get the page's commonest grey."""
    covered = pixels.copy()
    paper = int(np.bincount(pixels.ravel(), minlength=256).argmax())
    for x0, y0, x1, y1 in rects:
        left, top = (max(0, int(edge / points_per_px) - MARGIN_PX) for edge in (x0, y0))
        right, bottom = (max(0, int(edge / points_per_px) + MARGIN_PX + 1) for edge in (x1, y1))
        covered[top:bottom, left:right] = paper
    return covered


def turned(pixels: Pixels, quarter_turns: int) -> Pixels:
    """Counter-clockwise."""
    return np.rot90(pixels, quarter_turns)


def turned_back(box: Box, quarter_turns: int, width: int, height: int) -> Box:
    """Where a box of the turned picture lies in the picture as it was, `width` by `height` pixels."""
    left, top, right, bottom = box
    match quarter_turns % 4:
        case 1:
            return width - bottom, left, width - top, right
        case 2:
            return width - right, height - bottom, width - left, height - top
        case 3:
            return top, height - right, bottom, height - left
        case _:
            return box


def may_hold_words(pixels: Pixels) -> bool:
    """Whether some of the picture looks written or drawn rather than photographed: tiles of one even shade with
    strokes on it, several side by side. Wrong on the side of yes."""
    rows, columns = pixels.shape[0] // TILE_PX, pixels.shape[1] // TILE_PX
    if not rows or not columns:
        return False
    cut = pixels[: rows * TILE_PX, : columns * TILE_PX].reshape(rows, TILE_PX, columns, TILE_PX).swapaxes(1, 2)
    tiles = cut.reshape(rows * columns, TILE_PX, TILE_PX).astype(np.int16)
    tiles = tiles[(spread := np.ptp(tiles, axis=(1, 2)) >= INK_FAR)]
    written = np.zeros(rows * columns, dtype=bool)
    written[spread] = [_is_written(tile) for tile in tiles]
    grid = written.reshape(rows, columns)
    return any(_has_run(grid, axis) for axis in (0, 1))


def _is_written(tile: NDArray[np.int16]) -> bool:
    paper = int(np.bincount(tile.ravel() >> 3, minlength=32).argmax()) * 8 + 4
    away = np.abs(tile - paper)
    ink = away >= INK_FAR
    if (away <= PAPER_NEAR).mean() < PAPER_SHARE or not INK_LEAST <= ink.mean() <= INK_MOST:
        return False
    known = ink | (away <= PAPER_NEAR)  # a shade between the two belongs to what it follows
    columns = np.maximum.accumulate(np.where(known, np.arange(TILE_PX), 0), axis=1)
    crossings = np.abs(np.diff(np.take_along_axis(ink, columns, axis=1).astype(np.int8), axis=1)).sum(axis=1)
    crossed = crossings[crossings > 0]
    return bool(crossed.size and np.median(crossed) >= STROKES)


def _has_run(grid: NDArray[np.bool_], axis: int) -> bool:
    """Whether `TILES_IN_A_ROW` neighbours along an axis are all true."""
    length = grid.shape[axis] - TILES_IN_A_ROW + 1
    if length < 1:
        return False
    runs = [np.take(grid, range(shift, shift + length), axis=axis) for shift in range(TILES_IN_A_ROW)]
    return bool(np.logical_and.reduce(runs).any())
