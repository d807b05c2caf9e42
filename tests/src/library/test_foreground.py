"""What is done in the background waits while a page is drawn, and goes on however much is drawn."""

from __future__ import annotations

import threading
import time

from src.library.foreground import Foreground


def test_work_waits_until_the_page_is_drawn() -> None:
    foreground, went_on = Foreground(), threading.Event()

    def work() -> None:
        foreground.give_way()
        went_on.set()

    with foreground.drawing():
        thread = threading.Thread(target=work)
        thread.start()
        assert not went_on.wait(0.05)
    thread.join(5)
    assert went_on.is_set()


def test_work_goes_on_while_pages_are_drawn_without_end() -> None:
    foreground = Foreground()
    with foreground.drawing():
        foreground.give_way()  # the first wait is the longest
        began = time.monotonic()
        foreground.give_way()
        assert time.monotonic() - began < 0.2, "four times as long as was worked since"


def test_nothing_waits_where_no_page_is_drawn() -> None:
    foreground = Foreground(clock=lambda: 1 / 0)
    foreground.give_way()
