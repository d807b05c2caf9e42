"""Has the words of large libraries joined. That is done beside, so nobody waits for it."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.bm25 import Postings
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.joined import MOST_UNITS, Part, alone, joined

_LEAST_ASKED = 0.5  # of a part's passages: a question for fewer looks into each document by itself
_LEFT_OUT = 0.1  # of the passages: with more of them in no part, they are joined

_log = logging.getLogger(__name__)

Run = Callable[[Callable[[], None]], None]
Asked = tuple[Part, NDArray[np.int64]]
"""A part of what is searched, and the place of each of its documents among those that are; -1 where it is not."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A part, and who is in it: by their postings, which are one's own, and not kept alive by it."""

    part: Part
    members: tuple[weakref.ref[Postings], ...]

    @property
    def is_whole(self) -> bool:
        """Whether every document is still there: the words of one that was removed are not kept."""
        return all(member() is not None for member in self.members)

    @property
    def has_any(self) -> bool:
        return any(member() is not None for member in self.members)


class JoinedWords:
    """The parts of every large library that is searched. Safe for many threads."""

    def __init__(self, run: Run, folder: Path | None = None, most_units: int = MOST_UNITS) -> None:
        """`folder`: where files without a name are made, None for the machine's temporary one."""
        self._run, self._folder, self._most_units = run, folder, most_units
        self._lock = Lock()
        self._kept: list[_Kept] = []
        self._is_making = False

    def of(self, indexes: Sequence[DocumentIndex]) -> list[Asked]:
        """All of the documents, each in one part; and what is in none is joined for the next question."""
        sizes = np.array([len(index.chunks) for index in indexes])
        place_of = {id(index.chunk_words): place for place, index in enumerate(indexes)}
        found, left = list[Asked](), set(range(len(indexes)))
        with self._lock:
            self._kept = [kept for kept in self._kept if kept.has_any]
            for kept in self._kept:
                places = np.array([place_of.get(id(member()), -1) for member in kept.members])
                asked = places[places >= 0]
                whole = int(kept.part.chunks.begins[-1])
                if sizes[asked].sum() >= _LEAST_ASKED * whole and left.issuperset(asked.tolist()):
                    found.append((kept.part, places))
                    left.difference_update(asked.tolist())
            loose = [indexes[place] for place in sorted(left)]
            stale = [kept for kept in self._kept if not kept.is_whole]
            renewed = [
                indexes[place]
                for part, places in found
                if any(kept.part is part for kept in stale)
                for place in places[places >= 0]
            ]
            groups = list(_together([*renewed, *loose], self._most_units))
            missing = sum(len(index.chunks) for group in groups for index in group)
            is_due = (missing > _LEFT_OUT * sizes.sum() or bool(stale)) and not self._is_making
            self._is_making |= is_due
        if is_due:
            self._run(lambda: self._make(groups, stale))
        return [*found, *((alone(indexes[place]), np.array([place])) for place in sorted(left))]

    def _make(self, groups: Sequence[Sequence[DocumentIndex]], instead_of: Sequence[_Kept]) -> None:
        try:
            for together in groups:
                kept = _Kept(joined(together, self._folder), tuple(weakref.ref(one.chunk_words) for one in together))
                with self._lock:
                    self._kept = [kept, *self._kept]  # the newest first: it is taken before what it stands for
        except (OSError, MemoryError):  # no room: each document goes on being searched by itself
            _log.exception("The words of %d documents could not be joined.", sum(map(len, groups)))
        finally:
            with self._lock:
                self._kept = [kept for kept in self._kept if kept not in instead_of]
                self._is_making = False


def _together(indexes: Sequence[DocumentIndex], most_units: int) -> Iterator[list[DocumentIndex]]:
    """Neighbours with as many passages as one part has, two documents at least."""
    group: list[DocumentIndex] = []
    units = 0
    for index in indexes:
        if group and units + len(index.chunks) > most_units:
            if len(group) > 1:
                yield group
            group, units = [], 0
        group.append(index)
        units += len(index.chunks)
    if len(group) > 1:
        yield group
