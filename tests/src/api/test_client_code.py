"""The client code of docs/api.md, run as it stands there against a real server process."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.library.sample import sample_pdf
from tests.e2e.conftest import serve

PAGE = Path(__file__).parents[3] / "docs" / "api.md"
BLOCKS = re.findall(r"^```(sh|python|js)\n(.+?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
PROGRAMS = {
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
    "js": ["node", "--input-type=module", "--eval"],
}
ANSWER = re.compile(r"2\.84 million tonnes.*\[1\]", re.DOTALL)

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Without a language model: answers quote the documents."""
    with serve(tmp_path_factory.mktemp("server"), "http://127.0.0.1:9") as at:
        yield at


def test_every_language_that_is_promised_has_code() -> None:
    assert {language for language, _ in BLOCKS} == set(PROGRAMS)


@pytest.mark.parametrize(("language", "code"), BLOCKS, ids=[f"{i}-{lang}" for i, (lang, _) in enumerate(BLOCKS, 1)])
def test_code_of_the_documentation_gets_a_cited_answer(language: str, code: str, address: str, tmp_path: Path) -> None:
    if shutil.which(PROGRAMS[language][0]) is None:
        pytest.skip(f"{PROGRAMS[language][0]} is not installed, so the {language} code of docs/api.md was not run")
    (tmp_path / "report.pdf").write_bytes(sample_pdf()[1])
    caller = {"FOOTNOTE_URL": address, "FOOTNOTE_KEY": secrets.token_hex(24)}
    run = subprocess.run(
        [*PROGRAMS[language], code],
        cwd=tmp_path,
        env=os.environ | caller,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert run.returncode == 0, run.stderr + run.stdout
    assert ANSWER.search(run.stdout), run.stdout
