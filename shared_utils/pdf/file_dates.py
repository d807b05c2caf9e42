"""When a file says that it was made: /CreationDate of a PDF's own data."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DATE = re.compile(r"\s*(?:D:)?(\d{4})(\d\d)?(\d\d)?")
_FIRST_YEAR = 1985  # programs without a clock write 1904, 1970 or 1980


def made_on(creation_date: str, today: date | None = None) -> str:
    """The day, in ISO form, of a date as ISO 32000-2, 7.9.4 has it; "" where it tells none.

    A file that was made on the day it is read was converted for that: its own data tell nothing of what it says.

    >>> made_on("D:20191104153012+01'00'", date(2020, 1, 1)), made_on("D:19040101000000Z"), made_on("yesterday")
    ('2019-11-04', '', '')
    """
    match = _DATE.match(creation_date)
    if match is None:
        return ""
    today = today or datetime.now(UTC).date()
    try:
        made = date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
    except ValueError:
        return ""
    return made.isoformat() if made.year >= _FIRST_YEAR and made < today else ""
