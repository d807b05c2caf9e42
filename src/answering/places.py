"""Values of a table in words, and where they stand: their row, and the names over their columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from shared_utils.retrieval.table_rows import Fact
from shared_utils.tables.paths import scale_at
from shared_utils.text.quantities import quantities
from shared_utils.types import Cell, Citation, Page, RowKind, Span, Table

_OF_PEOPLE = re.compile(
    r"\b(?:staff|employees|headcount|workforce|people|mitarbeit\w*|beschäftigte\w*)\b", re.IGNORECASE
)
_OF_MONEY = re.compile(r"[$€£¥]|\b(?:dollars?|euros?|usd|eur|gbp)\b", re.IGNORECASE)
_FIGURE = re.compile(r"[\d\s.,$€£¥%()+−-]+")
_AFTER_SIGN = re.compile(r"(?<=[$€£¥])\s+")


def in_words(table: Table, facts: Sequence[Fact]) -> str:
    """One line: the row's labels, its values under their heads, and what they count."""
    scale = scale_of(table, facts[0])
    counted = f" ({scale})" if scale else ""
    if len(facts) == 1:
        return f"{name_of(facts[0])}: {printed(facts[0])}{counted}"
    values = (f"{_heads(fact)} {printed(fact)}".strip() for fact in facts)
    return f"{name_of(facts[0], heads=False)}: {' · '.join(values)}{counted}"


def name_of(fact: Fact, *, heads: bool = True) -> str:
    """The labels of a value, those of its groups first, and the names over it."""
    labels = [_plain(cell.text) for cell in fact.labels]
    return ", ".join(filter(None, [*labels, _heads(fact) if heads else ""]))


def printed(fact: Fact) -> str:
    """The value as it stands there, its sign of currency before it."""
    return _AFTER_SIGN.sub("", " ".join(fact.value.text.split()))


def scale_of(table: Table, fact: Fact) -> str:
    """What a value counts, as said beside it ("billion") or over the table ("in millions"); "" where it is not."""
    own = next((q for q in quantities(fact.value.text) if q.scaled), None)
    if own is not None:
        said = _FIGURE.sub("", own.text).strip()
        return said if any(map(str.isalpha, said)) else ""  # "1.5 × 10⁻³" is all figure
    scale = scale_at(table, fact.value)
    if scale is None or (_OF_PEOPLE.search(name_of(fact, heads=False)) and _OF_MONEY.search(scale.text)):
        return ""  # "$ in millions" over a table says nothing of its line "Total staff"
    return scale.text


def places(page: Page, table: Table, facts: Sequence[Fact]) -> list[Span]:
    """The row as far as its last value, then each name over a value once: of those that stand on the page."""
    row = facts[0].value.row
    own = [cell for fact in facts for cell in (*fact.labels, fact.value) if cell.row <= row <= cell.row_end]
    start = min(span.start for cell in own for span in cell.spans)
    end = max(span.end for cell in own for span in cell.spans)
    others = [cell for cell in table.cells if not cell.row <= row <= cell.row_end]
    is_one_stretch = not any(start < span.start < end for cell in others for span in cell.spans)
    of_row = [Span(start, end)] if is_one_stretch else sorted({_whole(cell) for cell in own}, key=_start)
    is_here = table.before is not None and any(each.cells == table.before.cells for each in page.tables)
    before = table.before.cells if table.before is not None and is_here else ()
    here = [cell for cell in (*table.cells, *before) if cell.spans]
    heads = {_whole(cell) for fact in facts for cell in fact.heads if cell in here}
    groups = {_whole(cell) for fact in facts for cell in fact.labels if cell in here and cell not in own}
    body = [s.start for c in table.cells for s in c.spans if table.kinds[c.row] is not RowKind.HEAD]
    return [*of_row, *_together(heads, body), *sorted(groups, key=_start)]


def citations_of(found: Sequence[tuple[str, Page, Span]], names: Mapping[str, str]) -> list[Citation]:
    """Citations of these places, (document id, page, span), numbered from 1. `names` are those of documents."""
    cited = []
    for marker, (document_id, page, span) in enumerate(found, start=1):
        cited.append(
            Citation(
                marker=marker,
                document_id=document_id,
                document=names.get(document_id, document_id),
                page=page.number,
                page_label=page.label,
                quote=page.text[span.start : span.end],
                start=span.start,
                end=span.end,
            )
        )
    return cited


def _heads(fact: Fact) -> str:
    return " ".join(_plain(cell.text) for cell in fact.heads)


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(" :,")


def _together(heads: Collection[Span], body: Collection[int]) -> list[Span]:
    """The names over a value as one stretch, where no other part of the table stands between them on the page."""
    if not heads:
        return []
    start, end = min(head.start for head in heads), max(head.end for head in heads)
    is_one_stretch = not any(start < other < end for other in body)
    return [Span(start, end)] if is_one_stretch else sorted(heads, key=_start)


def _whole(cell: Cell) -> Span:
    return Span(cell.spans[0].start, cell.spans[-1].end)


def _start(span: Span) -> int:
    return span.start
