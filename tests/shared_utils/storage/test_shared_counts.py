"""What several processes on one real PostgreSQL count together; a folder leaves counting to each process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.citations.base_rate import Share
from shared_utils.generation.speed import Speed
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.storage.remote_answers import RemoteAnswers
from shared_utils.storage.shared_counts import SharedCounts
from src.answering.learnt import NOTHING_KNOWN, Known
from src.answering.shared_learnt import SharedLearnt
from src.metrics import Metrics, Numbers, summed
from tests.postgres import fresh_database

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def two(postgres_server: str, tmp_path: Path) -> Iterator[tuple[PostgresStore, PostgresStore]]:
    with ExitStack() as stack:
        url = stack.enter_context(fresh_database(postgres_server))
        here, there = (stack.enter_context(PostgresStore(url, tmp_path / name)) for name in ("here", "there"))
        yield here, there


def test_a_bucket_has_its_burst_once_over_all_processes(two: tuple[PostgresStore, PostgresStore]) -> None:
    here, there = (store.counts for store in two)
    taken = [counts.take_token("ann", per_minute=6, burst=3) for counts in (here, there, here, there)]
    assert taken[:3] == [0.0, 0.0, 0.0]
    assert 5 < taken[3] <= 10  # a token comes every ten seconds
    assert here.take_token("bob", per_minute=6, burst=3) == 0.0


def test_a_bucket_fills_again(two: tuple[PostgresStore, PostgresStore]) -> None:
    here, there = (store.counts for store in two)
    assert here.take_token("ann", per_minute=600_000, burst=1) == 0.0
    wait_s, tries = 1.0, 0
    while wait_s and tries < 50:
        wait_s, tries = there.take_token("ann", per_minute=600_000, burst=1), tries + 1
    assert wait_s == 0.0
    here.tidy()
    assert there.take_token("ann", per_minute=6, burst=1) == 0.0


def test_many_who_take_at_once_take_no_more_than_there_is(two: tuple[PostgresStore, PostgresStore]) -> None:
    taken: list[float] = []

    def take(store: PostgresStore) -> None:
        taken.extend(store.counts.take_token("ann", per_minute=1, burst=10) for _ in range(5))

    threads = [threading.Thread(target=take, args=(two[n % 2],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(taken), taken.count(0.0)) == (30, 10)


def test_new_libraries_of_a_network_count_over_all_processes(two: tuple[PostgresStore, PostgresStore]) -> None:
    here, there = (store.counts for store in two)
    assert [here.begin_library("net", 2), there.begin_library("net", 2)] == [0.0, 0.0]
    assert 3500 < here.begin_library("net", 2) <= 3600
    assert there.begin_library("another", 2) == 0.0


def test_remote_answers_of_today_count_over_all_processes(two: tuple[PostgresStore, PostgresStore]) -> None:
    here, there = (store.remote_answers for store in two)
    assert isinstance(here, RemoteAnswers)
    ann, bob = "a" * 16, "b" * 16
    assert [answers.take(ann, 2, 3) for answers in (here, there, here)] == [True, True, False]
    assert [answers.take(bob, 2, 3) for answers in (there, here)] == [True, False]


def test_what_one_process_has_learnt_of_a_model_the_others_know(
    two: tuple[PostgresStore, PostgresStore],
) -> None:
    now = [0.0]
    here, there = (SharedLearnt(counts_of(store), "line", lambda: now[0]) for store in two)
    elsewhere = SharedLearnt(counts_of(two[0]), "another line", lambda: now[0])
    known = Known(Speed((21.0, 22.0), (4.5,)), frees=False, share=Share(3.0, 1.0))
    assert there.of("m") == NOTHING_KNOWN
    here.change("m", lambda _: known)
    assert there.of("m") == NOTHING_KNOWN  # asked for a moment ago
    now[0] += 5
    assert there.of("m") == known
    there.change("m", lambda before: replace(before, frees=True))
    now[0] += 5
    assert here.of("m") == replace(known, frees=True)
    assert elsewhere.of("m") == NOTHING_KNOWN


def counts_of(store: PostgresStore) -> SharedCounts:
    assert store.counts is not None
    return store.counts


def test_numbers_of_all_processes_are_summed(two: tuple[PostgresStore, PostgresStore]) -> None:
    here, there, ended = Metrics(), Metrics(), Metrics()
    here.rated(1, with_reason=False)
    for _ in range(2):
        there.rated(1, with_reason=False)
        ended.rated(-1, with_reason=True)
    for name, metrics in (("here", here), ("there", there), ("ended", ended)):
        two[0].counts.tell_numbers(name, metrics.text(waiting=3).decode())
    told = {name: (text, age_s) for name, text, age_s in two[1].counts.numbers()}
    assert all(0 <= age_s < 60 for _, age_s in told.values())
    lines = summed([Numbers(text, name != "ended") for name, (text, _) in told.items()]).decode().splitlines()
    assert 'footnote_ratings_total{reason="none",thumb="up"} 3.0' in lines
    assert 'footnote_ratings_total{reason="given",thumb="down"} 2.0' in lines  # what it had counted stays
    assert "footnote_queue_waiting 3.0" in lines  # one line, of which each tells the whole
    assert not any(line.startswith("process_") for line in lines)


def test_in_a_folder_each_process_counts_for_itself(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "data")
    assert store.counts is None
    assert store.model_line("models") is None
    store.close()
