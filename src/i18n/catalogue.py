"""A language's catalogue, and how a finished sentence is recognised in it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence of the core with holes in it, and the same in another language."""

    english: str
    translated: str
    pattern: re.Pattern[str]
    longest: str  # the longest of its fixed words: what does not hold these cannot match


@dataclass(frozen=True, slots=True)
class Catalogue:
    phrases: dict[str, str]
    messages: tuple[Template, ...]  # those with the most fixed words first: the more particular one is meant


@cache
def catalogue(language: str) -> Catalogue:
    """Read once. A language without a file, such as English, has an empty one."""
    file = _HERE / f"{language}.toml"
    if not file.exists():
        return Catalogue({}, ())
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    templates = [_template(english, translated) for english, translated in tables["messages"].items()]
    return Catalogue(tables["phrases"], tuple(sorted(templates, key=lambda t: -len(fixed_words(t.english)))))


def fixed_words(template: str) -> str:
    """The template without its holes."""
    return "".join(literal for literal, *_ in Formatter().parse(template))


def _template(english: str, translated: str) -> Template:
    parts = [(literal, name) for literal, name, *_ in Formatter().parse(english)]
    pattern = "".join(re.escape(literal) + (f"(?P<{name}>.+?)" if name else "") for literal, name in parts)
    longest = max((literal for literal, _ in parts), key=len)
    return Template(english, translated, re.compile(pattern, re.DOTALL), longest)


def recognised(language: str, sentence: str) -> tuple[str, dict[str, str]] | None:
    """The translated template of a finished sentence, and what stood in its holes."""
    for template in catalogue(language).messages:
        if template.longest in sentence and (match := template.pattern.fullmatch(sentence)):
            return template.translated, match.groupdict()
    return None
