"""A text on a shelf: read, drawn, kept through a restart, given back as it was added, and wiped with its pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.errors import FootnoteError
from src.library.shelf import Shelf
from src.views import DocumentState
from tests.src.library.shelves import MINE, OpenLibrary, settled
from tests.waiting import until

TEXT = b"The harbour board met in March.\n\nIt approved 4,317,000 euros for the works.\n"


def with_text(shelf: Shelf) -> str:
    shelf.add("minutes.txt", TEXT)
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert (view.name, view.state, view.pages) == ("minutes.txt", DocumentState.READY, 1)
    return view.document_id


def test_a_text_is_read_and_drawn_and_given_back_as_it_was_added(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    document_id = with_text(shelf)
    assert shelf.page_image(document_id, 1, width_px=160).data
    assert shelf.file(document_id).startswith(b"%PDF-")
    assert shelf.original_path(document_id).read_bytes() == TEXT


def test_after_a_restart_its_pages_are_there_or_made_anew(open_library: OpenLibrary) -> None:
    library = open_library()
    document_id = with_text(library.shelf(MINE))
    pages = Path(library.store.file_path(document_id)).with_suffix(".pages")
    library.close()
    pages.unlink()
    shelf = open_library().shelf(MINE)
    until(lambda: settled(shelf))
    assert [view.state for view in shelf.documents()] == [DocumentState.READY]
    assert shelf.page_image(document_id, 1, width_px=160).data
    assert pages.exists()


def test_a_text_counts_against_what_a_person_may_keep(open_library: OpenLibrary) -> None:
    shelf = open_library(max_person_mb=1).shelf(MINE)
    shelf.add("one.txt", b"words of one\n" * 50_000)
    with pytest.raises(FootnoteError, match="1 MB"):
        shelf.add("two.txt", b"words of two\n" * 50_000)


def test_a_text_without_a_word_fails_with_a_sentence(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    shelf.add("empty.txt", b" \n \n")
    until(lambda: settled(shelf))
    (view,) = shelf.documents()
    assert view.state is DocumentState.FAILED
    assert "nothing to read" in str(view.reason)
