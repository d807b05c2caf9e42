"""Numbers in digits as the world prints them, and which sign a document puts before its decimals.

"1,234" is a thousand and some in London and one and a bit in Berlin. The document tells which: by the numbers in it
that can be read in one way only, then by its language. Where neither tells, such a number has both readings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache

from shared_utils.text.languages import told_language

# A separator belongs to a number only where digits follow it: "2,450,000, of which" ends before its last comma.
_END = r"(?![.,]?\d)"
NUMERAL = (
    rf"\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?{_END}"  # 1,234.5
    rf"|[1-9]\d?(?:,\d{{2}})+,\d{{3}}(?:\.\d+)?{_END}"  # 12,34,567: lakhs and crores
    rf"|\d{{1,3}}(?:\.\d{{3}})+(?:,\d+)?{_END}"  # 1.234,5
    rf"|\d{{1,3}}(?:'\d{{3}})+(?:[.,]\d+)?(?!['.,]?\d)"  # 1'234.5
    r"|\d{1,3}(?:\u00a0\d{3})+(?:[.,]\d+)?(?![.,\u00a0]?\d)"  # 1 234,5 with a hard, thin or narrow space
    r"|(?<!\d )\d{1,3}(?: \d{3})+,\d{1,2}(?!\d)"  # 1 234,5: only the comma tells it from two cells of a table
    r"|(?<!\d )[1-9]\d{0,2}(?: \d{3})* 000(?![ .,]?\d)"  # 318 000: no cell holds 000
    r"|\d+(?:\.\d+){2,}"  # 3.2.1: no number, see `is_code`
    r"|\d+(?:[.,]\d+)?"
    r"|(?<![\w.,)])\.\d+"
)
_SEPARATED = re.compile(rf"(?<![\w.,])(?:{NUMERAL})(?!\w)")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[,.'\u00a0 ]\d{3})+")
_CODE = re.compile(r"\d+(?:\.\d+){2,}")
_EITHER_WAY = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_GAPS = str.maketrans("", "", "'\u00a0 ")

# How much a number says about its document's decimal sign, + for the point, and how much all of its kind may say:
# groups with decimals leave no doubt, "3.2" may be a section and "1,2" a list.
_WRITTEN = re.compile(r"(?<!\d)\d+[.,'\u00a0][\d.,'\u00a0]*\d")
_TELLING = (
    (re.compile(r"(?:\d{1,3}[,'\u00a0])+\d{3}\.\d+|\d{1,3}(?:,\d{3}){2,}|\d{1,2}(?:,\d{2})+,\d{3}"), 6.0, 12.0),
    (re.compile(r"(?:\d{1,3}[.'\u00a0])+\d{3},\d+|\d{1,3}(?:\.\d{3}){2,}"), -6.0, -12.0),
    (re.compile(r"0\.\d{2,}"), 3.0, 9.0),
    (re.compile(r"0,\d{2,}"), -3.0, -9.0),
    (re.compile(r"\d+\.\d{1,2}"), 0.5, 2.0),
    (re.compile(r"\d+,\d{1,2}"), -1.5, -5.0),
)
_OF_A_MEASURE = 3.0  # "3.2 %" and "$3.20" are no sections
_MEASURED = frozenset("%$€£")
_LANGUAGE_SAYS = 1.0


class DecimalSign(Enum):
    POINT = "."
    COMMA = ","


@dataclass(frozen=True, slots=True)
class Notation:
    """How a document writes its numbers and dates; None where it does not tell."""

    decimal: DecimalSign | None = None
    language: str | None = None
    day_first: bool | None = None  # whether 3/4/2023 is in April


@lru_cache(maxsize=4096)  # every sentence of an answer is compared with the same few texts
def notation_of(text: str) -> Notation:
    """The notation of a text: a whole document's, or one page's when no more is at hand.

    >>> notation_of("Der Umsatz betrug 1.234,5 Mio. Euro").decimal
    <DecimalSign.COMMA: ','>
    """
    return _notation(text)


def notation_of_document(texts: Iterable[str]) -> Notation:
    """The notation that all pages or passages of a document share."""
    return _notation("\n".join(texts))  # of megabytes: nothing of it is kept


def _notation(text: str) -> Notation:
    plain = plain_digits(text)
    language = told_language(text)
    return Notation(_decimal_sign(plain, language), language, _day_first(plain, language))


def readings(numeral: str, decimal: DecimalSign | None) -> tuple[Decimal, ...]:
    """What a numeral may mean, the likeliest first: two values for "1,234" where no decimal sign is known.

    >>> readings("1.234,5", None), readings("1,234", DecimalSign.COMMA), readings("1,234", None)
    ((Decimal('1234.5'),), (Decimal('1.234'),), (Decimal('1234'), Decimal('1.234')))
    """
    if not _EITHER_WAY.fullmatch(numeral):
        return (_only_reading(numeral),)
    grouped, fraction = Decimal(numeral.replace(",", "").replace(".", "")), Decimal(numeral.replace(",", "."))
    if decimal is not None:
        return (fraction,) if decimal.value in numeral else (grouped,)
    return (grouped, fraction) if "," in numeral else (fraction, grouped)


def is_code(numeral: str) -> bool:
    """Whether digits between points are no number at all: the version 3.2.1, the section 4.10.2."""
    return _CODE.fullmatch(numeral) is not None and _GROUPED.fullmatch(numeral) is None


def indexed_numerals(text: str) -> str:
    """A text whose separated numbers are spelled in one way, for an index. The length may change.

    A number that has two readings is spelled as the larger one, whatever its document's decimal sign, so that both
    spellings meet. A year is never separated: "2,019" keeps its comma, or it would pass for one.

    >>> indexed_numerals("1.234,50 and 1'234.5; 1.234; 2,019; 12,5")
    '1234.5 and 1234.5; 1234; 2,019; 12.5'
    """
    return _SEPARATED.sub(_indexed, plain_digits(text))


@lru_cache(maxsize=256)
def plain_digits(text: str) -> str:
    """The same length, with the digits, number signs and spaces within numbers of every script in one form.

    A raised digit behind a digit is the mark of a note or an exponent, never a further digit.
    """
    if text.isascii():
        return text
    signs = _plain_signs()
    return _RAISED.sub(
        lambda match: " " * len(match[0]), _NOT_ASCII.sub(lambda match: signs.get(match[0], match[0]), text)
    )


def _indexed(match: re.Match[str]) -> str:
    numeral = match[0]
    if numeral.isdigit() or is_code(numeral):
        return numeral
    values = readings(numeral, None)
    value = max(values)
    if _GROUPED.fullmatch(numeral) and 1900 <= value <= 2099:
        return f"{value:,}"
    return f"{value.normalize():f}"


def _only_reading(numeral: str) -> Decimal:
    digits = numeral.translate(_GAPS)
    points, commas = digits.count("."), digits.count(",")
    if points and commas:
        grouping = "," if digits.rindex(".") > digits.rindex(",") else "."
    elif points > 1 or commas > 1:
        grouping = "." if points else ","
    else:
        grouping = ""
    return Decimal(digits.replace(grouping, "").replace(",", ".") if grouping else digits.replace(",", "."))


def _decimal_sign(plain: str, language: str | None) -> DecimalSign | None:
    told = [0.0] * len(_TELLING)
    for match in _WRITTEN.finditer(plain):
        for i, (pattern, weight, _) in enumerate(_TELLING):
            if pattern.fullmatch(match[0]):
                ends = (
                    plain[max(0, match.start() - 1) : match.start()] + plain[match.end() : match.end() + 2].strip()[:1]
                )
                told[i] += weight * (_OF_A_MEASURE if abs(weight) < _OF_A_MEASURE and _MEASURED & set(ends) else 1)
                break
    score = sum(max(-abs(most), min(abs(most), said)) for said, (_, _, most) in zip(told, _TELLING, strict=True))
    if language is not None:
        score += _LANGUAGE_SAYS if language == "english" else -_LANGUAGE_SAYS
    return DecimalSign.POINT if score >= 1 else DecimalSign.COMMA if score <= -1 else None


_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})/(?:\d{4}|\d{2})\b")


def _day_first(plain: str, language: str | None) -> bool | None:
    pairs = [(int(one), int(other)) for one, other in _SLASHED.findall(plain)] if "/" in plain else []
    ours, theirs = any(one > 12 >= other for one, other in pairs), any(other > 12 >= one for one, other in pairs)
    if ours != theirs:
        return ours
    return None if language in (None, "english") else True


@cache
def _plain_signs() -> dict[str, str]:
    chars = map(chr, (*range(0x80, 0xFFFF), *range(0x1D7CE, 0x1D800)))
    return {char: str(digit) for char in chars if (digit := unicodedata.decimal(char, None)) is not None} | _PLAIN_SIGNS


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_RAISED = re.compile(r"(?<=\d)[\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u2080-\u2089]+")
_PLAIN_SIGNS = {
    "％": "%",
    "٪": "%",
    "，": ",",
    "．": ".",
    "٫": ".",
    "٬": ",",
    "’": "'",
    "ʼ": "'",
    "＇": "'",
    "＄": "$",
    "￥": "¥",
    "（": "(",
    "）": ")",
    "／": "/",
    **dict.fromkeys("−‐‑﹣－➖⁻", "-"),
    **dict.fromkeys("\u2009\u202f\u2007\u2008\u2006\u2005\u2004\u200a", "\u00a0"),
}
