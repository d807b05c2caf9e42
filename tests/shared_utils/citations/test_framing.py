"""What frames a claim is no part of it, and nothing is taken from what only looks like a frame."""

from __future__ import annotations

import pytest

from shared_utils.citations.framing import announces, bare_claim


@pytest.mark.parametrize(
    ("sentence", "claim"),
    [
        ("However, sales rose.", "sales rose."),
        ("According to passage 1, sales rose.", "sales rose."),
        ("Based on the provided passages 1, 2 and 3: sales rose.", "sales rose."),
        ("Additionally, according to the documents, sales rose (passage 2).", "sales rose."),
        ("The document is: sales rose.", "sales rose."),
        ("The passage reads: [3] sales rose.", "sales rose."),
        ("The report states that sales rose.", "sales rose."),
        ("It only tells you that sales rose.", "sales rose."),
        ("Der Bericht sagt, dass der Umsatz stieg.", "der Umsatz stieg."),
        ("Le rapport indique que les ventes ont augmenté.", "les ventes ont augmenté."),
        ("The board states that sales rose.", "The board states that sales rose."),
        ("The port is: a quay.", "The port is: a quay."),
        ("Laut Dokument 2, der Umsatz stieg.", "der Umsatz stieg."),
        ("In 2023, sales rose.", "In 2023, sales rose."),
        ("First sales rose, then they fell.", "First sales rose, then they fell."),
        ("From 12 March on, sales rose.", "From 12 March on, sales rose."),
        ("The value of the contract for the company was 12 euros.", "the contract was 12 euros."),
        ("Sales for the Norwegian company rose.", "Sales for the Norwegian company rose."),
        ("The number of ships in the financial report is 38.", "The number of ships is 38."),
        ("However, ", "However, "),
        ("", ""),
    ],
)
def test_a_frame_is_taken_off_and_nothing_else(sentence: str, claim: str) -> None:
    assert bare_claim(sentence) == claim


@pytest.mark.parametrize(
    ("sentence", "announced"),
    [("Here are the differences:", True), ("差异如下：", True), ("Sales rose: 12 %.", False), ("Sales rose.", False)],
)
def test_a_colon_at_the_end_announces(sentence: str, announced: bool) -> None:
    assert announces(sentence) is announced
