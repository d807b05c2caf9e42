from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.message import NOTHING, literal, message
from shared_utils.types import Page, PageVerdict
from src.answering.file_report import about_pages, count_verdicts, outcome, unread_pages
from src.events import FileStatus


def page(number: int, verdict: PageVerdict, text: str = "", reason: str = "") -> Page:
    return Page(number=number, label=str(number), text=text, verdict=verdict, reason=literal(reason))


TEXT = page(1, PageVerdict.TEXT, "some words")


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ([4], "page 4"),
        ([1, 2], "pages 1–2"),
        ([9, 3, 4, 5], "pages 3–5 and 9"),
        ([1, 3, 5], "pages 1, 3 and 5"),
        ([2, 2], "page 2"),
    ],
)
def test_page_numbers_are_told_as_people_write_them(numbers: list[int], words: str) -> None:
    assert str(about_pages(numbers, "page {pages}", "pages {pages}")) == words


def test_a_file_whose_pages_all_have_words_is_ready_without_a_reason() -> None:
    assert outcome([TEXT], literal("install something")) == (FileStatus.READY, NOTHING)


def test_an_empty_page_beside_others_takes_nothing_from_a_file() -> None:
    assert outcome([TEXT, page(2, PageVerdict.EMPTY)], NOTHING) == (FileStatus.READY, NOTHING)


def test_a_scan_among_pages_with_words_makes_the_file_partial_and_says_which_page() -> None:
    status, reason = outcome([TEXT, page(2, PageVerdict.SCANNED)], literal("Install tesseract."))
    assert status is FileStatus.PARTIAL
    assert str(reason) == "Page 2 is a scan without words. Install tesseract."


def test_a_scan_whose_words_were_recognised_counts_as_read() -> None:
    recognised = replace(page(2, PageVerdict.SCANNED, "words after all"), reader="ocr")
    assert outcome([TEXT, recognised], NOTHING) == (FileStatus.READY, NOTHING)
    assert unread_pages([TEXT, recognised]) == ()


def test_a_scan_of_which_a_stamp_is_known_and_a_picture_that_was_not_read_leave_a_file_partial() -> None:
    stamped, pictured = page(2, PageVerdict.SCANNED, "Received 3 May"), page(3, PageVerdict.MIXED, "some words")
    status, reason = outcome([TEXT, stamped, pictured], literal("Install tesseract."))
    assert status is FileStatus.PARTIAL
    assert str(reason) == (
        "Page 2 is a scan without words. Page 3 holds a picture that may hold words, which were not read. "
        "Install tesseract."
    )
    assert unread_pages([TEXT, stamped, pictured]) == (2, 3)


def test_words_that_nobody_sees_do_not_make_a_file_ready() -> None:
    assert outcome([page(1, PageVerdict.EMPTY, "hidden words")], NOTHING)[0] is FileStatus.FAILED


def test_a_file_of_scans_fails_and_says_what_would_help() -> None:
    status, reason = outcome(
        [page(1, PageVerdict.SCANNED), page(2, PageVerdict.SCANNED)], literal("Install tesseract.")
    )
    assert status is FileStatus.FAILED
    assert str(reason).startswith("This PDF is a scan")
    assert str(reason).endswith("Install tesseract.")


def test_unreadable_pages_are_named_with_the_commonest_reason() -> None:
    why = message("This page cannot be read: {why}.", why=literal("its content is damaged"))
    broken = [replace(page(n, PageVerdict.UNREADABLE), reason=why) for n in (2, 3)]
    status, reason = outcome([TEXT, *broken], NOTHING)
    assert status is FileStatus.PARTIAL
    assert str(reason) == "Pages 2–3 could not be read (its content is damaged)."
    assert unread_pages([TEXT, *broken]) == (2, 3)


def test_a_file_of_blank_pages_fails_because_there_is_nothing_to_search() -> None:
    status, reason = outcome([page(1, PageVerdict.EMPTY)], NOTHING)
    assert status is FileStatus.FAILED
    assert "blank" in str(reason)


def test_a_file_without_pages_fails_with_advice() -> None:
    status, reason = outcome([], NOTHING)
    assert status is FileStatus.FAILED
    assert "no pages" in str(reason)


def test_verdicts_are_counted_without_zeros() -> None:
    assert count_verdicts([TEXT, page(2, PageVerdict.EMPTY), page(3, PageVerdict.EMPTY)]) == {
        PageVerdict.TEXT: 1,
        PageVerdict.EMPTY: 2,
    }


def test_pictures_without_words_are_not_called_blank() -> None:
    _, reason = outcome([page(1, PageVerdict.EMPTY, reason="OCR found no words on this page.")], NOTHING)
    assert "pictures" in str(reason)
    assert "blank" not in str(reason)
