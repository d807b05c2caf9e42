"""Real files of every kind, each with what it must yield; they lie beside the checkout and are not part of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.ingest import SHARED, Expected, complaints, manifest, read

FOLDER = SHARED / "pdf-corpus"
ROWS = manifest(FOLDER) if FOLDER.is_dir() else []

pytestmark = [pytest.mark.corpus, pytest.mark.skipif(not ROWS, reason="../shared/pdf-corpus is absent")]


@pytest.mark.parametrize(("path", "expected"), ROWS, ids=[path.stem for path, _ in ROWS])
def test_a_file_ends_as_its_manifest_row_says(path: Path, expected: Expected) -> None:
    assert list(complaints(expected, path, read(path))) == []
