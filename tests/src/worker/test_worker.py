"""A web process's library whose files a worker reads, both on one real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from pypdf import PdfWriter

from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.types import PageVerdict
from src.events import PageRead
from src.library.library import Library
from src.library.reading import Entry
from src.library.shelf import Shelf
from src.presentation.describe import describe_document
from src.settings import Settings
from src.views import DocumentState
from src.wiring import build_library, build_rag
from src.worker.job import JobReading
from src.worker.worker import Worker
from tests.conftest import DrawPdf
from tests.fakes import FakeEngines
from tests.postgres import fresh_database
from tests.sample_report import SAMPLE
from tests.src.library.shelves import MINE, settled
from tests.waiting import until

QUESTION = "How much cargo did Nordhaven handle in 2025?"
OpenWeb = Callable[..., Library]
StartWorker = Callable[..., AbstractContextManager[Worker]]


@pytest.fixture
def shared(settings: Settings, postgres_server: str) -> Iterator[Settings]:
    with fresh_database(postgres_server) as url:
        yield replace(settings, store=url, reading="worker", models_dir=str(settings.data_dir / "models"))


@pytest.fixture
def web(shared: Settings, tmp_path: Path) -> Iterator[OpenWeb]:
    with ExitStack() as stack:

        def open_(name: str = "web", **changes: object) -> Library:
            own = replace(shared, data_dir=tmp_path / name, **changes)  # type: ignore[arg-type]
            library = build_library(own, FakeEngines())
            stack.callback(library.close)
            return library

        yield open_


@pytest.fixture
def worker(shared: Settings, tmp_path: Path) -> StartWorker:
    @contextmanager
    def start(name: str = "worker", **changes: object) -> Iterator[Worker]:
        """Works until the block ends."""
        own = replace(shared, data_dir=tmp_path / name, **changes)  # type: ignore[arg-type]
        rag = build_rag(own)
        with PostgresStore(own.store, own.data_dir / "copies") as store:
            one = Worker(rag, store, store.reading_jobs, own)
            thread = threading.Thread(target=one.run, name=name)
            thread.start()
            try:
                yield one
            finally:
                one.stop()
                thread.join(20)
                one.close()
                rag.viewer.close()

    return start


def state(shelf: Shelf) -> DocumentState:
    return shelf.documents()[0].state


def test_what_a_worker_has_read_stands_on_the_shelf_as_if_it_had_been_read_there(
    web: OpenWeb, worker: StartWorker
) -> None:
    library = web()
    shelf = library.shelf(MINE)
    shelf.add("report.pdf", SAMPLE.read_bytes())
    assert (state(shelf), library.workers()) == (DocumentState.QUEUED, 0)
    until(lambda: describe_document(shelf.documents()[0]).startswith("No worker is running, so this file waits"))
    with worker():
        until(lambda: settled(shelf))
        assert library.workers() == 1
        (view,) = shelf.documents()
        assert (view.state, view.pages, view.embedded) == (DocumentState.READY, 4, view.chunks)
        assert not view.reason
        assert view.page_verdicts == (PageVerdict.TEXT,) * 4
        found = library.rag.search(QUESTION, shelf.searchable())
        assert (found.answerable, found.passages[0].chunk.page) == (True, 2)
        until(lambda: b"footnote_workers 1.0" in library.numbers(of_all=True))
    assert b'footnote_pages_read_total{verdict="text"} 4.0' in library.numbers(of_all=True)
    assert library.store.reading_jobs is not None
    assert library.store.reading_jobs.progress([view.entry_id]) == {}, "the store tells it"

    again = web("again").shelf(MINE)
    until(lambda: settled(again))
    assert again.documents() == shelf.documents(), "and no worker was needed"


def locked_sample(password: str) -> bytes:
    writer = PdfWriter(clone_from=SAMPLE)
    writer.encrypt(password, algorithm="AES-256")
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


@pytest.fixture
def held_at_page_5(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Whoever reads a fifth page waits there until this is set."""
    let_on = threading.Event()
    page_read = JobReading._page_read

    def held(self: JobReading, entry: Entry, event: PageRead, began: float) -> None:
        page_read(self, entry, event, began)
        if event.page == 5:
            assert let_on.wait(60)

    monkeypatch.setattr(JobReading, "_page_read", held)
    yield let_on
    let_on.set()


def forty_pages(draw_pdf: DrawPdf) -> bytes:
    lines = [[f"Page {n} tells of matter {n}, which is settled by rule {n}."] for n in range(1, 41)]
    return draw_pdf("long.pdf", lines).read_bytes()


def test_a_half_read_file_can_be_asked_and_a_stop_hands_it_to_another_worker(
    web: OpenWeb, worker: StartWorker, draw_pdf: DrawPdf, held_at_page_5: threading.Event
) -> None:
    library = web()
    shelf = library.shelf(MINE)
    entry_id = shelf.add("long.pdf", forty_pages(draw_pdf))
    jobs = library.store.reading_jobs
    assert jobs is not None
    with worker("first") as first:
        until(lambda: [len(half.document.pages) for half in shelf.searchable()] == [4])
        assert not shelf.searchable()[0].complete
        assert library.rag.search("What settles matter 3?", shelf.searchable()).passages[0].chunk.page == 3
        until(lambda: len(shelf.documents()[0].page_verdicts) == 5)
        assert state(shelf) is DocumentState.READING
        first.stop()
        until(lambda: not jobs.progress([entry_id])[entry_id].taken)
        held_at_page_5.set()
    with worker("second"):
        until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.state, view.pages, len(view.page_verdicts)) == (DocumentState.READY, 40, 40)
    assert view.embedded == view.chunks >= 40


def test_a_file_that_cannot_be_read_says_why_everywhere_and_is_read_again_when_asked_to(
    web: OpenWeb, worker: StartWorker
) -> None:
    shelf = web().shelf(MINE)
    with worker():
        shelf.add("broken.pdf", b"%PDF-1.7\nnothing follows")
        until(lambda: settled(shelf))
        assert state(shelf) is DocumentState.FAILED
        (here,) = shelf.documents()
        assert str(here.reason)
        other = web("other").shelf(MINE)
        until(lambda: settled(other))
        assert other.documents()[0].reason == here.reason
        shelf.retry(here.entry_id)
        assert state(shelf) is DocumentState.QUEUED
        until(lambda: settled(shelf))
        assert shelf.documents()[0].reason == here.reason


def test_a_password_is_used_by_the_web_process_and_reaches_neither_worker_nor_database(
    web: OpenWeb, worker: StartWorker, shared: Settings
) -> None:
    library = web()
    shelf = library.shelf(MINE)
    with worker():
        shelf.add("locked.pdf", locked_sample("open sesame"))
        until(lambda: settled(shelf))
        (locked,) = shelf.documents()
        assert (locked.state, locked.needs_password) == (DocumentState.FAILED, True)
        shelf.retry(locked.entry_id, "open sesame")
        until(lambda: state(shelf) is DocumentState.READY)
    with psycopg.connect(shared.store) as connection:
        rows = connection.execute("SELECT reading_job::text FROM reading_job").fetchall()
    assert "sesame" not in str(rows)


def test_what_is_removed_is_read_no_further_and_what_is_put_back_is(
    web: OpenWeb, worker: StartWorker, draw_pdf: DrawPdf, held_at_page_5: threading.Event
) -> None:
    library = web()
    shelf, jobs = library.shelf(MINE), library.store.reading_jobs
    assert jobs is not None
    entry_id = shelf.add("long.pdf", forty_pages(draw_pdf))
    with worker():
        until(lambda: shelf.documents()[0].page_verdicts)
        shelf.remove(entry_id)
        until(lambda: not jobs.progress([entry_id]))
        held_at_page_5.set()
        shelf.restore(entry_id)
        until(lambda: settled(shelf))
    assert [view.state for view in shelf.documents()] == [DocumentState.READY]


def test_limits_of_pages_hold_over_all_workers(web: OpenWeb, worker: StartWorker, draw_pdf: DrawPdf) -> None:
    shelf = web(max_person_pages=5).shelf(MINE)
    for n in range(3):
        shelf.add(f"{n}.pdf", draw_pdf(f"{n}.pdf", [[f"Page {page} of {n}."] for page in range(2)]).read_bytes())
    with worker("one", max_person_pages=5), worker("two", max_person_pages=5):
        until(lambda: settled(shelf))
    states = [view.state for view in shelf.documents()]
    assert sorted(states) == [DocumentState.FAILED, DocumentState.READY, DocumentState.READY]


def test_a_network_keeps_no_more_pages_than_the_web_process_says_it_may(
    web: OpenWeb, worker: StartWorker, shared: Settings
) -> None:
    shelf = web().shelf(MINE, network="192.0.2.0")
    shelf.add("report.pdf", SAMPLE.read_bytes())
    with psycopg.connect(shared.store, autocommit=True) as connection:
        until(lambda: connection.execute("UPDATE reading_job SET network_left = network_left - 79997").rowcount == 1)
        assert "192.0.2" not in str(connection.execute("SELECT reading_job::text FROM reading_job").fetchall())
    with worker():
        until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert view.state is DocumentState.FAILED
    assert "share your network" in str(view.reason)


def test_a_file_over_which_workers_are_lost_is_given_up_with_a_reason(
    web: OpenWeb, worker: StartWorker, shared: Settings
) -> None:
    shelf = web().shelf(MINE)
    shelf.add("report.pdf", SAMPLE.read_bytes())
    with psycopg.connect(shared.store, autocommit=True) as connection:
        until(lambda: connection.execute("UPDATE reading_job SET attempts = 5").rowcount == 1)
    with worker():
        until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert view.state is DocumentState.FAILED
    assert "ended several times" in str(view.reason)


def test_a_scan_is_recognised_by_the_next_worker_from_the_page_at_which_it_was_left(
    web: OpenWeb, worker: StartWorker, shared: Settings
) -> None:
    """What one worker kept of a file, another begins with: nothing of it is read anew."""
    library = web()
    shelf = library.shelf(MINE)
    shelf.add("report.pdf", SAMPLE.read_bytes())
    with worker():
        until(lambda: settled(shelf))
    (view,) = shelf.documents()
    with psycopg.connect(shared.store, autocommit=True) as connection:
        connection.execute("UPDATE content SET status = NULL")
        connection.execute("DELETE FROM vectors")
    again = web("again").shelf(MINE)
    with worker("next"):
        until(lambda: settled(again))
    assert again.documents() == (view,)
    assert b'footnote_pages_read_total{verdict="text"} 4.0' in library.numbers(of_all=True), "by the first alone"
