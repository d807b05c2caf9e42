"""Some of a comparison's changes: of a section, of a kind, about something; and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared_utils.editions.model import Change, ChangeKind, FactKind
from shared_utils.text.words import terms


@dataclass(frozen=True, slots=True)
class Counts:
    """How many changes there are of each kind, and how many facts of each kind differ in them."""

    changes: dict[ChangeKind, int]
    facts: dict[FactKind, int]

    @property
    def total(self) -> int:
        return sum(self.changes.values())


def counts_of(changes: Sequence[Change]) -> Counts:
    """The counts of every kind, 0 included."""
    kinds = Counter(change.kind for change in changes)
    facts = Counter(fact.kind for change in changes for fact in change.facts)
    return Counts({kind: kinds[kind] for kind in ChangeKind}, {kind: facts[kind] for kind in FactKind})


def sections_of(changes: Sequence[Change]) -> tuple[tuple[str, int], ...]:
    """The headings that changes stand under, in order, each with their number; "" for what stands under none."""
    return tuple(Counter(change.section for change in changes).items())


def selected(
    changes: Sequence[Change],
    *,
    kinds: Collection[ChangeKind] = (),
    facts: Collection[FactKind] = (),
    section: str | None = None,
    about: str = "",
) -> tuple[Change, ...]:
    """The changes of one of these kinds, in which a fact of one of these kinds differs, under one heading, about
    something: whatever is not given, all."""
    wanted = frozenset(terms(about))
    return tuple(
        change
        for change in changes
        if (not kinds or change.kind in kinds)
        and (not facts or any(fact.kind in facts for fact in change.facts))
        and (section is None or change.section == section)
        and (not wanted or wanted <= _spoken_of(change))
    )


def _spoken_of(change: Change) -> set[str]:
    """The index terms of a change: its words, its headings, the labels of its values."""
    sides = [side for side in (change.before, change.after) if side is not None]
    words = [text for side in sides for text in (side.text, side.section)]
    return set(terms("\n".join([*words, *(fact.about for fact in change.facts)])))
