"""A file that grows to gigabytes when it is opened costs the server nothing: its reader has a limit of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.shared_utils.pdf import pdfs

ROOT = Path(__file__).resolve().parents[2]
_PROGRAM = """
import resource, sys
from pathlib import Path
from src.settings import Settings
from tests.prepared_models import MODELS
from src.wiring import build_rag
from tests.conftest import source
from tests.fakes import never

rag = build_rag(Settings(models_dir=MODELS, data_dir=Path(sys.argv[2]), start_ollama=False))
rag.embedder.wait().embed_query("loaded")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
versions = []
for _ in rag.ingest(source(Path(sys.argv[1])), versions.append, cancelled=never):
    pass
rag.viewer.close()
print(len(versions[-1].document.pages), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss counts kilobytes on Linux only")
def test_a_bomb_is_read_without_the_server_growing(tmp_path: Path) -> None:
    path = pdfs.written(tmp_path, pdfs.raw_pdf(pdfs.shown("first page"), pdfs.bomb(1500), pdfs.shown("third page")))
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(path), str(tmp_path / "data")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    pages, grown_kb = map(int, ran.stdout.split())
    assert pages == 3
    assert grown_kb < 100_000
