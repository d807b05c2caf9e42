"""Whether a claim is a sentence of the page with nearly all of its words."""

from __future__ import annotations

import pytest

from shared_utils.citations.firmness import Told, is_firm
from shared_utils.citations.reading import Finding
from shared_utils.citations.retold import retells
from shared_utils.citations.text_units import content_keys, units_of, words_of
from shared_utils.citations.verification import verify
from shared_utils.types import Verdict

PAGE = units_of(
    "2. Mooring\n"
    "One sailor was badly hurt when a cable of the old pontoon broke on 9 May. "
    "The price curve shows that traders see a higher danger of a shortage in the summer than in the winter. "
    "Since 2014 the guild has paid for the lantern, the bell and the nets of the smallest boats on the lake.\n"
)


def test_a_word_may_be_derived_from_the_pages() -> None:
    page = units_of("The guild shows that every island will experience a flood in the spring.\n")
    assert retells(words_of("The guild shows every island experiencing a flood in the spring."), page, 0)
    assert not retells(words_of("The guild shows every island exporting a flood in the spring."), page, 0)


def test_one_word_for_nearly_stands_for_another() -> None:
    page = units_of(
        "The tests showed a gain of roughly 60 % for the boats with either very long or very short keels.\n"
    )
    claim = "The tests showed a gain of approximately 60 % for the boats with either very long or very short keels."
    assert retells(words_of(claim), page, 0)
    assert verify(claim, [page[0].text]).verdict is Verdict.SUPPORTED


def test_a_row_is_never_told_again_by_its_words() -> None:
    rows = units_of("Tickets sold to guests of the island   204   318\n")
    assert not retells(words_of("Tickets sold to guests of the island were 204 and 318."), rows, 0)


@pytest.mark.parametrize(
    ("sentence", "unit", "told"),
    [
        ("The sailor was hurt after a cable of the old pontoon broke on May 9.", 1, True),
        ("Mooring One sailor was badly hurt when a cable of the old pontoon broke on 9 May.", 1, True),  # its heading
        ("The curve shows a higher danger of a shortage in the summer compared to the winter.", 2, True),
        ("A cable of the old pontoon was badly hurt when one sailor broke.", 1, False),  # who did what
        ("The sailor was not hurt when a cable of the old pontoon broke.", 1, False),
        ("The guild has paid for the boats on the lake.", 3, False),  # left out: the nets of the smallest
        ("The sailor was hurt when a rope of the old pontoon broke.", 1, False),  # another word
    ],
)
def test_a_sentence_told_again_with_nearly_all_of_its_words(sentence: str, unit: int, told: bool) -> None:
    assert retells(words_of(sentence), PAGE, unit) is told


def test_such_a_sentence_is_shown_in_the_words_of_a_model_that_is_not_believed() -> None:
    claim = Told(
        "The sailor was hurt after a cable of the old pontoon broke on May 9.", Finding(Verdict.SUPPORTED), PAGE
    )
    assert is_firm(claim, "What happened on the quay?", 0.2)


MINUTES = units_of(
    "We have never paid a bonus or lent money on our boats. "
    "Using the night gate will raise the toll of a boat while the day gate will lower it. "
    "It is open to guests only in winter.\n"
)


@pytest.mark.parametrize(
    ("sentence", "question", "unit", "told"),
    [
        ("Nordby has never paid a bonus or lent money on its boats.", "Did Nordby pay a bonus?", 0, True),  # "we"
        ("Oslo has never paid a bonus or lent money on its boats.", "Did Nordby pay a bonus?", 0, False),
        # what was asked about stands where the page has another thing
        ("The lock will raise the toll of a boat while the day gate will lower it.", "And the lock?", 1, False),
        ("The night gate will raise the toll asked of a boat while the day gate will lower it.", "Asked?", 1, True),
    ],
)
def test_words_of_the_question_may_stand_where_the_page_has_nothing(
    sentence: str, question: str, unit: int, told: bool
) -> None:
    assert retells(words_of(sentence), MINUTES, unit, content_keys(words_of(question))) is told


def test_a_short_sentence_is_told_again_by_all_of_its_words() -> None:
    assert retells(words_of("It is open to guests in winter."), MINUTES, 2)
    assert not retells(words_of("Guests pay in winter."), MINUTES, 2)
    assert not retells(words_of("The gate is open in winter."), MINUTES, 2)


def test_each_word_of_the_page_stands_for_one_of_the_claim() -> None:
    page = units_of(
        "Dredging made the old ferries of the harbour faster by 7 knots, tugs by 27 knots, and boats by 9 knots.\n"
    )
    asked = content_keys(words_of("By how much did dredging make tugs faster?"))
    claim = "Dredging made the tugs faster by 7 knots, tugs by 27 knots, and boats by 9 knots."
    assert not retells(words_of(claim), page, 0, asked)
    assert retells(words_of(claim.replace("the tugs", "the ferries")), page, 0, asked)
