"""Comparisons that were made, kept for as long as both documents are: the page, the API and questions ask for the same.

A comparison of two reports takes seconds and each page of its changes asks for it again. What is kept holds words of
both documents, so it goes with whichever of them is let go first.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import partial

from shared_utils.editions.compare import compare
from shared_utils.editions.model import Comparison
from shared_utils.types import Document

MOST = 8  # pairs; one of two reports of 200 pages takes some megabytes

_Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Kept:
    before: weakref.ref[Document]
    after: weakref.ref[Document]
    comparison: Comparison


class Comparisons:
    """Those asked for last, at most `most` pairs. May be called from any thread."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: dict[_Key, _Kept] = {}  # the one asked for last at the end

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, before: Document, after: Document) -> Comparison:
        """The comparison of these two, as `compare` makes it."""
        key = id(before), id(after)
        kept = self._kept.pop(key, None)
        if kept is None or kept.before() is not before or kept.after() is not after:
            # a callback may come at any moment and in any thread, so it takes no lock: each step is one of a dict's own
            forget = partial(_forget, self._kept, key)
            kept = _Kept(weakref.ref(before, forget), weakref.ref(after, forget), compare(before, after))
        self._kept[key] = kept
        for old in list(self._kept)[: -self._most]:
            self._kept.pop(old, None)
        return kept.comparison


def _forget(kept: dict[_Key, _Kept], key: _Key, gone: weakref.ref[Document]) -> None:
    found = kept.get(key)
    if found is not None and gone in (found.before, found.after):
        kept.pop(key, None)


_KEPT = Comparisons()


def compared(before: Document, after: Document) -> Comparison:
    """The comparison of two documents, made once for as long as both are held and few others are asked for."""
    return _KEPT.of(before, after)
