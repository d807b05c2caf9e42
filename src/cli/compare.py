"""`python -m src.cli compare BEFORE AFTER`: what changed from one edition to the next."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

from shared_utils.editions.compare import compare
from shared_utils.editions.model import Change, ChangeKind, Comparison, FactKind
from shared_utils.editions.selection import selected
from shared_utils.errors import FootnoteError
from src import VERSION
from src.answering.ingestion import IndexedDocument, SourceFile
from src.cli.addresses import file_or_address
from src.cli.open_pages import OpenPages
from src.events import FileFinished
from src.presentation.changes import Edition, edition_of, fact_name, fact_sides, kind_name, notes_of, summary, where
from src.presentation.changes_export import changes_csv, changes_html, changes_markdown
from src.presentation.changes_json import comparison_json
from src.presentation.digest import ShownFigure, digest_of
from src.presentation.escaping import plain
from src.rag_with_generation import Rag
from src.wiring import Wired

Source = Callable[[Path], SourceFile | FileFinished]


def add_compare(commands: argparse._SubParsersAction[argparse.ArgumentParser], source: Source) -> None:
    """The command's words. `source` opens a file that is named."""
    parser = commands.add_parser("compare", help="what changed from one edition of a document to the next")
    parser.add_argument("before", type=file_or_address, metavar="BEFORE")
    parser.add_argument("after", type=file_or_address, metavar="AFTER")
    parser.add_argument("--about", default="", metavar="TEXT", help="only changes that speak of this")
    parser.add_argument("--section", metavar="HEADING", help="only changes under this heading")
    parser.add_argument("--kind", action="append", choices=[str(kind) for kind in ChangeKind], default=[])
    parser.add_argument("--fact", action="append", choices=[str(kind) for kind in FactKind], default=[])
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--csv", type=Path, metavar="OUT.csv", help="a row for every fact that differs")
    parser.add_argument("--report", type=Path, metavar="OUT.html", help="one file, both sides with their pages")
    parser.add_argument("--markdown", type=Path, metavar="OUT.md")
    parser.set_defaults(run=lambda options, wired: _run(options, wired, source))


def _run(options: argparse.Namespace, wired: Wired, source: Source) -> int:
    read = [_read(wired.rag, source, path) for path in (options.before, options.after)]
    before, after = (indexed.document for indexed in read)
    comparison = compare(before, after)
    chosen = selected(
        comparison.changes,
        kinds=[ChangeKind(kind) for kind in options.kind],
        facts=[FactKind(kind) for kind in options.fact],
        section=options.section,
        about=options.about,
    )
    sides = edition_of(before), edition_of(after)
    if options.json:
        print(json.dumps(comparison_json(comparison, chosen, *sides), ensure_ascii=False))
        return 0
    made = False
    for path, data in _files(options, comparison, chosen, sides, OpenPages(wired.rag, read)):
        _write(path, data)
        made = True
    if not made:
        print("\n".join(_lines(comparison, chosen, *sides)))
    return 0


def _read(rag: Rag, source: Source, path: Path) -> IndexedDocument:
    """The words of a file, those of its scans too where this machine finds them. Raises FootnoteError."""
    file = source(path)
    if isinstance(file, FileFinished):
        raise FootnoteError("{name}: {reason}", name=plain(file.file), reason=file.reason)
    versions: deque[IndexedDocument] = deque(maxlen=1)
    deque(rag.read(file, versions.append, cancelled=lambda: False), maxlen=0)
    if rag.has_scans(versions[0]):
        deque(rag.recognise(versions[0], versions.append, cancelled=lambda: False), maxlen=0)
    return versions[0]


def _files(
    options: argparse.Namespace,
    comparison: Comparison,
    chosen: tuple[Change, ...],
    sides: tuple[Edition, Edition],
    pages: OpenPages,
) -> Iterator[tuple[Path, bytes]]:
    if options.csv:
        yield options.csv, changes_csv(chosen)
    if options.report:
        report = changes_html(comparison, chosen, *sides, pages=pages, version=VERSION, made_on=time.time())
        yield options.report, report.encode("utf-8", "replace")
    if options.markdown:
        yield options.markdown, changes_markdown(comparison, chosen, *sides).encode("utf-8", "replace")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as exc:
        raise FootnoteError("{path} could not be written ({why}).", path=path, why=exc.strerror) from exc
    print(f"Written: {path}", file=sys.stderr)


def _lines(comparison: Comparison, chosen: tuple[Change, ...], before: Edition, after: Edition) -> Iterator[str]:
    """The changes on a terminal, section by section."""
    yield from (str(note) for note in notes_of(comparison, before, after))
    if line := summary(chosen):
        yield line
    if len(chosen) == len(comparison.changes):
        yield from _digest(comparison, before, after)
    section: str | None = None
    for change in chosen:
        if change.section != section:
            section = change.section
            yield f"\n{plain(section) or 'Without a heading'}"
        yield f"\n  {kind_name(change)}"
        for sign, side, edition in (("-", change.before, before), ("+", change.after, after)):
            if side is not None:
                text = f"{plain(side.text)} ({where(side, edition)})"
                yield textwrap.fill(text, 100, initial_indent=f"  {sign} ", subsequent_indent="    ")
        for fact in change.facts:
            yield "    {}: {} → {}".format(fact_name(fact), *fact_sides(fact))


def _digest(comparison: Comparison, before: Edition, after: Edition) -> Iterator[str]:
    """The figures that both speak of most, and sections that came and went."""
    digest = digest_of(comparison, before, after)
    if digest.figures:
        yield f"\n{digest.title}"
        for one in digest.figures:
            growth = f" ({one.growth})" if one.growth else ""
            sides = (
                f"{side.text} [{', '.join(filter(None, (side.of, side.page)))}]" for side in (one.before, one.after)
            )
            yield f"  {one.label}: {' → '.join(sides)}{growth}"
    for _, title, lines in digest.sections:
        yield f"\n{title}"
        yield from (f"  {line.title} ({line.page}, {line.passages})" for line in lines)


def _figure(one: ShownFigure) -> str:
    return f"{one.text} [{', '.join(filter(None, (one.of, one.page)))}]"
