from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pypdf
import pypdfium2
import pytest

from shared_utils.errors import DocumentGone, UnreadablePdf
from src.presentation.annotated_pdf import annotated_copy
from src.presentation.escaping import plain
from tests.src.presentation.conversations import CARGO, FRANCE, SCRIPT, Conversation


def notes_of(data: bytes) -> list[tuple[int, dict[str, Any]]]:
    """(page, annotation), in the order of the pages."""
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    listed: list[tuple[int, Any]] = [(number, page.get("/Annots")) for number, page in enumerate(pages, start=1)]
    return [(number, dict(note.get_object())) for number, notes in listed for note in notes or []]


def words_under(data: bytes, page: int, note: dict[str, Any]) -> str:
    """What PDFium reads under the quadrilaterals of an upright page."""
    points = [float(value) for value in note["/QuadPoints"]]
    document = pypdfium2.PdfDocument(data)
    try:
        text = document[page - 1].get_textpage()
        lines = [
            text.get_text_bounded(left=quad[0], bottom=quad[5], right=quad[2], top=quad[1])
            for quad in (points[i : i + 8] for i in range(0, len(points), 8))
        ]
        return plain(" ".join(lines))
    finally:
        document.close()


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def test_every_citation_is_an_annotation_over_exactly_its_words(sample: Conversation) -> None:
    data = annotated_copy(sample.turns, sample.document.document.id, sample.pages)
    citations = [c for turn in sample.turns if turn.answer for c in turn.answer.citations]
    found = {str(note["/Contents"]).split("]")[0]: (page, note) for page, note in notes_of(data)}
    assert len(found) == len(citations)
    for number, citation in enumerate(citations, start=1):
        page, note = found[f"[{number}"]
        assert page == citation.page
        assert letters(words_under(data, page, note)) == letters(citation.quote)


def test_a_note_holds_the_question_and_what_the_answer_makes_of_the_words(sample: Conversation) -> None:
    data = annotated_copy(sample.turns, sample.document.document.id, sample.pages)
    contents = [str(note["/Contents"]) for _, note in notes_of(data)]
    assert (
        f"[1] {CARGO}\n\nNordhaven handled 2.84 million tonnes in 2025.\n\nTimber fell as the quay was rebuilt."
        in contents
    )
    refused = [text for text in contents if FRANCE in text]
    assert refused
    assert all("One of the closest passages" in text for text in refused)


def test_a_hostile_note_is_plain_text_without_marks_that_turn_it(hostile: Conversation) -> None:
    (page, note), *_ = notes_of(annotated_copy(hostile.turns, hostile.document.document.id, hostile.pages))
    assert page == 1
    assert SCRIPT in note["/Contents"]
    assert "/A" not in note
    assert "/RC" not in note  # rich text would be markup


def test_where_nothing_was_cited_or_found_no_copy_is_made(sample: Conversation) -> None:
    with pytest.raises(UnreadablePdf, match="nothing to highlight"):
        annotated_copy((), sample.document.document.id, sample.pages)
    with pytest.raises(UnreadablePdf, match="nothing to highlight"):
        annotated_copy(sample.turns, "0" * 64, sample.pages)


def test_a_document_that_was_removed_has_nothing_to_highlight(sample: Conversation) -> None:
    (turn, *_) = sample.turns
    assert turn.answer is not None
    gone = tuple(replace(c, document_id="0" * 64, rects=()) for c in turn.answer.citations)
    turns = [replace(turn, answer=replace(turn.answer, citations=gone))]
    with pytest.raises(UnreadablePdf, match="nothing to highlight"):
        annotated_copy(turns, "0" * 64, sample.pages)
    with pytest.raises(DocumentGone):
        sample.pages.file_path("0" * 64)
