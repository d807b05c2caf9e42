"""What a row of the library shows of its document."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.types import PageVerdict
from src.screen.html import document_card
from src.views import DocumentState, DocumentView
from tests.src.documents import DOCUMENT as DONE


def test_of_a_document_that_is_done_no_bar_stays_that_looks_like_work() -> None:
    card = document_card(DONE)
    assert "3 pages · ready" in card
    assert "fn-strip" not in card


@pytest.mark.parametrize(
    "view",
    [
        replace(DONE, state=DocumentState.EMBEDDING, embedded=3),
        replace(DONE, page_verdicts=(PageVerdict.TEXT, PageVerdict.UNREADABLE, PageVerdict.TEXT)),
    ],
)
def test_pages_are_told_apart_while_they_are_read_and_where_they_are_not_alike(view: DocumentView) -> None:
    assert document_card(view).count("fn-cell") == 3
