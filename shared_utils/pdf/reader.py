"""Read any PDF page by page, in processes that may die, and say honestly what came of each page."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from shared_utils.errors import EncryptedPdf, NotAPdf, PdfTooLarge, UnreadablePdf, WrongPassword
from shared_utils.pdf.isolation import (
    PDFIUM_WORKER,
    PYPDF_WORKER,
    ReadingLimits,
    Worker,
    WorkerCancelled,
    WorkerLost,
    WorkerStalled,
    never,
)
from shared_utils.pdf.pages import POOR_TEXT, RawPage, draft, is_better, lost_page, page_of, poverty, raw_page, write
from shared_utils.pdf.revision import keep_hyphen_of_words_in, revise, words_of
from shared_utils.types import Cancelled, OutlineEntry, Page

__all__ = ["DocumentOpened", "PageReady", "PagesRevised", "ReadingLimits", "never", "read_pdf", "save_decrypted_copy"]

SECOND_TRIES = 100  # pages with poor text that the slower reader gets; it takes some 150 ms a page


@dataclass(frozen=True, slots=True)
class DocumentOpened:
    """The file is a PDF that opens. `pages` is as it claims, and what will be accounted for."""

    pages: int
    title: str
    outline: tuple[OutlineEntry, ...]
    attachments: tuple[str, ...] = ()  # names only; what is attached is never opened


@dataclass(frozen=True, slots=True)
class PageReady:
    """A page can be searched. Its text may still change a little when the whole document is known."""

    page: Page


@dataclass(frozen=True, slots=True)
class PagesRevised:
    """The final pages, in order: these are the ones to keep."""

    pages: tuple[Page, ...]


ReadingEvent = DocumentOpened | PageReady | PagesRevised

# ------------------------------------------------------------------------------------------------ before opening

_OTHER_KINDS = [
    (b"PK\x03\x04", "a ZIP archive or an Office document"),
    (b"\xd0\xcf\x11\xe0", "an older Office document"),
    (b"{\\rtf", "a rich text document"),
    (b"\x89PNG", "a picture (PNG)"),
    (b"\xff\xd8\xff", "a picture (JPEG)"),
    (b"GIF8", "a picture (GIF)"),
    (b"II*\x00", "a picture (TIFF)"),
    (b"MM\x00*", "a picture (TIFF)"),
    (b"%!PS", "a PostScript file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
]
_HTML = re.compile(rb"\s*(<!doctype html|<html|<head|<\?xml)", re.IGNORECASE)


def _kind_of(head: bytes) -> str:
    for magic, kind in _OTHER_KINDS:
        if head.startswith(magic):
            return kind
    if _HTML.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "a web page, perhaps an error page that was saved in place of the PDF"
    with suppress(UnicodeDecodeError):
        head[:512].decode("ascii")
        return "plain text"
    return "something else"


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
        raise PdfTooLarge(f"The file has {size / 1e6:,.1f} MB; at most {most:,.0f} MB are taken. Please split it.")
    if b"%PDF-" not in head:
        raise NotAPdf(f"The file is not a PDF: it is {_kind_of(head)}. Please save or print it as PDF first.")


def _too_many(pages: int, limits: ReadingLimits) -> PdfTooLarge:
    return PdfTooLarge(f"The PDF has {pages:,} pages; at most {limits.max_pages:,} are read. Please split it.")


# ------------------------------------------------------------------------------------------------ one engine


@dataclass(slots=True)
class _Budget:
    """What is left for this document."""

    ends_at: float
    restarts: int

    def left_s(self) -> float:
        return self.ends_at - time.monotonic()


@dataclass(frozen=True, slots=True)
class _Job:
    """What every child of this document is told."""

    path: Path
    limits: ReadingLimits
    password: str | None
    cancelled: Cancelled
    budget: _Budget

    def start(self, script: Path, **more: object) -> Worker:
        request = {
            "path": str(self.path),
            "password": self.password,
            "memory_bytes": self.limits.memory_bytes,
            "cpu_s": int(self.limits.document_s) + 1,
            "max_pages": self.limits.max_pages,
            "max_chars": self.limits.max_chars_per_page,
        }
        return Worker(script, request | more)

    def receive(self, worker: Worker, timeout_s: float) -> Mapping[str, object]:
        return worker.receive(min(timeout_s, max(0.0, self.budget.left_s())), self.cancelled)


class _CannotOpen(Exception):
    """An engine does not open the document: "password", "damaged", or how its child was lost."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _opened(message: Mapping[str, object], limits: ReadingLimits) -> Mapping[str, object]:
    if "error" in message:
        raise _CannotOpen(str(message["error"]))
    opened = message.get("opened")
    if not isinstance(opened, dict) or not isinstance(opened.get("pages"), int):
        raise _CannotOpen("damaged")
    if opened["pages"] > limits.max_pages:
        raise _too_many(opened["pages"], limits)
    return opened


def _pdfium_pages(job: _Job) -> Iterator[Mapping[str, object] | RawPage]:
    """First what the document says of itself, then every page, lost ones included.

    After a stall or a death a fresh child resumes behind the page that did it. A page that killed a child which had
    read others before it gets one more chance: the others may have filled the memory.
    """
    first, pages = 1, 0
    opened = False
    while not opened or first <= pages:
        read = 0
        with job.start(PDFIUM_WORKER, first=first) as worker:
            try:
                description = _opened(job.receive(worker, job.limits.open_s), job.limits)
                if not opened:
                    opened, pages = True, int(str(description["pages"]))
                    yield description
                while first <= pages:
                    raw = raw_page(job.receive(worker, job.limits.page_s), "pdfium")
                    first, read = first + 1, read + 1
                    yield raw
            except (WorkerLost, _CannotOpen, ValueError, TypeError, KeyError) as error:
                if not opened:
                    raise error if isinstance(error, _CannotOpen) else _CannotOpen(str(error)) from error
                why = str(error) if isinstance(error, WorkerLost) else "cannot be decoded"
                deserves_another = read > 0 and not isinstance(error, WorkerStalled)
            else:
                return
        job.budget.restarts -= 1
        if not deserves_another:
            yield lost_page(first, why)
            first += 1
        if job.budget.restarts < 0 or job.budget.left_s() <= 0:
            yield from (lost_page(number, _given_up(job)) for number in range(first, pages + 1))
            return


def _given_up(job: _Job) -> str:
    if job.budget.left_s() <= 0:
        return f"was not reached within the {job.limits.document_s:g} seconds a document gets"
    return "was given up: too many pages before it made the PDF reader stop"


def _pypdf_pages(job: _Job, wanted: list[int]) -> Iterator[Mapping[str, object] | RawPage]:
    """The same through pypdf; `wanted` empty means every page. Pages it cannot read either are simply not yielded."""
    opened = False
    while not opened or wanted:
        with job.start(PYPDF_WORKER, task="read", pages=wanted) as worker:
            try:
                description = _opened(job.receive(worker, job.limits.open_s), job.limits)
                if not opened:
                    opened = True
                    wanted = wanted or list(range(1, int(str(description["pages"])) + 1))
                    yield description
                while wanted:
                    raw = raw_page(job.receive(worker, job.limits.page_s), "pypdf")
                    wanted = wanted[1:]
                    yield raw
            except (WorkerLost, _CannotOpen, ValueError, TypeError, KeyError) as error:
                if not opened:
                    raise error if isinstance(error, _CannotOpen) else _CannotOpen(str(error)) from error
                if wanted:
                    yield lost_page(wanted[0], str(error) if isinstance(error, WorkerLost) else "cannot be decoded")
        wanted = wanted[1:]
        job.budget.restarts -= 1
        if job.budget.restarts < 0 or job.budget.left_s() <= 0:
            return


# ------------------------------------------------------------------------------------------------ the document


def _document_opened(description: Mapping[str, object]) -> DocumentOpened:
    outline = description.get("outline")
    names = description.get("attachments")
    return DocumentOpened(
        pages=int(str(description["pages"])),
        title=" ".join(str(description.get("title") or "").split())[:300],
        outline=tuple(_outline_entry(entry) for entry in outline) if isinstance(outline, list) else (),
        attachments=tuple(_base_name(str(name)) for name in names) if isinstance(names, list) else (),
    )


def _outline_entry(entry: object) -> OutlineEntry:
    if not isinstance(entry, list) or len(entry) != 3:
        raise _CannotOpen("damaged")
    title, level, page = entry
    return OutlineEntry(" ".join(str(title).split())[:300], int(level), int(page))


def _base_name(name: str) -> str:
    """An attachment may be called ../../etc/passwd."""
    return re.split(r"[/\\]", name)[-1][:200] or "unnamed"


def _start(job: _Job) -> tuple[DocumentOpened, bool, Iterator[Mapping[str, object] | RawPage]]:
    """Open with PDFium, else with pypdf: (the document, whether it has a form, its pages)."""
    reasons = []
    for pages in (_pdfium_pages(job), _pypdf_pages(job, [])):
        try:
            description = next(pages)
        except _CannotOpen as error:
            reasons.append(error.why)
            continue
        assert not isinstance(description, RawPage)  # noqa: S101 - the first item describes the document
        opened = _document_opened(description)
        if not opened.pages:
            raise UnreadablePdf("The PDF has no pages. Please check the file and upload it again.")
        return opened, bool(description.get("form")), pages
    if "password" in reasons:
        if job.password is not None:
            raise WrongPassword("This password does not open the PDF. Please try again.")
        raise EncryptedPdf("The PDF is protected with a password. Please enter it to read the file.")
    if any("too long" in reason for reason in reasons):
        raise UnreadablePdf("The PDF takes too long to open: it is damaged or far too complex. Please save it anew.")
    raise UnreadablePdf("The PDF is damaged or cut off, and two readers cannot repair it. Please get a fresh copy.")


def _form_values(job: _Job, worker: Worker) -> dict[int, list[tuple[str, str]]]:
    """What is filled into the form's fields, by page. A form that cannot be read is no reason to lose the text."""
    values: dict[int, list[tuple[str, str]]] = {}
    with suppress(WorkerLost, ValueError, TypeError):
        fields = job.receive(worker, job.limits.open_s).get("fields")
        for page, name, value in fields if isinstance(fields, list) else []:
            values.setdefault(int(page), []).append((str(name), str(value)))
    return values


def read_pdf(
    path: Path, limits: ReadingLimits, *, password: str | None = None, cancelled: Cancelled = never
) -> Iterator[ReadingEvent]:
    """Yield DocumentOpened, one PageReady per page as soon as it is read, and PagesRevised last.

    A page that cannot be read is a page with the verdict UNREADABLE and a reason, never an exception; pages lost by
    one engine come after the others, when the second engine has tried. Once `cancelled`, the events just end.
    Raises NotAPdf, UnreadablePdf, EncryptedPdf, WrongPassword or PdfTooLarge before the first event.
    """
    _check(path, limits)
    job = _Job(path, limits, password, cancelled, _Budget(time.monotonic() + limits.document_s, limits.restarts))
    with suppress(WorkerCancelled):
        yield from _read(job)


def _read(job: _Job) -> Iterator[ReadingEvent]:
    opened, has_form, pages = _start(job)
    yield opened
    form = job.start(PYPDF_WORKER, task="form") if has_form else None
    try:
        raws: dict[int, RawPage] = {}
        for raw in pages:
            assert isinstance(raw, RawPage)  # noqa: S101 - only the first item is not a page
            raws[raw.number] = raw
            if not raw.lost:
                yield PageReady(_by_itself(raw))
        missing = [n for n in range(1, opened.pages + 1) if n not in raws or raws[n].lost]
        poor = [
            n for n, raw in raws.items() if not raw.lost and raw.reader == "pdfium" and poverty(raw.text) > POOR_TEXT
        ]
        for raw in _second_tries(job, missing + poor[:SECOND_TRIES], raws):
            if raw.number not in raws or raws[raw.number].lost or is_better(raw.text, raws[raw.number].text):
                raws[raw.number] = raw
        for number in missing:
            raws.setdefault(number, lost_page(number, _given_up(job)))
            yield PageReady(_by_itself(raws[number]))
        values = _form_values(job, form) if form is not None else {}
    finally:
        if form is not None:
            form.close()
    drafts = [draft(raws[number]) for number in range(1, opened.pages + 1)]
    yield PagesRevised(revise(drafts, values))


def _second_tries(job: _Job, wanted: list[int], raws: dict[int, RawPage]) -> Iterator[RawPage]:
    """pypdf's reading of these pages, where it can read them; page geometry is kept from PDFium."""
    if not wanted or all(raw.reader == "pypdf" for raw in raws.values()) or job.budget.left_s() <= 0:
        return
    job.budget.restarts = max(job.budget.restarts, 1)
    with suppress(_CannotOpen, PdfTooLarge):
        for raw in _pypdf_pages(job, sorted(wanted)):
            if isinstance(raw, RawPage) and not raw.lost:
                before = raws.get(raw.number)
                yield replace(raw, pictures=before.pictures, objects=before.objects) if before else raw


def _by_itself(raw: RawPage) -> Page:
    page = draft(raw)
    return page_of(raw, write(page, keep_hyphen_of_words_in(words_of([raw.text]))))


def save_decrypted_copy(path: Path, password: str, out: Path, limits: ReadingLimits) -> None:
    """Write the PDF without its password to `out`, so that pages can be drawn later and the password forgotten.

    Raises WrongPassword, or UnreadablePdf where no copy can be made.
    """
    job = _Job(path, limits, password, never, _Budget(time.monotonic() + limits.document_s, 0))
    try:
        with job.start(PYPDF_WORKER, task="decrypt") as worker:
            message = job.receive(worker, limits.open_s + limits.document_s / 4)
            if message.get("error") == "password":
                raise WrongPassword("This password does not open the PDF. Please try again.")
            size = int(str(message.get("bytes", 0)))
            if not 0 < size <= 4 * limits.max_bytes:
                raise UnreadablePdf("No copy without the password could be made of this PDF.")
            data = worker.receive_bytes(size, limits.page_s)
    except WorkerLost as error:
        raise UnreadablePdf("No copy without the password could be made of this PDF.") from error
    partial = out.with_name(out.name + ".part")
    partial.touch(mode=0o600)
    partial.write_bytes(data)
    partial.replace(out)
