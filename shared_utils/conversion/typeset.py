"""From blocks to the pages of a PDF, with reportlab. Runs in the child alone: no file is read but fonts, none written.

A table as wide as it needs to be: where its columns do not fit on A4, they get a page that is wider.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    LongTable,
    PageBreak,
    PageTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Paragraph as Flowing
from reportlab.platypus.doctemplate import LayoutError

from shared_utils.conversion.blocks import (
    Block,
    CannotConvert,
    Cell,
    Content,
    Heading,
    PageEnd,
    Paragraph,
    Preformatted,
    Runs,
    Table,
    markup,
    words,
)
from shared_utils.conversion.fonts import Fonts
from shared_utils.conversion.right_to_left import broken, drawn, has_right_to_left, reads_from_right

_MARGIN = 56.0  # points
_SIZE, _LEADING = 10.0, 14.0
_SMALL, _SMALL_LEADING = 8.5, 11.0  # in tables and where spaces count
_HEADING_SIZES = (18.0, 15.0, 13.0, 12.0, 11.0, 10.0)
_INDENT = 18.0
_CELL_PADDING = 3.0
_WIDEST_CELL = 220.0  # points a column gets before its lines break
_WIDEST_PAGE = 5_000.0
_MOST_COLUMNS = 400
_ROWS_A_PART = 400  # of a table, laid out together: reportlab's time grows with the square
_MEASURED_ROWS = 300  # by which columns are given their widths
_MOST_OUTLINE = 2_000


@dataclass(frozen=True, slots=True)
class Typeset:
    data: bytes
    pages: int
    lost: int  # characters that no font of this machine has


def typeset(content: Content, most_pages: int) -> Typeset:
    """The same content gives the same bytes. Raises CannotConvert ("empty", "too_many_pages", "too_complex")."""
    fonts = Fonts()
    setter = _Setter(fonts)
    width, height = _page_size(content.blocks, setter)
    flowables = list(setter.flowables(content.blocks, width - 2 * _MARGIN))
    if not any(not isinstance(flowable, Spacer | PageBreak) for flowable in flowables):
        raise CannotConvert("empty")
    out = io.BytesIO()
    document = _Document(out, content.title, (width, height), most_pages)
    rl_config.invariant = 1
    try:
        document.build(flowables, canvasmaker=_canvas)
    except LayoutError as error:
        raise CannotConvert("too_complex") from error
    return Typeset(out.getvalue(), document.page, fonts.lost)


def _canvas(*arguments: object, **named: object) -> Canvas:
    return Canvas(*arguments, **(named | {"invariant": 1, "pageCompression": 1}))


class _Document(BaseDocTemplate):  # type: ignore[misc] # without types
    """A document whose headings are its outline, and which ends where it has too many pages."""

    def __init__(self, out: io.BytesIO, title: str, size: tuple[float, float], most_pages: int) -> None:
        super().__init__(out, pagesize=size, title=title[:500], author="", creator="Footnote", lang="")
        self._most_pages = most_pages
        self._entries = 0
        self._level = -1
        width, height = size
        inner = (_MARGIN, _MARGIN, width - 2 * _MARGIN, height - 2 * _MARGIN)
        frame = Frame(*inner, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        self.addPageTemplates(PageTemplate(frames=[frame], onPage=self._on_page))

    def _on_page(self, canvas: Canvas, _: object) -> None:
        if canvas.getPageNumber() > self._most_pages:
            raise CannotConvert("too_many_pages")

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab calls it
        level = getattr(flowable, "outline_level", None)
        if level is None or self._entries >= _MOST_OUTLINE:
            return
        self._level = min(level, self._level + 1)  # an outline may not leave out a level
        key = f"h{self._entries}"
        self._entries += 1
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(flowable.outline_text, key, self._level)


def _page_size(blocks: Sequence[Block], setter: _Setter) -> tuple[float, float]:
    """A4, lying where a table needs it, wider where it needs more."""
    needed = max((sum(setter.widths(block)) for block in blocks if isinstance(block, Table)), default=0.0)
    alone = all(isinstance(block, Table | Heading) for block in blocks)
    if not alone or needed <= A4[0] - 2 * _MARGIN:
        return A4[0], A4[1]
    lying = landscape(A4)
    return max(lying[0], min(needed + 2 * _MARGIN, _WIDEST_PAGE)), lying[1]


class _Setter:
    """Blocks to what reportlab sets."""

    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts

    def flowables(self, blocks: Sequence[Block], width: float) -> Iterator[Flowable]:
        for block in blocks:
            match block:
                case Heading():
                    yield from self._heading(block)
                case Paragraph():
                    yield from self._paragraph(block, width)
                case Preformatted():
                    yield from self._preformatted(block)
                case Table():
                    yield from self._table(block, width)
                case PageEnd():
                    yield PageBreak()

    def _heading(self, block: Heading) -> Iterator[Flowable]:
        said = words(block.runs)
        if not said:
            return
        size = _HEADING_SIZES[min(max(block.level, 1), 6) - 1]
        style = _style(size, 1.25 * size, keepWithNext=1, spaceBefore=size * 0.8, spaceAfter=size * 0.4)
        made = Flowing(self._markup(block.runs, "bold"), style)
        made.outline_level, made.outline_text = block.level - 1, said[:200]
        yield made

    def _paragraph(self, block: Paragraph, width: float) -> Iterator[Flowable]:
        text = self._text(block.runs, "", _SIZE, width - _INDENT * min(block.indent, 8))
        if not text.strip():
            return
        left = _INDENT * min(block.indent, 8)
        is_right = _reads_from_right(block.runs)
        style = _style(
            _SIZE,
            _LEADING,
            leftIndent=left,
            bulletIndent=max(0.0, left - _INDENT),
            spaceAfter=3.0 if block.bullet else 7.0,
            alignment=2 if is_right else 0,
        )
        bullet = self._markup((type(block.runs[0])(block.bullet),)) if block.bullet else ""
        if block.bullet and stringWidth(block.bullet, self._fonts.usual("regular"), _SIZE) > _INDENT - 3:
            yield Flowing(f"{bullet} {text}", style)
        elif bullet:
            yield Flowing(f"<bullet>{bullet}</bullet>{text}", style)
        else:
            yield Flowing(text, style)

    def _preformatted(self, block: Preformatted) -> Iterator[Flowable]:
        style = _style(_SMALL, _SMALL_LEADING)
        for line in block.text.expandtabs(8).split("\n"):
            kept = len(line) - len(line.lstrip(" "))
            spaced = "\N{NO-BREAK SPACE}" * kept + line.strip().replace("  ", "\N{NO-BREAK SPACE} ")
            yield Flowing(self._parts(spaced, "mono"), style) if line.strip() else Spacer(1, _SMALL_LEADING)
        yield Spacer(1, 7.0)

    # ---------------------------------------------------------------------------------------- words

    def _markup(self, runs: Runs, look: str = "") -> str:
        parts = []
        for run in runs:
            mine = look or ("mono" if run.mono else "bold" if run.bold else "italic" if run.italic else "regular")
            parts.append(self._parts(run.text, mine).replace("\n", "<br/>"))
        return "".join(parts)

    def _text(self, runs: Runs, look: str, size: float, width: float) -> str:
        """As `_markup`; where something reads from the right, in lines that are broken here, each as it is drawn."""
        said = "".join(run.text for run in runs)
        if not has_right_to_left(said):
            return self._markup(runs, look)
        usual = self._fonts.usual("regular")
        lines = broken(said, width, lambda line: self._width(line, usual, size))
        return "<br/>".join(self._parts(drawn(line), look or "regular") for line in lines)

    def _width(self, line: str, usual: str, size: float) -> float:
        parts = self._fonts.parts(line, "regular")
        return float(sum(stringWidth(part, name or usual, size) for name, part in parts))

    def _parts(self, text: str, look: str) -> str:
        return "".join(f'<font name="{name}">{markup(part)}</font>' for name, part in self._fonts.parts(text, look))

    # ---------------------------------------------------------------------------------------- tables

    def widths(self, table: Table) -> list[float]:
        """What each column needs, in points, up to a limit."""
        count = min(_MOST_COLUMNS, max((sum(cell.columns for cell in row) for row in table.rows), default=0))
        needed = [2 * _CELL_PADDING + 8.0] * count
        longest_rows = {
            max(range(len(table.rows)), key=lambda y, x=x: _length(table.rows[y], x))  # type: ignore[misc] # y alone
            for x in range(count)
        }
        for row in (*table.rows[:_MEASURED_ROWS], *(table.rows[y] for y in sorted(longest_rows))):
            at = 0
            for cell in row:
                if at < count and cell.columns == 1:
                    look = "bold" if cell.is_head else "regular"
                    longest = max((run.text for run in cell.runs), key=len, default="")[:200]
                    font = self._fonts.parts(longest, look)[0][0] if longest else self._fonts.usual(look)
                    wide = stringWidth(words(cell.runs)[:200], font, _SMALL) + 2 * _CELL_PADDING + 2.0
                    needed[at] = max(needed[at], min(wide, _WIDEST_CELL))
                at += cell.columns
        return needed

    def _table(self, table: Table, width: float) -> Iterator[Flowable]:
        widths = self.widths(table)
        if not widths:
            return
        if sum(widths) > width:
            widths = [max(12.0, wide * width / sum(widths)) for wide in widths]
        if len(widths) > _MOST_COLUMNS or sum(widths) > width + 1:
            scale = width / sum(widths)
            widths = [wide * scale for wide in widths]
        head = table.rows[: table.head_rows]
        body = table.rows[table.head_rows :]
        spans = any(cell.rows > 1 for row in table.rows for cell in row)
        size = len(body) if spans else _ROWS_A_PART
        for start in range(0, max(len(body), 1), max(size, 1)):
            yield self._part_of_table([*head, *body[start : start + size]], len(head), widths)
        yield Spacer(1, 9.0)

    def _part_of_table(self, rows: Sequence[Sequence[Cell]], head_rows: int, widths: list[float]) -> Flowable:
        grid, spans = _grid(rows, widths, self._cell)
        usual = self._fonts.usual("regular")
        styles: list[tuple[object, ...]] = [
            ("FONT", (0, 0), (-1, -1), usual, _SMALL, _SMALL_LEADING),
            ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
            *([("BACKGROUND", (0, 0), (-1, head_rows - 1), colors.whitesmoke)] if head_rows else []),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), _CELL_PADDING),
            ("RIGHTPADDING", (0, 0), (-1, -1), _CELL_PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 2),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
            *spans,
        ]
        return LongTable(
            grid, colWidths=widths, repeatRows=head_rows, style=TableStyle(styles), splitByRow=1, splitInRow=1
        )

    def _cell(self, cell: Cell, width: float) -> Flowable | str:
        """Words that fit on one line are set without more ado, which takes a tenth of the time."""
        if len(cell.runs) == 1 and not cell.is_head and (said := cell.runs[0].text).isprintable():
            parts, usual = self._fonts.parts(said, "regular"), self._fonts.usual("regular")
            fits = stringWidth(said, usual, _SMALL) <= width - 2 * _CELL_PADDING
            if fits and [name for name, _ in parts] == [usual] and not _reads_from_right(cell.runs):
                return said
        text = self._text(cell.runs, "bold" if cell.is_head else "", _SMALL, width - 2 * _CELL_PADDING - 1).strip()
        right = _reads_from_right(cell.runs)
        return Flowing(text, _style(_SMALL, _SMALL_LEADING, alignment=2 if right else 0)) if text else ""


def _grid(
    rows: Sequence[Sequence[Cell]], widths: Sequence[float], set_cell: Callable[[Cell, float], Flowable | str]
) -> tuple[list[list[Flowable | str]], list[tuple[object, ...]]]:
    """Every cell in its place, as HTML lays them out: one that spans keeps the others from its places."""
    width = len(widths)
    grid: list[list[Flowable | str]] = [[""] * width for _ in rows]
    taken: set[tuple[int, int]] = set()
    spans: list[tuple[object, ...]] = []
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (x, y) in taken:
                x += 1
            if x >= width:
                break
            right, below = min(x + cell.columns, width) - 1, min(y + cell.rows, len(rows)) - 1
            grid[y][x] = set_cell(cell, sum(widths[x : right + 1]))
            if (right, below) != (x, y):
                spans.append(("SPAN", (x, y), (right, below)))
                taken |= {(i, j) for i in range(x, right + 1) for j in range(y, below + 1)}
            x = right + 1
    return grid, spans


def _style(size: float, leading: float, **more: object) -> ParagraphStyle:
    return ParagraphStyle("set", fontName="Helvetica", fontSize=size, leading=leading, splitLongWords=1, **more)


def _length(row: Sequence[Cell], x: int) -> int:
    return sum(len(run.text) for run in row[x].runs) if x < len(row) else 0


def _reads_from_right(runs: Runs) -> bool:
    return reads_from_right("".join(run.text for run in runs))
