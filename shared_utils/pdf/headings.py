"""Headings by how they are set: larger than the body, or bold where the body is not.

Those of a short contract's clauses by their numbers too: they are half of its lines, and often set like the others.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from shared_utils.pdf.composition import Composed, Line
from shared_utils.pdf.pages import is_set_in_cells
from shared_utils.types import Heading, Span

LARGER = 1.12  # × the height of body text
LEVELS = (2.2, 1.6, 1.3, LARGER)  # × the height of body text at least, for levels 1, 2, 3, 4; bold body size is 5
LONGEST = 120  # characters
MOST_WORDS = 16
MOST_LINES = 3
BULLETS = "•●▪■◦‣–—-*·"
MOSTLY = 0.4  # where more of the text than this is bold, bold means nothing; likewise of a page's lines
FEWEST_CLAUSES = 3
CLAUSE = re.compile(r"(?:§\s?|(?:Article|Clause|Section|Artikel|Art\.)\s)?(?P<number>\d{1,2})[.)]?\s+(?=\S)")
CLAUSE_HEAD = re.compile(rf"{CLAUSE.pattern}[–—-]?\s*[^\W\d_a-zà-ÿ][^.;:!?]{{2,50}}(?<![,\d])")


def headings(pages: Sequence[Composed], boilerplate: Sequence[Sequence[Span]]) -> list[tuple[Heading, ...]]:
    """The headings of every page."""
    body, bold_counts = _body(pages)
    if not body:
        return [() for _ in pages]
    found = [
        _on_page(page, {span.start for span in running}, body, bold_counts)
        for page, running in zip(pages, boilerplate, strict=True)
    ]
    return [
        tuple(_merged(page.text, [(line, _level(line.height / body)) for line in lines]))
        for page, lines in zip(pages, found, strict=True)
    ]


def _body(pages: Sequence[Composed]) -> tuple[int, bool]:
    """The height most characters are set in, and whether bold stands out."""
    heights: Counter[int] = Counter()
    bold = 0
    for page in pages:
        for line in page.lines:
            heights[line.height] += line.end - line.start
            bold += (line.end - line.start) * line.is_bold
    heights.pop(0, None)  # pypdf gives no geometry
    if not heights:
        return 0, False
    return heights.most_common(1)[0][0], bold < MOSTLY * heights.total()


def _on_page(page: Composed, running: set[int], body: int, bold_counts: bool) -> list[Line]:
    found = [
        line
        for line in page.lines
        if line.start not in running
        and (line.height >= LARGER * body or (bold_counts and line.is_bold and line.height >= 0.95 * body))
        and _reads_like_one(page.text[line.start : line.end])
    ]
    if len(found) > max(3, MOSTLY * len(page.lines)):
        found = []
    clauses = _clauses(page, running)
    return sorted({line.start: line for line in [*found, *clauses]}.values(), key=lambda line: line.start)


def _clauses(page: Composed, running: set[int]) -> list[Line]:
    """The lines "3. Deposit" between paragraphs, where they count on; none where a list counts, whose items follow on
    one another or are sentences."""
    lines = [line for line in page.lines if line.start not in running and page.text[line.start : line.end].strip()]
    texts = [page.text[line.start : line.end].strip() for line in lines]
    numbered = [(n, match) for n, text in enumerate(texts) if (match := CLAUSE.match(text))]
    if len(numbered) < FEWEST_CLAUSES or not all(
        CLAUSE_HEAD.fullmatch(texts[n]) and n + 1 < len(texts) and texts[n + 1][:1].isupper() for n, _ in numbered
    ):
        return []
    counted = [int(match["number"]) for _, match in numbered]
    if any(after != before + 1 for before, after in pairwise(counted)):
        return []
    ends = [*(n for n, _ in numbered[1:]), len(texts)]
    has_prose = [
        any(text.endswith((".", ";", "!", "?")) for text in texts[n + 1 : end])
        for (n, _), end in zip(numbered, ends, strict=True)
    ]
    return [lines[n] for n, _ in numbered] if all(has_prose) else []


def _reads_like_one(text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    words = len(text.split())
    return (
        letters >= 2
        and not text[0].islower()
        and text[0] not in BULLETS
        and 2 * letters >= len(text.replace(" ", ""))
        and len(text) <= LONGEST
        and words <= MOST_WORDS
        and not text.endswith((",", ";"))
        and not (text.endswith(".") and words > 8)
        and not is_set_in_cells(text)
    )


def _level(size: float) -> int:
    """By size alone: ranks would let one figure with thirty font sizes push every heading down."""
    return 1 + sum(size < bound for bound in LEVELS)


def _merged(text: str, lines: Sequence[tuple[Line, int]]) -> list[Heading]:
    """One heading of each group of up to three adjacent lines of one level."""
    made: list[Heading] = []
    count = 1
    for line, level in lines:
        last = made[-1] if made else None
        if last and last.level == level and count < MOST_LINES and not text[last.end : line.start].strip():
            made[-1] = Heading(last.start, line.end, level)
            count += 1
        else:
            made.append(Heading(line.start, line.end, level))
            count = 1
    return made
