"""What says nothing to somebody who asks: page numbers, lines drawn with signs, contents, lists of references."""

from __future__ import annotations

import re
from itertools import pairwise

from shared_utils.structure.lines import lines_of
from shared_utils.types import Page

_ENTRY_END = re.compile(r"(?:(?:\.\s?){4}\s*|\s{3})(?:[A-Z]-)?(\d{1,4})\Z")  # of the end alone: wide rows took long
_FIGURE_LAST = re.compile(r"\s{2}[$€£(]?[\d.,]+\s?[%)]?\s*\Z")  # a line with figures in several columns is a row
_DOTS = re.compile(r"\.\s*\.")
_LEADER = re.compile(r"(?:\.\s){5,}|(?:\.\s?){6,}+[\s.]*+(?:[A-Z]-)?\d{1,4}\b|\A\s*(?:\.\s+){2,}\d")
_INDEX_ENTRY = re.compile(r"[^\W\d][^,]{0,60}(?<!\d)(?:, \d{1,4}(?:[–-]\d{1,4})?)+")
_ENTRIES = 6  # on a page that is one of contents
_NUMBER_LAST = re.compile(r"\d\s*$", re.MULTILINE)
_MOSTLY = 0.5  # of its lines
_GROWING = 0.85  # of the steps from one page number to the next
_BARE = re.compile(r"[\W_]*\d{0,4}[\W_]*")
_REFERENCE_SIGNS = (  # the rare ones first
    re.compile(r"\bpp?\.\s?\d|\bpages \d|\bvol\.|\b\d+\s?\(\d+\)\s?:\s?\d|:\d+[–-]\d+"),
    re.compile(r"(?:^|[\s,(])(?:19|20)\d\d[a-z]?[).,;]"),
    re.compile(r"\bJournal\b|\bPress\b|\bConference\b|\bReview\b|\bhttps?://|\bISBN\b"),
    re.compile(
        r"\bet al\b|\bProceedings\b|\bIn Proc\b|\barXiv\b|\bdoi\b|\bPreprint\b|\bTransactions on\b|\bCoRR\b", re.I
    ),
    re.compile(
        r"(?:[A-Z][\w’'-]+,?\s(?:[A-Z]\.[\s,]?)+(?:,|\sand|&|\()\s?){1,}|(?:[A-Z][\w’'-]+\s[A-Z][\w’'-]+,\s){2,}"
    ),
)
_SIGNS = 3  # of a reference
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_FROM_THE_WEB = re.compile(  # one is enough: no sentence of a text says when a page of it was looked up
    rf"\bArchived from the original\b|[.”\"»]\s+Retrieved (?:on )?(?:\d{{1,2}} )?{_MONTH} \d|"
    r"\bRetrieved \d{4}-\d\d-\d\d|\bArchiviert vom Original\b|[.“\"«»]\s+Abgerufen am \d|"
    r"\bArchivé (?:de|depuis) l['’]original\b|\(consulté le \d|\bArchivado desde el original\b|\bConsultado el \d|"
    r"(?:\A|\s)\d{1,3}\.\s+\^\s"
)

_MAY_BE_FROM_THE_WEB = re.compile(r"[Aa](?:rchiv|bgerufen)|[Rr]etrieved|[Cc]onsult|\^")  # asked of every sentence


def is_nothing(text: str) -> bool:
    """Whether a text is a page number or signs only.

    >>> is_nothing("- 62 -"), is_nothing("______"), is_nothing("85 %"), is_nothing("14,000")
    (True, True, False, False)
    """
    return "%" not in text and _BARE.fullmatch(text.strip()) is not None


def leads_on(text: str) -> bool:
    """Whether a text is of a list of contents: dots lead from a title to a page number.

    >>> leads_on("5.9.5 Adopting a buoy . . . . . . . . 44 5.9.6 Buoys again"), leads_on("Wait ... then go on.")
    (True, False)
    """
    return _DOTS.search(text) is not None and _LEADER.search(text) is not None


def is_index_entry(text: str) -> bool:
    """Whether a text is an entry of the index at the end of a book: a term and its pages.

    >>> is_index_entry("buoys, 38, 40–42"), is_index_entry("Buoys 38"), is_index_entry("May 4, 2021")
    (True, False, False)
    """
    entry = text.strip()
    return entry[-1:].isdecimal() and ", " in entry and _INDEX_ENTRY.fullmatch(entry) is not None


def is_reference(text: str) -> bool:
    """Whether a text is an entry of a list of references.

    >>> is_reference("Roth, I., and Hill, A. 2019. Pumps. In Proceedings of the Third Workshop, pages 3-9.")
    True
    >>> is_reference("Roth and Hill (2019) show that pumps last.")
    False
    >>> is_reference('"A port opens". The Daily Buoy. Retrieved May 3, 2010.'), is_reference("Retrieved on May 3.")
    (True, False)
    """
    if is_from_the_web(text):
        return True
    found = 0
    for left, sign in zip(range(len(_REFERENCE_SIGNS), 0, -1), _REFERENCE_SIGNS, strict=True):
        if found + left < _SIGNS:  # as of almost every sentence
            return False
        found += sign.search(text) is not None
    return found >= _SIGNS


def is_from_the_web(text: str) -> bool:
    """Whether a text is a reference to a page of the web, which tells when it was looked up.

    >>> is_from_the_web("The Daily Buoy. Archived from the original on May 3, 2010."), is_from_the_web("See the web.")
    (True, False)
    """
    return _MAY_BE_FROM_THE_WEB.search(text) is not None and _FROM_THE_WEB.search(text) is not None


def is_contents(page: Page) -> bool:
    """Whether a page mostly lists what stands where."""
    if len(_NUMBER_LAST.findall(page.text)) < _ENTRIES:
        return False
    lines = lines_of(page)
    numbers = [number for line in lines if (number := _page_last(line.text)) is not None]
    grows = sum(before <= after for before, after in pairwise(numbers))
    return len(numbers) >= _ENTRIES and len(numbers) >= _MOSTLY * len(lines) and grows >= _GROWING * (len(numbers) - 1)


def _page_last(line: str) -> int | None:
    """The page that a line of a list of contents ends in, behind dots or a wide blank; None where it is none."""
    if not line[-1:].isdecimal() or line[0].isspace():
        return None
    found = _ENTRY_END.search(line, 1)
    return int(found[1]) if found and not _FIGURE_LAST.search(line, 1, found.start()) else None
