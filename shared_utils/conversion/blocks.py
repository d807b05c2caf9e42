"""What a text is made of, before it is set on pages. Made and used in the child alone."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape


class CannotConvert(Exception):
    """`code` says why; the parent has the sentence. See `convert.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one look. "\\n" in it breaks the line."""

    text: str
    bold: bool = False
    italic: bool = False
    mono: bool = False


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int  # 1 to 6
    runs: Runs


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs
    indent: int = 0  # levels of lists and quotations around it
    bullet: str = ""


@dataclass(frozen=True, slots=True)
class Preformatted:
    """Lines whose spaces count."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    runs: Runs
    columns: int = 1
    rows: int = 1
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells as HTML counts them: one that spans stands once, where it begins."""

    rows: tuple[tuple[Cell, ...], ...]
    head_rows: int = 0  # said again on each page


@dataclass(frozen=True, slots=True)
class PageEnd:
    """What follows begins on a page of its own."""


Block = Heading | Paragraph | Preformatted | Table | PageEnd


@dataclass(frozen=True, slots=True)
class Content:
    """A text with the title it gives itself; "" where it gives none."""

    title: str
    blocks: tuple[Block, ...]


def words(runs: Runs) -> str:
    """What they say, on one line."""
    return " ".join("".join(run.text for run in runs).split())


def plain(text: str, *, bold: bool = False) -> Runs:
    return (Run(text, bold=bold),)


def markup(text: str) -> str:
    """A text as XML, without the characters that XML has no place for."""
    return escape("".join(c for c in text if c >= " " or c in "\n\t"), quote=False)
