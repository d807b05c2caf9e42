"""`Say`: handed to whatever puts words on a screen, as its last argument."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import Formatter
from typing import Any

from src.i18n.catalogue import catalogue, recognised

LANGUAGES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
"""Code -> what the language calls itself."""

_THIN_SPACE = "\u202f"  # does not break
_DECIMAL_COMMA = frozenset({"de"})
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_SENTENCE_END = re.compile(r"(?<![ (]p\.)(?:(?<=[.!?…])|(?<=[.!?]”)) (?=\S)")  # "p. 7" is no end


def phrase(english: str) -> str:
    """Marks a phrase that is kept in a table and said later, so that the catalogues are checked for it."""
    return english


@dataclass(frozen=True, slots=True)
class Say:
    """Says things in one language. `language` is a key of LANGUAGES."""

    language: str = "en"

    def __call__(self, english: str, /, **values: object) -> str:
        """The phrase with its holes filled. English where the catalogue lacks it.

        Holes take Python's format codes for numbers, written as the language writes them: `{n:,}`, `{seconds:.1f}`.
        """
        return self._fill(catalogue(self.language).phrases.get(english, english), values)

    def n(self, count: int, one: str, many: str, /, **values: object) -> str:
        """The phrase for so many: `say.n(3, "{n:,} page", "{n:,} pages")`. The hole `n` holds the count."""
        return self(one if count == 1 else many, n=count, **values)

    def message(self, text: str) -> str:
        """A finished text of the core, sentence by sentence: errors, notes, reasons, status lines.

        What is not in the catalogue stays as it is: words of a document, of a model, of another program.
        """
        return text if self.language == "en" else _translated(self.language, text)

    def number(self, value: float, form: str = ",") -> str:
        """`value` in Python's format `form`, with the separators of the language.

        >>> Say("en").number(1234.5, ",.1f"), Say("de").number(1234.5, ",.1f")
        ('1\u202f234.5', '1\u202f234,5')
        """
        return self._separated(format(value, form))

    def _separated(self, digits: str) -> str:
        thin = digits.replace(",", _THIN_SPACE)
        return thin.replace(".", ",") if self.language in _DECIMAL_COMMA else thin

    def listed(self, text: str) -> str:
        """A number, or a list of them such as "3–5 and 9", as it was said in English."""
        words = text.replace(" and ", self(" and "))
        return _NUMBER.sub(lambda number: self._separated(number[0]), words)

    def _fill(self, template: str, values: Mapping[str, object]) -> str:
        return _Filler(self).vformat(template, (), values)


class _Filler(Formatter):
    """`str.format`, but numbers are written as the language does; two more codes serve the messages.

    `{seconds:number}`: digits out of a sentence, written anew. `{reason:message}`: a sentence within a sentence.
    """

    def __init__(self, say: Say) -> None:
        self._say = say

    def format_field(self, value: Any, format_spec: str) -> str:  # Any, as in Formatter
        match format_spec:
            case "number":
                return self._say.listed(str(value))
            case "message":
                return self._say.message(str(value))
        if isinstance(value, int | float) and not isinstance(value, bool):
            return self._say.number(value, format_spec)
        return str(format(value, format_spec))


@lru_cache(maxsize=4096)
def _translated(language: str, text: str) -> str:
    """Sentence by sentence. What looks like several may be one, where a file's name holds full stops: of all ways to
    read the text, the one that leaves the fewest sentences unknown."""
    sentences = _SENTENCE_END.split(text)
    best: list[tuple[int, tuple[str, ...]]] = [
        (0, ())
    ]  # (unknown sentences, what is said) of the text's ends, reversed
    for begin in reversed(range(len(sentences))):
        unknown, rest = best[-1]
        readings = [(unknown + 1, (sentences[begin], *rest))]
        for end in range(begin + 1, len(sentences) + 1):
            words = _known(language, " ".join(sentences[begin:end]))
            if words is not None:
                unknown, rest = best[len(sentences) - end]
                readings.append((unknown, (words, *rest)))
        best.append(min(readings, key=lambda reading: reading[0]))
    return " ".join(best[-1][1])


def _known(language: str, sentence: str) -> str | None:
    known = recognised(language, sentence)
    if known is not None:
        return _Filler(Say(language)).vformat(known[0], (), known[1])
    return catalogue(language).phrases.get(sentence)


def say_for(language: str, accept_language: str = "") -> Say:
    """Whoever chose a language gets it; else the first known one that the browser asks for; else English.

    >>> [say_for(*asked).language for asked in (("de", "en"), ("", "fr, de-AT;q=0.8, en;q=0.9"), ("", "de-AT"))]
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
