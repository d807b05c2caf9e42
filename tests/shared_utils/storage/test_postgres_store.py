"""What the store in PostgreSQL promises beyond what every store does (test_store.py)."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psycopg
import pytest

from shared_utils.errors import DocumentGone, StorageError
from shared_utils.retrieval.dense import DenseIndex
from shared_utils.storage.local_copies import KEPT_S
from shared_utils.storage.postgres_near import PostgresNear
from shared_utils.storage.postgres_schema import MIGRATIONS, migrate
from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.storage.workspaces import workspace_id
from tests.postgres import fresh_database
from tests.shared_utils.storage.samples import ANNA, BEN, page, pdf, vectors


@pytest.fixture
def url(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def store(url: str, tmp_path: Path) -> Iterator[PostgresStore]:
    with PostgresStore(url, tmp_path / "copies") as store:
        yield store


def add(store: PostgresStore, key: str, seed: int, size: int = 2_000) -> tuple[str, str]:
    document_id = store.put_file(pdf(seed, size))
    return document_id, store.add_to_workspace(key, document_id, "report.pdf")


class TestFiles:
    @pytest.mark.parametrize("size", [0, 2**20 - len(pdf(0, 0)), 2**20, 3 * 2**20 + 17])
    def test_a_file_of_many_parts_is_whole_on_another_machine(self, url: str, tmp_path: Path, size: int) -> None:
        with PostgresStore(url, tmp_path / "here") as here, PostgresStore(url, tmp_path / "there") as there:
            document_id, _ = add(here, ANNA, 1, size)
            assert there.file_path(document_id).read_bytes() == pdf(1, size)
            assert there.file_path(document_id).parent == tmp_path / "there"

    def test_nothing_is_copied_before_it_is_used(self, store: PostgresStore) -> None:
        document_id, _ = add(store, ANNA, 1)
        assert not store.local_path(document_id).exists()
        assert store.file_path(document_id) == store.local_path(document_id)
        assert store.local_path(document_id).exists()

    def test_what_was_deleted_on_one_machine_leaves_the_others_folders(self, url: str, tmp_path: Path) -> None:
        with PostgresStore(url, tmp_path / "here") as here, PostgresStore(url, tmp_path / "there") as there:
            document_id, entry_id = add(here, ANNA, 1)
            copies = [store.file_path(document_id) for store in (here, there)]
            here.remove_from_workspace(ANNA, entry_id)
            there.clear_remains()
            assert not any(copy.exists() for copy in copies)
            with pytest.raises(DocumentGone):
                there.file_path(document_id)

    def test_a_copy_nobody_uses_is_dropped_and_comes_back_when_it_is_used(self, store: PostgresStore) -> None:
        (used, _), (unused, _) = add(store, ANNA, 1), add(store, ANNA, 2)
        for document_id in (used, unused):
            os.utime(store.file_path(document_id), (0, time.time() - KEPT_S - 1))
        store.file_path(used)
        store.clear_remains()
        assert store.local_path(used).exists()
        assert not store.local_path(unused).exists()
        assert store.file_path(unused).read_bytes() == pdf(2)

    def test_content_that_reached_nobody_in_a_day_is_swept(self, url: str, tmp_path: Path) -> None:
        now = 0.0
        with PostgresStore(url, tmp_path, clock=lambda: now) as store:
            stray, (kept, _) = store.put_file(pdf(1)), add(store, ANNA, 2)
            store.clear_remains()
            assert store.reading_state(stray) is not None
            now = 100_000.0
            store.clear_remains()
            assert store.reading_state(stray) is None
            assert store.reading_state(kept) is not None


class TestVectorsSearchedInPlace:
    """FAISS's exact search in memory is the reference."""

    def test_the_nearest_are_those_that_faiss_finds(self, store: PostgresStore) -> None:
        random = np.random.default_rng(7)
        kept = {}
        for seed, count in enumerate((3, 40, 500)):
            document_id, _ = add(store, ANNA, seed)
            raw = random.standard_normal((count, 384)).astype(np.float32)
            kept[document_id] = raw / np.linalg.norm(raw, axis=1, keepdims=True)
            store.save_vectors(document_id, "model", kept[document_id])
        source = store.vector_source("model")
        for _ in range(20):
            query = random.standard_normal((1, 384)).astype(np.float32)
            query /= np.linalg.norm(query)
            found = source.nearest(query, list(kept), 50)
            for (nearest, cosines), original in zip(found, kept.values(), strict=True):
                expected_rows, expected = DenseIndex(original).nearest(query, 50)
                np.testing.assert_array_equal(nearest, expected_rows)
                np.testing.assert_allclose(cosines, expected, atol=1e-6)
            chosen = [(document_id, nearest[::3]) for document_id, (nearest, _) in zip(kept, found, strict=True)]
            for (_, cosines), sampled in zip(found, source.cosines(query, chosen), strict=True):
                np.testing.assert_allclose(sampled, cosines[::3], atol=1e-6)

    def test_what_is_gone_or_of_another_model_has_no_rows(self, store: PostgresStore) -> None:
        document_id, entry_id = add(store, ANNA, 1)
        store.save_vectors(document_id, "model", vectors(1))
        query, rows = vectors(2, rows=1), np.array([0, 1])
        assert len(store.vector_source("model").nearest(query, [document_id], 9)[0][0]) == len(vectors(1))
        assert len(store.vector_source("other").nearest(query, [document_id], 9)[0][0]) == 0
        store.remove_from_workspace(ANNA, entry_id)
        source = store.vector_source("model")
        assert [len(found) for found, _ in source.nearest(query, [document_id, "never"], 9)] == [0, 0]
        np.testing.assert_array_equal(source.cosines(query, [(document_id, rows)])[0], [0.0, 0.0])


class TestTheDatabase:
    def test_processes_that_start_together_make_the_tables_once(self, url: str, tmp_path: Path) -> None:
        with ThreadPoolExecutor(4) as pool:
            stores = list(pool.map(lambda _: PostgresStore(url, tmp_path), range(4)))
        document_id, _ = add(stores[0], ANNA, 1)
        assert all(store.reading_state(document_id) is not None for store in stores)
        for store in stores:
            store.close()

    def test_one_made_before_removals_were_kept_opens_with_everything_in_it(self, url: str, tmp_path: Path) -> None:
        with psycopg.connect(url) as connection:
            migrate(connection, MIGRATIONS[:1])
            connection.execute("INSERT INTO content (id, bytes, stored_at) VALUES ('c', 1, 1)")
            connection.execute("INSERT INTO workspace (id, seen_at) VALUES (%s, 1)", (workspace_id(ANNA),))
            connection.execute(
                "INSERT INTO entry (id, workspace_id, document_id, name, added_at) VALUES ('e', %s, 'c', 'a.pdf', 1)",
                (workspace_id(ANNA),),
            )
        with PostgresStore(url, tmp_path) as store:
            assert [entry.name for entry in store.workspace_documents(ANNA)] == ["a.pdf"]
            assert store.mark_removed(ANNA, "e")
            assert store.workspace_documents(ANNA) == ()

    def test_one_made_by_a_newer_version_is_refused_untouched(self, url: str, tmp_path: Path) -> None:
        with psycopg.connect(url) as connection:
            migrate(connection, (*MIGRATIONS, ("CREATE TABLE from_the_future (id text)",)))
        with pytest.raises(StorageError, match="newer version of this program"):
            PostgresStore(url, tmp_path)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT version FROM footnote_schema").fetchall() == [(len(MIGRATIONS) + 1,)]

    def test_a_step_that_fails_leaves_nothing_behind(self, url: str) -> None:
        with pytest.raises(psycopg.errors.SyntaxError), psycopg.connect(url) as connection:
            migrate(connection, (*MIGRATIONS, ("CREATE TABLE half (id text)", "NONSENSE")))
        with psycopg.connect(url) as connection:
            made = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema()"
            assert connection.execute(made).fetchall() == []

    def test_connections_that_were_cut_are_made_again(self, store: PostgresStore, url: str) -> None:
        document_id, _ = add(store, ANNA, 1)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'footnote' AND pid <> pg_backend_pid()"
            )
        store.save_opened(document_id, "", (), 1)
        store.save_page(document_id, page(1))

    def test_a_transaction_that_fails_leaves_nothing_behind(self, store: PostgresStore) -> None:
        def fail_halfway() -> None:
            with store._database.write() as db:
                db.execute("INSERT INTO workspace (id, seen_at) VALUES ('anna', 0)")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fail_halfway()
        with store._database.read() as db:
            assert db.execute("SELECT * FROM workspace").fetchall() == []

    def test_a_database_that_may_only_be_read_says_what_to_look_at(self, url: str, tmp_path: Path) -> None:
        PostgresStore(url, tmp_path).close()
        with psycopg.connect(url, autocommit=True) as connection:
            schema = connection.execute("SELECT current_schema()").fetchone()
            assert schema is not None
            connection.execute(
                "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
            connection.execute(f"GRANT USAGE ON SCHEMA {schema[0]} TO reader".encode())
        with pytest.raises(StorageError, match="may not be written to"):
            PostgresStore(url.replace("postgres@", "reader@", 1), tmp_path)

    @pytest.mark.parametrize(
        "address",
        [
            "postgresql://anna:SECRET@127.0.0.1:9/footnote",
            "postgresql://anna:SECRET@[broken/footnote",
            "postgresql://anna:SECRET@%zz/footnote",
            "postgresql://anna:SECRET@/footnote?host=/nowhere",
        ],
    )
    def test_no_message_and_no_log_line_repeats_the_password(
        self, address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG), pytest.raises(StorageError) as raised:
            PostgresStore(address, tmp_path)
        logging.getLogger().error("as a start would log it", exc_info=raised.value)
        assert "address" in str(raised.value)
        assert "SECRET" not in caplog.text
        assert "SECRET" not in str(raised.value)


def test_two_people_on_two_machines_see_their_own(url: str, tmp_path: Path) -> None:
    with PostgresStore(url, tmp_path / "one") as one, PostgresStore(url, tmp_path / "two") as two:
        _, annas = add(one, ANNA, 1)
        add(two, BEN, 1)
        assert [entry.id for entry in two.workspace_documents(ANNA)] == [annas]
        assert one.total_usage().files == 1
        assert two.remove_from_workspace(ANNA, annas)
        assert one.workspace_documents(ANNA) == ()
        assert len(one.workspace_documents(BEN)) == 1


class TestOneIndexOverAll:
    def test_it_is_made_when_there_are_enough_vectors_and_finds_nearly_all_among_the_documents_named(
        self, url: str, store: PostgresStore
    ) -> None:
        random = np.random.default_rng(4)
        kept = {}
        for seed in range(1, 5):
            document_id, _ = add(store, ANNA, seed)
            heaps = random.standard_normal((300, 16)).astype(np.float32)
            kept[document_id] = heaps / np.linalg.norm(heaps, axis=1, keepdims=True)
            store.save_vectors(document_id, "model", kept[document_id])
        source, names = store.vector_source("model"), list(kept)
        query = kept[names[0]][:1]
        assert not PostgresNear(url, large=2_000).make()
        assert source.nearest_of_all(query, names, 40) is None  # each is asked for its own
        near = PostgresNear(url, large=1_000)
        assert near.make()
        assert not near.make()  # once

        for chosen in (names, names[1:3]):
            found = source.nearest_of_all(query, chosen, 40)
            assert found is not None
            cosines = {(name, row): cosine for name in chosen for row, cosine in enumerate(kept[name] @ query[0])}
            best = sorted(cosines, key=cosines.__getitem__, reverse=True)[:40]
            pairs = {
                (n, int(row)): s
                for n, (rows, scores) in zip(chosen, found, strict=True)
                for row, s in zip(rows, scores, strict=True)
            }
            assert len(pairs) == 40
            assert len(pairs.keys() & set(best)) >= 38
            for pair, score in pairs.items():
                assert score == pytest.approx(cosines[pair], abs=1e-5)

        of_other_model = store.vector_source("other").nearest_of_all(query, names, 40)
        assert of_other_model is not None
        assert all(len(rows) == 0 for rows, _ in of_other_model)
        store.delete_workspace(ANNA)
        again = source.nearest_of_all(query, names, 40)
        assert again is not None
        assert all(len(rows) == 0 for rows, _ in again)

    def test_what_was_broken_off_is_made_again(self, url: str, store: PostgresStore) -> None:
        document_id, _ = add(store, ANNA, 1)
        store.save_vectors(document_id, "model", vectors(1))
        near = PostgresNear(url, large=1)
        assert near.make()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass(%s)",
                (f"passage_vector_near_{vectors(1).shape[1]}",),
            )
        assert store.vector_source("model").nearest_of_all(vectors(2, rows=1), [document_id], 3) is None
        assert near.make()
        assert store.vector_source("model").nearest_of_all(vectors(2, rows=1), [document_id], 3) is not None

    def test_a_database_that_is_out_of_reach_is_told_in_the_log_without_its_password(
        self, caplog: pytest.LogCaptureFixture, tmp_path: Path
    ) -> None:
        near = PostgresNear(f"postgresql://someone:secret@/none?host={tmp_path}")
        assert not near.make()
        assert "no index could be made" in caplog.text
        assert "secret" not in caplog.text
