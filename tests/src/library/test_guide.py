"""What is known of a document before anything is asked: read off its pages, and nothing where they do not say it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.types import Document, OutlineEntry, Page, PageVerdict
from src.library.guide import Heading, grown, guide_of, title_of


def page(text: str, number: int = 1, size: tuple[float, float] = (595.0, 842.0)) -> Page:
    return Page(number, str(number), text, PageVerdict.TEXT, width=size[0], height=size[1])


def document(*texts: str, title: str = "", outline: tuple[OutlineEntry, ...] = ()) -> Document:
    pages = tuple(page(text, number) for number, text in enumerate(texts, start=1))
    return Document("d" * 64, "file.pdf", title, pages, outline)


@pytest.mark.parametrize(
    ("opening", "kind"),
    [
        ("United States\nForm 10-K\nAnnual report for the year", "Annual report (Form 10-K)"),
        ("Hausordnung für das Haus am Markt", "House rules"),
        ("A study of tides\nAbstract\nWe show", "Scientific paper"),
        ("Acme Watch\nUser Guide", "Manual"),
        ("MIETVERTRAG zwischen", "Contract"),
        ("The abstraction of rivers", ""),
        ("A letter to nobody", ""),
    ],
)
def test_a_document_is_called_what_it_calls_itself(opening: str, kind: str) -> None:
    assert str(guide_of(document(opening)).kind) == kind


def test_a_guide_grows_with_its_document_without_being_made_again_from_page_to_page() -> None:
    first, more = (document(*["User Guide"] * count) for count in (12, 40))
    assert grown(guide_of(first), more) == guide_of(more)
    early = guide_of(document("Foreword"))
    assert str(grown(early, document("Foreword", "User Guide")).kind) == "Manual"


def test_pages_that_lie_on_their_side_are_slides() -> None:
    pages = tuple(page("Points", n, (960.0, 540.0)) for n in (1, 2, 3))
    assert str(guide_of(Document("d", "deck.pdf", "", pages)).kind) == "Slides"


@pytest.mark.parametrize(
    ("opening", "author", "date"),
    [
        ("The river\nby Ada Marsh and Jon Field\n14 March 2026\nIt flows.", "Ada Marsh and Jon Field", "14 March 2026"),
        ("Der Fluss\nVerfasser: Anna von Berg\n3. Mai 2024", "Anna von Berg", "3. Mai 2024"),
        ("The river\nOn 2 May 1901 it rose above every bank of the whole green valley of the north", "", ""),
        ("Jane Doe\nBorn 6 September 1989\nActress", "", ""),
    ],
)
def test_author_and_date_stand_on_lines_of_their_own(opening: str, author: str, date: str) -> None:
    guide = guide_of(document(opening))
    assert (guide.author, guide.date) == (author, date)


def test_the_outline_is_the_files_own_without_its_title_and_its_dots() -> None:
    outline = (
        OutlineEntry("The whole", 1, 1),
        OutlineEntry("Tides ..... 3", 2, 3),
        OutlineEntry("Gates in 2025", 2, 5),
        OutlineEntry("A detail", 4, 5),
        OutlineEntry("Another", 4, 6),
        OutlineEntry("Deeper", 5, 6),
        OutlineEntry("Deepest", 5, 6),
    )
    guide = guide_of(document("text", outline=outline))
    assert guide.headings[:3] == (Heading("Tides", 2, 3), Heading("Gates in 2025", 2, 5), Heading("A detail", 4, 5))
    assert "Deeper" not in [heading.title for heading in guide.headings]


def test_a_title_that_is_only_the_files_name_is_none() -> None:
    assert title_of(document("x", title="File")) == ""
    assert title_of(document("x", title="The  harbour in 2025")) == "The harbour in 2025"


def test_the_language_is_that_of_most_pages() -> None:
    german = "Der Hafen ist nicht weit von der Stadt und das Tor ist zu."
    assert str(guide_of(document(german, german, "The gate is not far from the town.")).language) == "German"
    assert str(guide_of(document("12 34", "")).language) == ""
    garbled = replace(page("D la et du que le"), verdict=PageVerdict.UNREADABLE)
    first_read = document("The gate is not far from the town.")
    assert str(guide_of(replace(first_read, pages=(garbled, garbled, *first_read.pages))).language) == "English"
