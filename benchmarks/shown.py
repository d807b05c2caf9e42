"""Is the answer there? What is shown without a language model, against right answers: `make bench-answers`.

python -m benchmarks.shown [--set FOLDER] [--kinds FILE] [--out ANSWERS.jsonl] [--misses N] [--write]

Every question is asked of its own document, through the product's own search, gate and answer. It counts as shown where
the things shown together hold the right answer, as first where the first does: every number of a numeric answer, else
60 % of the answer's content words. FILE tells which kind each question is.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.retrieval_set import DEFAULT_SET, Question, RetrievalSet, argument_parser, open_set, write_section
from shared_utils.types import Answer, Document, Embedder
from src.answering.ingestion import IndexedDocument
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag

KINDS = DEFAULT_SET.parent / "answers-dev" / "kinds.json"
_INTRODUCTION = """## Is the answer shown?

`make bench-answers`: what a person is shown without a language model, one document asked, development part. An answer
counts as shown where the things shown hold it, as first where the first does.

"""
YES_NO = "yes/no"
WITHOUT_VALUE = ("unanswerable",)
_NUMBER = re.compile(r"\d[\d,]*\.?\d*")
_NUMERIC = re.compile(r"[\s$€£%\d.,()-]+( ?(million|billion|%|percent|years?|days?|months?|hours?|minutes?))?\.?")
_STOP = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "in",
        "to",
        "and",
        "or",
        "is",
        "are",
        "was",
        "were",
        "be",
        "by",
        "for",
        "on",
        "with",
        "as",
        "at",
        "from",
        "that",
        "this",
        "it",
        "its",
        "not",
        "will",
        "can",
        "may",
        "which",
        "who",
        "what",
        "when",
        "how",
        "does",
        "do",
        "did",
        "has",
        "have",
        "had",
        "their",
        "they",
        "if",
        "you",
        "your",
        "also",
        "per",
    ]
)


@dataclass(frozen=True, slots=True)
class Ready:
    """An embedder that is there already."""

    embedder: Embedder

    def start(self) -> None:
        pass

    def ready(self) -> Embedder:
        return self.embedder

    def wait(self) -> Embedder:
        return self.embedder


@dataclass
class Kind:
    """Of one kind of question: how many there are, what a person saw of the right answers, how many were refused. Of a
    yes or no, the first thing shown has to say the right word."""

    asked: int = 0
    shown: int = 0
    first: int = 0
    refused: int = 0
    misses: list[str] = field(default_factory=list)


def main() -> None:
    parser = argument_parser(__doc__ or "")
    parser.add_argument("--kinds", type=Path, default=KINDS)
    parser.add_argument("--out", type=Path, help="write what was shown, a line a question")
    parser.add_argument("--misses", type=int, default=0, help="print so many of each kind")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    data, kinds = open_set(arguments), json.loads(arguments.kinds.read_text())
    answers = {row["id"]: row["answer"] for row in _rows(arguments.set / "questions.jsonl")}
    rag = replace(build_rag(Settings()), embedder=Ready(data.embedder))
    seconds: list[float] = []
    table: dict[str, Kind] = defaultdict(Kind)
    lines = []
    for question in (*data.questions, *data.unanswerable):
        began = time.perf_counter()
        answer = ask(rag, data, question)
        seconds.append(time.perf_counter() - began)
        items = [sentence.text for sentence in answer.sentences]
        lines.append(json.dumps({"id": question.id, "items": items, "answerable": answer.answerable}))
        kind = kinds.get(question.id, f"unanswerable: {question.kind}")
        _count(table[kind], kind, answers.get(question.id, ""), items, answer.answerable, question.question)
    rag.viewer.close()
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    told = rows(table, seconds)
    print("\n".join(told))
    for kind, seen in sorted(table.items()):
        print("\n".join(f"\n{kind}: {miss}" for miss in seen.misses[: arguments.misses]))
    if arguments.write:
        write_section("shown", _INTRODUCTION + "\n".join(told))


def ask(rag: Rag, data: RetrievalSet, question: Question) -> Answer:
    """What a person is shown who asks this of its document, without a language model."""
    documents = [indexed(data, name) for name in question.documents]
    *_, last = rag.ask(question.question, documents, writers=tuple, cancelled=lambda: False)
    assert isinstance(last, AnswerFinished)
    return last.answer


def indexed(data: RetrievalSet, name: str) -> IndexedDocument:
    document = Document(name, name, name, data.pages[name])
    return IndexedDocument(document, data.folder / "pdfs" / name, data.indexes[name], complete=True)


def holds(answer: str, text: str) -> bool:
    """Whether a text holds a right answer.

    >>> holds("1,234", "It was $1234 million."), holds("the port of Hamburg", "In Hamburg's port."), holds("12", "123")
    (True, True, False)
    """
    answer = answer.strip()
    if _NUMERIC.fullmatch(answer.lower()) and _numbers(answer):
        return _numbers(answer) <= _numbers(text)
    asked = _words(answer)
    return bool(asked) and len(asked & _words(text)) >= 0.6 * len(asked)


def rows(table: dict[str, Kind], seconds: Sequence[float]) -> list[str]:
    found = ["| kind | n | shown | first | refused |", "|---|---:|---:|---:|---:|"]
    for kind, seen in sorted(table.items()):
        shown, first = (f"{share / seen.asked:.2f}" for share in (seen.shown, seen.first))
        if kind.startswith(WITHOUT_VALUE):
            shown = first = "–"
        found.append(f"| {kind} | {seen.asked} | {shown} | {first} | {seen.refused / seen.asked:.2f} |")
    median, most = np.percentile(np.array(seconds), [50, 95]) * 1000
    return [*found, "", f"A question took {median:.0f} ms at the median, {most:.0f} ms at p95."]


def _count(seen: Kind, kind: str, answer: str, items: Sequence[str], answerable: bool, question: str) -> None:
    seen.asked += 1
    seen.refused += not answerable
    if kind.startswith(WITHOUT_VALUE):
        return
    if kind == YES_NO:
        is_right = bool(answerable and items and items[0].lower().startswith(answer.strip().lower()[:3] or "?"))
        seen.shown += is_right
        seen.first += is_right
        if not is_right:
            seen.misses.append(f"{question}\n  {answer}\n  {items[:2]}")
        return
    shown = answerable and holds(answer, "\n".join(items))
    seen.shown += shown
    seen.first += bool(shown and items and holds(answer, items[0]))
    if not shown:
        seen.misses.append(f"{question}\n  {answer}\n  {items[:2]}")


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "").rstrip(".") for number in _NUMBER.findall(text)}


def _words(text: str) -> set[str]:
    return {word.strip(".,") for word in re.findall(r"[a-z0-9][a-z0-9.,%-]*", text.lower())} - _STOP - {""}


def _rows(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
