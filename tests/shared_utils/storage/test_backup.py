"""A backup of a store in use is a whole store."""

from __future__ import annotations

import io
import tarfile
import threading
from pathlib import Path

import pytest

from shared_utils.errors import StorageError
from shared_utils.message import NOTHING
from shared_utils.storage.backup import write_backup
from shared_utils.storage.document_store import DocumentStore
from tests.shared_utils.storage.samples import ANNA, OUTLINE, page, pdf, save_turn, vectors

MODEL = "a-model"


def add(store: DocumentStore, seed: int) -> str:
    document_id = store.put_file(pdf(seed))
    store.add_to_workspace(ANNA, document_id, f"report {seed}.pdf")
    store.save_opened(document_id, "Annual Report", OUTLINE, 2)
    store.save_pages(document_id, [page(number, seed) for number in (1, 2)])
    store.save_vectors(document_id, MODEL, vectors(seed))
    store.save_reading_finished(document_id, "ready", NOTHING, 0.25)
    return document_id


def restored(tar: bytes, folder: Path) -> DocumentStore:
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        archive.extractall(folder, filter="data")
    return DocumentStore(folder)


def test_documents_vectors_and_conversations_come_back_elsewhere(tmp_path: Path) -> None:
    out = io.BytesIO()
    with DocumentStore(tmp_path / "here") as store:
        document_id = add(store, 1)
        save_turn(store, ANNA, "a-conversation-of-anna", "an answer")
        kept = store.load_document(document_id, "report 1.pdf")
        assert write_backup(tmp_path / "here", out) == 3
    with restored(out.getvalue(), tmp_path / "there") as store:
        assert [entry.document_id for entry in store.workspace_documents(ANNA)] == [document_id]
        assert store.load_document(document_id, "report 1.pdf") == kept
        assert store.file_path(document_id).read_bytes() == pdf(1)
        assert (store.load_vectors(document_id, MODEL) == vectors(1)).all()  # type: ignore[union-attr]
        assert store.conversations.turns(ANNA, "a-conversation-of-anna")


def test_a_backup_taken_while_documents_come_and_go_holds_only_whole_ones(tmp_path: Path) -> None:
    backups: list[bytes] = []
    with DocumentStore(tmp_path / "here") as store:
        add(store, 0)
        done = threading.Event()

        def come_and_go() -> None:
            for seed in range(1, 30):
                add(store, seed)
                if seed % 3 == 0:
                    store.remove_from_workspace(ANNA, store.workspace_documents(ANNA)[-1].id)
            done.set()

        worker = threading.Thread(target=come_and_go)
        worker.start()
        while not done.is_set():
            out = io.BytesIO()
            write_backup(tmp_path / "here", out)
            backups.append(out.getvalue())
        worker.join()
        assert not list((tmp_path / "here").glob("backup-*"))
    for number, tar in enumerate(backups[:: max(1, len(backups) // 5)]):
        with restored(tar, tmp_path / f"there-{number}") as store:
            assert store.moved_aside is None
            for entry in store.workspace_documents(ANNA):
                document = store.load_document(entry.document_id, entry.name)
                assert document is None or len(document.pages) in (0, 2)  # a page at a time would be half a document
            assert store.file_path(store.workspace_documents(ANNA)[0].document_id).read_bytes() == pdf(0)


def test_where_nothing_is_kept_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="nothing to back up"):
        write_backup(tmp_path, io.BytesIO())
