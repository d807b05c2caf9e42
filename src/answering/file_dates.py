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
    return None
