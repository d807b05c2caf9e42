"""What a shelf is built from: what is the same for everybody, and whose it is."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from shared_utils.message import Message
from shared_utils.processes.heartbeats import Heartbeats
from shared_utils.storage.store import Store
from shared_utils.storage.workspaces import WorkspaceId
from src.answering.ingestion import IndexedDocument, SourceFile
from src.answering.writing import Scribe, Writer
from src.library.claims import Claims, PagesClaim
from src.library.fair_pool import FairPool
from src.library.following import Following
from src.library.preferences import Preferences
from src.library.remote_share import RemoteShare
from src.metrics import Metrics
from src.models.status import ModelStatus
from src.rag_with_generation import Rag
from src.settings import Settings
from src.views import EngineView, ModelChoice


class EngineRoom(Protocol):
    """Who could write now. See `src.models.engines.Engines`."""

    def places(self) -> int: ...

    def writers(self, choice: str = "") -> Sequence[Writer]: ...

    def choices(self) -> tuple[ModelChoice, ...]: ...

    def digests(self) -> Mapping[str, str]: ...

    def why_nobody(self) -> Message: ...

    def status(self) -> ModelStatus: ...

    def view(self, scribe: Scribe, choice: str = "", *, may_leave: bool = True) -> EngineView: ...


class PageClaims(Protocol):
    """How many pages may be read. See `src.library.claims.Claims`."""

    def reading(self, key: str, network: str, source: SourceFile) -> AbstractContextManager[PagesClaim]: ...


class ReadingServices(Protocol):
    """What reading files stands on, in the web process and in a worker."""

    @property
    def rag(self) -> Rag: ...

    @property
    def store(self) -> Store: ...

    @property
    def readers(self) -> FairPool: ...

    @property
    def embedders(self) -> FairPool: ...

    @property
    def claims(self) -> PageClaims: ...

    @property
    def metrics(self) -> Metrics: ...

    @property
    def heartbeats(self) -> Heartbeats: ...


class Reader(Protocol):
    """For whom files are read; see `Person`."""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def network(self) -> Callable[[], str]: ...

    @property
    def changed(self) -> Callable[[], None]: ...


@dataclass(frozen=True, slots=True)
class Services:
    """What every shelf of a library stands on."""

    rag: Rag
    store: Store
    settings: Settings
    engines: EngineRoom
    readers: FairPool
    embedders: FairPool
    suggesters: FairPool
    claims: Claims
    remote: RemoteShare
    following: Following | None = None  # of what workers read; None where this process reads
    clock: Callable[[], float] = time.monotonic  # seconds; tells who is here, and when what was removed is wiped
    metrics: Metrics = field(default_factory=Metrics)
    heartbeats: Heartbeats = field(default_factory=Heartbeats)  # of the threads that read, embed, answer and tidy
    leaving: threading.Event = field(default_factory=threading.Event)  # set once this process takes up nothing more
    owner: str = field(default_factory=lambda: secrets.token_hex(8))  # names this process among those on the store


def name_of(person: WorkspaceId) -> str:
    """What stands for a person in queues, the same in every process, also where they were never seen."""
    return hashlib.sha256(b"footnote queues\0" + person.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Person:
    """Whose shelf it is. The callables may be called from any thread."""

    key: WorkspaceId  # opens their workspace, as the key would that they hold
    name: str  # stands for them in queues
    network: Callable[[], str]  # from which they came last; "" where it is not counted
    preferences: Callable[[], Preferences]
    documents: Callable[[], list[IndexedDocument]]  # what can be asked now
    await_documents: Callable[[], None]  # returns when what was kept has been loaded
    is_here: Callable[[], bool]  # whether anybody still looks
    is_elsewhere: Callable[[], bool]  # never seen by this process, which goes on with what another one let go
    changed: Callable[[], None]  # to be told of whatever shows
