"""Whose a shelf is, what shows on it, and what of it outlives a process or is seen by another."""

from __future__ import annotations

import json
import threading
from contextlib import AbstractContextManager

import pytest

from shared_utils.errors import DocumentGone, QuestionError
from src.library.preferences import Pace, Preferences
from src.library.question_lists import list_view
from src.library.sample import sample_pdf
from src.views import DocumentState
from tests.src.library.shelves import (
    MINE,
    TALK,
    THEIRS,
    OpenLibrary,
    answered,
    endless,
    settled,
    shelf_with_sample,
)
from tests.src.library.stored_turns import ANSWERED, BEING_ANSWERED, LIST_BEGUN, LIST_ENDED, NOT_ASKED
from tests.waiting import until


def test_documents_and_conversations_outlive_the_process(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    before = answered(shelf)
    library.close()

    shelf = open_library().shelf(MINE)
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.embedded) == (DocumentState.READY, view.chunks)
    (turn,) = shelf.turns(TALK)
    assert turn.answer == before.answer
    assert [conversation.title for conversation in shelf.conversations()] == ["How many ships called at the port?"]


def test_conversations_that_an_older_version_stored_are_there_and_its_running_question_is_answered(
    open_library: OpenLibrary,
) -> None:
    library = open_library()
    shelf_with_sample(library)
    kept, gone = library.store.conversations, "an older process"
    for conversation, bodies in (
        (TALK, (ANSWERED, NOT_ASKED)),
        ("list-of-questions", (LIST_BEGUN, LIST_ENDED)),
        ("being-answered-now", (BEING_ANSWERED,)),
    ):
        for body in bodies:
            record = json.loads(body)
            kept.begin(MINE, conversation, record["id"], body, owner=gone, lease_s=0.0)
            if not record["pending"]:
                kept.finish(MINE, record["id"], body, owner=gone)
    library.close()

    shelf = open_library().shelf(MINE)
    answered_then, refused_then = shelf.turns(TALK)
    assert answered_then.answer is not None
    assert (answered_then.rating, answered_then.passages_left) == (1, 3)
    assert "Add a PDF" in str(refused_then.error)
    asked_list = list_view(shelf.turns("list-of-questions"))
    assert asked_list is not None
    assert (asked_list.done, asked_list.total) == (2, 2)
    until(lambda: shelf.turns("being-answered-now")[-1].done)
    assert "23 times" in str(shelf.turns("being-answered-now")[-1].answer)
    assert {view.title for view in shelf.conversations()} == {
        "How many ships called at the port?",
        "How many cruise ships called?",
        "How many times did the tide gates close in 2025?",
    }


def test_strangers_see_nothing_of_each_other(open_library: OpenLibrary) -> None:
    library = open_library()
    mine = shelf_with_sample(library)
    mine.ask(TALK, "How many ships called at the port?")
    answered(mine)
    theirs = library.shelf(THEIRS)
    assert theirs.documents() == ()
    assert theirs.turns(TALK) == ()
    assert theirs.conversations() == ()
    (view,) = mine.documents()
    with pytest.raises(DocumentGone):
        theirs.file(view.document_id)
    with pytest.raises(DocumentGone):
        theirs.page_image(view.document_id, 1, width_px=200)
    with pytest.raises(DocumentGone):
        theirs.remove(view.entry_id)


def test_a_question_whose_process_ends_in_mid_answer_is_asked_again_by_the_next(
    open_library: OpenLibrary,
) -> None:
    library = open_library(endless())
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    until(lambda: "more" in shelf.turns(TALK)[-1].text)
    library.close()

    turn = answered(open_library().shelf(MINE))
    assert turn.answer is not None
    assert turn.answer.citations
    assert "1,206" in turn.answer.citations[0].quote


def test_a_question_asked_right_after_a_start_waits_for_the_documents_to_come_back(
    open_library: OpenLibrary,
) -> None:
    library = open_library()
    shelf_with_sample(library)
    library.close()
    shelf = open_library().shelf(MINE)
    shelf.ask(TALK, "How many ships called at the port?")
    turn = answered(shelf)
    assert str(turn.error) == ""
    assert turn.answer is not None
    assert "1,206" in turn.answer.citations[0].quote


def test_a_question_is_asked_once_while_its_process_lives_and_its_answer_shows_in_the_other(
    open_library: OpenLibrary,
) -> None:
    one = open_library(endless())
    shelf = shelf_with_sample(one)
    shelf.ask(TALK, "How many ships called at the port?")
    elsewhere = open_library().shelf(MINE)
    elsewhere.catch_up()
    (waiting,) = elsewhere.turns(TALK)
    assert not waiting.done
    with pytest.raises(QuestionError, match="Wait for it"):
        elsewhere.ask(TALK, "And now?")
    shelf.stop(TALK)
    answered(shelf)
    elsewhere.catch_up()
    (shown,) = elsewhere.turns(TALK)
    assert shown.answer == shelf.turns(TALK)[-1].answer


def test_what_another_process_adds_renames_removes_and_prefers_is_seen(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    elsewhere = open_library().shelf(MINE)
    elsewhere_store = elsewhere._documents._store
    elsewhere_store.add_to_workspace(MINE, elsewhere_store.put_file(sample_pdf()[1]), "renamed.pdf")
    elsewhere.prefer(Preferences(keep_here=True, pace=Pace.QUICK, language="de"))
    shelf.catch_up()
    assert [view.name for view in shelf.documents()] == ["renamed.pdf"]
    assert shelf.preferences() == elsewhere.preferences()
    entry = elsewhere.documents()[0].entry_id
    elsewhere.remove(entry)
    elsewhere._documents.wipe_removed()
    shelf.catch_up()
    assert shelf.documents() == ()


def test_waiting_for_a_change_ends_with_the_change(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    before = shelf.version()
    assert shelf.wait(before, timeout_s=0.01) == before
    shelf.add(*sample_pdf())
    assert shelf.wait(before, timeout_s=20.0) > before


def test_the_version_grows_with_whatever_can_be_seen(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    before = shelf.version()
    entry = shelf.add(*sample_pdf())
    until(lambda: settled(shelf))
    ready = shelf.version()
    shelf.remove(entry)
    assert before < ready < shelf.version()


# ------------------------------------------------------------------------------------------------ locks


def free(lock: AbstractContextManager[object]) -> bool:
    """Whether another thread gets the lock at this moment."""
    taken = threading.Event()

    def take() -> None:
        with lock:
            taken.set()

    threading.Thread(target=take, daemon=True).start()
    return taken.wait(5)


def test_documents_are_asked_and_changes_are_told_with_no_lock_held(open_library: OpenLibrary) -> None:
    """Else a question that waits for its documents and a file that is read wait for each other, for ever."""
    shelf = shelf_with_sample(open_library())
    documents, seen = shelf._documents, []
    loaded, changed = documents.loaded, documents._changed

    def asked() -> bool:
        seen.append(free(shelf._changes._condition))
        return loaded()

    def told() -> None:
        seen.append(free(documents._lock))
        changed()

    documents.loaded = asked  # type: ignore[method-assign]
    documents._changed = documents._reading._changed = told
    shelf.await_documents()
    documents.catch_up()
    (entry,) = documents._entries.values()
    documents._reading._update(entry, looked_at=1)
    assert len(seen) >= 3  # a reader may tell once more of what it has done
    assert all(seen)
