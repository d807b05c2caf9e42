"""The units that speak of a claim: few, the best first, rows by their label and a number of theirs."""

from __future__ import annotations

from shared_utils.citations.support import speaking_units
from shared_utils.citations.text_units import units_of

PAGE = (
    "The harbour board met in Vienna in spring.\n"
    "Soup is served at noon by the canteen.\n"
    "Pilots guide large vessels through the narrow entrance.\n"
    "Divers keep the gates free of mud.\n"
    "Cash 55 12\n"
    "Debt 66 55\n"
    "Deferred tax on foreign pilots 55 70\n"
)


def speaking(claim: str, page: str = PAGE) -> list[str]:
    units = units_of(page)
    return [units[i].text for i in speaking_units(claim, units)]


def test_only_sentences_that_add_words_of_the_claim_speak_of_it_and_the_best_comes_first() -> None:
    assert speaking("Divers keep the gates free.") == ["Divers keep the gates free of mud."]
    assert speaking("Soup is served while pilots guide large vessels through the entrance.") == [
        "Pilots guide large vessels through the narrow entrance.",
        "Soup is served at noon by the canteen.",
    ]
    assert speaking("The moon is far away.") == []
    assert speaking("Soup is served at noon.", "Soup is served at noon.\nSoup is served at noon again.\n") == [
        "Soup is served at noon."
    ]


def test_a_row_speaks_of_a_long_claim_that_has_its_label_and_one_of_its_numbers() -> None:
    claim = (
        "When the harbour board met in Vienna in spring, pilots who guide large vessels through the narrow entrance "
        "and divers who keep gates free of mud heard that cash was {}."
    )
    rows = [unit for unit in speaking(claim.format(55)) if unit.endswith(("12", "55", "70"))]
    assert rows == ["Cash 55 12"]  # neither debt, which is not named, nor tax, of whose label too little is
    assert "Cash 55 12" not in speaking(claim.format(77))


def test_a_row_that_speaks_of_a_claim_is_named_once() -> None:
    assert speaking("Cash was 55.") == ["Cash 55 12"]
