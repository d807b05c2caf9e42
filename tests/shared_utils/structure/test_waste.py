"""Contents and reference lists are known as such; pages and sentences that only look a little like them are not."""

from __future__ import annotations

import pytest

from shared_utils.structure.waste import is_contents, is_reference
from tests.shared_utils.structure.written import page

TITLES = ("Scope", "Terms of use", "Prices", "Delivery", "Guarantee", "Law", "Annex")


def test_a_page_of_titles_with_growing_page_numbers_is_contents() -> None:
    assert is_contents(
        page("Contents\n" + "\n".join(f"{title} ........ {3 + 4 * n}" for n, title in enumerate(TITLES)))
    )
    assert is_contents(page("\n".join(f"{title}   {3 + 4 * n}" for n, title in enumerate(TITLES))))


def test_a_line_ends_in_a_page_behind_dots_or_a_wide_blank_however_wide_it_is() -> None:
    def held(line: str) -> bool:
        return is_contents(page("\n".join(f"{line}{3 + 4 * n}" for n in range(7))))

    assert held("Scope" + " " * 5_000)  # takes as long as the line is, not its square
    assert held("Scope . . . . A-")
    assert held(". . . . . ")
    assert not held("Scope  ")
    assert not held("Scope ... ")
    assert not held("Scope   v")


def test_a_table_of_counts_is_no_contents() -> None:
    counts = (31, 4, 15, 9, 26, 5, 3)
    assert not is_contents(page("\n".join(f"{title}   {n}" for title, n in zip(TITLES, counts, strict=True))))
    assert not is_contents(page("The annex has seven parts.\nScope   3\nTerms   9\n" + "It is long.\n" * 9))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[12] Ina Roth, Ada Hill, and Bo Lund. 2021. On pumps. arXiv preprint arXiv:2101.00001.", True),
        ("Roth, I. (2019). Pumps that last. Journal of Pumps, 12(3): 14-19.", True),
        ("The works sold 204 pumps in 2021, see page 9 of the report.", False),
        ("Proceedings against the works began in 2019.", False),
        ("Net sales   2,019   1,988   2,101", False),
    ],
)
def test_references_are_told_from_sentences(text: str, expected: bool) -> None:
    assert is_reference(text) is expected


def test_a_table_whose_last_column_grows_is_no_list_of_contents() -> None:
    assert not is_contents(page("\n".join(f"{title}   {0.2 * n:.2f}   0   {1 + n}" for n, title in enumerate(TITLES))))
