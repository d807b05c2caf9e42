"""Some of a comparison's changes: of a section, of a kind, about something; and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shared_utils.editions.model import Change, ChangeKind, FactKind, Side
from shared_utils.text.words import terms

_GAP = 4  # characters between two passages that stand next to each other: white space
_PAGE_HEAD = 120  # characters of a page within which its first passage begins


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


def in_runs(changes: Sequence[Change]) -> tuple[tuple[Change, ...], ...]:
    """The changes in their order, those that are read together in one run, every other one alone.

    Passages that only one edition has and that stand next to each other are read together, with those of the other
    edition in their place; so are the rows of tables of one page.
    """
    runs: list[list[Change]] = []
    for change in changes:
        if runs and runs[-1][-1].section == change.section and _goes_with(runs[-1], change):
            runs[-1].append(change)
        else:
            runs.append([change])
    return tuple(map(tuple, runs))


def _goes_with(run: Sequence[Change], change: Change) -> bool:
    if change.is_row and all(one.is_row for one in run):
        return all(
            not side
            or not (others := [getattr(one, name) for one in run if getattr(one, name)])
            or others[-1].page == side.page
            for name, side in (("before", change.before), ("after", change.after))
        )
    if any(one.is_row or one.kind is ChangeKind.REWORDED for one in (*run, change)):
        return False
    last = next((one for one in reversed(run) if one.kind is change.kind), None)
    side = change.after or change.before
    before = None if last is None else last.after or last.before
    return side is None or before is None or _follows(before, side)


def _follows(one: Side, other: Side) -> bool:
    """Whether nothing stands between two passages of an edition."""
    end, start = one.places[-1], other.places[0]
    if end.page == start.page:
        return 0 <= start.start - end.end <= _GAP
    return end.page + 1 == start.page and start.start <= _PAGE_HEAD


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
