"""Copies of stored files in a folder of this machine, for the processes that read and draw them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from shared_utils.storage.database import plain_errors
from shared_utils.storage.files import (
    INDEX_SUFFIX,
    PAGES_SUFFIX,
    TEMPORARY_SUFFIX,
    put_in_place,
    write_parts_aside,
)

KEPT_S = 3600.0  # without use; whoever opens a copy asks for it anew, so a shorter time would only cost traffic


class LocalCopies:
    """Thread-safe, and safe for several processes on one folder: a copy is whole or absent."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock
        with plain_errors():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        return self._folder / f"{name}.pdf"

    def index_path(self, name: str) -> Path:
        """Where the index of a file's words may lie; if it does, it counts as used now."""
        path = self._folder / f"{name}{INDEX_SUFFIX}"
        with suppress(FileNotFoundError):
            os.utime(path, (self._clock(), self._clock()))
        return path

    def has(self, name: str) -> bool:
        """Whether there is a copy; if so, it counts as used now."""
        try:
            os.utime(self.path(name), (self._clock(), self._clock()))
        except FileNotFoundError:
            return False
        return True

    def put(self, name: str, parts: Iterable[bytes]) -> Path:
        """Make a copy. Raises StorageError where the disk does not take it."""
        with plain_errors():
            temporary = write_parts_aside(self._folder, parts)
            try:
                put_in_place(temporary, self.path(name))
            finally:
                temporary.unlink(missing_ok=True)
        return self.path(name)

    def drop(self, name: str) -> None:
        self.path(name).unlink(missing_ok=True)
        self.path(name).with_suffix(PAGES_SUFFIX).unlink(missing_ok=True)
        self.path(name).with_suffix(INDEX_SUFFIX).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Of every file that something is kept of here."""
        return sorted({path.stem for path in self._folder.iterdir() if path.suffix in (".pdf", INDEX_SUFFIX)})

    def drop_unused(self) -> None:
        """Drop what nobody has asked for in `KEPT_S`, and what a killed process left half written."""
        for path in self._folder.iterdir():
            if path.suffix not in (".pdf", PAGES_SUFFIX, INDEX_SUFFIX, TEMPORARY_SUFFIX):
                continue
            with suppress(FileNotFoundError):  # another process was quicker
                if self._clock() - path.stat().st_mtime > KEPT_S:
                    path.unlink()
