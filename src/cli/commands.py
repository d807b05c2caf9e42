"""The command line: `python -m src.cli ask|batch|search|ingest|compare|timeline FILE…`. Results on stdout, progress on
stderr.

Benchmarks and checks read the `--json` shapes, so they are kept.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import textwrap
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from shared_utils.errors import FootnoteError
from shared_utils.message import message
from shared_utils.types import Cancelled, Citation, EngineKind
from src.answering.ingestion import IndexedDocument, SourceFile, names_of, pages_of
from src.answering.writing import destination
from src.cli.addresses import fetch_addresses, file_or_address
from src.cli.batch import listed_questions, run_batch
from src.cli.collection import add_files, chosen_files
from src.cli.compare import add_compare
from src.cli.timeline import add_timeline
from src.events import (
    AnswerFinished,
    Embedding,
    EngineChanged,
    FileFinished,
    FileStatus,
    PageRead,
    Stage,
    StageStarted,
)
from src.presentation.describe import page_name
from src.presentation.escaping import plain
from src.presentation.plain_text import answer_with_markers, plain_answer
from src.rag_with_generation import Rag, SearchResult
from src.settings import Settings
from src.wiring import Wired, wire

_NEVER: Cancelled = lambda: False  # noqa: E731 - a constant of the type, not a function of ours
_ENGINES = ("auto", *map(str, (EngineKind.OLLAMA, EngineKind.REMOTE, EngineKind.EXTRACTIVE)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 1: every file failed, or nothing could be asked; 2: the call's words are off."""
    options = _parser().parse_args(arguments)
    try:
        with wire(Settings.from_env()) as wired, TemporaryDirectory() as folder:
            fetch_addresses(options, wired, Path(folder))
            return int(options.run(options, wired))
    except FootnoteError as exc:
        print(exc, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m src.cli", description="Ask your PDFs; every sentence footnoted.")
    commands = parser.add_subparsers(required=True, metavar="ask|batch|search|ingest|compare|timeline")

    ask = commands.add_parser("ask", help="answer a question from PDFs, every sentence with its page")
    add_files(ask)
    ask.add_argument("--question", required=True, metavar="TEXT")
    ask.add_argument("--json", action="store_true", help="one JSON object on stdout")
    ask.set_defaults(run=_ask)
    batch = commands.add_parser("batch", help="answer a list of questions: a table, a report that can be checked")
    batch.add_argument("questions", type=Path, metavar="QUESTIONS", help="one a line, or CSV with a column “question”")
    add_files(batch)
    batch.add_argument("--csv", type=Path, metavar="OUT.csv", help="the table (default: on stdout, if nothing else)")
    batch.add_argument("--report", type=Path, metavar="OUT.html", help="one file with quotes and pictures of the pages")
    batch.add_argument("--markdown", type=Path, metavar="OUT.md", help="answers with footnotes")
    batch.set_defaults(run=_batch)
    for one in (ask, batch):
        one.add_argument("--engine", choices=_ENGINES, default="auto", help="who writes (default: the best reachable)")

    search = commands.add_parser("search", help="the passages and the evidence a question would be answered from")
    add_files(search)
    questions = search.add_mutually_exclusive_group(required=True)
    questions.add_argument("--question", metavar="TEXT")
    questions.add_argument("--questions", type=Path, metavar="FILE.jsonl", help='lines {"id","question","documents"}')
    search.add_argument("--top-k", type=_positive, default=10, metavar="N", help="passages to list (default: 10)")
    search.add_argument("--budget", type=_positive, metavar="TOKENS", help="most tokens of evidence")
    search.add_argument("--json", action="store_true", help="one JSON line a question on stdout")
    search.set_defaults(run=_search)

    ingest = commands.add_parser("ingest", help="read PDFs and report every page")
    ingest.add_argument("files", nargs="+", type=file_or_address, metavar="FILE")
    ingest.add_argument("--json", action="store_true", help="one JSON line a file on stdout")
    ingest.set_defaults(run=_ingest)
    add_compare(commands, _source)
    add_timeline(commands, _documents)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("takes a number from 1")
    return number


# ------------------------------------------------------------------------------------------------ ingest


def _ingest(options: argparse.Namespace, wired: Wired) -> int:
    ended: list[FileStatus] = []
    for source in options.files:
        for finished in _read(wired.rag, [source], []):
            ended.append(finished.status)
            _print_line(_file_json(finished)) if options.json else print(_file_line(finished))
    return int(all(status is FileStatus.FAILED for status in ended))


def _read(rag: Rag, files: Sequence[Path | SourceFile], kept: list[IndexedDocument]) -> Iterator[FileFinished]:
    """Read and embed `files`, drawing progress; the searchable ones are appended to `kept`."""
    for path in files:
        source = _source(path)
        if isinstance(source, FileFinished):
            yield source
            continue
        versions: deque[IndexedDocument] = deque(maxlen=1)
        for event in rag.ingest(source, versions.append, cancelled=_NEVER):
            match event:
                case PageRead():
                    _progress(f"{event.file}: page {event.page} of {event.pages}")
                case Embedding() if event.total:
                    left = f", about {event.seconds_left:.0f} s left" if event.seconds_left else ""
                    _progress(f"{event.file}: {event.done} of {event.total} passages indexed{left}")
                case FileFinished():
                    _progress("")
                    yield event
        kept += [indexed for indexed in versions if indexed.index.chunks]


def _source(path: Path | SourceFile) -> SourceFile | FileFinished:
    if isinstance(path, SourceFile):
        return path
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as exc:
        why = message(
            "The file could not be opened ({why}). Check the path and that you may read it.", why=exc.strerror
        )
        return FileFinished(path.name, FileStatus.FAILED, why, 0, {}, 0, 0.0, 0.0)
    return SourceFile(digest, path.name, path)


def _documents(rag: Rag, files: Sequence[Path | SourceFile]) -> list[IndexedDocument]:
    """The searchable ones of `files`; what is wrong with the others is said on stderr. Raises FootnoteError if none."""
    documents: list[IndexedDocument] = []
    for finished in _read(rag, files, documents):
        if finished.reason:
            print(f"{plain(finished.file)}: {finished.reason}", file=sys.stderr)
    if not documents:
        raise FootnoteError("None of the files can be searched.")
    return documents


def _file_json(finished: FileFinished) -> dict[str, object]:
    return {
        "file": finished.file,
        "status": finished.status,
        "reason": str(finished.reason),
        "pages": finished.pages,
        "page_verdicts": {str(verdict): n for verdict, n in finished.page_verdicts.items()},
        "chunks": finished.chunks,
        "seconds": {"read": round(finished.read_s, 3), "embed": round(finished.embed_s, 3)},
    }


def _file_line(finished: FileFinished) -> str:
    if finished.status is FileStatus.FAILED:
        return f"✗ {plain(finished.file)}: {finished.reason}"
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in finished.page_verdicts.items())
    mark = "✓" if finished.status is FileStatus.READY else "◐"
    line = (
        f"{mark} {plain(finished.file)}: {finished.pages} pages ({verdicts}), {finished.chunks} passages; "
        f"read in {finished.read_s:.1f} s, indexed in {finished.embed_s:.1f} s"
    )
    return f"{line}\n  {finished.reason}" if finished.reason else line


# ------------------------------------------------------------------------------------------------ search


@dataclass(frozen=True, slots=True)
class Question:
    id: str
    text: str
    documents: tuple[str, ...]  # display names; empty: all


def _search(options: argparse.Namespace, wired: Wired) -> int:
    questions = [Question("1", options.question, ())] if options.question else _questions(options.questions)
    documents = _documents(wired.rag, chosen_files(options, wired.settings))
    for question in questions:
        asked = _of(documents, question.documents)
        found = wired.rag.search(question.text, asked, top_k=options.top_k, budget=options.budget)
        if options.json:
            _print_line(_search_json(question, found, asked))
        else:
            print(_search_text(question, found, asked))
    return 0


def _questions(path: Path) -> list[Question]:
    """The questions of a JSON-lines file. Raises FootnoteError, naming the line that is off."""
    questions = []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        raise FootnoteError("The questions in {path} could not be read: {exc}", path=path, exc=exc) from exc
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            question = Question(str(row["id"]), str(row["question"]), tuple(row.get("documents") or ()))
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            raise FootnoteError(
                '{path}, line {number}: expected {{"id", "question", "documents"}}.', path=path, number=number
            ) from exc
        questions.append(question)
    return questions


def _of(documents: Sequence[IndexedDocument], names: Sequence[str]) -> list[IndexedDocument]:
    wanted = {Path(name).name for name in names}
    return [document for document in documents if not wanted or document.document.name in wanted]


def _search_json(question: Question, found: SearchResult, documents: Sequence[IndexedDocument]) -> dict[str, object]:
    names = names_of(documents)
    passages = [
        {
            "document": names[passage.chunk.document_id],
            "page": passage.chunk.page,
            "start": passage.chunk.start,
            "end": passage.chunk.end,
            "text": passage.chunk.text,
            "score": round(passage.score, 6),
            "rank": passage.rank,
        }
        for passage in found.passages
    ]
    evidence = [
        {"marker": span.marker, "document": names[span.document_id], "page": span.page, "text": span.text}
        for span in found.evidence.spans
    ]
    return {
        "id": question.id,
        "question": question.text,
        "answerable": found.answerable,
        "passages": passages,
        "evidence": evidence,
        "evidence_tokens": found.evidence.tokens,
        "elapsed_ms": round(found.elapsed_s * 1000, 3),
    }


def _search_text(question: Question, found: SearchResult, documents: Sequence[IndexedDocument]) -> str:
    names, pages = names_of(documents), pages_of(documents)
    lines = [f"\n{question.text}"]
    if not found.answerable:
        lines.append("Nothing in the documents seems to speak to this. The closest passages:")
    for passage in found.passages:
        page = pages[passage.chunk.document_id, passage.chunk.page]
        where = f"{plain(names[passage.chunk.document_id])}, {page_name(page.number, page.label)}"
        lines.append(f"\n{passage.rank:>3}. {where}  (score {passage.score:.3f})")
        lines.append(_wrapped(passage.chunk.text, "     "))
    lines.append(f"\nEvidence: {len(found.evidence.spans)} passages, {found.evidence.tokens} tokens.")
    return "\n".join(lines)


# ------------------------------------------------------------------------------------------------ ask


def _ask(options: argparse.Namespace, wired: Wired) -> int:
    began = wired.rag.now()
    documents = _documents(wired.rag, chosen_files(options, wired.settings))
    ingest_s = wired.rag.now() - began
    if reason := wired.why_not(options.engine):
        print(reason, file=sys.stderr)
    last, told = None, ""
    for event in wired.rag.ask(
        options.question, documents, writers=lambda: wired.writers(options.engine), cancelled=_NEVER
    ):
        match event:
            case StageStarted() if event.passages_leave:
                if (line := _leaving_line(event)) != told:  # a model that is loaded first is announced again
                    _progress("")
                    print(line, file=sys.stderr)
                    told = line
            case StageStarted():
                _progress(_stage_line(event))
            case EngineChanged():
                _progress("")
                print(event.reason, file=sys.stderr)
        last = event
    _progress("")
    if not isinstance(last, AnswerFinished):
        raise TypeError("ask() ended without AnswerFinished")
    if options.json:
        _print_line(_answer_json(last, ingest_s))
    else:
        print("\n".join(_wrapped(line, "") for line in plain_answer(last.answer).splitlines()))
    return 0


def _batch(options: argparse.Namespace, wired: Wired) -> int:
    questions = listed_questions(options.questions, wired.settings)
    documents = _documents(wired.rag, chosen_files(options, wired.settings))
    if reason := wired.why_not(options.engine):
        print(reason, file=sys.stderr)
    turns = run_batch(options, wired, questions, documents, _progress)
    return int(all(turn.answer is None for turn in turns))


def _leaving_line(event: StageStarted) -> str:
    passages = "1 passage goes" if event.passages_leave == 1 else f"{event.passages_leave} passages go"
    return f"{passages} to {destination(event.engine, event.where)} ({plain(event.model)}) now."


def _stage_line(event: StageStarted) -> str:
    who = f" ({event.model})" if event.model else ""
    left = f", about {event.seconds_left:.0f} s" if event.seconds_left is not None else ""
    place = f", {event.position} ahead" if event.stage is Stage.WAITING and event.position else ""
    return f"{event.stage.capitalize()}{who}{place}{left} …"


def _answer_json(finished: AnswerFinished, ingest_s: float) -> dict[str, object]:
    answer, timings = finished.answer, finished.timings
    return {
        "question": answer.question,
        "answer": answer_with_markers(answer),
        "answerable": answer.answerable,
        "engine": answer.stats.backend,
        "model": answer.stats.model,
        "where": answer.stats.where,
        "sentences": [
            {
                "text": s.text,
                "citations": list(s.citations),
                "verdict": s.verdict,
                "reason": str(s.reason),
                "shown": not s.left_out,
            }
            for s in answer.sentences
        ],
        "citations": [_citation_json(citation) for citation in answer.citations],
        "direct": asdict(answer.direct) if answer.direct is not None else None,
        "finish_reason": answer.finish_reason,
        "notes": [str(note) for note in answer.notes],
        "evidence_tokens": finished.evidence_tokens,
        "prompt_tokens": answer.stats.prompt_tokens,
        "timings": {
            "ingest_s": round(ingest_s, 3),
            **{
                name: None if name not in timings else round(timings[name], 3)
                for name in ("search_s", "first_evidence_s", "first_token_s", "total_s")
            },
        },
    }


def _citation_json(citation: Citation) -> dict[str, object]:
    return {
        "marker": citation.marker,
        "document": citation.document,
        "page": citation.page,
        "page_label": citation.page_label,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "rects": [[round(edge, 2) for edge in rect] for rect in citation.rects],
    }


def _wrapped(text: str, indent: str) -> str:
    """Text from outside on a terminal: one paragraph, without control characters."""
    return textwrap.fill(plain(text), 100, initial_indent=indent, subsequent_indent=indent)


def _print_line(row: dict[str, object]) -> None:
    print(json.dumps(row, ensure_ascii=False), flush=True)


def _progress(line: str) -> None:
    """Redraw the one progress line of a terminal; a file or a pipe gets none of it."""
    if sys.stderr.isatty():
        print(f"\r\x1b[2K{plain(line)[:110]}", end="", file=sys.stderr, flush=True)
