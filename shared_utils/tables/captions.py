"""Lines that belong to a table without being in it: captions, scales, sources and notes."""

from __future__ import annotations

import re

from shared_utils.tables.lines import Line

_CAPTION = re.compile(
    r"\s*(?:table|exhibit|schedule|tabelle|tab\.|tableau|tabla|tabela|tabella|figure|fig\.|chart|box|abbildung|abb\.)"
    r"\s*(?:\d|[A-Z]\b|[A-Z]?[-–.]?\d|[IVXL]+\b)",
    re.IGNORECASE,
)
_SCALE_WORD = (
    r"(?:thousands?|millions?|billions?|percent|percentages?|hundreds|000s?|tsd|mio|mrd|tausend|millionen|milliarden|"
    r"milliers|milliards|millones|miles|migliaia|milioni|dollars|euros?|pounds|[a-z]?[$€£]|eur|usd|gbp|chf|prozent|%)"
)
_SCALE = re.compile(
    rf"[(\[][^()\[\]]*?{_SCALE_WORD}[^()\[\]]*[)\]]|(?:[^\s.]+\s+){{0,4}}(?:in|en)\s+(?:[\w.$€£’']+\s+){{0,3}}?"
    rf"{_SCALE_WORD}(?!\w)[^.;]{{0,60}}",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"\s*(?:sources?|notes?|quellen?|anmerkung(?:en)?|hinweise?|\*|†|‡|[¹²³]|\(?[a-z1-9]\)\s)", re.IGNORECASE
)


def is_caption(text: str) -> bool:
    """Whether a line begins as a numbered caption does.

    >>> is_caption("Table A-2."), is_caption("Tabelle 3: Umsatz"), is_caption("Table salt 3")
    (True, True, False)
    """
    return _CAPTION.match(text) is not None


def is_scale(text: str) -> bool:
    """Whether a line only tells what the figures under it count.

    >>> is_scale("[In thousands]"), is_scale("(dollars in millions, except per share)"), is_scale("in the year")
    (True, True, False)
    >>> is_scale("Angaben in Tsd. €"), is_scale("$ in millions, unaudited"), is_scale("It rose to 3 million in May.")
    (True, True, False)
    """
    return len(text) < 120 and _SCALE.fullmatch(text.strip()) is not None


def is_note(text: str) -> bool:
    """Whether a line begins as a source or a note under a table does."""
    return _NOTE.match(text) is not None


def goes_on(caption: Line, above: Line, line: Line) -> bool:
    """Whether a line goes on with the words of a caption, whose last line so far is `above`."""
    piece = line.pieces[0]
    height = piece.y1 - piece.y0
    begins = any(abs(piece.x0 - other.x0) < height for other in caption.pieces)
    return len(line.pieces) == 1 and begins and line.y0 - above.y1 < height and not piece.is_figure
