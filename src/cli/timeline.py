"""`python -m src.cli timeline FILE…`: a figure or a theme through the years, on the terminal, as JSON or a report."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from shared_utils.errors import FootnoteError
from shared_utils.timeline.dated import is_iso
from src import VERSION
from src.answering.ingestion import IndexedDocument
from src.cli.addresses import file_or_address
from src.library.timeline import timeline
from src.presentation.escaping import plain
from src.presentation.timeline import timeline_json, timeline_text
from src.presentation.timeline_report import timeline_report
from src.rag_with_generation import Rag
from src.wiring import Wired

Read = Callable[[Rag, Sequence[Path]], list[IndexedDocument]]


def add_timeline(commands: argparse._SubParsersAction[argparse.ArgumentParser], read: Read) -> None:
    """The command's words. `read` gives the documents of files that are named."""
    parser = commands.add_parser("timeline", help="a figure or a theme through the years, each point with its place")
    parser.add_argument("files", nargs="+", type=file_or_address, metavar="FILE")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--figure", default="", metavar="ROW", help="a row of tables, by its name")
    what.add_argument("--theme", default="", metavar="TEXT", help="a theme (default: those that change most)")
    parser.add_argument(
        "--date", action="append", default=[], metavar="FILE=DATE", help="when a file is from: report.pdf=2019-12-31"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--report", type=Path, metavar="OUT.html", help="one file with charts and tables")
    parser.set_defaults(run=lambda options, wired: _run(options, wired, read))


def _run(options: argparse.Namespace, wired: Wired, read: Read) -> int:
    documents = read(wired.rag, options.files)
    corrected = _corrected(options.date, documents)
    found = timeline(wired.rag, documents, figure=options.figure, about=options.theme, corrected=corrected)
    texts = {(one.document.id, page.number): page.text for one in documents for page in one.document.pages}
    if options.report:
        report = timeline_report(found, texts, version=VERSION, made_on=time.time())
        try:
            options.report.write_bytes(report.encode("utf-8", "replace"))
        except OSError as exc:
            raise FootnoteError("{path} could not be written ({why}).", path=options.report, why=exc.strerror) from exc
        print(f"Written: {options.report}", file=sys.stderr)
    if options.json:
        print(json.dumps(timeline_json(found, texts), ensure_ascii=False))
    elif not options.report:
        print(timeline_text(found))
    return int(not found.themes and found.figure is None)


def _corrected(told: Sequence[str], documents: Sequence[IndexedDocument]) -> dict[str, str]:
    """Raises FootnoteError for a file that is not among them, or what is no date."""
    by_name = {one.document.name: one.document.id for one in documents}
    dates = {}
    for one in told:
        name, _, date = one.rpartition("=")
        document = by_name.get(Path(name).name)
        if document is None or not is_iso(date):
            raise FootnoteError("{told}: expected FILE=DATE, such as report.pdf=2019-12-31.", told=plain(one))
        dates[document] = date
    return dates
