from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared_utils.message import NOTHING
from src.models.status import ModelState, ModelStatus, read_status, status_path, write_status


def test_the_page_reads_what_the_supervisor_wrote(tmp_path: Path) -> None:
    path = status_path(tmp_path)
    pulling = ModelStatus(ModelState.PULLING, "llama3.2:3b", NOTHING, 10, 100, 5.0, 18.0)
    write_status(path, pulling, now=1000.0)
    read = read_status(path, now=1001.0)
    assert read == ModelStatus(ModelState.PULLING, "llama3.2:3b", NOTHING, 10, 100, 5.0, 18.0, updated_at=1000.0)
    assert list(path.parent.iterdir()) == [path]  # no draft is left behind


def test_a_supervisor_that_fell_silent_is_not_believed(tmp_path: Path) -> None:
    path = status_path(tmp_path)
    write_status(path, ModelStatus(ModelState.READY, "llama3.2:1b"), now=1000.0)
    stale = read_status(path, now=1060.0)
    assert stale is not None
    assert stale.state is ModelState.UNAVAILABLE
    assert "60 s" in str(stale.reason)


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"state": "ready", "mood": "fine"}', '{"state": "asleep"}'])
def test_without_a_readable_file_nobody_supervises(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "model.json"
    if content is not None:
        path.write_text(content)
    assert read_status(path, now=0.0) is None


def test_the_file_is_plain_json_for_whoever_looks_after_the_machine(tmp_path: Path) -> None:
    path = status_path(tmp_path)
    write_status(path, ModelStatus(ModelState.READY, "llama3.2:1b"), now=1000.0)
    assert json.loads(path.read_text())["state"] == "ready"
