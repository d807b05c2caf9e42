"""Small PDFs with known content, made on the spot."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdf
import pypdfium2
from pypdf.generic import RectangleObject
from reportlab.lib.pagesizes import letter
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Draw = Callable[[Canvas], None]

PROSE = (
    "the keeper writes every ship into the harbour book before noon because the tide table of the next day is "
    "copied from it and the pilots wait for that page in all weather while the lamp is cleaned above them "
)


def pdf(*pages: Draw, size: tuple[float, float] = letter) -> bytes:
    """One page per drawing function."""
    data = io.BytesIO()
    canvas = Canvas(data, pagesize=size, invariant=1)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return data.getvalue()


def lines(*texts: str, x: float = 72, y: float = 700, size: float = 12, font: str = "Helvetica") -> Draw:
    """Lines of text, one below the other."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for i, text in enumerate(texts):
            canvas.drawString(x, y - 1.3 * size * i, text)

    return draw


def together(*draws: Draw) -> Draw:
    def draw(canvas: Canvas) -> None:
        for part in draws:
            part(canvas)

    return draw


def cells(*table: Sequence[str], columns: Sequence[float] = (72, 330, 420, 510), y: float = 650) -> Draw:
    """A table drawn cell by cell."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for i, row in enumerate(table):
            for x, text in zip(columns, row, strict=False):
                canvas.drawString(x, y - 18 * i, text)

    return draw


def picture_of(draw: Draw, *, text_layer: Draw | None = None) -> Draw:
    """A scan of a drawing: a picture that covers the page, with an invisible text layer if wished."""
    document = pypdfium2.PdfDocument(pdf(draw))
    image = document[0].render(scale=150 / 72).to_pil()
    document.close()

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(image), 0, 0, *letter)
        if text_layer is not None:
            text_layer(canvas)

    return scan


def invisible(text: str, x: float = 72, y: float = 700) -> Draw:
    """Text in render mode 3."""

    def draw(canvas: Canvas) -> None:
        written = canvas.beginText(x, y)
        written.setTextRenderMode(3)
        written.setFont("Helvetica", 12)
        written.textLine(text)
        canvas.drawText(written)

    return draw


def edited(data: bytes, edit: Callable[[pypdf.PdfWriter], object]) -> bytes:
    """The PDF after `edit` had its way with it."""
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(data)))
    edit(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def encrypted(data: bytes, password: str) -> bytes:
    return edited(data, lambda writer: writer.encrypt(password, "owner", algorithm="AES-256"))


def turned(data: bytes, degrees: int) -> bytes:
    return edited(data, lambda writer: writer.pages[0].rotate(degrees))


def cropped(data: bytes, box: tuple[float, float, float, float]) -> bytes:
    def crop(writer: pypdf.PdfWriter) -> None:
        writer.pages[0].mediabox = RectangleObject((-50, -30, 700, 800))
        writer.pages[0].cropbox = RectangleObject(box)

    return edited(data, crop)


def raw_pdf(*contents: bytes, media_box: str = "0 0 612 792") -> bytes:
    """A PDF written by hand: one page per content stream, given as the bytes of its stream object."""
    kids = " ".join(f"{10 + 2 * i} 0 R" for i in range(len(contents)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    for i, content in enumerate(contents):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [{media_box}] /Contents {11 + 2 * i} 0 R "
        objects[10 + 2 * i] = page.encode() + b"/Resources << /Font << /F1 3 0 R >> >> >>"
        objects[11 + 2 * i] = content
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer << /Size 99 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def dense(pages: int, sentences: int, mark: str = "") -> bytes:
    """A file of some kilobytes: its pages share one content stream of so many short sentences, none like another.

    `mark` makes it another file.
    """
    said = (f"({_numbered(number)}.) Tj T*" for number in range(sentences))
    content = zlib.compress(f"BT /F1 1.7 Tf 2 TL 10 {2 * sentences + 10} Td {' '.join(said)} ET".encode(), 9)
    kids = " ".join(f"{number} 0 R" for number in range(5, 5 + pages))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 %d] /Contents 4 0 R " % (2 * sentences + 20)
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        stream(content, b"/Filter /FlateDecode"),
        *([page + b"/Resources << /Font << /F1 3 0 R >> >> >>"] * pages),
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, table)
    out += b"%" + mark.encode() + b"\n"
    return bytes(out)


def _numbered(number: int) -> str:
    """
    >>> _numbered(7)
    'Ship 7 left harbour 49 with 343 tonnes'
    """
    return f"Ship {number} left harbour {number**2} with {number**3} tonnes"


def shown(text: str) -> bytes:
    """A content stream that shows a text."""
    return stream(b"BT /F1 24 Tf 72 700 Td (" + text.encode() + b") Tj ET")


def stream(data: bytes, filters: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n" % (len(data), filters) + data + b"\nendstream"


def bomb(megabytes: int) -> bytes:
    """A content stream of blanks that is small only while compressed."""
    compressor = zlib.compressobj(1)
    data = b"".join(compressor.compress(b" " * 2**20) for _ in range(megabytes)) + compressor.flush()
    return stream(data, b"/Filter /FlateDecode")


def written(folder: Path, data: bytes, name: str = "file.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path
