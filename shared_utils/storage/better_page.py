"""Which of two readings of one page is kept, where several people have the same file.

What is stored of a file is shared by all who hold it, and their footnotes count its characters. So a reading that ended
is not replaced by another one, whoever makes it; only a page of which no word was known gives way to one with words.
"""

from __future__ import annotations

from shared_utils.types import Page, PageVerdict

_KNOWN = {PageVerdict.UNREADABLE: 0, PageVerdict.SCANNED: 1, PageVerdict.EMPTY: 2, PageVerdict.MIXED: 3}
_WHOLE = 4  # TEXT: of a page with an unread picture its picture was read, too


def takes_place(new: Page, stored: Page, *, finished: bool) -> bool:
    """Whether `new` replaces what is stored of the same page; `finished`: a reading of this file has ended.

    Before, the newer reading counts unless it knows less of the page: a scan whose words were recognised stays so.
    After it, only a page that nothing can have been quoted from is replaced, and only by one that more is known of.
    """
    if not finished:
        return _known(new) >= _known(stored)
    return _known(new) > _known(stored) and not _quotable(stored)


def _known(page: Page) -> int:
    if page.verdict is PageVerdict.UNREADABLE and page.reader == "ocr":  # a scan that was looked at, in vain
        return _KNOWN[PageVerdict.SCANNED]
    return _KNOWN.get(page.verdict, _WHOLE)


def _quotable(page: Page) -> bool:
    return page.verdict is not PageVerdict.UNREADABLE and any(character.isalnum() for character in page.text)
