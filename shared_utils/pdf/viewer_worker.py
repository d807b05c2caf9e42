"""The child process that draws pages and tells where words stand, for `viewer.py`. Run under `confined.py`, never
imported.

One message a request; a picture's bytes follow the one that announces them. Rectangles are points from the top left of
the page as displayed.
"""

from __future__ import annotations

import ctypes
import io
import math
import mmap
from collections.abc import Iterator
from typing import Literal, TypedDict

import pypdfium2_raw as pdfium  # type: ignore[import-untyped]
from PIL import Image, ImageChops

PIXELS_AT_MOST = 4_000_000  # a 14,400 pt page drawn at 110 dpi would take 1.4 GB
SIDE_AT_MOST = 4_000
TILED_SIDE_AT_MOST = 24_000  # of the whole page that a tile is cut from; only the tile itself takes memory
HIGHLIGHT = (0xFF, 0xE2, 0x5C)
COLOURS = 32  # of a small picture; black letters on white need no more
SUBPIXELS = 16  # FPDF_PageToDevice answers in whole pixels; a finer device makes them fractions of a point

Rect = tuple[float, float, float, float]


class Request(TypedDict):
    """One line from viewer.py; which of the last six there are depends on the task."""

    task: Literal["draw", "locate", "text"]
    page: int
    width_px: int
    rects: list[Rect]
    is_grey: bool
    is_small: bool
    tile: list[int]  # left, top, width, height in pixels of the picture `width_px` wide; [] = all of it
    spans: list[list[tuple[int, int]]]


class CannotAnswer(Exception): ...


def opened(document_file: int) -> tuple[mmap.mmap, ctypes.c_void_p]:
    """The document, and the memory that it is in, which must be kept as long. Raises CannotAnswer."""
    try:
        # private, because the address of its first byte is given only where it could be written
        file = mmap.mmap(document_file, 0, mmap.MAP_PRIVATE)
    except ValueError as error:  # empty
        raise CannotAnswer("unopened") from error
    first = ctypes.byref(ctypes.c_char.from_buffer(file))
    document = pdfium.FPDF_LoadMemDocument64(ctypes.cast(first, ctypes.c_void_p), len(file), None)
    if not document:
        raise CannotAnswer("unopened")
    return file, document


def pixel_size(width: float, height: float, width_px: int) -> tuple[int, int]:
    """The size to draw at: as wide as wished, within the limits."""
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise CannotAnswer("no size")
    scale = min(width_px / width, SIDE_AT_MOST / max(width, height), math.sqrt(PIXELS_AT_MOST / width / height))
    return max(1, int(width * scale + 0.001)), max(1, int(height * scale + 0.001))


def tiled(width: float, height: float, width_px: int, tile: list[int]) -> tuple[int, int, int, int]:
    """The whole page's size in pixels, and the tile's, which ends where the page does. Raises CannotAnswer."""
    if not (width > 0 and height > 0 and math.isfinite(width * height)):
        raise CannotAnswer("no size")
    left, top, wide, high = tile
    height_px = max(1, int(width_px * height / width + 0.001))
    if max(width_px, height_px) > TILED_SIDE_AT_MOST or not (0 <= left < width_px and 0 <= top < height_px):
        raise CannotAnswer("no tile")
    wide, high = min(wide, width_px - left), min(high, height_px - top)
    if wide * high > PIXELS_AT_MOST:
        raise CannotAnswer("no tile")
    return width_px, height_px, wide, high


def draw(
    page: ctypes.c_void_p, width_px: int, rects: list[Rect], is_grey: bool, is_small: bool, tile: list[int]
) -> tuple[dict[str, object], bytes]:
    """What was drawn, and the picture: JPEG with highlights, or as few bytes as it takes where `is_small`, or a grey
    PGM for OCR, which nobody has to decode. Of a `tile` nothing else is drawn, and nothing is highlighted."""
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    if tile:
        *whole, width_px, height_px = tiled(width, height, width_px, tile)
        left, top, rects = tile[0], tile[1], []
    else:
        width_px, height_px = pixel_size(width, height, width_px)
        left, top, whole = 0, 0, [width_px, height_px]
    layout = pdfium.FPDFBitmap_Gray if is_grey else pdfium.FPDFBitmap_BGRx
    bitmap = pdfium.FPDFBitmap_CreateEx(width_px, height_px, layout, None, 0)
    if not bitmap:
        raise CannotAnswer("no memory")
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width_px, height_px, 0xFFFFFFFF)
        flags = pdfium.FPDF_ANNOT | (pdfium.FPDF_GRAYSCALE if is_grey else 0)
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -left, -top, whole[0], whole[1], 0, flags)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height_px)
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
    size = (width_px, height_px)

    def described(mime: str) -> dict[str, object]:
        return {"mime": mime, "width_px": width_px, "height_px": height_px, "width": width, "height": height}

    if is_grey:
        rows = (pixels[y * stride : y * stride + width_px] for y in range(height_px))
        return described("image/x-portable-graymap"), b"P5 %d %d 255\n" % size + b"".join(rows)
    image = Image.frombuffer("RGB", size, pixels, "raw", "BGRX", stride, 1)
    for x0, y0, x1, y1 in rects:
        highlight(image, (x0 / width, y0 / height, x1 / width, y1 / height))
    if is_small:
        mime, small = smallest(image)
        return described(mime), small
    return described("image/jpeg"), encoded(image, "JPEG", quality=80)


def encoded(image: Image.Image, kind: str, **options: int) -> bytes:
    data = io.BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def smallest(image: Image.Image) -> tuple[str, bytes]:
    """A page of words is smaller, and sharper, as a PNG of few colours; one of photographs as a JPEG."""
    few = image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    png, jpeg = encoded(few, "PNG", compress_level=9), encoded(image, "JPEG", quality=60)
    return ("image/png", png) if len(png) < len(jpeg) else ("image/jpeg", jpeg)


def highlight(image: Image.Image, share: Rect) -> None:
    """Multiply a part of the picture, given as shares of its sides, with the marker's colour: black stays black."""
    x0, y0, x1, y1 = share
    box = (
        max(0, math.floor(x0 * image.width)),
        max(0, math.floor(y0 * image.height)),
        min(image.width, math.ceil(x1 * image.width)),
        min(image.height, math.ceil(y1 * image.height)),
    )
    if box[0] < box[2] and box[1] < box[3]:
        part = image.crop(box)
        image.paste(ImageChops.multiply(part, Image.new("RGB", part.size, HIGHLIGHT)), box)


def displayed(page: ctypes.c_void_p, left: float, bottom: float, right: float, top: float) -> Rect:
    """A box in page space as it is displayed, through PDFium's own matrix: crop box and rotation are its business."""
    width, height = pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)
    scale = min(SUBPIXELS, 2**28 / max(width, height, 1))
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for page_x, page_y in ((left, top), (right, bottom)):
        size = (round(width * scale), round(height * scale))
        pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, page_x, page_y, x, y)
        corners.append((x.value / scale, y.value / scale))
    (ax, ay), (bx, by) = corners
    return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def glyph_rects(page: ctypes.c_void_p, text_page: ctypes.c_void_p, start: int, end: int) -> list[Rect]:
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    return [
        displayed(page, left.value, bottom.value, right.value, top.value)
        for i in range(pdfium.FPDFText_CountRects(text_page, start, end - start))
        if pdfium.FPDFText_GetRect(text_page, i, left, top, right, bottom)
    ]


def characters(text_page: ctypes.c_void_p) -> str:
    """The page's characters such that text[i] is PDFium's character i."""
    codes = (pdfium.FPDFText_GetUnicode(text_page, i) for i in range(pdfium.FPDFText_CountChars(text_page)))
    return "".join(chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else "\0" for code in codes)


def answer(document: ctypes.c_void_p, request: Request) -> tuple[dict[str, object], bytes]:
    page = pdfium.FPDF_LoadPage(document, request["page"] - 1)
    if not page:
        raise CannotAnswer("damaged")
    try:
        if request["task"] == "draw":
            message, data = draw(
                page,
                request["width_px"],
                request["rects"],
                request["is_grey"],
                request["is_small"],
                request.get("tile", []),
            )
            return message | {"bytes": len(data)}, data
        text_page = pdfium.FPDFText_LoadPage(page)
        try:
            if request["task"] == "text":
                return {"text": characters(text_page)}, b""
            rects = [
                [rect for start, end in span for rect in glyph_rects(page, text_page, start, end)]
                for span in request["spans"]
            ]
            return {"rects": rects}, b""
        finally:
            pdfium.FPDFText_ClosePage(text_page)
    finally:
        pdfium.FPDF_ClosePage(page)


def answers(document_file: int, requests: Iterator[Request]) -> Iterator[tuple[dict[str, object], bytes]]:
    kept: tuple[mmap.mmap, ctypes.c_void_p] | None = None
    for request in requests:
        try:
            kept = kept or opened(document_file)
            message, data = answer(kept[1], request)
        except (CannotAnswer, OSError, MemoryError) as error:
            message, data = {"error": str(error) or "no memory"}, b""
        yield message, data


# Whatever a first picture loads is loaded before no file can be opened, and before somebody waits for it.
pdfium.FPDF_InitLibrary()
smallest(Image.new("RGB", (8, 8)))
