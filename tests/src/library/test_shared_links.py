"""What stands under a link, of a conversation over the sample."""

from __future__ import annotations

import pytest

from shared_utils.errors import DocumentGone, QuestionError, StorageError
from src.i18n import ENGLISH, say_for
from src.library.library import Library
from src.library.shelf import Shelf
from tests.src.library.shelves import MINE, TALK, THEIRS, OpenLibrary, answered, shelf_with_sample

ASKED = "How many ships called at the port? <script>alert(1)</script>"
TITLE = "Ships </title><img src=x onerror=alert(2)>"


def talk(library: Library) -> Shelf:
    shelf = shelf_with_sample(library)
    shelf.ask(TALK, ASKED)
    answered(shelf)
    return shelf


def shown(library: Library, token: str) -> str:
    first = library.links.part(token)
    assert first is not None
    parts = (library.links.part(token, number) for number in range(first.parts))
    return b"".join(part.data for part in parts if part).decode()


def test_it_shows_the_conversation_as_it_stood_with_pages_and_nothing_that_runs(open_library: OpenLibrary) -> None:
    library = open_library(share=True)
    shelf = talk(library)
    shelf.rename(TALK, TITLE)
    shelf.add("secret plans.txt", b"Nobody is to hear of these plans. " * 20)
    link = library.links.share(MINE, shelf, TALK, ENGLISH)
    assert link.expires_at == pytest.approx(link.made_at + 30 * 86400)
    page = shown(library, link.token)
    assert "shared as it stood then" in page
    assert "data:image/" in page  # the cited page's picture
    assert "secret plans" not in page
    assert MINE not in page
    lowered = page.lower()
    assert "<script" not in lowered
    assert "<img" not in lowered
    assert "&lt;script&gt;alert(1)" in lowered
    assert "&lt;img src=x onerror=alert(2)&gt;" in lowered
    shelf.ask(TALK, "Who wrote the report?")
    answered(shelf)
    assert shown(library, link.token) == page
    assert library.links.of(MINE, TALK) == link


def test_in_the_language_of_whoever_shares(open_library: OpenLibrary) -> None:
    library = open_library(share=True)
    link = library.links.share(MINE, talk(library), TALK, say_for("de", ""))
    assert '<html lang="de">' in shown(library, link.token)


def test_off_nothing_is_shared_and_what_was_leads_nowhere(open_library: OpenLibrary) -> None:
    library = open_library(share=True)
    token = library.links.share(MINE, talk(library), TALK, ENGLISH).token
    library.close()
    library = open_library()
    assert not library.links.allowed
    assert library.links.part(token) is None
    assert library.links.of(MINE, TALK) is None
    with pytest.raises(StorageError, match="does not let"):
        library.links.share(MINE, library.shelf(MINE), TALK, ENGLISH)


def test_nobody_shares_anothers_conversation_or_an_empty_one(open_library: OpenLibrary) -> None:
    library = open_library(share=True)
    mine = talk(library)
    for key, conversation in ((THEIRS, TALK), (MINE, mine.new_conversation())):
        with pytest.raises(QuestionError):
            library.links.share(key, library.shelf(key), conversation, ENGLISH)
    assert library.links.of(MINE, TALK) is None


def test_removing_a_cited_document_ends_it_and_it_cannot_be_shared_again(open_library: OpenLibrary) -> None:
    library = open_library(share=True)
    shelf = talk(library)
    token = library.links.share(MINE, shelf, TALK, ENGLISH).token
    (document,) = shelf.documents()
    shelf.remove(document.entry_id)
    assert library.links.part(token) is None
    with pytest.raises(DocumentGone):
        library.links.share(MINE, shelf, TALK, ENGLISH)


def test_deleting_the_conversation_ends_it(open_library: OpenLibrary) -> None:
    library = open_library(share=True)
    shelf = talk(library)
    token = library.links.share(MINE, shelf, TALK, ENGLISH).token
    shelf.delete_conversation(TALK)
    assert library.links.part(token) is None
