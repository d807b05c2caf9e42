"""Which cards of a long library are drawn, and which of them tick."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from shared_utils.message import NOTHING
from shared_utils.types import PageVerdict
from src.i18n import ENGLISH
from src.screen.library_panel import in_sight, stages, where_files_go
from src.settings import Settings
from src.views import DocumentState, DocumentView
from tests.e2e.pdfs import Line, pdf
from tests.src.screen.conftest import press, shown, until

READY = DocumentView(
    entry_id="",
    document_id="",
    name="a.pdf",
    title="",
    state=DocumentState.READY,
    pages=1,
    page_verdicts=(PageVerdict.TEXT,),
    chunks=2,
    embedded=2,
    seconds_left=None,
    reason=NOTHING,
)


def library(*states: DocumentState) -> tuple[DocumentView, ...]:
    return tuple(replace(READY, entry_id=str(n), state=state) for n, state in enumerate(states))


def names(documents: tuple[DocumentView, ...]) -> list[str]:
    return [view.entry_id for view in documents]


def test_a_short_library_is_drawn_whole() -> None:
    documents = library(*[DocumentState.READY] * 5)
    assert in_sight(documents, most=5) == documents


def test_of_a_long_library_those_at_work_come_first_then_the_failed_then_the_newest() -> None:
    documents = library(DocumentState.FAILED, DocumentState.READING, *[DocumentState.READY] * 5, DocumentState.QUEUED)
    assert names(in_sight(documents, most=4)) == ["0", "1", "6", "7"]
    assert names(in_sight(documents, most=1)) == ["1"]


@pytest.mark.parametrize(
    ("hosts", "said"),
    [
        (("http://127.0.0.1:11434",), ""),
        (("http://ollama:11434",), "on model servers in its own network"),
        (("http://127.0.0.1:11434", "http://gpu1:11434"), "on model servers in its own network"),
        (("https://ollama.example",), "are sent to a model server elsewhere"),
    ],
)
def test_what_becomes_of_files_and_of_the_passages_read_from_them_is_said(hosts: tuple[str, ...], said: str) -> None:
    first, *more = hosts
    settings = Settings(ollama_url=first, more_ollama_urls=tuple(more))
    told, kept = (where_files_go(settings, ENGLISH, keep_here=keep_here) for keep_here in (False, True))
    assert told.startswith("Your files stay on this server")
    assert said in told
    assert ("model server" in told) == bool(said)
    assert "model server" not in kept
    assert ("nothing is sent to another machine" in kept) == bool(said)
    assert "Hugging Face" not in told


def test_progress_within_a_stage_does_not_draw_the_whole_page_again() -> None:
    (reading,) = library(DocumentState.READING)
    one, two = (replace(reading, page_verdicts=(PageVerdict.TEXT,) * n, pages=9) for n in (1, 2))
    assert stages((one,)) == stages((two,))
    waiting, indexing, further = (replace(reading, state=DocumentState.EMBEDDING, embedded=n) for n in (0, 1, 2))
    assert stages((waiting,)) != stages((indexing,)) == stages((further,))


def test_the_rest_of_a_long_library_is_one_click_away(app: AppTest) -> None:
    for number in range(22):
        app.file_uploader[0].upload(
            f"{number}.pdf", pdf(((Line(f"Report number {number} is about rivers.", 700),),)), "application/pdf"
        ).run()
    until(app, lambda p: "22 of 22 ready" in shown(p))
    assert shown(app).count('class="fn-card"') == 20
    press(app, "Show all 22 documents")
    assert shown(app).count('class="fn-card"') == 22
