"""How phrases are filled, numbers written and finished sentences said anew."""

from __future__ import annotations

import doctest

import pytest

import src.i18n
import src.i18n.say
from src.i18n import ENGLISH, GERMAN, Say, say_for


def test_the_examples_in_the_source_hold() -> None:
    assert not sum(doctest.testmod(module).failed for module in (src.i18n, src.i18n.say))


def test_english_is_what_stands_in_the_code() -> None:
    assert ENGLISH("Page {page} of {pages}", page=3, pages=9) == "Page 3 of 9"
    assert ENGLISH.message("Ask again.") == "Ask again."


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


def test_what_fills_a_hole_is_never_a_template() -> None:
    assert ENGLISH("Page {page} of {pages}", page="{pages.__class__}", pages=1) == "Page {pages.__class__} of 1"
    assert "{reason.__class__}" in GERMAN.message("The documents do not agree: {reason.__class__}.")


@pytest.mark.parametrize(
    ("english", "german"),
    [
        (
            "The documents do not agree: a.pdf p. 2 says 5 %, b.pdf p. 3 says 6 %.",
            "Die Dokumente stimmen nicht überein: a.pdf sagt auf S. 2 5 %, b.pdf auf S. 3 6 %.",
        ),
        (  # two sentences, a list of pages, a reason within a sentence
            "Pages 3–5 and 9 could not be read (it took too long to read). Page 7 is a scan without words.",
            "Die Seiten 3–5 und 9 waren nicht lesbar (das Lesen dauerte zu lange). Seite 7 ist ein Scan ohne Wörter.",
        ),
        (  # a name that looks like several sentences
            "You keep 100 files, the most there may be. Remove one to add my. Report 2. final.pdf.",
            "Es liegen schon 100 Dateien hier, mehr sind nicht möglich. "
            "Um my. Report 2. final.pdf hinzuzufügen, bitte zuerst eine entfernen.",
        ),
        (
            "The file has 1,234.5 MB; at most 100 MB are taken. Please split it.",
            "Die Datei hat 1\u202f234,5 MB; höchstens 100 MB werden angenommen. Bitte aufteilen.",
        ),
        ("Something foreign. Ask again.", "Something foreign. Bitte noch einmal fragen."),
        ("words of a document", "words of a document"),
        ("", ""),
    ],
)
def test_a_finished_text_is_said_anew(english: str, german: str) -> None:
    assert GERMAN.message(english) == german


@pytest.mark.parametrize(
    ("chosen", "header", "language"),
    [
        ("en", "de", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.5", "de"),
        ("", "fr,en;q=0.5,de;q=0.7", "de"),
        ("", "fr;q=nonsense,*", "en"),
        ("xx", "", "en"),
    ],
)
def test_the_language_is_the_chosen_one_else_the_browsers(chosen: str, header: str, language: str) -> None:
    assert say_for(chosen, header) == Say(language)
