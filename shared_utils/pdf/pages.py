"""One page: from what a worker sent to a `Page` with a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared_utils.message import NOTHING, Message, message
from shared_utils.pdf.composition import CELL_SEPARATOR, Composed, KeepHyphen, Line, clean, compose, text_spans
from shared_utils.pdf.hyphens import keep_hyphen_by
from shared_utils.pdf.isolation import NONSENSE, Reply, WorkerLost, integer, items, number, reason
from shared_utils.pdf.layout import Row, Word, lay_out
from shared_utils.pdf.placed import placed_page, retold
from shared_utils.tables.find import find_tables
from shared_utils.types import Page, PageVerdict, Span, Table

FEW_CHARS = 25  # with fewer, a page that is mostly picture is a scan
LARGE_PICTURE = 0.5  # of the page
SOME_CHARS = 500  # with more, a large picture is decoration
JUNK_SHARE = 0.2  # of a page's characters, from which OCR reads it better than its fonts do
POOR_TEXT = 0.15  # see `poverty`
CLEARLY_BETTER = 0.1


Box = tuple[int, int, int, int]
"""(x0, y0, x1, y1) in tenths of a point in the reading frame."""


@dataclass(frozen=True, slots=True)
class RawPage:
    """A page as a worker read it. Lengths in points, `frame_height` and the words' boxes in tenths."""

    number: int
    label: str
    width: float
    height: float
    text: str
    reader: str  # "pdfium" or "pypdf"
    words: tuple[Word, ...] = ()
    bold: frozenset[int] = frozenset()
    hidden: tuple[tuple[int, int], ...] = ()
    pictures: float = 0.0  # share of the page
    objects: int = 0
    frame_height: int = 0
    turned: int = 0  # quarter turns, counter-clockwise, from the page as displayed to the frame
    rules: tuple[Box, ...] = ()
    drawings: tuple[Box, ...] = ()  # curves and slanted lines: a chart's, a picture's
    is_cut: bool = False
    is_layer: bool = False  # its words are the invisible layer that an OCR program laid over a scan
    lost: Message = NOTHING  # why it could not be read, to finish "it …"


@dataclass(frozen=True, slots=True)
class Draft:
    """A page whose words are in order, before the rest of the document is known."""

    raw: RawPage
    rows: tuple[Row, ...]  # empty where no other judgement of hyphens can change them
    composed: Composed
    tables: tuple[Table, ...] = ()  # by glyph numbers


_LOST = {
    "undescribed": message("is not described well enough in the file"),
    "undecodable": message("has text that cannot be decoded"),
}


def raw_page(reply: Reply, reader: str) -> RawPage:
    """Check and name what a worker sent. Raises WorkerLost where it does not add up."""
    if "lost" in reply:
        return lost_page(integer(reply, "page"), reason(reply, "lost", _LOST, NONSENSE), reader)
    text = str(reply.get("text", ""))
    read = RawPage(
        number=integer(reply, "page"),
        label=str(reply.get("label", "")),
        width=number(reply, "width"),
        height=number(reply, "height"),
        text=text,
        reader=reader,
        is_cut=bool(reply.get("cut")),
    )
    if reader != "pdfium":
        return read
    flat = iter(_glyphs(reply, "words", len(text)))
    hidden = iter(_glyphs(reply, "hidden", len(text)))
    return replace(
        read,
        words=tuple(zip(flat, flat, flat, flat, flat, flat, strict=True)),
        bold=frozenset(_glyphs(reply, "bold", len(text))),
        hidden=tuple(zip(hidden, hidden, strict=True)),
        pictures=number(reply, "pictures"),
        objects=integer(reply, "objects"),
        frame_height=integer(reply, "frame_height"),
        is_layer=bool(reply.get("is_layer")),
        turned=integer(reply, "turned"),
        rules=_boxes(reply, "rules"),
        drawings=_boxes(reply, "drawings"),
    )


_STRIDE = {"words": 6, "hidden": 2, "bold": 1}  # integers an entry; the first, and the second if any, number glyphs


def _glyphs(reply: Reply, key: str, glyphs: int) -> list[int]:
    """A flat list of integers whose glyph numbers lie within the page."""
    values = items(reply, key)
    flat = [value for value in values if isinstance(value, int)]
    stride = _STRIDE[key]
    glyph_numbers = flat[::stride] + flat[1::stride]
    is_whole = len(flat) == len(values) and len(flat) % stride == 0
    if not is_whole or (flat and not (min(glyph_numbers) >= 0 and max(glyph_numbers) <= glyphs)):
        raise WorkerLost(NONSENSE)
    return flat


def _boxes(reply: Reply, key: str) -> tuple[Box, ...]:
    """A flat list of integers, four a box. Raises WorkerLost where it is none."""
    values = items(reply, key)
    flat = iter([value for value in values if isinstance(value, int)])
    boxes = tuple(zip(flat, flat, flat, flat, strict=False))
    if 4 * len(boxes) != len(values):
        raise WorkerLost(NONSENSE)
    return boxes


def lost_page(number: int, why: Message, reader: str = "pdfium") -> RawPage:
    return RawPage(number=number, label="", width=0.0, height=0.0, text="", reader=reader, lost=why)


def draft(raw: RawPage) -> Draft:
    """The page in reading order. pypdf gives no boxes, so its lines stay as they are.

    What the text no longer needs is let go: the boxes of 3,000 pages would fill hundreds of megabytes.
    """
    if raw.reader == "pdfium":
        rows = lay_out(raw.text, raw.words, raw.bold)
        composed = compose(raw.text, rows, keep_hyphen_by([raw.text]))
        return Draft(
            replace(raw, words=(), bold=frozenset(), rules=(), drawings=()),
            tuple(rows) if composed.hyphens else (),
            composed,
            find_tables(placed_page(raw)),
        )
    text = clean(raw.text).strip("\n")
    return Draft(raw, (), Composed(text, (), tuple(_plain_lines(text)), ()))


def rewrite(page: Draft, keep_hyphen: KeepHyphen) -> Draft:
    """The same page with its broken words joined by another judgement."""
    if not page.composed.hyphens:
        return page
    return replace(page, composed=compose(page.raw.text, page.rows, keep_hyphen))


def _plain_lines(text: str) -> Iterable[Line]:
    for match in re.finditer(r"[^\n]+", text):
        yield Line(match.start(), match.end(), y0=0, y1=0, height=0, is_bold=False)


# ------------------------------------------------------------------------------------------------ quality

_JUNK = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_GLYPH_NAME = re.compile(r"/[A-Za-z]{1,2}[0-9A-Fa-f]{2,3}(?=/)")  # what pypdf writes for a glyph without a meaning
_LETTERS = re.compile(r"[A-Za-z]+")


def junk_share(text: str) -> float:
    """The share of characters that mean nothing: replacement, private-use and control characters, glyph names."""
    return (len(_JUNK.findall(text)) + sum(map(len, _GLYPH_NAME.findall(text)))) / max(1, len("".join(text.split())))


def poverty(text: str) -> float:
    """How broken a text looks: 2·junk + share of single letters + 3·share of words over 22 letters; 0 = fine.

    Measured on 2,329 public test files; above .15 the other reader is worth a try. Single letters count from thirty
    words on, or a formula would be a broken page.
    """
    words = _LETTERS.findall(text)
    enough = max(30, len(words))
    single = sum(len(word) == 1 and word not in "aAI" for word in words) if len(words) >= 30 else 0
    long = sum(len(word) > 22 for word in words)
    return 2 * junk_share(text) + single / enough + 3 * long / enough


def is_better(other: str, text: str) -> bool:
    """Whether `other` is a clearly less broken reading of the page than `text`."""
    return poverty(other) + CLEARLY_BETTER <= poverty(text) and 2 * len(other) >= len(text)


# ------------------------------------------------------------------------------------------------ verdict


def _unreadable(why: Message) -> Message:
    return message("This page cannot be read: {why}.", why=why)


def judge(raw: RawPage, text: str) -> tuple[PageVerdict, Message]:
    """What reading the page came to, and why in words where that is not plain text."""
    chars = len("".join(text.split()))
    if raw.lost:
        return PageVerdict.UNREADABLE, _unreadable(message("it {why}", why=raw.lost))
    if chars < FEW_CHARS and raw.pictures >= LARGE_PICTURE:
        return PageVerdict.SCANNED, message(
            "This page is a picture, probably a scan: its words can be found only after OCR."
        )
    if not chars:
        held = message("pictures or drawings but no words") if raw.objects else message("nothing")
        return PageVerdict.EMPTY, message("This page holds {what}.", what=held)
    if junk_share(raw.text) > JUNK_SHARE:
        why = message("its letters are stored without their meaning; text recognition may read them")
        return PageVerdict.UNREADABLE, _unreadable(why)
    if raw.pictures >= LARGE_PICTURE and chars < SOME_CHARS and not raw.is_layer:
        return PageVerdict.MIXED, message("A large picture on this page may hold words that were not read.")
    if raw.is_cut:
        return PageVerdict.TEXT, message("Only the first {n:,} characters of this page were read.", n=len(raw.text))
    return PageVerdict.TEXT, NOTHING


# ------------------------------------------------------------------------------------------------ spans

_NUMBERS_AT_END = re.compile(r"\S.*?(?:[ $€£(−–—-]+\d[\d.,]*[)%]*){2,}\s*\Z")


def is_set_in_cells(line: str) -> bool:
    """Whether the page sets a line apart as a label and its cells, words or numbers: three cells, two with a number, or
    words that end in two numbers. Whether any text reads like figures, without a page, is `sentences.is_table_row`.

    >>> is_set_in_cells("Signature   Title   Date"), is_set_in_cells("It rose from 5 to 9 in May.")
    (True, False)
    """
    gaps = line.count(CELL_SEPARATOR)
    has_digit = any(map(str.isdigit, line))
    return gaps >= 2 or (gaps == 1 and has_digit) or (has_digit and bool(_NUMBERS_AT_END.match(line)))


def page_of(draft: Draft) -> Page:
    """The page as far as it can be known by itself."""
    raw, composed = draft.raw, draft.composed
    verdict, reason = judge(raw, composed.text)
    lines = (Span(line.start, line.end) for line in composed.lines)
    rows = (line for line in lines if is_set_in_cells(composed.text[line.start : line.end]))
    return Page(
        number=raw.number,
        label=raw.label.strip() or str(raw.number),
        text=composed.text,
        verdict=verdict,
        reason=reason,
        width=raw.width,
        height=raw.height,
        reader=raw.reader,
        runs=composed.runs,
        hidden=text_spans(composed.runs, raw.hidden, composed.text),
        table_rows=tuple(rows),
        tables=retold(draft.tables, composed.runs, composed.text),
    )
