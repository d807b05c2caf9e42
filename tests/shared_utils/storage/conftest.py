"""Every store there is, for the tests of what all of them promise."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.storage.store import Store
from tests.postgres import fresh_database

AnyStore = DocumentStore | PostgresStore


class OpenStore(Protocol):
    """Opens a store, the same one each time; `clock` gives seconds since the epoch."""

    def __call__(self, clock: Callable[[], float] | None = None) -> AbstractContextManager[AnyStore]: ...


@pytest.fixture(params=["folder", "postgresql"])
def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenStore]:
    with ExitStack() as stack:
        if request.param == "folder":
            yield lambda clock=None: DocumentStore(tmp_path / "data", *([clock] if clock else []))
        else:
            url = stack.enter_context(fresh_database(request.getfixturevalue("postgres_server")))
            yield lambda clock=None: PostgresStore(url, tmp_path / "copies", clock)


@pytest.fixture
def store(open_store: OpenStore) -> Iterator[Store]:
    with open_store() as store:
        yield store
