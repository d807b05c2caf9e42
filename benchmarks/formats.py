"""Files of every kind that pages are made of: are the words of a quote where they are highlighted?

    python -m benchmarks.formats [--each 20] [--kinds .txt …] [--write]

HEIC is written by pillow-heif, whose encoder is no part of the product: `pip install pillow-heif`, or it is left out.

Each file is made here, with one sentence that stands in no other among paragraphs of other words. It is right if that
sentence is found on its page and the words under its rectangles, as the PDF places them, are its own. Pictures have no
words of their own: there the rectangles have to lie within the place where the sentence was painted, plus a line. Of a
spreadsheet, the whole row has to stand on the page.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import io
import random
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

from benchmarks import office_files
from benchmarks.retrieval_set import write_section
from shared_utils.conversion.convert import Converter, taken_here
from shared_utils.pdf.ocr import ocr_page, tesseract_available
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Page, Rect, Span

_MEGABYTES = 50_000_000
_NOUNS = ("quay", "lock", "bridge", "ferry", "crane", "depot", "canal", "tower", "market", "archive")
_VERBS = ("was repaired", "was closed", "was painted", "was measured", "was insured", "was moved")
_PLACES = ("in the north", "near the river", "behind the station", "below the hill", "beside the old wall")
_DPI = 200
_WIDTH = 1654  # of a painted picture, in points of it
_PICTURES = (".png", ".jpg", ".tiff", ".heic")
_HEIC_ENCODER = "pillow_heif"
_INTRODUCTION = """## Files of other kinds

`python -m benchmarks.formats --write` makes files of each kind, each with one sentence that is asked for, and looks
whether the words under its rectangles are its own. A sheet has sixteen columns and is three pages wide: the last cell
of the sentence's row has to stand on the same page. Seconds are those until the pages are made and read (recognised,
for pictures), on a busy machine; memory is the most that a child has held.

"""


@dataclass(frozen=True, slots=True)
class Made:
    """A file and the sentence to be found in it."""

    data: bytes
    sentence: str
    beside: str = ""  # what has to stand on the same page, whole


@dataclass(frozen=True, slots=True)
class Tried:
    is_right: bool
    seconds: float


def sentences(seed: int) -> tuple[list[str], str]:
    """Twelve sentences and the one of them that is asked for."""
    draw = random.Random(seed)
    said = [
        f"The {noun} {draw.choice(_VERBS)} {draw.choice(_PLACES)} for {draw.randint(1000, 999999):,} euros."
        for noun in draw.sample(_NOUNS, k=len(_NOUNS))
    ]
    return said, draw.choice(said)


def as_text(seed: int) -> Made:
    said, wanted = sentences(seed)
    return Made("\n\n".join(said).encode(), wanted)


def as_markdown(seed: int) -> Made:
    said, wanted = sentences(seed)
    return Made(("# Works\n\n" + "\n".join(f"- {sentence}" for sentence in said)).encode(), wanted)


def as_csv(seed: int) -> Made:
    said, wanted = sentences(seed)
    rows = "\n".join(f'{number};"{sentence}";{number * 7}' for number, sentence in enumerate(said))
    return Made(f"Number;Remark;Days\n{rows}\n".encode(), wanted)


def as_html(seed: int) -> Made:
    said, wanted = sentences(seed)
    half = len(said) // 2
    rows = "".join(f"<tr><td>{number}</td><td>{sentence}</td></tr>" for number, sentence in enumerate(said[half:]))
    first = "".join(f"<p>{sentence}</p>" for sentence in said[:half])
    return Made(f"<html><body><h1>Works</h1>{first}<table>{rows}</table></body></html>".encode(), wanted)


def as_mail(seed: int) -> Made:
    said, wanted = sentences(seed)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", f"Works {seed}"
    mail.set_content("\n\n".join(said))
    return Made(mail.as_bytes(), wanted)


def as_book(seed: int) -> Made:
    said, wanted = sentences(seed)
    out = io.BytesIO()
    kind = "application/xhtml+xml"
    items = "".join(f'<item id="c{n}" href="{n}.xhtml" media-type="{kind}"/>' for n in range(len(said)))
    order = "".join(f'<itemref idref="c{n}"/>' for n in range(len(said)))
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("META-INF/container.xml", '<container><rootfile full-path="book.opf"/></container>')
        packed.writestr("book.opf", f"<package><manifest>{items}</manifest><spine>{order}</spine></package>")
        for number, sentence in enumerate(said):
            packed.writestr(f"{number}.xhtml", f"<html><body><h1>Part {number}</h1><p>{sentence}</p></body></html>")
    return Made(out.getvalue(), wanted)


def as_rtf(seed: int) -> Made:
    said, wanted = sentences(seed)
    return Made(("{\\rtf1\\ansi " + "".join(f"{sentence}\\par " for sentence in said) + "}").encode(), wanted)


def as_paragraphs(write: Callable[[Sequence[str]], bytes]) -> Callable[[int], Made]:
    def made(seed: int) -> Made:
        said, wanted = sentences(seed)
        return Made(write(said), wanted)

    return made


def as_slides(write: Callable[[Sequence[Sequence[str]]], bytes]) -> Callable[[int], Made]:
    """Four lines on each."""

    def made(seed: int) -> Made:
        said, wanted = sentences(seed)
        return Made(write([said[at : at + 4] for at in range(0, len(said), 4)]), wanted)

    return made


def as_sheet(write: Callable[[Sequence[Sequence[str]], Sequence[int]], bytes]) -> Callable[[int], Made]:
    """Sixteen columns, three times as wide as a page: what stands in the last of the same row has to be beside it."""

    def made(seed: int) -> Made:
        said, wanted = sentences(seed)
        widths = [8, 70, *[12] * 14]
        rows = [
            [str(number), sentence, *(f"{number * 100 + column}" for column in range(13)), f"CODE-{seed}-{number}"]
            for number, sentence in enumerate(said)
        ]
        heads = ["Number", "Remark", *(f"Week {column}" for column in range(13)), "Code"]
        return Made(write([heads, *rows], widths), wanted, f"CODE-{seed}-{said.index(wanted)}")

    return made


def painted(kind: str, seed: int) -> Made:
    said, wanted = sentences(seed)
    picture = Image.new("RGB", (_WIDTH, 1100), "white")
    font, draw = ImageFont.truetype("DejaVuSans.ttf", 32), ImageDraw.Draw(picture)
    for number, sentence in enumerate(said):
        draw.text((120, 100 + 90 * number), sentence, fill="black", font=font)
    out = io.BytesIO()
    picture.save(out, kind, dpi=(_DPI, _DPI))
    return Made(out.getvalue(), wanted)


KINDS: dict[str, Callable[[int], Made]] = {
    ".txt": as_text,
    ".md": as_markdown,
    ".csv": as_csv,
    ".html": as_html,
    ".eml": as_mail,
    ".epub": as_book,
    ".png": lambda seed: painted("PNG", seed),
    ".jpg": lambda seed: painted("JPEG", seed),
    ".tiff": lambda seed: painted("TIFF", seed),
    ".heic": lambda seed: painted("HEIF", seed),
    ".rtf": as_rtf,
    ".docx": as_paragraphs(office_files.docx),
    ".odt": as_paragraphs(office_files.odt),
    ".xlsx": as_sheet(office_files.xlsx),
    ".ods": as_sheet(office_files.ods),
    ".pptx": as_slides(office_files.pptx),
    ".odp": as_slides(office_files.odp),
}


def tried(suffix: str, seed: int, folder: Path, viewer: PageViewer, limits: ReadingLimits) -> Tried:
    made = KINDS[suffix](seed)
    path = folder / f"{suffix[1:]}-{seed}{suffix}"
    path.write_bytes(made.data)
    start = time.perf_counter()
    pdf = Converter(limits).pdf_of(path.name, path)
    pages = next(event.pages for event in read_pdf(pdf, limits) if isinstance(event, PagesRevised))
    is_picture = suffix in _PICTURES
    if is_picture:
        pages = tuple(ocr_page(viewer, pdf, page) for page in pages)
    seconds = time.perf_counter() - start
    wanted = "".join(made.sentence.split())
    for page in pages:
        span = _place(page, wanted)
        if span:
            (rects,) = viewer.locate(pdf, page, [span])
            under = painted_line(rects, made, seed, page.width) if is_picture else _under(pdf, page, rects) == wanted
            return Tried(bool(rects) and under and made.beside in page.text, seconds)
    return Tried(False, seconds)


def _place(page: Page, wanted: str) -> Span | None:
    """Where the sentence stands, whatever stands between its words."""
    at = [index for index, character in enumerate(page.text) if not character.isspace()]
    found = "".join(page.text[index] for index in at).find(wanted)
    return None if found < 0 else Span(at[found], at[found + len(wanted) - 1] + 1)


def _under(pdf: Path, page: Page, rects: Sequence[Rect]) -> str:
    """The words that PDFium finds in the rectangles, without spaces."""
    document = pdfium.PdfDocument(pdf)
    text = document[page.number - 1].get_textpage()
    said = [
        text.get_text_bounded(left, page.height - bottom, right, page.height - top)
        for left, top, right, bottom in rects
    ]
    document.close()
    return "".join("".join(said).split())


def painted_line(rects: Sequence[Rect], made: Made, seed: int, width: float) -> bool:
    """Whether the rectangles lie on the line of the picture on which the sentence was painted; the page has `width`."""
    line = sentences(seed)[0].index(made.sentence)
    top, bottom = ((100 + 90 * line - 20) * width / _WIDTH, (100 + 90 * line + 60) * width / _WIDTH)
    return all(top <= upper and lower <= bottom for _, upper, _, lower in rects)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--each", type=int, default=20)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), help="by suffix; all by default")
    parser.add_argument("--write", action="store_true", help="the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    limits = ReadingLimits(_MEGABYTES)
    viewer = PageViewer(limits)
    rows = ["| Kind | Right | Seconds, median | Memory so far, MB |", "|---|---|---|---|"]
    left_out = set() if tesseract_available() else set(_PICTURES)
    if importlib.util.find_spec(_HEIC_ENCODER):
        importlib.import_module(_HEIC_ENCODER).register_heif_opener()
    else:
        left_out.add(".heic")
    taken = [kind for kind in arguments.kinds if kind in taken_here() and kind not in left_out]
    for suffix in taken:
        with tempfile.TemporaryDirectory() as folder:
            results = [tried(suffix, seed, Path(folder), viewer, limits) for seed in range(arguments.each)]
        right, took = sum(result.is_right for result in results), sorted(result.seconds for result in results)
        held = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        rows.append(f"| `{suffix}` | {right} of {len(results)} | {took[len(took) // 2]:.1f} | {held:.0f} |")
        print(rows[-1], flush=True)
    viewer.close()
    if arguments.write:
        write_section("formats", _INTRODUCTION + "\n".join(rows))


if __name__ == "__main__":
    main()
