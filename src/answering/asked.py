"""What can be asked at all."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.errors import QuestionError
from src.answering.ingestion import IndexedDocument


def checked_question(question: str, max_chars: int, documents: Sequence[IndexedDocument]) -> str:
    """The question without blanks around it. Raises QuestionError with a sentence for the person."""
    question = question.strip()
    if not any(character.isalnum() for character in question):
        raise QuestionError("There is no question yet. Type what you would like to know.")
    if len(question) > max_chars:
        raise QuestionError(
            "This question has {n:,} characters; at most {limit:,} can be taken. Shorten it, or split it "
            "into several questions.",
            n=len(question),
            limit=max_chars,
        )
    if not documents:
        raise QuestionError("There is no document to ask yet. Add a PDF, or wait until its first page has been read.")
    return question
