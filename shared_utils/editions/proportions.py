"""Quantities without a numeral of their own: parts of a whole, how often, and per what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from shared_utils.text.folding import fold

_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ein": 1, "eine": 1, "zwei": 2,
    "drei": 3, "vier": 4, "funf": 5, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5,
}  # fmt: skip
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "thirds": 3, "quarter": 4, "quarters": 4, "fourth": 4, "fourths": 4, "fifth": 5,
    "fifths": 5, "drittel": 3, "viertel": 4, "funftel": 5, "tiers": 3, "quart": 4, "quarts": 4, "cinquieme": 5,
    "cinquiemes": 5,
}  # fmt: skip
_TIMES = {"twice": 2, "thrice": 3, "einmal": 1, "zweimal": 2, "dreimal": 3, "viermal": 4}
_PERIODS = {
    "annum": "year", "jahr": "year", "an": "year", "tag": "day", "jour": "day", "woche": "week", "semaine": "week",
    "monat": "month", "mois": "month", "quartal": "quarter", "trimestre": "quarter", "stunde": "hour", "heure": "hour",
}  # fmt: skip
_OF = r"second|minute|hour|day|week|month|quarter|year"


def _any(words: dict[str, int]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_WORDED = re.compile(
    rf"\b(?P<count>{_any(_COUNTS)}|\d{{1,2}})[\s-](?P<part>{_any(_PARTS)})\b(?!\s+of\s+(?:fiscal|(?:19|20)\d\d))"
    r"|(?<![\w/.,])(?P<over>\d{1,2})/(?P<under>[2-9]|10)(?![\w/.,]\d)\s+of\b"
    r"|\b(?P<half>half|halfte|moitie)\b"
    rf"|\b(?P<times>{_any(_TIMES)})\b|\bonce(?=\s+(?:a|an|per|every|each)\b)"
    rf"|\b(?P<often>{_any(_COUNTS)}|\d{{1,3}})\s+(?:times|fois)(?=\s+(?:a|an|per|every|each|par)\b)"
    rf"|\b(?:per|an?|each|every)\s+(?P<period>{_OF}|annum)\b"
    r"|\b(?:pro|je|par)\s+(?P<other>annum|jahr|an|tag|jour|woche|semaine|monat|mois|quartal|trimestre|stunde|heure)\b"
)


@dataclass(frozen=True, slots=True)
class Proportion:
    """`text[start:end]` says `meaning`, whatever its words: "two-thirds" and "2/3 of" are equal."""

    start: int
    end: int
    meaning: tuple[str, Fraction | str]


def proportions(text: str) -> Iterator[Proportion]:
    """In reading order.

    >>> [(p.meaning[0], str(p.meaning[1])) for p in proportions("One third of them meet twice a year, at $5 per day")]
    [('part', '1/3'), ('times', '2'), ('per', 'year'), ('per', 'day')]
    """
    folded = fold(text)
    if len(folded) != len(text):  # a letter that folds to two: places would be off
        folded = text.casefold() if len(text.casefold()) == len(text) else text
    for match in _WORDED.finditer(folded):
        yield Proportion(match.start(), match.end(), _meaning(match))


def _meaning(match: re.Match[str]) -> tuple[str, Fraction | str]:
    if match["part"]:
        return "part", Fraction(_count(match["count"]), _PARTS[match["part"]])
    if match["over"]:
        return "part", Fraction(int(match["over"]), int(match["under"]))
    if match["half"]:
        return "part", Fraction(1, 2)
    if period := match["period"] or match["other"]:
        return "per", _PERIODS.get(period, period)
    return "times", Fraction(_TIMES[match["times"]] if match["times"] else _count(match["often"] or "one"))


def _count(word: str) -> int:
    return int(word) if word.isdecimal() else _COUNTS[word]
