"""Blocks of texts, of texts with marks, and of tables in rows of text; first of all, their characters."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from itertools import groupby

import charset_normalizer
from markdown_it import MarkdownIt

from shared_utils.conversion.blocks import (
    Block,
    Cell,
    Content,
    Heading,
    PageEnd,
    Paragraph,
    Preformatted,
    Table,
    plain,
    words,
)
from shared_utils.conversion.html_blocks import html_content

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_DECLARED = re.compile(rb"""<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.I)
_SAMPLE_BYTES = 200_000
_COLUMNS = re.compile(r"\S(\t| {3,})\S")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_LONGEST_FIELD = 2**20
_SEPARATORS = ",;\t|"
_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_MARKDOWN.render("# a\n\n> b `c` [d](https://example.org/ä)\n\n|e|\n|-|\n|f|\n")  # loads now what it loads at first use


def decoded(data: bytes, declared: str = "") -> str:
    """The characters: as marked or declared, as UTF-8 where that is possible, else as they seem to be meant."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _lines(data.decode(encoding, "replace"))
    for encoding in ("utf-8", declared):
        try:
            return _lines(data.decode(encoding or "utf-8"))
        except (UnicodeDecodeError, LookupError):
            continue
    guess = charset_normalizer.from_bytes(data[:_SAMPLE_BYTES]).best()
    return _lines(data.decode(guess.encoding if guess else "cp1252", "replace"))


def declared_encoding(head: bytes) -> str:
    """What a web page says of itself; "" where it says nothing."""
    found = _DECLARED.search(head[:2048])
    return found[1].decode("ascii", "replace") if found else ""


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def text_content(text: str) -> Content:
    """Paragraphs with their lines as they are; where columns are made with spaces, spaces count. A form feed ends a
    page."""
    blocks: list[Block] = []
    for number, page in enumerate(text.split("\f")):
        if number and page.strip():
            blocks.append(PageEnd())
        for is_blank, group in groupby(page.split("\n"), lambda line: not line.strip()):
            if is_blank:
                continue
            lines = list(group)
            if any(_COLUMNS.search(line) for line in lines) or sum(line[:2] == "  " for line in lines) > len(lines) / 2:
                blocks.append(Preformatted("\n".join(lines)))
            else:
                blocks.append(Paragraph(plain("\n".join(line.strip() for line in lines))))
    return Content("", tuple(blocks))


def markdown_content(text: str) -> Content:
    """As a reader of Markdown shows it (CommonMark, with tables). The first heading is its title."""
    front = _FRONT_MATTER.match(text)
    page = _MARKDOWN.render(text[front.end() :] if front else text)
    blocks = html_content(page).blocks
    title = next((words(block.runs) for block in blocks if isinstance(block, Heading)), "")
    before: tuple[Block, ...] = (Preformatted(front[1]),) if front else ()
    return Content(title, before + blocks)


def csv_content(text: str) -> Content:
    """One table; its first row is its head where it has words and a later row has figures in their place, or more."""
    csv.field_size_limit(_LONGEST_FIELD)
    separator = _separator(text)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(map(str.strip, row))]
    except csv.Error:
        return text_content(text)
    width = max(map(len, rows), default=0)
    if width < 2:
        return text_content(text)
    has_head = len(rows) > 1 and len(rows[0]) == width and not any(_is_number(cell) for cell in rows[0])
    table = Table(
        tuple(
            tuple(
                Cell(plain(" ".join(cell.split()), bold=has_head and number == 0), is_head=has_head and number == 0)
                for cell in row + [""] * (width - len(row))
            )
            for number, row in enumerate(rows)
        ),
        head_rows=int(has_head),
    )
    return Content("", (table,))


def _separator(text: str) -> str:
    """The one that stands as often in most lines, and most often."""
    lines = [line for line in text[:_SAMPLE_BYTES].split("\n") if line.strip()][:200]

    def fit(separator: str) -> tuple[int, int]:
        counts = Counter(count for line in lines if (count := len(next(csv.reader([line], delimiter=separator)))) > 1)
        often, lines_with_it = (counts.most_common(1) or [(0, 0)])[0]
        return lines_with_it, often

    return max(_SEPARATORS, key=fit)


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[-+(]?[\d.,'\s%€$£]*\d[\d.,'\s%€$£)]*", cell.strip()))
