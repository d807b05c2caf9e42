"""What every store promises of a document that was removed and is not erased yet."""

from __future__ import annotations

from shared_utils.storage.store import Store
from tests.shared_utils.storage.conftest import OpenStore
from tests.shared_utils.storage.samples import ANNA, BEN, pdf


def _add(store: Store, key: str, seed: int = 1) -> str:
    return store.add_to_workspace(key, store.put_file(pdf(seed)), "report.pdf")


def test_it_is_out_of_sight_for_everybody_also_after_a_restart_until_it_is_put_back(open_store: OpenStore) -> None:
    with open_store() as store:
        entry = _add(store, ANNA)
        other = _add(store, ANNA, seed=2)
        assert store.mark_removed(ANNA, entry)
    with open_store() as one, open_store() as two:
        for store in (one, two):
            assert [kept.id for kept in store.workspace_documents(ANNA)] == [other]
            assert store.removed_documents(ANNA) == {entry}
        assert one.unmark_removed(ANNA, entry)
        assert [kept.id for kept in two.workspace_documents(ANNA)] == [entry, other]
        assert two.removed_documents(ANNA) == frozenset()


def test_every_change_of_it_is_one_that_other_processes_notice(store: Store) -> None:
    entry = _add(store, ANNA)
    seen = [store.revision(ANNA)]
    store.mark_removed(ANNA, entry)
    seen.append(store.revision(ANNA))
    store.unmark_removed(ANNA, entry)
    seen.append(store.revision(ANNA))
    assert len(set(seen)) == 3


def test_it_is_erased_when_its_time_is_over_and_not_before(open_store: OpenStore) -> None:
    now = 1_000.0
    with open_store(lambda: now) as store:
        entry = _add(store, ANNA)
        document_id = store.workspace_documents(ANNA)[0].document_id
        kept = _add(store, ANNA, seed=2)
        store.mark_removed(ANNA, entry)
        now = 1_029.0
        assert store.erase_removed(30) == 0
        assert store.reading_state(document_id) is not None
        now = 1_030.0
        assert store.erase_removed(30) == 1
        assert store.reading_state(document_id) is None
        assert not store.unmark_removed(ANNA, entry)
        assert [entry.id for entry in store.workspace_documents(ANNA)] == [kept]


def test_a_clock_that_is_put_back_does_not_keep_it(open_store: OpenStore) -> None:
    now = 1_000_000.0
    with open_store(lambda: now) as store:
        store.mark_removed(ANNA, _add(store, ANNA))
        now = 1_000.0
        assert store.erase_removed(30) == 1


def test_another_owners_copy_stays(store: Store) -> None:
    entry, bens = _add(store, ANNA), _add(store, BEN)
    document_id = store.workspace_documents(BEN)[0].document_id
    store.mark_removed(ANNA, entry)
    store.erase_removed(0)
    assert [kept.id for kept in store.workspace_documents(BEN)] == [bens]
    assert store.file_path(document_id).read_bytes() == pdf(1)


def test_added_again_it_is_the_same_entry_under_its_new_name(store: Store) -> None:
    entry = _add(store, ANNA)
    store.mark_removed(ANNA, entry)
    assert store.add_to_workspace(ANNA, store.put_file(pdf(1)), "again.pdf") == entry
    assert store.erase_removed(0) == 0
    assert [(kept.id, kept.name) for kept in store.workspace_documents(ANNA)] == [(entry, "again.pdf")]


def test_a_stranger_neither_removes_nor_puts_back(store: Store) -> None:
    entry = _add(store, ANNA)
    _add(store, BEN, seed=2)
    assert not store.mark_removed(BEN, entry)
    assert len(store.workspace_documents(ANNA)) == 1
    store.mark_removed(ANNA, entry)
    assert not store.unmark_removed(BEN, entry)
    assert store.removed_documents(BEN) == frozenset()
    assert store.removed_documents(ANNA) == {entry}


def test_only_those_named_are_erased_where_some_are_named(store: Store) -> None:
    first, second = _add(store, ANNA), _add(store, ANNA, seed=2)
    for entry in (first, second):
        store.mark_removed(ANNA, entry)
    assert store.erase_removed(0, among=[second]) == 1
    assert store.removed_documents(ANNA) == {first}
