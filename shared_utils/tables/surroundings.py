"""What stands around a table and holds for it: its caption, what its figures count, the currency."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from shared_utils.tables.captions import goes_on, is_caption, is_scale
from shared_utils.tables.draft import Draft, DraftCell
from shared_utils.tables.lines import Line, Piece
from shared_utils.types import Scale

ABOVE_LINES = 5  # over a table in which its caption and scale may stand
FAR = 3.0  # × the height: white between them
_FACTORS = (
    (
        re.compile(
            r"\b(?:thousands?|tausend|tsd|milliers|miles|migliaia)\b|[$€£]?\s?'?\b000(?:'?s)?\b|\b[kT][$€£]", re.I
        ),
        10**3,
    ),
    (re.compile(r"\b(?:millions?|millionen|mio|milliones|millones|milioni)\b|[$€£]m\b", re.I), 10**6),
    (re.compile(r"\b(?:billions?|milliarden|mrd|milliards|miliardi)\b|[$€£]bn\b", re.I), 10**9),
)
_SCALE = re.compile(
    r"(?:(?:u\.?s\.?\s+)?(?:dollars?|euros?|eur|usd|gbp|chf|pounds|amounts?|figures?|values?|shares|[$€£¥]|angaben|beträge)\s+)?"
    r"(?:and shares |and share data )?(?:(?:are |expressed )?(?:in|en)\s+)(?:[a-z.]+\s+(?:of\s+)?|[$€£]\s?){0,2}?"
    r"(?:thousands?|millions?|billions?|tsd\.?|mio\.?|mrd\.?|tausend|millionen|milliarden|milliers|millones|miles|[$€£]?\s?'?000'?s?|[$€£](?:m|bn))"
    r"(?:\s+(?:of\s+)?(?:u\.?s\.?\s+)?(?:dollars?|euros?|eur|usd|[$€£]))?(?:,?\s*except[^)\]:;.]{0,60})?"
    r"|(?<!\d\s)(?<![\d.,])(?:[a-z]{0,2}[$€£]|\b(?:eur|usd|gbp|chf))\s?"
    r"(?:thousands?|millions?|billions?|mio\.?|mrd\.?|tsd\.?|m\b|bn\b)(?:,?\s*except[^)\]:;.]{0,60})?",
    re.IGNORECASE,
)
_CURRENCY = re.compile(
    r"[$€£¥]|\b(?:EUR|USD|GBP|CHF|JPY|SEK|NOK|DKK)\b|\bdollars?\b|\beuros?\b|\bpounds\b|\bRs\b", re.IGNORECASE
)


def caption_of(lines: Sequence[Line], draft: Draft, are_under: bool | None = None) -> tuple[Piece, ...]:
    """The pieces of the caption over a table, or under it; a title or a sentence that ends in a colon will do.

    Of two captions, one over and one under it, it is the one where the page's tables have theirs (`are_under`), else
    the nearer.
    """
    taken, below = _around(lines, draft)
    numbered = next((number for number, line in enumerate(taken) if is_caption(line.text)), None)
    if numbered is not None and not (below is not None and _is_rather(below, taken, numbered, draft, are_under)):
        line, end = taken[numbered], numbered + 1
        while end < len(taken) and goes_on(line, taken[end - 1], taken[end]) and not is_scale(taken[end].text):
            end += 1
        return tuple(piece for part in taken[numbered:end] for piece in part.pieces)
    if below is not None:
        return below.pieces
    for line in reversed(taken):
        text = " ".join(piece.text for piece in line.pieces)
        if is_scale(text):
            continue
        is_title = line.pieces[0].is_bold and len(text) < 120
        return line.pieces if is_title or text.endswith(":") else ()
    return ()


def captions_are_under(lines: Sequence[Line], drafts: Sequence[Draft]) -> bool | None:
    """Whether the tables of a page have their captions under them, by those with one caption near; None: untold."""
    under = over = 0
    for draft in drafts:
        taken, below = _around(lines, draft)
        is_over = any(_tells_table(line) for line in taken if is_caption(line.text))
        is_under = below is not None and _tells_table(below)
        under += is_under and not is_over
        over += is_over and not is_under
    return under > over if under != over else None


def _around(lines: Sequence[Line], draft: Draft) -> tuple[list[Line], Line | None]:
    """The lines close over a table, top down, and the caption close under it."""
    x0, _, x1, y1 = draft.box
    top = _top(draft)
    near = [own for line in lines if (own := _over(line, x0, x1)) is not None]
    above = [line for line in near if line.y1 <= top + line.height // 2]
    edge = top
    taken: list[Line] = []
    for line in reversed(above[-ABOVE_LINES:]):
        if edge - line.y1 > FAR * line.height:
            break
        taken.insert(0, line)
        edge = line.y0
    below = next((line for line in near if line.middle > y1), None)
    is_caption_of_it = below is not None and below.y0 - y1 < FAR * below.height and is_caption(below.text)
    return taken, below if is_caption_of_it else None


def _top(draft: Draft) -> int:
    return min((p.y0 for c in draft.cells for p in c.pieces), default=draft.box[1])


def _is_rather(below: Line, taken: Sequence[Line], numbered: int, draft: Draft, are_under: bool | None) -> bool:
    """Whether of two captions the one under a table is its own: that of a table before that of a figure, then the one
    where others have theirs, then the nearer, for what stands over a table may tell of another one over it."""
    if not _tells_table(below) or not _tells_table(taken[numbered]):
        return _tells_table(below)
    is_nearer = below.y0 - draft.box[3] < _top(draft) - taken[-1].y1
    return is_nearer if are_under is None else are_under


def _tells_table(caption: Line) -> bool:
    return caption.text.lstrip()[:3].lower() not in ("fig", "cha", "abb")


def _over(line: Line, x0: int, x1: int) -> Line | None:
    """The part of a line that stands over or under a table."""
    pieces = tuple(piece for piece in line.pieces if piece.x0 < x1 and piece.x1 > x0)
    return Line(pieces, line.y0, line.y1) if pieces else None


@lru_cache(maxsize=4096)  # asked of the same few heads and labels for every value under and beside them
def scale_in(text: str) -> Scale | None:
    """What a text says that figures count.

    >>> scale_in("(Dollars in millions, except per share data)")
    Scale(text='Dollars in millions, except per share data', factor=1000000)
    >>> scale_in("[In thousands]"), scale_in("$ in the bank")
    (Scale(text='In thousands', factor=1000), None)
    """
    match = _SCALE.search(text)
    if match is None:
        return None
    factor = next((factor for pattern, factor in _FACTORS if pattern.search(match[0])), 1)
    return Scale(match[0].strip(), factor)


def scale_of(
    caption: str, lines: Sequence[Line], draft: Draft, heads: int, texts: dict[DraftCell, str]
) -> Scale | None:
    """The scale that holds for a table: told in its caption, over it, or in the corner over its labels."""
    corner = [texts[c] for c in draft.cells if c.row < max(1, heads) and (c.column == 0 or c.column_end > c.column)]
    x0, top, x1, _ = draft.box
    over = [own for line in lines if line.y1 <= top + line.height and (own := _over(line, x0, x1)) is not None]
    near: list[str] = []
    edge = top
    for line in reversed(over[-ABOVE_LINES:]):
        if edge - line.y1 > FAR * line.height:
            break
        near.append(" ".join(piece.text for piece in line.pieces))
        edge = line.y0
    for text in [*corner, caption, *near]:
        if (found := scale_in(text)) is not None:
            return found
    return None


def currency_of(caption: str, draft: Draft, heads: int, texts: dict[DraftCell, str]) -> str:
    """The currency that most figures are marked with, else the one that the heads or the caption name."""
    marked = Counter(
        match[0] for c in draft.cells if c.row >= heads and c.column for match in _CURRENCY.finditer(texts[c][:4])
    )
    if marked:
        return marked.most_common(1)[0][0]
    for text in [caption, *(texts[c] for c in draft.cells if c.row < heads)]:
        if match := _CURRENCY.search(text):
            return match[0]
    return ""
