"""A comparison of two editions in words: counts, notes, what each change is called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.editions.model import Change, ChangeKind, Comparison, FactChange, FactKind, Side
from shared_utils.editions.selection import counts_of
from shared_utils.message import Message, counted, message
from shared_utils.storage.kept_pages import facts_of
from shared_utils.types import Document
from src.i18n import ENGLISH, Say, phrase
from src.presentation.describe import page_name
from src.presentation.escaping import plain

KINDS = {
    ChangeKind.REWORDED: phrase("Reworded"),
    ChangeKind.ADDED: phrase("Added"),
    ChangeKind.REMOVED: phrase("Removed"),
}
FACTS = {
    FactKind.NUMBER: phrase("Numbers"),
    FactKind.DATE: phrase("Dates"),
    FactKind.NAME: phrase("Names"),
    FactKind.NEGATION: phrase("Negations"),
    FactKind.OBLIGATION: phrase("Obligations"),
}
_ONE_FACT = {
    FactKind.NUMBER: phrase("Number"),
    FactKind.DATE: phrase("Date"),
    FactKind.NAME: phrase("Name"),
    FactKind.NEGATION: phrase("Negation"),
    FactKind.OBLIGATION: phrase("Obligation"),
}


@dataclass(frozen=True, slots=True)
class Edition:
    """What a comparison says of one of its documents. `labels`: page number -> the label printed on it."""

    document_id: str
    name: str
    pages: int
    labels: dict[int, str]


def edition_of(document: Document) -> Edition:
    """The document as a comparison names it."""
    labels = {page.number: page.label for page in facts_of(document.pages)}
    return Edition(document.id, plain(document.name), len(document.pages), labels)


def notes_of(comparison: Comparison, before: Edition, after: Edition) -> tuple[Message, ...]:
    """What a person has to know of a comparison before its changes, and what can be done where there is little."""
    if before.document_id == after.document_id:
        return (message("This is the same document twice: nothing differs. Choose another edition of it."),)
    empty = [e.name for e, n in ((before, comparison.before_words), (after, comparison.after_words)) if not n]
    if empty:
        return tuple(
            message(
                "{name} has no words that can be compared. Where its pages are scans, have them recognised.", name=name
            )
            for name in empty
        )
    notes: list[Message] = []
    if comparison.is_partial:
        notes.append(
            message(
                "{before} and {after} do not seem to be editions of one document: {share:.0f} % of their runs of words "
                "are in both. Passages that both hold are compared; what only one of them says is left out.",
                before=before.name,
                after=after.name,
                share=100 * comparison.kinship.text,
            )
        )
    elif not comparison.changes:
        notes.append(message("Both editions say the same, word for word."))
    if comparison.moved and not comparison.is_partial:
        notes.append(
            counted(
                comparison.moved,
                "{n:,} passage stands in another place than before; that is no change.",
                "{n:,} passages stand in another place than before; that is no change.",
            )
        )
    return tuple(notes)


def summary(changes: Sequence[Change], say: Say = ENGLISH) -> str:
    """How many changes there are of each kind, and how many facts differ, in one line; "" where there are none."""
    found = counts_of(changes)
    kinds = [
        say.n(found.changes[ChangeKind.REWORDED], "{n:,} passage reworded", "{n:,} passages reworded"),
        say.n(found.changes[ChangeKind.ADDED], "{n:,} added", "{n:,} added"),
        say.n(found.changes[ChangeKind.REMOVED], "{n:,} removed", "{n:,} removed"),
    ]
    facts = [
        say.n(found.facts[FactKind.NUMBER], "{n:,} number", "{n:,} numbers"),
        say.n(found.facts[FactKind.DATE], "{n:,} date", "{n:,} dates"),
        say.n(found.facts[FactKind.NAME], "{n:,} name", "{n:,} names"),
        say.n(found.facts[FactKind.NEGATION], "{n:,} negation", "{n:,} negations"),
        say.n(found.facts[FactKind.OBLIGATION], "{n:,} obligation", "{n:,} obligations"),
    ]
    some = [text for text, n in zip(facts, found.facts.values(), strict=True) if n]
    line = say.listed([text for text, n in zip(kinds, (1, *list(found.changes.values())[:2]), strict=True) if n])
    if not found.total:
        return ""
    return say("{changes}. Changed facts: {facts}.", changes=line, facts=say.listed(some)) if some else f"{line}."


def kind_name(change: Change, say: Say = ENGLISH) -> str:
    """ "Reworded", "Added", "Removed"."""
    return say(KINDS[change.kind])


def run_name(run: Sequence[Change], say: Say = ENGLISH) -> str:
    """What changes that are read together are called: "Removed 2 · Added 5"; of one alone its kind."""
    if len(run) == 1:
        return kind_name(run[0], say)
    counts = counts_of(run).changes
    order = (ChangeKind.REWORDED, ChangeKind.REMOVED, ChangeKind.ADDED)
    return " · ".join(f"{say(KINDS[kind])} {say.number(counts[kind])}" for kind in order if counts[kind])


def fact_name(fact: FactChange, say: Say = ENGLISH) -> str:
    """ "Number"; with what a table calls it: "Number · Total revenue · 2020"."""
    return " · ".join(filter(None, [say(_ONE_FACT[fact.kind]), plain(fact.about)]))


def fact_sides(fact: FactChange) -> tuple[str, str]:
    """What each edition says, "–" where it has nothing in its place."""
    return (
        plain(fact.before.text) if fact.before else "–",
        plain(fact.after.text) if fact.after else "–",
    )


def where(side: Side, edition: Edition, say: Say = ENGLISH) -> str:
    """The page, or the pages, a passage stands on."""
    pages = sorted({place.page for place in side.places})
    return say.listed([page_name(page, edition.labels.get(page, ""), say) for page in pages])
