"""A web process's library whose files a worker reads, both on one real PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.types import PageVerdict
from src.library.library import Library
from src.library.shelf import Shelf
from src.settings import Settings
from src.views import DocumentState
from src.wiring import build_library, build_rag
from src.worker.worker import Worker
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
    with worker():
        until(lambda: settled(shelf))
        assert library.workers() == 1
        (view,) = shelf.documents()
        assert (view.state, view.pages, view.embedded) == (DocumentState.READY, 4, view.chunks)
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
