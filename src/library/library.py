"""Everybody's shelves: who sees what, and for how long.

A `Library` serves everybody; a `Shelf` is one person's. Nothing on a shelf can be reached without its key, and the
finished work on a file is reused only for the person who already has that file: a quick answer must not tell a
stranger that somebody else holds the same one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from shared_utils.errors import FootnoteError
from shared_utils.processes.heartbeats import Heartbeats
from shared_utils.storage.store import Store
from shared_utils.storage.workspaces import WorkspaceId, workspace_id
from src.library.claims import Claims
from src.library.conversations import LEASE_S
from src.library.documents import UNDO_S
from src.library.fair_pool import FairPool
from src.library.following import following_of
from src.library.foreground import Foreground
from src.library.newcomers import Newcomers
from src.library.news import News
from src.library.remote_share import RemoteShare
from src.library.services import EngineRoom, Services
from src.library.shared_links import SharedLinks
from src.library.shelf import Shelf
from src.library.taking_up import TakingUp
from src.library.web import WebAddresses
from src.metrics import Numbers, summed
from src.rag_with_generation import Rag
from src.settings import Settings

_log = logging.getLogger(__name__)

_TIDY_EVERY_S = 5.0
_CLOSING_S = 5.0
_ALIVE_S = 20.0  # a process that has told no numbers for so long has ended: its gauges count no longer
_TIDY_SILENT_S = 120.0  # one person's shelf, or one round of the store, never takes so long to look after
EMBEDDING_TURN_S = 0.5  # then the next file's passages are embedded: one of a hundred pages takes a minute
_DOORS = 64  # shelves that can be opened at once
PUT_AWAY_AFTER_S = 1800.0  # an idle shelf's indexes leave the memory; the store brings them back


class Library:
    """Everybody's shelves over one store. Close it to stop its threads."""

    def __init__(
        self,
        rag: Rag,
        store: Store,
        settings: Settings,
        engines: EngineRoom,
        *,
        clock: Callable[[], float] = time.monotonic,
        today: Callable[[], float] = time.time,
        tidy_every_s: float = _TIDY_EVERY_S,
        web: WebAddresses | None = None,
    ) -> None:
        """`clock` tells who is here, `today` (seconds since the epoch) who has not been here for too long."""
        heartbeats, self.foreground = Heartbeats(clock), Foreground(clock)
        pool = partial(FairPool, heartbeats=heartbeats, give_way=self.foreground.give_way)
        self._services = Services(
            rag,
            store,
            settings,
            engines,
            readers=pool("reader", workers=2, for_small=1),
            embedders=pool("embedder", workers=1, turn_s=EMBEDDING_TURN_S),
            suggesters=pool("suggester", workers=1),
            claims=Claims(store, settings),
            remote=RemoteShare(store.remote_answers, settings),
            following=following_of(store, settings),
            clock=clock,
            heartbeats=heartbeats,
        )
        self.rag = rag
        self.store = store
        self.settings = settings
        self.engines = engines
        self.metrics = self._services.metrics
        self.links = SharedLinks(store, settings, today)
        self.web = web or WebAddresses(None)
        self._today = today
        self._tidy_every_s = tidy_every_s
        self._shelves: dict[WorkspaceId, Shelf] = {}
        self._opening = [threading.Lock() for _ in range(_DOORS)]
        self._newcomers = Newcomers(settings.new_libraries_an_hour, clock, store.counts)
        self._closed = threading.Event()
        with suppress(FootnoteError):  # what a process that was killed left removed; if it cannot be now, then soon
            store.erase_removed(UNDO_S)
        self._taking_up = TakingUp(store.conversations, self._services.owner, self._shelves, self._open, clock, today)
        self._news = News(self._catch_up, self._take_up)
        store.listen(self._news.tell)
        self._janitor = threading.Thread(target=self._keep_tidy, name="janitor", daemon=True)
        self._janitor.start()

    def shelf(self, key: str, *, network: str = "") -> Shelf:
        """The shelf of whoever holds `key` (16 characters or more): made, or brought back from the store.

        `network` is where they come from, as `counted_network` tells. Raises ShareUsedUp where too many new ones come
        from there.
        """
        person = workspace_id(key)
        shelf = self._shelves.get(person) or self._open(person, network)
        if not shelf.is_here():  # so nobody has looked meanwhile what other processes did for this person
            shelf.catch_up()
        shelf.touch(network)
        return shelf

    def _open(self, person: WorkspaceId, network: str = "") -> Shelf:
        """The shelf of a person, opened once; other people's are opened meanwhile."""
        with self._opening[hash(person) % _DOORS]:
            if (shelf := self._shelves.get(person)) is not None:
                return shelf
            if not self.store.revision(person):  # nothing was ever kept there
                self._newcomers.admit(network)
            shelf = self._shelves[person] = Shelf(person, self._services, network)
        shelf.catch_up()  # with what was changed while it was opened, and told of before it could be found
        return shelf

    def hand_over(self) -> None:
        """The process is about to end: other processes go on with what it answers, at once. Whoever asks about it until
        then sees it as it stands. Twice does no harm."""
        if self._services.leaving.is_set():
            return
        self._services.leaving.set()
        shelves = list(self._shelves.values())
        turns = [turn for shelf in shelves for turn in shelf.under_way.let_go()]
        with suppress(FootnoteError):  # else the leases are let go when it closes, or run out
            self.store.conversations.hand_over(turns, owner=self._services.owner)
        for shelf in shelves:
            shelf.changed()

    def close(self) -> None:
        """Cancel what runs, stop the threads, close the store. Closing twice does no harm."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._services.leaving.set()
        self._news.close()
        self._janitor.join(_CLOSING_S)
        if self._services.following is not None:
            self._services.following.close()
        for shelf in list(self._shelves.values()):
            shelf.leave()
        self._services.readers.close()
        self._services.embedders.close()
        self._services.suggesters.close()
        with suppress(FootnoteError):  # else the lease runs out by itself
            self.store.conversations.release(self._services.owner)
            self._tell_numbers()
        self.rag.viewer.close()
        self.store.close()

    def tidy(self) -> None:
        """Show that this process lives, look at what others have done, wipe what was removed, and, where a time is
        set, the shelves of people who have not come back. Done every few seconds. Raises StorageError."""
        if not self._services.leaving.is_set() and any(shelf.answering() for shelf in list(self._shelves.values())):
            self.store.conversations.renew(self._services.owner, LEASE_S)
        self.store.erase_removed(UNDO_S)
        self.store.collections.erase_removed(UNDO_S)
        for person, shelf in list(self._shelves.items()):
            self._services.heartbeats.beat()
            shelf.forget_wiped()
            if shelf.is_here():
                shelf.catch_up()
            if shelf.expired() or shelf.idle(PUT_AWAY_AFTER_S):
                self._shelves.pop(person, None)
                shelf.cancel_all()
        self.links.tidy()
        self.store.tidy()
        self._tell_numbers()
        if self.settings.keep_hours:
            self.store.expire_workspaces(self.settings.keep_hours * 3600, self._today())

    def numbers(self, *, of_all: bool = False) -> bytes:
        """What this process has counted, or all on the store have, in Prometheus' text form. Raises StorageError."""
        own = self.metrics.text(self.rag.waiting())
        counts = self.store.counts
        if not of_all or counts is None:
            return own
        others = (one for one in counts.numbers() if one[0] != self._services.owner)
        return summed([Numbers(own.decode(), alive=True), *(Numbers(text, age < _ALIVE_S) for _, text, age in others)])

    def _tell_numbers(self) -> None:
        if (counts := self.store.counts) is not None:
            counts.tell_numbers(self._services.owner, self.metrics.text(self.rag.waiting()).decode())

    def _take_up(self) -> float | None:
        """See `TakingUp.look`."""
        return None if self._services.leaving.is_set() else self._taking_up.look()

    def _catch_up(self, person: str) -> None:
        """Another process has changed something of this person ("": perhaps of any): look at once."""
        for other, shelf in list(self._shelves.items()):
            if person in ("", other) and not self._services.leaving.is_set():
                shelf.look()

    def workers(self) -> int | None:
        """How many workers read files for this process; None where it does itself. Raises StorageError."""
        following = self._services.following
        return None if following is None else following.jobs.workers()

    def stalled(self) -> list[str]:
        """What of the work in the background shows no sign of life any more: readers, embedder, answers, janitor."""
        return self._services.heartbeats.stalled()

    def why_stalled(self) -> str:
        """The same in a sentence for whoever operates it; "" where all goes on."""
        stalled = ", ".join(self.stalled())
        return f"No sign of life of: {stalled}. Only a new process helps; startup.py starts one." if stalled else ""

    def _keep_tidy(self) -> None:
        while not self._closed.wait(self._tidy_every_s):
            try:
                with self._services.heartbeats.working("janitor", _TIDY_SILENT_S):
                    self.tidy()
            except Exception:  # noqa: BLE001 - whatever it was, there is nobody else who wipes and renews
                _log.exception("tidying up failed; it is tried again")
