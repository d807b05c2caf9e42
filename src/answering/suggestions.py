"""What could be asked next, read off the documents themselves: no model is asked.

Three things make a good next question: a row of a table that spans years, the section before or after the cited one,
and a name that the cited words mention. What has been asked already is left out, and so is what the documents' own
answer does not answer: `is_answered` tells.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from shared_utils.retrieval.lookup import years_of
from shared_utils.storage.kept_pages import page_numbered
from shared_utils.tables.paths import heads_over, labels_beside, values
from shared_utils.text.languages import FUNCTION_WORDS, told_language
from shared_utils.text.words import terms
from shared_utils.types import Answer, Citation, DirectKind, Document, Page, RowKind, Table
from src.i18n import Say

_NUMBERING = re.compile(
    r"^\s*(?:§\s*|(?:chapter|section|part|item|article|kapitel|abschnitt|teil|artikel)\s+)?"
    r"(?:\d+|[A-Z]|[IVXLC]+)(?:\.\d+)*[.):]?\s+(?=\w)",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[a-zß-ÿ,] )(?:[A-ZÀ-Þ][\w’'-]+)(?: (?:of |the |für |der )?[A-ZÀ-Þ][\w’'-]+){1,3}")
_CAPITALISED_ANYWHERE = ("The", "Die", "Der", "Das")
_SAYS_NOTHING = frozenset(
    re.findall(
        r"\w+",
        """contents index references bibliography introduction appendix annex summary abstract conclusion
        conclusions figures tables total sum subtotal other others notes note overview acknowledgements
        background discussion results methods inhalt inhaltsverzeichnis literatur anhang einleitung
        zusammenfassung gesamt summe sonstige sonstiges andere übersicht""",
    )
)
_LONGEST = 56  # characters of a topic; longer ones are sentences, or two lines run together
_MOST_WORDS = 7
_WORD = re.compile(r"[^\W\d_][\w’'-]*")
_BROKEN = re.compile(r"[<>{}\[\]|\\/@#*=_…]|https?:|www\.|\.\.|[(“\"][^)”\"]*$|^[^(“\"]*[)”\"]|[,;:–—-]$")
_SENTENCE_END = re.compile(r"[.!?。！？؟।][”’\"')\]]*$")
_SCRAP = re.compile(r"[^.!?]{0,40}[?:]\s*[-–•:]|\S+[?:]:|(?:[A-Z][A-Z]+[\s,.:-]+){4}")  # "Articulated?: - YES"
_FEWEST_SMALL = 0.2  # share of a sentence's words that are function words; lists and scraps have fewer
_FEWEST_WORDS = 5  # of a sentence that answers
_TELLING = 20_000  # characters that tell a document's language
_SPOKEN = {"en": "english", "de": "german", "fr": "french"}
_FEWEST_SECTIONS = 3
_SHORT = 6  # pages of a document whose least headings count where it has few others
_FIRST_PAGES = 5  # what a document is about is named on them


@dataclass(frozen=True, slots=True)
class Topic:
    """Something to ask about: a row of a table with the years it spans, or what a section or the text tells of.

    `where` is the stretch of the document that must answer, as ((page, start), (page, end)); None: wherever its words
    stand. `label` is how the document writes it, and `language` the one that the document is in, "" where that is not
    told.
    """

    words: str
    document_id: str
    first: str = ""
    last: str = ""
    where: tuple[tuple[int, int], tuple[int, int]] | None = None
    label: str = ""
    language: str = ""


def question(topic: Topic, say: Say, document: str = "") -> str:
    """The question, in the person's language; `document` names the one that is meant, where there are several.

    >>> question(Topic("timber", "d", "2023", "2025", label="Timber", language="english"), Say("en"))
    'How did timber develop from 2023 to 2025?'
    >>> question(Topic("timber", "d", "2023", "2025", label="Timber", language="english"), Say("de"))
    'Wie hat sich „Timber“ von 2023 bis 2025 entwickelt?'
    """
    is_foreign = topic.language not in ("", _SPOKEN.get(say.language, ""))
    # words of two languages are no sentence
    words = say("“{name}”", name=topic.label) if is_foreign and topic.label else topic.words
    told = {"topic": words, "first": topic.first, "last": topic.last, "document": document}
    if topic.first and document:
        return say("In {document}, how did {topic} develop from {first} to {last}?", **told)
    if topic.first:
        return say("How did {topic} develop from {first} to {last}?", **told)
    if document:
        return say("What does {document} say about {topic}?", **told)
    return say("What does the document say about {topic}?", **told)


def opening_topics(document: Document, asked: Sequence[str] = ()) -> Iterator[Topic]:
    """What a document is about, for a conversation without an answer: its sections, and what its tables hold."""
    written = _Written(document)
    places = _section_places(document)
    sections = written.by_weight(_sections(places[1:], places, written))  # the first is the document's own title
    rows = written.by_weight(_rows(document.pages, written))
    names = written.by_weight(_first_names(document))
    yield from _new(_alternating(sections, rows, names), asked)


def next_topics(asked: Sequence[str], citations: Sequence[Citation], documents: Sequence[Document]) -> Iterator[Topic]:
    """After an answer: best first, one of each kind in turn. `asked` are the questions so far."""
    by_id = {document.id: document for document in documents}
    rows: list[Topic] = []
    names: list[Topic] = []
    sections: list[Topic] = []
    for document in dict.fromkeys(by_id[c.document_id] for c in citations if c.document_id in by_id):
        written = _Written(document)
        cited = [c for c in citations if c.document_id == document.id]
        pages = [p for n in sorted({c.page for c in cited}) if (p := page_numbered(document.pages, n)) is not None]
        rows += written.by_weight(_rows(pages, written))
        names += (
            Topic(name, document.id)
            for c in cited
            for page in pages
            if page.number == c.page
            for name in _names(_around(page, c), document)
        )
        places = _section_places(document)
        sections += _sections([place for c in cited for place in _neighbours(c, places)], places, written)
    yield from _new(_alternating(rows, names, sections), asked)


def is_answered(topic: Topic, answer: Answer) -> bool:
    """Whether the first thing the documents' own answer shows is a row or a whole sentence of what was asked about."""
    if not answer.answerable or not answer.sentences:
        return False
    leading = answer.sentences[0]
    if topic.first and answer.direct is not None and answer.direct.kind is DirectKind.SERIES:
        return set(terms(topic.words)) <= set(terms(answer.direct.name))  # told of that figure, wherever it stands
    cited = [c for c in answer.citations if c.marker in leading.citations and c.document_id == topic.document_id]
    if not cited:
        return False
    if topic.where is None:
        return _is_whole(leading.text) and topic.words in leading.text
    start, end = topic.where
    if not start <= (cited[0].page, cited[0].start) < end:
        return False
    return bool(topic.first) or _is_whole(leading.text)


def _is_whole(text: str) -> bool:
    """Whether a text is a sentence or some: it begins and ends as one, and small words join its others.

    >>> _is_whole("The surplus goes to the gate fund."), _is_whole("YES WITH BUSINESS 10 Chaffey College, CSUSB.")
    (True, False)
    """
    text = text.strip()
    words = [word.lower() for word in _WORD.findall(text)]
    small = max((sum(word in known for word in words) for known in FUNCTION_WORDS.values()), default=0)
    begins = text[:1].isupper() or text[:1].isdigit() or text[:1] in "“\"„‘'«¿¡"
    is_scrap = _SCRAP.match(text) is not None or (text.isascii() and small < _FEWEST_SMALL * len(words))
    return begins and not is_scrap and _SENTENCE_END.search(text) is not None and len(words) >= _FEWEST_WORDS


# ------------------------------------------------------------------------------------------------ what is written


class _Written:
    """A document's words: how often each stands in it, as terms and as it is written."""

    def __init__(self, document: Document) -> None:
        self.document = document
        text = "\n".join(page.text for page in document.pages)
        self._as_written = Counter(_WORD.findall(text))
        self.language = told_language(text[:_TELLING]) or ""
        self._small = Counter(word.lower() for word in self._as_written.elements())

    def in_a_sentence(self, label: str) -> str:
        """A label as it stands within a sentence: small where the document often writes it small, as it is where
        each of its words is written with a capital, as names are; else in quotation marks."""
        capitals = [word for word in _content(label) if word[0].isupper()]
        small = [word for word in capitals if 2 * self._as_written[word.lower()] >= self._as_written[word]]
        if len(small) == len(capitals):
            return _WORD.sub(lambda found: found[0].lower() if found[0] in capitals else found[0], label)
        return label if capitals == _content(label) and len(capitals) > 1 else f"“{label}”"

    def knows(self, label: str) -> bool:
        """Whether each word of a label stands elsewhere as well: scraps and cut-off words do not."""
        return all(self._small[word.lower()] > label.lower().split().count(word.lower()) for word in _content(label))

    def by_weight(self, topics: Iterable[Topic]) -> list[Topic]:
        """What the document speaks of most, first; several words before a single one; else in the document's order."""
        return sorted(topics, key=lambda topic: (len(_content(topic.words)) == 1, -self._weight(topic.words)))

    def _weight(self, label: str) -> int:
        """The order of magnitude of how often the rarest of its words is written."""
        return min((self._small[word.lower()].bit_length() for word in _content(label)), default=0)


def _content(label: str) -> list[str]:
    return [word for word in _WORD.findall(label) if word.lower() not in FUNCTION_WORDS["english"]]


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
    said = text.split()
    small = [word.lower() for word in said]
    return (
        3 <= len(text) <= _LONGEST
        and len(said) <= _MOST_WORDS
        and text[0].isalpha()
        and bool(set(small) - _SAYS_NOTHING)
        and small[-1] not in FUNCTION_WORDS["english"]
        and not text.endswith((".", "?", "!"))
        and not _BROKEN.search(text)
    )


def _rows(pages: Iterable[Page], written: _Written) -> Iterator[Topic]:
    """The rows of the pages' tables whose values stand under two or more years, by their labels."""
    for page in pages:
        for table in page.tables:
            yield from _rows_of(table, page, written)


def _rows_of(table: Table, page: Page, written: _Written) -> Iterator[Topic]:
    for row in range(table.rows):
        cells = [cell for cell in values(table, row) if cell.spans]
        years = {y for cell in cells for head in heads_over(table, row, cell.column) for y in years_of(head.text)}
        labels = labels_beside(table, row, cells[0].column) if cells else ()
        label = " ".join(labels[-1].text.split()).strip(" :*") if labels else ""
        own = labels[-1].spans if labels else ()
        if len(years) < 2 or not own or table.kinds[row] is RowKind.HEAD or not _is_topic(label):
            continue
        start = min(span.start for span in own)
        where = ((page.number, start), (page.number, max(cell.spans[-1].end for cell in cells)))
        words, first, last = written.in_a_sentence(label), min(years), max(years)
        yield Topic(words, written.document.id, first, last, where, label, written.language)


def _names(text: str, document: Document) -> Iterator[str]:
    """Names of several words within sentences, unless they stand on so many pages that they tell nothing apart."""
    for found in _NAME.finditer(text):
        before = text[: found.start()].rsplit(maxsplit=1)[-1:]
        is_whole = not (before and before[0][:1].isupper() and before[0] not in _CAPITALISED_ANYWHERE)
        pages = sum(found[0] in page.text for page in document.pages)
        words = found[0].split()
        is_whole &= len(set(words)) == len(words) and not any(word.endswith(("'s", "’s")) for word in words[:-1])
        if is_whole and len(found[0]) <= _LONGEST and pages <= max(2, len(document.pages) // 4):
            yield found[0]


def _first_names(document: Document) -> Iterator[Topic]:
    """The names on a document's first pages, each once, within a line: over its end the next column may begin."""
    text = "\n".join(page.text for page in document.pages[:_FIRST_PAGES])
    for name in dict.fromkeys(_names(text, document)):
        yield Topic(name, document.id)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a section begins: its page, the first character of its heading there, the heading."""

    page: int
    start: int
    title: str


def _section_places(document: Document) -> list[_Place]:
    """The headings that the pages show, of a short document those set like its text too; else those that the outline
    tells."""
    headings = [(page, heading) for page in document.pages for heading in page.headings]
    outer = [(page, heading) for page, heading in headings if heading.level <= 3]
    shown = outer if len(outer) >= _FEWEST_SECTIONS or len(document.pages) > _SHORT else headings
    return [_Place(page.number, h.start, page.text[h.start : h.end]) for page, h in shown] or [
        _Place(entry.page, 0, entry.title) for entry in document.outline if entry.level <= 2
    ]


def _sections(wanted: Sequence[_Place], places: Sequence[_Place], written: _Written) -> Iterator[Topic]:
    """A topic for each heading that can stand in a question; it is answered before the next heading."""
    for place in wanted:
        title = heading_topic(place.title)
        if title and written.knows(title):
            after = places[places.index(place) + 1 :]
            end = next(((p.page, p.start) for p in after), (len(written.document.pages) + 1, 0))
            where = ((place.page, place.start), end)
            words = written.in_a_sentence(title)
            yield Topic(words, written.document.id, where=where, label=title, language=written.language)


def _neighbours(citation: Citation, places: Sequence[_Place]) -> list[_Place]:
    """The sections after and before the cited one; never the first, which is the document's own title."""
    rest = places[1:]
    before = [p for p in rest if (p.page, p.start) <= (citation.page, citation.start)]
    after = rest[len(before) : len(before) + 2]
    return [*after, *before[-2:-1]]


def _around(page: Page, citation: Citation, characters: int = 300) -> str:
    """The cited words and what stands beside them."""
    return page.text[max(0, citation.start - characters) : citation.end + characters].replace("\n", " ")


# ------------------------------------------------------------------------------------------------ helpers


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


__all__ = ["Topic", "heading_topic", "is_answered", "next_topics", "opening_topics", "question"]
