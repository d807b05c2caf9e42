"""What a file is called without the number of its edition: "gpl3.pdf" is the GPL."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?<=[^\W\d_]{3})\d{1,2}(?![^\W_])")


def without_edition(name: str) -> str:
    """A name without one or two digits right behind a word of it.

    >>> without_edition("gpl3_final"), without_edition("AMAZON_2017_10K"), without_edition("q3 report")
    ('gpl_final', 'AMAZON_2017_10K', 'q3 report')
    """
    return _NUMBER.sub("", name)
