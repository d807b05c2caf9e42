"""Questions about the files themselves: how many there are, their pages, title, authors, language and size.

The words of a question say which it is, in seven languages; what is left of them has to name a document or nothing, so
"How many pages are about noise?" is none. Answered from what was read and counted, without a search or a model.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from enum import StrEnum
from itertools import islice
from pathlib import Path

from shared_utils.message import NOTHING, Message, counted, literal, message
from shared_utils.structure.title_page import byline, title
from shared_utils.text.edition_numbers import without_edition
from shared_utils.text.folding import fold
from shared_utils.text.languages import FUNCTION_WORDS, told_language
from shared_utils.types import (
    QUOTED,
    Answer,
    Citation,
    Direct,
    DirectKind,
    Document,
    Page,
    PageVerdict,
    Sentence,
    Span,
    Verdict,
)
from src.answering.file_dates import date_of
from src.answering.ingestion import IndexedDocument


class FileFact(StrEnum):
    """What is asked about a file."""

    READING = "reading"  # in the order in which they are looked for
    DOCUMENTS = "documents"
    PAGES = "pages"
    AUTHOR = "author"
    DATE = "date"
    TITLE = "title"
    LANGUAGE = "language"
    SIZE = "size"


THE_FILES = message("the files themselves")
_LANGUAGE_PAGES = 12  # that tell a document's language
_MOST_LINES = 20  # documents told one by one
_WORDS = tomllib.loads(Path(__file__).with_name("file_questions.toml").read_text(encoding="utf-8"))
_PATTERNS = [
    (fact, re.compile(rf"\b(?:{'|'.join(_WORDS[fact]).replace('FILE', _WORDS['file'])})\b")) for fact in FileFact
]
_FILLING = frozenset(fold(_WORDS["filling"]).split())
_CALLED = frozenset(fold(_WORDS["called"]).split())
_STEM = 6  # letters of a word that tell it in another form
_LANGUAGES = {
    "english": message("English"),
    "german": message("German"),
    "french": message("French"),
    "spanish": message("Spanish"),
    "portuguese": message("Portuguese"),
    "italian": message("Italian"),
    "dutch": message("Dutch"),
}
_HEAD = 60  # characters of a first line that may call the document
_COUNTED = message("counted in the file")
_READ = message("read from the file")


def asked_of_files(question: str) -> FileFact | None:
    """What a question asks about the files, whatever else it names.

    >>> asked_of_files("How many pages does the annual report have?"), asked_of_files("Wer hat das geschrieben?")
    (<FileFact.PAGES: 'pages'>, <FileFact.AUTHOR: 'author'>)
    >>> asked_of_files("How many ships called at the port?") is None
    True
    """
    folded = " ".join(re.sub(r"[^\w' ]+", " ", fold(question)).split())
    return next((fact for fact, pattern in _PATTERNS if pattern.search(folded)), None)


def about_files(question: str, documents: Sequence[IndexedDocument]) -> Answer | None:
    """The answer to a question about the files; None where it is about something else, or nothing tells."""
    fact = asked_of_files(question)
    if fact is None:
        return None
    meant = _meant(question, documents)
    if not meant:
        return None
    match fact:
        case FileFact.DOCUMENTS:
            return _documents(question, documents) if len(meant) == len(documents) else None
        case FileFact.READING:
            return _reading(question, documents) if len(meant) == len(documents) else None
        case FileFact.PAGES:
            return _each(question, meant, _pages_of)
        case FileFact.SIZE:
            return _each(question, meant, _size_of)
        case FileFact.LANGUAGE:
            return _each(question, meant, _language_of)
        case FileFact.TITLE:
            return _each(question, meant, _title_of)
        case FileFact.AUTHOR:
            return _author(question, meant)
        case FileFact.DATE:
            return _date(question, meant)


def _meant(question: str, documents: Sequence[IndexedDocument]) -> list[IndexedDocument]:
    """The documents that a question names, all where it names none; none where its words say something else. Half of
    the words are enough for one that it calls a document, a report or a paper."""
    words = _words(question)
    topic = words - _FILLING
    if not topic:
        return list(documents)
    named = {d.document.id: {word for word in topic if _is_named(word, d.document)} for d in documents}
    known: set[str] = set().union(*named.values())
    is_called = not words.isdisjoint(_CALLED)
    if len(known) < len(topic) and not (is_called and 2 * len(known) >= len(topic)):
        return []
    most = max(map(len, named.values()))
    return [document for document in documents if len(named[document.document.id]) == most]


def _is_named(word: str, document: Document) -> bool:
    head = document.pages[0].text[:_HEAD].partition("\n")[0] if document.pages else ""
    names = _words(f"{_title(document) or head} {document.title} {document.name}")
    names |= set(map(without_edition, names))
    return word in names or (len(word) >= _STEM and any(name[:_STEM] == word[:_STEM] for name in names))


def _words(text: str) -> set[str]:
    """Folded words, without function words of any language; "8-K" is one."""
    words = re.findall(r"[^\W_]+", re.sub(r"(?<!\w)(\d{1,2})-(?=[a-z](?!\w))", r"\1", fold(text)))
    return {word for word in words if not any(word in of_one for of_one in FUNCTION_WORDS.values())}


def _title(document: Document) -> str:
    """What stands as a title on the first page."""
    span = title(document.pages[0]) if document.pages else None
    return " ".join(document.pages[0].text[span.start : span.end].split()) if span else ""


# ------------------------------------------------------------------------------------------------ what is told

Fact = tuple[Message, str, str, Citation | None]
"""The sentence, the value and its unit as data, and where it stands; None where it stands on no page."""


def _documents(question: str, documents: Sequence[IndexedDocument]) -> Answer:
    count = len(documents)
    first = _told(counted(count, "There is {n} document.", "There are {n} documents."), _COUNTED)
    rest = [
        _told(_named_with_pages(document), _COUNTED, item="-", paragraph=number)
        for number, document in enumerate(documents[:_MOST_LINES], start=1)
    ]
    direct = Direct(DirectKind.FILE, FileFact.DOCUMENTS, str(count), FileFact.DOCUMENTS, ())
    return _answer(question, [first, *rest], (), direct)


def _reading(question: str, documents: Sequence[IndexedDocument]) -> Answer:
    waiting = [document for document in documents if not document.complete]
    if not waiting:
        return _answer(question, [_told(message("Every document has been read."), _COUNTED)], (), None)
    first = _told(
        counted(len(waiting), "{n} document is still being read.", "{n} documents are still being read."), _COUNTED
    )
    rest = [
        _told(_named_with_pages(document), _COUNTED, item="-", paragraph=number)
        for number, document in enumerate(waiting[:_MOST_LINES], start=1)
    ]
    return _answer(question, [first, *rest], (), None)


def _each(
    question: str, documents: Sequence[IndexedDocument], fact_of: Callable[[IndexedDocument, int], Fact | None]
) -> Answer | None:
    """The fact of every document; as data where there is one."""
    facts: list[Fact] = []
    for document in documents[:_MOST_LINES]:
        marker = sum(fact[3] is not None for fact in facts) + 1
        if (fact := fact_of(document, marker)) is not None:
            facts.append(fact)
    if not facts:
        return None
    is_list = len(facts) > 1
    sentences = [
        _told(
            said,
            _READ if citation else _COUNTED,
            citations=(citation.marker,) if citation else (),
            item="-" if is_list else "",
            paragraph=number if is_list else 0,
        )
        for number, (said, _, _, citation) in enumerate(facts)
    ]
    citations = tuple(citation for *_, citation in facts if citation is not None)
    direct = None
    if not is_list:
        _, value, unit, _ = facts[0]
        direct = Direct(DirectKind.FILE, documents[0].document.name, value, unit, ())
    return _answer(question, sentences, citations, direct)


def _pages_of(document: IndexedDocument, _: int) -> Fact:
    count = len(document.document.pages)
    if document.complete:
        said = counted(count, "{name} has {n} page.", "{name} has {n} pages.", name=document.document.name)
    else:
        said = counted(
            count,
            "{name} is still being read: {n} page so far.",
            "{name} is still being read: {n} pages so far.",
            name=document.document.name,
        )
    return said, str(count), FileFact.PAGES, None


def _size_of(document: IndexedDocument, _: int) -> Fact | None:
    try:
        size = document.path.stat().st_size
    except OSError:
        return None
    megabytes = f"{size / 1e6:.1f}"
    return message("{name} has {size} MB.", name=document.document.name, size=megabytes), megabytes, "MB", None


def _language_of(document: IndexedDocument, _: int) -> Fact | None:
    language = language_of(document.document.pages)
    if not language:
        return None
    said = message("{name} is written in {language}.", name=document.document.name, language=language)
    return said, str(language), "", None


def language_of(pages: Sequence[Page]) -> Message:
    """The name of the language that most of the first pages that can be read are in; nothing where none is told."""
    readable = (page.text for page in pages if page.verdict is not PageVerdict.UNREADABLE)
    told = Counter(filter(None, map(told_language, islice(readable, _LANGUAGE_PAGES))))
    return _LANGUAGES.get(told.most_common(1)[0][0], NOTHING) if told else NOTHING


def _title_of(document: IndexedDocument, marker: int) -> Fact | None:
    """By the words on the first page, else by the file's own data."""
    own = document.document
    span = title(own.pages[0]) if own.pages else None
    if span is not None:
        words = _title(own)
        return message("The title is “{title}”.", title=words), words, "", _citation(own, own.pages[0], span, marker)
    if own.title == own.name or not own.title.strip():
        return None
    return message("The file calls itself “{title}”.", title=own.title), own.title, "", None


def _author(question: str, documents: Sequence[IndexedDocument]) -> Answer | None:
    """What stands as the authors of one document on its first pages, word for word."""
    if len(documents) != 1:
        return None
    own = documents[0].document
    for page in own.pages[:2]:
        span = byline(page)
        if span is not None:
            words = " ".join(page.text[span.start : span.end].split())
            citation = _citation(own, page, span, 1)
            sentence = Sentence(words, (1,), Verdict.SUPPORTED, message("quoted word for word"), said=literal(words))
            direct = Direct(DirectKind.FILE, FileFact.AUTHOR, words, "", ())
            return _answer(question, [sentence], (citation,), direct)
    return None


def _date(question: str, documents: Sequence[IndexedDocument]) -> Answer | None:
    """The line of one document's first pages that gives its date, word for word."""
    found = date_of(documents[0].document) if len(documents) == 1 else None
    if found is None:
        return None
    page, span, value = found
    citation = _citation(documents[0].document, page, span, 1)
    words = " ".join(citation.quote.split())
    sentence = Sentence(words, (1,), Verdict.SUPPORTED, message("quoted word for word"), said=literal(words))
    return _answer(question, [sentence], (citation,), Direct(DirectKind.FILE, FileFact.DATE, value, "", ()))


# ------------------------------------------------------------------------------------------------ small parts


def _named_with_pages(document: IndexedDocument) -> Message:
    return counted(len(document.document.pages), "{name}: {n} page", "{name}: {n} pages", name=document.document.name)


def _told(
    said: Message, why: Message, *, citations: tuple[int, ...] = (), item: str = "", paragraph: int = 0
) -> Sentence:
    return Sentence(str(said), citations, Verdict.SUPPORTED, why, paragraph, item, said)


def _citation(document: Document, page: Page, span: Span, marker: int) -> Citation:
    quote = page.text[span.start : span.end]
    return Citation(marker, document.id, document.name, page.number, page.label, quote, span.start, span.end)


def _answer(
    question: str, sentences: Sequence[Sentence], citations: tuple[Citation, ...], direct: Direct | None
) -> Answer:
    return Answer(
        question=question,
        answerable=True,
        sentences=tuple(sentences),
        citations=citations,
        finish_reason="stop",
        stats=QUOTED,
        raw_text="\n".join(sentence.text for sentence in sentences),
        direct=direct,
    )
