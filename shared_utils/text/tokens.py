"""How many tokens a llama-3 tokenizer would make of a text, without the tokenizer.

Pieces are cut as its own pre-tokenizer cuts them: words take the space before them along, digits go in threes and
leave their space behind, punctuation takes the line breaks after it. What a piece costs was fitted to the real
tokenizer on 500-character cuts of English reports, papers and manuals: the estimate is 1.03 times the count at the
median and 0.95 to 1.09 times for nine cuts in ten. Other scripts were set from a sentence or two each, rather high.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

_PIECES = re.compile(
    r"(?P<word>[^\r\n\w]?[^\W\d_]+)"
    r"|(?P<digits>\d{1,3})"
    r"|(?P<signs> ?(?:[^\s\w]|_)+[\r\n]*)"
    r"|(?P<space>\s*[\r\n]+|\s+?(?=\s\S)|\s+)"
)
_MARGIN = 1.02
# Characters a token holds on average, by the script a word begins with.
_CHARS_PER_TOKEN = (
    ("\u0250", 2.3),  # Latin with diacritics
    ("\u0400", 1.9),  # Greek
    ("\u0530", 2.9),  # Cyrillic
    ("\u0600", 0.95),  # Armenian, Hebrew
    ("\u0780", 2.2),  # Arabic
    ("\u0e00", 1.5),  # the scripts of India
    ("\u0e80", 2.0),  # Thai
    ("\u2e80", 1.0),
    ("\ua000", 1.15),  # Chinese, Japanese
    ("\uac00", 0.5),
    ("\ud7b0", 1.25),  # Korean
)


def estimate_tokens(text: str) -> int:
    """Estimated llama-3 token count of a text, meant to err a little high."""
    return math.ceil(
        _MARGIN * sum(_piece_tokens(match.lastgroup or "", match.group()) for match in _PIECES.finditer(text))
    )


@lru_cache(maxsize=20_000)
def _piece_tokens(kind: str, piece: str) -> float:
    if kind == "word":
        spaced = piece[0] == " "
        bare = piece if piece[0].isalpha() else piece[1:]
        joint = 0.0 if spaced or bare == piece else 0.4 if piece.isascii() else 1.0  # "(word" may be one token
        return joint + _word_tokens(bare, spaced)
    if kind == "signs":
        leader = len(piece) > 3 and piece[-1] == piece[-2] == piece[-3]  # "......": one token for many dots
        return max(1.0, len(piece.strip()) / (16 if leader else 3))
    return 1.0


def _word_tokens(word: str, spaced: bool) -> float:
    length = len(word)
    if not word.isascii():
        last = max(word)
        return max(1.0, length / next((chars for end, chars in _CHARS_PER_TOKEN if last < end), 0.5))
    if word.isupper():
        return max(1.0, 0.5 + 0.28 * length)
    if spaced:
        return 1.02 + 0.07 * max(0, length - 8) + 0.1 * max(0, length - 13)
    return 1.0 + 0.1 * max(0, length - 3)
