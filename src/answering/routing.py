"""Which strategy a question gets: what kind it is, and which part of the documents it is confined to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared_utils.message import NOTHING, Message, counted, message
from shared_utils.retrieval.question_kind import (
    LAST_PAGE,
    AskedPart,
    QuestionKind,
    asked_part,
    has_topic,
    question_kind,
    without_part,
)
from shared_utils.retrieval.sections import Section, named, sections
from shared_utils.retrieval.sides import compared_documents
from shared_utils.retrieval.within import InDocuments, Within, rows_within
from shared_utils.storage.kept_pages import facts_of
from shared_utils.text.words import terms
from shared_utils.types import Chunk
from src.answering.ingestion import IndexedDocument
from src.answering.named_documents import named_documents, without_owner
from src.answering.small_talk import not_translated, without_translating

_LOOK_UP = message("look-up")
_PARTS_OF_A_PAGE = frozenset(
    terms("figures tables charts diagrams images pictures photos lines words paragraphs logos many")
)


@dataclass(frozen=True, slots=True)
class Route:
    """How a question is searched. `label` and `note` are for the person who asked; no note for a look-up."""

    kind: QuestionKind
    searched: str  # the words to search for, without the part they are confined to
    within: Within | None = None
    label: Message = _LOOK_UP
    note: Message = NOTHING
    sides: tuple[str, ...] = ()  # ids of the documents that are compared
    is_beyond: bool = False  # whether the pages it asks for are in none of the documents
    untranslated: Message = NOTHING  # said in place of a refusal where the question's language was not understood
    whole: str = ""  # what is searched with whose it is, where that is left out: a name that stands there tells
    missing: Message = NOTHING  # said in its place where the document that is asked of is not there
    reworded: str = ""  # what was searched before it was put in other words: it tells the form that answers have

    @property
    def spreads(self) -> bool:
        """Whether the evidence comes from all over the part, not from the places nearest to the words."""
        return self.kind is QuestionKind.SUMMARY


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that was found: its name for a person, the words that name it in the question, what lies in it."""

    label: Message
    section: str
    within: Within


def route(question: str, searched: str, documents: Sequence[IndexedDocument]) -> Route:
    """The strategy for a question. `searched` is the question with what it leaves out, see follow_up.py.

    A document that it names confines it; of one that is not there nothing is told from another. Whose figure is asked
    for is not searched where the documents are called so.
    """
    if question not in searched:  # a follow-up that was written out is of the kind that it now is
        question = searched
    named = named_documents(question, documents)
    if named is None and searched != question:
        named = named_documents(searched, documents)
    if named is None:
        return _whole(_routed(question, without_owner(searched, documents), documents), searched)
    if named.missing and not named.ids:
        return replace(_routed(question, searched, documents), is_beyond=True, missing=named.missing)
    among = [one for one in documents if one.document.id in named.ids]
    matter = searched if searched != question else named.rest
    taken = _whole(_routed(question, without_owner(matter, among), documents), matter)
    if taken.sides or taken.kind in (QuestionKind.SUMMARY, QuestionKind.SMALL_TALK):
        return taken
    names = message("{names}", names=tuple(one.document.name for one in documents if one.document.id in named.ids))
    part = names if taken.within is None else message("{part}, {names}", part=taken.label, names=names)
    return replace(
        taken,
        within=InDocuments(named.ids, taken.within),
        label=part,
        note=named.missing or message("Searched in {part} only.", part=part),
    )


def _whole(taken: Route, matter: str) -> Route:
    """The route, with what it searches as it was before whose it is was left out, unless a part was left out, too."""
    return replace(taken, whole=matter) if set(terms(taken.searched)) < set(terms(matter)) else taken


def _routed(question: str, searched: str, documents: Sequence[IndexedDocument]) -> Route:
    if part_ := without_translating(question):
        taken = route(part_, part_, documents)
        return replace(taken, note=not_translated(part_))
    asked = asked_part(question) or asked_part(searched)
    part = _find(asked, documents) if asked else _quoted_section(searched, documents)
    if part is not None:
        matter = without_part(searched, part.section)
        if not has_topic(matter):
            return _summary(part.label, searched, part.within)
        return Route(
            question_kind(question),
            matter,
            part.within,
            part.label,
            message("Searched in {part} only.", part=part.label),
        )
    missing = _not_found(asked, several=len(documents) > 1)
    if missing:
        searched = without_part(searched)
    if (
        missing and not has_topic(searched, _PARTS_OF_A_PAGE) and _are_beyond(asked, documents)
    ):  # nothing else to look for
        return Route(question_kind(question), searched, note=missing, is_beyond=True)
    if question_kind(question) is QuestionKind.SUMMARY:
        # “Sum up the risks” is answered where the risks stand: no summary, unless the words name a document.
        if not has_topic(question):
            whole = _summary(
                message("all documents") if len(documents) > 1 else message("the whole document"), searched, None
            )
            return replace(whole, note=missing or whole.note)
        if meant := [document for document in documents if not has_topic(question, _name_words(document))]:
            names = tuple(document.document.name for document in meant)
            ids = {document.document.id for document in meant}
            return _summary(names, searched, InDocuments(ids))
        return Route(QuestionKind.LOOK_UP, searched, note=missing)
    if question_kind(question) is QuestionKind.COMPARISON and (
        sides := compared_documents(searched, _titles(documents))
    ):
        names = tuple(document.document.name for document in documents if document.document.id in sides)
        note = missing or message("{names} were each given the same room.", names=names)
        return Route(
            QuestionKind.COMPARISON, searched, None, message("comparison of {names}", names=names), note, sides
        )
    return Route(question_kind(question), searched, note=missing)


def _summary(of: Message | tuple[str, ...], searched: str, within: Within | None) -> Route:
    note = message("This draws on {what}, a sentence here and there; most details are left out.", what=of)
    return Route(QuestionKind.SUMMARY, searched, within, message("summary of {what}", what=of), note)


def _name_words(document: IndexedDocument) -> frozenset[str]:
    return frozenset(terms(f"{document.document.title} {document.document.name}"))


def _titles(documents: Sequence[IndexedDocument]) -> dict[str, str]:
    return {d.document.id: f"{d.document.title} {d.document.name}" for d in documents}


def _find(asked: AskedPart, documents: Sequence[IndexedDocument]) -> _Part | None:
    """The asked part as it stands in the documents; None where no chunk lies in it."""
    pages = _on_pages(asked, documents) if asked.pages else None
    names = [name for name in (*asked.maybe, asked.section) if name]
    found = next(((name, held) for name in names if (held := _sections(name, documents))), None)
    if (names and asked.section and found is None) or (pages is None and found is None):
        return None
    within = _both(pages, found[1] if found else {})
    if not any(len(rows_within(document.index, within)) for document in documents):
        return None
    return _Part(_label(asked, found[1] if found else {}), found[0] if found else "", within)


def _quoted_section(question: str, documents: Sequence[IndexedDocument]) -> _Part | None:
    """“What does it say about “Noise”?”, where a section is called exactly that."""
    opening, closing = question.find("“"), question.find("”")
    name = question[opening + 1 : closing] if 0 <= opening < closing else ""
    found = _sections(name, documents) if name else {}
    if not any(section.title.strip() == name for held in found.values() for section in held):
        return None
    return _Part(_section(found), name, _both(None, found))


def _sections(name: str, documents: Sequence[IndexedDocument]) -> dict[str, tuple[Section, ...]]:
    """Document id -> its sections of that name, for the documents that have any."""
    found = {d.document.id: named(name, sections(d.document.pages, d.document.outline)) for d in documents}
    return {document: held for document, held in found.items() if held}


def _on_pages(asked: AskedPart, documents: Sequence[IndexedDocument]) -> set[tuple[str, int]]:
    """(document id, page number) of the asked pages: by their place in the file, as the page shows it.

    In a document that ends before them, by the numbers printed on its pages: a journal's begin at 491.
    """

    found: set[tuple[str, int]] = set()
    for document in documents:
        pages = facts_of(document.document.pages)
        end = max((page.number for page in pages), default=0)

        def asked_for(number: int, end: int = end) -> bool:
            return any(first <= number <= last or (last == LAST_PAGE and number == end) for first, last in asked.pages)

        numbers = [page.number for page in pages if asked_for(page.number)]
        printed = [page.number for page in pages if page.label.isdecimal() and asked_for(int(page.label))]
        found |= {(document.document.id, number) for number in numbers or printed}
    return found


def _are_beyond(asked: AskedPart, documents: Sequence[IndexedDocument]) -> bool:
    """Whether the asked pages come after the last one of every document."""
    last = max((page.number for d in documents for page in facts_of(d.document.pages)), default=0)
    return bool(asked.pages) and not asked.section and all(first > last for first, _ in asked.pages)


def _both(pages: set[tuple[str, int]] | None, held: dict[str, tuple[Section, ...]]) -> Within:
    def within(chunk: Chunk) -> bool:
        on_page = pages is None or (chunk.document_id, chunk.page) in pages
        in_section = not held or any(section.holds(chunk) for section in held.get(chunk.document_id, ()))
        return on_page and in_section

    ids = {document for document, _ in pages} if pages is not None else set(held)
    return InDocuments(ids & set(held) if held else ids, within)


def _label(asked: AskedPart, held: dict[str, tuple[Section, ...]]) -> Message:
    if not held:
        return _pages(asked)
    return message("{section}, {pages}", section=_section(held), pages=_pages(asked)) if asked.pages else _section(held)


def _section(held: dict[str, tuple[Section, ...]]) -> Message:
    return message("section “{title}”", title=next(iter(held.values()))[0].title)


def _pages(asked: AskedPart) -> Message:
    if any(last == LAST_PAGE for _, last in asked.pages):
        return message("the last page")
    names = tuple(str(first) if first == last else f"{first}–{last}" for first, last in asked.pages)
    count = sum(last - first + 1 for first, last in asked.pages)
    return counted(count, "page {pages}", "pages {pages}", pages=names)


def _not_found(asked: AskedPart, *, several: bool) -> Message:
    """What was asked for by a name that says so, and is not there; nothing where it may have been no name at all."""
    searched = message("all documents were searched") if several else message("the whole document was searched")
    if asked.section:
        return message("No section called “{name}” was found; {searched}.", name=asked.section, searched=searched)
    if asked.pages:
        return message("No words were found on {pages}; {searched}.", pages=_pages(asked), searched=searched)
    return NOTHING
