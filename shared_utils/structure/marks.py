"""What an item of a list begins with: a bullet, or a number or a letter that counts on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(
    r"(?P<sign>[•▪▫‣◦●○■□▶►▸➢➤➔✓✔✗✦✱❖·∙⁃⁌⁍◆◇☐☑☒\uf000-\uf0ff]|[*–—‐-](?= )|o(?=\s+[A-ZÀ-Þ]))\s*(?P<body>\S.*|)",
    re.DOTALL,
)
_NUMBERED = re.compile(
    r"(?P<mark>(?P<open>\(?)(?:(?P<number>\d{1,3})|(?P<letter>[A-Za-z])|(?P<roman>[ivxIVX]{2,5}))(?P<close>[.)]))"
    r"\s+(?P<body>\S.*)",
    re.DOTALL,
)
_BARE = re.compile(r"(?P<number>\d{1,2})\s+(?P<body>[^\W\d_].*)", re.DOTALL)
_STEP = re.compile(
    r"(?P<mark>(?P<word>step|schritt|[ée]tape|paso|passo|stap)\s+(?P<number>\d{1,2}|[A-Z]))(?:\s*[:.)–—-]\s*|\s+(?=[A-ZÀ-Þ])|$)"
    r"(?P<body>.*)",
    re.DOTALL | re.IGNORECASE,
)
_DECIMAL = re.compile(r"(?P<mark>(?P<before>(?:\d{1,2}\.)+)(?P<number>\d{1,2})[.)]?)\s+(?P<body>[^\W\d_].*)", re.DOTALL)
_ROMAN = {"i": 1, "v": 5, "x": 10}
_LEADS_TO_A_PAGE = re.compile(r"(?:\.\s?){3,}\s*\d{1,4}$|…+\s*\d{1,4}$|\s{3,}\d{1,4}$")


@dataclass(frozen=True, slots=True)
class Mark:
    """How a line may begin an item: `text` is the mark, `body` where the item's own words begin in the line.

    Marks of one `family` count on: `ordinal` 1, 2, 3; None for a bullet.
    """

    text: str
    family: str
    ordinal: int | None
    body: int

    @property
    def is_decimal(self) -> bool:
        """Whether it is numbered as sections are: 4.1."""
        return self.family.endswith(".1")


def marks_of(line: str) -> Iterator[Mark]:
    """Every way to read the beginning of a line as a mark, the likeliest first: "i." counts as i, or as the 9th letter.

    >>> [(mark.family, mark.ordinal) for mark in marks_of("(b) The rent")]
    [('(a)', 2)]
    >>> [(mark.family, mark.ordinal) for mark in marks_of("i. Open it")]
    [('i.', 1), ('a.', 9)]
    >>> list(marks_of("1 Introduction ........ 3")), [mark.text for mark in marks_of("• One")]
    ([], ['•'])
    """
    if _LEADS_TO_A_PAGE.search(line):
        return
    if match := _BULLET.match(line):
        sign = "-" if match["sign"] in "-‐–—" else match["sign"]
        yield Mark(match["sign"], sign, None, match.start("body"))
    if match := _STEP.match(line):
        counted = match["number"]
        ordinal = int(counted) if counted.isdigit() else ord(counted.upper()) - 64
        yield Mark(match["mark"], f"{match['word'].casefold()} 1", ordinal, match.start("body"))
        return
    if match := _DECIMAL.match(line):
        yield Mark(match["mark"], f"{match['before']}1", int(match["number"]), match.start("body"))
        return
    if match := _NUMBERED.match(line):
        yield from _counted(match)
    elif match := _BARE.match(line):
        yield Mark(match["number"], "1", int(match["number"]), match.start("body"))


def _counted(match: re.Match[str]) -> Iterator[Mark]:
    def family(sign: str) -> str:
        return f"{match['open']}{sign}{match['close']}"

    text, body = match["mark"], match.start("body")
    if match["number"]:
        yield Mark(text, family("1"), int(match["number"]), body)
        return
    letters = match["roman"] or match["letter"]
    is_small = letters.islower()
    if roman := _roman(letters.lower()):
        yield Mark(text, family("i" if is_small else "I"), roman, body)
    if match["letter"]:
        yield Mark(text, family("a" if is_small else "A"), ord(letters.lower()) - 96, body)


def _roman(letters: str) -> int:
    """1 … 39, 0 for what is none.

    >>> _roman("xiv"), _roman("iiv"), _roman("b")
    (14, 0, 0)
    """
    if not re.fullmatch(r"x{0,3}(?:ix|iv|v?i{0,3})", letters) or not letters:
        return 0
    values = [_ROMAN[letter] for letter in letters]
    return sum(-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True))
