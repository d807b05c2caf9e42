"""Sharing out questions among model servers: no server, no sleep; faults and time are scripted."""

from __future__ import annotations

import doctest
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation import endpoints as module
from shared_utils.generation.endpoints import Endpoint, EndpointPool, PooledAnswerGenerator, Served
from shared_utils.types import (
    AnswerGenerator,
    ChatMessage,
    GenerationDone,
    GenerationEvent,
    ModelAsked,
    Prompt,
    TextDelta,
    Where,
)
from tests.fakes import FakeClock, FakeGenerator, never, prompt_saying


@dataclass
class Server:
    """A model server as the pool sees it: `down` = it cannot even be looked at."""

    address: str
    model: str = "small"
    words: Sequence[str] = ("Fine", ".")
    error: GenerationError | None = None
    error_after: int = 0
    down: bool = False
    places: int = 1
    asked: list[str] = field(default_factory=list)

    def endpoint(self) -> Endpoint:
        return Endpoint(self.address, self._look, self._generator, self.places)

    def _look(self) -> str:
        if self.down:
            raise GeneratorUnavailable(f"Nothing answers at {self.address}.")
        return self.model

    def _generator(self, model: str) -> AnswerGenerator:
        self.asked.append(model)
        return FakeGenerator(self.words, self.error, self.error_after, model=model)


def pool_of(*servers: Server, clock: FakeClock | None = None) -> EndpointPool:
    pool = EndpointPool(
        [server.endpoint() for server in servers], clock=clock or FakeClock(), start=lambda work: work()
    )
    pool.look()
    return pool


def said(pool: EndpointPool, prompt: Prompt | None = None) -> list[GenerationEvent]:
    return list(PooledAnswerGenerator(pool).generate(prompt or prompt_saying("Hi"), never))


def busy(pool: EndpointPool, text: str = "") -> Iterator[str]:
    """Take a place and keep it until closed."""
    with pool.taken(text) as (endpoint, _):
        yield endpoint.address


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_questions_at_once_go_to_different_servers() -> None:
    pool = pool_of(Server("a"), Server("b"), Server("c"))
    with ExitStack() as stack:
        addresses = [stack.enter_context(pool.taken("Rules."))[0].address for _ in range(3)]
    assert sorted(addresses) == ["a", "b", "c"]


def test_a_large_server_takes_as_many_as_it_has_places() -> None:
    pool = pool_of(Server("small"), Server("large", places=3))
    assert pool.places() == 4
    with ExitStack() as stack:
        addresses = [stack.enter_context(pool.taken(str(n)))[0].address for n in range(4)]
    assert sorted(addresses) == ["large", "large", "large", "small"]


def test_a_conversation_stays_where_its_beginning_was_read() -> None:
    clock = FakeClock()
    pool = pool_of(Server("a"), Server("b"), clock=clock)
    placed = {}
    for talk in ("Rent is 900 euros a month.", "Leakage fell to 3 % in 2014."):
        clock.now += 1
        with pool.taken(f"Rules. {talk}") as (endpoint, _):
            placed[talk] = endpoint.address
    assert sorted(placed.values()) == ["a", "b"]
    for talk in [*reversed(placed), *placed]:
        clock.now += 1
        with pool.taken(f"Rules. {talk} And in 2015?") as (endpoint, _):
            assert endpoint.address == placed[talk]


def test_a_busy_server_is_not_waited_for_although_it_knows_the_beginning() -> None:
    pool = pool_of(Server("a"), Server("b"))
    with pool.taken("Rules. Rent is 900.") as (first, _), pool.taken("Rules. Rent is 900. When?") as (second, _):
        assert first.address != second.address


def test_one_that_cannot_be_reached_is_passed_over_before_the_first_word() -> None:
    broken = Server("a", error=GeneratorUnavailable("Nothing answers at a."))
    well = Server("b", model="other")
    events = said(pool_of(broken, well))
    assert [event.model for event in events if isinstance(event, ModelAsked)] == ["small", "other"]
    assert "".join(event.text for event in events if isinstance(event, TextDelta)) == "Fine."
    assert isinstance(events[-1], GenerationDone)


def test_after_the_first_word_nobody_else_goes_on() -> None:
    broken = Server("a", error=GenerationInterrupted("The connection broke."), error_after=1)
    well = Server("b")
    pool = pool_of(broken, well)
    with pytest.raises(GenerationInterrupted, match="The connection broke"):
        said(pool)
    assert well.asked == []
    assert pool.health()["a"].failures == 0  # it speaks, so it is there


def test_a_deadline_that_was_waited_out_is_not_waited_out_again_elsewhere() -> None:
    slow, well = Server("a", error=GenerationTimeout("a did not begin.")), Server("b")
    pool = pool_of(slow, well)
    with pytest.raises(GenerationTimeout):
        said(pool)
    assert well.asked == []
    said(pool)
    assert (len(slow.asked), len(well.asked)) == (1, 1)


def test_when_none_is_left_the_last_reason_is_told() -> None:
    servers = [Server(name, error=GeneratorUnavailable(f"{name} is busy.")) for name in "ab"]
    pool = pool_of(*servers)
    with pytest.raises(GeneratorUnavailable, match="b is busy"):
        said(pool)
    with pytest.raises(GeneratorUnavailable, match=r"a is busy\. b is busy\."):
        said(pool)
    assert [len(server.asked) for server in servers] == [1, 1]  # they are left alone meanwhile


def test_a_failed_one_is_left_alone_longer_each_time_and_tried_by_one_question_only() -> None:
    clock = FakeClock()
    broken, well = Server("a", error=GeneratorUnavailable("a is busy.")), Server("b")
    pool = pool_of(broken, well, clock=clock)
    asked_at = []
    for _ in range(400):
        before = len(broken.asked)
        said(pool)
        if len(broken.asked) > before:
            asked_at.append(clock.now)
        clock.now += 0.5
    pauses = [later - earlier for earlier, later in pairwise(asked_at)]
    assert pauses[:5] == [2.0, 4.0, 8.0, 16.0, 32.0]
    assert max(pauses) <= 60.0

    clock.now += 60
    with pool.taken("") as (trial, _), pool.taken("") as (second, _):
        assert {trial.address, second.address} == {"a", "b"}
        with pool.taken("") as (third, _):
            assert third.address == "b"  # nobody follows to the one on trial


def test_one_that_answers_again_is_as_good_as_ever() -> None:
    clock = FakeClock()
    server = Server("a", error=GeneratorUnavailable("a is busy."))
    pool = pool_of(server, clock=clock)
    with pytest.raises(GeneratorUnavailable):
        said(pool)
    assert pool.models() == ()
    assert pool.places() == 0
    clock.now += 2
    server.error = None
    said(pool)
    assert pool.health()["a"].failures == 0
    assert pool.models() == ("small",)


def test_one_that_is_not_there_is_never_asked_and_comes_back_by_being_looked_at() -> None:
    clock = FakeClock()
    gone, well = Server("a", down=True), Server("b")
    pool = pool_of(gone, well, clock=clock)
    said(pool)
    assert gone.asked == []
    assert str(pool.health()["a"].reason) == "Nothing answers at a."
    gone.down = False
    clock.now += 4
    assert pool.models() == ("small",)  # looked at every five seconds, not more often
    clock.now += 1.1
    assert pool.models() == ("small", "small")


def test_nobody_waits_while_the_servers_are_looked_at() -> None:
    release, works = threading.Event(), list[Callable[[], None]]()

    def slow_look() -> str:
        assert release.wait(10)
        return "small"

    def start(work: Callable[[], None]) -> None:
        works.append(work)
        threading.Thread(target=work, daemon=True).start()

    pool = EndpointPool([Endpoint("a", slow_look, lambda _: FakeGenerator())], start=start)
    assert pool.models() == ()
    assert pool.places() == 0
    assert len(works) == 1  # one look at a time
    release.set()


def test_a_place_is_given_back_however_an_answer_ends() -> None:
    pool = pool_of(Server("a", words=("one", "two", "three")))
    events = PooledAnswerGenerator(pool).generate(prompt_saying("Hi"), never)
    next(events)
    events.close()  # type: ignore[attr-defined]
    with pool.taken("") as (endpoint, _):
        assert endpoint.address == "a"
    assert pool._known[0].in_hand == 0


@given(st.lists(st.sampled_from(["take", "give back"]), max_size=40), st.integers(1, 4), st.integers(1, 4))
def test_no_server_is_given_a_second_question_while_another_has_a_free_place(
    history: list[str], count: int, places: int
) -> None:
    pool = pool_of(*(Server(str(n), places=places) for n in range(count)))
    holding: list[Iterator[str]] = []
    for step in history:
        if step == "take" and len(holding) < count * places:
            holder = busy(pool, "Rules.")
            next(holder)
            holding.append(holder)
        elif step == "give back" and holding:
            holding.pop(0).close()  # type: ignore[attr-defined]
        loads = [known.in_hand for known in pool._known]
        assert all(0 <= load <= places for load in loads)
    for holder in holding:
        holder.close()  # type: ignore[attr-defined]


def test_what_was_read_is_compared_with_all_messages() -> None:
    pool = pool_of(Server("a"), Server("b"))
    first = Prompt((ChatMessage("system", "Rules."), ChatMessage("user", "Rent is 900.")), 5, 9)
    said(pool, first)
    where = next(known.endpoint.address for known in pool._known if known.read)
    for _ in range(3):
        said(pool, Prompt((*first.messages, ChatMessage("user", "When?")), 5, 9))
    assert {known.endpoint.address for known in pool._known if known.read} == {where}


HERE, NEAR, FAR = "http://127.0.0.1:11434", "http://gpu1:8000/v1", "https://api.example/v1"


def test_it_says_where_the_server_runs_before_it_is_asked() -> None:
    servers = [Server(FAR, error=GeneratorUnavailable("It is busy.")), Server(NEAR)]
    events = PooledAnswerGenerator(pool_of(*servers)).generate(prompt_saying("Hi"), never)
    assert next(events) == ModelAsked("small", Where.ELSEWHERE)
    assert [server.asked for server in servers] == [[], []]
    assert next(events) == ModelAsked("small", Where.OWN_NETWORK)
    assert servers[1].asked == []


def test_confined_to_this_machine_it_asks_no_other_whatever_becomes_of_the_one_here() -> None:
    here, near = Server(HERE, model="own", error=GeneratorUnavailable("It is busy.")), Server(NEAR)
    pool = pool_of(near, here)
    assert pool.served() == (Served("small", Where.OWN_NETWORK), Served("own", Where.THIS_MACHINE))
    assert pool.served(here_only=True) == (Served("own", Where.THIS_MACHINE),)
    confined = PooledAnswerGenerator(pool, here_only=True)
    for _ in range(2):  # the second time it is left alone for a while, and there is nobody else
        with pytest.raises(GeneratorUnavailable, match="busy"):
            list(confined.generate(prompt_saying("Hi"), never))
    assert (len(here.asked), len(near.asked)) == (1, 0)
