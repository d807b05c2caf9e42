"""Documents made of words, for comparisons."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from shared_utils.table import Cell, RowKind, Span, Table
from shared_utils.types import Document, Heading, Page, PageVerdict

LEASE = (
    "# 1 Premises",
    "The Landlord lets the office on the third floor of Harbour House to the Tenant for five years.",
    "The premises have an area of 1,240 square metres and hold 85 desks.",
    "The Tenant must not store inflammable goods in the basement.",
    "# 2 Rent",
    "The rent is $24,500 a month and is due on the first day of every month.",
    "The Tenant shall pay a deposit of three monthly rents before 1 March 2019.",
    "Late payment bears interest of 4.5 % a year above the base rate.",
    "# 3 Repairs",
    "The Landlord keeps the roof and the outer walls in good repair at its own cost.",
    "The Tenant may paint the inner walls in any colour that Margaret Oduya has approved.",
    "# 4 Notice",
    "Either party may end this lease with six months' notice to the end of a year.",
    "Notice has to be given in writing and reaches the other party after three days.",
)
"""Sentences of a contract; a heading begins with #."""


def document(
    sentences: Sequence[str], name: str = "lease.pdf", *, width: int = 80, lines: int = 60, head: str = ""
) -> Document:
    """The sentences set in lines of `width` characters, `lines` to a page; every page is headed by `head` and foots
    with its number."""
    set_lines: list[tuple[str, bool]] = []
    for sentence in sentences:
        is_heading = sentence.startswith("# ")
        found = textwrap.wrap(sentence.removeprefix("# "), width)
        set_lines += [(line, is_heading) for line in found]
    pages = [set_lines[n : n + lines] for n in range(0, len(set_lines), lines)] or [[]]
    return Document(
        id=re.sub(r"\W", "", name) + str(abs(hash((tuple(sentences), width, lines))))[:16],
        name=name,
        title=name,
        pages=tuple(_page(number, page, head) for number, page in enumerate(pages, start=1)),
    )


def _page(number: int, lines: Sequence[tuple[str, bool]], head: str) -> Page:
    text = f"{head}\n" if head else ""
    headings: list[Heading] = []
    for line, is_heading in lines:
        if is_heading:
            headings.append(Heading(len(text), len(text) + len(line), 1))
        text += f"{line}\n"
    text += str(number) if head else ""
    verdict = PageVerdict.TEXT if text.strip() else PageVerdict.EMPTY
    return Page(number, str(number), text, verdict, headings=tuple(headings))


def with_sentence(old: str, new: str, sentences: Sequence[str] = LEASE) -> tuple[str, ...]:
    """The sentences, `old` exchanged for `new` in the one that holds it."""
    assert sum(old in sentence for sentence in sentences) == 1
    return tuple(sentence.replace(old, new) for sentence in sentences)


_BOX = (0.0, 0.0, 10.0, 10.0)


def edition(heads: Sequence[str], rows: Sequence[Sequence[str]], name: str) -> Document:
    """A page with one table under a sentence."""
    text = "The harbour tells its traffic of every year in the table that follows here.\n"
    cells: list[Cell] = []
    for r, row in enumerate([["", *heads], *rows]):
        for c, words in enumerate(row):
            if words:
                cells.append(Cell(r, r, c, c, words, (Span(len(text), len(text) + len(words)),), _BOX))
                text += f"{words}   "
        text += "\n"
    count = len(rows) + 1
    table = Table(
        cells=tuple(cells),
        rows=count,
        columns=len(heads) + 1,
        rect=_BOX,
        head_rows=1,
        stub_columns=1,
        parts=(0,),
        kinds=(RowKind.HEAD, *[RowKind.DATA] * (count - 1)),
        parents=((),) * count,
    )
    return Document(name, name, name, (Page(1, "1", text, PageVerdict.TEXT, tables=(table,)),))
