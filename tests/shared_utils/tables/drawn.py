"""Small pages with tables, drawn on the spot and read by PDFium."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from benchmarks.tables import raw_pages
from shared_utils.pdf.pages import draft, page_of
from shared_utils.pdf.placed import placed_page, retold
from shared_utils.tables.find import find_tables
from shared_utils.tables.paths import path_of, values
from shared_utils.types import Cell, Page, Table
from tests.shared_utils.pdf.pdfs import pdf

Draw = Callable[[Canvas], None]
Rows = Sequence[Sequence[str]]
PITCH = 16.0


@dataclass(frozen=True, slots=True)
class Read:
    page: Page
    tables: tuple[Table, ...]

    @property
    def table(self) -> Table:
        """The page's only table."""
        (table,) = self.tables
        return table


def read(folder: Path, data: bytes) -> list[Read]:
    """The pages of a PDF with their tables, as the product reads them."""
    path = folder / "drawn.pdf"
    path.write_bytes(data)
    pages = []
    for raw in raw_pages(path):
        written = draft(raw)
        page = page_of(written)
        pages.append(Read(page, retold(find_tables(placed_page(raw)), written.composed.runs, page.text)))
    return pages


def read_one(folder: Path, *draws: Draw, size: tuple[float, float] = (612, 792)) -> Read:
    """A page that all these draw on."""

    def draw(canvas: Canvas) -> None:
        for part in draws:
            part(canvas)

    (page,) = read(folder, pdf(draw, size=size))
    return page


def rows(
    *table: Sequence[str],
    lefts: Sequence[float] = (72, 300, 380, 460),
    right_aligned: int = 1,
    y: float = 650,
    pitch: float = PITCH,
    font: str = "Helvetica",
    size: float = 10,
    bold_rows: int = 0,
) -> Draw:
    """Rows of words at these x; from column `right_aligned` on, words end at x + 60. "" draws nothing, and a label
    keeps the blanks it begins with as an indent."""

    def draw(canvas: Canvas) -> None:
        for number, row in enumerate(table):
            canvas.setFont(f"{font}-Bold" if number < bold_rows else font, size)
            for column, (x, text) in enumerate(zip(lefts, row, strict=False)):
                words, indent = text.lstrip(" "), 5.0 * (len(text) - len(text.lstrip(" ")))
                if words and column >= right_aligned:
                    canvas.drawRightString(x + 60, y - pitch * number, words)
                elif words:
                    canvas.drawString(x + indent, y - pitch * number, words)

    return draw


def words(*placed: tuple[float, float, str], font: str = "Helvetica", size: float = 10) -> Draw:
    """(x, y, text): lines of words where they are told to stand."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        for x, y, text in placed:
            canvas.drawString(x, y, text)

    return draw


def rules(*lines: tuple[float, float, float, float], width: float = 0.7) -> Draw:
    """Strokes from (x0, y0) to (x1, y1)."""

    def draw(canvas: Canvas) -> None:
        canvas.setLineWidth(width)
        for line in lines:
            canvas.line(*line)

    return draw


def texts(table: Table) -> list[list[str]]:
    """A row a list, a merged cell's text in every field it covers, "" for a field without words."""
    return [
        [cell.text if (cell := table.at(row, column)) else "" for column in range(table.columns)]
        for row in range(table.rows)
    ]


def paths(table: Table) -> list[str]:
    """What every value of a table says."""
    return [str(path_of(table, cell)) for cell in values(table)]


def cell_of(table: Table, text: str) -> Cell:
    """The only cell with this text."""
    (cell,) = (cell for cell in table.cells if cell.text == text)
    return cell
