"""Which cards of a long library are drawn, and which of them tick."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from streamlit.testing.v1 import AppTest

from shared_utils.message import NOTHING
from shared_utils.types import PageVerdict
from src.i18n import ENGLISH, GERMAN, Say
from src.screen.document_list import in_sight, is_due, matching, ordered, overall_progress, stages
from src.screen.html import root_style
from src.screen.library_panel import _take_uploads, uploader_words, where_files_go
from src.screen.session import Session
from src.settings import Settings
from src.views import DocumentState, DocumentView
from tests.e2e.pdfs import Line, pdf
from tests.src.screen.conftest import press, shown, until

if TYPE_CHECKING:
    from src.library.shelf import Shelf

FRENCH = Say("fr")
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
    assert names(in_sight(ordered(documents, "added"), most=4)) == ["1", "7", "6", "0"]
    assert names(in_sight(ordered(documents, "added"), most=1)) == ["1"]


def test_what_is_being_read_stands_on_top_and_the_rest_is_sorted_as_the_person_likes() -> None:
    kinds = (DocumentState.READY, DocumentState.FAILED, DocumentState.READING, DocumentState.PARTIAL)
    documents = tuple(
        replace(view, name=name)
        for view, name in zip(library(*kinds), ("b.pdf", "d.pdf", "c.pdf", "A.pdf"), strict=True)
    )
    assert names(ordered(documents, "added")) == ["2", "3", "1", "0"]
    assert names(ordered(documents, "name")) == ["2", "3", "0", "1"]
    assert names(ordered(documents, "state")) == ["2", "1", "3", "0"]


def test_documents_are_found_by_words_of_their_names_and_titles() -> None:
    one, two = library(DocumentState.READY, DocumentState.READY)
    documents = (replace(one, name="0af3.pdf", title="Harbour report 2025"), replace(two, name="harbour rules.pdf"))
    assert names(matching(documents, "HARBOUR")) == ["0", "1"]
    assert names(matching(documents, "report harbour")) == ["0"]
    assert matching(documents, "airport") == ()


def test_the_progress_of_all_is_weighed_by_pages() -> None:
    ready, waiting = library(DocumentState.READY, DocumentState.QUEUED)
    documents = (replace(ready, pages=90), replace(waiting, pages=0, page_verdicts=()))
    assert overall_progress(documents) == 0.9
    assert overall_progress(()) == 1.0


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


def test_many_files_that_reach_another_stage_are_drawn_together() -> None:
    many = tuple((str(n), False, False) for n in range(9))
    first = (*many[:-1], (many[-1][0], True, False))
    second = ((many[0][0], True, False), *first[1:])
    assert not is_due(first, first, 99.0)
    assert is_due(many, first, 0.0), "the question box opens with the first"
    assert not is_due(first, second, 1.0)
    assert is_due(first, second, 3.0)
    assert is_due(first[:3], second[:3], 0.0), "of a few, each is drawn at once"
    assert is_due(first, second[1:], 0.0), "one is gone"


def test_the_rest_of_a_long_library_is_one_click_away(app: AppTest) -> None:
    for number in range(22):
        app.file_uploader[0].upload(
            f"{number}.pdf", pdf(((Line(f"Report number {number} is about rivers.", 700),),)), "application/pdf"
        ).run()
    until(app, lambda p: "22 of 22 ready" in shown(p))
    assert shown(app).count('class="fn-card"') == 20
    press(app, "Show all 22 documents")
    assert shown(app).count('class="fn-card"') == 22


def test_an_uploader_that_was_drawn_anew_ends_nothing_that_is_told_of_later_ones() -> None:
    session = Session(upload_round=2, refused=3, refused_in=2)
    _take_uploads(cast("Shelf", None), session, 1)
    assert session.upload_round == 2
    assert session.refused_in == 2


@pytest.mark.parametrize(
    ("say", "kept"), [(ENGLISH, "100\u00a0MB"), (GERMAN, "100\u00a0MB"), (FRENCH, "\u202f; 100\u00a0Mo")]
)
def test_no_line_ends_within_what_belongs_together(say: Say, kept: str) -> None:
    assert kept in root_style("light", uploader_words(Settings(max_file_mb=100), say))
