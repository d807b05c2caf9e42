"""What a sentence holds of the kind that a question asks for: a number, how long or how often, a date, a name, a
reason, the means of doing it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shared_utils.text.asking import asks_reason
from shared_utils.text.dates import dates
from shared_utils.text.quantities import quantities
from shared_utils.text.units import BASE_OF

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
_ASKS_HOW_LONG = re.compile(
    r"\b(?:how long|wie lang\w*|combien de temps|cu[aá]nto (?:tiempo|dura|tarda)|quanto (?:tempo|dura)|hoe ?lang)\b",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(
    r"\d\)\s(?:minutes?|hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE
)  # "thirty (30) days"
_LASTING = ("seconds", "mm")  # what is time or length is told in these
_UNTIL = re.compile(r"\b(?:until|till|bis|jusqu\w*|hasta|fino a|at[ée] \d|tot)\b", re.IGNORECASE)
_ASKS_HOW_OFTEN = re.compile(
    r"\b(?:how (?:often|frequently)|wie (?:oft|h[äa]ufig)|[àa] quelle fr[ée]quence|con qu[ée] frecuencia|hoe vaak"
    r"|combien de fois|cu[aá]ntas veces|quante volte|quantas vezes)\b",
    re.IGNORECASE,
)
_RECURRING = re.compile(
    r"\b(?:every|each|once|twice|times|hourly|daily|weekly|monthly|quarterly|yearly|annually"
    r"|per (?:hour|day|week|month|year)|jede[nmrs]?|alle \w+|\w*mal|t[äa]glich|w[öo]chentlich|monatlich"
    r"|j[äa]hrlich|chaque|fois|tou(?:te)?s les|par (?:jour|semaine|mois|an)|cada|veces|vezes|vez|ogni|volt[ae]"
    r"|elke|keer|dagelijks)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"\b(?:because|since|due to|owing to|thanks to|as a result|therefore|reasons?|caus(?:e[ds]?|ing)|so that|so as to"
    r"|in order to|le(?:d|ads) to|to (?:avoid|prevent|ensure|allow|protect|reduce)|weil|denn|wegen|aufgrund|deshalb"
    r"|daher|damit|parce que|en raison|gr[âa]ce [àa]|afin|pour que|porque|debido|a causa|ya que|para que|perch[ée]"
    r"|dovut[oaie]|devido|omdat|vanwege|doordat|zodat)\b",
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
    >>> holds_kind("Why was it shut?", "It was shut because of the ice."), holds_kind("How often?", "Every two days.")
    (True, True)
    >>> holds_kind("How long is the wait?", "The wait is two hours."), holds_kind("How long is it?", "It has 3 doors.")
    (True, False)
    """
    if asks_reason(question):
        return _REASON.search(text) is not None
    if _ASKS_HOW_TO.search(question):
        return _MEANS.search(text) is not None
    if _ASKS_WHEN.search(question):
        return any(when not in question for when in _times(text))
    if _ASKS_WHO.search(question):
        return any(match.group() not in question for match in _NAME.finditer(text))
    if _ASKS_HOW_OFTEN.search(question) and _RECURRING.search(text):
        return True
    if _ASKS_HOW_LONG.search(question):
        return _UNTIL.search(text) is not None or bool(
            _IN_BRACKETS.search(text)
            or any(q.unit and BASE_OF.get(q.unit, ("",))[0] in _LASTING for q in quantities(text))
        )
    if _ASKS_NUMBER.search(question):
        known, text = {q.value for q in quantities(question)}, _NUMBERED.sub(" ", text)
        return any(q.value not in known for q in quantities(text)) or bool(_COUNTING_WORD.search(text))
    return False


def _times(text: str) -> Iterator[str]:
    yield from (date.text for date in dates(text))
    yield from (q.text for q in quantities(text) if q.is_year)
    yield from _CLOCK.findall(text)
