"""Lists in a sentence that go with each other: "$440 million and $832 million during 2018 and 2019"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from shared_utils.text.quantities import Quantity

_BETWEEN = re.compile(r"\s*(?:,|;|&|(?:,\s*)?\b(?:and|und|et|y|e|en)\b)\s*[$€£¥(]?\s*", re.IGNORECASE)
_FARTHEST = 60  # characters between the two lists


def parallel_lists(text: str, numbers: Sequence[Quantity]) -> Iterator[tuple[tuple[str, ...], tuple[Quantity, ...]]]:
    """The years of a list beside the figures of another of the same length; `numbers` are all of the text, in order.

    >>> from shared_utils.text.quantities import quantities
    >>> text = "Income was $440 million and $832 million during 2018 and 2019."
    >>> [(years, [q.text for q in figures]) for years, figures in parallel_lists(text, quantities(text))]
    [(('2018', '2019'), ['$440 million', '$832 million'])]
    """
    for one, other in pairwise(_lists(text, numbers)):
        years, figures = (one, other) if one[0].is_year else (other, one)
        if (
            len(one) == len(other) > 1
            and years[0].is_year
            and not figures[0].is_year
            and other[0].start - one[-1].end <= _FARTHEST
        ):
            yield tuple(str(year.value) for year in years), tuple(figures)


def listed_together(text: str, numbers: Sequence[Quantity], one: str, other: str) -> bool:
    """Whether two numbers, as they are written, stand in one list: the first of "410 and 655" is not the only one."""
    return any(
        any(one in q.text for q in found) and any(other in q.text for q in found) for found in _lists(text, numbers)
    )


def _lists(text: str, numbers: Sequence[Quantity]) -> list[list[Quantity]]:
    """Neighbouring numbers of one kind, years or figures, with nothing but a comma or an "and" between them."""
    found: list[list[Quantity]] = []
    for q in numbers:
        last = found[-1][-1] if found else None
        joins = last is not None and last.is_year is q.is_year and _BETWEEN.fullmatch(text, last.end, q.start)
        if joins:
            found[-1].append(q)
        else:
            found.append([q])
    return found
