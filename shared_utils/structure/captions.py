"""Numbered captions of tables and figures: "Table 3: Revenue by region", over as many lines as they have."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_utils.structure.lines import CELLS_APART, Line, ends_sentence, goes_on, lines_of
from shared_utils.structure.model import Caption, CaptionKind
from shared_utils.tables.captions import is_scale
from shared_utils.types import Page, Span

_LABEL = re.compile(
    r"(?P<what>table|exhibit|schedule|tabelle|tab\.|tableau|tabla|tabela|tabella|figure|fig\.|chart|abbildung|abb\.|"
    r"figura|grafik|box)(?:\s*[A-Z]?[-–.]?\d+(?:[.-]\d+)*[a-z]?|\s+[IVXL]+|\s+[A-Z])(?=[\s:.–—|]|$)",
    re.IGNORECASE,
)
_TABLES = ("tab", "exhibit", "schedule")
_MOST_LINES = 6
_GOES_ON_AS_PROSE = re.compile(
    r"\s+(?:shows?|lists?|gives?|presents?|summari[sz]es?|compares?|illustrates?|contains?|provides?|reports?|describes?|"
    r"and|in|of|on|is|are|was|for|below|above|zeigt|enthält|montre|présente|muestra)\b"
)


def captions(page: Page) -> tuple[Caption, ...]:
    """The captions of a page, top down. A sentence that begins with "Table 3 shows" is none."""
    lines = lines_of(page)
    found = []
    for place, line in enumerate(lines):
        match = _LABEL.match(line.text)
        if match is None or _GOES_ON_AS_PROSE.match(line.text[match.end() :]) or _is_wrapped(lines, place):
            continue
        kind = CaptionKind.TABLE if match["what"].lower().startswith(_TABLES) else CaptionKind.FIGURE
        label = Span(line.start, line.start + match.end())
        found.append(Caption(kind, label, Span(line.start, _end(lines, place))))
    return tuple(found)


def _is_wrapped(lines: Sequence[Line], place: int) -> bool:
    """Whether the line before broke off in the middle of a sentence: "… as can be seen in / Table 3. The rest"."""
    return place > 0 and len(lines[place - 1].text) > 40 and goes_on(lines, place)


def _end(lines: Sequence[Line], place: int) -> int:
    end = lines[place].end
    for number in range(place + 1, min(place + _MOST_LINES, len(lines))):
        before, line = lines[number - 1], lines[number]
        is_bare = number == place + 1 and _LABEL.fullmatch(before.text.rstrip(" :.–—")) is not None
        if CELLS_APART.search(line.text) or is_scale(line.text) or _LABEL.match(line.text):
            break
        if not is_bare and (ends_sentence(before.text) or not goes_on(lines, number)):
            break
        end = line.end
    return end
