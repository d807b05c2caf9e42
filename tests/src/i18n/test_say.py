"""How templates are filled, and numbers, lists and plurals are said."""

from __future__ import annotations

import doctest

import pytest

import shared_utils.message
import src.i18n
import src.i18n.say
from shared_utils.errors import PdfTooLarge
from shared_utils.message import Message, as_text, counted, from_text, joined, literal, message
from src.i18n import ENGLISH, GERMAN, Say, say_for


def test_the_examples_in_the_source_hold() -> None:
    modules = (src.i18n, src.i18n.say, shared_utils.message, shared_utils.errors)
    assert not sum(doctest.testmod(module).failed for module in modules)


def test_english_is_what_stands_in_the_code() -> None:
    assert ENGLISH("Page {page} of {pages}", page=3, pages=9) == "Page 3 of 9"
    assert str(message("Page {page} of {pages}", page=3, pages=9)) == "Page 3 of 9"


def test_a_phrase_that_no_catalogue_has_is_said_in_english() -> None:
    assert GERMAN("Nobody translated {what}", what="this") == "Nobody translated this"


@pytest.mark.parametrize(("say", "written"), [(ENGLISH, "1\u202f234.5 s"), (GERMAN, "1\u202f234,5 s")])
def test_numbers_are_written_as_the_language_does(say: Say, written: str) -> None:
    assert say("{seconds:,.1f} s", seconds=1234.5) == written


def test_one_and_many_are_told_apart() -> None:
    assert [ENGLISH.n(n, "{n:,} page", "{n:,} pages") for n in (0, 1, 2000)] == [
        "0 pages",
        "1 page",
        "2\u202f000 pages",
    ]
    assert [GERMAN.n(n, "{n:,} source", "{n:,} sources") for n in (0, 1, 2)] == ["0 Quellen", "1 Quelle", "2 Quellen"]
    one, many = "Page {pages} could not be read.", "Pages {pages} could not be read."
    assert GERMAN(counted(1, one, many, pages=("7",))) == "Seite 7 war nicht lesbar."
    assert GERMAN(counted(4, one, many, pages=("3–5", "9"))) == "Die Seiten 3–5 und 9 waren nicht lesbar."


def test_what_fills_a_hole_is_never_a_template() -> None:
    assert ENGLISH("Page {page} of {pages}", page="{pages.__class__}", pages=1) == "Page {pages.__class__} of 1"
    reason = message("The documents do not agree: {reason}.", reason="{reason.__class__}")
    assert "{reason.__class__}" in GERMAN(reason)
    assert GERMAN(literal("{0.__class__} {x}")) == "{0.__class__} {x}"


def test_a_sentence_within_a_sentence_is_said_in_the_same_language() -> None:
    lost = message("This page cannot be read: {why}.", why=message("it {why}", why=message("took too long to read")))
    assert GERMAN(lost) == "Diese Seite ist nicht lesbar: das Lesen dauerte zu lange."
    assert str(lost) == "This page cannot be read: it took too long to read."
    both = joined(lost, message("Page {number} is a scan without words.", number=7), Message())
    assert str(both) == "This page cannot be read: it took too long to read. Page 7 is a scan without words."


def test_a_name_that_looks_like_a_sentence_stays_as_it_is() -> None:
    error = PdfTooLarge(
        "You keep {n} files, the most there may be. Remove one to add {name}.", n=100, name="my. Report 2. final.pdf"
    )
    assert GERMAN(error.message) == (
        "Es liegen schon 100 Dateien hier, mehr sind nicht möglich. "
        "Um my. Report 2. final.pdf hinzuzufügen, bitte zuerst eine entfernen."
    )
    assert str(error) == "You keep 100 files, the most there may be. Remove one to add my. Report 2. final.pdf."


@pytest.mark.parametrize(
    "said",
    [
        Message(),
        message("Ask again."),
        message("{a} {b:.1f} {c}", a="x", b=1.25, c=message("{n}", n=3)),
        counted(4, "Page {pages}", "Pages {pages}", pages=("3–5", "9")),
        literal('{"template" is how this text begins'),
    ],
)
def test_what_is_kept_comes_back(said: Message) -> None:
    assert from_text(as_text(said)) == said


@pytest.mark.parametrize(
    "kept", ['{"template": 3}', '{"template": "{x}", "values": [["y", 1]], "one": ""}', "An old sentence."]
)
def test_what_was_not_kept_as_a_message_is_taken_as_words(kept: str) -> None:
    assert str(from_text(kept)) == kept


@pytest.mark.parametrize(
    ("chosen", "header", "language"),
    [
        ("en", "de", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("", "fi,en;q=0.5,de;q=0.7", "de"),
        ("", "fr;q=nonsense,*", "en"),
        ("xx", "", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(chosen: str, header: str, language: str) -> None:
    assert say_for(chosen, header) == Say(language)
