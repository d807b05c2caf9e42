"""One engine reading one document: sessions of children, resumed behind the page that stopped them."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import chain
from pathlib import Path

from shared_utils.errors import FileTooLarge
from shared_utils.message import NOTHING, Message, message
from shared_utils.pdf.file_dates import made_on
from shared_utils.pdf.isolation import (
    NONSENSE,
    PDFIUM_WORKER,
    PYPDF_WORKER,
    ReadingLimits,
    Reply,
    Worker,
    WorkerLost,
    WorkerStalled,
    integer,
    items,
)
from shared_utils.pdf.pages import RawPage, lost_page, raw_page
from shared_utils.types import Cancelled, OutlineEntry

NAME_AT_MOST = 300  # characters of a title, bookmark or attachment's name


@dataclass(slots=True)
class Budget:
    """What is left for this document."""

    ends_at: float
    restarts: int
    chars: int

    def left_s(self) -> float:
        return self.ends_at - time.monotonic()

    def is_used_up(self) -> bool:
        return self.left_s() <= 0 or self.chars <= 0

    def allows_restart(self) -> bool:
        self.restarts -= 1
        return self.restarts >= 0 and self.left_s() > 0


@dataclass(frozen=True, slots=True)
class Job:
    """What every child of this document is told."""

    path: Path
    limits: ReadingLimits
    password: str | None
    cancelled: Cancelled
    budget: Budget

    def start(self, script: Path, **more: object) -> Worker:
        """A child that was given the document and its request. Raises WorkerLost where there is nobody to take them."""
        request = {
            "password": self.password,
            "max_pages": self.limits.max_pages,
            "max_chars": self.limits.max_chars_per_page,
        }
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise WorkerLost(message("cannot be opened on the server any more")) from error
        with file:
            worker = Worker(script, memory_bytes=self.limits.memory_bytes, cpu_s=self.limits.cpu_s)
            try:
                worker.hand(file.fileno())
                worker.ask(request | more)
            except BaseException:
                worker.close()
                raise
        return worker

    def receive(self, worker: Worker, timeout_s: float) -> Reply:
        return worker.receive(min(timeout_s, max(0.0, self.budget.left_s())), self.cancelled)


class Obstacle(Enum):
    """Why an engine does not open a document."""

    PASSWORD = auto()
    DAMAGED = auto()
    NO_PAGES = auto()
    STALLED = auto()  # its child took too long
    CRASHED = auto()  # its child died or talked nonsense


class CannotOpen(Exception):
    """An engine does not open the document; `why` finishes "it …" where its child was lost."""

    def __init__(self, obstacle: Obstacle, why: Message = NOTHING) -> None:
        super().__init__(obstacle)
        self.obstacle = obstacle
        self.why = why


@dataclass(frozen=True, slots=True)
class Opened:
    """What a document says of itself."""

    pages: int
    title: str
    outline: tuple[OutlineEntry, ...]
    attachments: tuple[str, ...]
    has_form: bool
    made_on: str = ""  # ISO form; "" where its own data tell no day


def _opened(reply: Reply, limits: ReadingLimits) -> Opened:
    if "error" in reply:
        raise CannotOpen(Obstacle.PASSWORD if reply["error"] == "password" else Obstacle.DAMAGED)
    pages = integer(reply, "pages")
    if pages > limits.max_pages:
        raise FileTooLarge(
            "The PDF has {pages:,} pages; at most {limit:,} are read. Please split it.",
            pages=pages,
            limit=limits.max_pages,
        )
    return Opened(
        pages=pages,
        title=_title(str(reply.get("title") or "")),
        outline=tuple(_outline_entry(entry) for entry in items(reply, "outline")),
        attachments=tuple(_base_name(str(name)) for name in items(reply, "attachments")),
        has_form=bool(reply.get("form")),
        made_on=made_on(str(reply.get("created") or "")),
    )


def _title(metadata: str) -> str:
    """The title as a person would write it: programs leave their own name, or a word for "none"."""
    title = " ".join(metadata.split()).removeprefix("Microsoft Word - ").removeprefix("Microsoft PowerPoint - ")
    return "" if title.lower() in ("untitled", "title", "document", "unknown") else title[:NAME_AT_MOST]


def _outline_entry(entry: object) -> OutlineEntry:
    match entry:
        case [str(title), int(level), int(page)]:
            return OutlineEntry(" ".join(title.split())[:NAME_AT_MOST], level, page)
    raise WorkerLost(NONSENSE)


def _base_name(name: str) -> str:
    """An attachment may be called ../../etc/passwd."""
    return re.split(r"[/\\]", name)[-1][:NAME_AT_MOST] or "unnamed"


Pages = Generator["Opened | RawPage"]
"""An engine's reading. Closing it ends its child."""


def _session(job: Job, script: Path, **request: object) -> Iterator[Opened | RawPage]:
    """One child: what the document says of itself, then pages until it is done.

    Raises CannotOpen before the first item, WorkerLost after it.
    """
    reader = "pdfium" if script == PDFIUM_WORKER else "pypdf"
    try:
        worker = job.start(script, **request)
    except WorkerLost as error:
        raise CannotOpen(Obstacle.CRASHED, error.why) from error
    with worker:
        try:
            opened = _opened(job.receive(worker, job.limits.open_s), job.limits)
        except WorkerLost as error:
            obstacle = Obstacle.STALLED if isinstance(error, WorkerStalled) else Obstacle.CRASHED
            raise CannotOpen(obstacle, error.why) from error
        yield opened
        while "done" not in (reply := job.receive(worker, job.limits.page_s)):
            yield raw_page(reply, reader)


def _open_pdfium(job: Job) -> Iterator[Opened | RawPage]:
    """A session that has opened; where bookmarks or attachments kill the child, the document is read without them."""
    for describe in (True, False):
        session = _session(job, PDFIUM_WORKER, first=1, describe=describe)
        try:
            opened = next(session)
        except CannotOpen as error:
            if not (describe and error.obstacle is Obstacle.CRASHED):
                raise
        else:
            return chain([opened], session)
    raise AssertionError


def pdfium_pages(job: Job) -> Pages:
    """What the document says of itself, then every page in order, lost ones included.

    After a stall or a death a fresh child resumes behind the page that did it. A page that killed a child which had
    read others before gets one more chance: the others may have filled the memory.
    """
    session = _open_pdfium(job)
    opened = next(session)
    assert isinstance(opened, Opened)  # noqa: S101 - the first item of every session
    yield opened
    number, pages = 1, opened.pages
    while number <= pages:
        first = number
        try:
            for raw in session:
                if isinstance(raw, RawPage) and number <= pages:
                    yield replace(raw, number=number)
                    number += 1
            why, is_final = message("is missing from the file"), True
        except (WorkerLost, CannotOpen) as error:
            why, is_final = error.why, number == first or isinstance(error, WorkerStalled)
        if number <= pages:
            if is_final:
                yield lost_page(number, why)
                number += 1
            if not job.budget.allows_restart():
                yield from (lost_page(left, given_up(job)) for left in range(number, pages + 1))
                return
            session = _session(job, PDFIUM_WORKER, first=number, describe=False)


def pypdf_pages(job: Job, wanted: list[int]) -> Pages:
    """The same through pypdf, for these pages only, or for all where `wanted` is empty; it may end before the last."""
    session = _session(job, PYPDF_WORKER, task="read", pages=wanted)
    opened = next(session)
    assert isinstance(opened, Opened)  # noqa: S101 - as above
    yield opened
    left = wanted or list(range(1, opened.pages + 1))
    while left:
        try:
            for raw in session:
                if isinstance(raw, RawPage) and left:
                    yield replace(raw, number=left.pop(0))
        except (WorkerLost, CannotOpen) as error:
            yield from (lost_page(number, error.why, "pypdf") for number in left[:1])
        else:
            return
        left = left[1:]
        if not job.budget.allows_restart():
            return
        session = _session(job, PYPDF_WORKER, task="read", pages=left)


def given_up(job: Job) -> Message:
    if job.budget.chars <= 0:
        return message(
            "lies beyond the first {limit:,} characters, the most that are read of one file; split the file to have "
            "the rest read",
            limit=job.limits.max_chars,
        )
    if job.budget.left_s() <= 0:
        return message("was not reached within the {seconds:g} seconds a document gets", seconds=job.limits.document_s)
    return message("was given up: too many pages before it made the PDF reader stop")
