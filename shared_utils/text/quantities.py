"""Numbers as people write them, in any script: value, sign, scale word, unit, so that two spellings can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shared_utils.text.dates import Date, dates
from shared_utils.text.measures import CODE_SCALES, SIGNS_OF_MONEY, SUFFIX, scale_and_unit
from shared_utils.text.number_words import NumberWord, number_words
from shared_utils.text.numerals import NUMERAL, Notation, is_code, notation_of, plain_digits, readings
from shared_utils.text.sentences import is_table_row
from shared_utils.text.units import ONLY_AFTER_MONEY, SCALE_OF, UNIT_OF

_ONE = Decimal(1)
_DIGITS = re.compile(r"\d+")
_NUMERAL = re.compile(NUMERAL)
_FISCAL_BEFORE = re.compile(r"\b[FCH]Y[ \u00a0]?'?\Z")
_TWO_YEARS = re.compile(r"(?P<first>(?:19|20)\d\d)[/–-](?P<second>\d\d)(?![\d/–-])")  # 2022/23
_MONEY_CODES = {
    "usd": "$", "us$": "$", "eur": "€", "gbp": "£", "chf": "CHF", "jpy": "¥", "cny": "¥", "rmb": "¥", "inr": "₹",
    "rs": "₹", "nok": "kr", "sek": "kr", "dkk": "kr", "kr": "kr", "pln": "zł", "teur": "€", "t€": "€", "k€": "€",
    "keur": "€", "tchf": "CHF", "meur": "€",
}  # fmt: skip
_BEFORE = re.compile(
    r"(?:(?<![^\W\d_])(?P<scale>mio|mrd|tsd|mln|mld)\.?[ \u00a0])?"
    r"(?:(?<![^\W\d_])(?P<code>[A-Za-z]{1,2}\$|[Tk]?[$€£¥₹]|[A-Za-z]{2,4})\.?)?[ \u00a0]?(?P<open>\(?)[ \u00a0]?"
    r"(?P<sign>[-–+▲△▼±~≈]?)(?P<space>[ \u00a0]?)(?P<money>[$€£¥₹]?)[ \u00a0]?(?P<inner>[-–]?)\Z",
    re.IGNORECASE,
)
_LOOKS_BACK = frozenset("(-–+▲△▼±~≈$€£¥₹")
_MINUS = frozenset("-–▲△▼")
_ORDINAL = re.compile(r"(?:st|nd|rd|th|er|re|e|ème|eme|º|ª)(?![^\W_])")
_GLUED = re.compile(r"(?:am|pm|pts?|px|x|uhr)(?![^\W_])", re.IGNORECASE)  # 8pm, 10x: a number all the same
_ROUGHLY = ("~", "≈", "±")
_LONGEST = 60  # characters of a number
_FISCAL_ENDS = frozenset("Yy' \u00a0")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LETTER = "A-Za-z\u00c0-\u024f\u0370-\u04ff"  # of scripts that put spaces around numbers
_CODE = re.compile(rf"(?<![\w.,])[{_LETTER}\d]+(?:\.\d+)*(?:-\d+[{_LETTER}\d]*)*(?![.,]?\d)")
_HYPHENED = re.compile(r"(?P<counted>\d[ \u00a0]?)?(?<![^\W\d_])(?P<word>[^\W\d_]+)-\Z")
_BEFORE_A_YEAR = frozenset(
    ("pre", "mid", "post", "early", "late", "anfang", "ende", "mitte", "non", "ab", "bis", "seit", "vor", "nach")
)
_PERIOD = re.compile(r"[FCH]Y'?(?:\d\d){1,2}|(?:19|20)\d0s", re.IGNORECASE)
_DECADE = re.compile(r"(?:19|20)?\d0s(?![^\W_])")
_SENTENCE_WORD = re.compile(r"(?:^|[^\W\d_])[ \u00a0]?\Z")
_LEADS_TO_A_VALUE = re.compile(
    r"\b(?:of|was|were|is|at|to|by|von|auf|war|de|di|est|était|es|fue)[ \u00a0]\Z", re.IGNORECASE
)
_SPOKEN = re.compile(r"[^\W\d_]+|[~≈±]")
_BOUNDS = {
    "about": "about around approximately approx roughly some circa ca etwa rund ungefähr zirka environ cerca unos unas "
    "ongeveer quasi aproximadamente ~ ≈ ±",
    "above": "over above exceeding exceeds exceeded über oltre ruim gut upwards",
    "below": "nearly almost under below knapp fast beinahe presque casi quase bijna unter",
}
_BOUND_OF = {word: bound for bound, words in _BOUNDS.items() for word in words.split()} | {
    "more than": "above", "greater than": "above", "mehr als": "above", "plus de": "above", "más de": "above",
    "più di": "above", "mais de": "above", "meer dan": "above", "at least": "least", "no less": "least",
    "less than": "below", "fewer than": "below", "weniger als": "below", "moins de": "below", "menos de": "below",
    "meno di": "below", "minder dan": "below", "up to": "most", "at most": "most", "bis zu": "most",
    "just over": "above", "just under": "below", "près de": "below", "close to": "about", "alrededor de": "about",
    "cerca de": "about", "circa di": "about", "just": "about", "mindestens": "least", "au moins": "least",
    "al menos": "least", "almeno": "least", "pelo menos": "least", "minstens": "least", "höchstens": "most",
    "au plus": "most", "hasta": "most",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `text[start:end]` of what was read; `value` has the scale word applied, but no sign."""

    text: str
    start: int
    end: int
    value: Decimal
    mantissa: Decimal
    scale: Decimal
    unit: str  # "" when none was told
    negative: bool
    bound: str  # "", "about", "above", "below", "least" or "most": what the words before it make of it
    in_words: bool
    ordinal: bool
    is_year: bool
    bound_start: int  # where those words begin; `start` where there are none
    other: Decimal | None = None  # the mantissa's second reading, where "1,234" may be either

    @property
    def scaled(self) -> bool:
        return self.scale != 1

    @property
    def hedged(self) -> bool:
        """Whether rounding is announced: "about", "nearly", "more than"."""
        return self.bound in ("about", "above", "below")

    @property
    def mantissas(self) -> tuple[Decimal, ...]:
        """Every reading of its digits, the likeliest first."""
        return (self.mantissa,) if self.other is None else (self.mantissa, self.other)

    def same_digits(self, other: Quantity) -> bool:
        """Whether the two may be the same number, scale words and units aside."""
        return not set(self.mantissas).isdisjoint(other.mantissas)


@lru_cache(maxsize=8192)  # the sentences of a page are read again for every sentence of an answer
def quantities(text: str, notation: Notation | None = None) -> tuple[Quantity, ...]:
    """Every number of a text, in order; of a date only the year. Without a `notation` the text tells its own.

    >>> [str(q.value) + q.unit for q in quantities("rose 4.2 % to $1,234.5 million in fifteen months")]
    ['4.2%', '1234500000.0$', '15months']
    """
    plain = plain_digits(text)
    notation = notation or notation_of(text)
    found = list(_in_digits(text, plain, notation, dates(text, notation)))
    taken = {at for q in found for at in range(q.start, q.end)}
    found += (q for q in _in_words(text, plain, notation) if q.start not in taken)
    found.sort(key=lambda q: q.start)
    return tuple(found)


def identifiers(text: str) -> frozenset[str]:
    """Words that mix letters and digits, and codes, which are no quantity: "13a", "SpO2", "COVID-19", "3.2.1"."""
    plain = plain_digits(text)
    dated = {at for day in dates(text) for at in range(day.start, day.end)}
    found = (match for match in _CODE.finditer(plain) if match.start() not in dated)
    return frozenset(
        match[0].casefold()
        for match in found
        if _is_identifier(match[0]) and plain[match.start() - 1 : match.start()] not in SIGNS_OF_MONEY
    )


# ------------------------------------------------------------------------------------------------ in digits


def _in_digits(text: str, plain: str, notation: Notation, days: Sequence[Date]) -> Iterator[Quantity]:
    position, last, later = 0, 0, iter(days)
    day = next(later, None)
    while digits := _DIGITS.search(plain, position):
        start, position = digits.span()
        while day is not None and day.end <= start:
            day = next(later, None)
        if day is not None and day.start < position:
            yield from (_year(text, *year.span(), int(year[0])) for year in _YEAR.finditer(plain, day.start, day.end))
            position = day.end
            continue
        before = plain[start - 1 : start]
        if before == "." and plain[start - 2 : start - 1] in ("", " ", "\n", "(", "-", "$"):
            start -= 1  # .5
        if (
            position - start in (2, 4)
            and before in _FISCAL_ENDS
            and (fiscal := _FISCAL_BEFORE.search(plain, max(0, start - 4), start))
        ):
            year = int(digits[0])
            yield _year(text, fiscal.start(), position, year if year > 99 else 2000 + year)
            continue
        if (
            position - start == 4
            and plain[position : position + 1] in "/–-"
            and (span := _TWO_YEARS.match(plain, start))
        ):
            first, second = int(span["first"]), int(span["second"])
            if (first + 1) % 100 == second:
                position = span.end()
                yield from (_year(text, start, position, year) for year in (first, first + 1))
                continue
        numeral = _NUMERAL.match(plain, start)
        if numeral is None:
            continue
        position = numeral.end()
        if position - start > _LONGEST:  # of digits without a gap: a key, a picture in letters, or hostile
            continue
        if not is_code(numeral[0]) and not _in_a_word(plain, start):
            quantity = _quantity(text, plain, start, position, notation, last)
            if quantity is not None:
                yield quantity
                position = last = max(position, quantity.end)


def _year(text: str, start: int, end: int, year: int) -> Quantity:
    value = Decimal(year)
    return Quantity(text[start:end], start, end, value, value, _ONE, "", False, "", False, False, True, start)


def _in_a_word(plain: str, start: int) -> bool:
    """Whether a letter stands before a digit: "Q3", "SpO2", and "COVID-19", but neither "EUR5" nor "mid-2019"."""
    before = plain[start - 1 : start]
    if before == "-" and (hyphened := _HYPHENED.search(plain, max(0, start - 24), start)):
        word = hyphened["word"].casefold()
        if hyphened["word"].islower() and len(word) > 2:  # then-16, under-25
            return False
        measures = hyphened["counted"] and (word in UNIT_OF or word in SCALE_OF)
        return not measures and word not in _BEFORE_A_YEAR and word not in _MONEY_CODES
    if not _is_spaced_letter(before):
        return False
    code = _BEFORE.search(plain, max(0, start - 12), start)
    return code is None or (code["code"] or "").casefold() not in _MONEY_CODES


def _is_spaced_letter(char: str) -> bool:
    """A letter of a script that puts spaces around numbers."""
    return bool(char) and char < "\u0530" and char.isalpha() and char not in "ºª"


def _quantity(text: str, plain: str, start: int, end: int, notation: Notation, last: int) -> Quantity | None:
    """None for digits that run into letters which are no unit: "13a". `last` is where the number before it ends."""
    numeral = plain[start:end]
    mantissa, *others = readings(numeral, notation.decimal)
    before = _look_back(plain, start, last)
    unit, scale, first = _money_before(before, start)
    mark = _ORDINAL.match(plain, end) if numeral.isdigit() and _is_spaced_letter(plain[end : end + 1]) else None
    if mark:
        after = mark.end()
    elif decade := _DECADE.match(plain, start):
        return _year(text, start, decade.end() - 1, int(numeral)) if len(numeral) == 4 else None
    else:
        unit, scale, after = scale_and_unit(text, plain, end, unit, scale, notation)
    if after == end and _is_spaced_letter(plain[end : end + 1]) and not _GLUED.match(plain, end):
        return None
    negative = False
    if before:
        negative, first, after, unit = _sign(plain, before, first, after, unit)
    if not negative and _owes(plain, numeral, after):
        negative, after = True, after + 1
    bound, bound_start = ("about", first) if before and before["sign"] in _ROUGHLY else _bound(plain, first)
    value = mantissa * scale
    return Quantity(
        text=text[first:after],
        start=first,
        end=after,
        value=value,
        mantissa=mantissa,
        scale=scale,
        unit=unit,
        negative=negative,
        bound=bound,
        in_words=False,
        ordinal=mark is not None,
        is_year=not unit and not negative and scale == 1 and numeral.isdigit() and 1900 <= value <= 2099,
        bound_start=bound_start,
        other=others[0] if others else None,
    )


def _money_before(before: re.Match[str] | None, start: int) -> tuple[str, Decimal, int]:
    """Currency and scale that stand before a number, and where they begin: "$", "US$", "TEUR", "Mio. EUR"."""
    if before is None:
        return "", _ONE, start
    if before["money"]:
        code_before = before["code"] if before.end("code") == before.start("money") else None  # US$, C$
        return UNIT_OF[before["money"]], _ONE, before.start("code" if code_before else "money")
    code = (before["code"] or "").casefold()
    named = _MONEY_CODES.get(code) or (UNIT_OF[code[-1]] if code and code[-1] in SIGNS_OF_MONEY else "")
    if not named:
        return "", _ONE, start
    word = before["scale"]
    return named, SCALE_OF[word.casefold()] if word else CODE_SCALES.get(code, _ONE), before.start("code")


def _look_back(plain: str, start: int, last: int) -> re.Match[str] | None:
    if start == last:
        return None
    before = plain[start - 1 : start]
    if before in (" ", "\u00a0"):
        before = plain[start - 2 : start - 1] if start > 1 else ""
    if before in _LOOKS_BACK or before == "." or (before and before.isalpha()):
        return _BEFORE.search(plain, max(last, start - 12), start)
    return None


def _sign(plain: str, before: re.Match[str], first: int, after: int, unit: str) -> tuple[bool, int, int, str]:
    """Is it negative, and where it begins and ends with its sign or brackets."""
    if before["sign"] in _MINUS or before["inner"]:
        at = before.start("sign") if before["sign"] else before.start("inner")
        ahead = plain[at - 1 : at] if at else ""
        joins = ahead.isalnum() or ahead == ")"  # 10-12 is a range
        apart = bool(before["space"]) and ahead not in ("", "\n", "(", "|", "\t") and plain[max(0, at - 2) : at] != "  "
        if before["inner"] and not before["sign"]:
            return True, first, after, unit
        if not joins and not apart:
            return True, min(first, at), after, unit
    if before["open"] and plain[after : after + 1] == ")":
        tail = SUFFIX.match(plain, after + 1) if not unit else None
        closed = after + 1
        if tail and UNIT_OF.get(tail["word"]) == "%":
            unit, closed = "%", tail.end()
        at = before.start("open")
        if _is_accounting(plain, at, closed):
            return True, min(first, at), closed, unit
    return False, first, after, unit


def _is_accounting(plain: str, start: int, end: int) -> bool:
    """Whether a bracketed number is a negative one, not a remark: "sixty (60) days"."""
    line_start, line_end = plain.rfind("\n", 0, start) + 1, plain.find("\n", end)
    line = plain[line_start : line_end if line_end >= 0 else len(plain)]
    ahead = plain[line_start:start]
    if is_table_row(line) or not _SENTENCE_WORD.search(ahead) or not ahead.strip():
        return True
    if _LEADS_TO_A_VALUE.search(ahead):
        return True
    digits = plain[start:end].strip("() %$€£")
    return not plain[end:].split("\n", 1)[0].strip() and not (digits.isdigit() and len(digits) in (1, 2, 4))


def _owes(plain: str, numeral: str, after: int) -> bool:
    """A minus behind an amount, as ledgers print it: "1.234,56-"."""
    return plain[after : after + 1] == "-" and not numeral.isdigit() and plain[after + 1 : after + 2] in ("", "\n", " ")


def _bound(plain: str, start: int) -> tuple[str, int]:
    """What the words before a number make of it, and where they begin."""
    ahead = plain[max(0, start - 26) : start]
    if not ahead or not ahead[-1].isspace() or not (ahead.rstrip()[-1:].isalpha() or ahead.rstrip()[-1:] in ".~≈±"):
        return "", start
    words = [(match[0].casefold(), match.start()) for match in _SPOKEN.finditer(ahead)][-3:]
    first = start - len(ahead)
    bound = _BOUND_OF.get(" ".join(word for word, _ in words[-2:]))
    if bound and len(words) > 1:
        negated = len(words) == 3 and words[0][0] in ("no", "not", "nicht", "pas")
        flipped = {"above": "most", "below": "least"}.get(bound, bound)
        return (flipped, first + words[0][1]) if negated else (bound, first + words[-2][1])
    bound = _BOUND_OF.get(words[-1][0]) if words else None
    return (bound, first + words[-1][1]) if bound else ("", start)


# ------------------------------------------------------------------------------------------------ in words


def _in_words(text: str, plain: str, notation: Notation) -> Iterator[Quantity]:
    for word in number_words(plain, notation.language):
        unit, scale, end = ("", _ONE, word.end)
        if not word.ordinal:
            unit, scale, end = scale_and_unit(text, plain, word.end, "", _ONE, notation)
        if word.weak and end == word.end:
            continue
        yield _worded(text, plain, word, end, unit, scale)


def _worded(text: str, plain: str, word: NumberWord, end: int, unit: str, scale: Decimal) -> Quantity:
    value = Decimal(word.value)
    bound = _bound(plain, word.start)
    return Quantity(
        text=text[word.start : end],
        start=word.start,
        end=end,
        value=value * scale,
        mantissa=value,
        scale=scale,
        unit=unit,
        negative=False,
        bound=bound[0],
        bound_start=bound[1],
        in_words=True,
        ordinal=word.ordinal,
        is_year=False,
    )


def _is_identifier(word: str) -> bool:
    """Not "5kg", "2nd", "FY2019", "5-10", "mid-2019" or "EUR5", which are read as numbers or periods."""
    if is_code(word):
        return True
    if word.isalpha() or not any(map(str.isalpha, word)) or _PERIOD.fullmatch(word):
        return False
    head, _, tail = word.partition("-")
    lower = head.isalpha() and head.islower() and len(head) > 2
    if tail and (lower or head.casefold() in _BEFORE_A_YEAR | _MONEY_CODES.keys()):
        return False
    return not all(_is_measure(part) for part in word.split("-"))


def _is_measure(word: str) -> bool:
    match = re.fullmatch(r"(?:[A-Za-z$]{2,4}(?=\d))?\d+(?:\.\d+)?([^\W\d_]*)", word)
    if match is None or (word[0].isalpha() and word.rstrip("0123456789.").casefold() not in _MONEY_CODES):
        return False
    after = match[1].casefold()
    scales = after in SCALE_OF and after not in ONLY_AFTER_MONEY
    return (
        not after
        or after in UNIT_OF
        or scales
        or _GLUED.fullmatch(after) is not None
        or _ORDINAL.fullmatch(after) is not None
    )
