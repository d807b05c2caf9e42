"""Files that are whole or absent, whenever the process or the machine stops."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

TEMPORARY_SUFFIX = ".part"
INDEX_SUFFIX = ".index"  # of what a document is searched by
PAGES_SUFFIX = ".pages"  # of the PDF that was made of a file of another kind, beside which it lies


def write_aside(folder: Path, data: bytes) -> Path:
    """Write `data` safely to disk under a temporary name in `folder`; `put_in_place` gives it its name."""
    return write_parts_aside(folder, (data,))


def write_parts_aside(folder: Path, parts: Iterable[bytes]) -> Path:
    """As `write_aside`, for what comes piece by piece."""
    handle, name = tempfile.mkstemp(dir=folder, suffix=TEMPORARY_SUFFIX)
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(parts)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def put_in_place(temporary: Path, path: Path) -> None:
    """Rename atomically and make the new name itself durable. Both must lie in one folder."""
    temporary.replace(path)
    sync_folder(path.parent)


def drop(temporary: Path) -> None:
    """Delete what `write_aside` wrote, with as much work as `put_in_place` has."""
    temporary.unlink()
    sync_folder(temporary.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
