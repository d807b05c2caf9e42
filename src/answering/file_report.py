"""What a person is told about a file: every page accounted for, in one or two sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from shared_utils.types import Page, PageVerdict
from src.events import FileStatus


def page_ranges(numbers: Iterable[int]) -> str:
    """Page numbers as people write them.

    >>> page_ranges([3, 4, 5, 9])
    'pages 3–5 and 9'
    >>> page_ranges([7])
    'page 7'
    """
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    names = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    many = len(runs) > 1 or (runs and len(runs[0]) > 1)
    listed = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{'pages' if many else 'page'} {listed}"


def has_words(page: Page) -> bool:
    """Words that can be trusted: an unreadable page may hold characters that mean nothing."""
    return page.verdict is not PageVerdict.UNREADABLE and any(character.isalnum() for character in page.text)


def unread_pages(pages: Sequence[Page]) -> tuple[int, ...]:
    """Pages that may hold words nobody can search: those that could not be read, and scans without OCR."""
    return tuple(
        page.number
        for page in pages
        if page.verdict is PageVerdict.UNREADABLE or (page.verdict is PageVerdict.SCANNED and not has_words(page))
    )


def count_verdicts(pages: Sequence[Page]) -> dict[PageVerdict, int]:
    """How many pages came to which verdict, in the order of PageVerdict, zeros left out."""
    counted = Counter(page.verdict for page in pages)
    return {verdict: counted[verdict] for verdict in PageVerdict if counted[verdict]}


def outcome(pages: Sequence[Page], ocr_hint: str) -> tuple[FileStatus, str]:
    """How reading ended, and why in words; `ocr_hint` says what would make scans readable ("" when nothing would)."""
    if not pages:
        return FileStatus.FAILED, "This PDF has no pages. Export it again from the program that made it."
    scans = [p.number for p in pages if p.verdict is PageVerdict.SCANNED and not has_words(p)]
    broken = [p.number for p in pages if p.verdict is PageVerdict.UNREADABLE]
    sentences = []
    if broken:
        sentences.append(_about_broken(pages, broken))
    if scans:
        sentences.append(_about_scans(pages, scans, ocr_hint))
    if any(has_words(page) for page in pages):
        return (FileStatus.PARTIAL if sentences else FileStatus.READY), " ".join(sentences)
    if not sentences:
        which = "Every page" if len(pages) > 1 else "The only page"
        pictured = any(page.reason for page in pages)  # looked at by OCR, in vain
        what = "holds pictures, but no words were found on them" if pictured else "is blank"
        sentences.append(f"{which} of this PDF {what}: there is nothing to search.")
    return FileStatus.FAILED, " ".join(sentences)


def _about_broken(pages: Sequence[Page], numbers: Sequence[int]) -> str:
    reasons = Counter(
        page.reason.removeprefix("This page cannot be read: ").rstrip(".")
        for page in pages
        if page.number in set(numbers) and page.reason
    )
    why = f" ({reasons.most_common(1)[0][0]})" if reasons else ""
    if len(numbers) == len(pages):
        return f"No page could be read{why}."
    return f"{page_ranges(numbers).capitalize()} could not be read{why}."


def _about_scans(pages: Sequence[Page], numbers: Sequence[int], ocr_hint: str) -> str:
    if len(numbers) == len(pages):
        what = "This PDF is a scan: pictures of pages, without words to search."
    else:
        what = f"{page_ranges(numbers).capitalize()} {'are scans' if len(numbers) > 1 else 'is a scan'} without words."
    return f"{what} {ocr_hint}".strip()
