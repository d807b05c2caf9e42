"""Numbers as people write them, in any script: value, scale word, unit, so that two spellings can be compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

_THOUSAND, _MILLION, _BILLION, _TRILLION = (Decimal(10) ** power for power in (3, 6, 9, 12))
_SCALES = {
    _THOUSAND: "thousand thousands k tausend mille mil тыс 千",
    _MILLION: "million millions mn mm mio m millionen millón millones milhão milhões milione milioni млн 百万",
    _BILLION: "billion billions bn b milliard milliards mrd milliarde milliarden miliardi млрд 十億 十亿",
    _TRILLION: "trillion trillions tn t billionen трлн 兆",
    Decimal(10) ** 4: "万 萬",
    Decimal(10) ** 8: "亿 億",
    Decimal(10) ** 5: "lakh lakhs",
    Decimal(10) ** 7: "crore crores",
}
_SCALE_OF = {word: scale for scale, words in _SCALES.items() for word in words.split()}
_ONLY_AFTER_MONEY = frozenset(("m", "b", "t", "k", "mm", "mil"))  # "5 m" alone may be metres

_UNITS = {
    "%": "% percent pct prozent процентов процента パーセント",
    "percentage points": "pp pps",
    "basis points": "bp bps",
    "$": "$ usd dollar dollars us$",
    "€": "€ eur euro euros",
    "£": "£ gbp",
    "¥": "¥ jpy cny rmb yen yuan 円 元",
    "₹": "₹ inr rs rupee rupees",
    "CHF": "chf",
    "seconds": "s sec secs second seconds sekunden secondes segundos",
    "minutes": "min mins minute minutes minuten minutos",
    "hours": "h hr hrs hour hours stunden heures horas",
    "days": "day days tage jours días",
    "weeks": "week weeks wochen semaines semanas",
    "months": "month months monate mois meses",
    "years": "year years yr yrs jahre jahren ans années años",
    "mm": "mm millimeter millimeters millimetre millimetres",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "m": "m meter meters metre metres",
    "km": "km kilometer kilometers kilometre kilometres",
    "in": "inch inches",
    "ft": "ft foot feet",
    "miles": "mile miles mi",
    "mg": "mg",
    "g": "g gram grams",
    "kg": "kg kilogram kilograms",
    "t": "tonne tonnes tons ton",
    "lb": "lb lbs pound pounds",
    "ml": "ml",
    "l": "l liter liters litre litres",
    "°C": "°c ℃",
    "°F": "°f ℉",
    "W": "w watt watts",
    "kW": "kw",
    "MW": "mw",
    "GW": "gw",
    "kWh": "kwh",
    "MWh": "mwh",
    "GWh": "gwh",
    "TWh": "twh",
    "V": "v volt volts",
    "A": "amp amps",
    "mAh": "mah",
    "Hz": "hz",
    "kHz": "khz",
    "MHz": "mhz",
    "GHz": "ghz",
    "KB": "kb",
    "MB": "mb",
    "GB": "gb",
    "TB": "tb",
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words.split()}
_MONEY = frozenset({"$", "€", "£", "¥", "₹", "CHF"})

_ONES = (  # noqa: SIM905 - one word a line would fill the screen
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORD_VALUE = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * tens for tens, word in enumerate(_TENS, start=2)
}

_NUMBER = (
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])"  # 1,234.5
    r"|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?(?!\d)"  # 12,34,567
    r"|\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d.])"  # 1.234,5
    r"|\d{1,3}(?:['\u00a0]\d{3})+(?:[.,]\d+)?(?!\d)"  # 1'234.5, 1 234,5 with a hard space
    r"|\d{1,3}(?: \d{3})+,\d{1,2}(?!\d)"  # 1 234,5: only the comma tells it from two cells of a table
    r"|\d+(?:[.,]\d+)?"
    r"|\.\d+"
)
_WORDS = rf"(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_ONES[1:10])})|{'|'.join(_TENS)}|{'|'.join(_ONES)})"
_LETTER = "A-Za-z\u00c0-\u024f\u0370-\u04ff"  # of scripts that put spaces around numbers
_CJK_SCALE = "百万|十億|十亿|[千万萬亿億兆]"
_QUANTITY = re.compile(
    rf"(?!\s)(?P<money>(?:US|CA|A|C|HK|NZ|S)?[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|JPY|CNY|RMB|INR|Rs\.?)(?=[\s\d]))?\s?"
    rf"(?P<open>\()?(?P<sign>(?<![\w)])[-–])?(?P<money_inside>[$€£¥₹])?\s?"
    rf"(?:(?<![{_LETTER}])(?P<number>{_NUMBER})|(?:(?<=\bFY)|(?<=\bCY))(?P<fiscal>(?:19|20)\d\d)"
    rf"|\b(?P<word>{_WORDS})\b)"
    rf"(?P<ordinal>(?:st|nd|rd|th)\b)?"
    rf"(?P<tail>[\s-]?(?:{_CJK_SCALE}|[^\W\d_]+|%|°[CF]|[$€£¥₹℃℉]))?(?P<tail2>\s?[元円]|\s(?:[^\W\d_]+|[$€£¥₹]))?",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(rf"(?<![\w.,])(?=\d*[{_LETTER}])(?=[{_LETTER}]*\d)(?!\d+(?:st|nd|rd|th)\b)[{_LETTER}\d]+")
_POINTS = re.compile(r"\s?(?:%|percentage|percent)[\s-]points?\b", re.IGNORECASE)
_FISCAL = re.compile(r"(?:FY|CY|HY)'?\d{2,4}", re.IGNORECASE)
_DECLARED_SCALE = re.compile(r"\bin (?:\w+ ){0,3}(thousands|millions|billions)\b", re.IGNORECASE)
_HEDGE = re.compile(
    r"\b(?:about|around|approximately|approx\.?|roughly|nearly|almost|some|circa|over|more than|less than|under"
    r"|just|etwa|rund|environ|cerca|unos)\s+\W?$|[~≈±]\s?$",
    re.IGNORECASE,
)


class Match(Enum):
    """How a number of an answer relates to one of the page."""

    EXACT = "exact"
    ROUNDED = "rounded"
    SIGN = "sign"
    SCALE = "scale"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `text[start:end]` of what was read; `value` has the scale word applied."""

    text: str
    start: int
    end: int
    value: Decimal
    mantissa: Decimal
    unit: str  # "" when none was told
    negative: bool
    hedged: bool  # "about", "nearly": rounding is announced
    in_words: bool

    @property
    def is_year(self) -> bool:
        return not self.unit and self.text.isdigit() and len(self.text) == 4 and 1900 <= self.value <= 2099

    @property
    def scaled(self) -> bool:
        return self.value != self.mantissa


def plain_digits(text: str) -> str:
    """The same length, with the digits and number signs of every script as ASCII."""
    return text if text.isascii() else "".join(map(_plain_char, text))


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of a text, in order.

    >>> [str(q.value) + q.unit for q in quantities("rose 4.2 % to $1,234.5 million in fifteen months")]
    ['4.2%', '1234500000.0$', '15months']
    """
    plain = plain_digits(text)
    european = _decimal_comma(plain)
    found = []
    position = 0
    while match := _QUANTITY.search(plain, position):
        quantity, position = _read(text, plain, match, european=european)
        found.append(quantity)
    return tuple(found)


def identifiers(text: str) -> frozenset[str]:
    """Words that mix letters and digits and are no quantity: "Q3", "13a", "SpO2", "B12"."""
    plain = plain_digits(text)
    return frozenset(
        word.casefold()
        for word in _IDENTIFIER.findall(plain)
        if not _FISCAL.fullmatch(word) and not _is_glued_unit(word)
    )


def declared_scale(text: str) -> Decimal:
    """What a table's numbers are to be multiplied by: 10**6 under "(in millions)", else 1."""
    match = _DECLARED_SCALE.search(text)
    return _SCALE_OF[match[1].casefold()] if match else Decimal(1)


def compare(answer: Quantity, page: Quantity, table_scale: Decimal | None) -> Match | None:
    """How the two relate; None when they are simply different numbers.

    `table_scale` is the declared scale when the page's number is a cell of a table, else None: a cell often leaves
    its unit and scale to a heading that may be out of sight.
    """
    readings = {page.value}
    if table_scale is not None and not page.scaled:
        readings.add(page.value * table_scale)
        if table_scale == 1 or answer.mantissa * table_scale == page.value * table_scale:
            readings.add(answer.value if answer.mantissa == page.mantissa else page.value)
    if answer.value in readings:
        if answer.unit and page.unit and answer.unit != page.unit:
            return Match.UNIT
        return Match.EXACT if answer.negative <= page.negative else Match.SIGN
    if any(_rounds_to(value, answer) for value in readings):
        return Match.EXACT if answer.hedged else Match.ROUNDED
    if answer.mantissa == page.mantissa and (answer.scaled or page.scaled):
        return Match.SCALE
    return None


def _rounds_to(value: Decimal, answer: Quantity) -> bool:
    digits = answer.mantissa.as_tuple()
    exponent = int(digits.exponent)
    if not answer.scaled and exponent >= 0:
        if not answer.hedged:
            return False
        exponent = len(str(int(answer.mantissa))) - len(str(int(answer.mantissa)).rstrip("0"))
    if len(digits.digits) < 2 and not answer.hedged:
        return False
    scale = answer.value / answer.mantissa if answer.mantissa else Decimal(1)
    step = scale * Decimal(10) ** exponent
    return value != answer.value and abs(value - answer.value) <= step / 2


def _read(text: str, plain: str, match: re.Match[str], *, european: bool) -> tuple[Quantity, int]:
    kind = next(name for name in ("number", "fiscal", "word") if match[name])
    start, end = match.span(kind)
    mantissa = _from_words(match[kind]) if kind == "word" else _from_digits(match[kind], european=european)
    unit = _UNIT_OF.get(
        re.sub(r"^(?:US|CA|A|C|HK|NZ|S)(?=[$])", "", match["money"] or match["money_inside"] or "")
        .rstrip(".")
        .casefold(),
        "",
    )
    scale = Decimal(1)
    if points := _POINTS.match(plain, end):
        unit, end = "percentage points", points.end()
    for name in ("tail", "tail2"):
        word = (match[name] or "").strip(" -\u00a0\n").casefold()
        if not word or match["ordinal"] or kind == "fiscal" or points:
            break
        if word in _SCALE_OF and scale == 1 and (word not in _ONLY_AFTER_MONEY or unit in _MONEY):
            scale, end = _SCALE_OF[word], match.end(name)
        elif word in _UNIT_OF and (not unit or unit == _UNIT_OF[word]):
            unit, end = _UNIT_OF[word], match.end(name)
            break
        elif name == "tail" and plain[match.start(name)] != "-" and word == "per" and _cents(match["tail2"]):
            unit, end = "%", match.end("tail2")
            break
        else:
            break
    bracketed = bool(match["open"]) and plain[end : end + 1] == ")"
    start, end = (match.start("open"), end + 1) if bracketed else (start, end)
    start = match.start("money") if match["money"] else start
    return (
        Quantity(
            text=text[start:end],
            start=start,
            end=end,
            value=mantissa * scale,
            mantissa=mantissa,
            unit=unit,
            negative=bool(match["sign"]) or bracketed,
            hedged=bool(_HEDGE.search(plain[max(0, start - 16) : start])),
            in_words=kind == "word",
        ),
        max(end, match.start() + 1),
    )


def _cents(tail: str | None) -> bool:
    return (tail or "").strip().casefold() == "cent"


def _from_words(words: str) -> Decimal:
    return Decimal(sum(_WORD_VALUE[word] for word in re.split(r"[- ]", words.casefold())))


def _from_digits(digits: str, *, european: bool) -> Decimal:
    digits = re.sub(r"['\u00a0 ]", "", digits)
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", digits) or (
        european and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits)
    ):
        digits = digits.replace(".", "")
    elif re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?|\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    return Decimal(digits.replace(",", "."))


def _decimal_comma(text: str) -> bool:
    """Whether this text writes 1.234,5 for what English writes 1,234.5."""
    comma = re.search(r"\d\.\d{3},\d|(?<![\d.,])\d+,\d{1,2}(?![\d,])", text)
    point = re.search(r"\d,\d{3}\.\d|(?<![\d.,])\d+\.\d{1,2}(?![\d.])", text)
    return bool(comma) and not point


def _is_glued_unit(word: str) -> bool:
    match = re.fullmatch(r"\d+([^\W\d_]+)", word)
    return bool(match) and (match[1].casefold() in _UNIT_OF or match[1].casefold() in _SCALE_OF) if match else False


def _plain_char(char: str) -> str:
    if char.isascii():
        return char
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    return _PLAIN_SIGNS.get(char, char)


_PLAIN_SIGNS = {
    "％": "%",
    "٪": "%",
    "，": ",",
    "．": ".",
    "٫": ".",
    "٬": ",",
    "−": "-",
    "’": "'",
    "＄": "$",
    "￥": "¥",
    "\u2009": "\u00a0",
    "\u202f": "\u00a0",
    "\u2007": "\u00a0",
}
