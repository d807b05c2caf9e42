"""Files that wait for a worker, in a real PostgreSQL; two stores stand for two processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from shared_utils.errors import DocumentGone
from shared_utils.storage.postgres_jobs import LEASE_S, PostgresJobs
from shared_utils.storage.postgres_store import PostgresStore
from tests.postgres import fresh_database
from tests.waiting import until

ANNA, BEN = "anna" * 6, "ben." * 6


@pytest.fixture
def database(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def stores(database: str, tmp_path: Path) -> Iterator[tuple[PostgresStore, PostgresStore]]:
    with ExitStack() as stack:
        one, two = (stack.enter_context(PostgresStore(database, tmp_path / name)) for name in ("one", "two"))
        yield one, two


def add(store: PostgresStore, key: str, text: str) -> str:
    return store.add_to_workspace(key, store.put_file(text.encode()), f"{text}.pdf")


def file(store: PostgresStore, key: str, text: str, *, small: bool = True, network: str = "") -> str:
    entry_id = add(store, key, text)
    store.reading_jobs.file(entry_id, person=key, network=network, small=small, whole=False)
    return entry_id


def taken(jobs: PostgresJobs, *, small_only: bool = False, without: tuple[str, ...] = ()) -> str | None:
    job = jobs.take(small_only=small_only, without=without)
    return job.entry_id if job else None


def test_people_take_turns_over_all_workers_and_nobody_is_given_what_another_has(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    one, two = stores
    annas = [file(one, ANNA, f"a{n}") for n in range(3)]
    bens = file(two, BEN, "b")
    assert taken(one.reading_jobs) == annas[0]
    assert taken(two.reading_jobs) == bens, "not the next of the same person"
    assert [taken(one.reading_jobs), taken(two.reading_jobs), taken(one.reading_jobs)] == [annas[1], annas[2], None]


def test_a_worker_for_small_files_takes_no_large_one_and_a_network_has_its_share(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    store, _ = stores
    large = file(store, ANNA, "large", small=False, network="office")
    small = file(store, ANNA, "small", network="office")
    assert taken(store.reading_jobs, small_only=True) == small
    assert taken(store.reading_jobs, without=("office",)) is None
    assert taken(store.reading_jobs) == large


def test_whoever_waits_comes_before_those_who_have_left(
    stores: tuple[PostgresStore, PostgresStore], database: str
) -> None:
    store, _ = stores
    left, waits = file(store, ANNA, "left"), file(store, BEN, "waits")
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE reading_job SET wanted_at = 0")
    store.reading_jobs.want({waits: 7})
    job = store.reading_jobs.take(small_only=False)
    assert job is not None
    assert (job.entry_id, job.looked_at) == (waits, 7)
    assert taken(store.reading_jobs) == left


def test_what_a_worker_tells_is_heard_and_what_it_lets_go_is_taken_at_once(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    web, worker = stores[0].reading_jobs, stores[1].reading_jobs
    heard: list[str] = []
    web.listen(heard.append)
    entry_id = file(stores[0], ANNA, "a")
    assert taken(worker) == entry_id
    worker.tell(entry_id, "half", whole=True)
    until(lambda: entry_id in heard)
    assert web.progress([entry_id])[entry_id].body == "half"
    worker.let_go([entry_id])
    job = web.take(small_only=False)
    assert job is not None
    assert (job.whole, job.body, job.attempts) == (True, "half", 0), "a hand-over is no attempt"
    worker.tell(entry_id, "late", whole=False)
    assert web.progress([entry_id])[entry_id].body == "half", "who has let go tells nothing more"
    web.end(entry_id, "over")
    assert taken(worker) is None
    web.file(entry_id, person=ANNA, network="", small=True, whole=False)
    assert web.progress([entry_id])[entry_id].body == ""
    assert taken(worker) == entry_id
    worker.drop(entry_id)
    assert web.progress([entry_id]) == {}


def test_jobs_of_a_worker_that_is_gone_or_silent_are_taken_by_another_and_counted(
    stores: tuple[PostgresStore, PostgresStore], database: str
) -> None:
    gone, other = stores[0].reading_jobs, stores[1].reading_jobs
    for jobs in (gone, other):
        jobs.attend(lambda: None)
    until(lambda: other.workers() == 2)
    entry_id = file(stores[1], ANNA, "a")
    assert taken(gone) == entry_id
    silent = "UPDATE reading_job SET seen_at = seen_at - %s"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(silent, (5,))
        assert taken(other) is None, "it lives, and may only be slow"
        connection.execute(silent, (LEASE_S,))
    job = other.take(small_only=False)
    assert job is not None
    assert job.attempts == 1
    assert gone.renew([entry_id]) == {}
    assert other.renew([entry_id]) == {entry_id: 1}

    file(stores[1], BEN, "b")
    mine = taken(gone)
    stores[0].close()
    until(lambda: other.workers() == 1)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(silent, (5,))
    assert taken(other) == mine


def test_what_its_person_removed_is_taken_by_nobody_and_goes_with_its_entry(
    stores: tuple[PostgresStore, PostgresStore],
) -> None:
    store, _ = stores
    entry_id = file(store, ANNA, "a")
    assert taken(store.reading_jobs) == entry_id
    store.mark_removed(ANNA, entry_id)
    assert store.reading_jobs.renew([entry_id]) == {}
    assert store.reading_jobs.waiting() == 0
    store.remove_from_workspace(ANNA, entry_id)
    assert store.reading_jobs.progress([entry_id]) == {}
    with pytest.raises(DocumentGone):
        store.reading_jobs.file(entry_id, person=ANNA, network="", small=True, whole=False)
