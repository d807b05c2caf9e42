"""What a page, an address and everybody may have in memory on its way in, and when it is let go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from src.screen.page_uploads import PageUploads
from src.settings import Settings
from tests.fakes import FakeClock

MB = 1_000_000
LIMITS = Settings(max_file_mb=100, max_uploading_mb=800)  # 200 MB a page, 400 MB an address


@dataclass
class Pages:
    """Of Streamlit's runtime: which pages are open, and the files that it holds for them."""

    open: set[str] = field(default_factory=lambda: {"a", "b", "c", "d", "e"})
    uploaded_file_mgr: MemoryUploadedFileManager = field(default_factory=lambda: MemoryUploadedFileManager("/x"))

    def is_active_session(self, session: str) -> bool:
        return session in self.open


class World:
    def __init__(self, settings: Settings = LIMITS) -> None:
        self.pages, self.clock = Pages(), FakeClock()
        self.uploads = PageUploads(settings, lambda: cast(Runtime, self.pages), self.clock)

    def put(self, session: str, file: str, size: int, network: str = "192.0.2.1") -> bool:
        """A file as it comes in, without its bytes."""
        claim = self.uploads.claim(session, file, network, size)
        if claim is None:
            return False
        self.pages.uploaded_file_mgr.add_file(session, UploadedFileRec(file, "x.pdf", "application/pdf", b""))
        self.uploads.settle(claim, taken_in=True)
        return True

    def held(self, session: str) -> int:
        return len(self.pages.uploaded_file_mgr.file_storage.get(session, {}))


@pytest.fixture
def world() -> World:
    return World()


def test_twenty_files_at_once_are_ordinary(world: World) -> None:
    assert all(world.put("a", str(number), 4 * MB) for number in range(20))
    assert not world.uploads.refused("a")


def test_a_page_has_its_share_an_address_two_and_others_have_theirs(world: World) -> None:
    def kept(session: str, network: str) -> int:
        return sum(world.put(session, str(number), 50 * MB, network) for number in range(10))

    assert kept("a", "192.0.2.1") == 4
    assert kept("b", "192.0.2.1") == 4
    assert kept("c", "192.0.2.1") == 0
    assert kept("d", "192.0.2.2") == 4


def test_one_file_fits_whatever_the_limits_are() -> None:
    assert World(Settings(max_file_mb=100, max_uploading_mb=1)).put("a", "1", 100 * MB)


def test_a_length_that_is_not_told_counts_as_the_largest(world: World) -> None:
    claims = [world.uploads.claim("a", str(number), "192.0.2.1", None) for number in range(3)]
    assert [claim is not None for claim in claims] == [True, False, False]


def test_empty_files_are_not_without_end(world: World) -> None:
    assert not all(world.put("a", str(number), 0) for number in range(4_000))


def test_what_the_page_has_kept_makes_room(world: World) -> None:
    assert world.put("a", "1", 100 * MB)
    assert not world.put("a", "2", 101 * MB)
    world.pages.uploaded_file_mgr.remove_file("a", "1")
    assert world.put("a", "3", 101 * MB)


def test_a_file_that_is_put_twice_counts_once(world: World) -> None:
    assert all(world.put("a", "1", 90 * MB) for _ in range(9))


def test_a_file_that_did_not_arrive_makes_room(world: World) -> None:
    for number in range(9):
        claim = world.uploads.claim("a", str(number), "192.0.2.1", 100 * MB)
        assert claim
        world.uploads.settle(claim, taken_in=False)


def test_a_page_that_is_gone_leaves_nothing(world: World) -> None:
    world.put("a", "1", 100 * MB)
    world.put("b", "1", 100 * MB)
    world.pages.open.remove("a")
    world.uploads.let_go()
    assert (world.held("a"), world.held("b")) == (0, 1)


def test_files_that_no_page_comes_for_are_let_go_but_not_while_others_still_come(world: World) -> None:
    world.put("a", "1", MB)
    coming = world.uploads.claim("a", "2", "192.0.2.1", MB)
    assert coming
    world.clock.sleep(600)
    world.uploads.let_go()
    assert world.held("a") == 1
    world.uploads.settle(coming, taken_in=False)
    world.uploads.let_go()
    assert world.held("a") == 0


def test_files_that_have_just_come_stay(world: World) -> None:
    world.put("a", "1", MB)
    world.clock.sleep(59)
    world.put("a", "2", MB)
    world.clock.sleep(59)
    world.uploads.let_go()
    assert world.held("a") == 2


def test_files_that_the_page_was_not_told_of_are_named_when_none_is_coming_any_more(world: World) -> None:
    world.put("a", "1", MB)
    world.put("b", "other", MB)
    assert world.uploads.overdue("a") == ()  # the browser may be about to tell
    coming = world.uploads.claim("a", "2", "192.0.2.1", MB)
    assert coming
    world.clock.sleep(5)
    assert world.uploads.overdue("a") == ()
    world.uploads.settle(coming, taken_in=False)
    assert world.uploads.overdue("a") == ("1",)
    world.pages.uploaded_file_mgr.remove_file("a", "1")
    assert world.uploads.overdue("a") == ()


def test_refusals_are_told_once_and_together_with_what_came(world: World) -> None:
    world.put("a", "1", 100 * MB)
    for number in range(3):
        assert not world.put("a", f"more {number}", 101 * MB)
    assert not world.uploads.untold("a")
    assert world.uploads.refused("a") == 0  # the page will look when it keeps the first
    world.pages.uploaded_file_mgr.remove_file("a", "1")
    assert world.uploads.untold("a")
    assert world.uploads.refused("a") == 3
    assert world.uploads.refused("a") == 0


def test_refusals_of_a_page_that_is_gone_are_forgotten(world: World) -> None:
    for session in "ab":
        for number in range(5):
            world.put(session, str(number), 50 * MB)
    world.put("c", "1", MB)
    world.pages.open.clear()
    world.uploads.let_go()
    assert not world.uploads._refused


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.integers(0, 120), st.booleans()), max_size=60))
def test_the_count_is_what_is_there(steps: list[tuple[str, int, int, bool]]) -> None:
    world = World()
    for session, file, size, kept in steps:
        world.put(session, str(file), size * MB)
        if kept:
            world.pages.uploaded_file_mgr.remove_file(session, str(file))
    for session in "abc":
        world.pages.uploaded_file_mgr.remove_session_files(session)
    world.uploads.let_go()
    assert world.uploads._sessions.free == world.uploads._networks.free == 800 * MB
