from __future__ import annotations

import time
from pathlib import Path

import pytest

from src.wiring import LateEntailment
from tests.tiny_nli import write_tiny_model


def test_the_inference_model_is_used_once_it_has_loaded_and_nothing_waits_for_it(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed: Footnote works without this model")
    late = LateEntailment(write_tiny_model(tmp_path), threads=1)
    assert late.ready() is None
    end = time.monotonic() + 60
    while (model := late.ready()) is None:
        assert time.monotonic() < end, "it did not load"
        time.sleep(0.05)
    assert sum(model.judge("the rent is 940 euros", "the rent is 940 euros")) == pytest.approx(1.0)


def test_without_one_and_with_a_broken_one_sentences_are_checked_as_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert LateEntailment(tmp_path / "none", threads=1).ready() is None
    (tmp_path / "config.json").write_text("{")
    (tmp_path / "model.safetensors").write_bytes(b"no weights")
    late = LateEntailment(tmp_path, threads=1)
    late.ready()
    assert late._thread is not None
    late._thread.join()
    assert late.ready() is None
    assert "checked without it" in caplog.text
