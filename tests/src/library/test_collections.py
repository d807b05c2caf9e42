"""A person's collections on their shelf, and how often a link may be made."""

from __future__ import annotations

import pytest

from shared_utils.errors import CollectionError, ShareUsedUp
from src.library.collections import Collections
from src.library.link_rate import LinkRate
from tests.fakes import FakeClock
from tests.src.library.shelves import MINE, THEIRS, OpenLibrary, shelf_with_sample


def names(collections: Collections) -> list[str]:
    return [one.name for one in collections.all()]


def test_a_collection_is_made_found_by_name_or_id_and_there_again_after_a_restart(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    entry = shelf.documents()[0].entry_id
    version = shelf.version()
    made = shelf.collections.make("Annual Reports", [entry])
    assert shelf.version() > version  # whoever looks at the page is shown it
    library.close()
    kept = open_library().shelf(MINE).collections
    assert [kept.found(name).id for name in (made, "annual  reports")] == [made, made]
    assert kept.found(made).entries == (entry,)
    with pytest.raises(CollectionError, match="no such collection"):
        kept.found("Contracts")
    with pytest.raises(CollectionError, match="no such collection"):
        open_library().shelf(THEIRS).collections.found(made)


def test_a_removed_one_is_brought_back_until_it_is_wiped_with_everything_else_that_was_removed(
    open_library: OpenLibrary,
) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    collections = shelf.collections
    made = collections.make("Reports", [shelf.documents()[0].entry_id])
    collections.remove(made)
    assert names(collections) == []
    assert collections.can_restore(made)
    assert len(shelf.documents()) == 1
    library.tidy()
    collections.restore(made)
    assert names(collections) == ["Reports"]
    collections.remove(made)
    library.store.collections.erase_removed(-1.0)
    assert not collections.can_restore(made)
    with pytest.raises(CollectionError, match="for good"):
        collections.restore(made)
    with pytest.raises(CollectionError, match="no such collection"):
        collections.remove(made)


class Counted:
    """What all processes count together, as far as links go."""

    def __init__(self, again_s: float) -> None:
        self.again_s = again_s
        self.names: list[str] = []

    def take_token(self, name: str, per_minute: float, burst: float) -> float:
        self.names.append(name)
        return self.again_s


def test_links_are_made_at_a_rate_that_is_each_persons_own_and_recovers() -> None:
    clock = FakeClock()
    rate = LinkRate(clock=clock)
    for _ in range(10):
        rate.take(MINE)
    with pytest.raises(ShareUsedUp) as refused:
        rate.take(MINE)
    assert refused.value.again_s == 60
    rate.take(THEIRS)
    clock.now += 61
    rate.take(MINE)


def test_where_processes_share_a_store_the_store_counts_and_is_told_no_key() -> None:
    counts = Counted(7.0)
    with pytest.raises(ShareUsedUp, match="7 s"):
        LinkRate(counts).take(MINE)  # type: ignore[arg-type]
    assert len(counts.names) == 1
    assert MINE not in counts.names[0]
