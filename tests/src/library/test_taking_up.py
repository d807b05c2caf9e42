"""Who goes on with a question whose process is gone, and when."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from shared_utils.storage.conversation_store import LeftTurn, StoredTurn
from shared_utils.storage.workspaces import WorkspaceId, workspace_id
from src.library.news import News
from src.library.taking_up import GRACE_S, TakingUp
from tests.fakes import FakeClock
from tests.src.library.shelves import MINE, OpenLibrary, answered, shelf_with_sample
from tests.waiting import until

NOW = 1_000_000.0


@dataclass
class LeftThere:
    """A store in which these questions are left, and a process that takes them."""

    clock: FakeClock
    turns: list[LeftTurn]
    here: set[str] = field(default_factory=set)  # whose person is with the process
    taken: list[str] = field(default_factory=list)  # of whom, in order

    def __post_init__(self) -> None:
        shelves = {turn.person: _Shelf(self, turn.person) for turn in self.turns}
        self.taking_up = TakingUp(
            self,  # type: ignore[arg-type]
            "me",
            shelves,  # type: ignore[arg-type]
            shelves.__getitem__,  # type: ignore[arg-type]
            self.clock,
            lambda: NOW,
            lambda work: work(),
        )

    def left(self) -> tuple[LeftTurn, ...]:
        return tuple(turn for turn in self.turns if turn.person not in self.taken)

    def take(self, people: Sequence[WorkspaceId], *, owner: str, lease_s: float) -> tuple[StoredTurn, ...]:
        return tuple(StoredTurn("talk", "turn", "", person) for person in people)


@dataclass
class _Shelf:
    there: LeftThere
    person: WorkspaceId

    @property
    def under_way(self) -> _Shelf:
        return self

    def is_here(self) -> bool:
        return self.person in self.there.here

    def go_on(self, left: StoredTurn) -> None:
        self.there.taken.append(left.person)


def left(name: str, *, handed_over: bool = True, asked_at: float = NOW - 30) -> LeftTurn:
    return LeftTurn(WorkspaceId(name), f"turn of {name}", asked_at, handed_over)


def test_whose_person_is_here_goes_on_at_once_however_it_was_left() -> None:
    there = LeftThere(FakeClock(), [left("a"), left("b", handed_over=False), left("c", asked_at=1.0)], {"a", "b", "c"})
    assert there.taking_up.look() is None
    assert there.taken == ["a", "b", "c"]


def test_whose_person_is_nowhere_goes_on_after_a_moment_a_few_at_a_time() -> None:
    clock = FakeClock()
    people = [f"person {n}" for n in range(10)]
    there = LeftThere(clock, [left(person) for person in people])
    assert there.taking_up.look() == pytest.approx(GRACE_S)
    assert there.taken == []
    clock.now += GRACE_S + 0.01
    again_s = there.taking_up.look()
    assert (there.taken, again_s is not None) == (people[:8], True), "others take their share meanwhile"
    assert there.taking_up.look() is None
    assert there.taken == people


def test_what_a_killed_process_was_at_and_what_is_long_ago_waits_for_its_person() -> None:
    clock = FakeClock()
    there = LeftThere(clock, [left("a", handed_over=False), left("b", asked_at=NOW - 3600)])
    assert there.taking_up.look() is None
    clock.now += 60
    assert there.taking_up.look() is None
    assert there.taken == []


def test_what_was_left_is_taken_up_before_anything_else_that_was_told_is_looked_at() -> None:
    done: list[str] = []
    going_on, ended = threading.Event(), threading.Event()

    def look(name: str) -> None:
        done.append(name)
        if name == "first":
            going_on.set()
            ended.wait(5)

    def taken_up() -> float | None:
        done.append("taken up")
        return 0.01 if done.count("taken up") == 2 else None

    news = News(look, taken_up)
    news.tell("first")
    assert going_on.wait(5)
    news.tell("second")
    news.tell("third")
    ended.set()
    until(lambda: len(done) == 6)
    news.close()
    assert done[:3] == ["taken up", "first", "taken up"]
    assert sorted(done[3:]) == ["second", "taken up", "third"], "and again after as long as it said"


def test_a_question_is_gone_on_with_in_a_process_that_was_never_shown_its_persons_key(
    open_library: OpenLibrary,
) -> None:
    library = open_library()
    shelf_with_sample(library)
    library.close()
    library = open_library()
    store, person = library.store.conversations, workspace_id(MINE)
    body = '{"id": "turn", "question": "How much cargo did Nordhaven handle?", "pending": true}'
    assert store.begin(MINE, "one-conversation", "turn", body, owner="another", lease_s=60.0)
    store.release("another")
    library._open(person)
    until(lambda: store.left() == () and not library._open(person).answering())
    told = answered(library.shelf(MINE))
    assert told.answer is not None
    assert "2.84 million" in str(told.answer)
