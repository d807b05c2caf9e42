"""What every store promises, asked of each: SQLite with files in a folder, and PostgreSQL."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest

from shared_utils.errors import DocumentGone
from shared_utils.message import NOTHING
from shared_utils.storage.store import ReadingState, Store, Usage
from shared_utils.types import Document, Vectors
from tests.shared_utils.storage.conftest import OpenStore
from tests.shared_utils.storage.samples import ANNA, BEN, OUTLINE, page, pdf, save_turn, vectors


def _add(store: Store, key: str, data: bytes, name: str = "report.pdf", pages: int = 2) -> tuple[str, str]:
    """Put, read and add a file; returns (document id, entry id)."""
    document_id = store.put_file(data)
    entry_id = store.add_to_workspace(key, document_id, name)
    store.save_opened(document_id, "Annual Report", OUTLINE, pages, "2019-11-04")
    store.save_pages(document_id, [page(number) for number in range(1, pages + 1)])
    store.save_reading_finished(document_id, "ready", NOTHING, 0.25)
    return document_id, entry_id


class TestContent:
    def test_a_document_is_the_same_after_a_restart(self, open_store: OpenStore) -> None:
        with open_store() as store:
            document_id, _ = _add(store, ANNA, pdf(1))
        with open_store() as store:
            document = store.load_document(document_id, "mine.pdf")
            assert document == Document(
                document_id, "mine.pdf", "Annual Report", (page(1), page(2)), OUTLINE, "2019-11-04"
            )
            assert store.file_path(document_id).read_bytes() == pdf(1)
            assert store.reading_state(document_id) == ReadingState(2, (1, 2), "ready", NOTHING, 0.25)

    def test_the_id_is_the_sha256_of_the_bytes_and_the_same_bytes_are_kept_once(self, store: Store) -> None:
        document_id = store.put_file(pdf(1))
        assert document_id == hashlib.sha256(pdf(1)).hexdigest()
        assert store.put_file(pdf(1)) == document_id
        assert store.total_usage().files == 1

    def test_reading_goes_on_where_it_stopped(self, store: Store) -> None:
        document_id = store.put_file(pdf(1))
        assert store.reading_state(document_id) == ReadingState(None, (), None, NOTHING, None)
        assert store.load_document(document_id, "report.pdf") is None
        store.save_opened(document_id, "", OUTLINE, 3)
        store.save_page(document_id, page(1))
        store.save_page(document_id, page(3))
        assert store.reading_state(document_id) == ReadingState(3, (1, 3), None, NOTHING, None)
        store.save_opened(document_id, "", OUTLINE, 3)
        assert store.reading_state(document_id) == ReadingState(3, (1, 3), None, NOTHING, None)
        document = store.load_document(document_id, "report.pdf")
        assert document is not None
        assert document.pages == (page(1), page(3))

    def test_revised_pages_replace_the_raw_ones(self, store: Store) -> None:
        document_id = store.put_file(pdf(1))
        store.save_opened(document_id, "", OUTLINE, 2)
        store.save_pages(document_id, [page(1), page(2)])
        revised = replace(page(2), text="revised", boilerplate=())
        store.save_pages(document_id, [revised])
        document = store.load_document(document_id, "report.pdf")
        assert document is not None
        assert document.pages == (page(1), revised)

    def test_pages_beyond_the_end_of_a_new_reading_are_dropped(self, store: Store) -> None:
        document_id = store.put_file(pdf(1))
        store.save_opened(document_id, "", OUTLINE, 3)
        store.save_pages(document_id, [page(1), page(2), page(3)])
        store.save_opened(document_id, "", OUTLINE, 2)
        assert store.reading_state(document_id) == ReadingState(2, (1, 2), None, NOTHING, None)

    def test_titles_and_names_with_characters_that_are_none_are_kept_readable(self, store: Store) -> None:
        document_id = store.put_file(pdf(1))
        store.add_to_workspace(ANNA, document_id, "bad\udcff.pdf")
        store.save_opened(document_id, "Title\ud800", OUTLINE, 1)
        document = store.load_document(document_id, store.workspace_documents(ANNA)[0].name)
        assert document is not None
        assert (document.name, document.title) == ("bad?.pdf", "Title?")

    def test_what_was_deleted_meanwhile_is_gone_for_whoever_still_reads_it(self, store: Store) -> None:
        document_id, entry_id = _add(store, ANNA, pdf(1))
        store.remove_from_workspace(ANNA, entry_id)
        with pytest.raises(DocumentGone):
            store.save_page(document_id, page(3))
        with pytest.raises(DocumentGone):
            store.save_opened(document_id, "", (), 1)
        with pytest.raises(DocumentGone):
            store.save_reading_finished(document_id, "ready", NOTHING, 1.0)
        with pytest.raises(DocumentGone):
            store.add_to_workspace(BEN, document_id, "report.pdf")
        with pytest.raises(DocumentGone):
            store.file_path(document_id)
        assert store.reading_state(document_id) is None
        assert store.load_document(document_id, "report.pdf") is None

    @pytest.mark.parametrize("document_id", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
    def test_only_an_id_becomes_a_path(self, store: Store, document_id: str) -> None:
        with pytest.raises(DocumentGone):
            store.file_path(document_id)


class TestPeople:
    def test_strangers_see_nothing_of_each_other_even_with_the_same_file(self, store: Store) -> None:
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

    def test_a_file_without_a_title_is_titled_as_each_person_named_it(self, store: Store) -> None:
        document_id = store.put_file(pdf(1))
        store.save_opened(document_id, "", (), 0)
        titles = {name: store.load_document(document_id, name) for name in ("anna.pdf", "ben.pdf")}
        assert {name: document and document.title for name, document in titles.items()} == {
            "anna.pdf": "anna.pdf",
            "ben.pdf": "ben.pdf",
        }

    def test_the_same_encrypted_file_without_its_password_is_another_document(self, store: Store) -> None:
        ids = [store.put_file(pdf(1), password) for password in ("", "guess", "secret", "secret")]
        assert len(set(ids)) == 3
        assert ids[2] == ids[3]
        assert store.file_path(ids[2]).read_bytes() == pdf(1)

    def test_a_stranger_removes_nothing(self, store: Store) -> None:
        document_id, entry_id = _add(store, ANNA, pdf(1))
        save_turn(store, ANNA, "c1", "{}")
        assert store.remove_from_workspace(BEN, entry_id) is False
        store.conversations.delete(BEN, "c1")
        store.delete_workspace(BEN)
        assert len(store.workspace_documents(ANNA)) == 1
        assert store.conversations.turns(ANNA, "c1") == ("{}",)
        assert store.file_path(document_id).exists()

    def test_a_shared_file_lasts_until_its_last_holder_lets_go(self, store: Store) -> None:
        document_id, annas = _add(store, ANNA, pdf(1))
        bens = store.add_to_workspace(BEN, document_id, "copy.pdf")
        assert store.remove_from_workspace(ANNA, annas) is True
        assert store.load_document(document_id, "copy.pdf") is not None
        assert store.remove_from_workspace(BEN, bens) is True
        assert store.load_document(document_id, "copy.pdf") is None
        assert store.remove_from_workspace(BEN, bens) is False

    def test_the_same_file_added_twice_is_one_entry_under_its_newer_name(self, store: Store) -> None:
        document_id, first = _add(store, ANNA, pdf(1), "draft.pdf")
        assert store.add_to_workspace(ANNA, document_id, "final.pdf") == first
        assert [entry.name for entry in store.workspace_documents(ANNA)] == ["final.pdf"]

    @pytest.mark.parametrize("key", ["", "short"])
    def test_a_key_that_could_be_guessed_is_refused(self, store: Store, key: str) -> None:
        with pytest.raises(ValueError, match="workspace key"):
            store.touch_workspace(key)
        with pytest.raises(ValueError, match="workspace key"):
            store.workspace_documents(key)

    def test_conversations_keep_their_turns_in_order_and_the_latest_comes_first(self, open_store: OpenStore) -> None:
        times = iter(range(1000, 2000))
        with open_store(lambda: float(next(times))) as store:
            for conversation_id, turn in [("a", "1"), ("b", "2"), ("a", "3"), ("b", "\ud83d\ude004")]:
                save_turn(store, ANNA, conversation_id, turn)
            save_turn(store, BEN, "a", "of another person")
        with open_store() as store:
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

    def test_usage_counts_a_persons_files_and_the_total_counts_shared_ones_once(self, store: Store) -> None:
        _add(store, ANNA, pdf(1, 1_000), pages=2)
        _add(store, ANNA, pdf(2, 3_000), pages=5)
        _add(store, BEN, pdf(1, 1_000), pages=2)
        header = len(pdf(0, 0))
        assert store.usage(ANNA) == Usage(2, 7, 4_000 + 2 * header)
        assert store.usage(BEN) == Usage(1, 2, 1_000 + header)
        assert store.total_usage() == Usage(2, 7, 4_000 + 2 * header)


class TestExpiry:
    def test_who_stays_away_is_forgotten_and_who_comes_back_is_not(self, open_store: OpenStore) -> None:
        now = 0.0
        with open_store(lambda: now) as store:
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
            with pytest.raises(DocumentGone):
                store.file_path(annas)
            assert {entry.document_id for entry in store.workspace_documents(BEN)} == {bens, shared}

    def test_content_that_never_reached_a_workspace_expires_too(self, open_store: OpenStore) -> None:
        with open_store(lambda: 0.0) as store:
            stray = store.put_file(pdf(1))
            store.expire_workspaces(3_600, now=3_000)
            assert store.reading_state(stray) is not None
            store.expire_workspaces(3_600, now=4_000)
            assert store.reading_state(stray) is None


class TestVectors:
    def test_they_come_back_to_the_bit_after_a_restart(self, open_store: OpenStore) -> None:
        with open_store() as store:
            document_id, _ = _add(store, ANNA, pdf(1))
            store.save_vectors(document_id, "model", vectors(1))
        with open_store() as store:
            loaded = store.load_vectors(document_id, "model")
            assert store.count_vectors(document_id, "model") == len(vectors(1))
        assert loaded is not None
        assert loaded.dtype == np.float32
        np.testing.assert_array_equal(loaded, vectors(1))

    @pytest.mark.parametrize("original", [vectors(1, rows=0), np.asfortranarray(vectors(2)), vectors(3, 20, 384)])
    def test_whatever_their_shape_and_order(self, store: Store, original: Vectors) -> None:
        document_id, _ = _add(store, ANNA, pdf(1))
        store.save_vectors(document_id, "model", original)
        loaded = store.load_vectors(document_id, "model")
        assert loaded is not None
        np.testing.assert_array_equal(loaded, original)

    def test_those_of_another_model_or_document_are_none(self, store: Store) -> None:
        document_id, _ = _add(store, ANNA, pdf(1))
        store.save_vectors(document_id, "model", vectors(1))
        for id_, model in ((document_id, "another model"), (store.put_file(pdf(2)), "model")):
            assert store.load_vectors(id_, model) is None
            assert store.count_vectors(id_, model) == 0

    def test_those_of_a_new_model_replace_the_old_ones(self, store: Store) -> None:
        document_id, _ = _add(store, ANNA, pdf(1))
        store.save_vectors(document_id, "old", vectors(1, rows=9))
        store.save_vectors(document_id, "new", vectors(2))
        assert store.load_vectors(document_id, "old") is None
        assert store.count_vectors(document_id, "new") == len(vectors(2))

    def test_those_of_a_deleted_document_are_refused(self, store: Store) -> None:
        document_id, _ = _add(store, ANNA, pdf(1))
        store.delete_workspace(ANNA)
        with pytest.raises(DocumentGone):
            store.save_vectors(document_id, "model", vectors(1))

    def test_two_who_embed_the_same_document_at_once_leave_one_set(self, open_store: OpenStore) -> None:
        with open_store() as one, open_store() as two, ThreadPoolExecutor(2) as pool:
            document_id, _ = _add(one, ANNA, pdf(1))
            for seed in range(10):
                both = [pool.submit(store.save_vectors, document_id, "model", vectors(seed)) for store in (one, two)]
                for saved in both:
                    saved.result()
                np.testing.assert_array_equal(two.load_vectors(document_id, "model"), vectors(seed))


class TestThreads:
    def test_threads_of_one_process_lose_nothing(self, store: Store) -> None:
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
        self, store: Store, open_store: OpenStore
    ) -> None:
        """Anna, as in another process, adds and deletes again and again the file that Ben is adding."""
        data = pdf(1, 50_000)
        stop = threading.Event()

        def anna() -> None:
            with open_store() as other:
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
