"""Files that wait to be read by workers, as a store keeps them: who files a job, who takes it, how far it has come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from shared_utils.storage.store import Usage


@dataclass(frozen=True, slots=True)
class ReadingJob:
    """One entry of a workspace, to be read for its person."""

    entry_id: str
    document_id: str
    name: str  # as its person calls the file
    person: str  # stands for them in queues
    network: str  # "" where networks are not counted
    small: bool
    whole: bool  # every page was read for this entry and is kept; what is left are scans and vectors
    looked_at: int  # 1-based number of the page that matters most
    attempts: int  # how often it was taken before and not handed over
    body: str  # what was told of it last
    network_left: int | None  # pages that its network may still keep; None where that is not counted


@dataclass(frozen=True, slots=True)
class ReadingProgress:
    """What is known of a job. `body` is the worker's, "" before one has told anything."""

    body: str
    taken: bool
    ended: bool  # nothing more is done unless it is filed again
    attended: bool = True  # whether there is any worker at this moment


class ReadingJobs(Protocol):
    """Bodies are the caller's. Raises StorageError where the store cannot be reached. Thread-safe.

    A job goes with its entry. A worker holds its jobs while it renews them; those of one that is gone are free again.
    """

    # -------------------------------------------------------------------------------------------- who waits

    def file(
        self, entry_id: str, *, person: str, network: str, small: bool, whole: bool, network_left: int | None = None
    ) -> None:
        """Have an entry read; one that is waiting or being read goes on. Raises DocumentGone where there is none."""
        ...

    def progress(self, entry_ids: Collection[str]) -> dict[str, ReadingProgress]:
        """Of those for which there is a job; one that was done to its end has none any more."""
        ...

    def want(self, looked_at: Mapping[str, int]) -> None:
        """Somebody waits for these entries now, and looks at these pages (1-based)."""
        ...

    def listen(self, told: Callable[[str], None]) -> None:
        """Call `told` with an entry's id when its job has moved, with "" where any may have; it must not wait."""
        ...

    def waiting(self) -> int:
        """How many jobs nobody works on."""
        ...

    def workers(self) -> int:
        """How many workers there are at this moment."""
        ...

    # -------------------------------------------------------------------------------------------- who works

    def attend(self, told: Callable[[], None]) -> None:
        """Be a worker from here on. `told` is called when there may be a job; it must not wait."""
        ...

    def take(self, *, small_only: bool, without: Collection[str] = ()) -> ReadingJob | None:
        """The job whose turn it is, now the caller's; None where there is none.

        Networks take turns, and their people within them; those whose person waits come first. `without`: networks
        that have their share of the caller already.
        """
        ...

    def renew(self, entry_ids: Collection[str]) -> dict[str, int]:
        """Go on with these jobs: entry -> the page that matters most (1-based). What is missing is no longer the
        caller's to do: another worker has it, or its person removed the entry."""
        ...

    def tell(self, entry_id: str, body: str, *, whole: bool) -> None:
        """How far a job of the caller's has come."""
        ...

    def end(self, entry_id: str, body: str) -> None:
        """A job of the caller's is over, and what came of it is told until it is filed again."""
        ...

    def drop(self, entry_id: str) -> None:
        """A job of the caller's is over, and the store tells what came of it."""
        ...

    def let_go(self, entry_ids: Collection[str]) -> None:
        """Others may take these jobs of the caller's at once."""
        ...

    def claiming(self) -> AbstractContextManager[None]:
        """While it lasts, nobody else looks how much is kept in order to keep more."""
        ...

    def usage(self, entry_id: str) -> Usage:
        """What the person keeps whose entry it is."""
        ...
