"""Pages in a file: equal to what they were made of, decoded when they are looked at, a bounded number remembered."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shared_utils.errors import DamagedDocument
from shared_utils.storage.kept_pages import KeptPages, PageMemory, facts_of, page_arrays, page_numbered
from tests.shared_utils.storage.samples import page

PAGES = [replace(page(number), label="iv" if number == 4 else str(number), width=612.0) for number in range(1, 9)]


def test_pages_and_what_is_known_of_them_come_back_as_they_were() -> None:
    kept = KeptPages(page_arrays(PAGES), PageMemory())
    assert kept == PAGES
    assert tuple(PAGES) == kept
    assert (kept[-1], kept[1:3]) == (PAGES[-1], tuple(PAGES[1:3]))
    assert list(kept.facts()) == list(facts_of(PAGES))
    assert kept != PAGES[:-1]
    with pytest.raises(IndexError):
        kept[8]


def test_pages_are_found_by_their_number_where_some_are_missing() -> None:
    some = [PAGES[1], PAGES[4]]
    for pages in (some, KeptPages(page_arrays(some), PageMemory())):
        assert (page_numbered(pages, 5), page_numbered(pages, 1), page_numbered(pages, 0)) == (PAGES[4], None, None)


def test_no_more_pages_are_remembered_than_there_is_room_for() -> None:
    memory = PageMemory(most=3)
    one, other = (KeptPages(page_arrays(PAGES), memory) for _ in range(2))
    first = one[0]
    assert one[0] is first
    assert [page.number for page in other] == list(range(1, 9))
    assert one[0] is not first
    del other
    assert [page.number for page in one] == list(range(1, 9))


def test_a_damaged_page_is_told_and_what_keeps_it_is_given_up() -> None:
    arrays, given_up = page_arrays(PAGES), list[bool]()
    bodies = arrays["bodies"].copy()
    bodies[: int(arrays["ends"][0])] = np.uint8(7)
    kept = KeptPages({**arrays, "bodies": bodies}, PageMemory(), damaged=lambda: given_up.append(True))
    assert kept[1] == PAGES[1]
    with pytest.raises(DamagedDocument, match="made again from the store"):
        kept[0]
    assert given_up
