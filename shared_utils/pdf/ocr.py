"""Words of a scanned page, read by the tesseract program where it is installed."""

from __future__ import annotations

import csv
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from shared_utils.errors import DocumentError
from shared_utils.message import NOTHING, message
from shared_utils.pdf.viewer import PageViewer
from shared_utils.types import Page, PageVerdict, Rect, WordBox

DPI = 200  # 150 is enough for prose; the small figures of tables need 200
LETTER_WIDTH = 612.0  # points
SURE_ENOUGH = 30.0  # tesseract's confidence in per cent; below, specks of dirt become words
HOW_TO_INSTALL = message(
    "Scanned pages need the program tesseract: on Debian and Ubuntu `apt install tesseract-ocr`, "
    "on a Mac `brew install tesseract`. Other languages come as tesseract-ocr-deu and so on "
    "(Mac: tesseract-lang)."
)


def tesseract_available() -> bool:
    """Whether scanned pages can be read on this machine."""
    return bool(_languages())


def _languages() -> tuple[str, ...]:
    program = shutil.which("tesseract")
    return _languages_of(program) if program else ()


@lru_cache(maxsize=1)
def _languages_of(program: str) -> tuple[str, ...]:
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=10, check=False)
    return tuple(sorted({line for line in listed.stdout.splitlines()[1:] if line and line not in ("osd", "equ")}))


def ocr_page(viewer: PageViewer, path: Path, page: Page, *, time_limit_s: float = 60.0) -> Page:
    """The page with the words tesseract finds on its picture, each with its box; `reader` is "ocr".

    Raises DocumentError where tesseract is missing, fails or takes longer than `time_limit_s`.
    """
    languages = _languages()
    if not languages:
        raise DocumentError(HOW_TO_INSTALL)
    width = page.width or LETTER_WIDTH  # a page that was lost in reading has no size yet
    image = viewer.draw(path, page.number, width_px=round(width / 72 * DPI), is_grey=True)
    points_per_px = image.width / image.width_px
    tsv = _tesseract(image.data, "+".join(languages), round(72 / points_per_px), time_limit_s)
    text, boxes = _text_and_boxes(
        csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), points_per_px
    )
    verdict, reason = (
        (PageVerdict.TEXT, NOTHING) if text else (PageVerdict.EMPTY, message("OCR found no words on this page."))
    )
    return replace(
        page, text=text, verdict=verdict, reason=reason, width=image.width, height=image.height, reader="ocr",
        runs=(), word_boxes=boxes, boilerplate=(), hidden=(), headings=(), table_rows=(),
    )  # fmt: skip


def _tesseract(image: bytes, languages: str, dpi: int, time_limit_s: float) -> str:
    # `env` passes our own environment on (tesseract may need TESSDATA_PREFIX) and keeps it to one core.
    command = ["env", "OMP_THREAD_LIMIT=1", "nice", "-n", "5", "tesseract", "stdin", "stdout", "-l", languages]
    command += ["--dpi", str(dpi), "tsv"]
    try:
        done = subprocess.run(command, input=image, capture_output=True, timeout=time_limit_s, check=True)
    except subprocess.TimeoutExpired as error:
        raise DocumentError(
            "OCR of this page took longer than {seconds:g} seconds and was stopped.", seconds=time_limit_s
        ) from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise DocumentError("OCR of this page failed: tesseract cannot read its picture.") from error
    return done.stdout.decode("utf-8", "replace")


def _text_and_boxes(rows: Iterable[dict[str, str]], points_per_px: float) -> tuple[str, tuple[WordBox, ...]]:
    """One line of text per line tesseract saw, a blank one between paragraphs."""
    parts: list[str] = []
    boxes: list[WordBox] = []
    length = 0
    previous: tuple[str, ...] = ()
    for row in rows:
        word = (row.get("text") or "").strip()
        if row.get("level") != "5" or not word or float(row["conf"]) < SURE_ENOUGH:
            continue
        line = (row["block_num"], row["par_num"], row["line_num"])
        gap = "" if not parts else " " if line == previous else "\n" if line[:2] == previous[:2] else "\n\n"
        start = length + len(gap)
        length = start + len(word)
        parts += [gap, word]
        left, top, width, height = (int(row[key]) * points_per_px for key in ("left", "top", "width", "height"))
        rect: Rect = (left, top, left + width, top + height)
        boxes.append(WordBox(start, length, rect))
        previous = line
    return "".join(parts), tuple(boxes)
