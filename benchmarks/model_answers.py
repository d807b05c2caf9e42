"""What of a small model's answers is shown: `python -m benchmarks.model_answers --out SENTENCES.jsonl`.

Needs a model server, named by FOOTNOTE_ENDPOINTS, and a retrieval set. Every question is asked of its own document;
each sentence of the model's answers is written with its verdict, its reason and the words it cites, and whether it was
left out, so that people can read them and say which hold. `--judged FILE` takes such a file in which "holds" was added
to the lines, and prints the shares.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.retrieval_set import Question, RetrievalSet, argument_parser, open_set
from benchmarks.shown import Ready
from shared_utils.chunking.chunker import chunk_pages
from shared_utils.types import Document, EngineKind
from src.answering.ingestion import IndexedDocument
from src.events import AnswerFinished
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import Wired, wire

_QUESTIONS = 60
_TELLING = 20  # characters of a sentence by which it is found again in what the model wrote


def main() -> None:
    parser = argument_parser((__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=_QUESTIONS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--judged", type=Path, help="print the shares of a file that was read")
    arguments = parser.parse_args()
    if arguments.judged:
        print("\n".join(shares([json.loads(line) for line in arguments.judged.read_text().splitlines() if line])))
        return
    write(open_set(arguments), arguments)


def write(data: RetrievalSet, arguments: argparse.Namespace) -> None:
    chosen = random.Random(arguments.seed).sample(data.questions, min(arguments.questions, len(data.questions)))
    with wire(Settings.from_env()) as wired, arguments.out.open("w", encoding="utf-8") as out:
        if not wired.writers():
            raise SystemExit("No model answers: name its server in FOOTNOTE_ENDPOINTS.")
        rag = replace(wired.rag, embedder=Ready(data.embedder))
        for number, question in enumerate(chosen, start=1):
            for line in lines(rag, wired, data, question):
                out.write(json.dumps(line, ensure_ascii=False) + "\n")
            out.flush()
            print(f"{number} of {len(chosen)}", flush=True)


def lines(rag: Rag, wired: Wired, data: RetrievalSet, question: Question) -> Iterator[dict[str, Any]]:
    """A line for each sentence of the answer; `by_model` tells the model's from the documents' own."""
    documents = [indexed(data, name) for name in question.documents]
    *_, last = rag.ask(question.question, documents, writers=wired.writers, cancelled=lambda: False)
    assert isinstance(last, AnswerFinished)
    answer = last.answer
    quotes = {citation.marker: citation.quote for citation in answer.citations}
    by_model = answer.stats.backend is not EngineKind.EXTRACTIVE  # its own sentences may lead even so
    written = " ".join(answer.raw_text.split())
    for sentence in answer.sentences:
        yield {
            "id": question.id,
            "question": question.question,
            "sentence": sentence.text,
            "verdict": sentence.verdict.value,
            "reason": str(sentence.reason),
            "left_out": sentence.left_out,
            "by_model": by_model and sentence.text[:_TELLING] in written,
            "cited": [quotes[marker] for marker in sentence.citations if marker in quotes],
        }


def indexed(data: RetrievalSet, name: str) -> IndexedDocument:
    """One document alone: a few questions need not wait for the whole set."""
    index = data.index(name, chunk_pages(name, data.pages[name]))
    return IndexedDocument(Document(name, name, name, data.pages[name]), data.folder / "pdfs" / name, index, True)


def shares(read: Sequence[dict[str, Any]]) -> list[str]:
    """Of what is shown, what holds; of what was left out, what would have held. Lines without "holds" count nowhere."""
    told = [line for line in read if isinstance(line.get("holds"), bool) and line["by_model"]]
    found = []
    for name, left_out in (("shown", False), ("left out", True)):
        lines_of = [line for line in told if line["left_out"] is left_out]
        held = sum(line["holds"] for line in lines_of)
        found.append(f"{name}: {held} of {len(lines_of)} hold ({100 * held / max(1, len(lines_of)):.0f} %)")
    return found


if __name__ == "__main__":
    main()
