from __future__ import annotations

import time
from pathlib import Path

import pytest

from shared_utils.embeddings.packaged_model import packaged_model_dir
from shared_utils.retrieval.dense import DenseIndex
from src.settings import Settings
from src.wiring import LateEntailment, load_embedder
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


def test_another_model_of_another_size_is_loaded_from_its_folder_and_finds_what_is_asked(tmp_path: Path) -> None:
    """What an operator sets: FOOTNOTE_EMBEDDER=sentence-transformers, FOOTNOTE_EMBEDDING_MODEL=a folder."""
    pytest.importorskip("torch", reason="PyTorch is not installed: Footnote works without this embedder")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(packaged_model_dir() / "tokenizer.json"))
    words.no_padding()
    SentenceTransformer(modules=[StaticEmbedding(words, embedding_dim=96)], device="cpu").save(str(tmp_path / "other"))
    texts = ["Net sales rose by four percent.", "The lease ends in May.", "Press and hold the side button to restart."]

    other = load_embedder(Settings(embedder="sentence-transformers", embedding_model=str(tmp_path / "other")))
    nearest, _ = DenseIndex(other.embed_passages(texts)).nearest(other.embed_query("Press the side button."), 1)

    assert other.embed_passages([]).shape == (0, 96)
    assert nearest.tolist() == [2]
