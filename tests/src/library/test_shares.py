"""Keys are free: what one network may have of everything, however many keys come from there."""

from __future__ import annotations

import doctest
from contextlib import suppress
from pathlib import Path

import pytest

from shared_utils.errors import PdfTooLarge, ShareUsedUp
from src.answering.ingestion import SourceFile
from src.library import networks
from src.library.library import Library
from src.library.networks import NETWORK_SHARE, counted_network
from src.library.newcomers import Newcomers
from src.library.sample import sample_pdf
from src.settings import MEGABYTE
from src.views import DocumentState, DocumentView
from tests.conftest import DrawPdf
from tests.fakes import FakeClock, FakeEngines
from tests.shared_utils.pdf import pdfs
from tests.src.library.shelves import (
    MINE,
    TALK,
    THEIRS,
    OpenLibrary,
    answered,
    remote_writer,
    settled,
    shelf_with_sample,
)
from tests.waiting import until

OFFICE, HOME = "192.0.2.1", "2001:db8:1:2::/64"


def keys(count: int) -> list[str]:
    return [f"{number:024}" for number in range(count)]


def pdf_of(pages: int, mark: str) -> bytes:
    return pdfs.dense(pages, 1, mark)


# ------------------------------------------------------------------------------------------------ who is counted


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "proxies", "network"),
    [
        ("127.0.0.1", "", 0, ""),  # three browsers on one's own laptop are nobody's share
        ("::1", "", 0, ""),
        ("::ffff:127.0.0.1", "", 0, ""),
        ("192.168.1.7", "", 0, "192.168.1.7"),
        ("127.0.0.1", "6.6.6.6", 0, ""),  # a header that nobody vouches for counts for nothing
        ("10.0.0.1", "6.6.6.6, 7.7.7.7", 1, "7.7.7.7"),
        ("10.0.0.1", "2001:db8:1:2:3::4", 1, "2001:db8:1:2::/64"),
        ("127.0.0.1", "", 1, "127.0.0.1"),  # around the proxy: no reason to be counted less
        ("testclient", "", 0, ""),
    ],
)
def test_everybody_has_a_network_but_who_sits_at_this_machine(
    peer: str, forwarded_for: str, proxies: int, network: str
) -> None:
    assert counted_network(peer, forwarded_for, proxies) == network


# ------------------------------------------------------------------------------------------------ new libraries


def test_new_libraries_of_one_network_are_bounded_by_the_hour_and_it_is_said_when_it_goes_on() -> None:
    clock = FakeClock()
    newcomers = Newcomers(2, clock)
    for _ in range(2):
        newcomers.admit(OFFICE)
        clock.now += 600
    with pytest.raises(ShareUsedUp, match="come back in 40 minutes") as refused:
        newcomers.admit(OFFICE)
    assert refused.value.again_s == 2400
    newcomers.admit(HOME)
    clock.now += 2400
    newcomers.admit(OFFICE)


def test_who_has_a_library_comes_back_to_it_however_many_are_new(open_library: OpenLibrary) -> None:
    library = open_library(new_libraries_an_hour=1)
    library.shelf(MINE, network=OFFICE).add(*sample_pdf())
    library.close()

    library = open_library(new_libraries_an_hour=1)
    library.shelf(THEIRS, network=OFFICE)
    with pytest.raises(ShareUsedUp):
        library.shelf("n" * 24, network=OFFICE)
    assert len(library.shelf(MINE, network=OFFICE).documents()) == 1


def test_at_one_s_own_machine_there_may_be_any_number(open_library: OpenLibrary) -> None:
    library = open_library(new_libraries_an_hour=1)
    for key in keys(5):
        library.shelf(key, network="")


# ------------------------------------------------------------------------------------------------ pages and bytes


def added(library: Library, key: str, network: str, *files: bytes) -> tuple[DocumentView, ...]:
    shelf = library.shelf(key, network=network)
    for number, data in enumerate(files):
        with suppress(PdfTooLarge):  # at the door, where those before it have been read already
            shelf.add(f"{number}.pdf", data)
    until(lambda: settled(shelf))
    return shelf.documents()


def test_a_burst_of_files_stays_within_a_person_s_pages(open_library: OpenLibrary) -> None:
    library = open_library(max_person_pages=60)
    views = added(library, MINE, "", *(pdf_of(25, str(number)) for number in range(6)))
    kept = [view for view in views if view.state is DocumentState.READY]
    assert len(kept) == 2
    assert library.store.usage(MINE).pages == 50
    (told,) = {str(view.reason).partition(" has ")[2] for view in views if view not in kept}
    assert "25 pages; with it your files would have more than 60 pages together. Remove some" in told


def test_room_that_is_made_can_be_used(open_library: OpenLibrary) -> None:
    shelf = open_library(max_person_pages=60).shelf(MINE)
    entries = [shelf.add(f"{number}.pdf", pdf_of(25, str(number))) for number in range(3)]
    until(lambda: settled(shelf))
    failed = next(view for view in shelf.documents() if view.state is DocumentState.FAILED)
    assert not failed.lasts  # there may be room the next time
    shelf.remove(next(entry for entry in entries if entry != failed.entry_id))
    shelf._documents.wipe_removed()
    shelf.retry(failed.entry_id)
    until(lambda: settled(shelf))
    assert {view.state for view in shelf.documents()} == {DocumentState.READY}


def test_a_burst_of_everybody_stays_within_the_server_s_pages(open_library: OpenLibrary) -> None:
    library = open_library(max_total_pages=60)
    shelves = [library.shelf(key) for key in keys(4)]
    for number, shelf in enumerate(shelves):
        shelf.add("a.pdf", pdf_of(25, str(number)))
    until(lambda: all(settled(shelf) for shelf in shelves))
    assert library.store.total_usage().pages == 50
    assert sum("server is full" in str(shelf.documents()[0].reason) for shelf in shelves) == 2


def test_many_keys_of_one_network_keep_no_more_pages_than_an_office_may(open_library: OpenLibrary) -> None:
    library = open_library(max_person_pages=30)
    shelves = [library.shelf(key, network=OFFICE) for key in keys(NETWORK_SHARE + 2)]
    for number, shelf in enumerate(shelves):
        shelf.add("a.pdf", pdf_of(25, str(number)))
    until(lambda: all(settled(shelf) for shelf in shelves))
    states = [shelf.documents()[0].state for shelf in shelves]
    assert (states.count(DocumentState.READY), states.count(DocumentState.FAILED)) == (NETWORK_SHARE, 2)
    failed = shelves[states.index(DocumentState.FAILED)].documents()[0]
    assert "share your network" in str(failed.reason)
    assert added(library, MINE, HOME, pdf_of(25, "home"))[0].state is DocumentState.READY


def test_many_keys_of_one_network_keep_no_more_bytes_than_an_office_may(
    open_library: OpenLibrary, draw_pdf: DrawPdf
) -> None:
    library = open_library(max_person_mb=1)
    data = draw_pdf("a.pdf", [["A page."]]).read_bytes()
    large = [data + b"%" + bytes([65 + number]) * 900_000 for number in range(NETWORK_SHARE + 1)]
    for number, body in enumerate(large[:-1]):
        library.shelf(keys(9)[number], network=OFFICE).add("a.pdf", body)
    with pytest.raises(PdfTooLarge, match="share your network"):
        library.shelf(keys(9)[-1], network=OFFICE).add("a.pdf", large[-1])
    library.shelf(MINE, network=HOME).add("a.pdf", large[-1])


def test_whoever_adds_at_the_same_time_is_counted_as_well(open_library: OpenLibrary) -> None:
    library = open_library(max_person_mb=1)
    claims, store, half = library._services.claims, library.store, 500_000
    with claims.adding(MINE, OFFICE, "a.pdf", half), claims.adding(THEIRS, OFFICE, "b.pdf", half):
        for key, body in ((MINE, b"a"), (THEIRS, b"b")):
            store.add_to_workspace(key, store.put_file(body * half), "x.pdf")
    for key in keys(NETWORK_SHARE - 1):
        with claims.adding(key, OFFICE, "c.pdf", 1_000_000):
            store.add_to_workspace(key, store.put_file(key.encode() * (1_000_000 // len(key))), "x.pdf")
    with pytest.raises(PdfTooLarge, match="share your network"), claims.adding("n" * 24, OFFICE, "d.pdf", half):
        pass


def test_what_is_kept_while_it_is_read_counts_once(open_library: OpenLibrary) -> None:
    library = open_library(max_person_pages=60)
    store = library.store
    first, second = (SourceFile(store.put_file(body), "x.pdf", Path("x.pdf")) for body in (b"a", b"b"))
    store.add_to_workspace(MINE, first.id, "a.pdf")
    store.add_to_workspace(MINE, second.id, "b.pdf")
    claims = library._services.claims
    with claims.reading(MINE, "", first) as pages:
        pages.claim(25)
        with pages.handing_over():
            store.save_opened(first.id, "", (), 25)
        with claims.reading(MINE, "", second) as more:  # the first is kept, and its reading has not ended yet
            with pytest.raises(PdfTooLarge):
                more.claim(36)
            more.claim(35)


def test_a_file_that_is_kept_while_it_is_added_counts_once(open_library: OpenLibrary) -> None:
    library = open_library(max_person_mb=1)
    claims, store, half = library._services.claims, library.store, MEGABYTE // 2
    with claims.adding(MINE, "", "a.pdf", half) as handing_over:
        with handing_over():
            store.add_to_workspace(MINE, store.put_file(b"a" * half), "a.pdf")
        with pytest.raises(PdfTooLarge), claims.adding(MINE, "", "b.pdf", half + 1):
            pass
        with claims.adding(MINE, "", "b.pdf", half):
            pass


def test_at_one_s_own_machine_only_a_person_s_limit_counts(open_library: OpenLibrary) -> None:
    library = open_library(max_person_pages=30)
    views = [view for key in keys(NETWORK_SHARE + 2) for view in added(library, key, "", pdf_of(25, key))]
    assert {view.state for view in views} == {DocumentState.READY}


# ------------------------------------------------------------------------------------------------ remote answers


def test_the_remote_engine_is_asked_so_often_for_everybody_together(open_library: OpenLibrary) -> None:
    library = open_library(FakeEngines([remote_writer()]), remote_answers_a_day=1)
    engines = []
    for key in (MINE, THEIRS):
        shelf = shelf_with_sample(library, key)
        shelf.ask(TALK, "How many ships called at the port?")
        engines.append(answered(shelf).engine)
    assert engines == ["remote", "extractive"]
    answer = answered(library.shelf(THEIRS)).answer
    assert answer is not None
    assert any("for everybody together" in str(note) and "again in" in str(note) for note in answer.notes)


def test_neither_a_restart_nor_an_idle_half_hour_gives_a_person_new_remote_answers(open_library: OpenLibrary) -> None:
    library = open_library(FakeEngines([remote_writer()]), remote_answers=1)
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, "How many ships called at the port?")
    assert answered(shelf).engine == "remote"
    library.close()

    shelf = open_library(FakeEngines([remote_writer()]), remote_answers=1).shelf(MINE)
    until(lambda: settled(shelf))
    shelf.regenerate(TALK)
    turn = answered(shelf)
    assert turn.engine == "extractive"
    assert turn.answer is not None
    assert any("asked 1 times for you today" in str(note) for note in turn.answer.notes)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(networks).failed == 0
