"""What is downloaded: its address holds although the page is drawn anew, and not for ever."""

from __future__ import annotations

import pytest
from streamlit.runtime.media_file_storage import MediaFileStorageError
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

from src.screen.downloads import KEPT_S, KeptDownloads

_BUTTON = "0.1"  # where it stands on the page


class _Page:
    def __init__(self) -> None:
        self.now = 0.0
        self.manager = KeptDownloads(MemoryMediaFileStorage("/media"), clock=lambda: self.now)
        self.offered = self.offer()

    def offer(self) -> str:
        return self.manager.add_deferred(lambda: b"a report", "text/html", _BUTTON, "report.html")

    def drawn_anew(self) -> None:
        """As a run does it, and as another person's run does that ends before this one's button is drawn."""
        self.manager.clear_session_refs()
        self.manager.remove_orphaned_files()
        self.offer()
        self.manager.remove_orphaned_files()

    def is_there(self, address: str) -> bool:
        return self.manager.read_file(address.removeprefix("/media/")) is not None


def test_a_click_on_what_was_drawn_before_still_makes_the_file() -> None:
    page = _Page()
    page.drawn_anew()
    page.drawn_anew()
    assert page.is_there(page.manager.execute_deferred(page.offered))


def test_an_address_outlives_the_drawings_that_follow_the_click() -> None:
    page = _Page()
    address = page.manager.execute_deferred(page.offered)
    for _ in range(5):
        page.drawn_anew()
    assert page.is_there(address)


def test_in_the_end_nothing_is_left_of_either() -> None:
    page = _Page()
    address = page.manager.execute_deferred(page.offered)
    page.drawn_anew()
    page.now = KEPT_S
    page.drawn_anew()
    assert not page.is_there(address)
    with pytest.raises(MediaFileStorageError):
        page.manager.execute_deferred(page.offered)


def test_the_same_file_downloaded_again_is_kept_as_long_again() -> None:
    page = _Page()
    page.manager.execute_deferred(page.offered)
    page.drawn_anew()
    page.now = KEPT_S - 1
    address = page.manager.execute_deferred(page.offer())
    page.now = KEPT_S + 1
    page.drawn_anew()
    assert page.is_there(address)


def test_what_a_disabled_button_would_make_is_gone_at_once() -> None:
    page = _Page()
    page.manager.remove_deferred(_BUTTON)
    with pytest.raises(MediaFileStorageError):
        page.manager.execute_deferred(page.offered)
