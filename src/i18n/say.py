"""`Say`: handed to whatever puts words on a screen, as its last argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from string import Formatter
from typing import Any

from babel import Locale
from babel.dates import format_skeleton
from babel.lists import format_list

from shared_utils.message import Message, counted, message
from src.i18n.catalogue import catalogue

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch", "fr": "Français"}
"""Code -> what the language calls itself."""

_LOCALES = {"en": "en_GB"}  # lists without a comma before "and"
_THIN_SPACE = "\u202f"  # does not break
_DECIMAL_COMMA = frozenset({"de", "fr"})


def phrase(english: str) -> str:
    """Marks a phrase that is kept in a table and said later, so that the catalogues are checked for it."""
    return english


@dataclass(frozen=True, slots=True)
class Say:
    """Says things in one language. `language` is a key of LANGUAGES."""

    language: str = "en"

    def __call__(self, said: str | Message, /, **values: object) -> str:
        """The template with its holes filled, in this language; in English where the catalogue lacks it.

        Holes take Python's format codes for numbers, written as the language writes them: `{n:,}`, `{seconds:.1f}`.
        """
        whole = said if isinstance(said, Message) else message(said, **values)
        template = self._template(whole)
        return _Filler(self).vformat(template, (), dict(whole.values)) if whole.values else template

    def n(self, count: int, one: str, many: str, /, **values: object) -> str:
        """The phrase for so many: `say.n(3, "{n:,} page", "{n:,} pages")`. The hole `n` holds the count."""
        return self(counted(count, one, many, **values))

    def number(self, value: float, form: str = ",") -> str:
        """`value` in Python's format `form`, with the separators of the language.

        >>> Say("en").number(1234.5, ",.1f"), Say("de").number(1234.5, ",.1f")
        ('1\u202f234.5', '1\u202f234,5')
        """
        thin = format(value, form).replace(",", _THIN_SPACE)
        return thin.replace(".", ",") if self.language in _DECIMAL_COMMA else thin

    def listed(self, items: Sequence[str]) -> str:
        """Several as one: "3–5, 7 and 9"."""
        return format_list(items, locale=_locale(self.language))

    def moment(self, seconds: float, offset_min: float = 0) -> str:
        """A day and a time to the minute. `seconds` since the epoch; `offset_min` is what the person's clock is behind
        UTC, in minutes, as browsers tell it.

        >>> Say("en").moment(0), Say("de").moment(0, offset_min=-60), Say("fr").moment(0)
        ('1 Jan 1970, 00:00', '1. Jan. 1970, 01:00', '1 janv. 1970, 00:00')
        """
        local = datetime.fromtimestamp(seconds, UTC) - timedelta(minutes=offset_min)
        return ", ".join(format_skeleton(form, local, locale=_locale(self.language)) for form in ("yMMMd", "Hm"))

    def _template(self, said: Message) -> str:
        known = catalogue(self.language)
        if not said.one:
            return known.templates.get(said.template, said.template)
        category = _locale(self.language).plural_form(said.count)
        forms = known.plurals.get(said.template, {"one": said.one})
        return forms.get(category, forms.get("other", said.template))


@cache
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


class _Filler(Formatter):
    """`str.format`, but numbers and lists are written as the language does, and a sentence within is said in it."""

    def __init__(self, say: Say) -> None:
        self._say = say

    def format_field(self, value: Any, format_spec: str) -> str:  # Any, as in Formatter
        match value:
            case Message():
                return self._say(value)
            case tuple():
                return self._say.listed(value)
            case int() | float() if not isinstance(value, bool):
                return self._say.number(value, format_spec)
            case _:
                return format(value, format_spec)


def say_for(language: str, accept_language: str = "") -> Say:
    """Whoever chose a language gets it; else the first known one that the browser asks for; else English.

    >>> [say_for(*asked).language for asked in (("de", "en"), ("", "fi, de-AT;q=0.8, en;q=0.9"), ("", "de-AT"))]
    ['de', 'en', 'de']
    """
    return Say(next((code for code in (language, *_preferred(accept_language)) if code in LANGUAGES), "en"))


def _preferred(accept_language: str) -> Sequence[str]:
    """The languages of an Accept-Language header, best first. https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4"""
    weighed = []
    for entry in accept_language.split(","):
        tag, _, weight = entry.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.partition("-")[0].lower()))
        except ValueError:
            continue
    return [tag for _, tag in sorted(weighed, key=lambda entry: entry[0])]


ENGLISH = Say("en")
GERMAN = Say("de")
