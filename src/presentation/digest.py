"""What a comparison shows first, in words: figures that both editions speak of most, sections that came and went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared_utils.editions.model import Comparison, Figure, KeyFigure, Opening
from shared_utils.structure.model import Place
from src.i18n import ENGLISH, Say
from src.presentation.changes import Edition
from src.presentation.describe import growth_figure, page_name
from src.presentation.escaping import plain


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """One edition's value: "17,606", "2022", "p. 40"."""

    text: str
    of: str
    page: str


@dataclass(frozen=True, slots=True)
class FigureRow:
    label: str
    before: ShownFigure
    after: ShownFigure
    growth: str  # "+7.8 %"; "" where it cannot be told
    scale: str = ""  # "in millions", where both editions count so; else each value tells its own


@dataclass(frozen=True, slots=True)
class SectionLine:
    title: str
    page: str
    passages: str


@dataclass(frozen=True, slots=True)
class Digest:
    """`heads` are those of the table of figures; `sections` holds the side that has them ("a" for the later edition,
    "b" for the earlier), a heading and its lines."""

    title: str
    heads: tuple[str, str, str, str]
    figures: tuple[FigureRow, ...]
    sections: tuple[tuple[str, str, tuple[SectionLine, ...]], ...]

    def __bool__(self) -> bool:
        return bool(self.figures or self.sections)


def digest_of(comparison: Comparison, before: Edition, after: Edition, say: Say = ENGLISH) -> Digest:
    """The digest of a comparison; false where neither edition tells a figure often nor has a section of its own."""
    kinds = (
        ("a", say("New sections"), comparison.added, after),
        ("b", say("Sections that were dropped"), comparison.dropped, before),
    )
    return Digest(
        say("Figures that both speak of most"),
        (say("Figure"), say("Before"), say("After"), say("Change")),
        tuple(
            FigureRow(
                plain(one.label),
                _shown(one.before, before, say, has_scale=not _shares_scale(one)),
                _shown(one.after, after, say, has_scale=not _shares_scale(one)),
                growth_of(one, say),
                plain(one.after.scale) if _shares_scale(one) else "",
            )
            for one in comparison.figures
        ),
        tuple((side, title, tuple(_lines(found, edition, say))) for side, title, found, edition in kinds if found),
    )


def growth_of(figure: KeyFigure, say: Say = ENGLISH) -> str:
    """ "+7.8 %", of a share "+1.2 percentage points"."""
    if figure.growth is None:
        return ""
    growth = growth_figure(figure.growth, say)
    return say("{growth} percentage points", growth=growth) if figure.is_share else say("{growth} %", growth=growth)


def _shares_scale(figure: KeyFigure) -> bool:
    return figure.before.scale.casefold() == figure.after.scale.casefold()


def _shown(figure: Figure, edition: Edition, say: Say, *, has_scale: bool) -> ShownFigure:
    of = " · ".join(filter(None, (plain(figure.head), plain(figure.scale) if has_scale else "")))
    return ShownFigure(plain(figure.text), of, _page(figure.places[0], edition, say))


def _page(place: Place, edition: Edition, say: Say) -> str:
    return page_name(place.page, edition.labels.get(place.page, ""), say)


def _lines(found: Sequence[Opening], edition: Edition, say: Say) -> Iterator[SectionLine]:
    for one in found:
        passages = say.n(one.passages, "{n:,} passage", "{n:,} passages")
        yield SectionLine(plain(one.title), _page(one.place, edition, say), passages)
