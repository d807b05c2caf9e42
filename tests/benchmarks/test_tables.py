"""The competition's measure on tables small enough to check by hand."""

from __future__ import annotations

from benchmarks.tables import Field, Score, compare, pairs


def field(row: int, column: int, text: str, row_end: int | None = None, column_end: int | None = None) -> Field:
    return {
        "row": row,
        "row_end": row if row_end is None else row_end,
        "column": column,
        "column_end": column if column_end is None else column_end,
        "text": text,
    }


def test_neighbours_are_to_the_right_and_below_with_blanks_skipped() -> None:
    found = pairs([field(0, 0, "a"), field(0, 2, "b"), field(2, 0, "c")])
    assert set(found) == {("a", "b", "right"), ("a", "c", "down")}


def test_a_merged_cell_has_every_neighbour_once() -> None:
    found = pairs([field(0, 0, "head", column_end=1), field(1, 0, "x"), field(1, 1, "y")])
    assert found == {("head", "x", "down"): 1, ("head", "y", "down"): 1, ("x", "y", "right"): 1}


def test_a_table_that_matches_none_counts_against_precision() -> None:
    cells = [field(0, 0, "a"), field(0, 1, "b")]
    true = {"page": 1, "cells": cells}
    assert compare([true], [(1, cells), (2, cells)]) == Score(hit=1, want=1, got=2)
    assert compare([true], []).f1 == 0.0
