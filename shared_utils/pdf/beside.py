"""What a page shows beside its text layer: annotations, strokes through words, letters without a meaning. Part of
`pdfium_worker.py`, in its process.

What is written in them pypdf tells (`annotated.py`); PDFium has the page's geometry.
Boxes are (left, bottom, right, top) in page space.
"""

from __future__ import annotations

import ctypes
import os
from importlib.machinery import SourceFileLoader
from types import ModuleType

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]

AT_MOST = 2_000
OBJECTS_AT_MOST = 50_000
TEXT_OBJECT = 1
INVISIBLE_MODES = (3, 7)  # "neither fill nor stroke" and "clip only"
HALF_A_LINE = 0.5  # points: a strike-out's box is as high as the words, its line thin

Box = tuple[float, float, float, float]

UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
WRITTEN = frozenset(
    (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_STAMP,
     pdfium.FPDF_ANNOT_CARET)
)  # fmt: skip


def neighbour(name: str) -> ModuleType:
    """A file beside this one: under `python -I` it is no import."""
    module = ModuleType(name)
    folder = os.path.dirname(neighbour.__code__.co_filename)
    SourceFileLoader(name, os.path.join(folder, f"{name}.py")).exec_module(module)
    return module


struck = neighbour("struck")
struck.declare_fast_prototypes()


def struck_and_written(
    page: ctypes.c_void_p,
    text_page: ctypes.c_void_p,
    text: str,
    words: list[tuple[int, int, Box]],
    objects: list[tuple[int, int, Box]],
    rules: list[Box],
    turns: int,
) -> tuple[list[tuple[int, int]], list[tuple[int, Box]]]:
    """The glyphs that are struck out, and (0-based number, box) of the annotations that may hold words."""
    written, strikes = annotations_of(page)
    return struck.struck(text_page, text, words, objects, [*rules, *strikes], turns), written


def annotations_of(page: ctypes.c_void_p) -> tuple[list[tuple[int, Box]], list[Box]]:
    """(0-based number on the page, box) of what may hold words, and lines through what is struck out."""
    written: list[tuple[int, Box]] = []
    strikes: list[Box] = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), AT_MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        if not pdfium.FPDFAnnot_GetFlags(annotation) & UNSEEN:
            if kind == pdfium.FPDF_ANNOT_STRIKEOUT:
                strikes += _lines(annotation)
            elif kind == pdfium.FPDF_ANNOT_LINE:
                strikes += _line(annotation)
            elif kind in WRITTEN:
                written.append((index, _box(annotation)))
        pdfium.FPDFPage_CloseAnnot(annotation)
    return written, strikes


def shows_letters(page: ctypes.c_void_p) -> bool:
    """Whether any text is drawn that is more than blanks, for pages of which PDFium tells none."""
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for i in range(min(pdfium.FPDFPage_CountObjects(page), OBJECTS_AT_MOST)):
        handle = pdfium.FPDFPage_GetObject(page, i)
        if pdfium.FPDFPageObj_GetType(handle) != TEXT_OBJECT:
            continue
        if pdfium.FPDFTextObj_GetTextRenderMode(handle) in INVISIBLE_MODES:
            continue
        known = pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
        if known and right.value > left.value and top.value > bottom.value:
            return True
    return False


def _box(annotation: ctypes.c_void_p) -> Box:
    rect = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rect)
    return (
        min(rect.left, rect.right),
        min(rect.bottom, rect.top),
        max(rect.left, rect.right),
        max(rect.bottom, rect.top),
    )


def _line(annotation: ctypes.c_void_p) -> list[Box]:
    start, end = pdfium.FS_POINTF(), pdfium.FS_POINTF()
    if not pdfium.FPDFAnnot_GetLine(annotation, start, end):
        return []
    return [(min(start.x, end.x), min(start.y, end.y), max(start.x, end.x), max(start.y, end.y))]


def _lines(annotation: ctypes.c_void_p) -> list[Box]:
    """Through the middle of each of a strike-out's boxes; of its one box where it has no other."""
    quad = pdfium.FS_QUADPOINTSF()
    count = min(pdfium.FPDFAnnot_CountAttachmentPoints(annotation), AT_MOST)
    boxes = [_around(quad) for i in range(count) if pdfium.FPDFAnnot_GetAttachmentPoints(annotation, i, quad)]
    return [_middle(box) for box in boxes or [_box(annotation)]]


def _around(quad: pdfium.FS_QUADPOINTSF) -> Box:
    xs, ys = (quad.x1, quad.x2, quad.x3, quad.x4), (quad.y1, quad.y2, quad.y3, quad.y4)
    return min(xs), min(ys), max(xs), max(ys)


def _middle(box: Box) -> Box:
    """A line along the longer side."""
    left, bottom, right, top = box
    x, y = (left + right) / 2, (bottom + top) / 2
    if right - left >= top - bottom:
        return left, y - HALF_A_LINE, right, y + HALF_A_LINE
    return x - HALF_A_LINE, bottom, x + HALF_A_LINE, top
