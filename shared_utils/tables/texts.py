"""What the words of a cell are: a figure, a year, a unit, the name of a total."""

from __future__ import annotations

import re
from functools import lru_cache

REMEMBERED = 4_096  # texts: a table asks several times about each of its cells
LONGEST_NAME = 4  # words of a column's name
SHORT = 24  # characters of a figure, at most
_FIGURE = re.compile(
    r"[\s$€£¥(+−–—-]*(?:\d[\d.,' ]*|[—–-]+)[\s)%*†‡\d]*(?:(?<![A-Za-z])[a-zA-Z]{1,4})?|[*†‡#]{1,2}|n/?[am]\.?",
    re.IGNORECASE,
)
_CODE = re.compile(r"[A-Za-z]{1,8}-\d+[A-Za-z]?")
_MONTHS = (
    "jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|f[ée]vrier|mar(?:ch|s)?|m[äa]rz|apr(?:il)?|avril|ma[yi]|jun[ei]?|juin|"
    "jul[yi]?|juillet|aug(?:ust)?|ao[uû]t|sept?(?:ember|embre)?|o[ck]t(?:ober|obre)?|nov(?:ember|embre)?|"
    "de[cz](?:ember)?|d[ée]cembre"
)
_NOTES = r"(?:\s*(?:\([a-z*†\d]{1,2}\)?|[*†‡\d])){0,3}"
_PERIOD = re.compile(
    r"(?:(?:FY|CY|H[12]|[1-4]?Q[1-4]?|fiscal(?: year)?|year|jahr)\s*'?)?"
    rf"(?:(?:18|19|20|21)\d\d|'\d\d)(?:\s*[-–/]\s*\d{{2,4}})?{_NOTES}"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|Q[1-4]|[1-4]Q"
    rf"|(?:\d{{1,2}}\.?\s+)?(?:{_MONTHS})\.?(?:[\s-]+\d{{1,2}},?)?(?:[\s,'-]+(?:\d\d)?\d\d)?{_NOTES}",
    re.IGNORECASE,
)
_AS_OF = re.compile(
    r"(?:w/e|(?:(?:week|month|quarter|year|period)\s+)?end(?:ed|ing)|as\s+(?:of|at)|at|per|zum|stand|au|al)\s+",
    re.IGNORECASE,
)
_UNIT = re.compile(r"[$€£¥%]|[(\[]?(?:in\s+)?[a-z]{0,2}[$€£]?\s?'?\s?000'?s?[)\]]?", re.IGNORECASE)
_MARKS = frozenset("xX×✓✔✗✘●•○■□☑☒")
_SCALE_WORD = re.compile(r"\b(?:thousand|million|billion|tsd|mio|mrd|tausend|milli)", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:grand\s+|sub-?)?totals?\b|sum(?:me)?\b|gesamt|insgesamt|zusammen\b|zwischensumme|totale?\b|ensemble\b|suma\b",
    re.IGNORECASE,
)
_AMOUNT = r"[$€£¥]?\s?\(?\d[\d.,'’ ]*\)?(?:\s?[%$€£¥]|(?:\s[^\W\d_]{1,12}\.?){0,2})"
_NONE = r"(?:none|nil|keine?|néant|aucune?|ninguna?|nessuna?|nenhuma?|geen)"
_ONE_VALUE = rf"(?:{_AMOUNT}|{_NONE})"
_SAYS_ITS_VALUE = re.compile(
    r"(?P<label>[^\W\d_].*[^\W\d](?:\s?\([^()]{1,12}\))?)(?:\s*[—–]\s*|\s+-\s+|:\s+|\s*\.{3,}\s*)"
    rf"(?P<value>{_ONE_VALUE}(?:(?:,|;|\s(?:and|or|und|et|y|e|en|o|ou|oder))\s{_ONE_VALUE}){{0,3}})",
    re.IGNORECASE | re.DOTALL,
)
_LOSS = re.compile(r"[$€£¥]?\s?\(\s?[$€£¥]?\s?\d[\d.,]+\s?\)%?")
_COUNTED_PART = re.compile(r"\d{1,2}")


@lru_cache(maxsize=REMEMBERED)
def label_and_value(text: str) -> tuple[str, str] | None:
    """A label with its value behind it, where one cell holds both; None where it holds no value, or a part's number.

    >>> label_and_value("Authorized shares — 500"), label_and_value("Issued shares — none")
    (('Authorized shares', '500'), ('Issued shares', 'none'))
    >>> label_and_value("Phase: 2"), label_and_value("Fiscal year – 2022"), label_and_value("Ages 18 – 24")
    (None, None, None)
    """
    found = _SAYS_ITS_VALUE.fullmatch(text.strip())
    if found is None or is_period(found["value"]):
        return None
    is_number_of_a_part = _COUNTED_PART.fullmatch(found["value"]) is not None and " " not in found["label"]
    return None if is_number_of_a_part else (found["label"].strip(), found["value"])


def says_more_than_a_name(text: str) -> bool:
    """Whether words are too many for the name of a column, or are punctuated as a sentence is."""
    return len(text.split()) > LONGEST_NAME or (text.endswith((".", ",", ";")) and " " in text.strip())


def is_none(text: str) -> bool:
    """Whether a value says in a word or a sign that there is nothing.

    >>> is_none("none"), is_none("—"), is_none("one")
    (True, True, False)
    """
    return re.fullmatch(rf"{_NONE}|[—–-]+", text.strip(" .$€"), re.IGNORECASE) is not None


@lru_cache(maxsize=REMEMBERED)
def is_figure(text: str) -> bool:
    """Whether a cell's text is a number, an amount, a share, or a sign for none; no type's name.

    >>> [is_figure(text) for text in ("1,204", "$ 17", "(3.1)%", "—", "(2)pts", "6.4% (0.8%)", "GP-1000")]
    [True, True, True, True, True, True, False]
    """
    if _FIGURE.fullmatch(text):
        return True
    if len(text) > SHORT or _CODE.fullmatch(text):
        return False
    digits = sum(map(str.isdigit, text))
    letters = sum(map(str.isalpha, text))
    return digits > 0 and (not letters or digits * 2 >= sum(not character.isspace() for character in text))


@lru_cache(maxsize=REMEMBERED)
def is_period(text: str) -> bool:
    """Whether a cell's text is a year, a span of years or a date, which stand in heads as well as among figures.

    >>> is_period("2022"), is_period("FY 2021/22"), is_period("2013 (5)(6)"), is_period("2,022")
    (True, True, True, False)
    >>> is_period("June 30, 2022"), is_period("W/E 31 Dec 2022"), is_period("Marine 30")
    (True, True, False)
    """
    return _PERIOD.fullmatch(_AS_OF.sub("", text.strip(" ()[]:"), count=1)) is not None


@lru_cache(maxsize=REMEMBERED)
def is_unit(text: str) -> bool:
    """Whether a cell's text only tells what figures count.

    >>> is_unit("$000's"), is_unit("$ in millions"), is_unit("17")
    (True, True, False)
    """
    return _UNIT.fullmatch(text.strip()) is not None or (len(text) < 80 and _SCALE_WORD.search(text) is not None)


def is_value(text: str) -> bool:
    """Whether a cell's text is a figure and neither a year nor a unit.

    >>> is_value("17,606"), is_value("2022"), is_value("%")
    (True, False, False)
    """
    return is_figure(text) and not is_period(text) and not is_unit(text)


def is_loss(text: str) -> bool:
    """Whether a figure is below nothing as accounts write it, which no name of a column is; a note's number is none.

    >>> [is_loss(text) for text in ("(921)", "$ (4,236 )", "(2)", "(2019)", "921")]
    [True, True, False, False, False]
    """
    return _LOSS.fullmatch(text.strip()) is not None and not is_period(text)


def is_mark(text: str) -> bool:
    """Whether a cell is only ticked.

    >>> is_mark("x"), is_mark("✓"), is_mark("–")
    (True, True, False)
    """
    return text in _MARKS


def is_total(label: str) -> bool:
    """Whether a label names a total.

    >>> is_total("Total revenue"), is_total("Summe der Aktiva"), is_total("Totally new")
    (True, True, False)
    """
    return _TOTAL.match(label.strip()) is not None
