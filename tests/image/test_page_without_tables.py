"""The page draws without Streamlit's table and chart packages, which the image leaves out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.image.left_out import TABLES

_PROGRAM = """
import sys
for name in sys.argv[1].split():
    sys.modules[name] = None  # as if it were not installed
import pytest
some = "first_visit or an_answer"
sys.exit(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "tests/app/test_page.py", "-k", some]))
"""


def test_the_page_draws_without_what_the_image_leaves_out() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, " ".join(sorted(TABLES))],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert " passed" in ran.stdout
