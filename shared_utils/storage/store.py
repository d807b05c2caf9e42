"""What the use-cases ask of a store, and what it tells them. Which database keeps it all is no concern of theirs.

`DocumentStore` fills this for one machine: SQLite and files in a folder. `PostgresStore` fills it for many.
Methods raise StorageError (full, locked, damaged, out of reach) and DocumentGone (deleted meanwhile).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from shared_utils.message import Message
from shared_utils.types import Document, OutlineEntry, Page, Vectors, VectorSource

if TYPE_CHECKING:
    from shared_utils.storage.collection_store import CollectionStore
    from shared_utils.storage.conversation_store import ConversationStore
    from shared_utils.storage.line import LineStore
    from shared_utils.storage.reading_jobs import ReadingJobs
    from shared_utils.storage.remote_answers import RemoteAnswers
    from shared_utils.storage.share_store import ShareStore
    from shared_utils.storage.shared_counts import SharedCounts


@dataclass(frozen=True, slots=True)
class ReadingState:
    """How far reading a file has come. `status` is None until it has finished."""

    page_count: int | None  # as the file claims; None until it has been opened
    pages_read: tuple[int, ...]  # 1-based numbers of the pages that are stored, ascending
    status: str | None
    reason: Message
    read_s: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in somebody's workspace, under the name they gave it."""

    id: str  # unguessable
    document_id: str
    name: str
    added_at: float  # seconds since the epoch


@dataclass(frozen=True, slots=True)
class Usage:
    """What limits count. `bytes` are those of the PDFs; `pages` are as the files claim."""

    files: int
    pages: int
    bytes: int


class ContentStore(Protocol):
    """What files say, once for all who hold the same bytes: nothing in it may come from a person."""

    def put_file(self, data: bytes, password: str = "") -> str:
        """Keep a file's bytes; returns its id. The same bytes again are stored once.

        With the `password` that opens it, the id is of both: whoever has an encrypted file but not its password must
        not be shown what others read in it. Neither this nor reading makes the content last: `add_to_workspace` does.
        """
        ...

    def file_path(self, document_id: str) -> Path:
        """Where the PDF lies on this machine, to be read only; fetched first where it has to be.

        Raises DocumentGone when it is not stored. Ask anew before each use: a copy may be dropped an hour after the
        last one.
        """
        ...

    def local_path(self, document_id: str) -> Path:
        """Where `file_path` will put it, without fetching it. May raise DocumentGone."""
        ...

    def save_opened(
        self, document_id: str, title: str, outline: Sequence[OutlineEntry], page_count: int, made_on: str = ""
    ) -> None: ...

    def save_page(self, document_id: str, page: Page) -> None: ...

    def save_pages(self, document_id: str, pages: Iterable[Page]) -> None: ...

    def save_reading_finished(self, document_id: str, status: str, reason: Message, read_s: float) -> None: ...

    def reading_state(self, document_id: str) -> ReadingState | None: ...

    def load_opened(self, document_id: str, name: str) -> tuple[Document, str] | None: ...

    def load_document(self, document_id: str, name: str) -> Document | None: ...


class VectorStore(Protocol):
    """A document's vectors, and where they are searched."""

    def save_vectors(self, document_id: str, model: str, vectors: Vectors) -> None:
        """Keep a document's vectors, replacing any earlier ones.

        `model` names all that they depend on: the embedding model, and how the text was cut into chunks.
        """
        ...

    def load_vectors(self, document_id: str, model: str) -> Vectors | None:
        """The vectors that `save_vectors` was given, or None when they are absent, of another model or damaged."""
        ...

    def count_vectors(self, document_id: str, model: str) -> int:
        """How many vectors of `model` are kept for a document; 0 for none."""
        ...

    def index_path(self, document_id: str) -> Path:
        """Where this machine may keep a document's index, which is made of its pages and may be made again at any time.

        Erased with the document. Whoever has it mapped into memory can go on reading it.
        """
        ...

    def vector_source(self, model: str) -> VectorSource | None:
        """Searches kept vectors where they lie; None where they have to be loaded to be searched."""
        ...


class PeopleStore(Protocol):
    """Who holds what. Only the holder of a workspace's secret key can list, count or remove what is in it."""

    def touch_workspace(self, key: str) -> None: ...

    def add_to_workspace(self, key: str, document_id: str, name: str) -> str: ...

    def workspace_documents(self, key: str) -> tuple[Entry, ...]: ...

    def remove_from_workspace(self, key: str, entry_id: str) -> bool: ...

    def mark_removed(self, key: str, entry_id: str) -> bool: ...

    def unmark_removed(self, key: str, entry_id: str) -> bool: ...

    def removed_documents(self, key: str) -> frozenset[str]: ...

    def erase_removed(self, older_than_s: float, among: Collection[str] | None = None) -> int: ...

    def delete_workspace(self, key: str) -> None: ...

    def expire_workspaces(self, older_than_s: float, now: float) -> int: ...

    def preferences(self, key: str) -> str: ...

    def save_preferences(self, key: str, text: str) -> None: ...

    def notice(self, key: str) -> Message: ...

    def clear_notice(self, key: str) -> None: ...

    def revision(self, key: str) -> int: ...

    def usage(self, key: str) -> Usage: ...

    def total_usage(self) -> Usage: ...


class Store(ContentStore, VectorStore, PeopleStore, Protocol):
    """Everything that outlives the process. Safe for many threads, and for several processes at once."""

    @property
    def conversations(self) -> ConversationStore: ...

    @property
    def remote_answers(self) -> RemoteAnswers: ...

    @property
    def shares(self) -> ShareStore: ...

    @property
    def collections(self) -> CollectionStore: ...

    @property
    def counts(self) -> SharedCounts | None:
        """What all processes on this store count together; None where each counts for itself."""
        ...

    @property
    def reading_jobs(self) -> ReadingJobs | None:
        """Files that workers read; None where nobody but the web process can."""
        ...

    def model_line(self, name: str) -> LineStore | None:
        """The line called `name` that all processes on this store share; None where each has its own."""
        ...

    def listen(self, told: Callable[[str], None]) -> None:
        """Call `told` with a `workspace_id` as soon as another process has changed something of that person, and with
        "" where any may have been changed. From a thread in which it must not wait; never where nobody tells."""
        ...

    def trouble(self) -> Message:
        """What whoever runs this has to know about what is kept, without a path; nothing where all is well."""
        ...

    def tidy(self) -> None:
        """Clear away what is left over, if anything. Cheap enough to be called every few seconds."""
        ...

    def close(self) -> None: ...
