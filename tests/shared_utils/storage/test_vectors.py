from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared_utils.errors import DocumentGone
from shared_utils.storage.document_store import DocumentStore
from tests.shared_utils.storage.samples import ANNA, pdf, vectors

_MODEL = "granite-small/2 chunks-1"


@pytest.fixture
def document(tmp_path: Path) -> str:
    with DocumentStore(tmp_path) as store:
        document_id = store.put_file(pdf(1))
        store.add_to_workspace(ANNA, document_id, "report.pdf")
        store.save_vectors(document_id, _MODEL, vectors(1))
    return document_id


def test_a_new_model_replaces_the_vectors_of_the_old_one_on_the_disk(tmp_path: Path, document: str) -> None:
    with DocumentStore(tmp_path) as store:
        store.save_vectors(document, "new", vectors(2))
    assert len(list((tmp_path / "vectors").iterdir())) == 1


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-4], id="cut by one number"),
        pytest.param(lambda data: data[:20], id="cut inside the header"),
        pytest.param(lambda data: b"", id="emptied"),
        pytest.param(lambda data: data + b"\0" * 4, id="lengthened"),
        pytest.param(lambda data: data[:-1] + bytes([data[-1] ^ 1]), id="one bit flipped"),
        pytest.param(lambda data: b"PK" + data[2:], id="another format"),
    ],
)
def test_damaged_vectors_are_none_and_can_be_saved_again(
    tmp_path: Path, document: str, damage: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "vectors" / f"{document}.npy"
    path.write_bytes(damage(path.read_bytes()))
    with DocumentStore(tmp_path) as store:
        assert store.load_vectors(document, _MODEL) is None
        store.save_vectors(document, _MODEL, vectors(1))
        assert store.load_vectors(document, _MODEL) is not None


def test_a_vector_file_that_vanished_is_none(tmp_path: Path, document: str) -> None:
    (tmp_path / "vectors" / f"{document}.npy").unlink()
    with DocumentStore(tmp_path) as store:
        assert store.load_vectors(document, _MODEL) is None


def test_vectors_of_a_deleted_document_are_refused_and_leave_no_file(tmp_path: Path, document: str) -> None:
    with DocumentStore(tmp_path) as store:
        store.delete_workspace(ANNA)
        with pytest.raises(DocumentGone):
            store.save_vectors(document, _MODEL, vectors(1))
    assert list((tmp_path / "vectors").iterdir()) == []
