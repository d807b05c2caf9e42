"""A comparison as data: verbatim stretches of two documents, what became of them, and the facts that differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared_utils.structure.model import Place


class ChangeKind(StrEnum):
    """What became of a passage. The values are what programs read."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"


class FactKind(StrEnum):
    """What kind of thing differs in a reworded passage. The values are what programs read."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NEGATION = "negation"
    OBLIGATION = "obligation"  # shall, must, may, should: what has to be done, and what is allowed


@dataclass(frozen=True, slots=True)
class Fact:
    """What one side says: `text` as it is printed, and where that stands, a place for each page it is on."""

    text: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class FactChange:
    """One fact of two editions; None where a side has nothing in its place. At least one side is there.

    `about` names it where a table does: the labels of its row and the names over its column.
    """

    kind: FactKind
    before: Fact | None
    after: Fact | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a passage in reading order; `differs` where its counterpart in the other edition has not got them.

    A passage that only one edition has is one piece.
    """

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Side:
    """A passage of one edition: its words with single blanks, where they stand, and how they differ."""

    text: str
    places: tuple[Place, ...]
    pieces: tuple[Piece, ...]
    section: str = ""  # the heading it stands under

    @property
    def page(self) -> int:
        """The number of the page it begins on, 1-based."""
        return self.places[0].page


@dataclass(frozen=True, slots=True)
class Change:
    """One passage that differs. Added ones have no `before`, removed ones no `after`."""

    kind: ChangeKind
    before: Side | None
    after: Side | None
    facts: tuple[FactChange, ...] = ()
    is_row: bool = False  # of a table
    is_moved: bool = False  # it also stands in another place than before

    @property
    def section(self) -> str:
        """The heading it stands under: that of the later edition where it is in both."""
        side = self.after or self.before
        return side.section if side else ""


@dataclass(frozen=True, slots=True)
class Kinship:
    """How much two documents have of one another, each 0 … 1: words in common, headings in common, likeness of titles.

    `text` is the share of the shorter one's runs of words that the other holds too.
    """

    text: float
    headings: float
    title: float
    are_editions: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A value of a table as it is printed, the names over its column, what its table counts ("in millions")."""

    text: str
    head: str
    scale: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """A figure of both editions, each of its newest year. `growth` in percent to one decimal, of a share
    (`is_share`) in percentage points; None where it cannot be told."""

    label: str
    before: Figure
    after: Figure
    growth: Decimal | None
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """A section that only one edition has: its heading, where it begins, how many passages it holds."""

    title: str
    place: Place
    passages: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes in the order of the later edition; what was removed stands where it would have been.

    `unchanged` counts the passages that say the same, `moved` those of them that stand elsewhere. `figures` are those
    that both editions speak of most; `added` and `dropped` are whole sections, of the later and the earlier one.
    """

    kinship: Kinship
    changes: tuple[Change, ...]
    unchanged: int
    moved: int
    before_words: int
    after_words: int
    figures: tuple[KeyFigure, ...] = ()
    added: tuple[Opening, ...] = ()
    dropped: tuple[Opening, ...] = ()
    is_partial: bool = False  # no editions of one another: only passages that have a counterpart are compared


def places_within(places: Iterable[Place], start: int, end: int) -> Iterator[Place]:
    """Where `[start:end]` of a text stands that is made of `places` with a blank between two of them."""
    offset = 0
    for place in places:
        length = place.end - place.start
        first, last = max(start, offset), min(end, offset + length)
        if first < last:
            yield Place(place.page, place.start + first - offset, place.start + last - offset)
        offset += length + 1
