"""Which pinned packages the image goes without: those that nothing brings but what it does not use."""

from __future__ import annotations

import re
from collections.abc import Set

# Streamlit's tables and charts. The page draws none: tests/image/test_page_without_tables.py.
TABLES = frozenset({"altair", "pandas", "pyarrow", "pydeck"})
TORCH = frozenset({"hf-xet", "sentence-transformers", "torch"})  # the first fetches weights from the hub in pieces
_PINNED = re.compile(r"^([\w.-]+)==\S+.*?# via (.+)$", re.MULTILINE)


def only_for(roots: Set[str], requirements: str) -> set[str]:
    """The names in the text of requirements.txt that are needed by `roots` and by nobody else, `roots` included.

    >>> sorted(only_for({"torch"}, "torch==2  # via x\\nsympy==1  # via torch\\nnumpy==2  # via faiss, torch"))
    ['sympy', 'torch']
    """
    brought_by = {name: set(who.split(", ")) for name, who in _PINNED.findall(requirements)}
    found = set(roots)
    while more := {name for name, who in brought_by.items() if who <= found} - found:
        found |= more
    return found & set(brought_by)
