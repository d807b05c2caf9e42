"""Words of a scanned page, read by the tesseract program where it is installed.

It is held to what it needs, as far as the system can: see `confined_program.py`.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import IO

from shared_utils.errors import DocumentError
from shared_utils.message import NOTHING, Message, message
from shared_utils.pdf.grey import Pixels, graymap, grey_of, may_hold_words, turned, turned_back, without
from shared_utils.pdf.ocr_words import Orientation, SeenWords, is_covered, orientation, seen_words
from shared_utils.pdf.pages import unreadable
from shared_utils.pdf.placed import placed_by_ocr
from shared_utils.pdf.viewer import PageImage, PageViewer
from shared_utils.tables.find import find_tables
from shared_utils.types import Page, PageVerdict, Rect, Span, WordBox

DPI = 200  # 150 is enough for prose; the small figures of tables need 200
LETTER_WIDTH = 612.0  # points
PAGE_CPU_S = 60.0  # of computing for one look at a page; a dense one takes 5
PAGE_WALL_S = 240.0  # for all looks, however busy the machine is; who watches over readers gives up at 300
HOW_TO_INSTALL = message(
    "Scanned pages need the program tesseract: on Debian and Ubuntu `apt install tesseract-ocr`, "
    "on a Mac `brew install tesseract`. Other languages come as tesseract-ocr-deu and so on "
    "(Mac: tesseract-lang)."
)


_PROGRAM = Path(__file__).with_name("confined_program.py")
_MEMORY = 2**31  # bytes of address space; a page takes some 100 MB, and each further language as much again
_ANSWERS_S = 120.0  # on a machine that is busy tens of times over, a computed moment takes so long
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
    knows_turns: bool = False  # its model "osd", of how a page lies and in which script it is written

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
    try:
        confined, free = _listed(program, is_confined=True), _listed(program, is_confined=False)
    except subprocess.TimeoutExpired:  # nothing is told of the sandbox by that: it must not be given up for it
        logging.getLogger(__name__).warning("tesseract does not answer here; scanned pages are not recognised")
        return _Tesseract(program, (), is_confined=True)
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
        timeout=_ANSWERS_S,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    models = set(filter(None, said.stdout.splitlines()[1:]))
    return _Tesseract(program, tuple(sorted(models - {"osd", "equ"})), is_confined, "osd" in models)


def _places(program: Path) -> tuple[list[str], list[str]]:
    """Where libraries and models may lie, for a program in `…/bin`: beside it, and where systems keep them."""
    roots = [program.parents[1], Path("/"), Path("/usr"), Path("/usr/local")]
    libraries = [root / name for root in roots for name in _LIBRARIES]
    data = [root / name for root in roots for name in _DATA]
    return [str(path) for path in libraries], [str(path) for path in data]


@dataclass(slots=True)
class CpuTime:
    """What is left of the seconds of computing that recognition may take. A busy machine does not use them up."""

    left_s: float


# ------------------------------------------------------------------------------------------------ a page


def ocr_page(viewer: PageViewer, path: Path, page: Page, time: CpuTime | None = None) -> Page:
    """The page with the words tesseract finds on its picture, each with its box, whichever way the picture lies.

    Of a MIXED page, what its text does not say yet is looked at, and added to it; of any other page the words are
    replaced, and `reader` is "ocr". Where something is written that makes no sense, the page says so: UNREADABLE, or
    MIXED as before. Each look takes at most `PAGE_CPU_S` of computing, and counts against `time`.
    Raises DocumentError where tesseract is missing, fails or takes too long.
    """
    program = shutil.which("tesseract")
    if not program or not _installed(program).languages:
        raise DocumentError(HOW_TO_INSTALL)
    picture = _picture_of(viewer, path, page)
    if page.verdict is PageVerdict.MIXED and not may_hold_words(picture.pixels):
        return _without_more(page)
    look = _Look(_installed(program), picture, time or CpuTime(math.inf))
    turns, seen = look.best()
    if page.verdict is PageVerdict.MIXED:
        return _with_more(page, picture, turns, seen, look.why_not)
    return _read_anew(page, picture, turns, seen, look.why_not)


def looked_at(viewer: PageViewer, path: Path, page: Page) -> Page:
    """A MIXED page as far as it can be known without recognition: one on whose pictures nothing is written is whole.

    Raises DocumentError where it cannot be drawn.
    """
    if page.verdict is not PageVerdict.MIXED or may_hold_words(_picture_of(viewer, path, page).pixels):
        return page
    return _without_more(page)


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A drawn page, what its text says already taken out of a MIXED one."""

    image: PageImage
    pixels: Pixels

    @property
    def points_per_px(self) -> float:
        return self.image.width / self.image.width_px


def _picture_of(viewer: PageViewer, path: Path, page: Page) -> _Picture:
    width = page.width or LETTER_WIDTH  # a page that was lost in reading has no size yet
    image = viewer.draw(path, page.number, width_px=round(width / 72 * DPI), is_grey=True)
    picture = _Picture(image, grey_of(image))
    if page.verdict is not PageVerdict.MIXED or not page.text:
        return picture
    (rects,) = viewer.locate(path, page, [Span(0, len(page.text))])
    return replace(picture, pixels=without(picture.pixels, rects, picture.points_per_px))


class _Look:
    """Looks at one picture, turned this way and that."""

    def __init__(self, tesseract: _Tesseract, picture: _Picture, time: CpuTime) -> None:
        self._tesseract = tesseract
        self._pixels = picture.pixels
        self._dpi = round(72 / picture.points_per_px)
        self._time = time
        self._lies: Orientation | None = None
        self._ends_at = monotonic() + PAGE_WALL_S

    def best(self) -> tuple[int, SeenWords]:
        """Quarter turns, counter-clockwise, and what is read after them. Upright, unless that makes no sense.

        Tesseract's confidence tells: 96 % of clean print that stands upright, 33 % of the same print upside down.
        """
        best = (0, self._seen(0))
        if best[1].is_sensible or not (best[1].sure or may_hold_words(self._pixels)):
            return best
        self._lies = self._orientation()
        order = sorted((1, 2, 3), key=lambda turns: self._lies is None or turns != self._lies.quarter_turns)
        for turns in order:
            if self._time.left_s <= 0:
                break
            seen = self._seen(turns)
            best = max(best, (turns, seen), key=lambda found: (bool(found[1].words), found[1].sure))
            if best[1].is_sensible:
                break
        return best

    @property
    def why_not(self) -> Message:
        """Why what was seen makes no sense, to finish "This page cannot be read: …"."""
        languages = ", ".join(self._tesseract.languages)
        if self._lies is not None and not is_covered(self._lies.script, self._tesseract.languages):
            return message(
                "its words seem to be in a script ({script}) that text recognition has no language for here; installed "
                "are {languages}",
                script=self._lies.script,
                languages=languages,
            )
        return message(
            "text recognition makes no sense of its picture; installed languages are {languages}", languages=languages
        )

    def _seen(self, turns: int) -> SeenWords:
        languages = "+".join(self._tesseract.languages)
        return seen_words(self._run(turns, "-l", languages, "--dpi", str(self._dpi), "tsv"))

    def _orientation(self) -> Orientation | None:
        if not self._tesseract.knows_turns:
            return None
        with suppress(DocumentError):  # it says that there are too few characters by failing
            return orientation(self._run(0, "--psm", "0", "-l", "osd"))
        return None

    def _run(self, turns: int, *arguments: str) -> str:
        cpu_s = min(PAGE_CPU_S, max(1.0, self._time.left_s))
        command = self._tesseract.command(["stdin", "stdout", *arguments], math.ceil(cpu_s))
        wall_s = self._ends_at - monotonic()
        return _said(command, graymap(turned(self._pixels, turns)), cpu_s, self._time, wall_s)


def _said(command: Sequence[str], image: bytes, cpu_s: float, time: CpuTime, wall_s: float) -> str:
    """What the program writes about a picture; it has `cpu_s` of computing, and what it takes is taken off `time`."""
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        raise DocumentError("OCR of this page failed: tesseract cannot read its picture.") from error
    assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - as asked for
    feeding = threading.Thread(target=_feed, args=(process.stdin, image), daemon=True)
    watch = threading.Timer(max(0.0, wall_s), process.kill)
    watch.daemon = True
    try:
        feeding.start()
        watch.start()
        said = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    finally:
        watch.cancel()
        if process.returncode is None:
            process.kill()
            process.wait()
        feeding.join()
        process.stdout.close()
    used_s = used.ru_utime + used.ru_stime
    time.left_s -= used_s
    if process.returncode < 0 and used_s >= cpu_s - 0.5:
        raise DocumentError("OCR of this page took more than {seconds:g} seconds and was stopped.", seconds=cpu_s)
    if process.returncode:
        raise DocumentError("OCR of this page failed: tesseract cannot read its picture.")
    return said.decode("utf-8", "replace")


def _feed(stdin: IO[bytes], image: bytes) -> None:
    with suppress(OSError), stdin:  # it may end before it has read all
        stdin.write(image)


# ------------------------------------------------------------------------------------------------ what it came to


def _read_anew(page: Page, picture: _Picture, turns: int, seen: SeenWords, why_not: Message) -> Page:
    read = replace(
        page, text="", verdict=PageVerdict.TEXT, reason=NOTHING, width=picture.image.width,
        height=picture.image.height, reader="ocr", runs=(), word_boxes=(), boilerplate=(), hidden=(), headings=(),
        table_rows=(), tables=(),
    )  # fmt: skip
    if page.verdict is PageVerdict.SCANNED and (own := _own_lines(page, seen)):
        read = replace(read, text="\n".join(own))
    if seen.is_written:
        return replace(read, verdict=PageVerdict.UNREADABLE, reason=unreadable(why_not))
    if not seen.words and not read.text:
        return replace(read, verdict=PageVerdict.EMPTY, reason=message("OCR found no words on this page."))
    return _with_words(read, picture, turns, seen)


def _own_lines(page: Page, seen: SeenWords) -> list[str]:
    """What a scan says besides its picture: what was filled into a form on it and noted, unless that is seen there."""
    visible = page.text
    for span in sorted(page.hidden, key=lambda span: -span.start):
        visible = visible[: span.start] + visible[span.end :]
    shown = "".join(word.text for word in seen.words)
    return [line for line in visible.splitlines() if line.strip() and "".join(line.split()) not in shown]


def _with_more(page: Page, picture: _Picture, turns: int, seen: SeenWords, why_not: Message) -> Page:
    whole = _without_more(page)
    if not seen.is_prose:
        reason = message("A picture on this page was not read: {why}.", why=why_not)
        return replace(page, reason=reason) if seen.is_written else whole
    return replace(_with_words(whole, picture, turns, seen), verdict=PageVerdict.TEXT, reason=NOTHING)


def _without_more(page: Page) -> Page:
    """A MIXED page on whose pictures nothing is written."""
    if any(character.isalnum() for character in page.text):
        return replace(page, verdict=PageVerdict.TEXT, reason=NOTHING)
    return replace(page, verdict=PageVerdict.EMPTY, reason=message("OCR found no words on this page."))


def _with_words(page: Page, picture: _Picture, turns: int, seen: SeenWords) -> Page:
    """The page with these words behind its own, one line of text a line that was seen, a blank one between
    paragraphs."""
    parts = [page.text] if page.text else []
    length = len(page.text)
    upright: list[WordBox] = []
    boxes: list[WordBox] = []
    previous: tuple[str, ...] = ()
    height_px, width_px = picture.pixels.shape
    for word in seen.words:
        gap = "" if not parts else " " if word.line == previous else "\n" if word.line[:2] == previous[:2] else "\n\n"
        start = length + len(gap)
        length = start + len(word.text)
        parts += [gap, word.text]
        upright.append(WordBox(start, length, _scaled(word.box, picture.points_per_px)))
        on_page = turned_back(word.box, turns, width_px, height_px)
        boxes.append(WordBox(start, length, _scaled(on_page, picture.points_per_px)))
        previous = word.line
    text = "".join(parts)
    sizes = (picture.image.width, picture.image.height)
    width, height = sizes if turns % 2 == 0 else sizes[::-1]
    tables = find_tables(placed_by_ocr(replace(page, text=text, word_boxes=tuple(upright), width=width, height=height)))
    return replace(page, text=text, word_boxes=tuple(boxes), tables=(*page.tables, *tables))


def _scaled(box: tuple[float, float, float, float], points_per_px: float) -> Rect:
    left, top, right, bottom = box
    return left * points_per_px, top * points_per_px, right * points_per_px, bottom * points_per_px
