"""Blocks of a web page: what it says, without what it does. No address in it is followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from shared_utils.conversion.blocks import (
    Block,
    Cell,
    Content,
    Heading,
    Paragraph,
    Preformatted,
    Run,
    Table,
    words,
)

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_UNSEEN = {
    "script", "style", "template", "noscript", "svg", "math", "object", "iframe", "canvas", "audio", "video", "select",
    "datalist",
}  # fmt: skip
_BREAKS = {
    "p", "div", "section", "article", "main", "header", "footer", "nav", "aside", "figure", "figcaption", "address",
    "form", "fieldset", "legend", "details", "summary", "dl", "dt", "dd", "hr", "body", "html", "center", "caption",
    "hgroup", "search",
}  # fmt: skip
_NO_END = {"br", "hr", "img", "input", "meta", "link", "col", "base", "area", "embed", "source", "track", "wbr"}
_BOLD, _ITALIC = {"b", "strong", "dt", "summary"}, {"i", "em", "cite", "dfn", "var"}
_MONO = {"code", "kbd", "samp", "tt"}
_HIDDEN = re.compile(r"(display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(px|pt|em|%)?\s*(;|$))", re.I)
_MOST_SPAN = 1_000
_MOST_DEPTH = 8  # of lists


def html_content(text: str) -> Content:
    """What a page says, in order, tables with their cells. What it hides from a reader is left out."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end()
    return Content(" ".join(reader.title.split()), tuple(reader.blocks))


@dataclass
class _OpenTable:
    """A table that is being read; its cells hold words only."""

    rows: list[list[Cell]] = field(default_factory=list)
    runs: list[Run] | None = None  # of the cell that is open
    columns: int = 1
    height: int = 1
    is_head: bool = False


class _Reader(HTMLParser):
    """Keeps no tree, so that depth costs nothing."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.title = ""
        self._runs: list[Run] = []
        self._looks: list[str] = []  # open tags that change the look of words
        self._unseen: list[str] = []  # open tags since one that is not shown
        self._lists: list[int | None] = []  # None for bullets, else the number of the item to come
        self._bullet = ""
        self._quotes = 0
        self._heading = 0
        self._preformatted = 0
        self._tables: list[_OpenTable] = []
        self._in_title = False

    # ---------------------------------------------------------------------------------------- tags

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._unseen:
            if tag not in _NO_END and tag == self._unseen[0]:
                self._unseen.append(tag)
            return
        if tag not in _NO_END and (tag in _UNSEEN or "hidden" in given or _HIDDEN.search(given.get("style", ""))):
            self._unseen = [tag]
            return
        if tag in _BOLD | _ITALIC | _MONO:
            self._looks.append(tag)
        if tag in _HEADINGS:
            self._flush()
            self._heading = _HEADINGS[tag]
        elif tag == "title":
            self._in_title = True
        elif tag == "br":
            self._add("\n")
        elif tag == "img" and given.get("alt", "").strip():
            self._add(f"[{given['alt'].strip()}]")
        elif tag == "pre":
            self._flush()
            self._preformatted += 1
        elif tag in ("ul", "ol", "menu"):
            self._flush()
            start = given.get("start", "")
            self._lists.append(None if tag != "ol" else int(start) if start.isdigit() and len(start) < 9 else 1)
        elif tag == "li":
            self._flush()
            self._bullet = self._next_bullet()
        elif tag == "blockquote":
            self._flush()
            self._quotes += 1
        elif tag == "table":
            self._flush()
            self._tables.append(_OpenTable())
        elif tag in ("tr", "td", "th") and self._tables:
            self._open_cell(tag, given)
        elif tag in _BREAKS:
            self._flush()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _NO_END:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            if tag == self._unseen[0]:
                self._unseen.pop()
            return
        if tag in self._looks:
            del self._looks[len(self._looks) - 1 - self._looks[::-1].index(tag)]
        if tag == "title":
            self._in_title = False
        elif tag == "pre":
            self._flush()
            self._preformatted = max(0, self._preformatted - 1)
        elif tag in ("ul", "ol", "menu"):
            self._flush()
            del self._lists[-1:]
        elif tag == "blockquote":
            self._flush()
            self._quotes = max(0, self._quotes - 1)
        elif tag in ("td", "th", "tr") and self._tables:
            self._close_cell()
        elif tag == "table" and self._tables:
            self._close_table()
        elif tag in _HEADINGS or tag == "li" or tag in _BREAKS:
            self._flush()

    def handle_data(self, data: str) -> None:
        if self._in_title and not self._unseen:
            self.title += data
        elif not self._unseen:
            self._add(data if self._preformatted else re.sub(r"[ \t\r\n\f]+", " ", data))

    def end(self) -> None:
        """What was never closed is closed."""
        while self._tables:
            self._close_table()
        self._flush()

    # ---------------------------------------------------------------------------------------- words

    def _add(self, text: str) -> None:
        looks = set(self._looks)
        run = Run(text, bold=bool(looks & _BOLD), italic=bool(looks & _ITALIC), mono=bool(looks & _MONO))
        open_cell = self._tables[-1].runs if self._tables else None
        (self._runs if open_cell is None else open_cell).append(run)

    def _flush(self) -> None:
        """What was said so far is a block. In a cell it is a line."""
        if self._tables and self._tables[-1].runs is not None:
            if words(tuple(self._tables[-1].runs)) and not self._tables[-1].runs[-1].text.endswith("\n"):
                self._tables[-1].runs.append(Run("\n"))
            return
        runs, self._runs = _tidy(self._runs) if not self._preformatted else tuple(self._runs), []
        heading, self._heading = self._heading, 0
        if not words(runs):
            return
        bullet, self._bullet = self._bullet, ""
        if heading:
            self.blocks.append(Heading(heading, runs))
        elif self._preformatted:
            self.blocks.append(Preformatted("".join(run.text for run in runs).strip("\n")))
        else:
            self.blocks.append(Paragraph(runs, min(len(self._lists), _MOST_DEPTH) + self._quotes, bullet))

    def _next_bullet(self) -> str:
        if not self._lists or self._lists[-1] is None:
            return "•"
        number = self._lists[-1]
        self._lists[-1] = number + 1
        return f"{number}."

    # ---------------------------------------------------------------------------------------- tables

    def _open_cell(self, tag: str, given: dict[str, str]) -> None:
        self._close_cell()
        table = self._tables[-1]
        if tag == "tr":
            table.rows.append([])
            return
        if not table.rows:
            table.rows.append([])
        table.runs, table.is_head = [], tag == "th"
        table.columns, table.height = _span(given.get("colspan", "")), _span(given.get("rowspan", ""))

    def _close_cell(self) -> None:
        table = self._tables[-1]
        if table.runs is not None:
            table.rows[-1].append(Cell(_tidy(table.runs), table.columns, table.height, table.is_head))
            table.runs = None

    def _close_table(self) -> None:
        """A table in a cell of another becomes lines of that cell: pages have no tables in tables."""
        self._close_cell()
        table = self._tables.pop()
        rows = tuple(tuple(row) for row in table.rows if any(words(cell.runs) for cell in row))
        if not rows:
            return
        if self._tables and self._tables[-1].runs is not None:
            for row in rows:
                self._add(" ".join(words(cell.runs) for cell in row) + "\n")
        elif max(len(row) for row in rows) == 1:  # for the look of a page only
            self.blocks += [Paragraph(cell.runs) for row in rows for cell in row]
        else:
            heads = next((i for i, row in enumerate(rows) if not all(cell.is_head for cell in row)), 0)
            self.blocks.append(Table(rows, min(heads, 5)))


def _span(text: str) -> int:
    return min(max(int(text), 1), _MOST_SPAN) if text.isdigit() and len(text) < 9 else 1


def _tidy(runs: list[Run]) -> tuple[Run, ...]:
    """Without spaces at the edges of lines, and without two in a row."""
    tidy: list[Run] = []
    at_edge = True
    for run in runs:
        text = re.sub(r" *\n *", "\n", run.text)
        text = text.lstrip(" ") if at_edge else text
        if text:
            tidy.append(Run(text, run.bold, run.italic, run.mono))
            at_edge = text[-1] in " \n"
    while tidy and not tidy[-1].text.strip():
        tidy.pop()
    while tidy and not tidy[0].text.strip():
        tidy.pop(0)
    if tidy:
        tidy[-1] = Run(tidy[-1].text.rstrip(), tidy[-1].bold, tidy[-1].italic, tidy[-1].mono)
        tidy[0] = Run(tidy[0].text.lstrip(), tidy[0].bold, tidy[0].italic, tidy[0].mono)
    return tuple(tidy)
