"""What a follow-up's model reads: whether the gold page is among it, and how much of it is new to the server.

python -m benchmarks.read_on [--set FOLDER] [--write] [--misses]

The follow-ups of benchmarks/follow_ups.py, and every question of the set after another one of its document; once with
the evidence found for it alone, once with what the product has a model read: what the conversation has read already,
then what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.follow_ups import cases, neighbours
from benchmarks.model_answers import indexed
from benchmarks.retrieval import cell
from benchmarks.retrieval_set import Question, RetrievalSet, argument_parser, open_set, write_section
from benchmarks.shown import Ready
from shared_utils.types import Evidence
from src.answering.follow_up import cost_of, read_on
from src.answering.ingestion import IndexedDocument
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import wire


@dataclass(frozen=True, slots=True)
class Read:
    """A question that was asked after another: the shares of its gold pages, and tokens new to the server."""

    meant: Question
    asked: str
    alone: float
    read_on: float
    alone_new: int
    read_on_new: int
    same_page: bool  # as the question before


def main() -> None:
    parser = argument_parser((__doc__ or "").splitlines()[0])
    parser.add_argument("--every", type=int, default=1, help="of the questions that stand alone, each n-th")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    parser.add_argument("--misses", action="store_true", help="print those that lose a gold page")
    arguments = parser.parse_args()
    data = open_set(arguments)
    follow_ups = [(case.before, case.meant, case.asked) for case in cases(data)]
    others = [(before, question, question.question) for before, question in neighbours(data.questions)]
    others = others[:: arguments.every]
    with wire(Settings.from_env()) as wired:
        rag = replace(wired.rag, embedder=Ready(data.embedder))
        shelf: dict[str, IndexedDocument] = {}
        rows = [
            "| after another question | evidence | gold page in it | tokens new to the server, median |",
            "|---|---|---|---|",
        ]
        for name, triples in (("follow-ups", follow_ups), ("questions that stand alone", others)):
            read = list(measured(rag, data, shelf, triples))
            rows += lines(f"{len(read)} {name}", read)
            if name == "follow-ups":
                rows += lines("… on the page of the one before", [one for one in read if one.same_page])
                rows += lines("… on another page", [one for one in read if not one.same_page])
            for one in read:
                if arguments.misses and one.read_on < one.alone:
                    print(f"{one.meant.id[:16]} {one.alone:.2f} -> {one.read_on:.2f} | {one.asked}")
    print("\n".join(rows))
    if arguments.write:
        write_section("read-on", "\n".join([HEAD, *rows]))


def measured(
    rag: Rag,
    data: RetrievalSet,
    shelf: dict[str, IndexedDocument],
    triples: Iterable[tuple[Question, Question, str]],
) -> Iterator[Read]:
    for before, meant, asked in triples:
        documents = []
        for name in meant.documents:
            if name not in shelf:
                shelf[name] = indexed(data, name)
            documents.append(shelf[name])
        budget = rag.evidence_tokens  # a model's; quotes are picked from more
        first = rag.search(before.question, documents, budget=budget).evidence
        found = rag.search(asked, documents, history=[before.question], budget=budget)
        kept = found.evidence
        if first.spans and not (found.route.note or found.route.sides):
            kept = read_on(asked, [first], found.evidence, rag._best(found, documents))
        yield Read(
            meant,
            asked,
            gold(found.evidence, meant),
            gold(kept, meant),
            new_tokens(first, found.evidence),
            new_tokens(first, kept),
            bool(set(before.gold_pages) & set(meant.gold_pages)),
        )


def gold(evidence: Evidence, question: Question) -> float:
    """The share of the gold pages that a passage stands on, 0 … 1."""
    pages = {span.page for span in evidence.spans}
    return float(np.mean([page in pages for page in question.gold_pages]))


def new_tokens(first: Evidence, second: Evidence) -> int:
    """Of the passages behind those that both begin with."""
    same = 0
    for one, other in zip(first.spans, second.spans, strict=False):
        if (one.marker, one.document_id, one.page, one.start, one.end) != (
            other.marker,
            other.document_id,
            other.page,
            other.start,
            other.end,
        ):
            break
        same += 1
    return cost_of(second.spans[same:])


def lines(name: str, read: Sequence[Read]) -> list[str]:
    def line(what: str, shares: list[float], tokens: list[int]) -> str:
        return f"| {name} | {what} | {cell(shares)} | {np.median(tokens):.0f} |"

    return [
        line("found for it alone", [one.alone for one in read], [one.alone_new for one in read]),
        line("**read on**", [one.read_on for one in read], [one.read_on_new for one in read]),
    ]


HEAD = """## What a follow-up's model reads

`python -m benchmarks.read_on --write`: the share of gold pages that a passage of the prompt stands on, with 95 %
bootstrap intervals. Read on: what the conversation has read stays in front, and a seventh of the evidence's tokens is
added behind it.
"""

if __name__ == "__main__":
    main()
