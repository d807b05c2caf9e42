"""What is being taken in counts before the store can tell: so a burst stays within the limits as much as a trickle."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial

from shared_utils.storage.store import Store, Usage
from src.answering.ingestion import SourceFile
from src.library.limits import Used, refuse_beyond_limits, refuse_pages_beyond_limits
from src.library.networks import NETWORK_SHARE
from src.settings import Settings

HandingOver = Callable[[], AbstractContextManager[None]]  # entered around the step from which on the store counts


@dataclass(frozen=True, slots=True)
class PagesClaim:
    """Pages of one file that are claimed while it is read."""

    claim: Callable[[int], None]  # so many pages; raises PdfTooLarge where a limit refuses them
    handing_over: HandingOver


@dataclass(slots=True, eq=False)
class _Claim:
    key: str
    network: str
    bytes: int = 0
    pages: int = 0


class Claims:
    """Bytes and pages that are claimed for a while. Thread-safe.

    What a network keeps is what those keep who added files from there since this process began.
    """

    def __init__(self, store: Store, limits: Settings) -> None:
        self._store = store
        self._limits = limits
        self._open: list[_Claim] = []
        self._keys_of: dict[str, set[str]] = {}  # network -> keys of those who added something from there
        self._lock = threading.Lock()

    @contextmanager
    def adding(self, key: str, network: str, name: str, size: int) -> Iterator[HandingOver]:
        """Around taking in a file of `size` bytes. Raises PdfTooLarge where a limit refuses it."""
        claim = _Claim(key, network, bytes=size)
        with self._lock:
            refuse_beyond_limits(self._limits, name, size, self._used(claim))
            self._open.append(claim)
            if claim.network:
                self._keys_of.setdefault(claim.network, set()).add(claim.key)
        try:
            yield partial(self._handing_over, claim)
        finally:
            self._release(claim)

    @contextmanager
    def reading(self, key: str, network: str, source: SourceFile) -> Iterator[PagesClaim]:
        """Around reading a file. What it gives is told the file's pages before they are read, and raises PdfTooLarge
        where a limit refuses them."""
        claim = _Claim(key, network)

        def claim_pages(pages: int) -> None:
            state = self._store.reading_state(source.id)
            counted = (state.page_count or 0) if state else 0  # it was opened before, and the store counts it
            with self._lock:
                refuse_pages_beyond_limits(self._limits, source.name, max(0, pages - counted), self._used(claim))
                claim.pages = max(0, pages - counted)
                self._open.append(claim)

        try:
            yield PagesClaim(claim_pages, partial(self._handing_over, claim))
        finally:
            self._release(claim)

    def pages_left(self, key: str, network: str) -> int | None:
        """How many pages a network may still keep; None where that is not counted. Raises StorageError."""
        if not network:
            return None
        with self._lock:
            used = self._used(_Claim(key, network)).network
        return None if used is None else max(0, self._limits.max_person_pages * NETWORK_SHARE - used.pages)

    @contextmanager
    def _handing_over(self, claim: _Claim) -> Iterator[None]:
        """Nobody is counted meanwhile: what the store begins to count here is counted neither twice nor not at all."""
        with self._lock:
            yield
            self._let_go(claim)

    def _release(self, claim: _Claim) -> None:
        with self._lock:
            self._let_go(claim)

    def _let_go(self, claim: _Claim) -> None:
        self._open = [other for other in self._open if other is not claim]

    def _used(self, claim: _Claim) -> Used:
        person = self._with_claims(self._store.usage(claim.key), lambda other: other.key == claim.key)
        total = self._with_claims(self._store.total_usage(), lambda _: True)
        if not claim.network:
            return Used(person, None, total)
        usages = {key: self._store.usage(key) for key in self._keys_of.pop(claim.network, ())}
        adding = {other.key for other in self._open}  # of these the store does not know yet
        if keys := {key for key, usage in usages.items() if usage.files or key in adding}:
            self._keys_of[claim.network] = keys
        kept = Usage(
            sum(usage.files for usage in usages.values()),
            sum(usage.pages for usage in usages.values()),
            sum(usage.bytes for usage in usages.values()),
        )
        network = self._with_claims(kept, lambda other: other.network == claim.network)
        return Used(person, network, total)

    def _with_claims(self, kept: Usage, counts: Callable[[_Claim], bool]) -> Usage:
        mine = [claim for claim in self._open if counts(claim)]
        return Usage(
            kept.files,
            kept.pages + sum(claim.pages for claim in mine),
            kept.bytes + sum(claim.bytes for claim in mine),
        )
