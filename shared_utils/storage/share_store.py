"""Links under which a conversation is read by whoever has one: what is shown is kept here, as it stood.

A link's token is in no table, only its sha256 is. A link goes with its conversation, with its person, and with each
document that it shows: foreign keys and one trigger see to the last two, whoever deletes. A document that is removed
and can still be put back hides it.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass

from shared_utils.errors import DocumentGone, ShareUsedUp
from shared_utils.storage.sql import Sql, SqlDatabase
from shared_utils.storage.workspaces import note_change, touch_changed, workspace_id

_PART_BYTES = 2**18  # of what is shown: a reader who is slow holds one part in the server's memory
_NONCE_BYTES = 32
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_LIVE = (  # what can be read now
    "(share.expires_at IS NULL OR share.expires_at > ?) AND NOT EXISTS (SELECT 1 FROM share_source "
    "JOIN entry ON entry.id = share_source.entry_id WHERE share_source.share_id = share.id "
    "AND entry.removed_at IS NOT NULL)"
)


@dataclass(frozen=True, slots=True)
class SharedLink:
    """A link as its owner sees it. Times are seconds since the epoch."""

    token: str
    made_at: float  # what is shown stood so then
    expires_at: float | None  # None = never


@dataclass(frozen=True, slots=True)
class SharedPart:
    """A piece of what a link shows, and of how many."""

    data: bytes
    parts: int
    made_at: float  # a later piece of another time is of something else


class ShareStore:
    """Thread-safe, and safe for several processes on one database. Raises StorageError.

    `room` is entered around whatever only deletes; `clock` gives seconds since the epoch.
    """

    def __init__(
        self, database: SqlDatabase, room: Callable[[], AbstractContextManager[None]], clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._room = room
        self._clock = clock

    # -------------------------------------------------------------------------------------------- the owner's

    def keep(
        self,
        key: str,
        conversation_id: str,
        shown: bytes,
        document_ids: Collection[str],
        *,
        days: float,
        most: tuple[int, int],
    ) -> SharedLink | None:
        """Show `shown` under this conversation's link, which is made if there is none; None where there is no such
        conversation. `days`: how long from now, 0 for ever. `most`: bytes that this person's links and everybody's may
        hold. Raises DocumentGone where one of `document_ids` is not in the workspace, ShareUsedUp beyond `most`.
        """
        packed = [zlib.compress(shown[at : at + _PART_BYTES]) for at in range(0, len(shown), _PART_BYTES)]
        size, now = sum(map(len, packed)), self._clock()
        until = now + days * 86400 if days else None
        with self._database.write() as db:
            person = touch_changed(db, key, now)
            where = (person, conversation_id)
            turn = "SELECT 1 FROM turn WHERE workspace_id = ? AND conversation_id = ?"
            if db.execute(turn, where).fetchone() is None:
                return None
            row = db.execute(
                "SELECT nonce FROM share WHERE workspace_id = ? AND conversation_id = ? "
                "AND (expires_at IS NULL OR expires_at > ?)",
                (*where, now),
            ).fetchone()
            nonce = str(row[0]) if row else secrets.token_hex(_NONCE_BYTES)
            db.execute("DELETE FROM share WHERE workspace_id = ? AND conversation_id = ?", where)
            _refuse_beyond(db, person, size, most)
            sources = [_entry(db, person, document_id) for document_id in document_ids]
            token = _token(key, nonce)
            id_ = share_id(token)
            db.execute(
                "INSERT INTO share (id, workspace_id, conversation_id, nonce, made_at, expires_at, parts, bytes) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (id_, *where, nonce, now, until, len(packed), size),
            )
            for number, data in enumerate(packed):
                db.execute("INSERT INTO share_part (share_id, number, data) VALUES (?, ?, ?)", (id_, number, data))
            for entry in sources:
                db.execute("INSERT INTO share_source (share_id, entry_id) VALUES (?, ?)", (id_, entry))
        self._database.forget_log()
        return SharedLink(token, now, until)

    def of(self, key: str, conversation_id: str) -> SharedLink | None:
        """The link of a conversation of this workspace, where one can be followed now."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT nonce, made_at, expires_at FROM share "  # noqa: S608 - ours
                f"WHERE workspace_id = ? AND conversation_id = ? AND {_LIVE}",
                (workspace_id(key), conversation_id, self._clock()),
            ).fetchone()
        return None if row is None else SharedLink(_token(key, str(row[0])), row[1], row[2])

    def stop(self, key: str, conversation_id: str) -> bool:
        """Take a link back: what it showed is deleted. False where there was none."""
        with self._room():
            with self._database.write() as db:
                person = note_change(db, key)
                stopped = db.execute(
                    "DELETE FROM share WHERE workspace_id = ? AND conversation_id = ?", (person, conversation_id)
                ).rowcount
            self._database.forget_log()
        return stopped > 0

    # -------------------------------------------------------------------------------------------- whoever has a link

    def part(self, token: str, number: int = 0) -> SharedPart | None:
        """Piece `number` (from 0) of what a link shows; None where it leads nowhere, for whatever reason.

        Looked up by the sha256 of the token, so that no time it takes tells how much of one was right.
        """
        if not _TOKEN.fullmatch(token):
            return None
        with self._database.read() as db:
            row = db.execute(
                "SELECT share_part.data, share.parts, share.made_at FROM share "  # noqa: S608 - ours
                "JOIN share_part ON share_part.share_id = share.id "
                f"WHERE share.id = ? AND share_part.number = ? AND {_LIVE}",
                (share_id(token), number, self._clock()),
            ).fetchone()
        return None if row is None else SharedPart(zlib.decompress(row[0]), row[1], row[2])

    def erase_expired(self) -> int:
        """Delete what links showed whose time is over; how many."""
        over, now = "expires_at IS NOT NULL AND expires_at <= ?", (self._clock(),)
        with self._database.read() as db:
            if db.execute(f"SELECT 1 FROM share WHERE {over}", now).fetchone() is None:  # noqa: S608 - ours
                return 0  # as almost always: whoever asks every few seconds should cost the disk nothing
        with self._room():
            with self._database.write() as db:
                erased = db.execute(f"DELETE FROM share WHERE {over}", now).rowcount  # noqa: S608 - ours
            self._database.forget_log()
        return erased


def share_id(token: str) -> str:
    """What stands for a token in the tables."""
    return hashlib.sha256(token.encode("ascii")).hexdigest()


def a_source_is_gone() -> DocumentGone:
    return DocumentGone(
        "A document that this conversation quotes has been removed, and what is removed is not shared. Add it again, "
        "or ask in a new conversation."
    )


def _token(key: str, nonce: str) -> str:
    """256 bits that only the person's key and the link's nonce give together: their owner can be shown the link again,
    and whoever reads the tables cannot follow it. HMAC (RFC 2104) with SHA-256, in base64url without padding."""
    made = hmac.digest(key.encode("utf-8", "surrogatepass"), b"footnote share\0" + bytes.fromhex(nonce), "sha256")
    return urlsafe_b64encode(made).rstrip(b"=").decode()


def _entry(db: Sql, person: str, document_id: str) -> str:
    row = db.execute(
        "SELECT id FROM entry WHERE workspace_id = ? AND document_id = ? AND removed_at IS NULL", (person, document_id)
    ).fetchone()
    if row is None:
        raise a_source_is_gone()
    return str(row[0])


def _refuse_beyond(db: Sql, person: str, size: int, most: tuple[int, int]) -> None:
    own = db.execute("SELECT COALESCE(SUM(bytes), 0) FROM share WHERE workspace_id = ?", (person,)).fetchone()[0]
    everybody = db.execute("SELECT COALESCE(SUM(bytes), 0) FROM share").fetchone()[0]
    if own + size > most[0]:
        raise ShareUsedUp(
            "The conversations you share hold as much as they may together. Stop sharing another one, then try again."
        )
    if everybody + size > most[1]:
        raise ShareUsedUp("This server holds as many shared conversations as it may. Try again later.")
