from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from src.models.page_watch import PageWatch, stalled_page
from tests.fakes import FakeClock
from tests.waiting import until

pytestmark = pytest.mark.enable_socket


@contextmanager
def page(status: int, body: str) -> Iterator[str]:
    """The address of a server that says `body`, whatever it is asked."""

    class Says(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Says) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


REASON = "No sign of life of: reader."


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (200, json.dumps({"status": "ok"}), ""),
        (200, json.dumps({"status": "starting"}), ""),
        (503, json.dumps({"status": "unhealthy", "reason": "The disk is full."}), ""),
        (503, json.dumps({"status": "stalled", "reason": REASON}), REASON),
        (200, "no JSON", None),
    ],
)
def test_only_a_stalled_page_has_to_be_started_anew(status: int, body: str, told: str | None) -> None:
    with page(status, body) as address:
        assert stalled_page(address) == told


def test_a_page_that_is_not_there_tells_nothing() -> None:
    with page(200, "") as address:
        pass
    assert stalled_page(address) is None


Watching = Callable[[Callable[[], str | None]], PageWatch]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(0.0)


@pytest.fixture
def watching(clock: FakeClock) -> Iterator[Watching]:
    watches: list[PageWatch] = []

    def begin(look: Callable[[], str | None]) -> PageWatch:
        watches.append(PageWatch(look, clock=clock, every_s=0.001, silent_s=120))
        return watches[-1]

    yield begin
    for watch in watches:
        watch.end()


def test_what_the_page_tells_of_itself_is_trouble(watching: Watching) -> None:
    told = iter(["", "", REASON])
    watch = watching(lambda: next(told))
    until(lambda: watch.trouble() == REASON)


def test_a_page_that_answered_and_falls_silent_is_trouble(watching: Watching, clock: FakeClock) -> None:
    told = iter([""])

    def look() -> str | None:
        clock.sleep(50)
        return next(told, None)

    watch = watching(look)
    until(watch.trouble)
    assert watch.trouble() == "It has not answered for 150 s."


def test_a_page_that_is_still_starting_may_take_its_time(watching: Watching, clock: FakeClock) -> None:
    looks: list[float] = []

    def look() -> None:
        clock.sleep(50)
        looks.append(clock())

    watch = watching(look)
    until(lambda: len(looks) > 20)
    assert not watch.trouble()
