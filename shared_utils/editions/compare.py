"""Two documents compared as editions of one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from shared_utils.editions.alignment import Pair, align, word_changes
from shared_utils.editions.digest import key_figures, openings
from shared_utils.editions.facts import Hunk, Told, Words, differences
from shared_utils.editions.kinship import kinship_of
from shared_utils.editions.model import (
    Change,
    ChangeKind,
    Comparison,
    Fact,
    FactChange,
    FactKind,
    Piece,
    Side,
    places_within,
)
from shared_utils.editions.numbering import followed, renumbered
from shared_utils.editions.passages import Passage, Passages, Token, passages_of, tokens_of_editions
from shared_utils.editions.rows import are_other_rows, row_differences
from shared_utils.types import Document


def compare(before: Document, after: Document) -> Comparison:
    """What changed from one edition to the next, some milliseconds a page.

    Documents that are no editions of one another are compared only where a passage has a counterpart: then
    `is_partial` is set.
    """
    tokens = tokens_of_editions(before, after)
    old, new = passages_of(before, tokens), passages_of(after, tokens)
    kinship = kinship_of(before, after, old, new)
    pairs = align(old.passages, new.passages)
    numbers = renumbered(
        (old.passages[pair.before[0]].number, new.passages[pair.after[0]].number) for pair in pairs if pair.is_same
    )
    changes = list(_under_headings(change for pair in pairs for change in _changes(old, new, pair, numbers)))
    is_partial = not kinship.are_editions
    if is_partial:
        changes = [change for change in changes if change.kind is ChangeKind.REWORDED]
    reworded = sum(change.kind is ChangeKind.REWORDED for change in changes)
    both = [pair for pair in pairs if pair.before and pair.after]
    return Comparison(
        kinship=kinship,
        changes=tuple(changes),
        unchanged=len(both) - reworded,
        moved=sum(pair.is_moved for pair in both),
        before_words=old.words,
        after_words=new.words,
        figures=key_figures(old, new, both, before.pages, after.pages),
        added=() if is_partial else openings(new, frozenset(n for pair in both for n in pair.after), old),
        dropped=() if is_partial else openings(old, frozenset(n for pair in both for n in pair.before), new),
        is_partial=is_partial,
    )


def _under_headings(changes: Iterable[Change]) -> Iterator[Change]:
    """What was removed from a document without headings, under the heading of what is before it in the later one."""
    section = ""
    for change in changes:
        if change.before is not None and change.after is None and not change.before.section:
            yield replace(change, before=replace(change.before, section=section))
        else:
            section = change.section
            yield change


def _changes(old: Passages, new: Passages, pair: Pair, numbers: Mapping[str, str]) -> Iterator[Change]:
    if pair.is_same:
        return
    before = _Joined([old.passages[i] for i in pair.before], old)
    after = _Joined([new.passages[j] for j in pair.after], new)
    passages = (*before.passages, *after.passages)
    if not (pair.before and pair.after) and all(passage.is_repeated_head for passage in passages):
        return
    is_row = any(passage.is_row for passage in passages)
    if not pair.after:
        yield Change(ChangeKind.REMOVED, before.side([]), None, is_row=is_row)
    elif not pair.before:
        yield Change(ChangeKind.ADDED, None, after.side([]), is_row=is_row)
    elif pair.is_moved and are_other_rows(before.passages, after.passages):
        yield Change(ChangeKind.REMOVED, before.side([]), None, is_row=True)
        yield Change(ChangeKind.ADDED, None, after.side([]), is_row=True)
    else:
        hunks = word_changes(followed([t.key for t in before.tokens], numbers), [t.key for t in after.tokens])
        facts, differs = _differences(before, after, hunks)
        if differs:
            yield Change(
                ChangeKind.REWORDED,
                before.side([(a, b) for a, b, _, _ in hunks]),
                after.side([(c, d) for _, _, c, d in hunks]),
                facts,
                is_row=is_row,
                is_moved=pair.is_moved,
            )


def _differences(before: _Joined, after: _Joined, hunks: Sequence[Hunk]) -> tuple[tuple[FactChange, ...], bool]:
    """The facts that differ, and whether anything does."""
    if len(before.passages) == len(after.passages) == 1:
        rows = row_differences(before.passages[0], after.passages[0], before.notation, after.notation)
        if rows is not None:
            facts = tuple(
                FactChange(row.kind, before.fact(row.before), after.fact(row.after), row.about) for row in rows.values
            )
            return facts, bool(facts) or rows.are_labels_new
    found = differences(before.words, after.words, hunks)
    facts = tuple(
        FactChange(_kind(old, new), before.fact(_span(old)), after.fact(_span(new))) for old, new in found.facts
    )
    return facts, bool(facts) or found.is_reworded


def _kind(old: Told | None, new: Told | None) -> FactKind:
    told = new or old
    return told.kind if told is not None else FactKind.NAME


def _span(fact: Told | None) -> tuple[int, int] | None:
    return None if fact is None else (fact.start, fact.end)


class _Joined:
    """Passages that belong together, as one text whose words know where they stand."""

    def __init__(self, passages: Sequence[Passage], document: Passages) -> None:
        self.passages = passages
        self.notation = document.notation
        self.text = " ".join(passage.text for passage in passages)
        self._section = document.sections[passages[0].section] if passages else ""
        self.places = tuple(place for passage in passages for place in passage.places)
        tokens: list[Token] = []
        offset = 0
        for passage in passages:
            own = passage.tokens
            tokens += [Token(t.key, offset + t.start, offset + t.end) for t in own] if offset else own
            offset += len(passage.text) + 1
        self.tokens = tuple(tokens)

    @property
    def words(self) -> Words:
        return Words(self.text, self.tokens, self.notation)

    def fact(self, span: tuple[int, int] | None) -> Fact | None:
        if span is None:
            return None
        return Fact(" ".join(self.text[span[0] : span[1]].split()), tuple(places_within(self.places, *span)))

    def side(self, differing: Sequence[tuple[int, int]]) -> Side:
        """The words, those of the given stretches of tokens marked as differing."""
        pieces: list[Piece] = []
        position = 0
        for first, last in differing:
            if first == last:
                continue
            start, end = self.tokens[first].start, self.tokens[last - 1].end
            pieces += _piece(self.text[position:start], differs=False)
            pieces += _piece(self.text[start:end], differs=True)
            position = end
        pieces += _piece(self.text[position:], differs=False)
        return Side(" ".join(self.text.split()), self.places, tuple(pieces), self._section)


def _piece(text: str, *, differs: bool) -> list[Piece]:
    return [Piece(text, differs)] if text else []
