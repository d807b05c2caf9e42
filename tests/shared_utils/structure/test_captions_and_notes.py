"""Captions, notes and definitions are told from sentences that only speak of them."""

from __future__ import annotations

from shared_utils.structure.captions import captions
from shared_utils.structure.definitions import definitions
from shared_utils.structure.model import CaptionKind, words
from shared_utils.structure.notes import footnotes
from tests.shared_utils.structure.written import page


def test_a_caption_has_its_label_its_kind_and_all_its_lines() -> None:
    one = page(
        "Table 3: Persons who were looked after in the homes of the county at the end of\nthe year, by age.\n"
        "Under 6   14   16\nFigure 2-1 The pump seen from the side\n"
    )
    table, figure = captions(one)
    assert table.kind is CaptionKind.TABLE
    assert words(one, table.label) == "Table 3"
    assert words(one, table.whole).endswith("the end of the year, by age.")
    assert figure.kind is CaptionKind.FIGURE
    assert words(one, figure.whole) == "Figure 2-1 The pump seen from the side"


def test_a_sentence_about_a_table_is_no_caption() -> None:
    text = (
        "Table 3 shows what was sold.\n"
        "What the homes spent on heating and on cleaning can be seen in\nTable 4. The rest is small.\n"
    )
    assert captions(page(text)) == ()


def test_a_note_is_tied_to_its_marks() -> None:
    one = page("Stores (1)   14   16\nSales (1)   2,000   1,900\n(1) Without those that were closed in the summer.\n")
    (note,) = footnotes(one)
    assert words(one, note.note) == "Without those that were closed in the summer."
    assert [one.text[: mark.start].split("\n")[-1].strip() for mark in note.marks] == ["Stores", "Sales"]


def test_a_raised_number_is_a_mark_only_behind_a_word() -> None:
    one = page(
        "The plant runs on gas.4 It was built in 1994 and has 4 boilers, which is what the\n"
        "town had asked for when it gave the land.\n\n4 Until 2003 it ran on coal.\n"
    )
    (note,) = footnotes(one)
    assert [one.text[mark.start - 4 : mark.end] for mark in note.marks] == ["gas.4"]


def test_a_note_without_a_mark_in_the_text_is_none() -> None:
    assert footnotes(page("Some words.\n(3) And a number before a sentence.\n")) == ()


def test_definitions_name_their_term() -> None:
    one = page(
        "“Affiliate” means any company under common control. Latency is defined as the time until the first word.\n"
        "This means that nothing changes. Please refer to note 2.\n"
    )
    assert [words(one, found.term) for found in definitions(one)] == ["Affiliate", "Latency"]
