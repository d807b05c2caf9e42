"""One spelling for words that readers take to be the same: case, diacritics, ligatures and letter variants."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Marks that readers leave out when they type a question: Latin, Greek and Cyrillic accents, Hebrew and Arabic
# pointing. Thai, Indic and kana marks are letters in their own right and stay.
_OPTIONAL_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]")

_RUNS = re.compile(r"([^\x00-\x7f]+)")
_SHORT = 3  # characters of a run that comes again: quotation marks, dashes, a letter with its accent
_LETTER_VARIANTS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ħ": "h",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "’": "'",
        "ʼ": "'",
        "‘": "'",
        "‐": "-",
        "‑": "-",
        "−": "-",
        "ى": "ي",  # Arabic letters that keyboards and fonts use for one another
        "ی": "ي",
        "ک": "ك",
        "ة": "ه",
        "ـ": None,  # tatweel only stretches a word
        "\u00ad": None,
        "\u200b": None,
        "\u200c": None,
        "\u200d": None,
        "\ufeff": None,
        "\ufffe": None,  # PDFium's sign for a hyphen at the end of a line
    }
    | {chr(zero + digit): str(digit) for zero in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for digit in range(10)}
)


def fold(text: str) -> str:
    """Case-folded, compatibility-decomposed, without optional diacritics. The length may change.

    >>> fold("Żółć ﬁnal ÉTÉ １２")
    'zolc final ete 12'
    """
    if text.isascii():
        return text.lower()
    # Nothing composes with a letter of ASCII that is not left out: what stands between such letters is folded alone.
    parts = _RUNS.split(text)
    parts[::2] = map(str.lower, parts[::2])
    parts[1::2] = [_fold_short(run) if len(run) <= _SHORT else _fold_whole(run) for run in parts[1::2]]
    return "".join(parts)


def _fold_whole(text: str) -> str:
    decomposed = _OPTIONAL_MARKS.sub("", unicodedata.normalize("NFKD", text))
    # Composed again, or Hangul would stay in pieces and kana lose their voicing to the next character.
    return unicodedata.normalize("NFC", decomposed).casefold().translate(_LETTER_VARIANTS)


@lru_cache(maxsize=4096)
def _fold_short(run: str) -> str:
    return _fold_whole(run)


def fold_in_place(text: str) -> str:
    """Folded character by character, so that every offset stays: a ligature becomes its first letter."""
    return text.lower() if text.isascii() else _NOT_ASCII.sub(lambda match: _fold_one(match[0]), text).lower()


@lru_cache(maxsize=64)  # the readers of dates and of numbers in words go over the same words
def folded_words(text: str) -> tuple[tuple[int, int, str], ...]:
    """Every word of a text, with its hyphens: where it starts and ends, and the word folded in place.

    >>> folded_words("Fünf dix-sept")
    ((0, 4, 'funf'), (5, 13, 'dix-sept'))
    """
    return tuple([(*match.span(), match[0]) for match in _WORD.finditer(fold_in_place(text))])


def plain_words(text: str) -> list[str]:
    """The words alone, as those of `folded_words`: of any length, nothing of it is kept.

    >>> plain_words("Fünf dix-sept")
    ['funf', 'dix-sept']
    """
    return _WORD.findall(fold_in_place(text))


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@lru_cache(maxsize=4096)
def _fold_one(char: str) -> str:
    return fold(char)[:1] or char
