"""Nothing that Footnote says lacks a translation, and no translation has lost its sentence."""

from __future__ import annotations

import re
import tomllib
from string import Formatter
from typing import Any

import pytest

from src.i18n import LANGUAGES
from src.i18n.catalogue import catalogue
from tests.src.i18n import source

CODES = [code for code in LANGUAGES if code != "en"]


def table(language: str, name: str) -> dict[str, Any]:
    text = (source.ROOT / "src" / "i18n" / f"{language}.toml").read_text(encoding="utf-8")
    entries: dict[str, Any] = tomllib.loads(text)[name]
    return entries


def holes(template: str) -> dict[str, str]:
    return {name: spec or "" for _, name, spec, _ in Formatter().parse(template) if name is not None}


def has_words(template: str) -> bool:
    return re.search(r"[^\W\d_]", "".join(literal for literal, *_ in Formatter().parse(template))) is not None


@pytest.mark.parametrize("language", CODES)
def test_everything_that_is_said_is_translated(language: str) -> None:
    known, counted = table(language, "templates"), table(language, "plurals")
    lacking = [f"{where}  {text}" for where, text in source.templates() if has_words(text) and text not in known]
    lacking += [f"{where}  {many}" for where, _, many in source.plurals() if many not in counted]
    assert lacking == []


@pytest.mark.parametrize("language", CODES)
def test_no_translation_is_kept_that_nobody_needs(language: str) -> None:
    assert set(table(language, "templates")) - {text for _, text in source.templates()} == set()
    assert set(table(language, "plurals")) - {many for _, _, many in source.plurals()} == set()


@pytest.mark.parametrize("language", CODES)
def test_a_translation_fills_in_what_the_english_does_and_writes_numbers_alike(language: str) -> None:
    entries = [*table(language, "templates").items()]
    entries += [(many, said) for many, forms in table(language, "plurals").items() for said in forms.values()]
    assert [english for english, said in entries if not holes(said).items() <= holes(english).items()] == []


@pytest.mark.parametrize("language", CODES)
def test_what_is_counted_has_a_form_for_every_number(language: str) -> None:
    assert [many for many, forms in table(language, "plurals").items() if not {"one", "other"} <= set(forms)] == []


def test_no_sentence_is_filled_in_before_it_is_said() -> None:
    assert [*source.formatted_too_early()] == []


def test_the_source_is_read_at_all() -> None:
    said = {text for _, text in source.templates()}
    assert "Reading page {page} of {pages}" in said  # a phrase of the page
    assert "The file is empty (0 bytes). Please check it and upload it again." in said  # an error
    assert "the page says {page}, the answer {answer}" in said  # a reason
    assert ("Page {pages} could not be read.", "Pages {pages} could not be read.") in {
        (one, many) for _, one, many in source.plurals()
    }


def test_no_line_begins_with_a_sign_that_french_sets_apart() -> None:
    said = [text for many in catalogue("fr").plurals.values() for text in many.values()]
    said += catalogue("fr").templates.values()
    assert [text for text in said if re.search(r" [;:!»]|« ", text)] == []
