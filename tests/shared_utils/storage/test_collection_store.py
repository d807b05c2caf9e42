"""What every store promises of the named groups of a person's documents."""

from __future__ import annotations

import pytest

from shared_utils.errors import CollectionError
from shared_utils.storage import collection_store
from shared_utils.storage.store import Store
from tests.shared_utils.storage.conftest import OpenStore
from tests.shared_utils.storage.samples import ANNA, BEN, pdf

_COUNTS = ("SELECT COUNT(*) FROM collection", "SELECT COUNT(*) FROM collection_entry")


def add(store: Store, seed: int, key: str = ANNA) -> str:
    return store.add_to_workspace(key, store.put_file(pdf(seed)), f"{seed}.pdf")


def named(store: Store, key: str = ANNA) -> dict[str, tuple[str, ...]]:
    return {one.name: one.entries for one in store.collections.all(key)}


def test_collections_are_kept_over_a_restart_with_their_documents_in_the_order_of_the_library(
    open_store: OpenStore,
) -> None:
    with open_store() as store:
        first, second, third = (add(store, n) for n in (1, 2, 3))
        store.collections.make(ANNA, "  Annual \n reports ", [third, first, third])
        store.collections.make(ANNA, "Contracts", [second, first])
    with open_store() as store:
        assert named(store) == {"Annual reports": (first, third), "Contracts": (first, second)}
        assert list(named(store)) == ["Annual reports", "Contracts"]
        assert named(store, BEN) == {}


def test_a_collection_is_renamed_and_given_other_documents_and_other_processes_see_that_something_changed(
    store: Store,
) -> None:
    first, second = add(store, 1), add(store, 2)
    id_ = store.collections.make(ANNA, "Reports", [first])
    before = store.revision(ANNA)
    store.collections.change(ANNA, id_, name="Years")
    store.collections.change(ANNA, id_, entry_ids=[second])
    assert named(store) == {"Years": (second,)}
    assert store.revision(ANNA) == before + 2
    store.collections.change(ANNA, id_, name="YEARS")  # its own name, written differently
    assert list(named(store)) == ["YEARS"]


@pytest.mark.parametrize("name", ["", " \n ", "reports"])
def test_a_name_that_is_empty_or_taken_is_refused_and_nothing_is_kept(store: Store, name: str) -> None:
    entry = add(store, 1)
    other = store.collections.make(ANNA, "Other", [entry])
    store.collections.make(ANNA, "Reports", [entry])
    with pytest.raises(CollectionError):
        store.collections.make(ANNA, name, [entry])
    with pytest.raises(CollectionError):
        store.collections.change(ANNA, other, name=name, entry_ids=[])
    assert named(store) == {"Other": (entry,), "Reports": (entry,)}


def test_nobody_groups_names_or_removes_what_is_another_persons(store: Store) -> None:
    mine, theirs = add(store, 1), add(store, 2, BEN)
    id_ = store.collections.make(ANNA, "Reports", [mine])
    with pytest.raises(CollectionError, match="has been removed"):
        store.collections.make(ANNA, "Theirs", [theirs])
    with pytest.raises(CollectionError, match="no such collection"):
        store.collections.change(BEN, id_, name="Mine")
    assert not store.collections.mark_removed(BEN, id_)
    assert named(store) == {"Reports": (mine,)}


def test_removing_one_leaves_its_documents_and_can_be_undone_until_it_is_erased(open_store: OpenStore) -> None:
    now = [1000.0]
    with open_store(lambda: now[0]) as store:
        entry = add(store, 1)
        id_ = store.collections.make(ANNA, "Reports", [entry])
        assert store.collections.mark_removed(ANNA, id_)
        assert named(store) == {}
        assert [one.id for one in store.workspace_documents(ANNA)] == [entry]
        assert store.collections.is_removed(ANNA, id_)
        assert store.collections.erase_removed(30.0) == 0
        assert store.collections.unmark_removed(ANNA, id_)
        assert named(store) == {"Reports": (entry,)}
        store.collections.mark_removed(ANNA, id_)
        now[0] += 31
        assert store.collections.erase_removed(30.0) == 1
        assert not store.collections.unmark_removed(ANNA, id_)
        assert not store.collections.is_removed(ANNA, id_)


def test_one_whose_name_was_given_to_another_meanwhile_is_not_put_back_over_it(store: Store) -> None:
    entry = add(store, 1)
    id_ = store.collections.make(ANNA, "Reports", [entry])
    store.collections.mark_removed(ANNA, id_)
    store.collections.make(ANNA, "Reports", [])
    with pytest.raises(CollectionError, match="already"):
        store.collections.unmark_removed(ANNA, id_)
    assert named(store) == {"Reports": ()}


def test_a_removed_document_is_in_no_collection_until_it_is_put_back_and_an_erased_one_never_again(
    store: Store,
) -> None:
    first, second = add(store, 1), add(store, 2)
    store.collections.make(ANNA, "Reports", [first, second])
    store.mark_removed(ANNA, first)
    assert named(store) == {"Reports": (second,)}
    store.unmark_removed(ANNA, first)
    assert named(store) == {"Reports": (first, second)}
    store.remove_from_workspace(ANNA, first)
    assert named(store) == {"Reports": (second,)}


def test_collections_go_with_their_person(store: Store) -> None:
    store.collections.make(ANNA, "Reports", [add(store, 1)])
    store.collections.make(BEN, "Reports", [add(store, 2, BEN)])
    store.delete_workspace(ANNA)
    with store._database.read() as db:  # type: ignore[attr-defined]
        held = [db.execute(table).fetchone()[0] for table in _COUNTS]
    assert held == [1, 1]


def test_one_person_has_at_most_so_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection_store, "MOST", 3)
    for n in range(3):
        store.collections.make(ANNA, f"{n}", [])
    with pytest.raises(CollectionError, match="as many as can be"):
        store.collections.make(ANNA, "one more", [])
