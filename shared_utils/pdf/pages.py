"""One page: from what a worker sent to a `Page` with a verdict."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import dropwhile, groupby
from operator import itemgetter

from shared_utils.message import NOTHING, Message, message
from shared_utils.pdf.composition import Composed, KeepHyphen, Line, clean, compose, text_spans
from shared_utils.pdf.entries import Labels, labels
from shared_utils.pdf.hyphens import keep_hyphen_by
from shared_utils.pdf.isolation import NONSENSE, Reply, WorkerLost, integer, items, number, reason
from shared_utils.pdf.layout import lay_out
from shared_utils.pdf.lines import CELL_SEPARATOR, GONE, Row, Word
from shared_utils.pdf.placed import placed_page, retold
from shared_utils.pdf.twice import without_second_drawing
from shared_utils.tables.find import find_tables
from shared_utils.types import Page, PageVerdict, Span, Table

FEW_CHARS = 25  # with fewer, a page that is mostly picture is a scan
LARGE_PICTURE = 0.5  # of the page
SOME_PICTURE = 0.06  # of the page, from which pictures may hold words; marks and signatures are smaller
MANY_DRAWINGS = 20  # on a page without words, they may be letters drawn as outlines
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
    struck: tuple[tuple[int, int], ...] = ()  # glyphs of words that are struck out, as half-open ranges
    annotations: tuple[tuple[int, Box], ...] = ()  # 0-based number on the page, and place, of what may hold words
    pictures: float = 0.0  # share of the page
    objects: int = 0
    is_coded: bool = False  # it shows letters, of which no meaning is known
    frame_height: int = 0
    turned_words: tuple[tuple[int, int], ...] = ()  # (start, quarter turns) of those that do not run as the frame does
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
    labels: Mapping[int, Labels] = field(default_factory=dict)  # what is printed beside annotations, by their numbers


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
    hidden, struck, turned = (iter(_glyphs(reply, key, len(text))) for key in ("hidden", "struck", "turned_words"))
    noted = iter(_integers(reply, "annotations", 5))
    return replace(
        read,
        words=tuple(zip(flat, flat, flat, flat, flat, flat, strict=True)),
        bold=frozenset(_glyphs(reply, "bold", len(text))),
        hidden=tuple(zip(hidden, hidden, strict=True)),
        turned_words=tuple((start, turns % 4) for start, turns in zip(turned, turned, strict=True)),
        struck=tuple(zip(struck, struck, strict=True)),
        annotations=tuple((n, (x0, y0, x1, y1)) for n, x0, y0, x1, y1 in zip(*[noted] * 5, strict=True)),
        pictures=number(reply, "pictures"),
        objects=integer(reply, "objects"),
        is_coded=bool(reply.get("is_coded")),
        frame_height=integer(reply, "frame_height"),
        is_layer=bool(reply.get("is_layer")),
        turned=integer(reply, "turned"),
        rules=_boxes(reply, "rules"),
        drawings=_boxes(reply, "drawings"),
    )


_STRIDE = {
    "words": 6,
    "hidden": 2,
    "struck": 2,
    "bold": 1,
    "turned_words": 2,
}  # integers an entry; the first, and the second if any, number glyphs


def _glyphs(reply: Reply, key: str, glyphs: int) -> list[int]:
    """A flat list of integers whose glyph numbers lie within the page."""
    values = items(reply, key)
    flat: list[int] = values if {*map(type, values)} <= {int} else []  # type: ignore[assignment] # 150,000 of them
    stride = _STRIDE[key]
    glyph_numbers = flat[::stride] + flat[1::stride]
    is_whole = len(flat) == len(values) and len(flat) % stride == 0
    if not is_whole or (flat and not (min(glyph_numbers) >= 0 and max(glyph_numbers) <= glyphs)):
        raise WorkerLost(NONSENSE)
    return flat


def _boxes(reply: Reply, key: str) -> tuple[Box, ...]:
    flat = iter(_integers(reply, key, 4))
    return tuple(zip(flat, flat, flat, flat, strict=True))


def _integers(reply: Reply, key: str, stride: int) -> list[int]:
    """A flat list of integers, `stride` an entry. Raises WorkerLost where it is none."""
    values = items(reply, key)
    flat = [value for value in values if isinstance(value, int)]
    if len(flat) != len(values) or len(flat) % stride:
        raise WorkerLost(NONSENSE)
    return flat


def lost_page(number: int, why: Message, reader: str = "pdfium") -> RawPage:
    return RawPage(number=number, label="", width=0.0, height=0.0, text="", reader=reader, lost=why)


def draft(raw: RawPage) -> Draft:
    """The page in reading order. pypdf gives no boxes, so its lines stay as they are.

    What the text no longer needs is let go: the boxes of 3,000 pages would fill hundreds of megabytes.
    """
    if raw.reader == "pdfium":
        raw = without_second_drawing(raw)
        placed = placed_page(raw)
        if raw.struck:
            raw = without_struck(raw)
            placed = placed_page(replace(raw, words=tuple(word for word in raw.words if _says(raw.text, word))))
        rows = lay_out(raw.text, raw.words, raw.bold, raw.turned_words)
        composed = compose(raw.text, rows, keep_hyphen_by([raw.text]))
        return Draft(
            replace(raw, words=(), bold=frozenset(), turned_words=(), rules=(), drawings=()),
            tuple(rows) if composed.hyphens else (),
            composed,
            find_tables(placed),
            labels(raw) if raw.annotations else {},
        )
    text = clean(raw.text).strip("\n")
    return Draft(raw, (), Composed(text, (), tuple(_plain_lines(text)), ()))


def without_struck(raw: RawPage) -> RawPage:
    """The page without the letters that are struck out, all others numbered as before. Words of which nothing is left
    keep their place where they stand between others on a line: no gap is one of the page's."""
    letters = list(raw.text)
    for start, end in raw.struck:
        letters[start:end] = GONE * (end - start)
        if raw.text[end : end + 1] == " " and raw.text[start - 1 : start] in (" ", "\n", ""):
            letters[end] = GONE
    text = "".join(letters)
    words: list[Word] = []
    for _, line in groupby(_numbered_lines(raw), key=itemgetter(0)):
        left = [word for _, word in line]
        while left and not _says(text, left[-1]):
            left.pop()
        words += dropwhile(lambda word: not _says(text, word), left)
    return replace(raw, text=text, words=tuple(words))


def _numbered_lines(raw: RawPage) -> Iterable[tuple[int, Word]]:
    line, end = 0, 0
    for word in raw.words:
        line += "\n" in raw.text[end : word[0]]
        end = word[1]
        yield line, word


def _says(text: str, word: Word) -> bool:
    return bool(text[word[0] : word[1]].strip(GONE))


def rewrite(page: Draft, keep_hyphen: KeepHyphen) -> Draft:
    """The same page with its broken words joined by another judgement."""
    if all(keep_hyphen(*parts) == kept for parts, kept in zip(page.composed.hyphens, page.composed.kept, strict=True)):
        return page
    return replace(page, composed=compose(page.raw.text, page.rows, keep_hyphen))


def _plain_lines(text: str) -> Iterable[Line]:
    for match in re.finditer(r"[^\n]+", text):
        yield Line(match.start(), match.end(), y0=0, y1=0, height=0, is_bold=False)


# ------------------------------------------------------------------------------------------------ quality

_JUNK = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
_GLYPH_NAME = re.compile(r"/[A-Za-z]{1,2}[0-9A-Fa-f]{2,3}(?=/)")  # what pypdf writes for a glyph without a meaning
_GLYPH_NAMES = re.compile(r"(?:/[A-Za-z]{1,3}\d{1,4}){3,}")
_LETTERS = re.compile(r"[A-Za-z]+")


def junk_share(text: str) -> float:
    """The share of characters that mean nothing: replacement, private-use and control characters, glyph names."""
    names = 0
    if "/" in text:
        names = sum(map(len, _GLYPH_NAMES.findall(text))) or sum(map(len, _GLYPH_NAME.findall(text)))
    return (len(_JUNK.findall(text)) + names) / max(1, len("".join(text.split())))


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


def unreadable(why: Message) -> Message:
    """The reason of a page that is UNREADABLE; `why` finishes "This page cannot be read: …"."""
    return message("This page cannot be read: {why}.", why=why)


def judge(raw: RawPage, text: str, hidden: Sequence[Span] = ()) -> tuple[PageVerdict, Message]:
    """What reading the page came to, and why in words where that is not plain text. Words that nobody sees do not
    count as its words."""
    if raw.lost:
        return PageVerdict.UNREADABLE, unreadable(message("it {why}", why=raw.lost))
    seen = text
    for span in sorted(hidden, key=lambda span: -span.start):
        seen = seen[: span.start] + seen[span.end :]
    chars = len("".join(seen.split()))
    if chars < FEW_CHARS and raw.pictures >= LARGE_PICTURE:
        return PageVerdict.SCANNED, message(
            "This page is a picture, probably a scan: its words can be found only after OCR."
        )
    if junk_share(raw.text) > JUNK_SHARE or (raw.is_coded and not chars):
        return PageVerdict.UNREADABLE, unreadable(
            message("its letters are stored without their meaning; text recognition may read them")
        )
    if raw.pictures >= SOME_PICTURE and not raw.is_layer:
        return PageVerdict.MIXED, message("A large picture on this page may hold words that were not read.")
    if not chars and raw.objects >= MANY_DRAWINGS:
        return PageVerdict.MIXED, message("The drawings on this page may hold words that were not read.")
    if not any(map(str.isalnum, seen)):
        return PageVerdict.EMPTY, message("This page holds {what}.", what=_instead_of_words(raw, text, seen))
    if raw.struck:
        return PageVerdict.TEXT, message("Words on this page that are struck out are left out.")
    if raw.is_cut:
        return PageVerdict.TEXT, message("Only the first {n:,} characters of this page were read.", n=len(raw.text))
    return PageVerdict.TEXT, NOTHING


def _instead_of_words(raw: RawPage, text: str, seen: str) -> Message:
    if seen.strip():
        return message("signs but no words")
    if text.strip():
        return message("words that cannot be seen")
    if raw.struck:
        return message("words that are struck out")
    return message("pictures or drawings but no words") if raw.objects else message("nothing")


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
    hidden = text_spans(composed.runs, raw.hidden, composed.text)
    verdict, reason = judge(raw, composed.text, hidden)
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
        hidden=hidden,
        table_rows=tuple(rows),
        tables=retold(draft.tables, composed.runs, composed.text),
    )
