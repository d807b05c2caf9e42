"""A value that was looked up, as the first sentence of an answer: its row, its columns, what it counts, and where."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from shared_utils.message import literal, message
from shared_utils.retrieval.lookup import Fact, LookUp
from shared_utils.tables.paths import scale_at
from shared_utils.types import Answer, Cell, Citation, RowKind, Sentence, Span, Verdict

_AFTER_SIGN = re.compile(r"(?<=[$€£¥])\s+")


def with_look_up(answer: Answer, found: LookUp, names: Mapping[str, str]) -> Answer:
    """The answer, the value before it: "Total revenue, 2022: $17,606 (in millions)", cited to its row and its heads.

    What the answer quotes of the same row is left out.
    """
    places = _places(found)
    cited = [_citation(number, found, place, names) for number, place in enumerate(places, start=1)]
    kept = [sentence for sentence in answer.sentences if not _quotes(sentence, answer.citations, cited[0])]
    shifted = {c.marker: len(cited) + n for n, c in enumerate(_still_cited(answer, kept), start=1)}
    words = in_words(found)
    value = Sentence(
        text=words,
        citations=tuple(citation.marker for citation in cited),
        verdict=Verdict.SUPPORTED,
        reason=message("read off the table, word for word"),
        said=literal(words),
    )
    others = [
        replace(s, citations=tuple(shifted[m] for m in s.citations if m in shifted), paragraph=s.paragraph + 1)
        for s in kept
    ]
    moved = [replace(c, marker=shifted[c.marker]) for c in answer.citations if c.marker in shifted]
    sentences = (value, *others)
    return replace(
        answer,
        sentences=sentences,
        citations=(*cited, *moved),
        raw_text="\n".join(s.text + " " + "".join(f"[{marker}]" for marker in s.citations) for s in sentences),
    )


def in_words(found: LookUp) -> str:
    """One line: the row's labels, its values under their heads, and what they count."""
    scale = scale_at(found.table, found.facts[0].value)
    counted = f" ({scale.text})" if scale else ""
    labels = ", ".join(filter(None, (_plain(cell.text) for cell in found.facts[0].labels)))
    if len(found.facts) == 1:
        return f"{', '.join(filter(None, (labels, _heads(found.facts[0]))))}: {_value(found.facts[0])}{counted}"
    values = (f"{_heads(fact)} {_value(fact)}".strip() for fact in found.facts)
    return f"{labels}: {' · '.join(values)}{counted}"


def _heads(fact: Fact) -> str:
    return " ".join(_plain(cell.text) for cell in fact.heads)


def _value(fact: Fact) -> str:
    return _AFTER_SIGN.sub("", " ".join(fact.value.text.split()))


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(" :,")


def _places(found: LookUp) -> list[Span]:
    """The row as far as its last value, then each name over a value once: of those that stand on the page."""
    row = found.facts[0].value.row
    own = [cell for fact in found.facts for cell in (*fact.labels, fact.value) if cell.row <= row <= cell.row_end]
    start = min(span.start for cell in own for span in cell.spans)
    end = max(span.end for cell in own for span in cell.spans)
    others = [cell for cell in found.table.cells if not cell.row <= row <= cell.row_end]
    is_one_stretch = not any(start < span.start < end for cell in others for span in cell.spans)
    of_row = [Span(start, end)] if is_one_stretch else sorted({_whole(cell) for cell in own}, key=_start)
    here = [cell for cell in found.table.cells if cell.spans]
    heads = {_whole(cell) for fact in found.facts for cell in fact.heads if cell in here}
    groups = {_whole(cell) for fact in found.facts for cell in fact.labels if cell in here and cell not in own}
    body = [span.start for cell in here for span in cell.spans if found.table.kinds[cell.row] is not RowKind.HEAD]
    return [*of_row, *_together(heads, body), *sorted(groups, key=_start)]


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


def _citation(marker: int, found: LookUp, place: Span, names: Mapping[str, str]) -> Citation:
    return Citation(
        marker=marker,
        document_id=found.document_id,
        document=names.get(found.document_id, found.document_id),
        page=found.page.number,
        page_label=found.page.label,
        quote=found.page.text[place.start : place.end],
        start=place.start,
        end=place.end,
    )


def _quotes(sentence: Sentence, citations: Sequence[Citation], row: Citation) -> bool:
    """Whether a sentence is a quote of that row."""
    return any(
        c.marker in sentence.citations
        and (c.document_id, c.page) == (row.document_id, row.page)
        and row.start <= c.start
        and c.start < row.end
        for c in citations
    )


def _still_cited(answer: Answer, kept: Sequence[Sentence]) -> list[Citation]:
    markers = {marker for sentence in kept for marker in sentence.citations}
    return [citation for citation in answer.citations if citation.marker in markers]
