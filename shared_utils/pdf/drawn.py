"""What tables are ruled with, and what charts are drawn with. Part of `pdfium_worker.py`, in its process.

Boxes are (left, bottom, right, top) in page space.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]

RULES_AT_MOST = 1_500  # of a page; a map or a chart has more
SEGMENTS_AT_MOST = 400  # of one path; a grid drawn at one go has fewer
RULE_PT = 3.0  # thicker is an area
CROOKED_PT = 0.5
CORNER = 3  # segments of one round corner
TINT, COLOURED = 180, 20
FARTHEST_PT = 100_000.0
PATH_OBJECT, FORM_OBJECT = 2, 5
IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

Box = tuple[float, float, float, float]
Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]


def drawn(objects: list[tuple[int, int, Box]]) -> dict[str, list[Box]]:
    """The straight lines along the page's sides ("rules"), and boxes around what else is drawn ("drawings": curves and
    slanted lines), from the page's (type, handle, box) but for words.

    A thin path is one rule, however it was drawn; of a larger one its straight strokes count. Filled boxes are left
    out: stripes and shades behind words.
    """
    found: dict[str, list[Box]] = {"rules": [], "drawings": []}
    for kind, handle, box in objects:
        if sum(map(len, found.values())) >= RULES_AT_MOST:
            break
        width, height = box[2] - box[0], box[3] - box[1]
        if kind == PATH_OBJECT and min(width, height) <= RULE_PT < max(width, height):
            if not _is_tinted(handle):
                found["rules"].append(box)
        elif kind == PATH_OBJECT and min(width, height) > RULE_PT:
            _add_path(handle, IDENTITY, found)
        elif kind != PATH_OBJECT:
            _add_form(handle, IDENTITY, found)
    return {name: [box for box in boxes if _is_sane(box)] for name, boxes in found.items()}


def _is_tinted(path: int) -> bool:
    """Whether a path is filled in a light colour, no grey, and not stroked: a stripe's end between two cells, no
    rule."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPath_GetDrawMode(path, fill, stroke) or stroke.value:
        return False
    known = pdfium.FPDFPageObj_GetFillColor(path, red, green, blue, alpha)
    colour = (red.value, green.value, blue.value)
    return bool(known) and min(colour) >= TINT and max(colour) - min(colour) >= COLOURED


def _is_sane(box: Box) -> bool:
    """Whether every edge is a number, and one that a page can have: a file may write anything."""
    return all(-FARTHEST_PT < edge < FARTHEST_PT for edge in box)


def _matrix(handle: int, outer: Matrix) -> Matrix:
    """The way from an object's own space through `outer` to the page."""
    own = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, own):
        return outer
    a, b, c, d, e, f = outer
    return (
        own.a * a + own.b * c,
        own.a * b + own.b * d,
        own.c * a + own.d * c,
        own.c * b + own.d * d,
        own.e * a + own.f * c + e,
        own.e * b + own.f * d + f,
    )


def _add_form(form: int, outer: Matrix, found: dict[str, list[Box]], depth: int = 2) -> None:
    if pdfium.FPDFPageObj_GetType(form) != FORM_OBJECT:
        return
    inner = _matrix(form, outer)
    for i in range(min(pdfium.FPDFFormObj_CountObjects(form), RULES_AT_MOST)):
        if sum(map(len, found.values())) >= RULES_AT_MOST:
            return
        child = pdfium.FPDFFormObj_GetObject(form, i)
        kind = pdfium.FPDFPageObj_GetType(child)
        if kind == PATH_OBJECT:
            _add_path(child, inner, found)
        elif kind == FORM_OBJECT and depth:
            _add_form(child, inner, found, depth - 1)


def _add_path(path: int, outer: Matrix, found: dict[str, list[Box]]) -> None:
    """Add the straight strokes of a path, or that it is a drawing."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    if not pdfium.FPDFPath_GetDrawMode(path, fill, stroke) or not (fill.value or stroke.value):
        return
    strokes = _straight_strokes(path, _matrix(path, outer))
    if strokes is None:
        found["drawings"].append(_bounds(path, outer))
        return
    boxes = [_around(ends) for ends in strokes]
    if not boxes:
        return
    whole = _around([point for ends in strokes for point in ends])
    if min(whole[2] - whole[0], whole[3] - whole[1]) <= RULE_PT:
        found["rules"].append(whole)
    elif stroke.value:
        found["rules"] += [box for box in boxes if max(box[2] - box[0], box[3] - box[1]) > RULE_PT]


def _around(points: Sequence[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _bounds(path: int, outer: Matrix) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(path, left, bottom, right, top)
    a, b, c, d, e, f = outer
    corners = ((left.value, bottom.value), (right.value, top.value))
    return _around([(a * x + c * y + e, b * x + d * y + f) for x, y in corners])


def _straight_strokes(path: int, matrix: Matrix) -> list[tuple[Point, Point]] | None:
    """The strokes of a path that lie along the page's sides; None where it is a drawing: it has a slanted line, or
    curves and nothing else. A box with round corners is none."""
    a, b, c, d, e, f = matrix
    own_x, own_y = ctypes.c_float(), ctypes.c_float()
    first = last = (0.0, 0.0)
    strokes: list[tuple[Point, Point]] = []
    curves = 0
    for i in range(min(pdfium.FPDFPath_CountSegments(path), SEGMENTS_AT_MOST)):
        segment = pdfium.FPDFPath_GetPathSegment(path, i)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        pdfium.FPDFPathSegment_GetPoint(segment, own_x, own_y)
        x, y = own_x.value, own_y.value
        point = (a * x + c * y + e, b * x + d * y + f)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            if min(abs(point[0] - last[0]), abs(point[1] - last[1])) > CROOKED_PT:
                return None
            strokes.append((last, point))
        else:  # a curve is three segments: two points it is drawn towards, and its end
            curves += 1
            if curves > CORNER and not strokes:
                return None
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment) and last != first:
            strokes.append((last, first))
            last = first
    return None if curves and not strokes else strokes


def declare_fast_prototypes() -> None:
    """Handles as plain integers, as in `pdfium_worker.py`."""
    handle = ctypes.c_void_p
    pdfium.FPDFPath_GetPathSegment.restype = handle
    pdfium.FPDFPath_GetPathSegment.argtypes = [handle, ctypes.c_int]
    for name in ("FPDFPath_CountSegments", "FPDFPathSegment_GetType", "FPDFPathSegment_GetClose"):
        getattr(pdfium, name).argtypes = [handle]
    for name, arity in (("FPDFPageObj_GetMatrix", 1), ("FPDFPathSegment_GetPoint", 2)):
        getattr(pdfium, name).argtypes = [handle, *getattr(pdfium, name).argtypes[1 : arity + 1]]
