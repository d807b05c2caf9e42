"""What a sentence holds of the kind that a question asks for: a number, a date, a name, the means of doing it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared_utils.text.dates import dates
from shared_utils.text.quantities import quantities

_ASKS_NUMBER = re.compile(
    r"\bhow (?:many|much|long|often|old|far|high|large|big)\b|\b(?:number|amount|total|percentage|percent|rate|ratio"
    r"|price|cost|value|income|revenue|sales|margin|population|temperature|duration|capacity|weight|size)\b"
    r"|\b(?:wie ?viele?|combien|cu[aá]nt[oa]s?|quant[oi]s?|сколько)\b|多少|几|いくら|何",
    re.IGNORECASE,
)
_ASKS_WHEN = re.compile(
    r"\bwhen\b|\b(?:what|which|on what) (?:date|day|month|year)\b|\b(?:wann|quand|cu[aá]ndo|quando|когда)\b|何时|いつ",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(r"\bwho(?:m|se)?\b|\b(?:wer|qui|qui[eé]n|quem|chi|кто)\b|谁|誰", re.IGNORECASE)
_ASKS_HOW_TO = re.compile(
    r"^\W*how (?:(?:do|does|can|could|should|would|must) (?:i|you|we|one|it|people|users?)|to)\b"
    r"|^\W*wie (?:\w+ (?:ich|man|wir)|geht)\b|^\W*comment (?:\w+[- ])?(?:je|on|puis|faire|peut)"
    r"|^\W*c[oó]mo (?:se|puedo|puede)\b",
    re.IGNORECASE,
)
_MEANS = re.compile(  # what says by which means: "by pressing it", "use the key", "To open it, go to the menu"
    r"\bby [a-z]+ing\b|\b(?:using|via|press|click|tap|select|choose|go to|hold down|turn (?:on|off)|use the|run the"
    r"|indem|dr[üu]cken|klicken|w[äa]hlen|verwenden|appuyez|cliquez|s[ée]lectionnez|utilisez|pulse|haga clic|seleccione"
    r"|utilice)\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(  # "Figure 6.5" is no value
    r"\b(?:fig(?:ure|\.)?|table|section|chapter|equation|appendix|page|p\.|abbildung|abb\.|tabelle|abschnitt|kapitel|seite"
    r"|tableau|chapitre|tabla|figura|tabella|sezione|capitolo|tabela|figuur|tabel|hoofdstuk)\s?\d+(?:\.\d+)*",
    re.IGNORECASE,
)
_COUNTING_WORD = re.compile(r"\b(?:once|twice|half|dozen)\b", re.IGNORECASE)
_CLOCK = re.compile(r"\d{1,2}:\d\d|年")
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][a-z]+\.?\s(?:[A-Z]\.\s)?[A-Z][a-z]+")


def holds_kind(question: str, text: str) -> bool:
    """Whether a sentence has a value of the kind asked for that the question does not already hold, or the means by
    which something is done.

    >>> holds_kind("How many ships came?", "40 ships came."), holds_kind("How many ships came?", "See Figure 6.5.")
    (True, False)
    >>> holds_kind("How do I open it?", "You open it by pressing the key.")
    True
    """
    if _ASKS_HOW_TO.search(question):
        return _MEANS.search(text) is not None
    if _ASKS_WHEN.search(question):
        return any(when not in question for when in _times(text))
    if _ASKS_WHO.search(question):
        return any(match.group() not in question for match in _NAME.finditer(text))
    if _ASKS_NUMBER.search(question):
        known, text = {q.value for q in quantities(question)}, _NUMBERED.sub(" ", text)
        return any(q.value not in known for q in quantities(text)) or bool(_COUNTING_WORD.search(text))
    return False


def _times(text: str) -> Iterator[str]:
    yield from (date.text for date in dates(text))
    yield from (q.text for q in quantities(text) if q.is_year)
    yield from _CLOCK.findall(text)
