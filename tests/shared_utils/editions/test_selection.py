"""Some of a comparison's changes."""

from __future__ import annotations

from shared_utils.editions.compare import compare
from shared_utils.editions.model import ChangeKind, FactKind
from shared_utils.editions.selection import counts_of, in_runs, sections_of, selected
from tests.shared_utils.editions.made import LEASE, document, with_sentence

NEW = with_sentence(
    "$24,500", "$26,500", with_sentence("85 desks", "86 desks", (*LEASE, "Keys are handed over at noon."))
)
CHANGES = compare(document(LEASE), document(NEW)).changes


def test_counts_are_of_kinds_and_of_facts() -> None:
    counts = counts_of(CHANGES)
    assert counts.changes == {ChangeKind.ADDED: 1, ChangeKind.REMOVED: 0, ChangeKind.REWORDED: 2}
    assert counts.facts[FactKind.NUMBER] == 2
    assert counts.total == 3


def test_sections_come_in_order_with_their_changes() -> None:
    assert sections_of(CHANGES) == (("1 Premises", 1), ("2 Rent", 1), ("4 Notice", 1))


def test_changes_are_chosen_by_section_kind_fact_and_words() -> None:
    assert [c.section for c in selected(CHANGES, section="2 Rent")] == ["2 Rent"]
    assert [c.kind for c in selected(CHANGES, kinds=[ChangeKind.ADDED])] == [ChangeKind.ADDED]
    assert len(selected(CHANGES, facts=[FactKind.NUMBER])) == 2
    assert [c.section for c in selected(CHANGES, about="the rents")] == ["2 Rent"]
    assert selected(CHANGES, about="grebes") == ()
    assert selected(CHANGES) == CHANGES


def test_what_stands_together_is_read_together() -> None:
    old = (*LEASE, "The old annex A is void.", "The old annex B is void.")
    new = (*LEASE[:2], "A porter opens the doors at seven.", *LEASE[2:], "Keys are kept by Lena Ortiz.")
    changes = compare(document(old), document(new)).changes
    runs = [[change.kind.value for change in run] for run in in_runs(changes)]
    assert runs == [["added"], ["removed", "removed", "added"]]
