"""Rows with Hebrew or Arabic in them, in the order they are read: the Unicode algorithm's outcome for whole words."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.pdf.lines import Row, Segment, right_to_left


def as_spoken(raw: str, row: Row) -> Row:
    """A row, left to right, with its segments in the order they are spoken.

    In a row of Hebrew or Arabic these go from the right, words of Latin letters with their numbers from the left; in
    any other row it is the other way round.
    """
    texts = {segment: raw[segment.start : segment.end] for segment in row}
    from_right = {segment: right_to_left(text) for segment, text in texts.items()}
    if len(row) < 2 or not any(from_right.values()):
        return row
    ours = sum(sum(map(right_to_left, text)) for segment, text in texts.items() if from_right[segment])
    letters = sum(sum(map(str.isalpha, text)) for text in texts.values())
    if 2 * ours > letters:
        strong = {s: not from_right[s] and any(map(str.isalpha, texts[s])) for s in row}
        return _with_runs_turned(row[::-1], from_right, strong)
    strong = from_right
    weak = {s: not from_right[s] and any(map(str.isalpha, texts[s])) for s in row}
    return _with_runs_turned(row, weak, strong)


def _with_runs_turned(row: Sequence[Segment], ends: dict[Segment, bool], strong: dict[Segment, bool]) -> Row:
    """Runs up to a segment that `ends` them turned round, where one of theirs is `strong`."""
    ordered: Row = []
    run: Row = []
    for segment in row:
        if ends[segment]:
            ordered += [*_turned(run, strong), segment]
            run = []
        else:
            run.append(segment)
    return ordered + _turned(run, strong)


def _turned(run: Row, strong: dict[Segment, bool]) -> Row:
    return run[::-1] if any(strong[segment] for segment in run) else run
