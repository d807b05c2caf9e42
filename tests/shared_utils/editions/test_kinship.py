"""Which documents are editions of one another."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.editions.kinship import kinship, may_be_editions, sketch, suggested_pairs
from tests.shared_utils.editions.made import LEASE, document, with_sentence
from tests.shared_utils.editions.test_compare import OTHER

EARLY = document(LEASE, "Lease 2019.pdf")
LATE = document((*with_sentence("$24,500", "$26,500"), "Keys are handed over at noon."), "Lease 2021.pdf")
BIRDS = document(OTHER, "birds 2020.pdf")


def test_an_edition_is_known_by_its_words_and_the_earlier_year_comes_first() -> None:
    sketches = [sketch(d) for d in (LATE, BIRDS, EARLY)]
    assert suggested_pairs(sketches) == [(EARLY.id, LATE.id)]


def test_the_likest_pair_comes_first() -> None:
    again = document(with_sentence("85 desks", "86 desks"), "Lease 2020.pdf")
    pairs = suggested_pairs([sketch(d) for d in (LATE, EARLY, again)])
    assert pairs[0] == (EARLY.id, again.id)
    assert set(pairs) == {(EARLY.id, again.id), (again.id, LATE.id), (EARLY.id, LATE.id)}


def test_a_name_alone_makes_no_edition() -> None:
    namesake = replace(BIRDS, name=EARLY.name, title=EARLY.title)
    assert kinship(sketch(EARLY), sketch(namesake)).title == 1.0
    assert not kinship(sketch(EARLY), sketch(namesake)).are_editions


def test_documents_without_words_are_kin_of_none() -> None:
    empty = document((), "Lease 2018.pdf")
    assert suggested_pairs([sketch(empty), sketch(EARLY)]) == []
    assert kinship(sketch(empty), sketch(empty)).text == 0.0


def test_some_runs_of_words_tell_that_two_documents_may_be_editions() -> None:
    assert may_be_editions(EARLY, LATE)
    assert may_be_editions(LATE, EARLY)
    assert not may_be_editions(EARLY, BIRDS)
    assert not may_be_editions(EARLY, replace(BIRDS, name=EARLY.name, title=EARLY.title))
