"""A language's catalogue: what each English template is in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


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
    return Catalogue(tables["templates"], tables["plurals"])
