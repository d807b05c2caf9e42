"""A search confined to some documents does not look at the passages of the others."""

from __future__ import annotations

from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.within import InDocuments, rows_within
from shared_utils.types import Chunk


def document(name: str) -> DocumentIndex:
    return build_index(name, [Chunk(f"{name}:{page}:0", name, page, 0, 4, "dues") for page in (1, 2, 3)])


def test_of_other_documents_no_passage_is_looked_at() -> None:
    looked_at: list[str] = []

    def on_late_pages(chunk: Chunk) -> bool:
        looked_at.append(chunk.document_id)
        return chunk.page > 1

    within = InDocuments({"a"}, on_late_pages)
    assert rows_within(document("a"), within).tolist() == [1, 2]
    assert rows_within(document("b"), within).tolist() == []
    assert set(looked_at) == {"a"}


def test_documents_alone_take_all_of_their_passages_and_nothing_confines_nothing() -> None:
    assert rows_within(document("a"), InDocuments({"a"})).tolist() == [0, 1, 2]
    assert rows_within(document("b"), InDocuments({"a"})).tolist() == []
    assert rows_within(document("a"), None).tolist() == [0, 1, 2]


def test_a_passage_is_accepted_by_its_document_and_by_what_else_is_asked() -> None:
    chunk = document("a").chunks[0]
    assert InDocuments({"a"})(chunk)
    assert not InDocuments({"b"})(chunk)
    assert not InDocuments({"a"}, lambda chunk: chunk.page == 2)(chunk)
