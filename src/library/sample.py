"""The report a first visit can try: invented, four pages, drawn by tests/sample_report.py."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from src.i18n import Say, phrase

_SAMPLE = Path(__file__).with_name("sample_report.pdf")
_QUESTIONS = (
    phrase("How long did the storm of 14 January close the gates?"),
    phrase("How did offshore wind parts develop from 2023 to 2025?"),
    phrase("Where does the surplus of 2025 go?"),
)


def sample_pdf() -> tuple[str, bytes]:
    """Its display name and its bytes."""
    return "Nordhaven annual report 2025.pdf", _SAMPLE.read_bytes()


@cache
def sample_id() -> str:
    """The id of the document it becomes: the sha256 of its bytes."""
    return hashlib.sha256(_SAMPLE.read_bytes()).hexdigest()


def sample_questions(say: Say) -> tuple[str, ...]:
    """Three that show what an answer looks like: a sentence, a row of a table, a place."""
    return tuple(say(text) for text in _QUESTIONS)
