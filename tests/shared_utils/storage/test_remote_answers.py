"""How often the remote engine was asked: counted for a day, for each person and for everybody, in both stores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from shared_utils.storage.store import Store
from tests.fakes import FakeClock
from tests.shared_utils.storage.conftest import OpenStore
from tests.shared_utils.storage.samples import ANNA, BEN

_DAY_S = 86_400.0


def test_nobody_takes_more_than_their_share_and_all_together_not_more_than_theirs(store: Store) -> None:
    answers = store.remote_answers
    assert [answers.take(ANNA, 2, 3) for _ in range(3)] == [True, True, False]
    assert [answers.take(BEN, 2, 3) for _ in range(2)] == [True, False]
    assert (answers.asked(ANNA).person, answers.asked(BEN).person, answers.asked(BEN).total) == (2, 1, 3)


def test_the_count_outlives_the_process_and_begins_anew_the_next_day(open_store: OpenStore) -> None:
    clock = FakeClock(20_000 * _DAY_S + 3600)
    with open_store(clock) as store:
        assert store.remote_answers.take(ANNA, 1, 9)
    with open_store(clock) as store:
        assert not store.remote_answers.take(ANNA, 1, 9)
        assert store.remote_answers.asked(ANNA).again_s == _DAY_S - 3600
        clock.now += _DAY_S - 3600
        assert store.remote_answers.asked(ANNA).person == store.remote_answers.asked(ANNA).total == 0
        assert store.remote_answers.take(ANNA, 1, 9)


def test_a_new_key_brings_no_new_day(store: Store) -> None:
    assert store.remote_answers.take(ANNA, 1, 1)
    store.delete_workspace(ANNA)
    assert store.remote_answers.asked(ANNA).person == 0
    assert not store.remote_answers.take(ANNA, 1, 1)


def test_many_at_once_take_no_more_than_there_are(store: Store) -> None:
    keys = [f"{number:024}" for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        taken = list(threads.map(lambda key: store.remote_answers.take(key, 1, 7), keys))
    assert sum(taken) == 7
    assert store.remote_answers.asked(ANNA).total == 7
