"""The child process that writes highlights into a copy of a PDF, for `annotations.py`. Run under `confined.py`, never
imported.

One request; one message that announces the copy's bytes, and then these.
"""

from __future__ import annotations

import codecs
import io
import logging
import os
from collections.abc import Iterator
from importlib import import_module
from typing import Any, BinaryIO, TypedDict

import pypdf
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

COLOUR = (1.0, 0.886, 0.361)  # the marker of viewer_worker.py
PRINTED = 4  # the annotation flag by which a highlight is printed, too
SAME_SHAPE = 0.01  # how far the two readers may differ about a page's size before nothing is drawn on it

Rect = tuple[float, float, float, float]
Point = tuple[float, float]


class Highlight(TypedDict):
    """One line from annotations.py. `rects` are points from the top left of the page as displayed."""

    page: int
    width: float
    height: float
    rects: list[Rect]
    note: str


class CannotWrite(Exception): ...


# ------------------------------------------------------------------------------------------------ geometry


def visible_box(page: pypdf.PageObject) -> Rect:
    """What of the page is displayed, in its own coordinates: the crop box, as far as there is paper under it."""
    media, crop = upright(page.mediabox), upright(page.cropbox)
    box = (max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3]))
    return box if box[0] < box[2] and box[1] < box[3] else media


def upright(box: pypdf.generic.RectangleObject) -> Rect:
    """Any two opposite corners make a box; here (left, bottom, right, top)."""
    x0, y0, x1, y1 = (float(value) for value in box)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def in_page_space(x: float, y: float, box: Rect, turned: int) -> Point:
    """A point from the top left of the displayed page, in the page's own coordinates. `turned` is clockwise degrees."""
    left, bottom, right, top = box
    match turned:
        case 90:
            return left + y, bottom + x
        case 180:
            return right - x, bottom + y
        case 270:
            return right - y, top - x
        case _:
            return left + x, top - y


def quads(page: pypdf.PageObject, highlight: Highlight) -> list[list[Point]]:
    """The corners of every rectangle: upper left, upper right, lower left, lower right, as a reader sees them.

    Empty where the page is not the one that the rectangles were measured on.
    """
    box, turned = visible_box(page), page.rotation % 360
    width, height = box[2] - box[0], box[3] - box[1]
    if turned % 180:
        width, height = height, width
    if not (highlight["width"] > 0 and highlight["height"] > 0):
        return []
    across, down = width / highlight["width"], height / highlight["height"]
    if abs(across - down) > SAME_SHAPE * down:
        return []
    return [
        [in_page_space(x * across, y * down, box, turned) for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
        for x0, y0, x1, y1 in highlight["rects"]
    ]


# ------------------------------------------------------------------------------------------------ annotations


def floats(*values: float) -> ArrayObject:
    return ArrayObject(FloatObject(round(value, 3)) for value in values)


def around(corners: list[list[Point]]) -> tuple[float, float, float, float]:
    xs, ys = [x for quad in corners for x, _ in quad], [y for quad in corners for _, y in quad]
    return min(xs), min(ys), max(xs), max(ys)


def appearance(corners: list[list[Point]]) -> StreamObject:
    """What is drawn: the marker's colour multiplied with the page, so that black stays black. Many viewers draw no
    highlight that brings none."""
    stream = StreamObject()
    stream.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Form"),
            NameObject("/BBox"): floats(*around(corners)),
            NameObject("/Resources"): DictionaryObject(
                {
                    NameObject("/ExtGState"): DictionaryObject(
                        {NameObject("/Marker"): DictionaryObject({NameObject("/BM"): NameObject("/Multiply")})}
                    )
                }
            ),
        }
    )
    drawn = ["/Marker gs", "{:.3f} {:.3f} {:.3f} rg".format(*COLOUR)]
    for upper_left, upper_right, lower_left, lower_right in corners:
        path = [upper_left, upper_right, lower_right, lower_left]
        drawn.append(" ".join(f"{x:.3f} {y:.3f} {'l' if i else 'm'}" for i, (x, y) in enumerate(path)) + " h f")
    stream.set_data("\n".join(drawn).encode())
    return stream


def annotate(writer: pypdf.PdfWriter, highlight: Highlight, author: str, made: str, name: str) -> bool:
    """Put one highlight on its page; False where nothing can be drawn there."""
    page = writer.pages[highlight["page"] - 1]
    corners = quads(page, highlight)
    if not corners:
        return False
    annotation = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Highlight"),
            NameObject("/Rect"): floats(*around(corners)),
            NameObject("/QuadPoints"): floats(*(value for quad in corners for point in quad for value in point)),
            NameObject("/C"): floats(*COLOUR),
            NameObject("/F"): NumberObject(PRINTED),
            NameObject("/T"): TextStringObject(author),
            NameObject("/Contents"): TextStringObject(highlight["note"]),
            NameObject("/NM"): TextStringObject(name),
            NameObject("/M"): TextStringObject(made),
            NameObject("/CreationDate"): TextStringObject(made),
            NameObject("/P"): page.indirect_reference,
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(appearance(corners))}),
        }
    )
    present = page.get("/Annots")
    present = present.get_object() if present is not None else None
    kept = ArrayObject(present) if isinstance(present, ArrayObject) else ArrayObject()
    kept.append(writer._add_object(annotation))
    page[NameObject("/Annots")] = kept
    return True


# ------------------------------------------------------------------------------------------------ copying


def opened(file: BinaryIO) -> pypdf.PdfReader:
    reader = pypdf.PdfReader(file, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise CannotWrite("locked")
    return reader


def annotated(file: BinaryIO, highlights: list[Highlight], author: str, made: str) -> tuple[bytes, int]:
    """The copy, and how many highlights it carries."""
    reader = opened(file)
    pages = len(reader.pages)
    writer = pypdf.PdfWriter(clone_from=reader)
    written = sum(
        annotate(writer, highlight, author, made, f"footnote-{i}") for i, highlight in enumerate(highlights, start=1)
    )
    copy = io.BytesIO()
    writer.write(copy)
    data = copy.getvalue()
    if len(pypdf.PdfReader(io.BytesIO(data), strict=False).pages) != pages:
        raise CannotWrite("pages lost")
    return data, written


def answers(document_file: int, requests: Iterator[Any]) -> Iterator[tuple[dict[str, object], bytes]]:
    request = next(requests)
    pypdf.overwrite_configuration(jbig2dec_binary=None)  # never start a program because a file wants it
    logging.disable()
    try:
        file = os.fdopen(document_file, "rb")
        data, written = annotated(file, request["highlights"], request["author"], request["made"])
    except CannotWrite as error:
        yield {"error": str(error)}, b""
    except Exception:  # noqa: BLE001 - pypdf lets RecursionError, KeyError, … through on damaged files
        yield {"error": "damaged"}, b""
    else:
        yield {"bytes": len(data), "written": written}, data


# Whatever is imported at its first use is imported before no file can be opened: filters, metrics, CJK encodings.
for lazy in ("pypdf.filters", "pypdf._codecs.core_font_metrics"):
    import_module(lazy)
for encoding in ("utf-16-be", "utf-16-le", "gbk", "gb2312", "gb18030", "cp950", "cp932", "charmap"):
    codecs.lookup(encoding)
