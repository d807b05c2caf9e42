"""What many tests stand on: small PDFs drawn here, and the real use-cases over the real models."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from src.answering.ingestion import SourceFile
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.lock_order import LockOrders, watched
from tests.postgres import NoPostgres, running_postgres
from tests.prepared_models import MODELS

os.environ.setdefault("FOOTNOTE_MODELS_DIR", MODELS)  # for the servers that tests start

DrawPdf = Callable[[str, Sequence[Sequence[str]]], Path]


@pytest.fixture(scope="session")
def lock_orders() -> Iterator[LockOrders]:
    """The orders in which all tests together took the product's locks."""
    orders = LockOrders()
    with watched(orders):
        yield orders


@pytest.fixture(autouse=True)
def no_deadlock_waits(lock_orders: LockOrders) -> Iterator[None]:
    """A test that takes two locks in another order than those before it fails, though nothing hung."""
    known = set(lock_orders.problems())
    yield
    assert set(lock_orders.problems()) <= known


@pytest.fixture
def draw_pdf(tmp_path: Path) -> DrawPdf:
    """`draw_pdf("a.pdf", [["a line", "another"], []])` writes a PDF of two pages and returns its path."""

    def draw(name: str, pages: Sequence[Sequence[str]]) -> Path:
        path = tmp_path / name
        canvas = Canvas(str(path), pagesize=A4, invariant=1)
        for lines in pages:
            canvas.setFont("Helvetica", 11)
            for number, line in enumerate(lines):
                canvas.drawString(72, 760 - 18 * number, line)
            canvas.showPage()
        canvas.save()
        return path

    return draw


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The defaults, in a data folder of its own and with no Ollama anywhere near."""
    return Settings(
        models_dir=MODELS, data_dir=tmp_path_factory.mktemp("data"), ollama_url="http://127.0.0.1:9", start_ollama=False
    )


@pytest.fixture(scope="session")
def rag(settings: Settings) -> Iterator[Rag]:
    """The real use-cases: real readers, real embeddings."""
    built = build_rag(settings)
    yield built
    built.viewer.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL with pgvector; see `tests.postgres.fresh_database`."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(running_postgres())
        except NoPostgres as exc:
            pytest.skip(str(exc))
        yield url


def source(path: Path, name: str = "") -> SourceFile:
    """A file on disk as the use-cases take it."""
    return SourceFile(hashlib.sha256(path.read_bytes()).hexdigest(), name or path.name, path)
