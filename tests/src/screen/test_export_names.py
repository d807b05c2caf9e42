"""What files are called that are taken along."""

from __future__ import annotations

import pytest

from src.presentation.escaping import plain
from src.screen.export_dialog import file_stem


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("What is 1/2: a half?", "What is 1 2 a half"),
        ("Was sagt „Hafen – 2025“ über Fähren?", "Was sagt Hafen - 2025 über Fähren"),
        ("Que dit «\u202fPort\u202f» de l’année\u00a0?", "Que dit Port de l'année"),
        ("u\u0308ber", "über"),  # as some systems write it: two characters
        ("港はどこですか？", "港はどこですか"),
        ("…/..", "Footnote"),
    ],
)
def test_letters_stay_and_signs_are_those_of_ascii(title: str, stem: str) -> None:
    assert file_stem(title) == stem


def test_a_long_title_is_cut_between_words() -> None:
    stem = file_stem("How many litres of water does each of the pumps move in one hour of the day?")
    assert len(stem) <= 60
    assert stem.endswith(" move in")


def test_a_space_that_does_not_break_stays_one_where_it_stands_alone() -> None:
    assert plain("1\u202f234 pages\u00a0\n on  the\tshelf ") == "1\u202f234 pages on the shelf"
