"""Rows with Hebrew or Arabic in them, in the order they are read."""

from __future__ import annotations

from shared_utils.pdf.lines import Row, Segment, right_to_left


def as_spoken(raw: str, row: Row) -> Row:
    """A row, left to right, with its segments in the order they are spoken.

    Where most letters are Hebrew or Arabic that is from the right, but for runs of Latin words with their numbers, as
    the Unicode Bidirectional Algorithm (UAX 9) lays them out. In any other row PDFium's order stands.
    """
    texts = {segment: raw[segment.start : segment.end] for segment in row}
    from_right = {segment: right_to_left(text) for segment, text in texts.items()}
    if len(row) < 2 or not any(from_right.values()):
        return row
    letters = [char for text in texts.values() for char in text if char.isalpha()]
    if 2 * sum(map(right_to_left, letters)) <= len(letters):
        return sorted(row, key=_in_file)
    ordered: Row = []
    run: Row = []
    for segment in reversed(row):
        if from_right[segment]:
            ordered += [*_as_latin(run, texts), segment]
            run = []
        else:
            run.append(segment)
    return ordered + _as_latin(run, texts)


def _in_file(segment: Segment) -> int:
    return segment.start


def _as_latin(run: Row, texts: dict[Segment, str]) -> Row:
    """Segments that came from the right, from the left where there are words among them: numbers alone stay."""
    return run[::-1] if any(any(map(str.isalpha, texts[segment])) for segment in run) else run
