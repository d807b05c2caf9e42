"""What every store promises of the link under which a conversation can be read."""

from __future__ import annotations

import random

import pytest

from shared_utils.errors import DocumentGone, ShareUsedUp
from shared_utils.storage.share_store import share_id
from shared_utils.storage.store import Store
from tests.shared_utils.storage.conftest import OpenStore
from tests.shared_utils.storage.samples import ANNA, BEN, pdf

TALK, OTHER = "a-conversation-of-anna", "another-conversation"
PLENTY = (10**9, 10**9)
SHOWN = b"<p>what was asked, and what the page says</p>"


def talk(store: Store, key: str = ANNA, conversation: str = TALK) -> None:
    turn = f"turn-{conversation}"
    store.conversations.begin(key, conversation, turn, "{}", owner="me", lease_s=60)
    store.conversations.finish(key, turn, "{}", owner="me")


def add(store: Store, key: str = ANNA, seed: int = 1) -> tuple[str, str]:
    """(document id, entry id)"""
    document = store.put_file(pdf(seed))
    return document, store.add_to_workspace(key, document, "report.pdf")


def share(store: Store, *documents: str, days: float = 0.0, shown: bytes = SHOWN) -> str:
    link = store.shares.keep(ANNA, TALK, shown, documents, days=days, most=PLENTY)
    assert link is not None
    return link.token


def shown(store: Store, token: str) -> bytes | None:
    first = store.shares.part(token)
    if first is None:
        return None
    parts = [first, *(store.shares.part(token, number) for number in range(1, first.parts))]
    return b"".join(part.data for part in parts if part)


def test_a_link_shows_what_it_was_given_also_after_a_restart_and_to_its_owner_again(open_store: OpenStore) -> None:
    large = random.Random(1).randbytes(700_000)
    with open_store() as store:
        talk(store)
        token = share(store, shown=large)
        assert store.shares.part(token).parts == 3  # type: ignore[union-attr]
    with open_store() as store:
        assert shown(store, token) == large
        link = store.shares.of(ANNA, TALK)
        assert link is not None
        assert (link.token, link.expires_at) == (token, None)
        assert store.shares.part(token, 3) is None


def test_no_two_tokens_are_alike_and_each_has_256_bits(store: Store) -> None:
    talk(store)
    tokens = set()
    for _ in range(20):
        tokens.add(share(store))
        store.shares.stop(ANNA, TALK)
    assert len(tokens) == 20
    assert {len(token) for token in tokens} == {43}  # 32 bytes in base64url
    assert len({token[:4] for token in tokens}) > 15


def test_neither_the_token_nor_what_gives_it_is_told_by_the_tables(store: Store) -> None:
    talk(store)
    token = share(store)
    with store._database.read() as db:  # type: ignore[attr-defined]
        (row,) = db.execute("SELECT * FROM share").fetchall()
    assert share_id(token) in row
    assert token not in map(str, row)
    assert all(store.shares.part(str(value)) is None for value in row)


@pytest.mark.parametrize(
    "token", ["", "x", "A" * 43, "A" * 44, "../" * 14 + "x", "é" * 43, "a'b" + "A" * 40, "A" * 10**6]
)
def test_what_is_no_token_leads_nowhere(store: Store, token: str) -> None:
    talk(store)
    share(store)
    assert store.shares.part(token) is None


def test_shared_again_the_link_stays_and_shows_the_new_state(store: Store) -> None:
    talk(store)
    token = share(store, shown=b"before")
    assert share(store, shown=b"after") == token
    assert shown(store, token) == b"after"


def test_taken_back_it_leads_nowhere_and_the_next_link_is_another(store: Store) -> None:
    talk(store)
    token = share(store)
    assert store.shares.stop(ANNA, TALK)
    assert not store.shares.stop(ANNA, TALK)
    assert (shown(store, token), store.shares.of(ANNA, TALK)) == (None, None)
    assert share(store) != token
    assert shown(store, token) is None


def test_nobody_shares_sees_or_stops_anothers_link(store: Store) -> None:
    talk(store)
    token = share(store)
    assert store.shares.keep(BEN, TALK, b"mine", (), days=0, most=PLENTY) is None
    assert store.shares.of(BEN, TALK) is None
    assert not store.shares.stop(BEN, TALK)
    assert shown(store, token) == SHOWN


def test_it_goes_with_its_conversation_and_no_other(store: Store) -> None:
    talk(store)
    talk(store, conversation=OTHER)
    token = share(store)
    store.conversations.delete(ANNA, OTHER)
    assert shown(store, token) == SHOWN
    store.conversations.delete(ANNA, TALK)
    assert shown(store, token) is None
    assert _rows(store) == (0, 0, 0)


def test_it_goes_with_its_person(store: Store) -> None:
    talk(store)
    token = share(store, add(store)[0])
    store.delete_workspace(ANNA)
    assert shown(store, token) is None
    assert _rows(store) == (0, 0, 0)


def test_it_is_hidden_while_a_document_it_shows_is_removed_and_goes_with_it(store: Store) -> None:
    talk(store)
    document, entry = add(store)
    unseen = add(store, seed=2)[1]
    token = share(store, document)
    store.remove_from_workspace(ANNA, unseen)
    assert shown(store, token) == SHOWN
    store.mark_removed(ANNA, entry)
    assert (shown(store, token), store.shares.of(ANNA, TALK)) == (None, None)
    store.unmark_removed(ANNA, entry)
    assert shown(store, token) == SHOWN
    store.mark_removed(ANNA, entry)
    store.erase_removed(0)
    assert shown(store, token) is None
    assert _rows(store) == (0, 0, 0)


def test_somebody_else_who_holds_the_same_file_does_not_keep_the_link_alive(store: Store) -> None:
    talk(store)
    document, entry = add(store)
    add(store, BEN)
    token = share(store, document)
    store.remove_from_workspace(ANNA, entry)
    assert shown(store, token) is None


def test_what_shows_a_document_that_is_not_there_is_not_shared(store: Store) -> None:
    talk(store)
    document, entry = add(store)
    add(store, BEN, seed=2)
    store.mark_removed(ANNA, entry)
    for missing in (document, store.put_file(pdf(2))):
        with pytest.raises(DocumentGone):
            share(store, missing)
    assert store.shares.of(ANNA, TALK) is None


def test_its_time_is_over_to_the_second_and_then_it_is_deleted(open_store: OpenStore) -> None:
    now = 1_000.0
    with open_store(lambda: now) as store:
        talk(store)
        token = share(store, days=2)
        now += 2 * 86400 - 1
        assert store.shares.erase_expired() == 0
        assert shown(store, token) == SHOWN
        now += 1
        assert (shown(store, token), store.shares.of(ANNA, TALK)) == (None, None)
        assert store.shares.erase_expired() == 1
        assert _rows(store) == (0, 0, 0)
        assert share(store, days=2) != token


@pytest.mark.parametrize("most", [(10, 10**9), (10**9, 10)])
def test_links_hold_no_more_than_they_may(store: Store, most: tuple[int, int]) -> None:
    talk(store)
    token = share(store)
    with pytest.raises(ShareUsedUp):
        store.shares.keep(ANNA, TALK, random.Random(1).randbytes(500), (), days=0, most=most)
    assert shown(store, token) == SHOWN  # what was shared before still is


def _rows(store: Store) -> tuple[int, ...]:
    tables = ("share", "share_part", "share_source")
    with store._database.read() as db:  # type: ignore[attr-defined]
        return tuple(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables)  # noqa: S608
