"""Are tables read as tables? `python -m benchmarks.tables [FOLDER] [--each] [--write]`.

End to end with the product's own reading, over a folder with `pdfs/` and `truth.jsonl` (../shared/tables-dev beside the
checkout unless told). The measure is the one of the ICDAR 2013 table competition (Göbel, Hassan, Oro, Orsi: "ICDAR 2013
Table Competition"): pairs of neighbouring cells, right and lower neighbour with blanks skipped, that truth and reading
share by their text; precision, recall and F1 over all pairs, and the mean of F1 over files. A table that matches none
counts against precision. Over documents without truth, `benchmarks.table_pictures` draws what was found.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.retrieval_set import write_section
from shared_utils.pdf.engines import Budget, Job, pdfium_pages
from shared_utils.pdf.isolation import ReadingLimits, never
from shared_utils.pdf.pages import RawPage, draft, page_of
from shared_utils.pdf.placed import placed_page, retold
from shared_utils.tables.find import find_tables
from shared_utils.types import PageVerdict, Table

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "tables-dev"
BARS = {"F1 over all pairs": 0.86, "mean F1 of files": 0.82, "precision": 0.88}

Field = Mapping[str, Any]
"""A cell: row, row_end, column, column_end, text."""


@dataclass(frozen=True, slots=True)
class PageOfTables:
    number: int
    tables: tuple[Table, ...]
    cpu_s: float  # spent on finding them, reading not counted


@dataclass(frozen=True, slots=True)
class Score:
    """Pairs of neighbouring cells: shared, in the truth, in the reading."""

    hit: int
    want: int
    got: int

    @property
    def f1(self) -> float:
        return 2 * self.hit / (self.want + self.got) if self.want + self.got else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(self.hit + other.hit, self.want + other.want, self.got + other.got)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    options.add_argument("--each", action="store_true", help="a line a file")
    options.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    arguments = options.parse_args()
    truth = arguments.folder / "truth.jsonl"
    if not truth.is_file():
        raise SystemExit(f"There is no {truth}: the tables with their true cells live beside the checkout.")
    total, each, spent, pages = Score(0, 0, 0), [], 0.0, 0
    for line in truth.read_text(encoding="utf-8").splitlines():
        file = json.loads(line)
        read = list(tables_of(arguments.folder / "pdfs" / file["file"]))
        score = compare(file["tables"], [(page.number, fields(table)) for page in read for table in page.tables])
        total, spent, pages = total + score, spent + sum(page.cpu_s for page in read), pages + len(read)
        each.append(score.f1)
        if arguments.each:
            print(f"{file['file']:14s} F1 {score.f1:.3f} of {score.want} pairs", flush=True)
    found = {
        "F1 over all pairs": total.f1,
        "mean F1 of files": sum(each) / max(1, len(each)),
        "precision": total.hit / max(1, total.got),
    }
    rows = ["| | reached | bar |", "|---|---:|---:|"]
    rows += [f"| {name} | {value:.3f} | {BARS[name]:.2f} |" for name, value in found.items()]
    rows.append(f"| recall | {total.hit / max(1, total.want):.3f} | |")
    print("\n".join(rows), f"\n{1000 * spent / max(1, pages):.1f} ms a page of {pages}", sep="")
    if arguments.write:
        head = (
            f"## Tables\n\n`python -m benchmarks.tables --write` over {len(each)} files of the ICDAR 2013 competition: "
        )
        write_section("tables", f"{head}pairs of neighbouring cells, finding and structure.\n\n" + "\n".join(rows))
    return int(any(value < BARS[name] for name, value in found.items()))


def tables_of(path: Path) -> Iterator[PageOfTables]:
    """The tables of every page whose words could be read, as the product reads it."""
    for raw in raw_pages(path):
        page = page_of(written := draft(raw))
        if page.verdict is PageVerdict.UNREADABLE:
            continue
        began = time.process_time()
        found = find_tables(placed_page(raw))
        spent = time.process_time() - began
        yield PageOfTables(raw.number, retold(found, written.composed.runs, page.text), spent)


def raw_pages(path: Path) -> Iterator[RawPage]:
    """Every page that PDFium can read, with its words' boxes still there."""
    limits = ReadingLimits(max_bytes=200_000_000)
    job = Job(
        path, limits, None, never, Budget(time.monotonic() + limits.document_s, limits.restarts, limits.max_chars)
    )
    yield from (raw for raw in pdfium_pages(job) if isinstance(raw, RawPage) and not raw.lost)


def fields(table: Table) -> list[Field]:
    return [
        {"row": c.row, "row_end": c.row_end, "column": c.column, "column_end": c.column_end, "text": c.text}
        for c in table.cells
    ]


# ------------------------------------------------------------------------------------------------ the measure


def plain(text: str) -> str:
    """A cell's text as it is compared: no white space, one kind of dash, no capitals."""
    return "".join(text.split()).translate({0x2212: "-", 0x2013: "-", 0x2014: "-"}).casefold()


def pairs(cells: Sequence[Field]) -> Counter[tuple[str, str, str]]:
    """(text, text of the neighbour, "right" or "down") of every cell, blanks skipped."""
    grid = {
        (row, column): number
        for number, c in enumerate(cells)
        for row in range(c["row"], c["row_end"] + 1)
        for column in range(c["column"], c["column_end"] + 1)
    }
    rows, columns = max((r for r, _ in grid), default=-1), max((c for _, c in grid), default=-1)
    found: set[tuple[int, int, str]] = set()
    for (row, column), number in grid.items():
        right = next((grid[row, c] for c in range(column + 1, columns + 1) if (row, c) in grid), number)
        down = next((grid[r, column] for r in range(row + 1, rows + 1) if (r, column) in grid), number)
        found |= {(number, right, "right")} if right != number else set()
        found |= {(number, down, "down")} if down != number else set()
    texts = [plain(c["text"]) for c in cells]
    return Counter((texts[number], texts[neighbour], direction) for number, neighbour, direction in found)


def compare(truth: Iterable[Field], read: Iterable[tuple[int, Sequence[Field]]]) -> Score:
    """Every true table against the one read on its page that shares most pairs with it."""
    hit = want = got = 0
    left = [(page, pairs(cells)) for page, cells in read]
    for table in truth:
        true = pairs(table["cells"])
        want += sum(true.values())
        shared = [(sum((true & own).values()), n) for n, (page, own) in enumerate(left) if page == table["page"]]
        if shared and max(shared)[0]:
            share, number = max(shared)
            hit += share
            got += sum(left.pop(number)[1].values())
    return Score(hit, want, got + sum(sum(own.values()) for _, own in left))


if __name__ == "__main__":
    raise SystemExit(main())
