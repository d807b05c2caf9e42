"""From the records of a damaged database to a new one that holds all of them that make sense.

A record is known by its shape: which table it is of, and whether it can be true, can be told without the tables' own
description. What it belongs to may be lost: a person is then made anew from their entries, a file's text is read again.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shared_utils.message import NOTHING, Message, as_text, counted, joined, message
from shared_utils.storage.page_codec import decode_outline, decode_page
from shared_utils.storage.sql import Sql
from shared_utils.storage.sql_store import is_id
from shared_utils.storage.sqlite_pages import Record, Value

Row = dict[str, Value]

_ID, _TEXT, _INT, _REAL, _BLOB = "id", "text", "int", "real", "blob"  # "?": may be NULL
_SHAPES: Mapping[str, tuple[int, dict[str, str]]] = {
    # table: how many columns it was made with; all of them today, in their order. What `remote_day`
    # counts for a day begins anew. Links (`share`) are left out: what has been deleted is found, too, and
    # one that was stopped must not lead somewhere again. So are collections: which were removed cannot be told.
    "content": (9, {
        "id": _ID, "bytes": _INT, "stored_at": _REAL, "title": _TEXT, "outline": "blob?", "page_count": "int?",
        "status": "text?", "reason": _TEXT, "read_s": "real?", "made_on": _TEXT,
        "pages_called": _TEXT,
    }),
    "page": (3, {"document_id": _ID, "number": _INT, "body": _BLOB}),
    "vectors": (3, {"document_id": _ID, "model": _TEXT, "checksum": _BLOB}),
    "workspace": (2, {
        "id": _ID, "seen_at": _REAL, "revision": _INT, "preferences": _TEXT, "notice": _TEXT,
        "remote_day": _INT, "remote_answers": _INT,
    }),
    "entry": (5, {
        "id": _TEXT, "workspace_id": _ID, "document_id": _ID, "name": _TEXT, "added_at": _REAL, "removed_at": "real?",
    }),
    "turn": (5, {
        "workspace_id": _ID, "conversation_id": _TEXT, "number": _INT, "saved_at": _REAL, "body": _BLOB,
        "turn_id": _TEXT, "owner": "text?", "lease_until": "real?",
    }),
}  # fmt: skip
_KEYS = {
    "content": ("id",),
    "page": ("document_id", "number"),
    "vectors": ("document_id",),
    "workspace": ("id",),
    "entry": ("workspace_id", "document_id"),
    "turn": ("workspace_id", "conversation_id", "number"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Rows by table, then by key. Of two with one key the first counts."""

    rows: Mapping[str, dict[tuple[Value, ...], Row]] = field(default_factory=lambda: {table: {} for table in _SHAPES})

    def of(self, table: str) -> Iterable[Row]:
        return self.rows[table].values()


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of a damaged database. Counts are of documents as people hold them, unless it is said."""

    documents: int = 0  # brought back, those that are read anew included
    reread: int = 0
    lost: int = 0  # their owner and name are known, their file is not there
    turns: int = 0  # questions with their answers
    ownerless: int = 0  # files whose owner is not known: kept aside


def sort_out(database: Iterable[Record], *copies: Iterable[Record]) -> Found:
    """The records that can be rows of ours, whatever else there is among them.

    Of the `copies` of who holds what only that is taken, and the first one is believed before the database.
    """
    found = Found()
    for source in (*copies[:1], database, *copies[1:]):
        for record in source:
            for table, row in _readings(record):
                if source is database or table == "entry":
                    found.rows[table].setdefault(tuple(row[name] for name in _KEYS[table]), row)
    return found


def _readings(record: Record) -> Iterator[tuple[str, Row]]:
    for table, (fewest, columns) in _SHAPES.items():
        if fewest <= len(record) <= len(columns) and all(map(_fits, record, columns.values())):
            row = {name: _as_real(value, kind) for value, (name, kind) in zip(record, columns.items(), strict=False)}
            if _is_true(table, row):
                yield table, row


def _fits(value: Value, kind: str) -> bool:
    match kind.rstrip("?"):
        case _ if value is None:
            return kind.endswith("?")
        case "id":
            return isinstance(value, str) and is_id(value)
        case "text":
            return isinstance(value, str)
        case "int":
            return isinstance(value, int)
        case "real":
            return isinstance(value, int | float)  # whole numbers are stored as such
        case _:
            return isinstance(value, bytes)


def _as_real(value: Value, kind: str) -> Value:
    return float(value) if isinstance(value, int) and kind.startswith("real") else value


def _is_true(table: str, row: Row) -> bool:
    """Whether what a row holds can be read back. A file's outline that cannot is left out: it is read again."""
    try:
        match table, row:
            case "page", {"body": bytes(body), "number": number}:
                return decode_page(body).number == number
            case "turn", _:
                return isinstance(json.loads(_body(row)), dict)
            case "content", {"outline": bytes(outline)}:
                decode_outline(outline)
    except ValueError:
        if table == "content":
            row |= {"outline": None, "page_count": None, "status": None}
            return True
        return False
    return True


def _body(turn: Row) -> str:
    body = turn["body"]
    return body.decode("utf-8", "surrogatepass") if isinstance(body, bytes) else ""


# ------------------------------------------------------------------------------------------------ a new database


def rebuild(db: Sql, found: Found, files: Path, now: float) -> Recovered:
    """Fill the empty tables of `db`. `files` is where the PDFs lie; `now` is in seconds since the epoch.

    Every person is left a notice of what it means for them.
    """
    sizes = {path.stem: path.stat().st_size for path in files.glob("*.pdf") if is_id(path.stem)}
    ids = {row["id"]: row for row in reversed(list(found.of("entry")))}  # of two with one id, too, the first counts
    known_entries = [row for row in found.of("entry") if ids[row["id"]] is row]
    entries = [row for row in known_entries if row["document_id"] in sizes]
    lost = [row for row in known_entries if row["document_id"] not in sizes]
    held = {str(row["document_id"]) for row in entries}
    contents = _contents(found, held, sizes, now)
    reread = {id_ for id_, row in contents.items() if row["status"] is None}
    turns = [{"turn_id": json.loads(_body(row)).get("id", ""), **row} for row in found.of("turn")]

    owners = {str(row["workspace_id"]) for row in (*entries, *lost, *turns)}
    _insert(db, "workspace", _workspaces(found, owners, _notices(entries, lost, reread), now))
    _insert(db, "content", contents.values())
    _insert(db, "entry", sorted(entries, key=lambda row: _number(row["added_at"])))
    _insert(db, "page", (row for row in found.of("page") if row["document_id"] in held))
    _insert(db, "vectors", (row for row in found.of("vectors") if row["document_id"] in held - reread))
    _insert(db, "turn", sorted(turns, key=lambda row: _number(row["saved_at"])))
    return Recovered(
        documents=len(entries),
        reread=sum(row["document_id"] in reread for row in entries),
        lost=len(lost),
        turns=len(turns),
        ownerless=len(sizes.keys() - held),
    )


def _contents(found: Found, held: set[str], sizes: Mapping[str, int], now: float) -> dict[str, Row]:
    """What is known of each file that somebody holds; its reading counts as ended only where every page is there."""
    pages = Counter(row["document_id"] for row in found.of("page"))
    known = {str(row["id"]): row for row in found.of("content") if row["id"] in held}
    contents: dict[str, Row] = {}
    for id_ in held:
        row = known.get(id_) or {
            "id": id_,
            "stored_at": now,
            "title": "",
            "reason": "",
            "made_on": "",
            "page_count": None,
        }
        whole = row["page_count"] is not None and pages[id_] == row["page_count"]
        ended = {} if whole else {"status": None, "reason": "", "read_s": None}
        contents[id_] = {**row, "bytes": sizes[id_], "pages_called": secrets.token_hex(8), **ended}
    return contents


def _workspaces(found: Found, owners: set[str], notices: Mapping[str, Message], now: float) -> Iterator[Row]:
    known = {str(row["id"]): row for row in found.of("workspace")}
    for id_ in known.keys() | owners:
        row = known.get(id_, {"id": id_})
        told = as_text(joined(REPAIRED, notices.get(id_, NOTHING)))
        # whoever comes back finds that something has changed, and is not taken for long gone
        yield {**row, "seen_at": now, "revision": _number(row.get("revision")) + 1, "notice": told}


REPAIRED = message(
    "The data file of this server was damaged and has been repaired. Some earlier answers may be missing."
)


def _notices(entries: Iterable[Row], lost: Iterable[Row], reread: set[str]) -> dict[str, Message]:
    """Person -> what became of their documents."""
    again: Counter[str] = Counter(str(row["workspace_id"]) for row in entries if row["document_id"] in reread)
    gone: defaultdict[str, list[str]] = defaultdict(list)
    for row in lost:
        gone[str(row["workspace_id"])].append(str(row["name"]))
    return {id_: joined(_about_reread(again[id_]), _about_lost(gone[id_])) for id_ in {*again, *gone}}


def _about_reread(n: int) -> Message:
    return counted(n, "One document is read anew.", "{n} documents are read anew.") if n else NOTHING


def _about_lost(names: Sequence[str]) -> Message:
    if not names:
        return NOTHING
    return message("This could not be brought back, please add it again: {names}.", names=tuple(names))


def _insert(db: Sql, table: str, rows: Iterable[Row]) -> None:
    for row in rows:
        names = ", ".join(row)
        holes = ", ".join("?" for _ in row)
        # two entries may claim one id, say: the first is kept; names are those of `_SHAPES`
        db.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({holes})", tuple(row.values()))  # noqa: S608


def _number(value: Value) -> float:
    return value if isinstance(value, int | float) else 0
