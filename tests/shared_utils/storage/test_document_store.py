from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.errors import DocumentGone
from shared_utils.storage.database import Database
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.store import ReadingState, Usage
from shared_utils.types import Document
from tests.shared_utils.storage.samples import ANNA, BEN, OUTLINE, page, pdf, save_turn


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DocumentStore]:
    with DocumentStore(tmp_path / "data") as store:
        yield store


def _add(store: DocumentStore, key: str, data: bytes, name: str = "report.pdf", pages: int = 2) -> tuple[str, str]:
    """Put, read and add a file; returns (document id, entry id)."""
    document_id = store.put_file(data)
    entry_id = store.add_to_workspace(key, document_id, name)
    store.save_opened(document_id, "Annual Report", OUTLINE, pages)
    store.save_pages(document_id, [page(number) for number in range(1, pages + 1)])
    store.save_reading_finished(document_id, "ready", "", 0.25)
    return document_id, entry_id


class TestContent:
    def test_a_document_is_the_same_after_a_restart(self, tmp_path: Path) -> None:
        with DocumentStore(tmp_path) as store:
            document_id, _ = _add(store, ANNA, pdf(1))
        with DocumentStore(tmp_path) as store:
            document = store.load_document(document_id, "mine.pdf")
            assert document == Document(document_id, "mine.pdf", "Annual Report", (page(1), page(2)), OUTLINE)
            assert store.file_path(document_id).read_bytes() == pdf(1)
            assert store.reading_state(document_id) == ReadingState(2, (1, 2), "ready", "", 0.25)
            assert store.moved_aside is None

    def test_the_id_is_the_sha256_of_the_bytes_and_the_same_bytes_are_kept_once(self, store: DocumentStore) -> None:
        document_id = store.put_file(pdf(1))
        assert document_id == hashlib.sha256(pdf(1)).hexdigest()
        assert store.put_file(pdf(1)) == document_id
        assert store.total_usage().files == 1

    def test_a_file_lost_or_cut_on_disk_is_whole_again_when_it_is_put_again(self, store: DocumentStore) -> None:
        document_id = store.put_file(pdf(1))
        for damage in (Path.unlink, lambda path: os.truncate(path, 5)):
            damage(store.file_path(document_id))
            store.put_file(pdf(1))
            assert store.file_path(document_id).read_bytes() == pdf(1)

    def test_reading_goes_on_where_it_stopped(self, store: DocumentStore) -> None:
        document_id = store.put_file(pdf(1))
        assert store.reading_state(document_id) == ReadingState(None, (), None, "", None)
        assert store.load_document(document_id, "report.pdf") is None
        store.save_opened(document_id, "", OUTLINE, 3)
        store.save_page(document_id, page(1))
        store.save_page(document_id, page(3))
        assert store.reading_state(document_id) == ReadingState(3, (1, 3), None, "", None)
        store.save_opened(document_id, "", OUTLINE, 3)
        assert store.reading_state(document_id) == ReadingState(3, (1, 3), None, "", None)
        document = store.load_document(document_id, "report.pdf")
        assert document is not None
        assert document.pages == (page(1), page(3))

    def test_revised_pages_replace_the_raw_ones(self, store: DocumentStore) -> None:
        document_id, _ = _add(store, ANNA, pdf(1))
        revised = replace(page(2), text="revised", boilerplate=())
        store.save_pages(document_id, [revised])
        document = store.load_document(document_id, "report.pdf")
        assert document is not None
        assert document.pages == (page(1), revised)

    def test_pages_beyond_the_end_of_a_new_reading_are_dropped(self, store: DocumentStore) -> None:
        document_id, _ = _add(store, ANNA, pdf(1), pages=3)
        store.save_opened(document_id, "", OUTLINE, 2)
        assert store.reading_state(document_id) == ReadingState(2, (1, 2), None, "", None)

    def test_titles_and_names_with_characters_that_are_none_are_kept_readable(self, store: DocumentStore) -> None:
        document_id = store.put_file(pdf(1))
        store.add_to_workspace(ANNA, document_id, "bad\udcff.pdf")
        store.save_opened(document_id, "Title\ud800", OUTLINE, 1)
        document = store.load_document(document_id, store.workspace_documents(ANNA)[0].name)
        assert document is not None
        assert (document.name, document.title) == ("bad?.pdf", "Title?")

    def test_what_was_deleted_meanwhile_is_gone_for_whoever_still_reads_it(self, store: DocumentStore) -> None:
        document_id, entry_id = _add(store, ANNA, pdf(1))
        store.remove_from_workspace(ANNA, entry_id)
        with pytest.raises(DocumentGone):
            store.save_page(document_id, page(3))
        with pytest.raises(DocumentGone):
            store.save_opened(document_id, "", (), 1)
        with pytest.raises(DocumentGone):
            store.save_reading_finished(document_id, "ready", "", 1.0)
        with pytest.raises(DocumentGone):
            store.add_to_workspace(BEN, document_id, "report.pdf")
        with pytest.raises(DocumentGone):
            store.file_path(document_id)
        assert store.reading_state(document_id) is None
        assert store.load_document(document_id, "report.pdf") is None

    @pytest.mark.parametrize("document_id", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
    def test_only_an_id_becomes_a_path(self, store: DocumentStore, document_id: str) -> None:
        with pytest.raises(DocumentGone):
            store.file_path(document_id)

    def test_content_that_reached_no_workspace_is_swept_at_the_next_start(self, tmp_path: Path) -> None:
        with DocumentStore(tmp_path) as store:
            stray = store.put_file(pdf(1))
            (tmp_path / "files" / "tmpabc.part").write_bytes(b"half a file")
        with DocumentStore(tmp_path) as store:
            assert store.reading_state(stray) is None
        assert list((tmp_path / "files").iterdir()) == []

    def test_a_second_store_on_the_folder_sweeps_nothing(self, store: DocumentStore, tmp_path: Path) -> None:
        document_id = store.put_file(pdf(1))
        with DocumentStore(tmp_path / "data") as second:
            assert second.reading_state(document_id) is not None
        store.add_to_workspace(ANNA, document_id, "report.pdf")

    def test_only_the_owner_of_the_process_may_look_into_the_folder(self, store: DocumentStore, tmp_path: Path) -> None:
        assert (tmp_path / "data").stat().st_mode & 0o077 == 0
        assert store.file_path(store.put_file(pdf(1))).stat().st_mode & 0o077 == 0


class TestPeople:
    def test_strangers_see_nothing_of_each_other_even_with_the_same_file(self, store: DocumentStore) -> None:
        document_id, _ = _add(store, ANNA, pdf(1), "my divorce.pdf")
        save_turn(store, ANNA, "c1", '{"question": "who keeps the house?"}')
        assert store.workspace_documents(BEN) == ()
        assert store.conversations.conversations(BEN) == ()
        assert store.conversations.turns(BEN, "c1") == ()
        assert store.usage(BEN) == Usage(0, 0, 0)

        store.add_to_workspace(BEN, store.put_file(pdf(1)), "case 17.pdf")
        assert [entry.name for entry in store.workspace_documents(BEN)] == ["case 17.pdf"]
        assert [entry.name for entry in store.workspace_documents(ANNA)] == ["my divorce.pdf"]
        assert store.workspace_documents(ANNA)[0].document_id == document_id
        assert store.workspace_documents(ANNA)[0].id != store.workspace_documents(BEN)[0].id

    def test_a_file_without_a_title_is_titled_as_each_person_named_it(self, store: DocumentStore) -> None:
        document_id = store.put_file(pdf(1))
        store.save_opened(document_id, "", (), 0)
        titles = {name: store.load_document(document_id, name) for name in ("anna.pdf", "ben.pdf")}
        assert {name: document and document.title for name, document in titles.items()} == {
            "anna.pdf": "anna.pdf",
            "ben.pdf": "ben.pdf",
        }

    def test_the_same_encrypted_file_without_its_password_is_another_document(self, store: DocumentStore) -> None:
        ids = [store.put_file(pdf(1), password) for password in ("", "guess", "secret", "secret")]
        assert len(set(ids)) == 3
        assert ids[2] == ids[3]
        assert store.file_path(ids[2]).read_bytes() == pdf(1)

    def test_a_stranger_removes_nothing(self, store: DocumentStore) -> None:
        document_id, entry_id = _add(store, ANNA, pdf(1))
        save_turn(store, ANNA, "c1", "{}")
        assert store.remove_from_workspace(BEN, entry_id) is False
        store.conversations.delete(BEN, "c1")
        store.delete_workspace(BEN)
        assert len(store.workspace_documents(ANNA)) == 1
        assert store.conversations.turns(ANNA, "c1") == ("{}",)
        assert store.file_path(document_id).exists()

    def test_a_shared_file_lasts_until_its_last_holder_lets_go(self, store: DocumentStore) -> None:
        document_id, annas = _add(store, ANNA, pdf(1))
        bens = store.add_to_workspace(BEN, document_id, "copy.pdf")
        assert store.remove_from_workspace(ANNA, annas) is True
        assert store.load_document(document_id, "copy.pdf") is not None
        assert store.remove_from_workspace(BEN, bens) is True
        assert store.load_document(document_id, "copy.pdf") is None
        assert store.remove_from_workspace(BEN, bens) is False

    def test_the_same_file_added_twice_is_one_entry_under_its_newer_name(self, store: DocumentStore) -> None:
        document_id, first = _add(store, ANNA, pdf(1), "draft.pdf")
        assert store.add_to_workspace(ANNA, document_id, "final.pdf") == first
        assert [entry.name for entry in store.workspace_documents(ANNA)] == ["final.pdf"]

    def test_the_secret_key_itself_is_nowhere_on_disk(self, store: DocumentStore, tmp_path: Path) -> None:
        _add(store, ANNA, pdf(1))
        save_turn(store, ANNA, "c1", "{}")
        for path in (tmp_path / "data").rglob("*"):
            assert not path.is_file() or ANNA.encode() not in path.read_bytes()

    @pytest.mark.parametrize("key", ["", "short"])
    def test_a_key_that_could_be_guessed_is_refused(self, store: DocumentStore, key: str) -> None:
        with pytest.raises(ValueError, match="workspace key"):
            store.touch_workspace(key)
        with pytest.raises(ValueError, match="workspace key"):
            store.workspace_documents(key)

    def test_conversations_keep_their_turns_in_order_and_the_latest_comes_first(self, tmp_path: Path) -> None:
        times = iter(range(1000, 2000))
        with DocumentStore(tmp_path, clock=lambda: float(next(times))) as store:
            for conversation_id, turn in [("a", "1"), ("b", "2"), ("a", "3"), ("b", "\ud83d\ude004")]:
                save_turn(store, ANNA, conversation_id, turn)
            save_turn(store, BEN, "a", "of another person")
        with DocumentStore(tmp_path) as store:
            assert store.conversations.turns(ANNA, "a") == ("1", "3")
            assert store.conversations.turns(ANNA, "b") == ("2", "\ud83d\ude004")
            assert [(c.id, c.turns) for c in store.conversations.conversations(ANNA)] == [("b", 2), ("a", 2)]
            assert (
                store.conversations.conversations(ANNA)[0].started_at
                < store.conversations.conversations(ANNA)[0].updated_at
            )
            store.conversations.delete(ANNA, "b")
            assert [c.id for c in store.conversations.conversations(ANNA)] == ["a"]
            assert store.conversations.turns(BEN, "a") == ("of another person",)

    def test_usage_counts_a_persons_files_and_the_total_counts_shared_ones_once(self, store: DocumentStore) -> None:
        _add(store, ANNA, pdf(1, 1_000), pages=2)
        _add(store, ANNA, pdf(2, 3_000), pages=5)
        _add(store, BEN, pdf(1, 1_000), pages=2)
        header = len(pdf(0, 0))
        assert store.usage(ANNA) == Usage(2, 7, 4_000 + 2 * header)
        assert store.usage(BEN) == Usage(1, 2, 1_000 + header)
        assert store.total_usage() == Usage(2, 7, 4_000 + 2 * header)


class TestExpiry:
    def test_who_stays_away_is_forgotten_and_who_comes_back_is_not(self, tmp_path: Path) -> None:
        now = 0.0
        with DocumentStore(tmp_path, clock=lambda: now) as store:
            annas, _ = _add(store, ANNA, pdf(1))
            bens, _ = _add(store, BEN, pdf(2))
            shared, _ = _add(store, ANNA, pdf(3))
            store.add_to_workspace(BEN, shared, "copy.pdf")
            save_turn(store, ANNA, "c", "{}")
            now = 3_000.0
            store.touch_workspace(BEN)
            assert store.expire_workspaces(3_600, now=3_600) == 0
            assert store.expire_workspaces(3_600, now=3_601) == 1
            assert store.workspace_documents(ANNA) == ()
            assert store.conversations.turns(ANNA, "c") == ()
            assert store.reading_state(annas) is None
            assert not (tmp_path / "files" / f"{annas}.pdf").exists()
            assert {entry.document_id for entry in store.workspace_documents(BEN)} == {bens, shared}

    def test_content_that_never_reached_a_workspace_expires_too(self, tmp_path: Path) -> None:
        with DocumentStore(tmp_path, clock=lambda: 0.0) as store:
            stray = store.put_file(pdf(1))
            store.expire_workspaces(3_600, now=3_000)
            assert store.reading_state(stray) is not None
            store.expire_workspaces(3_600, now=4_000)
            assert store.reading_state(stray) is None

    def test_looking_for_the_expired_writes_nothing_when_nobody_is(self, store: DocumentStore, tmp_path: Path) -> None:
        _add(store, ANNA, pdf(1))
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
        assert store.expire_workspaces(3_600, now=0) == 0
        after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
        assert after == before


class TestThreads:
    def test_threads_of_one_process_lose_nothing(self, store: DocumentStore) -> None:
        def write(seed: int) -> str:
            document_id = store.put_file(pdf(seed))
            store.add_to_workspace(f"{ANNA}{seed}", document_id, f"{seed}.pdf")
            store.save_opened(document_id, "", (), 20)
            for number in range(1, 21):
                store.save_page(document_id, page(number, seed, words=20))
                save_turn(store, ANNA, "shared conversation", str(seed))
            return document_id

        with ThreadPoolExecutor(4) as pool:
            ids = list(pool.map(write, range(4)))
        for seed, document_id in enumerate(ids):
            document = store.load_document(document_id, "")
            assert document is not None
            assert document.pages == tuple(page(number, seed, words=20) for number in range(1, 21))
        assert sorted(store.conversations.turns(ANNA, "shared conversation")) == sorted("0123" * 20)

    def test_a_file_put_while_another_person_deletes_it_is_whole_or_gone_never_half(
        self, store: DocumentStore, tmp_path: Path
    ) -> None:
        """Anna, as in another process, adds and deletes again and again the file that Ben is adding."""
        data = pdf(1, 50_000)
        stop = threading.Event()

        def anna() -> None:
            with DocumentStore(tmp_path / "data") as other:
                while not stop.is_set():
                    with suppress(DocumentGone):  # Ben let go of it in between
                        other.add_to_workspace(ANNA, other.put_file(data), "a.pdf")
                    other.delete_workspace(ANNA)

        with ThreadPoolExecutor(1) as pool:
            deleting = pool.submit(anna)
            try:
                held = 0
                while held < 150 and not deleting.done():
                    with suppress(DocumentGone):  # only until it is in the workspace
                        store.add_to_workspace(BEN, store.put_file(data), "b.pdf")
                    for entry in store.workspace_documents(BEN):
                        assert store.file_path(entry.document_id).read_bytes() == data
                        held += 1
                    store.delete_workspace(BEN)
            finally:
                stop.set()
            deleting.result()


class TestTransactions:
    def test_a_transaction_that_fails_leaves_nothing_behind(self, tmp_path: Path) -> None:
        database = Database(tmp_path / "footnote.sqlite")

        def fail_halfway() -> None:
            with database.write() as db:
                db.execute("INSERT INTO workspace (id, seen_at) VALUES ('anna', 0)")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fail_halfway()
        with database.read() as db:
            assert db.execute("SELECT * FROM workspace").fetchall() == []
        database.close()
