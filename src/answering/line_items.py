"""The glossary of financial reports, as line_items.toml beside this file has it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from shared_utils.retrieval.question import Glossary, glossary_of


def line_items() -> Glossary:
    """What a report prints of a ratio, a statement or an abbreviation that is asked for by name. Reads the file."""
    return glossary_of(tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")))
