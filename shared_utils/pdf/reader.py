"""Read any PDF page by page, in processes that may die, and say honestly what came of each page."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from shared_utils.errors import (
    DamagedFile,
    EncryptedPdf,
    FileTooLarge,
    NotAPdf,
    PdfTooLarge,
    UnreadablePdf,
    WrongPassword,
)
from shared_utils.message import Message, message
from shared_utils.pdf.engines import (
    Budget,
    CannotOpen,
    Job,
    Obstacle,
    Opened,
    Pages,
    given_up,
    pdfium_pages,
    pypdf_pages,
)
from shared_utils.pdf.entries import Entry
from shared_utils.pdf.isolation import (
    PYPDF_WORKER,
    ReadingLimits,
    WorkerCancelled,
    WorkerLost,
    integer,
    items,
    never,
)
from shared_utils.pdf.pages import POOR_TEXT, Draft, RawPage, draft, is_better, lost_page, page_of, poverty
from shared_utils.pdf.revision import revise
from shared_utils.types import Cancelled, OutlineEntry, Page

__all__ = [
    "DocumentOpened",
    "PageReady",
    "PagesRevised",
    "ReadingLimits",
    "never",
    "read_pdf",
    "save_decrypted_copy",
    "unreadable_page",
]

SECOND_TRIES = 100  # pages with poor text that the slower reader gets; it takes some 150 ms a page


@dataclass(frozen=True, slots=True)
class DocumentOpened:
    """The file is a PDF that opens. `pages` is as it claims, and what will be accounted for."""

    pages: int
    title: str
    outline: tuple[OutlineEntry, ...]
    attachments: tuple[str, ...] = ()  # names only; what is attached is never opened
    made_on: str = ""  # the day that its own data tell, in ISO form; "" where they tell none


@dataclass(frozen=True, slots=True)
class PageReady:
    """A page can be searched. Its text may still change a little when the whole document is known."""

    page: Page


@dataclass(frozen=True, slots=True)
class PagesRevised:
    """The final pages, in order: these are the ones to keep."""

    pages: tuple[Page, ...]


def unreadable_page(number: int, why: Message) -> Page:
    """A page that is accounted for and not read; `why` finishes "it …"."""
    return page_of(draft(lost_page(number, why)))


ReadingEvent = DocumentOpened | PageReady | PagesRevised

# ------------------------------------------------------------------------------------------------ before opening

_OTHER_KINDS = [
    (b"PK\x03\x04", message("a ZIP archive or an Office document")),
    (b"\xd0\xcf\x11\xe0", message("an older Office document")),
    (b"{\\rtf", message("a rich text document")),
    (b"\x89PNG", message("a picture (PNG)")),
    (b"\xff\xd8\xff", message("a picture (JPEG)")),
    (b"GIF8", message("a picture (GIF)")),
    (b"II*\x00", message("a picture (TIFF)")),
    (b"MM\x00*", message("a picture (TIFF)")),
    (b"%!PS", message("a PostScript file")),
    (b"\x1f\x8b", message("a gzip archive")),
    (b"7z\xbc\xaf", message("a 7-Zip archive")),
    (b"Rar!", message("a RAR archive")),
    (b"MZ", message("a Windows program")),
    (b"\x7fELF", message("a program")),
]
_HTML = re.compile(rb"\s*(<!doctype html|<html|<head|<\?xml)", re.IGNORECASE)


def _kind_of(head: bytes) -> Message:
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            return kind
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return message("a web page, perhaps an error page that was saved in place of the PDF")
    with suppress(UnicodeDecodeError):
        head[:512].decode("ascii")
        return message("plain text")
    return message("something else")


def _looks_like_pdf_inside(path: Path) -> bool:
    """Whether a file without the header is a PDF whose beginning was damaged."""
    with path.open("rb") as file:
        body = file.read(2**16)
    return b" obj" in body and b"endobj" in body


def _check(path: Path, limits: ReadingLimits) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(1024 + 5)
    except OSError as error:
        raise UnreadablePdf("The file cannot be opened on the server. Please upload it again.") from error
    if not size:
        raise NotAPdf("The file is empty (0 bytes). Please check it and upload it again.")
    if size > limits.max_bytes:
        most = limits.max_bytes / 1e6
        raise FileTooLarge(
            "The file has {size:,.1f} MB; at most {limit:,.0f} MB are taken. Please split it.",
            size=size / 1000000.0,
            limit=most,
        )
    if b"%PDF-" not in head and not _looks_like_pdf_inside(path):
        raise NotAPdf("The file is not a PDF: it is {kind}. Please save or print it as PDF first.", kind=_kind_of(head))


# ------------------------------------------------------------------------------------------------ the document


_BROKEN = message("The PDF is damaged or cut off, and two readers cannot repair it. Please get a fresh copy.")


def _start(job: Job) -> tuple[Opened, Pages]:
    """Open with PDFium, else with pypdf: what the document says of itself, and its pages."""
    obstacles: list[Obstacle] = []
    for pages in (pdfium_pages(job), pypdf_pages(job, [])):
        try:
            opened = next(pages)
        except CannotOpen as error:
            obstacles.append(error.obstacle)
            continue
        assert isinstance(opened, Opened)  # noqa: S101 - the first item of every engine
        if opened.pages > 0:
            return opened, pages
        obstacles.append(Obstacle.NO_PAGES)
    if Obstacle.PASSWORD in obstacles:
        if job.password is not None:
            raise WrongPassword("This password does not open the PDF. Please try again.")
        raise EncryptedPdf("The PDF is protected with a password. Please enter it to read the file.")
    if Obstacle.NO_PAGES in obstacles:
        raise DamagedFile("The PDF has no pages. Please check the file and upload it again.")
    if Obstacle.STALLED in obstacles:
        raise UnreadablePdf("The PDF takes too long to open: it is damaged or far too complex. Please save it anew.")
    if Obstacle.CRASHED in obstacles:  # a child may have lacked memory just then
        raise UnreadablePdf(_BROKEN)
    raise DamagedFile(_BROKEN)


def _entries(job: Job, drafts: Mapping[int, Draft]) -> dict[int, list[Entry]]:
    """What is written in forms and annotations, by page. What cannot be read there is no reason to lose the text."""
    wanted = [
        [number, *(index for index, _ in page.raw.annotations)]
        for number, page in sorted(drafts.items())
        if page.raw.annotations
    ]
    found: dict[int, list[Entry]] = {}
    if not wanted or job.budget.left_s() <= 0:
        return found
    with suppress(WorkerLost), job.start(PYPDF_WORKER, task="annotations", wanted=wanted) as worker:
        for entry in items(job.receive(worker, job.limits.open_s), "entries"):
            match entry:
                case [int(page), int(index), str(kind), str(name), str(value)]:
                    is_readable = not name.startswith("\0")
                    found.setdefault(page, []).append(Entry(index, kind, name.lstrip("\0"), value, is_readable))
    return found


def read_pdf(
    path: Path, limits: ReadingLimits, *, password: str | None = None, cancelled: Cancelled = never
) -> Generator[ReadingEvent]:
    """Yield DocumentOpened, one PageReady per page as soon as it is read, and PagesRevised last.

    A page that cannot be read is a page with the verdict UNREADABLE and a reason, never an exception; pages lost by
    one engine come after the others, when the second engine has tried. Once `cancelled`, the events just end.
    Raises NotAPdf, UnreadablePdf, EncryptedPdf, WrongPassword or PdfTooLarge before the first event.
    """
    _check(path, limits)
    job = Job(
        path,
        limits,
        password,
        cancelled,
        Budget(time.monotonic() + limits.document_s, limits.restarts, limits.max_chars),
    )
    with suppress(WorkerCancelled):
        yield from _read(job)


def _read(job: Job) -> Iterator[ReadingEvent]:
    opened, pages = _start(job)
    yield DocumentOpened(opened.pages, opened.title, opened.outline, opened.attachments, opened.made_on)
    drafts: dict[int, Draft] = {}
    told: dict[int, Page] = {}
    for raw in pages:
        assert isinstance(raw, RawPage)  # noqa: S101 - only the first item is not a page
        drafts[raw.number] = draft(raw)
        if not raw.lost:
            told[raw.number] = page_of(drafts[raw.number])
            yield PageReady(told[raw.number])
        job.budget.chars -= len(drafts[raw.number].composed.text)
        if job.budget.chars <= 0:
            break
    pages.close()
    lost = [n for n in range(1, opened.pages + 1) if n not in drafts or drafts[n].raw.lost]
    second = _second_readings(job, drafts, lost)
    for number in lost:
        if number not in drafts:
            second.setdefault(number, draft(lost_page(number, given_up(job))))
    drafts |= second
    told |= {number: page_of(drafts[number]) for number in {*second, *lost}}
    for number in lost:
        yield PageReady(told[number])
    entries = _entries(job, drafts)
    yield PagesRevised(revise([drafts[number] for number in range(1, opened.pages + 1)], told, entries))


def _second_readings(job: Job, drafts: Mapping[int, Draft], lost: list[int]) -> dict[int, Draft]:
    """pypdf's reading of the pages that PDFium lost or reads poorly, where it is the better one."""
    first = {number: page.raw for number, page in drafts.items()}
    if any(raw.reader == "pypdf" for raw in first.values()) or job.budget.is_used_up():
        return {}
    poor = [number for number, raw in first.items() if not raw.lost and poverty(raw.text) > POOR_TEXT]
    found: dict[int, Draft] = {}
    if wanted := sorted(lost + poor[:SECOND_TRIES]):
        job.budget.restarts = max(job.budget.restarts, 1)  # the first engine may have used them up
        with suppress(CannotOpen, PdfTooLarge):
            for raw in pypdf_pages(job, wanted):
                if not isinstance(raw, RawPage) or raw.lost:
                    continue
                before = first.get(raw.number)
                if before is None or before.lost or is_better(raw.text, before.text):
                    pictures, objects = (before.pictures, before.objects) if before else (0.0, 0)
                    written = before.annotations if before else ()
                    found[raw.number] = draft(replace(raw, pictures=pictures, objects=objects, annotations=written))
    return found


def save_decrypted_copy(
    path: Path, password: str, out: Path, limits: ReadingLimits, *, cancelled: Cancelled = never
) -> None:
    """Write the PDF without its password to `out`, so that pages can be drawn later and the password forgotten.

    Raises WrongPassword, or UnreadablePdf where no copy can be made or nobody wants one any more.
    """
    job = Job(path, limits, password, cancelled, Budget(time.monotonic() + limits.document_s, 0, 0))
    try:
        with job.start(PYPDF_WORKER, task="decrypt") as worker:
            reply = job.receive(worker, limits.open_s + limits.document_s / 4)
            if reply.get("error") == "password":
                raise WrongPassword("This password does not open the PDF. Please try again.")
            size = integer(reply, "bytes")
            if size > 4 * limits.max_bytes:
                raise PdfTooLarge("The copy of this PDF without its password would be far larger than the PDF.")
            data = worker.receive_bytes(size, limits.page_s)
    except (WorkerLost, WorkerCancelled) as error:
        raise UnreadablePdf("No copy without the password could be made of this PDF.") from error
    partial = out.with_name(out.name + ".part")
    partial.touch(mode=0o600)
    partial.write_bytes(data)
    partial.replace(out)
