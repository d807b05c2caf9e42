"""The line for the models over several processes, each with a connection of its own to one real PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared_utils.storage.postgres_store import PostgresStore
from src.answering.answer_queue import Place, QueueFull, Room, Ticket, TurnLost
from src.answering.shared_line import SharedLine
from tests.fakes import never
from tests.postgres import fresh_database

pytestmark = pytest.mark.enable_socket

OpenLine = Callable[..., SharedLine]


@pytest.fixture
def url(postgres_server: str) -> Iterator[str]:
    with fresh_database(postgres_server) as url:
        yield url


@pytest.fixture
def open_line(url: str, tmp_path: Path) -> Iterator[OpenLine]:
    """Each as in a process of its own: nothing is shared but the database."""
    with ExitStack() as stack:

        def opened(**settings: object) -> SharedLine:
            store = stack.enter_context(PostgresStore(url, tmp_path / "copies"))
            return SharedLine(store.model_line("models"), **settings)  # type: ignore[arg-type]

        yield opened


def position(line: SharedLine, ticket: Ticket) -> int | None:
    place = line.place(ticket)
    return None if place is None else place.position


def test_places_and_estimates_count_over_all_processes(open_line: OpenLine) -> None:
    here, there = open_line(), open_line()
    first = here.enter("ann", expected_s=30)
    second, third = there.enter("bob", expected_s=40), here.enter("eve", expected_s=40)
    assert here.place(first) == Place(0, 0.0)
    for line, ticket, before, seconds in ((there, second, 1, 30), (here, third, 2, 70)):
        place = line.place(ticket)
        assert place is not None
        assert place.position == before
        assert place.seconds_left == pytest.approx(seconds, abs=5)
    assert here.load() == there.load() == (True, 2)


def test_turns_alternate_between_people_whichever_process_they_ask(open_line: OpenLine) -> None:
    here, there = open_line(room=Room(per_person=9)), open_line(room=Room(per_person=9))
    running = here.enter("ann")
    waiting = {(line, line.enter("ann")) for line in (here, there, here)} | {
        (line, line.enter("bob")) for line in (there, here)
    }
    served, line = [], here
    while waiting:
        line.leave(running)
        line, running = next(entry for entry in waiting if position(*entry) == 0)
        waiting.remove((line, running))
        served.append(running.person)
    assert served == ["bob", "ann", "bob", "ann", "ann"]


def test_limits_count_over_all_processes(open_line: OpenLine) -> None:
    here, there = (open_line(room=Room(capacity=3, per_person=2, per_network=2)) for _ in range(2))
    here.enter("running")
    here.enter("ann")
    there.enter("ann", network="net")
    with pytest.raises(QueueFull, match="2 of your questions"):
        there.enter("ann")
    there.enter("eve", network="net")
    with pytest.raises(QueueFull, match="from your network"):
        here.enter("dan", network="net")
    with pytest.raises(QueueFull, match="3 questions are waiting"):
        here.enter("dan")


def test_whoever_waits_hears_at_once_that_another_process_has_ended_its_turn(open_line: OpenLine) -> None:
    here, there = open_line(), open_line()
    first = here.enter("ann")
    second = there.enter("bob")
    places = there.wait(second, never)
    assert next(places).position == 1
    threading.Timer(0.2, here.leave, (first,)).start()
    began = time.monotonic()
    assert next(places).position == 0
    assert time.monotonic() - began < 0.9, "it was told, and did not have to look again after a second"


def test_as_many_have_their_turn_at_once_as_there_are_places(open_line: OpenLine) -> None:
    here, there = open_line(places=lambda: 2), open_line(places=lambda: 2)
    tickets = [(line, line.enter(person)) for line, person in ((here, "a"), (there, "b"), (here, "c"), (there, "d"))]
    assert [position(*ticket) for ticket in tickets] == [0, 0, 1, 2]
    here.leave(tickets[0][1])
    assert [position(*ticket) for ticket in tickets[1:]] == [0, 0, 1]


def test_what_nobody_asks_about_loses_its_place(open_line: OpenLine) -> None:
    here, there = open_line(), open_line(abandoned_after_s=0.2)
    here.enter("ann")
    forgotten, waiting = here.enter("bob"), there.enter("eve")
    time.sleep(0.3)  # nobody asks about bob's meanwhile; eve's shows itself by asking
    assert position(there, waiting) == 1
    with pytest.raises(TurnLost):
        next(here.wait(forgotten, never))


def test_a_turn_that_nobody_ends_ends_by_itself(open_line: OpenLine) -> None:
    here, there = open_line(), open_line(longest_turn_s=0.2)
    here.enter("ann")
    second = there.enter("bob")
    places = there.wait(second, never)
    assert [place.position for place in places][-1] == 0


_ASKS = """
import sys
from pathlib import Path
from shared_utils.storage.postgres_store import PostgresStore
from src.answering.shared_line import SharedLine
line = SharedLine(PostgresStore(sys.argv[1], Path(sys.argv[2])).model_line("models"))
line.enter("ann"), line.enter("ann")
print("asked", flush=True)
sys.stdin.read()
"""


def test_a_process_that_is_killed_leaves_its_places_at_once(open_line: OpenLine, url: str, tmp_path: Path) -> None:
    line = open_line()
    command = [sys.executable, "-c", _ASKS, url, str(tmp_path / "its")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "asked\n"
        ticket = line.enter("bob")
        assert position(line, ticket) == 1  # the other's first question has its turn, its second stands behind us
        os.kill(other.pid, signal.SIGKILL)
        killed = time.monotonic()
        assert [place.position for place in line.wait(ticket, never)][-1] == 0
        assert time.monotonic() - killed < 5
    until = time.monotonic() + 10
    while line.load() != (True, 0):
        assert time.monotonic() < until
        time.sleep(0.1)


def test_many_threads_of_several_processes_get_one_turn_each_and_never_two_at_a_time(open_line: OpenLine) -> None:
    lines = [open_line(room=Room(50, 50, 50)) for _ in range(2)]
    busy, overlaps, served = threading.Lock(), [], []

    def ask(line: SharedLine, person: str) -> None:
        ticket = line.enter(person)
        try:
            for place in line.wait(ticket, never):
                if place.position == 0:
                    overlaps.append(not busy.acquire(blocking=False))
                    served.append(ticket.number)
                    busy.release()
        finally:
            line.leave(ticket)

    threads = [threading.Thread(target=ask, args=(lines[n % 2], f"p{n % 4}")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(set(served)) == 12
    assert not any(overlaps)
