"""One engine reading one document: sessions of children, resumed behind the page that stopped them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from shared_utils.errors import PdfTooLarge
from shared_utils.pdf.isolation import (
    PDFIUM_WORKER,
    PYPDF_WORKER,
    ReadingLimits,
    Worker,
    WorkerLost,
    WorkerStalled,
)
from shared_utils.pdf.pages import RawPage, lost_page, raw_page
from shared_utils.types import Cancelled


@dataclass(slots=True)
class Budget:
    """What is left for this document."""

    ends_at: float
    restarts: int

    def left_s(self) -> float:
        return self.ends_at - time.monotonic()

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


class CannotOpen(Exception):
    """An engine does not open the document: "password", "damaged", or how its child was lost."""

    def __init__(self, why: str, *, is_crash: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.is_crash = is_crash


def _description(message: Mapping[str, object], limits: ReadingLimits) -> Mapping[str, object]:
    if "error" in message:
        raise CannotOpen(str(message["error"]))
    opened = message.get("opened")
    if not isinstance(opened, dict) or not isinstance(opened.get("pages"), int):
        raise CannotOpen("damaged")
    if opened["pages"] > limits.max_pages:
        raise PdfTooLarge(
            f"The PDF has {opened['pages']:,} pages; at most {limits.max_pages:,} are read. Please split it."
        )
    return opened


def _session(job: Job, script: Path, **request: object) -> Iterator[Mapping[str, object] | RawPage]:
    """One child: what the document says of itself, then pages until it is done.

    Raises CannotOpen before the first item, WorkerLost after it.
    """
    reader = "pdfium" if script == PDFIUM_WORKER else "pypdf"
    with job.start(script, **request) as worker:
        try:
            description = _description(job.receive(worker, job.limits.open_s), job.limits)
        except WorkerLost as error:
            raise CannotOpen(str(error), is_crash=not isinstance(error, WorkerStalled)) from error
        yield description
        while "done" not in (message := job.receive(worker, job.limits.page_s)):
            try:
                raw = raw_page(message, reader)
            except (ValueError, TypeError, KeyError) as error:
                raise WorkerLost("has text that cannot be decoded") from error
            yield raw


def _open_pdfium(job: Job) -> Iterator[Mapping[str, object] | RawPage]:
    """A session that has opened; where bookmarks or attachments kill the child, the document is read without them."""
    for describe in (True, False):
        session = _session(job, PDFIUM_WORKER, first=1, describe=describe)
        try:
            description = next(session)
        except CannotOpen as error:
            if not (describe and error.is_crash):
                raise
        else:
            return chain([description], session)
    raise AssertionError


def pdfium_pages(job: Job) -> Iterator[Mapping[str, object] | RawPage]:
    """What the document says of itself, then every page in order, lost ones included.

    After a stall or a death a fresh child resumes behind the page that did it. A page that killed a child which had
    read others before gets one more chance: the others may have filled the memory.
    """
    session = _open_pdfium(job)
    description = next(session)
    assert not isinstance(description, RawPage)  # noqa: S101 - a session's first item describes the document
    yield description
    number, pages = 1, int(str(description["pages"]))
    while number <= pages:
        first = number
        try:
            for raw in session:
                if isinstance(raw, RawPage) and number <= pages:
                    yield replace(raw, number=number)
                    number += 1
            why, is_final = "is missing from the file", True
        except (WorkerLost, CannotOpen) as error:
            why, is_final = str(error), number == first or isinstance(error, WorkerStalled)
        if number <= pages:
            if is_final:
                yield lost_page(number, why)
                number += 1
            if not job.budget.allows_restart():
                yield from (lost_page(left, given_up(job)) for left in range(number, pages + 1))
                return
            session = _session(job, PDFIUM_WORKER, first=number, describe=False)


def pypdf_pages(job: Job, wanted: list[int]) -> Iterator[Mapping[str, object] | RawPage]:
    """The same through pypdf, for these pages only, or for all where `wanted` is empty; it may end before the last."""
    session = _session(job, PYPDF_WORKER, task="read", pages=wanted)
    description = next(session)
    assert not isinstance(description, RawPage)  # noqa: S101 - as above
    yield description
    left = wanted or list(range(1, int(str(description["pages"])) + 1))
    while left:
        try:
            for raw in session:
                if isinstance(raw, RawPage) and left:
                    yield replace(raw, number=left.pop(0))
        except (WorkerLost, CannotOpen) as error:
            yield from (lost_page(number, str(error), "pypdf") for number in left[:1])
        else:
            return
        left = left[1:]
        if not job.budget.allows_restart():
            return
        session = _session(job, PYPDF_WORKER, task="read", pages=left)


def given_up(job: Job) -> str:
    if job.budget.left_s() <= 0:
        return f"was not reached within the {job.limits.document_s:g} seconds a document gets"
    return "was given up: too many pages before it made the PDF reader stop"
