"""Which words tell how many, how surely, who did it and why, as word_classes.toml lists them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_WORDS = Path(__file__).with_name("word_classes.toml")


@cache
def classes(table: str) -> Mapping[str, str]:
    """For every folded word of a table ("quantity", "surety", "verbs") its class there.

    >>> classes("quantity")["several"]
    'some'
    """
    return {word: name for name, words in _kept()[table].items() for word in words.split()}


@cache
def stand_ins() -> Mapping[str, tuple[str, ...]]:
    """For "we", "my" or "your" of a page, what an answer may call those people instead."""
    return {word: tuple(names.split()) for word, names in _kept()["stand_ins"].items()}


@cache
def alternatives() -> Mapping[str, frozenset[str]]:
    """For every folded word of a set whose words exclude each other, the others of it."""
    sets = [frozenset(words.split()) for words in _kept()["alternatives"].values()]
    return {word: frozenset().union(*(s for s in sets if word in s)) - {word} for words in sets for word in words}


@cache
def links(name: str) -> re.Pattern[str]:
    """What stands between a cause and its effect: "cause_behind", "cause_before" or "goes_on".

    >>> links("cause_behind").search("It fell due to rain.").group()
    'due to'
    """
    return re.compile(rf"\b(?:{'|'.join(_kept()['links'][name])})\b", re.IGNORECASE)


@cache
def _kept() -> dict[str, Any]:
    return tomllib.loads(_WORDS.read_text(encoding="utf-8"))
