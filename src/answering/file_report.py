"""What a person is told about a file: every page accounted for, in one or two sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from shared_utils.message import NOTHING, Message, counted, joined, message
from shared_utils.storage.kept_pages import PageFacts, facts_of
from shared_utils.types import Page, PageVerdict
from src.events import FileStatus


def page_ranges(numbers: Iterable[int]) -> tuple[str, ...]:
    """Page numbers as people write them.

    >>> page_ranges([3, 4, 5, 9])
    ('3–5', '9')
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return tuple(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def has_words(page: Page) -> bool:
    """Words that can be trusted: an unreadable page may hold characters that mean nothing, an empty one words that
    nobody sees."""
    told = page.verdict not in (PageVerdict.UNREADABLE, PageVerdict.EMPTY)
    return told and any(character.isalnum() for character in page.text)


def unread_pages(pages: Sequence[Page]) -> tuple[int, ...]:
    """Pages that may hold words nobody can search: those that could not be read, and pictures without OCR."""
    unread = (PageVerdict.UNREADABLE, PageVerdict.SCANNED, PageVerdict.MIXED)
    return tuple(page.number for page in facts_of(pages) if page.verdict in unread and not _is_recognised(page))


def _is_recognised(page: PageFacts) -> bool:
    """Whether OCR found its words: pages that were kept by earlier versions are still called scans then."""
    return page.reader == "ocr" and page.verdict is PageVerdict.SCANNED and page.has_letters


def count_verdicts(pages: Sequence[Page]) -> dict[PageVerdict, int]:
    """How many pages came to which verdict, in the order of PageVerdict, zeros left out."""
    counted = Counter(page.verdict for page in facts_of(pages))
    return {verdict: counted[verdict] for verdict in PageVerdict if counted[verdict]}


def outcome(pages: Sequence[Page], ocr_hint: Message) -> tuple[FileStatus, Message]:
    """How reading ended, and why; `ocr_hint` says what would make scans readable, nothing where nothing would."""
    if not pages:
        return FileStatus.FAILED, message("This PDF has no pages. Export it again from the program that made it.")
    unread = set(unread_pages(pages))
    scans, pictured, broken = (
        [page.number for page in pages if page.verdict is verdict and page.number in unread]
        for verdict in (PageVerdict.SCANNED, PageVerdict.MIXED, PageVerdict.UNREADABLE)
    )
    sentences = []
    if broken:
        sentences.append(_about_broken(pages, broken))
    if scans:
        sentences.append(_about_scans(pages, scans))
    if pictured:
        one = "Page {pages} holds a picture that may hold words, which were not read."
        many = "Pages {pages} hold pictures that may hold words, which were not read."
        sentences.append(about_pages(pictured, one, many))
    if scans or pictured:
        sentences.append(ocr_hint)
    if any(has_words(page) for page in pages):
        return (FileStatus.PARTIAL if sentences else FileStatus.READY), joined(*sentences)
    if not sentences:
        which = message("Every page") if len(pages) > 1 else message("The only page")
        is_looked_at = any(page.reason for page in pages)  # by OCR, in vain
        what = message("holds pictures, but no words were found on them") if is_looked_at else message("is blank")
        sentences.append(message("{which} of this PDF {what}: there is nothing to search.", which=which, what=what))
    return FileStatus.FAILED, joined(*sentences)


def _about_broken(pages: Sequence[Page], numbers: Sequence[int]) -> Message:
    causes = Counter(_cause(page.reason) for page in pages if page.number in set(numbers) and page.reason)
    why = causes.most_common(1)[0][0] if causes else NOTHING
    if len(numbers) == len(pages):
        return message("No page could be read ({why}).", why=why) if why else message("No page could be read.")
    if not why:
        return about_pages(numbers, "Page {pages} could not be read.", "Pages {pages} could not be read.")
    return about_pages(
        numbers, "Page {pages} could not be read ({why}).", "Pages {pages} could not be read ({why}).", why=why
    )


def _cause(reason: Message) -> Message:
    """What stands behind "This page cannot be read: …"."""
    why = dict(reason.values).get("why")
    return why if isinstance(why, Message) else reason


def _about_scans(pages: Sequence[Page], numbers: Sequence[int]) -> Message:
    if len(numbers) == len(pages):
        return message("This PDF is a scan: pictures of pages, without words to search.")
    return about_pages(numbers, "Page {pages} is a scan without words.", "Pages {pages} are scans without words.")


def about_pages(numbers: Sequence[int], one: str, many: str, /, **values: object) -> Message:
    """A sentence about these pages, which the hole `pages` lists."""
    return counted(len(set(numbers)), one, many, pages=page_ranges(numbers), **values)
