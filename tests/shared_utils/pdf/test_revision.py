"""What the whole document tells about a page: running lines, headings, hyphens."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared_utils.chunking.chunker import chunk_pages
from shared_utils.pdf.hyphens import keep_hyphen_by
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.types import Page
from tests.shared_utils.pdf import pdfs

LIMITS = ReadingLimits(max_bytes=50_000_000)


def pages_of(folder: Path, *draws: pdfs.Draw) -> tuple[Page, ...]:
    last = list(read_pdf(pdfs.written(folder, pdfs.pdf(*draws)), LIMITS))[-1]
    assert isinstance(last, PagesRevised)
    return last.pages


def running(page: Page) -> list[str]:
    return [" ".join(page.text[span.start : span.end].split()) for span in page.boilerplate]


def chapter(i: int, head: str = "Annual Report", foot: str = "") -> pdfs.Draw:
    body = pdfs.lines(
        f"Section {i} begins.", "The crew logs every reading.", f"Code QX{i * 37:04d} was assigned.", y=640
    )
    return pdfs.together(
        pdfs.lines(head, y=760, size=8), body, pdfs.lines(foot or f"Page {i} of 9", x=300, y=30, size=8)
    )


def test_heads_and_page_numbers_are_marked_and_stay_in_the_text(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, *(chapter(i) for i in range(1, 10)))
    assert running(pages[3]) == ["Annual Report", "Page 4 of 9"]
    assert pages[3].text.startswith("Annual Report\n")


def test_a_number_that_changes_from_page_to_page_is_content(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, *(chapter(i, foot=f"Serial {i * i * 31 % 997:04d}") for i in range(1, 10)))
    assert running(pages[3]) == ["Annual Report"]


def test_the_heads_of_left_and_right_pages_are_both_marked(tmp_path: Path) -> None:
    heads = ["The Harbour Board", "A Study of Lamps"]
    pages = pages_of(tmp_path, *(chapter(i, heads[i % 2]) for i in range(1, 10)))
    assert running(pages[2])[0] == "A Study of Lamps"
    assert running(pages[3])[0] == "The Harbour Board"


def test_a_sentence_repeated_inside_the_pages_is_not_marked(tmp_path: Path) -> None:
    pages = pages_of(tmp_path, *(chapter(i, head=f"Chapter about {'abcdefghi'[i - 1]}") for i in range(1, 10)))
    assert all("The crew logs every reading." not in running(page) for page in pages)


def test_two_pages_are_too_few_to_call_a_line_running(tmp_path: Path) -> None:
    assert [running(page) for page in pages_of(tmp_path, chapter(1), chapter(2))] == [[], []]


def test_a_running_head_stays_searchable_where_it_stands_first(tmp_path: Path) -> None:
    head = "Case 3:21-cv-00417   Filed 1 June 2021"
    pages = pages_of(tmp_path, *(chapter(i, head) for i in range(1, 6)))
    chunks = chunk_pages("d", pages)
    assert [chunk.page for chunk in chunks if "00417" in chunk.text] == [1]
    assert running(pages[0]) == ["Page 1 of 9"]


def test_a_running_head_that_says_what_the_pages_say_is_left_out_everywhere(tmp_path: Path) -> None:
    title = pdfs.lines("The Harbour Board", "Annual Report 2025", y=500, size=20)
    pages = pages_of(tmp_path, title, *(chapter(i, "The Harbour Board · Annual Report 2025") for i in range(1, 6)))
    assert [running(page)[0] for page in pages[1:]] == ["The Harbour Board · Annual Report 2025"] * 5


def test_a_file_whose_every_line_repeats_is_searchable(tmp_path: Path) -> None:
    label = pdfs.together(pdfs.lines("Property of the museum", y=760), pdfs.lines("Do not remove", y=30))
    pages = pages_of(tmp_path, *[label] * 4)
    assert [running(page) for page in pages] == [[]] * 4
    assert {chunk.page for chunk in chunk_pages("d", pages)} == {1, 2, 3, 4}


def test_larger_and_bold_lines_are_headings_and_larger_ones_stand_above(tmp_path: Path) -> None:
    body = pdfs.lines(*[pdfs.PROSE[:80]] * 12, y=560, size=10)
    draw = pdfs.together(
        pdfs.lines("A Study of Lamps", y=740, size=20),
        pdfs.lines("1 Brass", y=680, size=13),
        pdfs.lines("Care of the lamp", y=600, size=10, font="Helvetica-Bold"),
        body,
    )
    (page,) = pages_of(tmp_path, draw)
    found = [(page.text[h.start : h.end], h.level) for h in page.headings]
    assert [text for text, _ in found] == ["A Study of Lamps", "1 Brass", "Care of the lamp"]
    assert [level for _, level in found] == sorted({level for _, level in found})


def test_a_line_that_only_begins_bold_and_a_bold_sentence_are_no_headings(tmp_path: Path) -> None:
    mixed = pdfs.together(
        pdfs.lines("Warranty.", y=640, size=10, font="Helvetica-Bold"),
        pdfs.lines("It lasts for two years after delivery.", x=140, y=640, size=10),
    )
    bold = pdfs.lines("no claim may be made after this date,", y=600, size=10, font="Helvetica-Bold")
    body = pdfs.lines(*[pdfs.PROSE[:80]] * 12, y=560, size=10)
    (page,) = pages_of(tmp_path, pdfs.together(mixed, bold, body))
    assert page.headings == ()


CLAUSES = (
    "1. Rent",
    "The monthly rent is 900 pounds and is paid in advance.",
    "2. Deposit",
    "The tenant pays 1,800 pounds before moving in.",
    "3. Notice",
    "Either party may end this lease with three months of notice.",
)


def test_the_numbered_names_of_a_short_contract_s_clauses_are_headings(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path, pdfs.lines(*CLAUSES, size=10))
    assert [page.text[h.start : h.end] for h in page.headings] == ["1. Rent", "2. Deposit", "3. Notice"]
    fonts = ("Helvetica-Bold", "Helvetica")
    drawn = [pdfs.lines(text, y=700 - 14 * n, size=10, font=fonts[n % 2]) for n, text in enumerate(CLAUSES)]
    (page,) = pages_of(tmp_path, pdfs.together(*drawn))
    assert [page.text[h.start : h.end] for h in page.headings] == ["1. Rent", "2. Deposit", "3. Notice"]


@pytest.mark.parametrize(
    "texts",
    [
        ("1. Fill the lamp", "2. Trim the wick", "3. Light the lamp", "The lamp burns for nine hours."),
        ("1. Fill the lamp with oil", "up to the mark.", "2. Trim the wick", "with the scissors.", "3. Wait", "a bit."),
        ("1. Rent", "The rent is 900 pounds.", "4. Deposit", "It is 1,800 pounds.", "9. Notice", "It is short."),
    ],
)
def test_the_items_of_a_list_are_no_headings(tmp_path: Path, texts: tuple[str, ...]) -> None:
    (page,) = pages_of(tmp_path, pdfs.lines(*texts, size=10))
    assert page.headings == ()


def test_the_document_s_words_decide_about_hyphens_before_the_list_of_compounds() -> None:
    keep = keep_hyphen_by(["The shortstop saw a self-made lamp. Gear and box. The book-keeper left."])
    assert not keep("short", "stop")  # "short" often forms compounds, but this document writes one word
    assert keep("self", "made")
    assert keep("book", "keeper")
    assert keep("gear", "box")  # both are words here, and the joined form is not
    assert not keep("tem", "perature")
    assert keep("chain-of", "thought")
    assert not keep("well-short", "stop")
    assert keep("Anglo", "Saxon")
