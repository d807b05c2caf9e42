"""What counts as a change from one edition to the next, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.editions.compare import compare
from shared_utils.editions.model import Change, ChangeKind, Comparison, Fact, FactKind
from shared_utils.types import Document, Span
from tests.shared_utils.editions.made import LEASE, document, with_sentence


def changes(new: tuple[str, ...], old: tuple[str, ...] = LEASE) -> tuple[Change, ...]:
    return compare(document(old), document(new)).changes


def _text(side: Fact | None) -> str | None:
    return side.text if side else None


def facts(change: Change) -> list[tuple[FactKind, str | None, str | None]]:
    return [(f.kind, _text(f.before), _text(f.after)) for f in change.facts]


@pytest.mark.parametrize(
    ("old", "new", "kind", "before", "after"),
    [
        ("1,240", "1,420", FactKind.NUMBER, "1,240 square metres", "1,420 square metres"),
        ("$24,500", "$26,500", FactKind.NUMBER, "$24,500", "$26,500"),
        ("4.5 %", "5.4 %", FactKind.NUMBER, "4.5 %", "5.4 %"),
        ("five years", "seven years", FactKind.NUMBER, "five years", "seven years"),
        ("1 March 2019", "1 March 2020", FactKind.DATE, "1 March 2019", "1 March 2020"),
        ("1 March 2019", "15 March 2019", FactKind.DATE, "1 March 2019", "15 March 2019"),
        ("must not store", "must store", FactKind.OBLIGATION, "must not", "must"),
        ("shall pay", "may pay", FactKind.OBLIGATION, "shall", "may"),
        ("keeps the roof", "never keeps the roof", FactKind.NEGATION, None, "never"),
        ("Margaret Oduya", "Peter Oduya", FactKind.NAME, "Margaret", "Peter"),
        ("inflammable", "noninflammable", FactKind.NEGATION, "inflammable", "noninflammable"),
    ],
)
def test_a_fact_that_changed_is_told_with_both_its_sides(
    old: str, new: str, kind: FactKind, before: str | None, after: str | None
) -> None:
    (change,) = changes(with_sentence(old, new))
    assert change.kind is ChangeKind.REWORDED
    found = facts(change)
    if kind is FactKind.NUMBER and before is not None:  # its unit may be part of it
        assert [(k, (b or "")[: len(old)], (a or "")[: len(new)]) for k, b, a in found] == [(kind, old, new)]
    else:
        assert found == [(kind, before, after)]


def test_the_places_of_a_fact_are_its_words_on_both_pages() -> None:
    old, new = document(LEASE, width=40, lines=6), document(with_sentence("4.5 %", "5.4 %"), width=70, lines=9)
    (change,) = compare(old, new).changes
    (fact,) = change.facts
    for side, edition in ((fact.before, old), (fact.after, new)):
        assert side is not None
        (place,) = side.places
        assert edition.pages[place.page - 1].text[place.start : place.end].split() == side.text.split()
    assert change.before is not None
    words = [old.pages[p.page - 1].text[p.start : p.end] for p in change.before.places]
    assert (
        " ".join(" ".join(words).split()) == change.before.text == "".join(piece.text for piece in change.before.pieces)
    )


@pytest.mark.parametrize(("width", "lines"), [(38, 7), (52, 5), (100, 9), (200, 3)])
def test_other_lines_and_other_pages_are_no_change(width: int, lines: int) -> None:
    comparison = compare(document(LEASE), document(LEASE, width=width, lines=lines))
    assert comparison.changes == ()
    assert comparison.kinship.are_editions


def test_page_numbers_and_running_heads_are_no_change() -> None:
    old = document(LEASE, width=40, lines=6, head="Draft of May")
    new = document(LEASE, width=44, lines=8, head="Final text")
    assert len(old.pages) > 3
    assert compare(old, new).changes == ()


def test_a_number_that_points_to_a_page_of_the_document_itself_is_not_compared() -> None:
    old = (*LEASE, "The plan of the premises is on page 2 of this lease.")
    new = (*LEASE, "The plan of the premises is on page 3 of this lease.")
    assert compare(document(old, width=40, lines=6), document(new, width=40, lines=6)).changes == ()


def test_moved_text_is_no_change_and_is_counted() -> None:
    moved = (*LEASE[:4], *LEASE[8:11], *LEASE[4:8], *LEASE[11:])
    comparison = compare(document(LEASE), document(moved))
    assert comparison.changes == ()
    assert comparison.moved >= 3


def test_a_moved_sentence_that_was_changed_is_one_change() -> None:
    new = with_sentence("85 desks", "95 desks")
    moved = (*new[:2], *new[3:], new[2])
    (change,) = changes(moved)
    assert change.is_moved
    assert [(b, a) for _, b, a in facts(change)] == [("85", "95")]


def test_a_section_that_was_dropped_and_one_that_was_added_are_told_sentence_by_sentence() -> None:
    new = (*LEASE[:8], "# 5 Insurance", "The Tenant insures its goods against fire and water.", *LEASE[11:])
    found = changes(new)
    told = {(change.kind, (change.after or change.before).text) for change in found}  # type: ignore[union-attr]
    assert told == {
        (ChangeKind.REMOVED, "3 Repairs"),
        (ChangeKind.REMOVED, LEASE[9]),
        (ChangeKind.REMOVED, LEASE[10]),
        (ChangeKind.ADDED, "5 Insurance"),
        (ChangeKind.ADDED, "The Tenant insures its goods against fire and water."),
    }
    assert {change.section for change in found} == {"3 Repairs", "5 Insurance"}


def test_another_spelling_of_the_same_value_is_no_change() -> None:
    assert changes(with_sentence("three monthly", "3 monthly")) == ()
    assert changes(with_sentence("1 March 2019", "March 1, 2019")) == ()


@pytest.mark.parametrize(
    ("old", "new"), [("five years", "60 months"), ("three days", "72 hours"), ("1,240 square metres", "0.124 hectares")]
)
def test_the_same_measure_in_another_unit_is_no_change(old: str, new: str) -> None:
    assert changes(with_sentence(old, new)) == ()


def test_a_word_that_a_line_broke_is_the_same_word() -> None:
    broken = replace(page := document(LEASE).pages[0], text=page.text.replace("basement", "base-\nment"))
    old = replace(document(LEASE), pages=(replace(broken, headings=()),))
    new = replace(document(LEASE), pages=(replace(page, headings=()),))
    assert compare(old, new).changes == ()


def test_a_sentence_that_was_split_is_not_removed_and_added() -> None:
    (change,) = changes(with_sentence("a month and is due", "a month. It is due"))
    assert change.kind is ChangeKind.REWORDED
    assert change.facts == ()


def test_words_that_differ_beside_facts_are_told_without_a_fact() -> None:
    (change,) = changes(with_sentence("in good repair", "in working order"))
    assert change.facts == ()
    assert change.after is not None
    assert [piece.text for piece in change.after.pieces if piece.differs] == ["working order"]


def test_hidden_words_are_not_compared() -> None:
    seen = document(LEASE)
    text = seen.pages[0].text
    shown = replace(seen.pages[0], text=f"{text}Ignore the lease.\n", hidden=(Span(len(text), len(text) + 17),))
    assert compare(seen, replace(seen, id="other", pages=(shown,))).changes == ()


# ------------------------------------------------------------------------------------------------ bad input

OTHER = (
    "# Grebes",
    "The great crested grebe builds a nest that floats among the reeds of shallow lakes.",
    "Both parents carry the striped chicks on their backs during the first two weeks.",
    "Its courtship in spring ends with a dance in which the birds offer weeds to one another.",
)


def test_documents_that_are_no_editions_are_compared_only_where_both_speak() -> None:
    comparison = compare(
        document(LEASE), document((*OTHER, "The premises have an area of 90 square metres."), "birds.pdf")
    )
    assert not comparison.kinship.are_editions
    assert comparison.is_partial
    assert {change.kind for change in comparison.changes} <= {ChangeKind.REWORDED}


def test_the_same_document_twice_and_empty_ones_have_no_changes() -> None:
    empty = document((), "scan.pdf")
    assert compare(document(LEASE), document(LEASE)).changes == ()
    for one, other in ((empty, document(LEASE)), (document(LEASE), empty), (empty, empty)):
        found = compare(one, other)
        assert found.changes == ()
        assert min(found.before_words, found.after_words) == 0


def longest(comparison: Comparison) -> int:
    return max(len((change.after or change.before).text) for change in comparison.changes)  # type: ignore[union-attr]


def test_large_editions_keep_their_changes_small() -> None:
    """Two hundred paragraphs, every tenth of them changed by a number."""

    def edition(shift: int) -> Document:
        paragraphs = [
            f"Station {n} at mile {n * 7 % 311} was measured by crew {'ABCDE'[n % 5]} and held "
            f"{1000 + n + (shift if n % 10 == 0 else 0)} cubic metres of gravel on that day."
            for n in range(200)
        ]
        return document(paragraphs, width=60 + shift, lines=30 + shift)

    comparison = compare(edition(0), edition(5))
    assert len(comparison.changes) == 20
    assert all(len(change.facts) == 1 for change in comparison.changes)
    assert longest(comparison) < 120


RULES = (
    "# 1 Purpose",
    "These rules say how the hall is let to clubs of the town.",
    "# 2 Payment",
    "The fee is paid in thirty days as told in section 3.¹",
    "Clubs that meet twice a year pay one third of the fee, at $40 per day.",
    "The minimum deposit is kept by the town.",
    "# 3 Liability",
    "Damage is repaired by the club that caused it, but for section 2.",
    "1 Counted from the day of the invoice.",
)
"""A note of one sentence, with its mark; what refers to sections."""


def test_what_only_counts_is_no_change_and_what_refers_to_it_follows() -> None:
    new = [line.replace("section 3.¹", "section 4.²").replace("section 2", "section 3") for line in RULES]
    new = [line.replace("# 3 ", "# 4 ").replace("# 2 ", "# 3 ").replace("1 Counted", "2 Counted") for line in new]
    new[2:2] = ["# 2 Keys", "Keys are handed over by the porter before noon.¹"]
    changes = compare(document(RULES), document(new)).changes
    assert {change.kind for change in changes} == {ChangeKind.ADDED}
    wrong = [line.replace("but for section 3", "but for section 9") for line in new]
    reworded = [c for c in compare(document(RULES), document(wrong)).changes if c.kind is ChangeKind.REWORDED]
    assert [
        (fact.before.text, fact.after.text) for c in reworded for fact in c.facts if fact.before and fact.after
    ] == [("2", "9")]


def test_parts_times_rates_and_the_ends_of_a_scale_are_facts() -> None:
    new = [
        line.replace("twice a year pay one third", "three times per annum pay half").replace("per day", "per week")
        for line in RULES
    ]
    new = [line.replace("minimum", "maximum") for line in new]
    facts = [fact for change in compare(document(RULES), document(new)).changes for fact in change.facts]
    assert [(fact.before.text, fact.after.text) for fact in facts if fact.before and fact.after] == [
        ("twice", "three times"),
        ("one third", "half"),
        ("per day", "per week"),
        ("minimum", "maximum"),
    ]
