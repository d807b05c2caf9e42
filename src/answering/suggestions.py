"""What could be asked next, read off the documents themselves: no model is asked.

Three things make a good next question: a row of a table on the cited page, the section before or after the cited one,
and a name that the cited words mention. What has been asked already is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared_utils.text.words import terms
from shared_utils.types import Citation, Document, Page
from src.i18n import Say

_YEAR = r"(?:19|20)\d\d"
_YEARS = re.compile(rf"\b{_YEAR}\b")
_ROW = re.compile(r"(?P<label>[^\d|]*[^\W\d_][^\d|]*?)[\s|]+(?P<cells>[(\-+–$€£]?\d[\d.,\s%|()\-+–$€£]*)")
_NUMBERING = re.compile(
    r"^\s*(?:(?:chapter|section|part|kapitel|abschnitt|teil)\s+)?(?:\d+|[A-Z]|[IVXLC]+)(?:\.\d+)*[.):]?\s+(?=\w)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-zß-ÿ,] )(?:[A-ZÀ-Þ][\w’'-]+)(?: (?:of |the |für |der )?[A-ZÀ-Þ][\w’'-]+){1,3}")
_SAYS_NOTHING = frozenset(
    [
        "contents",
        "index",
        "references",
        "bibliography",
        "introduction",
        "appendix",
        "annex",
        "summary",
        "abstract",
        "conclusion",
        "figures",
        "tables",
        "total",
        "sum",
        "subtotal",
        "other",
        "others",
        "notes",
        "overview",
        "inhalt",
        "inhaltsverzeichnis",
        "literatur",
        "anhang",
        "einleitung",
        "zusammenfassung",
        "gesamt",
        "summe",
        "sonstige",
        "sonstiges",
        "andere",
        "übersicht",
    ]
)
_LONGEST = 56  # characters of a topic; longer ones are sentences, or two lines run together


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to ask about. `first` and `last` are the years a row of a table spans, "" elsewhere."""

    words: str
    first: str = ""
    last: str = ""


def question(topic: Topic, say: Say) -> str:
    """
    >>> question(Topic("timber", "2023", "2025"), Say("en"))
    'How did timber develop from 2023 to 2025?'
    """
    if topic.first:
        return say(
            "How did {topic} develop from {first} to {last}?", topic=topic.words, first=topic.first, last=topic.last
        )
    return say("What does the document say about {topic}?", topic=topic.words)


def opening_topics(document: Document, asked: Sequence[str] = ()) -> Iterator[Topic]:
    """What a document is about, for a conversation without an answer: its sections, and what its tables hold."""
    titles = [entry.title for entry in document.outline if entry.level <= 2] or [
        page.text[h.start : h.end] for page in document.pages for h in page.headings if h.level <= 3
    ]
    sections = [Topic(_in_a_sentence(title, document)) for title in map(heading_topic, titles[1:]) if title]
    rows = [row for page in document.pages for row in _rows(page, document)]
    yield from _new(_alternating(sections, rows), asked)  # the first title is the document's own


def next_topics(asked: Sequence[str], citations: Sequence[Citation], documents: Sequence[Document]) -> Iterator[Topic]:
    """After an answer: best first, one of each kind in turn. `asked` are the questions so far."""
    by_id = {document.id: document for document in documents}
    rows: list[Topic] = []
    names: list[Topic] = []
    sections: list[Topic] = []
    for citation in citations:
        document = by_id.get(citation.document_id)
        page = next((p for p in document.pages if p.number == citation.page), None) if document else None
        if document is None or page is None:
            continue
        rows += _rows(page, document)
        names += map(Topic, _names(_around(page, citation), document))
        sections += (Topic(_in_a_sentence(title, document)) for title in _neighbours(citation, document))
    yield from _new(_alternating(rows, names, sections), asked)


# ------------------------------------------------------------------------------------------------ kinds of topics


def heading_topic(title: str) -> str:
    """A heading without its number; "" where it says too little, or too much.

    >>> [heading_topic(t) for t in ("2.1 Leakage and repairs", "Contents", "IV. Rents ....... 12")]
    ['Leakage and repairs', '', 'Rents']
    """
    title = re.sub(r"[\s.…·]*\s\d{1,4}$|[.…:·\s]+$", "", " ".join(title.split()))
    title = _NUMBERING.sub("", title)
    title = title.capitalize() if title.isupper() else title
    return title if _is_topic(title) else ""


def _is_topic(text: str) -> bool:
    said = text.lower().split()
    return 3 <= len(text) <= _LONGEST and len(said) <= 7 and bool(set(said) - _SAYS_NOTHING) and not text.endswith(".")


def _rows(page: Page, document: Document) -> list[Topic]:
    """The rows of the page's tables by their labels; with the years of the header above them."""
    topics, years = [], list[str]()
    for span in page.table_rows:
        row = " ".join(page.text[span.start : span.end].split())
        found = _ROW.fullmatch(row)
        if len(header := _YEARS.findall(row)) >= 2 and re.fullmatch(rf"\D*(?:{_YEAR}\D*)+", row):
            years = header
        elif found and _is_topic(label := found["label"].strip(" |:*")):
            spans_years = len(years) >= 2 and len(found["cells"].split()) >= len(years)
            label = _in_a_sentence(label, document)
            topics.append(Topic(label, min(years), max(years)) if spans_years else Topic(label))
    return topics


def _names(text: str, document: Document) -> Iterator[str]:
    """Names of several words within sentences, unless they stand on so many pages that they tell nothing apart."""
    for found in _NAME.finditer(text):
        before = text[: found.start()].rsplit(maxsplit=1)[-1:]
        is_whole = not (before and before[0][:1].isupper() and before[0] not in ("The", "Die", "Der", "Das"))
        pages = sum(found[0] in page.text for page in document.pages)
        if is_whole and len(found[0]) <= _LONGEST and pages <= max(2, len(document.pages) // 4):
            yield found[0]


def _neighbours(citation: Citation, document: Document) -> list[str]:
    """The sections after and before the cited one, as their headings on the pages or the outline tell."""
    places = [(page.number, h.start, page.text[h.start : h.end]) for page in document.pages for h in page.headings] or [
        (entry.page, 0, entry.title) for entry in document.outline
    ]
    places = places[1:]  # the first is the document's own title
    before = [place for place in places if place[:2] <= (citation.page, citation.start)]
    after = places[len(before) : len(before) + 2]
    return [title for *_, text in (*after, *before[-2:-1]) if (title := heading_topic(text))]


def _around(page: Page, citation: Citation, characters: int = 300) -> str:
    """The cited words and what stands beside them."""
    return page.text[max(0, citation.start - characters) : citation.end + characters].replace("\n", " ")


# ------------------------------------------------------------------------------------------------ helpers


def _in_a_sentence(label: str, document: Document) -> str:
    """A label as it stands within a sentence: small where the document writes it small, else in quotation marks."""
    first = label.split()[0]
    small = first[0].lower() + first[1:]
    if small == first:
        return label
    is_written_small = any(re.search(rf"(?<![\w-]){re.escape(small)}(?![\w-])", page.text) for page in document.pages)
    return small + label[len(first) :] if is_written_small else f"“{label}”"


def _alternating(*kinds: Sequence[Topic]) -> Iterator[Topic]:
    for group in zip_longest(*kinds):
        yield from (topic for topic in group if topic is not None)


def _new(topics: Iterable[Topic], asked: Sequence[str]) -> Iterator[Topic]:
    """Each topic once, without those whose words have all been asked for."""
    known = [set(terms(question)) for question in asked]
    seen = list[set[str]]()
    for topic in topics:
        said = set(terms(topic.words))
        if said and not any(said <= other for other in (*known, *seen)):
            seen.append(said)
            yield topic


__all__ = ["Topic", "heading_topic", "next_topics", "opening_topics", "question"]
