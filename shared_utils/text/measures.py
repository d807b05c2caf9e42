"""What stands behind a number: its scale word and its unit, and the scale that a table declares over its numbers."""

from __future__ import annotations

import re
from decimal import Decimal

from shared_utils.text.numerals import Notation, plain_digits
from shared_utils.text.units import MONEY, ONLY_AFTER_MONEY, SCALE_OF, UNIT_OF

_CJK_SCALE = "百万|十億|十亿|[千万萬亿億兆]"
SUFFIX = re.compile(
    rf"(?P<gap>[ \u00a0\t\n]{{0,2}}|-(?=[^\W\d_]))(?P<word>(?:{_CJK_SCALE})|[元円]|(?:US|U\.S\.)[ -]?(?:[Dd]ollars?|\$)"
    rf"|(?:km|mi)/h\b|°[CF]|[%‰$€£¥₹℃℉]|[^\W\d_]+[²³23]?(?![^\W_]))"
)
_HYPHEN_APART = re.compile(r"[ \u00a0]-[ \u00a0](?=[^\W\d_])")  # "$ 10 - million", as some tools set text
_A_THOUSAND_IS_MIL = ("spanish", "portuguese", "italian", "french")
_JOINT = re.compile(r"[ \u00a0\n](?:d'|de |di |of )(?=[^\W\d_])|\.(?=[ \u00a0]?(?:[^\W\d_]|[$€£%]))")
_PHRASE = re.compile(
    r"[ \u00a0\n-]?(?:(?P<points>(?:%|percent|percentage|per[ \u00a0]cent|prozent)[ \u00a0-]?(?:points?|punkten?)\b"
    r"|points? de pourcentage\b|puntos? porcentual(?:es)?\b|punt[oi] percentual[ei]\b|pontos? percentua(?:l|is)\b)"
    r"|(?P<basis>basis points?\b|points? de base\b|puntos? b[aá]sicos?\b|punti base\b)"
    r"|(?P<cent>per cent\b|pour cent\b|por ciento\b|por cento\b|per cento\b)"
    r"|(?P<celsius>(?:degrees?|grad|degr[eé]s?|grad[oi]s?|graus?|°)[ \u00a0]?(?:celsius|c)\b)"
    r"|(?P<fahrenheit>(?:degrees?|grad|degr[eé]s?|grad[oi]s?|graus?|°)[ \u00a0]?(?:fahrenheit|f)\b)"
    r"|(?P<squarekm>square (?:kilomet(?:er|re)s?|km)\b|quadratkilometern?\b)"
    r"|(?P<squarem>square (?:met(?:er|re)s?|m)\b|quadratmetern?\b|mètres carrés\b|metros cuadrados\b)"
    r"|(?P<cubicm>cubic (?:met(?:er|re)s?|m)\b|kubikmetern?\b))",
    re.IGNORECASE,
)
_PHRASE_UNITS = {
    "points": "percentage points", "basis": "basis points", "cent": "%", "celsius": "°C", "fahrenheit": "°F",
    "squarekm": "km²", "squarem": "m²", "cubicm": "m³",
}  # fmt: skip
_PHRASE_BEGINS = frozenset("%pbdgs°qmckPBDGSQMK")
_POWER_OF_TEN = re.compile(
    r"[ \u00a0]?[×x·*][ \u00a0]?10(?:\^(?P<power>-?\d{1,2})|(?P<raised>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))(?!\d)"
)
SIGNS_OF_MONEY = frozenset("$€£¥₹")
_BEGINS_A_NUMBER = re.compile(r"[ \u00a0]?[-–(]?\d")
_US = re.compile(r"^(?:US|U\.S\.)(?:[ -]|(?=\$))")
_RAISED_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
CODE_SCALES = dict.fromkeys(("teur", "t€", "k€", "keur", "tchf"), Decimal(1000)) | {"meur": Decimal(10) ** 6}
_DECLARED_SCALE = re.compile(
    r"\b(?:in|en|em) (?:[^\W\d_]+\.? |[$€£¥₹] ?){0,3}(?P<word>thousands|millions|billions|tausend|tsd|mio|millionen|mrd"
    r"|milliarden|milliers|millones|milhões|milhares|milioni|miliardi|migliaia|crores?|lakhs?)\b"
    r"|(?<!\d)(?<!\d[ \u00a0])(?:(?P<short>mio|mrd|tsd)\.?[ \u00a0]?(?:€|eur|chf|usd)"
    r"|[$€£][ \u00a0]?(?P<sign>million|billion|bn|mn|m)"
    r"|(?P<code>teur|t€|k€|keur|tchf|meur)|[$€£]?[ \u00a0]?'?(?P<noughts>000s?))\b(?![ \u00a0]?\d)",
    re.IGNORECASE,
)
_SCALE_NAMES = SCALE_OF | {"milliers": Decimal(1000), "migliaia": Decimal(1000)}


def scale_and_unit(
    text: str, plain: str, end: int, unit: str, scale: Decimal, notation: Notation
) -> tuple[str, Decimal, int]:
    """Unit, scale and end of what stands behind a number that ends at `end`; `unit` and `scale` stood before it."""
    at, before = end, unit
    if scale == 1 and "10" in plain[end : end + 6] and (power := _POWER_OF_TEN.match(text, end)):
        exponent = power["power"] or power["raised"].translate(_RAISED_DIGITS)
        scale, end, at = Decimal(10) ** int(exponent), power.end(), power.end()
    for _ in range(3):
        ahead = plain[at : at + 2].strip(" \u00a0\n-")[:1]
        if ahead in _PHRASE_BEGINS and (phrase := _PHRASE.match(plain, at)):
            return (
                (_PHRASE_UNITS[phrase.lastgroup or ""], scale, phrase.end())
                if unit not in MONEY
                else (unit, scale, end)
            )
        match = SUFFIX.match(plain, at)
        if match is None and unit in MONEY and scale == 1 and (apart := _HYPHEN_APART.match(plain, at)):
            match = SUFFIX.match(plain, apart.end())
            match = match if match and match["word"].casefold() in SCALE_OF else None
        if match is None or ("\n" in match["gap"] and not match["word"][0].islower()):
            break
        if match["gap"] and match["word"] in SIGNS_OF_MONEY and _BEGINS_A_NUMBER.match(plain, match.end()):
            break  # it stands before the next cell
        word = _US.sub("", match["word"]).casefold()
        if word in SCALE_OF and scale == 1 and _scales(plain, word, unit, match.end(), notation):
            is_million = word == "mil" and before in MONEY and notation.language == "english"
            scale, end = SCALE_OF["million" if is_million else word], match.end()
            at = _past_joint(plain, end)
        elif (named := UNIT_OF.get(word)) and (not unit or unit == named):
            return named, scale, match.end()
        else:
            break
    return unit, scale, end


def _past_joint(plain: str, end: int) -> int:
    """Where a unit may begin behind a scale word: "Mio. €", "millions d'euros"."""
    joint = _JOINT.match(plain, end)
    return end if joint is None else joint.end() - joint[0].endswith((" ", "\u00a0"))


def _scales(plain: str, word: str, unit: str, end: int, notation: Notation) -> bool:
    """Whether a scale word that may be a unit as well is one here: "5 m €", "5 mil euros"."""
    if word not in ONLY_AFTER_MONEY or unit in MONEY:
        return True
    if word in ("mil", "mille") and notation.language in _A_THOUSAND_IS_MIL:
        return True
    following = SUFFIX.match(plain, end)
    return following is not None and UNIT_OF.get(_US.sub("", following["word"]).casefold()) in MONEY


def declared_scale(text: str) -> Decimal:
    """What a table's numbers are to be multiplied by: 10**6 under "(in millions)", else 1."""
    match = _DECLARED_SCALE.search(plain_digits(text))
    if match is None:
        return Decimal(1)
    if match["code"]:
        return CODE_SCALES[match["code"].casefold()]
    return (
        Decimal(1000)
        if match["noughts"]
        else _SCALE_NAMES[(match["word"] or match["short"] or match["sign"]).casefold()]
    )
