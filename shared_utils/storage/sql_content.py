"""What both stores keep of files, once for all who hold the same bytes: pages, and how reading them ended."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence

from shared_utils.errors import DamagedDocument, DocumentGone
from shared_utils.message import Message, as_text, from_text
from shared_utils.storage.better_page import takes_place
from shared_utils.storage.page_codec import decode_outline, decode_page, encode_outline, encode_page
from shared_utils.storage.sql import Sql, SqlDatabase
from shared_utils.storage.store import ReadingState
from shared_utils.types import Document, OutlineEntry, Page


class ContentTables:
    """Nothing in them may come from a person: never give `save_opened` or `save_reading_finished` a word that somebody
    chose, such as the name of their file.
    """

    _database: SqlDatabase

    def save_opened(
        self, document_id: str, title: str, outline: Sequence[OutlineEntry], page_count: int, made_on: str = ""
    ) -> None:
        """Begin a reading, or take one up again: pages that are stored stay. Of a file that was read to its end nothing
        is changed: others may hold it.

        `title` is the file's own, "" when it has none, and never the name somebody gave it; `made_on` the day that
        its own data tell, in ISO form.
        """
        with self._database.write() as db:
            status, kept = _hold(db, document_id)
            if status is not None and _is_outline(kept):
                return
            db.execute(
                "UPDATE content SET title = ?, outline = ?, page_count = ?, made_on = ? WHERE id = ?",
                (storable(title), encode_outline(outline), page_count, made_on, document_id),
            )
            db.execute("DELETE FROM page WHERE document_id = ? AND number > ?", (document_id, page_count))
            _pages_changed(db, document_id)

    def save_page(self, document_id: str, page: Page) -> None:
        """Keep one page as it is read, in a transaction of its own."""
        self.save_pages(document_id, (page,))

    def save_pages(self, document_id: str, pages: Iterable[Page]) -> None:
        """Keep pages, all or none; where one of the same number is stored, the better one (see `takes_place`)."""
        read = {page.number: (page, encode_page(page)) for page in pages}
        if not read:
            return
        with self._database.write() as db:
            status, _ = _hold(db, document_id)
            stored = db.execute(
                "SELECT number, body FROM page WHERE document_id = ? AND number BETWEEN ? AND ?",
                (document_id, min(read), max(read)),
            ).fetchall()
            others = {number: body for number, body in stored if number in read and body != read[number][1]}
            better = self._may_better(db, document_id)
            worse = {
                number
                for number, body in others.items()
                if not _takes_place(read[number][0], body, finished=status is not None, may_better=better)
            }
            db.executemany(
                "INSERT INTO page (document_id, number, body) VALUES (?, ?, ?) "
                "ON CONFLICT (document_id, number) DO UPDATE SET body = excluded.body",
                [(document_id, number, body) for number, (_, body) in read.items() if number not in worse],
            )
            if read.keys() - {number for number, _ in stored} or others.keys() - worse:
                _pages_changed(db, document_id)
            if others.keys() - worse:  # they were made from other words
                db.execute("DELETE FROM vectors WHERE document_id = ?", (document_id,))

    def _may_better(self, db: Sql, document_id: str) -> bool:  # noqa: ARG002 - a store may have reasons not to
        """Whether pages of a file that was read to its end may be replaced by better ones."""
        return True

    def save_reading_finished(self, document_id: str, status: str, reason: Message, read_s: float) -> None:
        """Record how reading ended, and, the first time, how long it took. `reason` is shown to everybody who holds the
        file: no names of theirs in it.
        """
        with self._database.write() as db:
            changed = db.execute(
                "UPDATE content SET status = ?, reason = ?, "
                "read_s = CASE WHEN status IS NULL THEN ? ELSE read_s END WHERE id = ?",
                (status, storable(as_text(reason)), read_s, document_id),
            ).rowcount
            _expect_document(changed)

    def reading_state(self, document_id: str) -> ReadingState | None:
        """How far reading has come, or None for a document that is not stored."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT page_count, status, reason, read_s FROM content WHERE id = ?", (document_id,)
            ).fetchone()
            if row is None:
                return None
            page_count, status, kept, read_s = row
            numbers = db.execute("SELECT number FROM page WHERE document_id = ? ORDER BY number", (document_id,))
            return ReadingState(page_count, tuple(number for (number,) in numbers), status, from_text(kept), read_s)

    def load_opened(self, document_id: str, name: str) -> tuple[Document, str] | None:
        """The document without its pages, and what they are called: another name whenever any of them has changed.

        None as for `load_document`. Ask before the pages: a name that is older than they are does no harm.
        """
        with self._database.read() as db:
            row = db.execute(
                "SELECT title, outline, made_on, pages_called FROM content WHERE id = ? AND page_count IS NOT NULL",
                (document_id,),
            ).fetchone()
        if row is None:
            return None
        title, outline, made_on, called = row
        try:
            return Document(document_id, name, title or name, (), decode_outline(outline), made_on), called
        except ValueError:
            return None

    def load_document(self, document_id: str, name: str) -> Document | None:
        """The document with the pages stored so far, or None when it is not stored or was never opened."""
        with self._database.read() as db:
            row = db.execute(
                "SELECT title, outline, made_on FROM content WHERE id = ? AND page_count IS NOT NULL", (document_id,)
            ).fetchone()
            bodies = db.execute(
                "SELECT body FROM page WHERE document_id = ? ORDER BY number", (document_id,)
            ).fetchall()
        if row is None:
            return None
        title, outline, made_on = row
        try:
            pages = tuple(decode_page(body) for (body,) in bodies)
            return Document(document_id, name, title or name, pages, decode_outline(outline), made_on)
        except ValueError as exc:
            raise DamagedDocument(
                "What was stored of {name} is damaged. Remove the document and add it again to have it read anew.",
                name=name,
            ) from exc


def gone() -> DocumentGone:
    return DocumentGone("The document is not stored here any more. Add it again to go on.")


def _hold(db: Sql, document_id: str) -> tuple[str | None, bytes | None]:
    """The status and outline of a content, whose row is held from here on: who saves another reading of it waits."""
    row = db.execute("UPDATE content SET status = status WHERE id = ? RETURNING status, outline", (document_id,))
    held = row.fetchone()
    if held is None:
        raise gone()
    return held[0], held[1]


def _pages_changed(db: Sql, document_id: str) -> None:
    db.execute("UPDATE content SET pages_called = ? WHERE id = ?", (secrets.token_hex(8), document_id))


def _is_outline(body: bytes | None) -> bool:
    try:
        return body is not None and decode_outline(body) is not None
    except ValueError:
        return False


def _takes_place(new: Page, body: bytes, *, finished: bool, may_better: bool) -> bool:
    """See `takes_place`; a stored page that is damaged gives way to any."""
    try:
        stored = decode_page(body)
    except ValueError:
        return True
    return (may_better or not finished) and takes_place(new, stored, finished=finished)


def _expect_document(rows_changed: int) -> None:
    if not rows_changed:
        raise gone()


def storable(text: str) -> str:
    """Databases take strict UTF-8, and PDFs yield lone surrogates: what cannot be encoded is shown as "?".

    PostgreSQL takes no NUL either.
    """
    return text.encode("utf-8", "replace").decode().replace("\0", "?")
