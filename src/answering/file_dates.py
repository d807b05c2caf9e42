"""When a document is from, as its first page says beside a label: "Date 2020-09-07", "Date of Report: July 1, 2022"."""

from __future__ import annotations

import re

from shared_utils.text.dates import dates
from shared_utils.types import Document, Page, Span

_LABEL = re.compile(
    r"^\W*(?:(?:publication |issue |release |effective |report )?date"
    r"(?: of (?:the )?(?:report|issue|publication|release))?"
    r"|published(?: on)?|issued(?: on)?|released(?: on)?|last (?:updated|revised)|as of|dated"
    r"|(?:ausgabe|erscheinungs|veröffentlichungs)?datum|stand|veröffentlicht(?: am)?|erschienen(?: am)?"
    r"|date de (?:publication|parution)|publié le|paru le|fecha(?: de (?:publicación|emisión))?|publicado el"
    r"|data(?: di pubblicazione| de publicação)?|pubblicato il|publicado em|publicatiedatum|gepubliceerd op)\b",
    re.IGNORECASE,
)
_PAGES = 2  # that are looked at
_FAR = 60  # characters between a label and its date
_TOP, _SHORT = 12, 60  # lines of a first page; characters of one
_BIRTH = re.compile(r"\b(?:born|birth|geboren|née?|nacid[oa]|nat[oa]|nascid[oa])\b", re.IGNORECASE)
_EDITION = re.compile(
    r"(?:(?:version|v\.?|rev(?:ision|\.)?|edition|release|issue|auflage|ausgabe|fassung|édition|edición|edizione|edição)\s*)?"
    r"[\d.,:;/()–-]*(?:\s*(?:version|edition|revision|auflage|ausgabe))?[\s,.:;–-]*",
    re.IGNORECASE,
)


def date_of(document: Document) -> tuple[Page, Span, str] | None:
    """The line of a first page that gives the document's date, and the date as it is printed; None where none does."""
    for page in document.pages[:_PAGES]:
        at = 0
        for line in page.text.splitlines(keepends=True):
            label = _LABEL.match(line)
            found = next((d for d in dates(line) if label and label.end() <= d.start <= label.end() + _FAR), None)
            if found is not None:
                bare = line.rstrip()
                lead = len(bare) - len(bare.lstrip())
                return page, Span(at + lead, at + len(bare)), found.text
            at += len(line)
    return _alone(document.pages[0]) if document.pages else None


def _alone(page: Page) -> tuple[Page, Span, str] | None:
    """The first of the lines at the top of a page that says a date and no more than an edition beside it: "Version 2.0,
    January 2004". The day that somebody was born is another."""
    at, before = 0, ""
    for line in page.text.splitlines(keepends=True)[:_TOP]:
        bare = line.rstrip()
        found = next(iter(dates(bare)), None) if len(bare) <= _SHORT and not _BIRTH.search(before) else None
        rest = bare.replace(found.text, " ", 1).strip() if found is not None else ""
        if found is not None and _EDITION.fullmatch(rest) and any(map(str.isalpha, found.text)):
            lead = len(bare) - len(bare.lstrip())
            return page, Span(at + lead, at + len(bare)), found.text
        at, before = at + len(line), f"{before} {bare}"[-2 * _SHORT :]
    return None
