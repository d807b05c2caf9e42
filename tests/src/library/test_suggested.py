"""Questions to go on with are found in the background, once, and tried before they are offered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest

from shared_utils.storage.workspaces import WorkspaceId
from src.answering.ingestion import IndexedDocument, SourceFile
from src.i18n import ENGLISH
from src.library.fair_pool import FairPool
from src.library.preferences import Preferences
from src.library.sample import sample_id, sample_pdf, sample_questions
from src.library.services import Person
from src.library.suggested import OFFERED, Suggested
from src.rag_with_generation import Rag
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs
from tests.waiting import until


@pytest.fixture
def rag(tmp_path: Path) -> Iterator[Rag]:
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    yield rag
    rag.viewer.close()


@pytest.fixture
def sample(rag: Rag, tmp_path: Path) -> IndexedDocument:
    name, data = sample_pdf()
    path = tmp_path / "sample.pdf"
    path.write_bytes(data)
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(SourceFile(sample_id(), name, path), versions.append, cancelled=never):
        pass
    return versions[-1]


@pytest.fixture
def pool() -> Iterator[FairPool]:
    pool = FairPool("suggester", workers=1)
    yield pool
    pool.close()


def somebody(changed: Callable[[], None]) -> Person:
    return Person(
        key=WorkspaceId("k"),
        name="somebody",
        network=str,
        preferences=Preferences,
        documents=list,
        await_documents=lambda: None,
        is_here=lambda: True,
        is_elsewhere=lambda: False,
        changed=changed,
    )


def test_questions_come_when_they_are_found_and_the_person_is_told(
    rag: Rag, pool: FairPool, sample: IndexedDocument
) -> None:
    told = threading.Event()
    suggested = Suggested(rag, pool, somebody(told.set))
    assert suggested.questions("c", (), [sample], ENGLISH) == ()
    until(told.is_set)
    assert len(suggested.questions("c", (), [sample], ENGLISH)) == OFFERED


def test_while_more_is_read_the_questions_that_were_found_stay(
    rag: Rag, pool: FairPool, sample: IndexedDocument
) -> None:
    told = threading.Event()
    suggested = Suggested(rag, pool, somebody(told.set))
    suggested.questions("c", (), [sample], ENGLISH, more_coming=True)
    until(told.is_set)
    found = suggested.questions("c", (), [sample], ENGLISH)
    more = [replace(sample, document=replace(sample.document, id="b" * 64)), sample]
    assert suggested.questions("c", (), more, ENGLISH, more_coming=True) == found != ()
    assert suggested.questions("other", (), more, ENGLISH, more_coming=True) == (), "it is looked for there"


def test_the_sample_report_opens_with_the_questions_written_for_it(
    rag: Rag, pool: FairPool, sample: IndexedDocument
) -> None:
    told = threading.Event()
    suggested = Suggested(rag, pool, somebody(told.set))
    suggested.questions("c", (), [sample], ENGLISH)
    until(told.is_set)
    assert suggested.questions("c", (), [sample], ENGLISH) == sample_questions(ENGLISH)


def test_an_invoice_opens_with_what_it_prints(rag: Rag, pool: FairPool, tmp_path: Path) -> None:
    path = tmp_path / "invoice.pdf"
    path.write_bytes(pdfs.pdf(pdfs.lines("Tidewater Ropes Ltd", "Due date: 3 May 2031", "Total due: 48.00", "Thanks")))
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(SourceFile("c" * 64, path.name, path), versions.append, cancelled=never):
        pass
    told = threading.Event()
    suggested = Suggested(rag, pool, somebody(told.set))
    suggested.questions("c", (), versions[-1:], ENGLISH)
    until(told.is_set)
    asked = suggested.questions("c", (), versions[-1:], ENGLISH)
    assert asked == ("How much do I have to pay?", "When is the payment due?")


def test_a_look_that_fails_ends_and_the_next_one_is_made(pool: FairPool, sample: IndexedDocument) -> None:
    class Broken:
        def ask(self, *_: object, **__: object) -> Iterator[object]:
            raise RuntimeError

    told = threading.Semaphore(0)
    suggested = Suggested(cast("Rag", Broken()), pool, somebody(told.release))
    for conversation in ("one", "two"):
        assert suggested.questions(conversation, (), [sample], ENGLISH) == ()
        assert told.acquire(timeout=60)
        assert suggested.questions(conversation, (), [sample], ENGLISH) == ()
