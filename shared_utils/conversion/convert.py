"""A PDF of a file of another kind, made in a child that holds no rights: see `confined.py` and `sandbox.py`."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shared_utils.conversion.kinds import HEAD_BYTES, SUFFIXES, Kind, kind_of, suffix_of
from shared_utils.conversion.office import office_pdf, office_program
from shared_utils.errors import DamagedFile, DocumentError, FileTooLarge, NotAPdf, UnreadablePdf
from shared_utils.pdf.isolation import (
    NONSENSE,
    ReadingLimits,
    Reply,
    Worker,
    WorkerLost,
    WorkerStalled,
    integer,
    never,
)
from shared_utils.storage.files import PAGES_SUFFIX
from shared_utils.types import Cancelled

_WORKER = Path(__file__).with_name("conversion_worker.py")
_HEIC_WORKER = Path(__file__).with_name("heic_worker.py")
_CONVERT_S = 120.0
_SEND_S = 30.0
_MOST_PDF_BYTES = 4  # times what a file may have


def is_taken(name: str, head: bytes) -> bool:
    """Whether pages can be made of a file that begins like this, on this machine."""
    kind = kind_of(name, head[:HEAD_BYTES])
    return kind is not None and (kind is not Kind.OFFICE or office_program() is not None)


def lacks_office(name: str, head: bytes) -> bool:
    """Whether it is an Office document, and only LibreOffice is missing."""
    return kind_of(name, head[:HEAD_BYTES]) is Kind.OFFICE and office_program() is None


def taken_here() -> list[str]:
    """What names of files end in that are taken on this machine: [".txt", …]."""
    kinds = [kind for kind in SUFFIXES if kind is not Kind.OFFICE or office_program() is not None]
    return [f".{suffix}" for kind in kinds for suffix in SUFFIXES[kind]]


def kind_of_file(name: str, path: Path) -> Kind | None:
    """The kind that pages are made of; None for a PDF, and for what no pages can be made of. Raises OSError."""
    with path.open("rb") as file:
        return kind_of(name, file.read(HEAD_BYTES))


@dataclass(frozen=True, slots=True)
class Converter:
    """Makes PDFs of files of other kinds, once each. `folder` is where they are kept; None for beside the files."""

    limits: ReadingLimits
    folder: Path | None = None

    def pdf_of(self, name: str, path: Path, cancelled: Cancelled = never) -> Path:
        """Where the pages of this file lie: the file itself where it is a PDF, or is none that can be made one.

        Made in this call where they have not been, which takes a moment to minutes. Raises DocumentError with what is
        wrong with the file, WorkerCancelled once `cancelled`.
        """
        made = self._place(path)
        if made.exists():
            os.utime(made)
            return made
        try:
            kind = kind_of_file(name, path)
        except OSError as error:
            raise UnreadablePdf("The file cannot be opened on the server. Please upload it again.") from error
        if kind is None:
            return path
        self._check_size(path)
        self._keep(self._made(kind, name, path, cancelled), made, path)
        return made

    def _place(self, path: Path) -> Path:
        """In a folder of its own, files of one name from several folders each have theirs."""
        if self.folder is None:
            return path.with_name(path.stem + PAGES_SUFFIX)
        place = str(path.resolve()).encode("utf-8", "surrogateescape")
        return self.folder / (hashlib.sha256(place).hexdigest() + PAGES_SUFFIX)

    def _check_size(self, path: Path) -> None:
        size, most = path.stat().st_size, self.limits.max_bytes
        if size > most:
            raise FileTooLarge(
                "The file has {size:,.1f} MB; at most {limit:,.0f} MB are taken. Please split it.",
                size=size / 1e6,
                limit=most / 1e6,
            )

    def _made(self, kind: Kind, name: str, path: Path, cancelled: Cancelled) -> bytes:
        if kind is Kind.OFFICE:
            program = office_program()
            if program is None:
                raise UnreadablePdf(
                    "LibreOffice, which makes pages of Office documents, is not installed on this server. Please save "
                    "the file as PDF, then add that."
                )
            return office_pdf(program, path, suffix_of(name), _MOST_PDF_BYTES * self.limits.max_bytes, cancelled)
        request = {"kind": kind, "max_pages": self.limits.max_pages}
        worker = _HEIC_WORKER if kind is Kind.HEIC else _WORKER
        return _from_child(worker, path, request, self.limits, cancelled)

    def _keep(self, data: bytes, made: Path, original: Path) -> None:
        """Raises DocumentError where the disk does not take it, or the original was deleted meanwhile."""
        partial = made.with_name(f"{made.name}.{os.getpid()}.part")
        try:
            partial.touch(mode=0o600)
            partial.write_bytes(data)
            partial.replace(made)
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            raise DocumentError("The pages of this file could not be kept on the server: its disk is full.") from error
        if not original.exists():  # what is deleted leaves nothing behind; whoever deletes begins with the original
            made.unlink(missing_ok=True)


def _from_child(
    worker: Path, path: Path, request: Mapping[str, object], limits: ReadingLimits, cancelled: Cancelled
) -> bytes:
    try:
        with (
            path.open("rb") as document,
            Worker(worker, memory_bytes=limits.memory_bytes, cpu_s=int(_CONVERT_S)) as child,
        ):
            child.hand(document.fileno())
            child.ask(request)
            reply = child.receive(_CONVERT_S, cancelled)
            _raise_for(reply, limits)
            size = integer(reply, "bytes")
            if not 0 < size <= _MOST_PDF_BYTES * limits.max_bytes:
                raise FileTooLarge("The pages made of this file would be far larger than it is. Please split it.")
            return child.receive_bytes(size, _SEND_S)
    except WorkerStalled as error:
        raise UnreadablePdf(
            "Making pages of this file takes too long: it is far too large or too complex. Please split it."
        ) from error
    except WorkerLost as error:
        raise UnreadablePdf(
            "No pages can be made of this file: it is damaged, or needs more memory than a file gets. Please save it "
            "anew, or split it."
        ) from error


def _raise_for(reply: Reply, limits: ReadingLimits) -> None:
    """The sentence for what a child says is wrong."""
    match reply.get("error"):
        case None:
            return
        case "empty":
            raise NotAPdf("There is nothing to read in this file. Please check it and upload it again.")
        case "too_many_pages":
            raise FileTooLarge(
                "The file would come to more than {limit:,} pages, the most that are read of one. Please split it.",
                limit=limits.max_pages,
            )
        case "too_complex":
            raise DamagedFile("This file is too complex to be set on pages. Please save it as PDF, then add that.")
        case "damaged":
            raise DamagedFile(
                "This file is damaged and cannot be read. Please get it anew, or save it again in the program it "
                "comes from."
            )
        case "protected":
            raise DamagedFile(
                "This book is locked by the copy protection of whoever sells it, so its words cannot be read. Please "
                "add a copy without it."
            )
        case "password":
            raise DamagedFile(
                "This file is protected by a password. Please remove it in the program the file comes from, then add "
                "the file again."
            )
        case "unfolds":
            raise FileTooLarge("Unpacked, this file is far larger than what is taken. Please split it.")
        case _:
            raise WorkerLost(NONSENSE)
