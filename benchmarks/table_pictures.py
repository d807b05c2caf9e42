"""Tables drawn over their pages, to be looked at: `python -m benchmarks.table_pictures OUT FILE.pdf [PAGE …]`.

OUT is a folder; every page with a table becomes a picture there, its tables framed and their cells tinted by column.
With `--paths` every value is printed with its labels, names and scale.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw

from benchmarks.tables import PageOfTables, tables_of
from shared_utils.tables.paths import path_of, values

SCALE = 1.5  # pixels a point
TINTS = ((0, 90, 255, 60), (0, 170, 60, 60), (230, 120, 0, 60))
FRAME, EVEN_ROW, ODD_ROW = (255, 0, 0, 255), (200, 0, 200, 200), (0, 0, 0, 150)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("out", type=Path)
    options.add_argument("file", type=Path)
    options.add_argument("pages", type=int, nargs="*", help="all where none is told")
    options.add_argument("--paths", action="store_true", help="print what every value says")
    arguments = options.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for page in tables_of(arguments.file):
        if page.tables and (not arguments.pages or page.number in arguments.pages):
            target = arguments.out / f"{arguments.file.stem}-{page.number}.png"
            picture(arguments.file, page).save(target)
            print(target, *(f"{table.rows}x{table.columns}" for table in page.tables))
        if arguments.paths:
            print(*paths(page), sep="\n")


def picture(file: Path, page: PageOfTables) -> Image.Image:
    """The page with its tables' cells drawn over it."""
    document = pypdfium2.PdfDocument(file)
    image: Image.Image = document[page.number - 1].render(scale=SCALE).to_pil().convert("RGB")
    drawing = ImageDraw.Draw(image, "RGBA")
    for table in page.tables:
        drawing.rectangle([edge * SCALE for edge in table.rect], outline=FRAME, width=2)
        for cell in table.cells:
            line = ODD_ROW if cell.row % 2 else EVEN_ROW
            box = [edge * SCALE for edge in cell.rect]
            drawing.rectangle(box, fill=TINTS[cell.column % len(TINTS)], outline=line)
    document.close()
    return image


def paths(page: PageOfTables) -> Iterable[str]:
    for table in page.tables:
        yield f"page {page.number}: {table.caption or 'a table'}"
        for cell in values(table):
            yield f"  {path_of(table, cell)}"


if __name__ == "__main__":
    main()
