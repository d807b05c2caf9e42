"""`python -m src.cli batch`: a list of questions, answered into files."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from shared_utils.errors import FootnoteError
from src import VERSION
from src.answering.ingestion import IndexedDocument
from src.cli.alone import answered
from src.cli.open_pages import OpenPages
from src.presentation.csv_table import answers_csv
from src.presentation.escaping import plain
from src.presentation.html_report import conversation_report
from src.presentation.markdown import conversation_markdown
from src.presentation.questions import questions_from
from src.settings import Settings
from src.views import TurnView
from src.wiring import Wired


def listed_questions(path: Path, settings: Settings) -> tuple[str, ...]:
    """The questions of a text or CSV file. Raises FootnoteError, in a sentence, where there are none."""
    try:
        return questions_from(path.read_bytes(), most=settings.max_list, max_chars=settings.max_question_chars)
    except OSError as exc:
        raise FootnoteError(
            "The questions in {path} could not be read ({strerror}).", path=path, strerror=exc.strerror
        ) from exc


def run_batch(
    options: argparse.Namespace,
    wired: Wired,
    questions: Sequence[str],
    documents: Sequence[IndexedDocument],
    progress: Callable[[str], None],
) -> list[TurnView]:
    """Ask them one by one and write what `options` names: `csv`, `markdown`, `report`; the table on stdout if none."""
    turns = []
    for number, question in enumerate(questions, start=1):
        progress(f"Question {number} of {len(questions)}: {question}")
        turns.append(answered(wired.rag, question, documents, lambda: wired.writers(options.engine)))
    progress("")
    made = False
    for path, data in _files(options, turns, OpenPages(wired.rag, documents)):
        _write(path, data)
        made = True
    if not made:
        sys.stdout.write(answers_csv(turns).decode("utf-8-sig"))
    return turns


def _files(options: argparse.Namespace, turns: Sequence[TurnView], pages: OpenPages) -> Iterator[tuple[Path, bytes]]:
    now = time.time()
    if options.csv:
        yield options.csv, answers_csv(turns)
    if options.markdown:
        yield options.markdown, conversation_markdown(turns, version=VERSION, made_on=now).encode("utf-8", "replace")
    if options.report:
        title = plain(options.questions.stem)
        report = conversation_report(turns, pages.views(), pages, title=title, version=VERSION, made_on=now)
        yield options.report, report.encode("utf-8", "replace")


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as exc:
        raise FootnoteError(
            "{path} could not be written ({strerror}). Choose another place for it.", path=path, strerror=exc.strerror
        ) from exc
