"""Nearest vectors among very many, approximately: one inverted file over the documents that are searched together.

Vectors are assigned to the nearest of √n-many centroids, and a query looks through the lists of the nearest of those
(IVF: Jégou, Douze and Schmid, "Product Quantization for Nearest Neighbor Search", 2011; here faiss's, with 8 bits a
number). What is found is scored again with the vectors themselves, so a cosine is always exact and only a neighbour
may be missed. docs/adr/0113-an-inverted-file-for-large-libraries.md has what was measured.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Sequence
from itertools import accumulate
from pathlib import Path

import faiss
import numpy as np

from shared_utils.retrieval.dense import DenseIndex, Rows, Scores, cosines_here
from shared_utils.retrieval.joined_words import JoinedWords, Run
from shared_utils.types import Vectors

LARGE = 50_000  # vectors: below, the exact scan takes some milliseconds
_LISTS_PER_ROOT = 4  # lists: the power of two below 4·√n, as faiss advises
_LOOKED_THROUGH = 1 / 8  # of the lists
_TRAINED_ON = 40  # vectors a list; faiss asks for 39 at least
_RETRIEVED = 2  # times as many as are wanted, to be scored again
_LEFT_OUT = 0.1  # of the vectors: with more of them new, a file is made anew

_log = logging.getLogger(__name__)


class InvertedFile:
    """The vectors of some documents, in an inverted file. It does not keep the documents' own vectors alive."""

    def __init__(self, members: Sequence[DenseIndex]) -> None:
        """Takes a minute of a core for a million vectors."""
        faiss.omp_set_num_threads(1)  # this thread's: the cores are for whoever waits
        self._begins = np.array([0, *accumulate(len(member) for member in members)], dtype=np.int64)
        self._places = weakref.WeakKeyDictionary({member: place for place, member in enumerate(members)})
        total, dimensions = int(self._begins[-1]), members[0].dimensions
        lists = 1 << int(np.log2(_LISTS_PER_ROOT * np.sqrt(total)))
        self._quantizer = faiss.IndexFlatIP(dimensions)
        self._index = faiss.IndexIVFScalarQuantizer(
            self._quantizer, dimensions, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
        )
        self._index.nprobe = max(1, int(lists * _LOOKED_THROUGH))
        self._index.train(_sample(members, min(total, lists * _TRAINED_ON)))
        for member in members:
            self._index.add(member.vectors)

    def __contains__(self, member: object) -> bool:
        return member in self._places

    @property
    def is_whole(self) -> bool:
        """Whether every document is still there: the vectors of one that was removed are not kept."""
        return len(self._places) == len(self._begins) - 1

    def nearest(self, members: Sequence[DenseIndex], query: Vectors, top_k: int) -> list[tuple[Rows, Scores]]:
        """Of each of some documents in the file, the rows and cosines among the `top_k` nearest of them all."""
        faiss.omp_set_num_threads(1)
        places = [self._places[member] for member in members]
        found = self._search(query, _RETRIEVED * top_k, places)
        ids = np.sort(found[found >= 0])
        bounds = np.searchsorted(ids, self._begins)
        at = np.array(places, dtype=np.int64)
        held = np.flatnonzero(bounds[at] < bounds[at + 1]).tolist()  # few documents of a large library
        rows = [ids[bounds[places[one]] : bounds[places[one] + 1]] - self._begins[places[one]] for one in held]
        scores = cosines_here([members[one] for one in held], query, rows)
        every = np.sort(np.concatenate(scores))[::-1] if held else np.array([], dtype=np.float32)
        least = every[min(top_k, len(every)) - 1] if len(every) else np.float32(0)
        near = [(ids[:0], every[:0])] * len(members)
        for one, chosen, score in zip(held, rows, scores, strict=True):
            near[one] = chosen[score >= least], score[score >= least]
        return near

    def _search(self, query: Vectors, count: int, places: Sequence[int]) -> Rows:
        """Numbers of vectors that are near, -1 where there are fewer than `count`."""
        if len(places) == len(self._begins) - 1:
            return _numbers(self._index.search(query, count))
        inside = np.zeros(int(self._begins[-1]), dtype=bool)
        for place in places:
            inside[self._begins[place] : self._begins[place + 1]] = True
        bits = np.packbits(inside, bitorder="little")
        only = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        among = faiss.SearchParametersIVF()
        among.sel, among.nprobe = only, self._index.nprobe
        return _numbers(self._index.search(query, count, params=among))


def _numbers(found: tuple[Scores, Rows]) -> Rows:
    """Of what faiss finds for one query."""
    numbers: Rows = found[1][0]
    return numbers


def _sample(members: Sequence[DenseIndex], count: int) -> Vectors:
    """`count` vectors, drawn evenly from all documents, always the same."""
    random = np.random.default_rng(0)
    total = sum(len(member) for member in members)
    shares = [max(1, round(count * len(member) / total)) for member in members]
    drawn = [
        member.rows(random.choice(len(member), min(share, len(member)), replace=False))
        for member, share in zip(members, shares, strict=True)
    ]
    sampled: Vectors = np.concatenate(drawn)
    return sampled


def in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="inverted-file", daemon=True).start()


class Neighbours:
    """Has an inverted file for each large set of documents that is searched. Made beside, so nobody waits for one.

    `words` has the same documents' words joined.
    """

    def __init__(self, large: int = LARGE, run: Run = in_a_thread, kept: int = 2, folder: Path | None = None) -> None:
        """`large`: from how many vectors on; `kept`: files at once, the last used; `folder`: see `JoinedWords`."""
        self.large, self._run, self._kept = large, run, kept
        self.words = JoinedWords(run, folder)
        self._lock = threading.Lock()
        self._files: list[InvertedFile] = []  # last used first
        self._is_making = False

    def of(self, members: Sequence[DenseIndex]) -> InvertedFile | None:
        """The file that holds most of these documents, or None: then, and for the rest, the exact scan serves."""
        total = sum(len(member) for member in members)
        if total < self.large:
            return None
        with self._lock:
            self._files = [file for file in self._files if file.is_whole]
            covered = [sum(len(member) for member in members if member in file) for file in self._files]
            best = max(range(len(covered)), key=covered.__getitem__, default=None)
            file = None if best is None or not covered[best] else self._files.pop(best)
            if file is not None:
                self._files.insert(0, file)
            missing = total - (0 if best is None else covered[best])
            is_due = missing > _LEFT_OUT * total and not self._is_making
            self._is_making |= is_due
        if is_due:
            self._run(lambda: self._make(tuple(members)))
        return file

    def _make(self, members: tuple[DenseIndex, ...]) -> None:
        try:
            file = InvertedFile(members)
            with self._lock:
                self._files = [file, *self._files][: self._kept]
        except (RuntimeError, MemoryError):  # faiss's own, and no room: the exact scan goes on serving
            _log.exception("No inverted file could be made of %d documents.", len(members))
        finally:
            with self._lock:
                self._is_making = False
