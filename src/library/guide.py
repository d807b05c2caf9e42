"""What a reader wants to know of a document before they ask it anything: read off its first pages, without a model.

    guide = guide_of(document)
    guide.kind, guide.author, guide.date, guide.headings

Nothing is guessed: what the pages do not say in a form that is known here is left empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from shared_utils.message import NOTHING, Message, message
from shared_utils.structure.title_page import byline
from shared_utils.types import Document, Page
from src.answering.about_files import language_of

_FIRST_PAGES = 2  # where a document says what it is
_OPENING_CHARS = 2_500
_TELLING_PAGES = 12  # what they tell, further ones do not change, but for the outline
_MOST_HEADINGS = 40
_LONGEST_HEADING = 90  # characters
_LONGEST_DATE_LINE = 60

# What a document calls itself on its first page, the more telling names first.
_KINDS: tuple[tuple[Message, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{words})\b", re.IGNORECASE))
    for kind, words in (
        (message("Annual report (Form 10-K)"), r"form\s+10-k"),
        (message("Quarterly report (Form 10-Q)"), r"form\s+10-q"),
        (message("Current report (Form 8-K)"), r"form\s+8-k"),
        (message("Annual report"), r"annual report|geschäftsbericht|jahresbericht|rapport annuel|informe anual"),
        (message("Sustainability report"), r"(?:esg|sustainability|governance) report|nachhaltigkeitsbericht"),
        (message("Invoice"), r"invoice (?:no|number|date)\b|rechnungs(?:nummer|datum)|facture n"),
        (message("Manual"), r"user (?:guide|manual)|owner['’]s manual|instruction manual|quick start guide"
         r"|bedienungsanleitung|benutzerhandbuch|mode d['’]emploi"),
        (message("Contract"), r"this (?:\w+ ){0,3}agreement|by and between|mietvertrag|arbeitsvertrag|kaufvertrag"
         r"|contrat de"),
        (message("Minutes"), r"minutes of|protokoll der|procès-verbal"),
        (message("Press release"), r"press release|for immediate release|pressemitteilung|communiqué de presse"),
        (message("Thesis"), r"(?:doctoral|master['’]s|bachelor['’]s) thesis|dissertation|masterarbeit"),
        (message("Scientific paper"), r"abstract|zusammenfassung\s+schlüsselwörter"),
        (message("House rules"), r"house rules|hausordnung"),
        (message("Curriculum vitae"), r"curriculum vitae|lebenslauf"),
    )
)  # fmt: skip
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni"
    "|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
)
_DATE = re.compile(
    rf"\b(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}\.\s?\d{{1,2}}\.\s?\d{{4}}"
    rf"|\d{{1,2}}\.?\s(?:{_MONTHS})\s\d{{4}}|(?:{_MONTHS})\s\d{{1,2}},\s\d{{4}}|(?:{_MONTHS})\s\d{{4}})\b",
    re.IGNORECASE,
)
_BIRTH = re.compile(r"\b(?:born|birth|died|geb\.|geboren|geburts\w*|née?|nacid[oa])\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.,/-])(?:19|20)\d{2}(?![\d.,/-])")
_LEADER = re.compile(r"\s*(?:[.…·]\s?){2,}\d{0,4}$|[.…:·\s]+$")  # from a title to its page, in a table of contents


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the outline. `level` counts from 1, `page` from 1."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class Guide:
    """What is known of a document. Texts are the document's own; what is not known is empty."""

    document_id: str
    name: str  # of the file
    title: str
    kind: Message
    author: str
    date: str  # as it is printed
    pages: int
    language: Message
    headings: tuple[Heading, ...]


def guide_of(document: Document) -> Guide:
    """Quick: it looks at the first pages and at the outline."""
    opening = "\n".join(page.text for page in document.pages[:_FIRST_PAGES])[:_OPENING_CHARS]
    return Guide(
        document_id=document.id,
        name=document.name,
        title=title_of(document),
        kind=_kind(opening, document.pages),
        author=_author(document.pages),
        date=_date(opening, document.title),
        pages=len(document.pages),
        language=language_of(document.pages),
        headings=_headings(document),
    )


def grown(known: Guide, document: Document) -> Guide:
    """The guide to a document of which more has been read than when `known` was made. Its outline is made again once
    it has been read to its end: the page asks for this several times a second."""
    return replace(known, pages=len(document.pages)) if known.pages >= _TELLING_PAGES else guide_of(document)


def title_of(document: Document) -> str:
    """What the document calls itself; "" where that is no more than the name of its file."""
    title = " ".join(document.title.split())
    return "" if _stem(title) == _stem(document.name) else title


def _stem(name: str) -> str:
    return re.sub(r"[\W_]+", " ", name.lower().removesuffix(".pdf")).strip()


def _kind(opening: str, pages: Sequence[Page]) -> Message:
    named = [(found.start(), kind) for kind, words in _KINDS if (found := words.search(opening))]
    if named:
        return named[0][1]
    if len(pages) > 2 and all(page.width > page.height > 0 for page in pages[:5]):
        return message("Slides")
    return NOTHING


def _author(pages: Sequence[Page]) -> str:
    """Who wrote it, in the words of its first pages."""
    for page in pages[:_FIRST_PAGES]:
        if (span := byline(page)) is not None:
            return " ".join(page.text[span.start : span.end].split())
    return ""


def _date(opening: str, title: str) -> str:
    """The first full date, else a year in the title."""
    lines = opening.splitlines()
    own = (  # not within a sentence, nor when somebody was born
        line
        for before, line in zip(("", *lines), lines, strict=False)
        if len(line) <= _LONGEST_DATE_LINE and not _BIRTH.search(f"{before} {line}")
    )
    found = next(filter(None, map(_DATE.search, own)), None) or _YEAR.search(title)
    return " ".join(found[0].split()) if found else ""


def _headings(document: Document) -> tuple[Heading, ...]:
    """The file's own outline, else the headings that its pages show; none that is a title of the whole, or a scrap."""
    written = [(entry.title, entry.level, entry.page) for entry in document.outline]
    found = list(_outermost(written or list(_shown(document.pages))))
    cleaned = ((_LEADER.sub("", " ".join(title.split())), level, page) for title, level, page in found)
    kept = dict.fromkeys(
        Heading(title, level, page)
        for title, level, page in cleaned
        if 2 < len(title) <= _LONGEST_HEADING and any(sign.isalpha() for sign in title) and page >= 1
    )
    return tuple(islice(kept, _MOST_HEADINGS))


def _shown(pages: Sequence[Page]) -> Iterator[tuple[str, int, int]]:
    for page in pages:
        for heading in page.headings:
            yield page.text[heading.start : heading.end], heading.level, page.number


def _outermost(found: Sequence[tuple[str, int, int]]) -> Iterator[tuple[str, int, int]]:
    """The two outermost levels that divide the document: a level with one heading is the title of the whole."""
    counts = Counter(level for _, level, _ in found)
    dividing = sorted(level for level, number in counts.items() if number > 1 or len(counts) == 1)[:2]
    return (entry for entry in found if entry[1] in dividing)


__all__ = ["Guide", "Heading", "grown", "guide_of", "title_of"]
