from __future__ import annotations

import doctest
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.errors import GeneratorUnavailable
from src.answering import answer_queue
from src.answering.answer_queue import AnswerQueue, Place, QueueFull, Ticket, TurnLost, fair_order
from tests.fakes import FakeClock, never


def had_the_last_turn(person: str) -> list[Ticket]:
    return [Ticket(0, person, 1.0)]


def position(queue: AnswerQueue, ticket: Ticket) -> int | None:
    place = queue.place(ticket)
    return None if place is None else place.position


def test_the_first_question_has_its_turn_at_once() -> None:
    queue = AnswerQueue(clock=FakeClock())
    assert queue.place(queue.enter("ann")) == Place(0, 0.0)


def test_the_next_is_told_its_place_and_the_wait() -> None:
    clock = FakeClock()
    queue = AnswerQueue(clock=clock)
    queue.enter("ann", expected_s=30)
    second, third = queue.enter("bob", expected_s=40), queue.enter("eve", expected_s=40)
    assert queue.place(second) == Place(1, 30.0)
    assert queue.place(third) == Place(2, 70.0)
    clock.now += 10
    assert queue.place(third) == Place(2, 60.0)


def test_turns_alternate_between_people() -> None:
    queue = AnswerQueue(per_person=9, clock=FakeClock())
    running, *anns = [queue.enter("ann") for _ in range(4)]
    bobs = [queue.enter("bob") for _ in range(2)]
    served = []
    waiting = {*anns, *bobs}
    while waiting:
        queue.leave(running)
        running = next(ticket for ticket in waiting if position(queue, ticket) == 0)
        waiting.remove(running)
        served.append(running.person)
    assert served == ["bob", "ann", "bob", "ann", "ann"]


def test_leaving_the_queue_moves_the_others_up() -> None:
    queue = AnswerQueue(clock=FakeClock())
    queue.enter("ann")
    second, third = queue.enter("bob"), queue.enter("eve")
    queue.leave(second)
    assert position(queue, second) is None
    assert position(queue, third) == 1


def test_a_ticket_nobody_asks_about_loses_its_place() -> None:
    clock = FakeClock()
    queue = AnswerQueue(abandoned_after_s=15, clock=clock)
    queue.enter("ann")
    gone, here = queue.enter("bob"), queue.enter("eve")
    clock.now += 10
    assert position(queue, here) == 2
    clock.now += 10
    assert position(queue, here) == 1
    assert position(queue, gone) is None


def test_a_turn_that_never_ends_is_ended() -> None:
    clock = FakeClock()
    queue = AnswerQueue(longest_turn_s=300, abandoned_after_s=1000, clock=clock)
    stuck, next_one = queue.enter("ann"), queue.enter("bob")
    clock.now += 301
    assert position(queue, next_one) == 0
    assert position(queue, stuck) is None


def test_a_full_queue_says_so_as_an_engine_that_is_busy() -> None:
    queue = AnswerQueue(capacity=2, clock=FakeClock())
    for person in ("ann", "bob", "eve"):
        queue.enter(person, expected_s=60)
    with pytest.raises(QueueFull, match="2 questions are waiting for the model, about 3 minutes") as caught:
        queue.enter("joe")
    assert isinstance(caught.value, GeneratorUnavailable)


def test_one_person_cannot_fill_the_queue() -> None:
    queue = AnswerQueue(per_person=2, clock=FakeClock())
    for _ in range(3):
        queue.enter("ann")
    with pytest.raises(QueueFull, match="2 of your questions"):
        queue.enter("ann")
    queue.enter("bob")


def test_many_keys_of_one_network_cannot_fill_the_queue() -> None:
    queue = AnswerQueue(per_network=3, clock=FakeClock())
    queue.enter("running", expected_s=30)
    for number in range(3):
        queue.enter(f"key {number}", expected_s=60, network="192.0.2.1")
    with pytest.raises(QueueFull, match="3 questions from your network are waiting already, about 4 minutes"):
        queue.enter("one key more", network="192.0.2.1")
    assert position(queue, queue.enter("bob", network="192.0.2.2")) == 2


def test_turns_alternate_between_networks_first_and_then_between_their_people() -> None:
    queue = AnswerQueue(per_network=9, clock=FakeClock())
    running = queue.enter("ann", network="office")
    waiting = {queue.enter(person, network="office") for person in ("ann", "ann", "bob", "eve")}
    waiting |= {queue.enter(person, network="home") for person in ("joe", "joe")}
    served = []
    while waiting:
        queue.leave(running)
        running = next(ticket for ticket in waiting if position(queue, ticket) == 0)
        waiting.remove(running)
        served.append(running.person)
    assert served == ["joe", "bob", "joe", "ann", "eve", "ann"]


def test_people_whose_network_is_not_counted_share_no_places() -> None:
    queue = AnswerQueue(per_network=1, clock=FakeClock())
    for person in ("ann", "bob", "eve"):
        queue.enter(person)
    assert queue.load() == (True, 2)


def test_the_estimate_learns_from_what_answers_took() -> None:
    clock = FakeClock()
    queue = AnswerQueue(first_expected_s=40, clock=clock)
    for _ in range(8):
        ticket = queue.enter("ann")
        clock.now += 5
        queue.leave(ticket)
    queue.enter("ann")
    assert queue.place(queue.enter("bob")) == Place(1, 5.0)


def test_waiting_ends_with_the_turn_when_the_one_before_leaves() -> None:
    queue = AnswerQueue()
    first, second = queue.enter("ann"), queue.enter("bob")
    places = queue.wait(second, never)
    assert next(places).position == 1
    threading.Timer(0.05, queue.leave, [first]).start()
    assert [place.position for place in places] == [0]


def test_waiting_ends_without_a_turn_when_it_is_stopped() -> None:
    queue = AnswerQueue()
    queue.enter("ann")
    assert list(queue.wait(queue.enter("bob"), lambda: True)) == []


def test_waiting_with_a_ticket_that_was_dropped_is_an_error_and_not_a_turn() -> None:
    clock = FakeClock()
    queue = AnswerQueue(abandoned_after_s=15, clock=clock)
    queue.enter("ann")
    places = queue.wait(queue.enter("bob"), never)
    next(places)
    clock.now += 16
    queue.enter("eve")  # whoever comes next finds bob's place abandoned
    with pytest.raises(TurnLost, match="Ask it again"):
        next(places)


def test_many_threads_get_one_turn_each_and_never_two_at_a_time() -> None:
    queue = AnswerQueue(capacity=50, per_person=50)
    busy, overlaps, served = threading.Lock(), [], []

    def ask(person: str) -> None:
        ticket = queue.enter(person)
        try:
            for place in queue.wait(ticket, never):
                if place.position == 0:
                    overlaps.append(not busy.acquire(blocking=False))
                    served.append(ticket)
                    busy.release()
        finally:
            queue.leave(ticket)

    threads = [threading.Thread(target=ask, args=(f"p{number % 4}",)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(set(served)) == 24
    assert not any(overlaps)


TICKETS = st.lists(st.sampled_from("abcd"), max_size=12).map(
    lambda people: [Ticket(number, person, 1.0) for number, person in enumerate(people, start=1)]
)


@given(TICKETS, st.sampled_from("abcd"))
def test_nobody_gets_two_turns_in_a_row_while_somebody_else_waits(waiting: list[Ticket], last_person: str) -> None:
    order = fair_order(waiting, had_the_last_turn(last_person))
    assert sorted(ticket.number for ticket in order) == [ticket.number for ticket in waiting]
    if order and any(ticket.person != last_person for ticket in waiting):
        assert order[0].person != last_person


@given(TICKETS, st.sampled_from("abcd"), st.sampled_from("abcde"))
def test_a_newcomer_never_overtakes_anybodys_first_question(
    waiting: list[Ticket], last_person: str, newcomer: str
) -> None:
    before = fair_order(waiting, had_the_last_turn(last_person))
    late = Ticket(len(waiting) + 1, newcomer, 1.0)
    after = fair_order([*waiting, late], had_the_last_turn(last_person))
    firsts = {ticket.person: ticket for ticket in reversed(waiting) if ticket.person != last_person}
    assert [ticket for ticket in after if ticket != late] == before
    assert all(after.index(first) < after.index(late) for first in firsts.values())


def test_as_many_are_answered_at_once_as_there_are_places() -> None:
    clock, places = FakeClock(), [2]
    queue = AnswerQueue(clock=clock, places=lambda: places[0])
    first, second = queue.enter("ann", expected_s=30), queue.enter("bob", expected_s=10)
    third, fourth = queue.enter("eve", expected_s=5), queue.enter("dan", expected_s=5)
    assert [position(queue, ticket) for ticket in (first, second, third, fourth)] == [0, 0, 1, 2]
    assert queue.place(third) == Place(1, 10.0)
    assert queue.place(fourth) == Place(2, 15.0)
    queue.leave(second)
    assert [position(queue, ticket) for ticket in (first, third, fourth)] == [0, 0, 1]
    assert queue.load() == (True, 1)


def test_a_server_that_joins_is_used_at_once_and_one_that_leaves_takes_nobodys_turn() -> None:
    places = [1]
    queue = AnswerQueue(clock=FakeClock(), places=lambda: places[0])
    tickets = [queue.enter(person) for person in ("ann", "bob", "eve")]
    assert [position(queue, ticket) for ticket in tickets] == [0, 1, 2]
    places[0] = 3
    assert [position(queue, ticket) for ticket in tickets] == [0, 0, 0]
    places[0] = 0
    late = queue.enter("dan")
    assert [position(queue, ticket) for ticket in tickets] == [0, 0, 0]
    assert position(queue, late) == 1
    for ticket in tickets:
        queue.leave(ticket)
    assert position(queue, late) == 0  # to be told at once that nobody can be asked


def test_each_of_several_turns_ends_by_itself() -> None:
    clock = FakeClock()
    queue = AnswerQueue(longest_turn_s=300, abandoned_after_s=1000, clock=clock, places=lambda: 2)
    queue.enter("ann")
    clock.now += 200
    second, waiting = queue.enter("bob"), queue.enter("eve")
    clock.now += 101
    assert [position(queue, ticket) for ticket in (second, waiting)] == [0, 0]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(answer_queue).failed == 0


def test_while_a_server_reads_on_nobody_of_several_is_sent_and_they_are_told_how_long_that_takes() -> None:
    clock = FakeClock()
    queue = AnswerQueue(clock=clock)
    stopped = queue.enter("ann")
    bob, eve = queue.enter("bob", expected_s=30), queue.enter("eve", expected_s=30)
    queue.leave(stopped, reads_on_s=9.0)
    assert queue.place(bob) == Place(1, 9.0)
    assert queue.place(eve) == Place(2, 39.0)
    clock.now += 9
    assert queue.place(bob) == Place(0, 0.0)
    assert queue.place(eve) == Place(1, 30.0)


def test_what_is_stopped_meanwhile_costs_nothing_and_the_last_who_waits_is_sent_at_once() -> None:
    queue = AnswerQueue(clock=FakeClock())
    stopped = queue.enter("ann")
    bob, eve = queue.enter("bob"), queue.enter("eve")
    queue.leave(stopped, reads_on_s=9.0)
    assert position(queue, eve) == 2
    queue.leave(bob)
    assert position(queue, eve) == 0


def test_other_places_are_given_while_one_reads_on() -> None:
    queue = AnswerQueue(clock=FakeClock(), places=lambda: 2)
    first, _, bob, eve = (queue.enter(name) for name in ("ann", "joe", "bob", "eve"))
    queue.leave(first, reads_on_s=9.0)
    assert [position(queue, ticket) for ticket in (bob, eve)] == [1, 2]
