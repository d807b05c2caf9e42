"""A damaged database is replaced by one with everything that can still be read; the damaged one is kept aside.

    <root>/repair/footnote.sqlite  the new database, until it has taken the damaged one's place
    <root>/repair/report.json      what became of what; it is there once the new database is whole
    <root>/damaged-<time>/         the damaged files, PDFs of nobody known, and the report; never deleted by us

A kill at any moment leaves the damaged database in its place, or a repair that the next start finishes.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path

from shared_utils.message import NOTHING, Message, message
from shared_utils.storage import owners
from shared_utils.storage.database import Database
from shared_utils.storage.files import put_in_place, sync_folder, write_aside
from shared_utils.storage.salvage import Recovered, rebuild, sort_out
from shared_utils.storage.sqlite_pages import records

_log = logging.getLogger(__name__)

DATABASE = "footnote.sqlite"
_REPORT = "report.json"
_READ = (DATABASE, owners.NAME, owners.SET_ASIDE)


def repair(root: Path, now: float) -> Path:
    """Put a new database in the damaged one's place; where that one is now. Only for whoever is alone in `root`.

    `now` is in seconds since the epoch. Raises OSError and sqlite3.Error where there is no room for it: then nothing
    has changed.
    """
    work = root / "repair"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    found = sort_out(*(records(root / name) for name in _READ))
    database = Database(work / DATABASE)
    with closing(database), database.write() as db:
        recovered = rebuild(db, found, root / "files", now)
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    report = {"aside": f"damaged-{stamp}-{secrets.token_hex(4)}", **asdict(recovered)}
    put_in_place(write_aside(work, json.dumps(report).encode()), work / _REPORT)
    aside = finish(root)
    assert aside is not None  # noqa: S101 - the report is there
    return aside


def finish(root: Path) -> Path | None:
    """The last steps of a repair, each of which may have been taken already; None where none was begun or ready."""
    work = root / "repair"
    if not (work / _REPORT).exists():
        return None
    aside = root / str(json.loads((work / _REPORT).read_bytes())["aside"])
    (aside / "files").mkdir(mode=0o700, parents=True, exist_ok=True)
    if (work / DATABASE).exists():  # else it has taken its place
        for path in [path for name in _READ for path in root.glob(f"{name}*")]:
            path.rename(aside / path.name)
        # last, for it says whether this has been done; owners are written down anew when it is opened
        (work / DATABASE).rename(root / DATABASE)
        sync_folder(root)
    for path in _ownerless(root):
        path.rename(aside / "files" / path.name)
    (work / _REPORT).rename(aside / _REPORT)
    shutil.rmtree(work)
    _log.warning("the database was damaged: %s", about(root))
    return aside


def _ownerless(root: Path) -> Iterator[Path]:
    database = Database(root / DATABASE)
    with closing(database), database.read() as db:
        held = {row[0] for row in db.execute("SELECT document_id FROM entry")}
    yield from (path for path in (root / "files").glob("*.pdf") if path.stem not in held)


def about(root: Path) -> Message:
    """What became of the last database that was damaged, as long as its folder is there; nothing where none was."""
    for aside in sorted((path for path in root.glob("damaged-*") if path.is_dir()), reverse=True):
        with suppress(OSError, ValueError, TypeError, KeyError):
            report = json.loads((aside / _REPORT).read_bytes())
            report.pop("aside")
            return _said(aside.name, Recovered(**report))
        return message(
            "The data file was damaged and set aside in {folder}. Move that folder away once it is not needed.",
            folder=aside.name,
        )
    return NOTHING


def _said(folder: str, recovered: Recovered) -> Message:
    return message(
        "The data file was damaged and has been repaired: documents brought back {documents:,}, of them read anew "
        "{reread:,}; lost {lost:,}; files without a known owner {ownerless:,}; questions brought back {turns:,}. The "
        "damaged file and what could not be brought back are in {folder}; move that folder away once it is not needed.",
        folder=folder,
        **asdict(recovered),
    )
