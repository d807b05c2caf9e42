"""A language's catalogue: what each English template is in it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_BEFORE = re.compile(r" (?=[;!»])|(?<=«) ")
_COLON = re.compile(r" (?=:)")  # a wider one: https://fr.wikipedia.org/wiki/Espace_insécable


@dataclass(frozen=True, slots=True)
class Catalogue:
    templates: Mapping[str, str] = field(default_factory=dict)  # English -> this language
    # English for many -> plural category -> this language. https://cldr.unicode.org/index/cldr-spec/plural-rules
    plurals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@cache
def catalogue(language: str) -> Catalogue:
    """Read once. A language without a file, such as English, has an empty one."""
    file = _HERE / f"{language}.toml"
    if not file.exists():
        return Catalogue()
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return Catalogue(
        {english: _bound(text) for english, text in tables["templates"].items()},
        {english: {many: _bound(text) for many, text in forms.items()} for english, forms in tables["plurals"].items()},
    )


def _bound(text: str) -> str:
    """With spaces that do not break where French sets one at a sign: no line begins with “;”. Not before “?”: what is
    suggested as a question is asked as it stands.

    >>> _bound("le serveur ; « ici »").split(" ")
    ['le', 'serveur\\u202f;', '«\\u202fici\\u202f»']
    """
    return _BEFORE.sub("\u202f", _COLON.sub("\u00a0", text))
