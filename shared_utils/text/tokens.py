"""How many tokens a llama-3 tokenizer would make of a text, without the tokenizer."""

from __future__ import annotations

import math
import re

# The first three alternatives are the ones of llama-3's own pre-tokenizer (tiktoken's cl100k pattern): words, digits
# in groups of three, runs of punctuation. What they match is one token, or a few for a long or foreign word.
_PIECES = re.compile(r"[^\W\d_]+|\d{1,3}|[^\s\w]+|_+|\n+")


def estimate_tokens(text: str) -> int:
    """Estimated llama-3 token count of a text, meant to err a little high."""
    return math.ceil(sum(_piece_tokens(piece) for piece in _PIECES.findall(text)))


def _piece_tokens(piece: str) -> float:
    first = piece[0]
    if first.isdigit() or first == "\n":
        return 1
    if not first.isalpha():
        return max(1, len(piece) / 3)
    if piece.isascii():
        return max(1, len(piece) / (5.5 if not piece.isupper() else 3))
    return max(1, len(piece) / (2.5 if first < "\u2e80" else 1))
