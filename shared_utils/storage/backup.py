"""A copy of a DocumentStore's folder while servers go on using it."""

from __future__ import annotations

import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

from shared_utils.errors import StorageError
from shared_utils.storage.database import plain_errors
from shared_utils.storage.files import TEMPORARY_SUFFIX

_DATABASE = "footnote.sqlite"


def write_backup(store: Path, out: IO[bytes]) -> int:
    """Write a tar of `store` to `out`; how many files it holds. Unpacked into an empty folder, it is a store.

    The database is one state of itself, copied first: files that come later are swept when the copy is opened, and a
    document that is deleted meanwhile is missing from it. Raises StorageError where there is no store, or no room for
    a second copy of its database.
    """
    if not (store / _DATABASE).is_file():
        raise StorageError("There is nothing to back up: {folder} holds no documents yet.", folder=store)
    with plain_errors(), tempfile.TemporaryDirectory(dir=store, prefix="backup-") as folder:
        snapshot = Path(folder) / _DATABASE
        with closing(sqlite3.connect(store / _DATABASE)) as live, closing(sqlite3.connect(snapshot)) as copy:
            live.backup(copy)
        with tarfile.open(fileobj=out, mode="w|") as tar:
            tar.add(snapshot, _DATABASE)
            return 1 + sum(_added(tar, path, store) for path in _contents(store))


def _contents(store: Path) -> Iterator[Path]:
    for folder in ("files", "vectors"):
        yield from (path for path in (store / folder).iterdir() if path.suffix != TEMPORARY_SUFFIX)


def _added(tar: tarfile.TarFile, path: Path, store: Path) -> bool:
    with suppress(FileNotFoundError):  # deleted since it was listed
        tar.add(path, path.relative_to(store))
        return True
    return False
