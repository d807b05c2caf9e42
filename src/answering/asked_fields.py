"""Which questions ask for a field of a form, and by which labels it is printed: fields.toml, as data."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from shared_utils.text.folding import fold

LONGEST_LABEL = 6  # words of what is asked for by the label itself
_ANYBODY = re.compile(r"\.\{\d,\d+\}")  # in a question of the data: whoever it may be
_CAPITALISED = re.compile(r"(?<=\s)[A-ZÀ-ÞŠŽ][\w'’-]+")
_FULL_NAME = re.compile(r"[A-ZÀ-ÞŠŽ][\w’-]+\s+[A-ZÀ-ÞŠŽ][\w’-]+\W*$")  # who is asked for by name
_DATA: dict[str, Any] = tomllib.loads(Path(__file__).with_name("fields.toml").read_text(encoding="utf-8"))
FORMS: dict[str, str] = _DATA["forms"]
"""Regular expressions, in folded text: what a company's name ends with, a letter's last words, the present, a title."""


@dataclass(frozen=True, slots=True)
class Field:
    """`labels` as they are printed, folded, the most telling first; a value has to have the `form`."""

    labels: tuple[str, ...]
    form: str
    has_letterhead: bool = False
    has_closing: bool = False
    has_address: bool = False
    about: tuple[str, ...] = ()  # names in the question, folded: they have to stand in the document


def asked_field(question: str) -> Field | None:
    """What a question asks for that a form would print; None for any other question.

    >>> asked_field("Who is the customer?").form, asked_field("What is my booking reference?").labels[0]
    ('party', 'booking reference')
    >>> asked_field("Why did the customer leave?") is None
    True
    """
    asked = re.sub(r"\s+", " ", fold(question)).strip(" ?!.")
    asked = re.sub(rf"{_DATA['tail']}$", "", asked)
    for form, field in _fields():
        if (match := form.fullmatch(asked)) is not None:
            about = " ".join(filter(None, match.groupdict().values()))
            return replace(field, about=tuple(name for name in _names(question) if name in about))
    return None if _FULL_NAME.search(question) else _by_its_label(asked)


def _names(question: str) -> list[str]:
    """The words of a question that begin with a capital, folded."""
    return [re.sub(r"'s?$", "", fold(name)) for name in _CAPITALISED.findall(question)]


@cache
def _fields() -> tuple[tuple[re.Pattern[str], Field], ...]:
    found = []
    for one in _DATA.values():
        if isinstance(one, dict) and "form" in one:
            nouns = "|".join(one.get("names", ()))
            framed = [frame.replace("{}", f"(?:{nouns})") for frame in _DATA["frames"]] if nouns else []
            also = (one.get(name, False) for name in ("letterhead", "closing", "address"))
            field = Field(tuple(one["labels"]), one["form"], *also)
            asked = "|".join([*one.get("asked", ()), *framed])
            number = count()
            asked = _ANYBODY.sub(lambda match: f"(?P<about{next(number)}>{match.group()})", asked)  # noqa: B023
            found.append((re.compile(asked), field))
    return tuple(found)


def _by_its_label(asked: str) -> Field | None:
    """What is asked for by the very label: "What is my seat?"."""
    for frame in _DATA["frames"]:
        match = re.fullmatch(frame.replace("{}", r"(?P<of>[^\W\d].*)"), asked)
        if match is not None and len(match["of"].split()) <= LONGEST_LABEL:
            return Field((match["of"],), "short")
    return None


@cache
def labels() -> frozenset[str]:
    """All labels of all fields."""
    return frozenset(label for _, field in _fields() for label in field.labels)


__all__ = ["FORMS", "LONGEST_LABEL", "Field", "asked_field", "labels"]
