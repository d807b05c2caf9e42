"""Calendar dates as reports write them: "December 31, 2019", "31. Dezember 2019", "2019-12-31", "May 2016"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared_utils.citations.quantities import plain_digits
from shared_utils.text.folding import fold

_MONTHS = (
    "january jan januar janvier enero janeiro gennaio января",
    "february feb februar fevrier febrero fevereiro febbraio февраля",
    "march mar marz mars marzo marco марта",
    "april apr avril abril aprile апреля",
    "may mai mayo maio maggio мая",
    "june jun juni juin junio junho giugno июня",
    "july jul juli juillet julio julho luglio июля",
    "august aug aout agosto августа",
    "september sep sept septembre septiembre setembro settembre сентября",
    "october oct oktober octobre octubre outubro ottobre октября",
    "november nov novembre noviembre novembro ноября",
    "december dec dezember decembre diciembre dezembro dicembre декабря",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_NAME = rf"(?P<month>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})\b\.?"
_YEARS = r"(?P<years>(?:19|20)\d\d(?:\s*(?:,|and|und|et|y|&|,\s*and)?\s*(?:19|20)\d\d)*)\b"
_DATE = re.compile(
    rf"(?<!\w){_NAME}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*[.]\d)(?:\s*,?\s*{_YEARS})?"
    rf"|(?<![\w.,])(?P<day_first>\d{{1,2}})(?:st|nd|rd|th|\.|º)?\s+(?:of\s+|de\s+)?"
    rf"{_NAME.replace('month', 'month_last')}"
    rf"(?:\s*,?\s*(?:de\s+)?{_YEARS.replace('years', 'years_last')})?"
    rf"|(?<!\w){_NAME.replace('month', 'month_only')}\s*,?\s*{_YEARS.replace('years', 'years_only')}"
    r"|(?<!\d)(?P<iso>(?:19|20)\d\d-\d\d-\d\d)(?!\d)",
)


@dataclass(frozen=True, slots=True)
class Date:
    """`text[start:end]`. Several years when a table's heading lists them: "December 31, 2018 2019"."""

    text: str
    start: int
    end: int
    month: int
    day: int | None
    years: tuple[int, ...]


def dates(text: str) -> tuple[Date, ...]:
    """Every date of a text, in order.

    >>> [(d.month, d.day, d.years) for d in dates("as of December 31,\\n2018 2019, from May 2016 to 2017-01-02")]
    [(12, 31, (2018, 2019)), (5, None, (2016,)), (1, 2, (2017,))]
    """
    folded = "".join(fold(char)[:1] or char for char in plain_digits(text))  # keeps every offset
    return tuple(_read(text, match) for match in _DATE.finditer(folded))


def _read(text: str, match: re.Match[str]) -> Date:
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return Date(match["iso"], match.start(), match.end(), month, day, (year,))
    name = match["month"] or match["month_last"] or match["month_only"]
    number = match["day"] or match["day_first"]
    years = match["years"] or match["years_last"] or match["years_only"] or ""
    return Date(
        " ".join(text[match.start() : match.end()].split()),
        match.start(),
        match.end(),
        _MONTH_OF[name],
        int(number) if number else None,
        tuple(int(year) for year in re.findall(r"\d{4}", years)),
    )
