"""What a sentence is on a page, script by script and layout by layout."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.text.sentences import is_table_row, split_sentences


def sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in split_sentences(text)]


@given(st.text(alphabet=st.sampled_from("aB1. \n\r\t。,?•-(\u00a0ก’")))
def test_spans_are_ordered_trimmed_and_leave_out_nothing_but_white_space(text: str) -> None:
    spans = split_sentences(text)
    found = [text[span.start : span.end] for span in spans]

    assert all(one and one == one.strip() for one in found)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert "".join("".join(found).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "Sales in the U.S. market grew by 4.2 percent.",
        "See No. 5 of the list, e.g. IBM or Mr. Smith.",
        "Best Buy Co., Inc. and its subsidiaries report in U.S. Dollars.",
        "The method of Ouyang et al. (2022) uses approx. 3 kg.",
        "It rose on Jan. 5, see Fig. 3 and Sec. 2.",
        "Item 7. Properties of the group",
        "Die Übergabe erfolgt am 1. August 2025 um 10 Uhr.",
        "Die Frist beträgt nach § 3 Abs. 2 BGB drei Monate.",
        "The survey was signed by Mr P. Pohl in Harlow.",
    ],
)
def test_a_full_stop_inside_a_sentence_does_not_end_it(text: str) -> None:
    assert sentences(text) == [text]


@pytest.mark.parametrize(
    "expected",
    [
        ["He lives in the U.S.", "The tax is due."],
        ["It was sold by Acme Inc.", "The price was low."],
        ["Is it so?", "Yes!", "“It is.”", "He left."],
        ["Costs fell in 2019.", "Sales rose."],
        ["It ran until May 31.", "March was cold."],
        ["There were 12.", "May I ask why?"],
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_chinese_and_japanese_stops_need_no_space() -> None:
    assert sentences("营业收入增长了。净利润下降！「そうです。」と彼は言った。") == [
        "营业收入增长了。",
        "净利润下降！",
        "「そうです。」",
        "と彼は言った。",
    ]


def test_thai_is_cut_at_a_space_once_there_is_a_clause() -> None:
    first = "บริษัทมีรายได้รวมเพิ่มขึ้นจากปีก่อนร้อยละสิบสอง"
    second = "กำไรสุทธิลดลงเล็กน้อย"
    assert sentences(f"{first} {second}") == [first, second]


def test_arabic_question_marks_end_a_sentence() -> None:
    assert sentences("ما هي الإيرادات؟ ارتفعت الإيرادات.") == ["ما هي الإيرادات؟", "ارتفعت الإيرادات."]


def test_a_wrapped_paragraph_is_joined_and_a_heading_above_it_is_not() -> None:
    text = (
        "Liquidity and Capital Resources\n"
        "The Company believes that cash from operating activities will be sufficient to meet\n"
        "its needs. It has access to a credit facility which expires in the spring of 2023 and\n"
        "may be renewed."
    )
    assert sentences(text)[0] == "Liquidity and Capital Resources"
    assert len(sentences(text)) == 3
    assert sentences(text)[2].startswith("It has")
    assert sentences(text)[2].endswith("may be renewed.")


def test_table_rows_stand_alone() -> None:
    text = "Operating activities $ 2,408 $ 2,141 $ 2,557\nInvesting activities 508 (1,002) (877)\nOther — 3.5% 4.1%"
    assert sentences(text) == text.split("\n")


def test_list_items_stand_alone_and_keep_their_wrapped_lines() -> None:
    first = "• Swipe up on the thumbnail to select a method for sharing the\nscreenshot with others"
    assert sentences(f"{first}\n• Tap to edit\n2) Then wait") == [first, "• Tap to edit", "2) Then wait"]


def test_short_lines_are_labels_of_their_own() -> None:
    assert sentences("Apples\nPears\nPlums") == ["Apples", "Pears", "Plums"]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("Net sales 42,879 42,151", True),
        ("Total cash provided by (used in): 2019 2018", True),
        ("PaLM-2L + CoT 40.8% 41.8% 39.8%", True),
        ("In 2019 and 2018 the Company bought back shares worth", False),
        ("Contents", False),
        ("", False),
    ],
)
def test_a_row_is_a_label_with_cells(line: str, row: bool) -> None:
    assert is_table_row(line) is row


@pytest.mark.parametrize("piece", [".", ".)", "A. ", "1a", "a", "1 2 3\n", "ab\n", "- ", "公"])
def test_hostile_pages_are_split_in_one_pass(piece: str) -> None:
    """Quadratic matching would take minutes here, and the suite would be killed."""
    text = piece * (200_000 // len(piece))
    assert sentences(text)[-1].endswith(piece.strip()[-1])


def test_a_number_with_gaps_or_apostrophes_is_one_cell() -> None:
    assert is_table_row("Erlös 1'234.50 2'345.60")
    assert not is_table_row("Er kostet 1\u00a0234,50")
    assert is_table_row("Result ▲724 ▲310")
