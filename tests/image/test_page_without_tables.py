"""The page draws without Streamlit's table and chart packages, which the image leaves out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from tests.image.left_out import TABLES

ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = """
import os, sys
for name in sys.argv[1].split():
    sys.modules[name] = None  # as if it were not installed
import pytest
page = "tests/src/screen/test_page.py::test_an_answer_quotes_the_document_and_leads_to_its_page"
chart = "tests/src/screen/test_series.py::test_a_chart_is_drawn_with_its_words_beside_it"
code = pytest.main(["-q", "-x", "-p", "no:cacheprovider", page, chart])
sys.stdout.flush()
os._exit(code)  # a model that is still being loaded in the background is native code, which cannot be unwound
"""


def test_the_page_uses_none_of_streamlits_tables_and_charts() -> None:
    # a chart in Vega-Lite's own words needs none of them: the next test draws one
    drawn = re.compile(
        r"\.(dataframe|table|data_editor|write_stream|(?!vega_lite)\w+_chart|map|pyplot|column_config)\("
    )
    for path in (ROOT / "src" / "screen").rglob("*.py"):
        found = drawn.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name} calls {found[1]}, which needs what the image leaves out" if found else ""


def test_the_page_draws_without_what_the_image_leaves_out() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, " ".join(sorted(TABLES))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert "2 passed" in ran.stdout
