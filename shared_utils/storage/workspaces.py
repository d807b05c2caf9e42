"""People in the database: a row each, named by the sha256 of their secret key."""

from __future__ import annotations

import hashlib

from shared_utils.storage.sql import Sql

_MIN_KEY_LENGTH = 16


class WorkspaceId(str):
    """What stands for a key in the tables. Where a key is taken, this is too, so that whoever was shown a key need not
    keep it. It opens nothing from outside: what comes from there is a plain string, and so a key."""

    __slots__ = ()


def workspace_id(key: str) -> WorkspaceId:
    """The id of the workspace that `key` opens. Raises ValueError for a key that could be guessed."""
    if isinstance(key, WorkspaceId):
        return key
    if len(key) < _MIN_KEY_LENGTH:
        raise ValueError(f"a workspace key has at least {_MIN_KEY_LENGTH} characters, this one {len(key)}")
    return WorkspaceId(hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest())


def touch(db: Sql, key: str, now: float) -> str:
    """Note that the holder of `key` is here (seconds since the epoch); makes their workspace if need be."""
    return _upsert(db, key, now, changed=False)


def touch_changed(db: Sql, key: str, now: float) -> str:
    """As `touch`, and note that something in the workspace changes, so that other processes look again."""
    return _upsert(db, key, now, changed=True)


def _upsert(db: Sql, key: str, now: float, *, changed: bool) -> str:
    id_ = workspace_id(key)
    db.execute(
        "INSERT INTO workspace (id, seen_at, revision) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, revision = workspace.revision + excluded.revision",
        (id_, now, int(changed)),
    )
    return id_


def note_change(db: Sql, key: str) -> str:
    """As `touch_changed`, for who takes something away: nobody's workspace is made by that."""
    id_ = workspace_id(key)
    db.execute("UPDATE workspace SET revision = revision + 1 WHERE id = ?", (id_,))
    return id_
