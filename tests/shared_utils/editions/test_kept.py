"""A comparison is made once, for as long as both documents are held."""

from __future__ import annotations

import gc

from shared_utils.editions.compare import compare
from shared_utils.editions.kept import Comparisons
from tests.shared_utils.editions.made import LEASE, document, with_sentence


def test_the_same_two_are_compared_once() -> None:
    kept = Comparisons()
    before, after = document(LEASE), document(with_sentence("five years", "seven years"))
    assert kept.of(before, after) is kept.of(before, after)
    assert kept.of(before, after) == compare(before, after)
    assert kept.of(after, before) == compare(after, before)


def test_another_reading_of_the_same_file_is_compared_anew() -> None:
    kept = Comparisons()
    before, after = document(LEASE), document(LEASE)
    assert kept.of(before, after).changes == ()
    assert kept.of(before, document(with_sentence("five years", "seven years"))).changes != ()


def test_nothing_of_a_document_outlives_it() -> None:
    kept = Comparisons()
    before, after = document(LEASE), document(LEASE)
    kept.of(before, after)
    assert len(kept) == 1
    del after
    gc.collect()
    assert len(kept) == 0


def test_only_those_asked_for_last_are_kept() -> None:
    kept = Comparisons(most=2)
    first, second, third = document(LEASE), document(LEASE), document(LEASE)
    made = kept.of(first, second)
    kept.of(first, third)
    assert kept.of(first, second) is made
    kept.of(second, third)
    assert len(kept) == 2
    assert kept.of(first, second) is made
