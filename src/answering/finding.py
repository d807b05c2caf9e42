"""What is found for a question: the best passages, of each side where documents are compared, and the evidence."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.retrieval.evidence import NAME_TOKENS, select_evidence
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.retrieval.question import Glossary
from shared_utils.retrieval.search import search
from shared_utils.retrieval.sides import joined
from shared_utils.retrieval.spread import spread_evidence
from shared_utils.retrieval.within import rows_within
from shared_utils.types import Embedder, Evidence, Passage
from src.answering.compared_values import without_comparing
from src.answering.ingestion import IndexedDocument, pages_of
from src.answering.named_documents import without_names
from src.answering.routing import Route

_MOST_TOLD = 8  # documents that a summary has room for


def indexes_within(taken: Route, documents: Sequence[IndexedDocument]) -> list[DocumentIndex]:
    """Those of the documents that a question is not kept from: what stands in the others says nothing about it."""
    return [one.index for one in documents_within(taken, documents)]


def documents_within(taken: Route, documents: Sequence[IndexedDocument]) -> Sequence[IndexedDocument]:
    """Those of the documents that a question is not kept from: an answer reads their tables, and no others."""
    if taken.within is None:
        return documents
    return [one for one in documents if len(rows_within(one.index, taken.within))] or documents


def found_passages(
    taken: Route,
    documents: Sequence[IndexedDocument],
    embedder: Embedder | None,
    most: int,
    glossary: Glossary,
    neighbours: Neighbours | None = None,
) -> list[list[Passage]]:
    """The best passages of each side of a comparison, else those of all documents, `most` of each, best first."""
    titles = {d.document.id: f"{d.document.title} {d.document.name}" for d in documents}
    sides = [[d.index] for d in documents if d.document.id in taken.sides]
    searched = searched_for(taken, documents)

    def found(indexes: Sequence[DocumentIndex]) -> list[Passage]:
        return search(
            searched,
            indexes,
            titles,
            embedder,
            most,
            within=taken.within,
            glossary=glossary,
            neighbours=neighbours,
        )

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
        return _spread(taken, documents, budget)
    share = budget // len(found) - NAME_TOKENS if taken.sides else budget
    searched = searched_for(taken, documents)
    selected = [
        select_evidence(searched, of_side, pages, budget_tokens=share, embedder=embedder, glossary=glossary)
        for of_side in found
    ]
    return joined(selected, budget) if taken.sides else selected[0]


def searched_for(taken: Route, documents: Sequence[IndexedDocument]) -> str:
    """What each document is searched for: of a comparison, neither what they are called nor that it is one."""
    if not taken.sides:
        return taken.searched
    return without_comparing(without_names(taken.searched, [d for d in documents if d.document.id in taken.sides]))


def _spread(taken: Route, documents: Sequence[IndexedDocument], budget: int) -> Evidence:
    """Sentences from all over the part; where it has several documents, and few enough, as much room for each."""
    pages = pages_of(documents)
    of_each = [[one.index.chunks[row] for row in rows_within(one.index, taken.within)] for one in documents]
    spoken = [chunks for chunks in of_each if chunks]
    if not 1 < len(spoken) <= _MOST_TOLD:
        return spread_evidence([chunk for chunks in spoken for chunk in chunks], pages, budget_tokens=budget)
    share = budget // len(spoken) - NAME_TOKENS
    return joined([spread_evidence(chunks, pages, budget_tokens=share) for chunks in spoken], budget)
