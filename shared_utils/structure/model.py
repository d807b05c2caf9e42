"""Structure as data: verbatim places on pages, and what they are to each other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared_utils.types import Page, Span


@dataclass(frozen=True, slots=True)
class Place:
    """`text[start:end]` of the page with this number."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A label and what stands beside it: "Height" and "1.67 m". `label` goes without its colon.

    `parts` are the lines of the value, top down; `value` reaches from the first to the last.
    """

    label: Span
    value: Span
    parts: tuple[Span, ...]


class ListKind(StrEnum):
    """What the items of a list begin with."""

    NUMBERED = "numbered"  # 1. or a) or iv. or Step 3
    BULLETED = "bulleted"


@dataclass(frozen=True, slots=True)
class Item:
    """One item, without its mark: `text` is its places' words with single blanks, one place for each page it is on.

    `level` is 0 for the outermost. An item's own text does not hold that of the items under it.
    """

    mark: str
    kind: ListKind
    level: int
    places: tuple[Place, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ItemList:
    """Items in order, those under an item right after it; never empty, all outermost ones of one kind.

    `lead` is the sentence that leads in ("To reset the device:"), for a list under an item that item.
    """

    kind: ListKind
    items: tuple[Item, ...]
    lead: Place | None = None
    heading: Place | None = None
    is_steps: bool = False  # numbered, and says what to do

    @property
    def pages(self) -> tuple[int, ...]:
        """The numbers of the pages that its items stand on, ascending."""
        return tuple(sorted({place.page for item in self.items for place in item.places}))


class CaptionKind(StrEnum):
    TABLE = "table"
    FIGURE = "figure"


@dataclass(frozen=True, slots=True)
class Caption:
    """A numbered caption: `label` is "Table 3", `whole` all of it, over as many lines as it has."""

    kind: CaptionKind
    label: Span
    whole: Span


@dataclass(frozen=True, slots=True)
class Footnote:
    """A note at the foot of a page or a table, and the marks on that page that refer to it."""

    mark: str
    marks: tuple[Span, ...]
    note: Span


@dataclass(frozen=True, slots=True)
class Definition:
    """A sentence that says what a term means."""

    term: Span
    whole: Span


def words(page: Page, span: Span) -> str:
    """A slice of a page with single blanks."""
    return " ".join(page.text[span.start : span.end].split())
