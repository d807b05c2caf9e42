"""Ligatures that a font draws and gives no meaning. Part of `pdfium_worker.py`, in its process.

Which of "ff", "fi", "fl", "ffi" and "ffl" a glyph is, is told from how wide it is beside the page's own f, i and l, and
from the letters around it wherever it stands: "fi" and "fl" are as wide as each other, but a vowel follows an l.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

MEANINGLESS = "\uffff"  # stands for a glyph without a meaning
LIGATURES = {"ff": "\ufb00", "fi": "\ufb01", "fl": "\ufb02", "ffi": "\ufb03", "ffl": "\ufb04"}
NARROWEST, WIDEST = 0.72, 1.1  # × its letters side by side: designers draw ligatures narrower
SAME = 0.02  # of the height, that widths of one glyph differ by for rounding
AT_MOST = 2_000  # of a page

Measure = Callable[[int], tuple[str, float]]
"""The font's name of the character with this number, and its width as a share of its height."""

_VOWELS = "aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüý"
MEANS_NOTHING = re.compile("[\uffff\x00-\x08\x0b\x0e-\x1f]")  # some are told by their code alone
_AROUND = re.compile(rf"([^\W\d_]*)({MEANS_NOTHING.pattern})([^\W\d_]*)")
_DOUBLED_BEFORE = "snrtz"  # consonants that ff may stand before: "sheriffs", "öffnen", "affront", "lifft"
# What goes on with "fi" though a vowel follows it: "field", "specified", "confianza", "modifié", "fiore", "fiume".
_I_BEFORE_VOWEL = re.compile(
    r"e(?:ld|rce|ry|nd|sta|rro|bre|ber|l\b|rt|re\b|r\b)|a(?:nc[eé]|nz|sco|bl|r\b|do|da)"
    r"|o(?:r[ei]\b|rd|cc|na\b)|u(?:m[ei]\b|t[oai]\b)|é(?:e?s?\b)"
)
_I_WITHIN = re.compile(r"e(?:d|s|rs?|nte?)\b")


class _Place(NamedTuple):
    """Where the glyph stands, and the letters before and behind it in its word."""

    at: int
    before: str
    behind: str

    @property
    def is_behind_vowel(self) -> bool:
        return self.before[-1:] in _VOWELS if self.before else False

    @property
    def is_before_consonant(self) -> bool:
        return bool(self.behind) and self.behind[0] not in _VOWELS


def with_ligatures(text: str, measure: Measure) -> str:
    """The same length, with ligatures for those glyphs without a meaning that are one."""
    found: dict[int, str] = {}
    groups = _by_glyph(text, measure)
    for (_, font, width), places in groups.items():
        letters = _widths(text, font, measure)
        if all(place.before or place.behind for place in places) and "f" in letters:
            others = [other for _, name, other in groups if name == font and other != width]
            for place, name in _named(places, width, letters, others):
                found[place.at] = LIGATURES[name]
    return "".join(found.get(i, char) for i, char in enumerate(text)) if found else text


def _by_glyph(text: str, measure: Measure) -> Mapping[tuple[str, str, float], list[_Place]]:
    """The places of every glyph without a meaning, glyphs told apart by code, font and width."""
    groups: dict[tuple[str, str, float], list[_Place]] = defaultdict(list)
    for match, _ in zip(_AROUND.finditer(text), range(AT_MOST), strict=False):
        font, width = measure(match.start(2))
        glyph = (match[2], font)
        same = next((key for key in groups if key[:2] == glyph and abs(key[2] - width) < SAME), (*glyph, width))
        groups[same].append(_Place(match.start(2), match[1].lower(), match[3].lower()))
    return groups


def _widths(text: str, font: str, measure: Measure) -> dict[str, float]:
    """How wide f, i and l are in a font; t stands in for an f that the page never uses by itself."""
    found: dict[str, float] = {}
    for letter in "filt":
        for match, _ in zip(re.finditer(letter, text), range(40), strict=False):
            name, width = measure(match.start())
            if name == font:
                found[letter] = width
                break
    if "f" not in found and "t" in found:
        found["f"] = found["t"]
    if "i" not in found and "l" in found:
        found["i"] = found["l"]
    return found if "i" in found else {}


def _named(
    places: list[_Place], width: float, letters: Mapping[str, float], others: Iterable[float]
) -> Iterable[tuple[_Place, str]]:
    """Each place with the ligature that stands there; none where the glyph is none."""
    f, i = letters["f"], letters["i"]
    two, three = max(2 * f, f + i), 2 * f + i
    if not NARROWEST * min(2 * f, f + i) <= width <= WIDEST * three:
        return
    if width > (two + three) / 2 * 0.95:
        yield from ((place, "ff" + _i_or_l(place)) for place in places)
    elif _is_double(places, width, (2 * f, f + i), others):
        yield from ((place, "ff") for place in places)
    else:
        yield from ((place, "f" + _i_or_l(place)) for place in places)


def _is_double(places: list[_Place], width: float, widths: tuple[float, float], others: Iterable[float]) -> bool:
    """Whether a glyph of two letters is "ff": always behind a vowel, hardly before a consonant, or at a word's end."""
    if not all(place.is_behind_vowel for place in places):
        return False
    if any(place.is_before_consonant and place.behind[0] not in _DOUBLED_BEFORE for place in places):
        return False
    if any(not place.behind or place.behind == "s" for place in places):
        return True
    if any(place.is_before_consonant for place in places):
        return False
    double, single = widths
    narrower = any(SAME < width - other < double for other in others)  # then that one is "fi" or "fl"
    return narrower or abs(width - double) <= abs(width - single)


def _i_or_l(place: _Place) -> str:
    if not place.behind or place.is_before_consonant:
        return "i"
    if place.before.endswith("p"):  # "Pflanze", "empfahl"
        return "l"
    if _I_BEFORE_VOWEL.match(place.behind) or (place.before and _I_WITHIN.match(place.behind)):
        return "i"
    return "l"
