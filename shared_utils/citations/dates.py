"""Whether a date of an answer is one of the page."""

from __future__ import annotations

import re

from shared_utils.text.dates import Date as Date
from shared_utils.text.dates import dates as dates
from shared_utils.text.quantities import Quantity

_YEAR_OR_DECADE = re.compile(r"(?:1\d|20)\d(?:\d|0['’]?s)")  # "1800s" may be seconds as well
_WHEN = re.compile(
    r"\b(?:in|since|until|im|seit|bis|jahre?|en|depuis|desde|hasta|nel|dal)\s+(?:(?:the|early|late|mid)[\s-]+)*\Z",
    re.IGNORECASE,
)


def same_day(answer: Date, page: Date) -> bool:
    """The same day of a year, in any order that either may mean; an answer that names only the month may."""
    return any(month == other and day in (None, rival) for month, day in answer.days for other, rival in page.days)


def names_a_time(number: Quantity, text: str) -> bool:
    """Whether a number says when: a year, also one that a count may be where no word before it tells it for one, or a
    decade: "in 1870", "the late 1800s"."""
    if number.is_year:
        return True
    return _YEAR_OR_DECADE.fullmatch(number.text) is not None and _WHEN.search(text, 0, number.start) is not None
