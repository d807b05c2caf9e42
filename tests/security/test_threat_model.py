"""Every test that docs/security.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/.]+)::(\w+)`", PAGE)))
THREATS = [
    "Hostile PDFs",
    "Prompt injection from documents",
    "Strangers on one server",
    "Server-side request forgery",
    "Web addresses that people name",
    "Exhausted disk, memory, queue",
    "Leaked keys",
    "The API",
    "Dependencies",
]


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_named_test_exists(path: str, name: str) -> None:
    assert re.search(rf"^ *(?:async )?def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("threat", THREATS)
def test_every_row_about_a_threat_names_a_test(threat: str) -> None:
    section = PAGE.split(f"## {threat}\n")[1].split("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| ")][1:]
    assert rows
    for row in rows:
        assert "::test_" in row, row
