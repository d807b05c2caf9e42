"""A dated collection: when each document is from, in which period it is counted, and what can be shown of it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.message import Message, message
from shared_utils.timeline.dated import Dated, dated
from shared_utils.timeline.themes import Source, Theme
from shared_utils.types import Answer, Document

Corrected = Mapping[str, str]
"""Document id -> the date that a person gave it, in ISO form."""


@dataclass(frozen=True, slots=True)
class DatedDocument:
    """A document with its date and the period it is counted in: its year, or its month or day where all are of one
    year; "" where nothing tells."""

    document_id: str
    name: str
    dated: Dated
    period: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a collection tells through the years: a figure that was asked for, or themes; `notes` say what lacks."""

    documents: tuple[DatedDocument, ...]  # oldest first, undated ones last
    figure: Answer | None
    themes: tuple[Theme, ...]
    notes: tuple[Message, ...]

    @property
    def periods(self) -> tuple[str, ...]:
        return tuple(sorted({document.period for document in self.documents if document.period}))


def dated_documents(documents: Sequence[Document], corrected: Corrected) -> tuple[DatedDocument, ...]:
    """The documents with their dates, oldest first."""
    told = [
        (d, dated(d.pages, title=d.title, name=d.name, made_on=d.made_on, corrected=corrected.get(d.id, "")))
        for d in documents
    ]
    length = _length([date.iso for _, date in told if date.iso])
    found = [DatedDocument(d.id, d.name, date, date.iso[:length]) for d, date in told]
    return tuple(sorted(found, key=lambda one: (not one.dated.iso, one.dated.iso, one.name)))


def _length(isos: Sequence[str]) -> int:
    """How much of a date tells periods apart: the year, else the month, else the day."""
    return next((length for length in (4, 7) if len({iso[:length] for iso in isos}) > 1), 10 if len(isos) > 1 else 4)


def sources(documents: Sequence[Document], told: Sequence[DatedDocument]) -> list[Source]:
    """What themes are counted in."""
    period = {one.document_id: one.period for one in told}
    return [Source(d.id, period.get(d.id, ""), d.pages) for d in documents]


def notes_on_dates(told: Sequence[DatedDocument]) -> tuple[Message, ...]:
    """What should be known of the dates: which are guessed, which are missing."""
    guessed = tuple(one.name for one in told if one.dated.is_guessed)
    missing = tuple(one.name for one in told if not one.dated.iso)
    notes = []
    if guessed:
        notes.append(message("The dates of {names} are guessed; they can be corrected.", names=guessed))
    if missing:
        notes.append(message("No date was found for {names}; give one, and it is counted, too.", names=missing))
    return tuple(notes)
