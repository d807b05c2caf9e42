"""Where words stand for a minus: "a net loss of 724" is what a table prints as (724)."""

from __future__ import annotations

import re

from shared_utils.text.quantities import Quantity

_BEFORE, _AFTER = 70, 40  # characters around a number in which such a word speaks of it
_LOSSES = (
    "loss(?:es)?|deficits?|shortfalls?|negative|minus|outflows?"
    "|verluste?s?|\\w*verlust|fehlbetr[aä]ge?|fehlbetrags?|defizite?|negativ\\w*|mittelabfl[uü]ss\\w*"
    "|pertes?|déficits?|négati\\w+|pérdidas?|négativ\\w+|perdit[ae]|disavanz[oi]|negativ[oaei]|perdas?|prejuízos?|défices?"
    "|verlies|verliezen|tekort(?:en)?|negatieve?"
)
_FALLS = (
    "f[ae]ll(?:s|en|ing)?|decreas\\w+|declin\\w+|drop(?:s|ped)?|down|reduc\\w+|shr[iau]nk\\w*|lower|cuts?"
    "|r[uü]ckg[aä]ng\\w*|gesunken|sinkt|sank\\w*|sanken|gefallen|fiel\\w*|abnahmen?|abgenommen|verringer\\w*|verminder\\w*"
    "|baiss\\w*|diminu\\w*|recul\\w*|disminu\\w*|ca[ií]da|cay[oó]|descen\\w+|baj[oó]|calo|cal[oò]|cala\\w*|riduzion\\w*"
    "|queda|ca[ií]u|redu[cç]\\w+|dal(?:ing|ingen|en|de)|gedaald|afname|afgenomen"
)
_LOSS = re.compile(rf"\b(?:{_LOSSES})\b", re.IGNORECASE)
_FALL = re.compile(rf"\b(?:{_FALLS})\b", re.IGNORECASE)
_TO = re.compile(r"\b(?:to|auf|à|a|at|tot|naar|bis)\s+\W*\Z", re.IGNORECASE)  # "fell to 724" tells a level
_ALTERNATIVE = re.compile(r"\([^\W\d_]+\)")  # "Net income (loss)" speaks of either
_CLAUSE_END = re.compile(
    r";|(?:,|(?<=\d))\s+(?:and|but|while|whereas|und|aber|mais|et|pero|y|ma|e|mas|maar|en)\b|[.!?]\s", re.IGNORECASE
)
_NEXT_THING = re.compile(r"[,;:.!?]\s|\d|\b(?:and|but|und|aber|et|mais|y|pero|e|ma|mas|en|maar)\b", re.IGNORECASE)


def says_minus(text: str, quantity: Quantity) -> bool:
    """Whether the words around a number of `text` say that it is lost, lacking or less.

    >>> from shared_utils.text.quantities import quantities
    >>> [says_minus(text, quantities(text)[0]) for text in ("a net loss of 724", "the result was 724", "fell to 724")]
    [True, False, False]
    """
    text = _ALTERNATIVE.sub(lambda match: " " * len(match[0]), text)
    before = _CLAUSE_END.split(text[max(0, quantity.start - _BEFORE) : quantity.start])[-1]
    after = _NEXT_THING.split(text[quantity.end : quantity.end + _AFTER])[0]
    if _LOSS.search(before) or _LOSS.search(after):
        return True
    return not _TO.search(before) and bool(_FALL.search(before) or _FALL.search(after))


def minus_words(text: str) -> list[tuple[int, int]]:
    """Where the words stand that may stand for a minus."""
    return [match.span() for pattern in (_LOSS, _FALL) for match in pattern.finditer(text)]
