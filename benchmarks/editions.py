"""Two editions compared, on pairs made from real documents by known edits: `make bench-editions`.

python -m benchmarks.editions FOLDER_OF_PDFS [--pairs 20] [--blocks 160] [--first 20] [--seed 20]
    [--misses 20] [--write]

Of every document a run of its own headings, sentences and table rows is set twice: once as it was read, and once on
another page size in another type size, after edits that are known: numbers, years, negations, obligations and names
exchanged in sentences, values in tables, a paragraph moved, a section dropped, a section of another document added.
Both are printed to PDF, read, and compared. A fact counts as found where a change names both its sides in the sentence
that was edited; a reported change that no edit explains counts as false.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path

from reportlab.lib.pagesizes import A5, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from benchmarks.edition_edits import Block, Edit, edited
from benchmarks.retrieval_set import write_section
from shared_utils.conversion.convert import Converter
from shared_utils.editions.compare import compare
from shared_utils.editions.model import Change, ChangeKind, Comparison
from shared_utils.editions.passages import Passage, passages_of
from shared_utils.pdf.reader import ReadingLimits
from shared_utils.types import Document
from src.answering.ingestion import IndexedDocument, SourceFile, read_file

_SEED = 20
_FIRST = 20  # blocks that a cover and a table of contents may be
_MEGABYTES = 200 * 1024 * 1024
_PLAIN = re.compile(r"[\x20-\x7e’“”–—€£§]+")
_LEAST_SENTENCE, _MOST_SENTENCE = 50, 600  # characters
_INTRODUCTION = """## Editions

`make bench-editions`: pairs made from real documents by known edits, both sides printed to PDF and read again.
A fact counts as found where a change names both its sides in the sentence that was edited; a change that no edit
explains is false.

"""


@dataclass(slots=True)
class Score:
    edits: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    reported: int = 0
    false: int = 0
    misses: list[str] = field(default_factory=list)


# ------------------------------------------------------------------------------------------------ documents


def read(path: Path) -> Document:
    """Everything that is read of a file."""
    versions: list[IndexedDocument] = []
    limits = ReadingLimits(_MEGABYTES)
    source = SourceFile(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, path)
    for _ in read_file(
        source,
        limits,
        versions.append,
        password=None,
        most_passages=40_000,
        converter=Converter(limits),
        cancelled=lambda: False,
    ):
        pass
    return versions[-1].document


def blocks_of(document: Document, most: int, first: int = _FIRST) -> list[Block]:
    """The document's own words in reading order, as far as the printer's font has them; each sentence once."""
    found: list[Block] = []
    seen: set[str] = set()
    for passage in passages_of(document).passages:
        text = " ".join(passage.text.replace("\ufffe", "").split())
        if not _PLAIN.fullmatch(text) or text in seen:
            continue
        seen.add(text)
        if passage.is_heading:
            found.append(Block("heading", (text,)))
        elif passage.is_row:
            found = _with_row(found, passage)
        elif _LEAST_SENTENCE <= len(text) <= _MOST_SENTENCE and text[-1] in ".!?":
            last = found[-1] if found else None
            if last is not None and last.kind == "paragraph" and len(last.sentences) < 4:
                found[-1] = replace(last, sentences=(*last.sentences, text))
            else:
                found.append(Block("paragraph", (text,)))
    kept = [block for block in found if block.kind != "table" or len(block.rows) > 1]
    if first > _FIRST:  # words that a run from the beginning has not used
        return kept[first : first + most]
    return kept[first : first + most] if len(kept) > most + first else kept[:most]


def _with_row(found: list[Block], passage: Passage) -> list[Block]:
    """A row of a label and values as wide as the one before it goes on its table."""
    values = passage.values
    if not values or not values[0].labels:
        return found
    row = (values[0].labels[-1], *(passage.text[value.start : value.end] for value in values))
    heads = ("", *(" ".join(value.heads) or f"Column {n}" for n, value in enumerate(values, start=1)))
    if len(row) > 6 or any(len(cell) > 60 for cell in (*row, *heads)) or len(set(heads)) < len(heads):
        return found
    if found and found[-1].kind == "table" and len(found[-1].rows[0]) == len(row) and found[-1].rows[0] == heads:
        return [*found[:-1], replace(found[-1], rows=(*found[-1].rows, row))]
    return [*found, Block("table", rows=(heads, row))]


def printed(blocks: Sequence[Block], path: Path, size: tuple[float, float], points: float) -> None:
    """Set the blocks in a PDF."""
    body = ParagraphStyle(
        "body", fontName="Times-Roman", fontSize=points, leading=points * 1.25, spaceAfter=points * 0.7
    )
    head = ParagraphStyle("head", parent=body, fontName="Helvetica-Bold", fontSize=points * 1.4, leading=points * 1.8)
    cell = ParagraphStyle("cell", parent=body, fontSize=points * 0.9, leading=points * 1.1, spaceAfter=0)
    flow: list[Flowable] = []
    for block in blocks:
        if block.kind == "table":
            rows = [[Paragraph(escape(text), cell) for text in row] for row in block.rows]
            grid = Table(rows, repeatRows=0)
            grid.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, "black")]))
            flow += [grid, Spacer(1, points)]
        else:
            flow.append(Paragraph(escape(" ".join(block.sentences)), head if block.kind == "heading" else body))
    SimpleDocTemplate(str(path), pagesize=size).build(flow)


# ------------------------------------------------------------------------------------------------ scores


def scored(comparison: Comparison, edits: Sequence[Edit], score: Score, name: str) -> None:
    explained: set[int] = set()
    for edit in edits:
        holding = [n for n, change in enumerate(comparison.changes) if _is_of(change, edit)]
        explained |= set(holding)
        if edit.kind.endswith("heading"):  # explains a change; the sentences below it are what counts
            continue
        score.edits[edit.kind] += 1
        if any(_tells(comparison.changes[n], edit) for n in holding):
            score.found[edit.kind] += 1
        else:
            score.misses.append(
                f"MISSED {name} {edit.kind}: “{edit.old}” → “{edit.new}” in {edit.after or edit.before}"
            )
    score.reported += len(comparison.changes)
    for n, change in enumerate(comparison.changes):
        if n not in explained:
            score.false += 1
            told = f"{change.before.text if change.before else '—'} ⇒ {change.after.text if change.after else '—'}"
            score.misses.append(f"FALSE {name} {change.kind.value}: {told}")


def _is_of(change: Change, edit: Edit) -> bool:
    before = _plain(change.before.text) if change.before else ""
    after = _plain(change.after.text) if change.after else ""
    if edit.kind.startswith("dropped"):
        return bool(before) and (_plain(edit.before) in before or before in _plain(edit.before))
    if edit.kind.startswith("added"):
        return bool(after) and (_plain(edit.after) in after or after in _plain(edit.after))
    if edit.kind == "cell":
        return bool(before and after) and _plain(edit.old) in before and _plain(edit.new) in after
    return bool(after) and (_plain(edit.after) in after or (len(after) > 20 and after in _plain(edit.after)))


def _tells(change: Change, edit: Edit) -> bool:
    if edit.kind == "dropped":
        return change.kind is ChangeKind.REMOVED
    if edit.kind == "added":
        return change.kind is ChangeKind.ADDED
    for fact in change.facts:
        old, new = (fact.before.text if fact.before else ""), (fact.after.text if fact.after else "")
        if _plain(edit.old) in _plain(old) and _plain(edit.new) in _plain(new) and _plain(old) != _plain(new):
            return True
    return False


def _plain(text: str) -> str:
    return re.sub(r"[^\w%$€£]+", "", text).casefold()


# ------------------------------------------------------------------------------------------------ the run


def pair(blocks: Sequence[Block], made: Sequence[Block], folder: Path) -> tuple[Document, Document]:
    """Both sides printed on different paper, and read."""
    printed(blocks, folder / "before.pdf", LETTER, 10)
    printed(made, folder / "after.pdf", A5, 8.5)
    return read(folder / "before.pdf"), read(folder / "after.pdf")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="PDFs with running text")
    parser.add_argument("--pairs", type=int, default=20)
    parser.add_argument("--blocks", type=int, default=160, help="of each document that are used")
    parser.add_argument("--first", type=int, default=_FIRST, help="block of each document that is used")
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--misses", type=int, default=0, help="how many to print")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args(arguments)
    sources: list[tuple[str, list[Block]]] = []
    for path in sorted(options.folder.glob("*.pdf")):
        blocks = blocks_of(read(path), options.blocks, options.first)
        if sum(block.kind == "paragraph" for block in blocks) >= 15:
            sources.append((path.stem, blocks))
        if len(sources) == options.pairs:
            break
    score, seconds, pages = Score(), 0.0, 0
    for n, (name, blocks) in enumerate(sources):
        made, edits = edited(blocks, sources[n - 1][1], random.Random(options.seed + n))
        with tempfile.TemporaryDirectory() as folder:
            before, after = pair(blocks, made, Path(folder))
        began = time.process_time()
        comparison = compare(before, after)
        seconds, pages = seconds + time.process_time() - began, pages + len(before.pages) + len(after.pages)
        if not comparison.kinship.are_editions:
            score.misses.append(f"NO EDITIONS {name} {comparison.kinship}")
        scored(comparison, edits, score, name)
    report = _report(score, len(sources), seconds, pages)
    print(report)
    print("\n".join(score.misses[: options.misses]), file=sys.stderr)
    if options.write:
        write_section("editions", _INTRODUCTION + report)
    return 0


def _report(score: Score, pairs: int, seconds: float, pages: int) -> str:
    rows = [
        f"| {kind} | {n} | {score.found[kind]} | {score.found[kind] / n:.3f} |"
        for kind, n in sorted(score.edits.items())
    ]
    all_found, all_edits = sum(score.found.values()), sum(score.edits.values())
    return "\n".join(
        [
            "| edited | n | found | share |",
            "|---|---:|---:|---:|",
            *rows,
            f"| **all** | {all_edits} | {all_found} | **{all_found / max(1, all_edits):.3f}** |",
            "",
            f"False: {score.false} of {score.reported} changes reported in {pairs} pairs "
            f"(**{score.false / max(1, score.reported):.3f}**). "
            f"{1000 * seconds / max(1, pages):.1f} ms of one core a page.",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
