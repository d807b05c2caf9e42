"""A picture, or each picture of a TIFF or HEIC, on a page of its own, for recognition to read. In children alone."""

from __future__ import annotations

import io
from collections.abc import Iterator

from PIL import Image, ImageOps, ImageSequence, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError
from reportlab import rl_config
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from shared_utils.conversion.blocks import CannotConvert
from shared_utils.conversion.typeset import Typeset

_FORMATS = ("PNG", "JPEG", "TIFF")
_OF_SEVERAL = ("TIFF", "HEIF")
_PHOTOGRAPHS = ("JPEG", "HEIF")
_PLUGINS = (JpegImagePlugin, PngImagePlugin, TiffImagePlugin)  # loaded before the sandbox closes
_MOST_PIXELS = 100_000_000  # 300 MB in colours
_DPI = (100.0, 1200.0)  # what is told of a picture is believed within these; screens and cameras tell nothing
_A4_LONG = 842.0  # points
_LEAST_DPI = 150.0  # a small picture is not blown up to a page
_QUALITY = 92  # of a photograph that has to be turned
_UPRIGHT = (None, 1)
_ORIENTATION = 0x0112

Image.MAX_IMAGE_PIXELS = None  # the limit above ends in a sentence
Image.preinit()


def picture_pages(data: bytes, most_pages: int, formats: tuple[str, ...] = _FORMATS) -> Typeset:
    """Photographs as they are, others without loss; transparent parts white. `formats` are Pillow's names.

    Raises CannotConvert ("damaged", "unfolds", "too_many_pages").
    """
    out = io.BytesIO()
    rl_config.invariant, rl_config.useA85 = 1, 0
    canvas = Canvas(out, invariant=1, pageCompression=1)
    canvas.setCreator("Footnote")
    try:
        with Image.open(io.BytesIO(data), formats=formats) as opened:
            count = 0
            for reader, (width, height) in _frames(opened, data):
                count += 1
                if count > most_pages:
                    raise CannotConvert("too_many_pages")
                canvas.setPageSize((width, height))
                canvas.drawImage(reader, 0, 0, width, height)
                canvas.showPage()
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        TypeError,
        EOFError,
        KeyError,
        RuntimeError,
    ) as error:
        raise CannotConvert("damaged") from error  # Pillow raises each of them on what is malformed
    canvas.save()
    return Typeset(out.getvalue(), count, 0)


def _frames(opened: Image.Image, data: bytes) -> Iterator[tuple[ImageReader, tuple[float, float]]]:
    """What is drawn on each page, and the size of the page in points."""
    frames = ImageSequence.Iterator(opened) if opened.format in _OF_SEVERAL else iter([opened])
    for frame in frames:
        if frame.width * frame.height > _MOST_PIXELS:
            raise CannotConvert("unfolds")
        frame.load()
        is_photograph = opened.format in _PHOTOGRAPHS
        if opened.format == "JPEG" and frame.mode in ("RGB", "L") and frame.getexif().get(_ORIENTATION) in _UPRIGHT:
            yield ImageReader(io.BytesIO(data)), page_size(frame.size, frame.info.get("dpi"))
            continue
        told = frame.info.get("dpi")
        ImageOps.exif_transpose(frame, in_place=True)
        upright = _opaque(frame)
        yield ImageReader(_as_jpeg(upright) if is_photograph else upright), page_size(upright.size, told)


def page_size(pixels: tuple[int, int], told: object) -> tuple[float, float]:
    """In points: by the dots per inch that are told where they can be true, else as long as A4, or less.

    >>> page_size((2480, 3508), (300, 300)), page_size((4000, 3000), None), page_size((300, 150), (72, 72))
    ((595.2, 841.92), (842.0, 631.5), (144.0, 72.0))
    """
    width, height = pixels
    dpi = float(told[0]) if isinstance(told, tuple) and told else 0.0
    if not _DPI[0] <= dpi <= _DPI[1]:
        dpi = max(72 * max(pixels) / _A4_LONG, _LEAST_DPI)
    return round(72 * width / dpi, 2), round(72 * height / dpi, 2)


def _opaque(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith(("I", "F")):
        return _spread(picture.convert("F"))
    if "A" in picture.mode or "transparency" in picture.info:
        with_alpha = picture.convert("RGBA")
        white = Image.new("RGBA", with_alpha.size, "white")
        return Image.alpha_composite(white, with_alpha).convert("RGB")
    wanted = "L" if picture.mode in ("1", "L") else "RGB"
    return picture if picture.mode == wanted else picture.convert(wanted)  # a copy of a photograph is 100 MB


def _spread(picture: Image.Image) -> Image.Image:
    """More than 8 bits: what is there is spread over them."""
    lowest, highest = (float(end) for end in picture.getextrema() if not isinstance(end, tuple))
    scale = 255.0 / max(highest - lowest, 1.0)
    return picture.point(lambda value: value * scale - lowest * scale).convert("L")


def _as_jpeg(picture: Image.Image) -> io.BytesIO:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    out.seek(0)
    return out
