"""A page as bytes and back, exactly: what is drawn where must survive as well as the words."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence

from shared_utils.message import as_json, from_json
from shared_utils.storage.table_codec import decoded_table, encoded_table
from shared_utils.types import GlyphRun, Heading, OutlineEntry, Page, PageVerdict, Span, WordBox

_LEVEL = 1  # of zlib: pages are written while they are read, and higher levels cost more time than they save space


def encode_page(page: Page) -> bytes:
    """zlib over JSON. Small records become rows of numbers: a page of OCR has hundreds of them."""
    record = {
        "number": page.number,
        "label": page.label,
        "text": page.text,
        "verdict": page.verdict.value,
        "reason": as_json(page.reason),
        "width": page.width,
        "height": page.height,
        "reader": page.reader,
        "runs": [(run.text_start, run.glyph_start, run.length) for run in page.runs],
        "word_boxes": [(box.start, box.end, box.rect) for box in page.word_boxes],
        "boilerplate": _span_rows(page.boilerplate),
        "hidden": _span_rows(page.hidden),
        "headings": [(heading.start, heading.end, heading.level) for heading in page.headings],
        "table_rows": _span_rows(page.table_rows),
        "tables": [encoded_table(table) for table in page.tables],
    }
    return zlib.compress(_to_json(record), _LEVEL)


def decode_page(body: bytes) -> Page:
    """The page that `encode_page` was given. Raises ValueError when the bytes are damaged."""
    try:
        record = json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass"))
    except zlib.error as exc:
        raise ValueError(str(exc)) from exc
    return Page(
        number=record["number"],
        label=record["label"],
        text=record["text"],
        verdict=PageVerdict(record["verdict"]),
        reason=from_json(record["reason"]),
        width=record["width"],
        height=record["height"],
        reader=record["reader"],
        runs=tuple(GlyphRun(*row) for row in record["runs"]),
        word_boxes=tuple(
            WordBox(start, end, (x0, y0, x1, y1)) for start, end, (x0, y0, x1, y1) in record["word_boxes"]
        ),
        boilerplate=_spans(record["boilerplate"]),
        hidden=_spans(record["hidden"]),
        headings=tuple(Heading(*row) for row in record["headings"]),
        table_rows=_spans(record["table_rows"]),
        # pages that were kept before tables were found have none
        tables=tuple(decoded_table(row) for row in record.get("tables", ())),
    )


def encode_outline(outline: Sequence[OutlineEntry]) -> bytes:
    return zlib.compress(_to_json([(entry.title, entry.level, entry.page) for entry in outline]), _LEVEL)


def decode_outline(body: bytes) -> tuple[OutlineEntry, ...]:
    """Raises ValueError when the bytes are damaged."""
    try:
        rows = json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass"))
    except zlib.error as exc:
        raise ValueError(str(exc)) from exc
    return tuple(OutlineEntry(*row) for row in rows)


def _to_json(record: object) -> bytes:
    # PDFs yield lone surrogates. ASCII escapes would join two of them into one character and shift every offset
    # behind it; surrogatepass keeps each as it was.
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def _span_rows(spans: Sequence[Span]) -> list[tuple[int, int]]:
    return [(span.start, span.end) for span in spans]


def _spans(rows: Sequence[tuple[int, int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in rows)
