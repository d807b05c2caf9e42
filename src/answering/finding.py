"""What is found for a question: the best passages, of each side where documents are compared, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.retrieval.evidence import NAME_TOKENS, select_evidence
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.question import Glossary
from shared_utils.retrieval.search import search
from shared_utils.retrieval.sides import joined
from shared_utils.retrieval.spread import spread_evidence
from shared_utils.types import Embedder, Evidence, Passage
from src.answering.ingestion import IndexedDocument, pages_of
from src.answering.routing import Route


def found_passages(
    taken: Route, documents: Sequence[IndexedDocument], embedder: Embedder | None, most: int, glossary: Glossary
) -> list[list[Passage]]:
    """The best passages of each side of a comparison, else those of all documents, `most` of each, best first."""
    titles = {d.document.id: f"{d.document.title} {d.document.name}" for d in documents}
    sides = [[d.index] for d in documents if d.document.id in taken.sides]

    def found(indexes: Sequence[DocumentIndex]) -> list[Passage]:
        return search(taken.searched, indexes, titles, embedder, most, within=taken.within, glossary=glossary)

    return [found(indexes) for indexes in sides or [[d.index for d in documents]]]


def evidence_of(
    taken: Route,
    found: Sequence[Sequence[Passage]],
    documents: Sequence[IndexedDocument],
    embedder: Embedder | None,
    budget: int,
    glossary: Glossary,
) -> Evidence:
    """What the model may read: from all over, from each side of a comparison, or from the best passages."""
    pages = pages_of(documents)
    if taken.spreads:
        chunks = [chunk for d in documents for chunk in d.index.chunks if not taken.within or taken.within(chunk)]
        return spread_evidence(chunks, pages, budget_tokens=budget)
    share = budget // len(found) - NAME_TOKENS if taken.sides else budget
    selected = [
        select_evidence(taken.searched, of_side, pages, budget_tokens=share, embedder=embedder, glossary=glossary)
        for of_side in found
    ]
    return joined(selected, budget) if taken.sides else selected[0]
