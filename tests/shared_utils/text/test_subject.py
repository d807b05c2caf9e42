"""Which names in a question only say what the documents are about."""

from __future__ import annotations

from shared_utils.text.subject import names_in, on_most
from shared_utils.text.words import terms

QUESTION = "What goodwill does Harbor Foods have in Norway?"


def test_names_are_what_is_written_with_a_capital() -> None:
    assert {*terms("Harbor Foods Norway")} == names_in(QUESTION)


def test_a_name_on_nearly_all_pages_is_the_subject() -> None:
    pages = ["Harbor Foods sold fish.", "Harbor Foods has ships.", "Harbor Foods.", "Harbor Foods in Norway."]
    names = names_in(QUESTION)
    assert on_most(names, pages) == {*terms("Harbor Foods")}


def test_a_few_pages_tell_nothing() -> None:
    assert on_most(names_in(QUESTION), ["Harbor Foods sold fish."] * 3) == frozenset()
    assert on_most(frozenset(), ["Harbor Foods sold fish."] * 9) == frozenset()
