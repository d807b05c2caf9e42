"""What a tab remembers of the two editions it compares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared_utils.editions.kept import compared
from shared_utils.editions.kinship import Sketch, sketch, suggested_pairs
from shared_utils.editions.model import Comparison
from shared_utils.types import Document
from src.presentation.changes import Edition, edition_of

if TYPE_CHECKING:
    from src.screen.citations import Source

_State = tuple[str, int]
"""A document's id and how many of its pages have been read."""


@dataclass(frozen=True, slots=True)
class Compared:
    comparison: Comparison
    before: Edition
    after: Edition


@dataclass(slots=True)
class Editions:
    """Mutable, one per tab. Nothing of a document outlives the tab or its place among the chosen two."""

    before: str = ""  # document ids
    after: str = ""
    shown: int = 0  # changes drawn; 0 = as many as at first
    open: int = -1  # the change whose pages stand side by side
    groups: list[list[Source]] = field(default_factory=list)  # what the viewer opens, a group for every change drawn
    _sketches: dict[_State, Sketch] = field(default_factory=dict)
    _compared: tuple[tuple[_State, _State], Compared] | None = None

    def suggested(self, documents: Sequence[Document]) -> list[tuple[str, str]]:
        """Pairs that are editions of one another, the likest first."""
        known = self._sketches
        self._sketches = {_state(d): known.get(_state(d)) or sketch(d) for d in documents}
        return suggested_pairs(list(self._sketches.values()))

    def compared(self, before: Document, after: Document) -> Compared:
        """The comparison of the two, made once for each state of them."""
        key = _state(before), _state(after)
        if self._compared is None or self._compared[0] != key:
            self._compared = key, Compared(compared(before, after), edition_of(before), edition_of(after))
            self.shown, self.open = 0, -1
        return self._compared[1]


def _state(document: Document) -> _State:
    return document.id, len(document.pages)
