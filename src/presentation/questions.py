"""A list of questions out of what a person pastes or uploads: a line each, or the `question` column of a table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from shared_utils.errors import QuestionError
from src.presentation.escaping import plain

BYTES_AT_MOST = 1_000_000
_COLUMNS = frozenset({"question", "questions", "frage", "fragen"})
_DELIMITERS = (",", ";", "\t", "|")
_NOBODY_WRITES = "\x1f"  # parts nothing: a table of one column
_LIST_ITEM = re.compile(r"^\s*(?:[-*•]|\d{1,3}[.)])\s+")


def questions_from(source: str | bytes, *, most: int, max_chars: int) -> tuple[str, ...]:
    """The questions in the order they stand, blank lines and repetitions left out.

    `source` is pasted text, or the bytes of a text or CSV file in UTF-8, UTF-16 or, failing these, Windows-1252.
    At most `most` are taken, none longer than `max_chars` characters. Raises QuestionError, in a sentence, where it is
    not a list of questions that can be asked.
    """
    if len(source) > BYTES_AT_MOST:
        raise QuestionError("This list is larger than 1 MB. Split it into several.")
    text = source if isinstance(source, str) else _decoded(source)
    found = list(_distinct(_lines(text)))
    if not found:
        raise QuestionError("There is no question in this list. Write one a line, or a table with a column “question”.")
    if len(found) > most:
        raise QuestionError(
            "This list has {found:,} questions; at most {most:,} are taken. Split it.", found=len(found), most=most
        )
    for number, question in enumerate(found, start=1):
        if len(question) > max_chars:
            raise QuestionError(
                "Question {number:,} of this list has {question:,} characters; at most {max_chars:,} can be "
                "taken. Shorten it.",
                number=number,
                question=len(question),
                max_chars=max_chars,
            )
    return tuple(found)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in data:
        encodings = ()
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise QuestionError("This is not a text file. Save the questions as plain text or as CSV, and choose that file.")


def _lines(text: str) -> Iterable[str]:
    text = text.removeprefix("\ufeff").lstrip()
    head = text.split("\n", 1)[0]
    for delimiter in [*(sign for sign in _DELIMITERS if sign in head), _NOBODY_WRITES]:
        names = [name.strip().strip('"').casefold() for name in head.split(delimiter)]
        column = next((i for i, name in enumerate(names) if name in _COLUMNS), None)
        if column is not None:
            return _column(text, delimiter, column)
    return (_LIST_ITEM.sub("", line, count=1) for line in text.splitlines())


def _column(text: str, delimiter: str, column: int) -> Sequence[str]:
    csv.field_size_limit(BYTES_AT_MOST)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as exc:
        raise QuestionError("This table could not be read ({exc}). Save it as CSV again.", exc=exc) from exc
    return [row[column] for row in rows[1:] if len(row) > column]


def _distinct(lines: Iterable[str]) -> Iterable[str]:
    """Those that ask something, each once, as one line."""
    seen = set()
    for line in lines:
        question = plain(line)
        key = question.casefold()
        if key not in seen and any(character.isalnum() for character in question):
            seen.add(key)
            yield question
