from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.storage.conversation_store import ConversationStore, LetGo, StoredTurn
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.workspaces import workspace_id
from tests.shared_utils.storage.conftest import OpenStore
from tests.shared_utils.storage.samples import ANNA, BEN


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def begin(store: ConversationStore, turn_id: str, *, key: str = ANNA, owner: str = "one", replacing: str = "") -> bool:
    return store.begin(key, "talk", turn_id, f"asked {turn_id}", owner=owner, lease_s=20.0, replacing=replacing)


def test_a_question_is_there_when_it_is_asked_and_its_answer_takes_its_place(open_store: OpenStore) -> None:
    with open_store() as store:
        assert begin(store.conversations, "a")
        assert store.conversations.turns(ANNA, "talk") == ("asked a",)
        assert store.conversations.finish(ANNA, "a", "answered", owner="one")
        assert store.conversations.turns(ANNA, "talk") == ("answered",)
        assert store.conversations.first_turn(ANNA, "talk") == "answered"


def test_one_question_of_a_conversation_is_answered_at_a_time_whoever_asks(open_store: OpenStore) -> None:
    with open_store() as store:
        assert begin(store.conversations, "a")
        assert not begin(store.conversations, "b", owner="two")
        assert begin(store.conversations, "c", key=BEN)
        store.conversations.finish(ANNA, "a", "answered", owner="one")
        assert begin(store.conversations, "b", owner="two")


def test_asked_again_it_stands_where_it_stood_and_once(open_store: OpenStore) -> None:
    with open_store() as store:
        for turn in ("a", "b"):
            begin(store.conversations, turn)
            store.conversations.finish(ANNA, turn, f"answered {turn}", owner="one")
        assert begin(store.conversations, "c", replacing="b")
        assert store.conversations.turns(ANNA, "talk") == ("answered a", "asked c")


def test_a_question_is_taken_over_when_its_lease_has_run_out_by_one_only_and_not_by_strangers(
    open_store: OpenStore,
) -> None:
    clock = Clock()
    with open_store(clock) as store:
        talks = store.conversations
        begin(talks, "a")
        clock.now += 19.0
        talks.renew("one", 20.0)
        clock.now += 19.0
        assert talks.adopt(ANNA, owner="two", lease_s=20.0) == ()
        clock.now += 2.0
        assert talks.adopt(BEN, owner="two", lease_s=20.0) == ()
        assert talks.adopt(ANNA, owner="two", lease_s=20.0) == (StoredTurn("talk", "a", "asked a", workspace_id(ANNA)),)
        assert talks.adopt(ANNA, owner="three", lease_s=20.0) == ()
        assert not talks.finish(ANNA, "a", "too late", owner="one")
        assert talks.finish(ANNA, "a", "answered", owner="two")
        assert talks.turns(ANNA, "talk") == ("answered",)


def test_what_is_let_go_can_be_taken_over_at_once(open_store: OpenStore) -> None:
    with open_store() as store:
        begin(store.conversations, "a")
        store.conversations.release("one")
        assert len(store.conversations.adopt(ANNA, owner="two", lease_s=20.0)) == 1


def test_what_is_handed_over_is_told_with_whose_it_is_and_taken_by_one_with_the_words_so_far(
    open_store: OpenStore,
) -> None:
    with open_store(Clock()) as store:
        talks = store.conversations
        begin(talks, "a")
        assert talks.begin(BEN, "theirs", "b", "asked b", owner="one", lease_s=20.0)
        assert talks.begin(BEN, "other", "c", "asked c", owner="other", lease_s=20.0)
        assert talks.left() == ()
        before = store.revision(ANNA)
        talks.hand_over([LetGo(BEN, "b", "b so far"), LetGo(ANNA, "a", "a so far"), LetGo(BEN, "c", "")], owner="one")
        assert store.revision(ANNA) > before, "so that others hear of it"
        anna, ben = workspace_id(ANNA), workspace_id(BEN)
        left = [(turn.person, turn.turn_id, turn.handed_over) for turn in talks.left()]
        assert sorted(left) == sorted([(anna, "a", True), (ben, "b", True)]), "and none of another owner's"
        taken = talks.take([anna, ben], owner="two", lease_s=20.0)
        assert {turn.body for turn in taken} == {"a so far", "b so far"}
        assert talks.take([anna, ben], owner="three", lease_s=20.0) == () == talks.left()


def test_a_workspace_id_stands_for_its_key_and_opens_nothing_as_a_plain_string(open_store: OpenStore) -> None:
    with open_store() as store:
        begin(store.conversations, "a")
        assert store.conversations.turns(workspace_id(ANNA), "talk") == ("asked a",)
        assert store.conversations.turns(str(workspace_id(ANNA)), "talk") == ()


def test_who_opens_the_folder_alone_knows_that_every_owner_is_gone(tmp_path: Path) -> None:
    with DocumentStore(tmp_path) as store:
        begin(store.conversations, "a")
        with DocumentStore(tmp_path) as beside:
            assert beside.conversations.adopt(ANNA, owner="two", lease_s=20.0) == ()
    with DocumentStore(tmp_path) as store:
        assert len(store.conversations.adopt(ANNA, owner="two", lease_s=20.0)) == 1


def test_a_deleted_question_cannot_be_answered_any_more(open_store: OpenStore) -> None:
    with open_store() as store:
        begin(store.conversations, "a")
        store.conversations.delete(ANNA, "talk")
        assert not store.conversations.finish(ANNA, "a", "answered", owner="one")
        assert store.conversations.conversations(ANNA) == ()
        assert store.conversations.first_turn(ANNA, "talk") is None


def test_an_answer_is_rewritten_and_a_question_in_hand_is_not(open_store: OpenStore) -> None:
    with open_store() as store:
        begin(store.conversations, "a")
        store.conversations.rewrite(ANNA, "a", "other")
        assert store.conversations.turns(ANNA, "talk") == ("asked a",)
        store.conversations.finish(ANNA, "a", "answered", owner="one")
        store.conversations.rewrite(BEN, "a", "a stranger's")
        store.conversations.rewrite(ANNA, "a", "rated")
        assert store.conversations.turns(ANNA, "talk") == ("rated",)


@pytest.mark.parametrize("stranger", [False, True])
def test_the_revision_grows_with_ones_own_changes_only(open_store: OpenStore, stranger: bool) -> None:
    with open_store() as store:
        before = store.revision(ANNA)
        store.save_preferences(BEN if stranger else ANNA, "{}")
        begin(store.conversations, "a", key=BEN if stranger else ANNA)
        assert (store.revision(ANNA) > before) is not stranger


def test_preferences_come_back_after_a_restart(open_store: OpenStore) -> None:
    with open_store() as store:
        assert store.preferences(ANNA) == ""
        store.save_preferences(ANNA, '{"language": "de"}')
    with open_store() as store:
        assert store.preferences(ANNA) == '{"language": "de"}'
        assert store.preferences(BEN) == ""
