"""What kind of answer a question wants, told by its words in seven languages."""

from __future__ import annotations

import re

_ASKS_REASON = re.compile(
    r"\b(?:why|how come|what caused|warum|wieso|weshalb|pourquoi|por qu[eéê]|perch[eé]|waarom)\b", re.IGNORECASE
)


def asks_reason(question: str) -> bool:
    """Whether a reason is asked for: no value of a table gives one.

    >>> asks_reason("Why did timber fall?"), asks_reason("Warum sank der Umsatz?"), asks_reason("How much fell?")
    (True, True, False)
    """
    return _ASKS_REASON.search(question) is not None
