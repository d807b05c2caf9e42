"""Answers that need neither a search nor a model: about the files, about what changed in an edition, and what a
numbered part is called."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.message import Message
from shared_utils.types import Answer
from src.answering.about_files import THE_FILES, about_files
from src.answering.edition_changes import THE_EDITIONS, about_changes
from src.answering.ingestion import IndexedDocument
from src.answering.part_titles import THE_HEADINGS, about_a_part


def told_outright(question: str, documents: Sequence[IndexedDocument]) -> tuple[Answer, Message] | None:
    """The answer and what it was looked for in; None where the documents have to be searched."""
    if (told := about_changes(question, documents)) is not None:
        return told, THE_EDITIONS
    if (told := about_files(question, documents)) is not None:
        return told, THE_FILES
    if (told := about_a_part(question, documents)) is not None:
        return told, THE_HEADINGS
    return None
