"""Figures, tables, steps and days that a question names by their number, and that the documents do not have.

"What does Figure 9 show?" is foreign to a paper that numbers its figures to 6, "Who wrote the revision of May 2018?" to
a document in which May and 2018 never stand together, however near the rest comes. Where the documents number
nothing of the kind, whoever asks has counted, and nothing is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared_utils.retrieval.index import DocumentIndex
from shared_utils.text.dates import MONTH_OF, Date, dates
from shared_utils.text.folding import fold, fold_in_place

_KINDS = (  # how a numbered thing is called, in seven languages, folded
    r"fig(?:ure|ura)?s?|figuren?|abb(?:ildung(?:en)?)?",
    r"tab(?:le|elle|elles|ellen|leau|leaux|la|las|ela|elas|ella)?s?|tabel(?:len)?",
)
_NUMBER = r"\d{1,3}(?:[.-]\d{1,3})*"
_LABELS = tuple(re.compile(rf"\b(?:{kind})\.?\s*(?P<numbers>{_NUMBER})") for kind in _KINDS)
_PRINTED = tuple(
    re.compile(
        rf"\b(?:{kind})\.?\s*(?P<numbers>{_NUMBER}[a-z]?\b(?:\s*(?:,|-|–|and|&|to|bis|und|et|y|e|en)+\s*{_NUMBER}[a-z]?\b)*)"
    )
    for kind in _KINDS
)
_RANGE = re.compile(r"(\d{1,3})[a-z]?\s*(?:-|–|to|bis)\s*(\d{1,3})")
_STEP = re.compile(
    r"\b(?P<name>level|tier|step|phase|stage|class|grade|stufe|ebene|klasse|niveau)-(?P<number>\d{1,2})\b"
)
_MODAL = "may"  # is no month in small letters
_NEAR = 60  # characters between a month and its year, none of them a letter


def absent_labels(question: str, indexes: Sequence[DocumentIndex]) -> tuple[str, ...]:
    """The numbered figures, tables and steps of a question that none of the documents has, while they have others.

    Cost: the documents' text is read where a question names one.
    """
    asked = fold(question)
    missing: list[str] = []
    for label, printed in zip(_LABELS, _PRINTED, strict=True):
        named = list(label.finditer(asked))
        there = {number for text in _texts(indexes) for number in _numbers(printed, fold(text))} if named else set()
        missing += [match.group() for match in named if there and not _stands(match["numbers"], there)]
    for match in _STEP.finditer(asked):
        written = re.compile(
            rf"\b(?:{match['name']}s?[\s-]?{match['number']}|{match['number']}[\s-]?{match['name']}s?)\b"
        )
        if not any(written.search(fold(text)) for text in _texts(indexes)):
            missing.append(match.group())
    return tuple(missing)


def absent_dates(question: str, indexes: Sequence[DocumentIndex]) -> tuple[str, ...]:
    """The days and months of a year that a question names and no page has: its month never stands near its year."""
    return tuple(
        date.text for date in dates(question) if date.years and not any(_near(date, text) for text in _texts(indexes))
    )


def _numbers(printed: re.Pattern[str], text: str) -> Iterator[str]:
    for match in printed.finditer(text):
        yield from re.findall(_NUMBER, match["numbers"])
        for first, last in _RANGE.findall(match["numbers"]):
            yield from map(str, range(int(first), int(last) + 1))


def _stands(number: str, there: set[str]) -> bool:
    """A figure may be printed with its part alone: 3.2 stands where 3 does."""
    return (
        number in there
        or number.replace("-", ".") in there
        or any(re.split(r"[.-]", one)[0] == number for one in there)
    )


def _near(date: Date, text: str) -> bool:
    months = "|".join(sorted((name for name, n in MONTH_OF.items() if n == date.month), key=len, reverse=True))
    years = "|".join(map(str, date.years))
    folded = fold_in_place(text)
    if not re.search(rf"\b(?:{years})\b", folded):
        return False
    if date.day is None and re.search(rf"(?<![\d./-])0?{date.month}\s?[/.-]\s?(?:{years})\b", folded):
        return True  # "05/2016"
    near = re.finditer(rf"\b(?P<month>{months})\b\W*(?:[^a-z]{{0,{_NEAR}}}\D)?(?:{years})\b", folded)
    if any(match["month"] != _MODAL or text[match.start()].isupper() for match in near):
        return True
    return any(one.month == date.month and set(one.years) & set(date.years) for one in dates(text))


def _texts(indexes: Sequence[DocumentIndex]) -> Iterator[str]:
    for index in indexes:
        for chunk in index.chunks:
            yield chunk.text
