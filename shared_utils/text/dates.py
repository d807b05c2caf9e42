"""Calendar dates as the world prints them: "December 31, 2019", "31. Dezember 2019", "31.12.2019", "2019-12-31"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from shared_utils.text.folding import fold_in_place, folded_words
from shared_utils.text.numerals import Notation, notation_of, plain_digits

_MONTHS = (
    "january jan januar janner janvier janv enero ene janeiro gennaio gen januari января",
    "february feb februar fevrier fevr febrero fevereiro febbraio febbr februari февраля",
    "march mar marz mars marzo marco maart mrt марта",
    "april apr avril avr abril abr aprile апреля",
    "may mai mayo maio maggio mei мая",
    "june jun juni juin junio junho giugno июня",
    "july jul juli juillet juil julio julho luglio июля",
    "august aug aout agosto augustus августа",
    "september sep sept septembre septiembre setembro settembre сентября",
    "october oct oktober okt octobre octubre outubro ottobre октября",
    "november nov novembre noviembre novembro ноября",
    "december dec dezember dez decembre diciembre dezembro dicembre декабря",
)
MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_MONTH_NAMES = tuple(names.split()[0] for names in _MONTHS)
# Names that are hardly ever another word, so that they are months without a day or a year beside them.
MONTHS_IN_ENGLISH = {
    name: _MONTH_NAMES[number - 1]
    for name, number in MONTH_OF.items()
    if len(name) >= 5 and name not in ("march", "marco", "augustus")
}
_YEARS = r"(?P<years>(?:19|20)\d\d(?:\s*(?:,|and|und|et|y|e|en|&|,\s*and)?\s*(?:19|20)\d\d)*)\b"
_DAY_BEFORE = re.compile(r"(?<![\w.,])(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?(?:\s+|-)(?:of\s+|de\s+|di\s+)?\Z")
_YEARS_AFTER = re.compile(rf"\.?(?:\s*,?\s*|-)(?:de[l]?\s+|di\s+)?{_YEARS}")
_DAY_AFTER = re.compile(rf"\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[.]\d|,\d{{3}}(?!\d))(?:\s*,?\s*{_YEARS})?")
_NUMERIC = re.compile(
    r"(?<![\d.,/-])(?:(?P<iso>(?:19|20)\d\d)(?P<dash>[-./])(?P<iso_month>0?[1-9]|1[0-2])(?P=dash)"
    r"(?P<iso_day>0?[1-9]|[12]\d|3[01])(?!\d|[./-]\d)"
    r"|(?P<one>0?[1-9]|[12]\d|3[01])(?P<sign>\. ?|[/-])(?P<other>0?[1-9]|[12]\d|3[01])(?P=sign)(?P<year>(?:19|20)\d\d)"
    r"(?!\d|[./-]\d)"
    r"|(?P<short_one>0[1-9]|[12]\d|3[01])(?P<short_sign>[./])(?P<short_other>0[1-9]|[12]\d|3[01])(?P=short_sign)"
    r"(?P<short_year>\d\d)(?![\d%]|[.,/]\d)"
    r"|(?P<slash_one>[1-9]|[12]\d|3[01])/(?P<slash_other>[1-9]|[12]\d|3[01])/(?P<slash_year>\d\d)(?![\d%]|[.,/]\d))"
)
_DIGITS = re.compile(r"\d+")
_YEAR = re.compile(r"\d{4}")
_SIGNS = frozenset("-./")
_QUARTER_WORDS = (
    ("first 1st erstes ersten erste premier primer primo primeiro eerste", "1"),
    ("second 2nd zweites zweiten zweite deuxieme segundo secondo tweede", "2"),
    ("third 3rd drittes dritten dritte troisieme tercer terzo terceiro derde", "3"),
    ("fourth 4th viertes vierten vierte quatrieme cuarto quarto vierde", "4"),
)
_QUARTER_OF = {word: number for words, number in _QUARTER_WORDS for word in words.split()}
_QUARTER = re.compile(
    rf"\b(?P<word>{'|'.join(_QUARTER_OF)})(?:\s+(?:(?:fiscal\s+)?quarter|quartal[es]?|trimestre|kwartaal)\b|(?=\s*$))"
    r"|\b(?:[qt](?P<after>[1-4])|(?P<before>[1-4])q)\b|\b(?P<numbered>[1-4])(?:\.|er|e|eme|o|º)\s*(?:quartal|trimestre|kwartaal)"
)


@dataclass(frozen=True, slots=True)
class Date:
    """`text[start:end]`. Several years when a table's heading lists them: "December 31, 2018 2019".

    `swapped` is the other reading, (month, day), of a date like 3/4/2023 whose document does not tell the order.
    """

    text: str
    start: int
    end: int
    month: int
    day: int | None
    years: tuple[int, ...]
    swapped: tuple[int, int] | None = None

    @property
    def days(self) -> tuple[tuple[int, int | None], ...]:
        """Every reading as (month, day), the likeliest first; the day is None where only a month is told."""
        return ((self.month, self.day),) if self.swapped is None else ((self.month, self.day), self.swapped)


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a year, "1" … "4", where it is written: "Q3", "3. Quartal", "the third quarter"."""

    number: str
    start: int
    end: int


@lru_cache(maxsize=8192)  # the sentences of a page are read again for every sentence of an answer
def dates(text: str, notation: Notation | None = None) -> tuple[Date, ...]:
    """Every date of a text, in order. Without a `notation` the text tells its own.

    >>> [(d.month, d.day, d.years) for d in dates("as of December 31,\\n2018 2019, from May 2016 to 2017-01-02")]
    [(12, 31, (2018, 2019)), (5, None, (2016,)), (1, 2, (2017,))]
    """
    plain = plain_digits(text)
    if not _DIGITS.search(plain):
        return ()
    found = [*_numeric_dates(text, plain, notation), *_named_dates(text, plain)]
    return tuple(sorted(found, key=lambda date: date.start))


def quarters(text: str) -> tuple[Quarter, ...]:
    """Every quarter of a year that a text names, in order.

    >>> [quarter.number for quarter in quarters("Q2, the third quarter and das 4. Quartal")]
    ['2', '3', '4']
    """
    return tuple(
        Quarter(_QUARTER_OF.get(match["word"] or "", "") or match[match.lastgroup or 0], match.start(), match.end())
        for match in _QUARTER.finditer(fold_in_place(plain_digits(text)))
    )


def spelled_out(text: str) -> str:
    """A text whose dates in digits and short months are spelled out in English, for an index. Lengths change.

    >>> spelled_out("Rechnung vom 15.03.2023, Mai 2024")
    'Rechnung vom 15 march 2023, may 2024'
    """
    pieces, position = [], 0
    for date in dates(text):
        if date.start < position:
            continue
        pieces += [text[position : date.start], _spelled_out(text[date.start : date.end], date)]
        position = date.end
    return "".join([*pieces, text[position:]])


def _spelled_out(written: str, date: Date) -> str:
    months = " ".join(_MONTH_NAMES[month - 1] for month, _ in date.days)
    name = next(((start, end) for start, end, word in folded_words(written) if word in MONTH_OF), None)
    if name is not None:
        return f"{written[: name[0]]}{months}{written[name[1] :]}"
    days = " ".join(str(day) for _, day in date.days)
    return " ".join((days, months, *map(str, date.years)))


def _named_dates(text: str, plain: str) -> Iterator[Date]:
    """ "5 March 2021", "March 5, 2021", "March 2021": a month's name beside digits."""
    position = 0
    for start, end, word in folded_words(plain):
        if word not in MONTH_OF or start < position:
            continue
        before = _DAY_BEFORE.search(plain, max(0, start - 12), start)
        if before and "\n" in before[0] and plain[: before.start()].endswith("  "):
            before = None  # the last figure of a row, and the label of the next one
        after = (
            _YEARS_AFTER.match(plain, end) if before else _DAY_AFTER.match(plain, end) or _YEARS_AFTER.match(plain, end)
        )
        day = before["day"] if before else after["day"] if after and "day" in after.re.groupindex else None
        if not (before or after) or (day is not None and not 1 <= int(day) <= 31):
            continue
        first, position = before.start() if before else start, after.end() if after else end
        years = tuple(int(year) for year in _YEAR.findall((after["years"] if after else "") or ""))
        yield Date(
            " ".join(text[first:position].split()), first, position, MONTH_OF[word], int(day) if day else None, years
        )


def _numeric_dates(text: str, plain: str, notation: Notation | None) -> Iterator[Date]:
    position = 0
    for digits in _DIGITS.finditer(plain):
        start, end = digits.span()
        if start >= position and end - start <= 4 and plain[end : end + 1] in _SIGNS:
            match = _NUMERIC.match(plain, start)
            if match and (date := _numeric(text, match, notation)):
                position = match.end()
                yield date


def _numeric(text: str, match: re.Match[str], notation: Notation | None) -> Date | None:
    written, (start, end) = text[match.start() : match.end()], match.span()
    if match["iso"]:
        return Date(written, start, end, int(match["iso_month"]), int(match["iso_day"]), (int(match["iso"]),))
    one, other, year = (
        int(match[part] or match[f"short_{part}"] or match[f"slash_{part}"]) for part in ("one", "other", "year")
    )
    years = (year if year >= 1900 else 2000 + year if year < 70 else 1900 + year,)
    sign = (match["sign"] or match["short_sign"] or "/").strip()
    if one > 12 and other > 12:
        return None
    if sign == "." or one > 12 or one == other:
        return Date(written, start, end, other, one, years) if other <= 12 else None
    if other > 12:
        return Date(written, start, end, one, other, years)
    day_first = (notation or notation_of(text)).day_first
    if day_first is None:
        return Date(written, start, end, one, other, years, swapped=(other, one))
    return Date(written, start, end, *((other, one) if day_first else (one, other)), years)
