"""What an index was made of, in a few characters: pages that read otherwise, or other code, give another one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from shared_utils.types import Page, Table

_CODE = ("chunking", "structure", "text", "retrieval")  # folders whose code decides what stands in an index


def kept_of(pages: Sequence[Page], most_passages: int) -> str:
    """Names all that an index of some pages depends on. About 30 µs a page."""
    found = hashlib.blake2b(_code().encode(), digest_size=16)
    found.update(str(most_passages).encode())
    for page in pages:
        spans = (page.number, page.verdict, page.headings, page.boilerplate, page.hidden, page.table_rows)
        found.update(repr((spans, [_table(table) for table in page.tables])).encode())
        found.update(page.text.encode("utf-8", "surrogatepass"))
    return found.hexdigest()


def called_of(pages: str, most_passages: int) -> str:
    """The same where the pages are known by a name, which changes with them."""
    return hashlib.blake2b(f"{_code()} {most_passages} {pages}".encode(), digest_size=16).hexdigest()


def _table(table: Table) -> tuple[object, ...]:
    shape = (table.rows, table.columns, table.head_rows, table.stub_columns, table.parts, table.kinds, table.parents)
    cells = "\0".join(cell.text for cell in table.cells)
    return (shape, table.rect, table.caption, table.caption_spans, table.scale, table.before is not None, cells)


@cache
def _code() -> str:
    """Of the code itself, so that nobody has to remember to count up a number."""
    found = hashlib.blake2b(version("snowballstemmer").encode(), digest_size=16)
    root = Path(__file__).parents[2] / "shared_utils"
    for path in sorted(path for folder in _CODE for path in (root / folder).glob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()
