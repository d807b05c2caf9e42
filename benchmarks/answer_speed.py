"""What an answer costs without a language model: `python -m benchmarks.answer_speed [--passages N] [--every N]`.

The same questions are asked of their own document, and of a library that documents of the set are put into until N
passages are reached: the CPU time of the whole way, from the question to the answer with its footnotes; what the child
process that knows where words are drawn takes comes on top. The indexes are kept in files, as the product keeps them.

--out ANSWERS.jsonl writes the answers whole, --same ANSWERS.jsonl tells which differ from those of a run before.
"""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.retrieval_set import Question, RetrievalSet, argument_parser, open_set, write_section
from benchmarks.shown import Ready, indexed
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.kept_index import open_index, save_index
from shared_utils.types import Answer
from src.answering.ingestion import IndexedDocument
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag

PASSAGES = 10_000
BAR_MS = 300


def main() -> None:
    parser = argument_parser(__doc__ or "")
    parser.add_argument("--passages", type=int, default=PASSAGES)
    parser.add_argument("--every", type=int, default=1, help="ask every so many of the questions only")
    parser.add_argument("--out", type=Path, help="write the answers, a line each")
    parser.add_argument("--same", type=Path, help="answers of a run before: tell which are not the same")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    data = open_set(arguments)
    rag = replace(build_rag(Settings()), embedder=Ready(data.embedder))
    with TemporaryDirectory() as folder:
        documents = library(data, arguments.passages, Path(folder))
        asked = [q for q in (*data.questions, *data.unanswerable) if q.documents[0] in documents][:: arguments.every]
        rows = [
            "| asked of | passages | questions | median | 95 % within | at most | bar |",
            "|---|---:|---:|---:|---:|---:|---:|",
        ]
        lines: list[str] = []
        gc.collect()
        gc.freeze()  # the whole set, which no server holds: a collection of it took half a second of three answers
        for name, whole in (("its own document", False), ("a library", True)):
            told = list(timed(rag, asked, documents, whole=whole))
            lines += [json.dumps({"of": name, "question": q.id, **as_data(answer)}) for q, answer, _ in told]
            passages = sum(len(one.index.chunks) for one in documents.values()) if whole else 0
            rows.append(row(name, passages, [seconds for _, _, seconds in told]))
            print(rows[-1], flush=True)
    rag.viewer.close()
    if arguments.out:
        arguments.out.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if arguments.same:
        before = arguments.same.read_text(encoding="utf-8").splitlines()
        differ = [json.loads(line)["question"] for line in lines if line not in set(before)]
        print(f"{len(lines) - len(differ)} of {len(lines)} answers are the same; not: {', '.join(differ) or 'none'}")
    if arguments.write:
        head = (
            "## What an answer costs without a language model\n\n`python -m benchmarks.answer_speed --write`, CPU "
            "time, one core.\n\n"
        )
        write_section("answer-speed", head + "\n".join(rows))


def library(data: RetrievalSet, passages: int, folder: Path) -> dict[str, IndexedDocument]:
    """Documents by name, their indexes opened from files, until there are so many passages."""
    found: dict[str, IndexedDocument] = {}
    reached = 0
    for name in sorted(data.pages):
        if reached < passages:
            found[name] = replace(indexed(data, name), index=kept(data.indexes[name], folder))
            reached += len(found[name].index.chunks)
    return found


def kept(index: DocumentIndex, folder: Path) -> DocumentIndex:
    """The same index as it comes back from its file."""
    file = folder / f"{index.document_id}.index"
    save_index(file, index, "")
    opened = open_index(file, index.document_id, "")
    assert opened is not None
    return opened if index.vectors is None else opened.with_vectors(index.vectors)


def timed(
    rag: Rag, questions: Sequence[Question], documents: dict[str, IndexedDocument], *, whole: bool
) -> Iterator[tuple[Question, Answer, float]]:
    """Each question, its answer and the CPU seconds it took."""
    for question in questions:
        among = list(documents.values()) if whole else [documents[question.documents[0]]]
        began = time.process_time()
        *_, last = rag.ask(question.question, among, writers=tuple, cancelled=lambda: False)
        seconds = time.process_time() - began
        assert isinstance(last, AnswerFinished)
        yield question, last.answer, seconds


def row(name: str, passages: int, seconds: Sequence[float]) -> str:
    middle, late, most = np.percentile(np.array(seconds), [50, 95, 100]) * 1000
    size = f"{passages:,}" if passages else "–"
    here = f"{middle:.0f} ms | {late:.0f} ms | {most:.0f} ms"
    return f"| {name} | {size} | {len(seconds)} | {here} | {BAR_MS} ms |"


def as_data(answer: Answer) -> dict[str, Any]:
    """All that is shown of an answer."""
    shown = {name: value for name, value in asdict(answer).items() if name != "stats"}  # which hold the time it took
    plain: dict[str, Any] = json.loads(json.dumps(shown, default=str, sort_keys=True))
    return plain


if __name__ == "__main__":
    main()
