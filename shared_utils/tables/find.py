"""The tables of a page: those with ruled fields first, then those that stand in columns between the text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shared_utils.tables.draft import Draft, DraftCell
from shared_utils.tables.halves import parts_of
from shared_utils.tables.labelled import labelled_blocks
from shared_utils.tables.lines import Line, holds, outside, spans_of, text_lines
from shared_utils.tables.meaning import (
    are_indented,
    head_rows,
    parents,
    parts_side_by_side,
    row_kinds,
    stub_columns,
    text_of,
)
from shared_utils.tables.model import PlacedPage, displayed
from shared_utils.tables.named_above import with_first_line_above, with_names_above
from shared_utils.tables.regions import regions
from shared_utils.tables.ruled import ruled_table
from shared_utils.tables.ruling import ruled_grids, straight_rules
from shared_utils.tables.surroundings import caption_of, captions_are_under, currency_of, scale_of
from shared_utils.tables.unruled import unruled_table
from shared_utils.tables.values_below import values_below
from shared_utils.types import Cell, Table

WORDS_AT_MOST = 6_000  # of a page; a dense one has 1,500


def find_tables(page: PlacedPage) -> tuple[Table, ...]:
    """The page's tables, top down. What cannot be understood as a table is left as the lines it is; so is a page of
    more words than anybody could read."""
    if len(page.words) > WORDS_AT_MOST:
        return ()
    lines, found = drafts(page)
    are_under = captions_are_under(lines, found)
    return tuple(_table(page, draft, lines, are_under) for draft in found)


def _table(page: PlacedPage, draft: Draft, lines: Sequence[Line], are_under: bool | None) -> Table:
    texts = {cell: text_of(cell) for cell in draft.cells}
    rows, columns = 1 + max(c.row_end for c in draft.cells), 1 + max(c.column_end for c in draft.cells)
    heads = 0 if draft.is_labelled else head_rows(draft, rows, texts)
    parts = parts_side_by_side(draft, heads, columns, texts)
    stubs = stub_columns(draft, heads, columns // len(parts), texts)
    kinds = row_kinds(draft, rows, heads, stubs, parts, texts)
    by_indent = stubs == 1 and len(parts) == 1 and are_indented(draft, heads)
    cells = tuple(_cell(page, c) for c in draft.cells)
    caption = caption_of(lines, draft, are_under)
    spans = spans_of(page.text, caption)
    caption_text = " ".join(page.text[span.start : span.end] for span in spans)
    return Table(
        cells=cells,
        rows=rows,
        columns=columns,
        rect=displayed(page, draft.box),
        head_rows=heads,
        stub_columns=stubs,
        parts=parts,
        kinds=kinds,
        parents=parents(draft, kinds, by_indent),
        caption=caption_text,
        caption_spans=spans,
        scale=scale_of(caption_text, lines, draft, heads, texts),
        currency=currency_of(caption_text, draft, heads, texts),
    )


def _cell(page: PlacedPage, cell: DraftCell) -> Cell:
    spans = spans_of(page.text, cell.pieces)
    text = " ".join(" ".join(page.text[span.start : span.end].split()) for span in spans)
    return Cell(cell.row, cell.row_end, cell.column, cell.column_end, text, spans, displayed(page, cell.box))


def drafts(page: PlacedPage) -> tuple[list[Line], list[Draft]]:
    """The page's lines, and its tables as cells of pieces, both top down."""
    level, upright = straight_rules(page.rules)
    barriers = [(rule.at, rule.start, rule.at, rule.end) for rule in upright]
    lines = text_lines(page, barriers)
    grids = [grid for grid in ruled_grids(level, upright) if len(grid.xs) > 2]
    ruled = (ruled_table(lines, grid) for grid in grids)
    found = [with_names_above(table, lines) for table in ruled if table is not None]
    boxes = [table.box for table in found]
    words = [word for word in page.words if not any(holds(box, word[2:]) for box in boxes)] if boxes else page.words
    for part in parts_of(page, words):
        is_whole = len(part) == len(words)
        own = outside(lines, boxes) if is_whole else text_lines(replace(page, words=tuple(part)), barriers)
        tables = (unruled_table(page, region, level) for region in regions(own, level, page))
        unruled = [with_first_line_above(table, own) for table in tables if table is not None]
        found += unruled
        rest = outside(own, [*boxes, *(table.box for table in unruled)])
        below = values_below(rest)
        found += [*below, *labelled_blocks(page, outside(rest, [table.box for table in below]))]
    return lines, sorted(found, key=lambda table: table.box[1])
