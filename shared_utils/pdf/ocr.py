"""Words of a scanned page, read by the tesseract program where it is installed.

It is held to what it needs, as far as the system can: see `confined_program.py`.
"""

from __future__ import annotations

import csv
import json
import logging
import math
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from shared_utils.errors import DocumentError
from shared_utils.message import NOTHING, message
from shared_utils.pdf.placed import placed_by_ocr
from shared_utils.pdf.viewer import PageViewer
from shared_utils.tables.find import find_tables
from shared_utils.types import Page, PageVerdict, Rect, WordBox

DPI = 200  # 150 is enough for prose; the small figures of tables need 200
LETTER_WIDTH = 612.0  # points
SURE_ENOUGH = 30.0  # tesseract's confidence in per cent; below, specks of dirt become words
HOW_TO_INSTALL = message(
    "Scanned pages need the program tesseract: on Debian and Ubuntu `apt install tesseract-ocr`, "
    "on a Mac `brew install tesseract`. Other languages come as tesseract-ocr-deu and so on "
    "(Mac: tesseract-lang)."
)


_PROGRAM = Path(__file__).with_name("confined_program.py")
_MEMORY = 2**31  # bytes of address space; a page takes some 100 MB, and each further language as much again
_LIST_S = 10  # for naming the languages that are installed
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")  # of our environment, in which keys may stand
_LIBRARIES = ("lib", "lib64")
_DATA = ("share/tessdata", "share/tesseract-ocr", "share/tesseract")


def tesseract_available() -> bool:
    """Whether scanned pages can be read on this machine."""
    program = shutil.which("tesseract")
    return bool(program and _installed(program).languages)


@dataclass(frozen=True, slots=True)
class _Tesseract:
    """The program, what it can read, and whether it runs in the sandbox."""

    program: str
    languages: tuple[str, ...]
    is_confined: bool

    def command(self, arguments: Sequence[str], cpu_s: int) -> list[str]:
        libraries, data = _places(Path(self.program).resolve())
        terms = {
            "memory_bytes": _MEMORY,
            "cpu_s": cpu_s,
            "readable": ["/etc/ld.so.cache", *data],
            "executable": [self.program, *libraries],
            "readable_by": ["TESSDATA_PREFIX"],
            "executable_by": ["LD_LIBRARY_PATH"],
            "passed_on": _PASSED_ON,
            "environment": {"OMP_THREAD_LIMIT": "1"},  # it keeps to one core
            "is_confined": self.is_confined,
        }
        return [sys.executable, "-I", "-B", str(_PROGRAM), json.dumps(terms), self.program, *arguments]


@lru_cache(maxsize=1)
def _installed(program: str) -> _Tesseract:
    """In the sandbox, unless it does not start there: where its files lie in places that nobody foresaw."""
    confined, free = _listed(program, is_confined=True), _listed(program, is_confined=False)
    if confined.languages == free.languages:
        return confined
    logging.getLogger(__name__).warning(
        "tesseract does not start in the sandbox here; it runs with the rights of the server's user"
    )
    return free


def _listed(program: str, *, is_confined: bool) -> _Tesseract:
    command = _Tesseract(program, (), is_confined).command(["--list-langs"], _LIST_S)
    said = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=_LIST_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    languages = {line for line in said.stdout.splitlines()[1:] if line and line not in ("osd", "equ")}
    return _Tesseract(program, tuple(sorted(languages)), is_confined)


def _places(program: Path) -> tuple[list[str], list[str]]:
    """Where libraries and models may lie, for a program in `…/bin`: beside it, and where systems keep them."""
    roots = [program.parents[1], Path("/"), Path("/usr"), Path("/usr/local")]
    libraries = [root / name for root in roots for name in _LIBRARIES]
    data = [root / name for root in roots for name in _DATA]
    return [str(path) for path in libraries], [str(path) for path in data]


def ocr_page(viewer: PageViewer, path: Path, page: Page, *, time_limit_s: float = 60.0) -> Page:
    """The page with the words tesseract finds on its picture, each with its box; `reader` is "ocr".

    Raises DocumentError where tesseract is missing, fails or takes longer than `time_limit_s`.
    """
    program = shutil.which("tesseract")
    if not program or not _installed(program).languages:
        raise DocumentError(HOW_TO_INSTALL)
    width = page.width or LETTER_WIDTH  # a page that was lost in reading has no size yet
    image = viewer.draw(path, page.number, width_px=round(width / 72 * DPI), is_grey=True)
    points_per_px = image.width / image.width_px
    tsv = _read(_installed(program), image.data, round(72 / points_per_px), time_limit_s)
    text, boxes = _text_and_boxes(
        csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE), points_per_px
    )
    verdict, reason = (
        (PageVerdict.TEXT, NOTHING) if text else (PageVerdict.EMPTY, message("OCR found no words on this page."))
    )
    read = replace(
        page, text=text, verdict=verdict, reason=reason, width=image.width, height=image.height, reader="ocr",
        runs=(), word_boxes=boxes, boilerplate=(), hidden=(), headings=(), table_rows=(),
    )  # fmt: skip
    return replace(read, tables=find_tables(placed_by_ocr(read)))


def _read(tesseract: _Tesseract, image: bytes, dpi: int, time_limit_s: float) -> str:
    arguments = ["stdin", "stdout", "-l", "+".join(tesseract.languages), "--dpi", str(dpi), "tsv"]
    command = tesseract.command(arguments, math.ceil(time_limit_s) + 1)
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
