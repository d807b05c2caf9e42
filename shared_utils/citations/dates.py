"""Whether a date of an answer is one of the page."""

from __future__ import annotations

from shared_utils.text.dates import Date as Date
from shared_utils.text.dates import dates as dates


def same_day(answer: Date, page: Date) -> bool:
    """The same day of a year, in any order that either may mean; an answer that names only the month may."""
    return any(month == other and day in (None, rival) for month, day in answer.days for other, rival in page.days)
