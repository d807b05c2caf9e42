"""Conversations in the database. A question is stored when it is asked; whoever answers it holds a lease on it.

An owner (a process) renews its leases while it works. A lease that has run out says that its owner is gone, and then
another process may take the question over: so a question outlives the process that was answering it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from shared_utils.storage.sql import SqlDatabase
from shared_utils.storage.workspaces import WorkspaceId, note_change, touch_changed, workspace_id


@dataclass(frozen=True, slots=True)
class Conversation:
    """One line of the list of conversations. Times are seconds since the epoch."""

    id: str
    turns: int
    started_at: float
    updated_at: float


@dataclass(frozen=True, slots=True)
class StoredTurn:
    """A question that was left by its owner and is now the caller's."""

    conversation_id: str
    turn_id: str
    body: str
    person: WorkspaceId  # whose it is


@dataclass(frozen=True, slots=True)
class LetGo:
    """A question that its owner hands over, with what is known of its answer."""

    key: str
    turn_id: str
    body: str


@dataclass(frozen=True, slots=True)
class LeftTurn:
    """A question whose owner is gone. `asked_at` is in seconds since the epoch."""

    person: WorkspaceId
    turn_id: str
    asked_at: float
    handed_over: bool  # by an owner that was asked to end: else it was killed


class ConversationStore:
    """Bodies are the caller's JSON. Thread-safe, and safe for several processes on one database.

    `room` is entered around whatever deletes; `clock` gives seconds since the epoch.
    """

    def __init__(
        self, database: SqlDatabase, room: Callable[[], AbstractContextManager[None]], clock: Callable[[], float]
    ) -> None:
        self._database = database
        self._room = room
        self._clock = clock

    # -------------------------------------------------------------------------------------------- a question's life

    def begin(
        self,
        key: str,
        conversation_id: str,
        turn_id: str,
        body: str,
        *,
        owner: str,
        lease_s: float,
        replacing: str = "",
    ) -> bool:
        """Append a question that `owner` is going to answer, in the place of the turn `replacing` if one is named.

        False, and nothing changes, while another question of this conversation is being answered.
        """
        with self._room() if replacing else nullcontext():
            with self._database.write() as db:
                workspace = touch_changed(db, key, self._clock())
                where = (workspace, conversation_id)
                running = "SELECT 1 FROM turn WHERE workspace_id = ? AND conversation_id = ? AND owner IS NOT NULL"
                if db.execute(running, where).fetchone() is not None:
                    return False
                db.execute(
                    "DELETE FROM turn WHERE workspace_id = ? AND conversation_id = ? AND turn_id = ?",
                    (*where, replacing),
                )
                db.execute(
                    "INSERT INTO turn (workspace_id, conversation_id, number, saved_at, body, turn_id, owner, "
                    "lease_until) SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, ?4, ?5, ?6, ?3 + ?7 FROM turn "
                    "WHERE workspace_id = ?1 AND conversation_id = ?2",
                    (*where, self._clock(), _bytes(body), turn_id, owner, lease_s),
                )
            if replacing:
                self._database.forget_log()
        return True

    def finish(self, key: str, turn_id: str, body: str, *, owner: str) -> bool:
        """Store the answer and give up the lease. False when the turn is no longer the owner's: deleted or taken."""
        with self._database.write() as db:
            workspace = touch_changed(db, key, self._clock())
            changed = db.execute(
                "UPDATE turn SET body = ?, saved_at = ?, owner = NULL, lease_until = NULL "
                "WHERE workspace_id = ? AND turn_id = ? AND owner = ?",
                (_bytes(body), self._clock(), workspace, turn_id, owner),
            ).rowcount
        return changed > 0

    def rewrite(self, key: str, turn_id: str, body: str, *, owner: str = "") -> None:
        """Replace the body of a turn that is over, or that `owner` is answering; one that is gone stays gone."""
        held = "owner = ?" if owner else "owner IS NULL"
        with self._database.write() as db:
            workspace = touch_changed(db, key, self._clock())
            db.execute(
                f"UPDATE turn SET body = ? WHERE workspace_id = ? AND turn_id = ? AND {held}",  # noqa: S608
                (_bytes(body), workspace, turn_id, *([owner] if owner else [])),
            )

    # -------------------------------------------------------------------------------------------- leases

    def renew(self, owner: str, lease_s: float) -> None:
        """Hold all that `owner` is answering for another `lease_s` seconds."""
        with self._database.write() as db:
            db.execute("UPDATE turn SET lease_until = ? WHERE owner = ?", (self._clock() + lease_s, owner))

    def release(self, owner: str) -> None:
        """Let go of all that `owner` was answering, so that others may take it over at once."""
        with self._database.write() as db:
            db.execute("UPDATE turn SET lease_until = 0 WHERE owner = ?", (owner,))

    def hand_over(self, turns: Iterable[LetGo], *, owner: str) -> None:
        """Let go of what `owner` was answering: others hear of it, and may take it over at once.

        What is no longer the owner's is left as it is. One transaction: nobody's waits for the others'.
        """
        in_order = sorted(turns, key=lambda turn: workspace_id(turn.key))  # two that stop at once do not cross
        if not in_order:
            return
        with self._database.write() as db:
            for turn in in_order:
                workspace = touch_changed(db, turn.key, self._clock())
                db.execute(
                    "UPDATE turn SET body = ?, lease_until = 0 WHERE workspace_id = ? AND turn_id = ? AND owner = ?",
                    (_bytes(turn.body), workspace, turn.turn_id, owner),
                )

    def release_all(self) -> None:
        """For whoever knows to be alone on the database: every owner of before is gone."""
        with self._database.write() as db:
            db.execute("UPDATE turn SET lease_until = 0 WHERE owner IS NOT NULL")

    def left(self) -> tuple[LeftTurn, ...]:
        """All whose owners are gone, whoever's they are; oldest first. Looking takes no lock."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT workspace_id, turn_id, saved_at, lease_until FROM turn "
                "WHERE owner IS NOT NULL AND lease_until < ? ORDER BY saved_at",
                (self._clock(),),
            ).fetchall()
        return tuple(LeftTurn(WorkspaceId(row[0]), row[1], float(row[2]), row[3] <= 0) for row in rows)

    def adopt(self, *keys: str, owner: str, lease_s: float) -> tuple[StoredTurn, ...]:
        """Take over these people's questions whose owners are gone, oldest first."""
        people = {workspace_id(key) for key in keys}
        left = {turn.person for turn in self.left()}  # almost always nobody: looking should not take the write lock
        return self.take(sorted(people & left), owner=owner, lease_s=lease_s)

    def take(self, people: Sequence[WorkspaceId], *, owner: str, lease_s: float) -> tuple[StoredTurn, ...]:
        """As `adopt`, of people of whom `left` told."""
        if not people:
            return ()
        now = self._clock()
        with self._database.write() as db:
            rows = db.execute(
                "UPDATE turn SET owner = ?, lease_until = ? WHERE owner IS NOT NULL AND lease_until < ? "  # noqa: S608
                f"AND workspace_id IN ({', '.join('?' * len(people))}) "
                "RETURNING conversation_id, turn_id, body, workspace_id, saved_at",
                (owner, now + lease_s, now, *people),
            ).fetchall()
        ordered = sorted(rows, key=lambda row: float(row[4]))
        return tuple(StoredTurn(row[0], row[1], _text(row[2]), WorkspaceId(row[3])) for row in ordered)

    # -------------------------------------------------------------------------------------------- reading, deleting

    def conversations(self, key: str) -> tuple[Conversation, ...]:
        """A workspace's conversations, the one spoken in last first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT conversation_id, COUNT(*), MIN(saved_at), MAX(saved_at) FROM turn WHERE workspace_id = ? "
                "GROUP BY conversation_id ORDER BY MAX(rowid) DESC",
                (workspace_id(key),),
            )
            return tuple(Conversation(*row) for row in rows)

    def turns(self, key: str, conversation_id: str) -> tuple[str, ...]:
        """The bodies of a conversation's turns, oldest first; none when this workspace has no such one."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT body FROM turn WHERE workspace_id = ? AND conversation_id = ? ORDER BY number",
                (workspace_id(key), conversation_id),
            )
            return tuple(_text(body) for (body,) in rows)

    def first_turn(self, key: str, conversation_id: str) -> str | None:
        """The body of a conversation's first turn, which names it."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT body FROM turn WHERE workspace_id = ? AND conversation_id = ? ORDER BY number LIMIT 1",
                (workspace_id(key), conversation_id),
            ).fetchone()
        return None if row is None else _text(row[0])

    def delete(self, key: str, conversation_id: str) -> None:
        """Delete a conversation, whatever is being answered in it, and what its link shows."""
        with self._room():
            with self._database.write() as db:
                where = (note_change(db, key), conversation_id)
                db.execute("DELETE FROM turn WHERE workspace_id = ? AND conversation_id = ?", where)
                db.execute("DELETE FROM share WHERE workspace_id = ? AND conversation_id = ?", where)
            self._database.forget_log()


def _bytes(body: str) -> bytes:
    return body.encode("utf-8", "surrogatepass")


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:  # rotten: whoever knows its form leaves it out
        return body.decode("utf-8", "replace")
