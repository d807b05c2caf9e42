"""The commands of docs/deployment.md that can be run anywhere are run as they stand there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from src.library.sample import sample_pdf
from tests.e2e.conftest import serve

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="curl and openssl are missing"),
]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server's address and its folder."""
    folder = tmp_path_factory.mktemp("space")
    with serve(folder, "http://127.0.0.1:9") as address:
        yield address, folder


def test_the_four_steps_of_verification_tell_what_the_page_promises(space: tuple[str, Path], tmp_path: Path) -> None:
    address, _ = space
    (block,) = re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "report.pdf").write_bytes(sample_pdf()[1])
    script = block.replace("https://OWNER-NAME.hf.space", address).replace("\ncurl", "\necho; curl")
    assert address in script
    ran = subprocess.run(["sh", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    alive, health, document, answer = (json.loads(line) for line in ran.stdout.splitlines() if line)
    assert alive == {"status": "ok"}
    assert health["status"] in ("healthy", "degraded")
    assert document["state"] == "ready"
    assert answer["citations"]


def test_a_backup_is_made_and_unpacked_with_the_commands_told(space: tuple[str, Path], tmp_path: Path) -> None:
    (address, here), there = space, tmp_path / "there"
    there.mkdir()
    me = ["-H", "Authorization: Bearer a-key-for-the-backup-0123456789-abcdef"]
    form = ["-F", f"file=@{ROOT / 'src' / 'library' / 'sample_report.pdf'}", f"{address}/api/documents?wait_s=60"]
    subprocess.run(["curl", "-sS", "--fail-with-body", *me, *form], check=True, capture_output=True)
    assert "python -m src.backup > footnote.tar" in PAGE
    environment = os.environ | {"FOOTNOTE_DATA_DIR": str(here / "data")}
    with (tmp_path / "footnote.tar").open("wb") as out:
        subprocess.run([sys.executable, "-m", "src.backup"], cwd=ROOT, env=environment, stdout=out, check=True)
    assert "tar -x -C data/store -f footnote.tar" in PAGE
    (there / "data" / "store").mkdir(parents=True)
    subprocess.run(["tar", "-x", "-C", there / "data" / "store", "-f", tmp_path / "footnote.tar"], check=True)
    with serve(there, "http://127.0.0.1:9") as address:
        listed = subprocess.run(
            ["curl", "-sS", *me, f"{address}/api/documents"], capture_output=True, text=True, check=True
        )
    assert len(json.loads(listed.stdout)["documents"]) == 1
