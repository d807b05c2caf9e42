"""Rows with Hebrew or Arabic in them, in the order they are read."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby, pairwise

from shared_utils.pdf.lines import Row, Segment, joint_of, right_to_left


def as_spoken(raw: str, row: Row) -> Row:
    """A row, left to right, with its segments in the order they are spoken.

    Where most letters are Hebrew or Arabic that is from the right, but for runs of Latin words with their numbers, as
    the Unicode Bidirectional Algorithm (UAX 9) lays them out. In any other row PDFium's order stands.
    """
    texts = {segment.start: raw[segment.start : segment.end] for segment in row}
    if len(row) < 2 or not any(map(right_to_left, texts.values())):
        return row
    letters = [char for text in texts.values() for char in text if char.isalpha()]
    if 2 * sum(map(right_to_left, letters)) <= len(letters):
        return sorted(row, key=_in_file)
    return _turned([replace(s, joint=joint) for s, joint in _with_joints(raw, row[::-1])], texts)


def _in_file(segment: Segment) -> int:
    return segment.start


def _with_joints(raw: str, row: Row) -> list[tuple[Segment, str | None]]:
    """Segments with what stands between each and the one before, where it is drawn."""
    return [(row[0], None), *((s, joint_of(raw, last, s)) for last, s in pairwise(row))]


def _turned(row: Row, texts: dict[int, str]) -> Row:
    """A row from the right, its runs of Latin words and numbers from the left; numbers alone stay.

    What stands between two neighbours stays there: the first of a turned run takes over what stood before its last.
    """
    ordered: Row = []
    for from_right, group in groupby(row, key=lambda segment: right_to_left(texts[segment.start])):
        run = list(group)
        if not from_right and any(any(map(str.isalpha, texts[segment.start])) for segment in run):
            joints = [run[0].joint, *(segment.joint for segment in run[:0:-1])]
            run = [replace(segment, joint=joint) for segment, joint in zip(run[::-1], joints, strict=True)]
        ordered += run
    return ordered
