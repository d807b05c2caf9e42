"""The first, and one of the first: a page that says a thing of one among several does not say it of that one alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared_utils.citations.reading import Finding, Reading
from shared_utils.message import message
from shared_utils.types import Verdict

_ONE_OF = re.compile(
    r"\b(?:among|one of) the (?:\w+ )?(?P<most>first|last|only|best|worst|\w{3,}est|(?:most|least) \w+)\b",
    re.IGNORECASE,
)
_ALONE = r"\b(?:is|was|are|were|as|became) the {most}\b"


def check_scope(reading: Reading) -> Iterator[Finding]:
    """A superlative that the claim says of one thing, and the sentences which speak of it of one among several."""
    for i in reading.anchor:
        unit = reading.units[i]
        for found in _ONE_OF.finditer(unit.text):
            alone = re.compile(_ALONE.format(most=re.escape(found["most"])), re.IGNORECASE)
            if alone.search(reading.claim) and not alone.search(unit.text):
                page = " ".join(found[0].split())
                told = message(
                    "the page says “{page}”, the answer “{answer}”", page=page, answer=f"the {found['most']}"
                )
                yield Finding(Verdict.PARTLY, told)
                return
