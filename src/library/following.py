"""Files that workers read are followed here: what they tell is looked at in one thread, for all who wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from shared_utils.errors import FootnoteError
from shared_utils.storage.reading_jobs import ReadingJobs, ReadingProgress
from shared_utils.storage.store import Store
from src.settings import BY_WORKERS, Settings

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 1.0  # whatever is told: a signal may be missed
_WANT_EVERY_S = 2.0
_CLOSING_S = 5.0

Hear = Callable[[ReadingProgress | None], bool]
"""Called with a job's progress, None where there is no job any more; whether to go on following it. Must not wait."""


class Following:
    """Thread-safe. `look_every_s`: seconds between two looks at everything that is followed."""

    def __init__(self, jobs: ReadingJobs, look_every_s: float = _LOOK_EVERY_S) -> None:
        self.jobs = jobs
        self._look_every_s = look_every_s
        self._followed: dict[str, tuple[Hear, Callable[[], int | None]]] = {}
        self._told: set[str] = set()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def follow(self, entry_id: str, hear: Hear, wanted: Callable[[], int | None]) -> None:
        """Tell `hear` of an entry's job from now on, in the place of whoever followed it before.

        `wanted` gives the page that is looked at (1-based), None while nobody waits.
        """
        with self._changed:
            self._followed[entry_id] = (hear, wanted)
            self._told.add(entry_id)
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name="following", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Closing twice does no harm."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join(_CLOSING_S)

    def _tell(self, entry_id: str) -> None:
        with self._changed:
            if entry_id in self._followed or not entry_id:
                self._told |= {entry_id} if entry_id else set(self._followed)
                self._changed.notify()

    def _work(self) -> None:
        self.jobs.listen(self._tell)
        looked = wanted = 0.0
        while True:
            with self._changed:
                if not self._told and not self._closed:
                    self._changed.wait(self._look_every_s if self._followed else None)
                if self._closed:
                    return
                now = time.monotonic()
                if now - looked >= self._look_every_s:
                    looked, self._told = now, set(self._followed)
                told, self._told = self._told, set()
            try:
                if now - wanted >= _WANT_EVERY_S:
                    wanted = now
                    self._want()
                if told:
                    self._look(told)
            except FootnoteError:
                pass  # out of reach for a moment: it is looked at again
            except Exception:  # noqa: BLE001 - a bug in one file's story must not end everybody's
                _log.exception("what workers tell could not be looked at")

    def _want(self) -> None:
        with self._changed:
            asked = {entry_id: wanted for entry_id, (_, wanted) in self._followed.items()}
        pages = {entry_id: wanted() for entry_id, wanted in asked.items()}
        if here := {entry_id: page for entry_id, page in pages.items() if page is not None}:
            self.jobs.want(here)

    def _look(self, told: set[str]) -> None:
        progress = self.jobs.progress(told)
        for entry_id in told:
            with self._changed:
                followed = self._followed.get(entry_id)
            if followed is None or followed[0](progress.get(entry_id)):
                continue
            with self._changed:
                if self._followed.get(entry_id) is followed:
                    del self._followed[entry_id]


def following_of(store: Store, settings: Settings) -> Following | None:
    """Where files are left to workers, who follows them; None where this process reads. Raises StorageError."""
    if settings.reading != BY_WORKERS or store.reading_jobs is None:
        return None
    return Following(store.reading_jobs)
