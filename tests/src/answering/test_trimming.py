from __future__ import annotations

from itertools import pairwise

import pytest

from src.answering.trimming import settled, told_plainly, whole_sentences


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("The document says that revenue rose by 4 % [1].", "Revenue rose by 4 % [1]."),
        ("According to the passage, revenue rose by 4 % [1].", "Revenue rose by 4 % [1]."),
        ("Based on the provided context, it is stated that dogs are allowed [3].", "Dogs are allowed [3]."),
        ("Passage [2] states that dogs are allowed.", "Dogs are allowed [2]."),
        ("Laut dem Dokument, das 2020 galt.", "Das 2020 galt."),
        ("Selon le document, le loyer est de 940 euros [1].", "Le loyer est de 940 euros [1]."),
    ],
)
def test_an_opening_that_speaks_of_the_document_is_left_out(said: str, plain: str) -> None:
    assert told_plainly(said) == plain


@pytest.mark.parametrize(
    "said",
    [
        "The documents do not say.",
        "The report says that sales fell [1].",
        "According to the auditor, sales fell [1].",
        "The passage of the bill took nine days [2].",
        "The document says that",
        "In 2021, sales fell [1].",
    ],
)
def test_what_says_something_itself_stays(said: str) -> None:
    assert told_plainly(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "The document states that rent is 940 euros [1]. According to the text, it is due in May. In 2021, it fell.",
        "The rent is 940 euros [1]. The tenant pays it.",
        "Passage 2 says that dogs are allowed. These are kept on a lead.",
    ],
)
def test_what_is_shown_while_it_is_written_only_grows_and_never_shows_an_opening(text: str) -> None:
    shown = [settled(text[:end]) for end in range(len(text) + 1)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))
    assert not any(word in shown[-1] for word in ("document", "the text", "Passage"))


def test_half_a_sentence_at_the_end_goes_where_a_whole_one_stands_before_it() -> None:
    assert whole_sentences("It closed for 61 hours [2]. It then") == "It closed for 61 hours [2]."
    assert whole_sentences("It closed for") == "It closed for"
