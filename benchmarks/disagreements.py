"""Is it said where documents contradict each other, and only there? `python -m benchmarks.disagreements [--write]`.

Pairs of short documents (disagreements.toml) are set as PDFs, read, and asked through the product without a language
model. Half of them contradict each other about what is asked; in the others both may be true. Those of the second half
that bear a note are false alarms, those of the first that bear none are misses.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from benchmarks.labelled_sentences import packaged_embedder
from benchmarks.retrieval_set import write_section
from benchmarks.shown import Ready
from src.answering.ingestion import IndexedDocument, SourceFile
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag

PAIRS = Path(__file__).with_name("disagreements.toml")
_CELL = " | "
_PROSE = ParagraphStyle("prose", fontName="Helvetica", fontSize=11, leading=15, spaceAfter=8)
_HEAD = ParagraphStyle("head", fontName="Helvetica-Bold", fontSize=15, leading=22, spaceAfter=8)
_NOTE = "The documents do not agree"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents, each a file name, a heading and lines; `noted`: whether they contradict each other."""

    about: str
    noted: bool
    question: str
    one: tuple[str, ...]
    other: tuple[str, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    rag = replace(build_rag(Settings()), embedder=Ready(packaged_embedder()))
    pairs = read_pairs(PAIRS)
    told = [notes_of(rag, pair) for pair in pairs]
    rag.viewer.close()
    for pair, notes in zip(pairs, told, strict=True):
        if bool(notes) is not pair.noted:
            print("false alarm" if notes else "missed", "|", pair.about, "|", *notes)
    print(section := render(pairs, [bool(notes) for notes in told]))
    if arguments.write:
        write_section("disagreements", section)


def read_pairs(path: Path) -> list[Pair]:
    kept = tomllib.loads(path.read_text(encoding="utf-8"))["pair"]
    return [Pair(p["about"], p["noted"], p["question"], tuple(p["one"]), tuple(p["other"])) for p in kept]


def notes_of(rag: Rag, pair: Pair) -> list[str]:
    """What is said of a disagreement to somebody who asks this of both documents."""
    with tempfile.TemporaryDirectory() as folder:
        documents = [_read(rag, Path(folder), lines) for lines in (pair.one, pair.other)]
        *_, last = rag.ask(pair.question, documents, writers=tuple, cancelled=lambda: False)
    assert isinstance(last, AnswerFinished)
    return [str(note) for note in last.answer.notes if str(note).startswith(_NOTE)]


def render(pairs: Sequence[Pair], noted: Sequence[bool]) -> str:
    found = sum(was for pair, was in zip(pairs, noted, strict=True) if pair.noted)
    false = sum(was for pair, was in zip(pairs, noted, strict=True) if not pair.noted)
    contradicting = sum(pair.noted for pair in pairs)
    right = f"{100 * found / (found + false):.0f} %" if found + false else "–"
    return (
        "## Documents that do not agree\n\n"
        "`python -m benchmarks.disagreements --write`: pairs of short documents (contracts, price lists, policies, "
        "editions of a report), set as PDFs and asked through the product without a language model.\n\n"
        "| pairs | n | noted |\n|---|---:|---:|\n"
        f"| contradict each other about what is asked | {contradicting} | {found} |\n"
        f"| both may be true | {len(pairs) - contradicting} | {false} |\n\n"
        f"Of the notes {right} are right."
    )


def _read(rag: Rag, folder: Path, lines: Sequence[str]) -> IndexedDocument:
    path = folder / lines[0]
    _print(path, lines[1], lines[2:])
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(
        SourceFile(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, path),
        versions.append,
        cancelled=lambda: False,
    ):
        pass
    return versions[-1]


def _print(path: Path, heading: str, lines: Sequence[str]) -> None:
    shown: list[Flowable] = [Paragraph(escape(heading), _HEAD)]
    rows: list[list[str]] = []
    for line in lines:
        if _CELL in line:
            rows.append(line.split(_CELL))
        else:
            shown.append(Paragraph(escape(line), _PROSE))
    if rows:
        shown.append(Table(rows, colWidths=[200] + [80] * (len(rows[0]) - 1), hAlign="LEFT"))
    SimpleDocTemplate(str(path), pagesize=A4).build(shown)


if __name__ == "__main__":
    main()
