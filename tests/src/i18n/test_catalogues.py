"""Nothing that Footnote says lacks a translation, and no translation has lost its sentence."""

from __future__ import annotations

import tomllib
from string import Formatter

import pytest

from src.i18n import LANGUAGES
from tests.src.i18n import source

CODES = [code for code in LANGUAGES if code != "en"]

_NOT_SAID = (
    # looked for in what other programs say
    "no space",
    "not found",
    "file does not exist",
    "Microsoft Word -",
    "Microsoft PowerPoint -",
    "is are was were",
    "Bearer",
)


def table(language: str, name: str) -> dict[str, str]:
    text = (source.ROOT / "src" / "i18n" / f"{language}.toml").read_text(encoding="utf-8")
    entries: dict[str, str] = tomllib.loads(text)[name]
    return entries


@pytest.mark.parametrize("language", CODES)
def test_every_phrase_of_the_source_is_translated(language: str) -> None:
    known = table(language, "phrases")
    assert [f"{where}  {text}" for where, text in source.phrases() if text not in known] == []


@pytest.mark.parametrize("language", CODES)
def test_no_phrase_is_kept_that_nobody_says(language: str) -> None:
    said = {text for _, text in source.phrases()} | {" and "}
    assert set(table(language, "phrases")) - said == set()


@pytest.mark.parametrize("language", CODES)
def test_every_sentence_of_the_core_is_translated(language: str) -> None:
    known = [source.without_names(line) for name in ("messages", "phrases") for line in table(language, name)]
    lacking = [
        f"{where}  {source.shown(sentence)}"
        for where, sentence in source.messages()
        if not sentence.startswith(_NOT_SAID) and not source.covered(sentence, known)
    ]
    assert lacking == []


@pytest.mark.parametrize("language", CODES)
def test_a_translation_fills_in_nothing_that_is_not_there(language: str) -> None:
    def holes(template: str) -> set[str]:
        return {name for _, name, *_ in Formatter().parse(template) if name}

    entries = {**table(language, "phrases"), **table(language, "messages")}
    assert [english for english, said in entries.items() if not holes(said) <= holes(english)] == []
