"""The report a first visit can try: invented, four pages, drawn by tests/sample_report.py."""

from __future__ import annotations

from pathlib import Path

_SAMPLE = Path(__file__).with_name("sample_report.pdf")


def sample_pdf() -> tuple[str, bytes]:
    """Its display name and its bytes."""
    return "Nordhaven annual report 2025.pdf", _SAMPLE.read_bytes()
