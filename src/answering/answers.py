"""What becomes an answer: an engine's words with footnotes and verdicts, or "the documents do not say"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from shared_utils.citations.attribution import cite
from shared_utils.citations.base_rate import UNKNOWN
from shared_utils.citations.verification import Entailment
from shared_utils.message import NOTHING, Message, counted, message
from shared_utils.storage.kept_pages import facts_of
from shared_utils.types import QUOTED, Answer, Citation, Embedder, Page, PageVerdict, Passage, Sentence, Verdict
from src.answering.file_report import about_pages, unread_pages
from src.answering.holding import what_holds
from src.answering.ingestion import IndexedDocument, names_of, pages_of
from src.answering.prompts import REFUSAL, is_refusal
from src.answering.track_record import TrackRecord
from src.answering.writing import Task, Written
from src.answering.yes_no import asks_yes_no

NO_MODEL = message("No language model wrote this: these are the documents' own sentences.")
STOPPED_EARLY = message("You stopped the model before its first word.")
REFUSED = message("The documents do not say.")  # prompts.REFUSAL, in the reader's language
NOT_IN_DOCUMENTS = message("The documents do not seem to speak to this question.")

CLOSEST = 3  # passages shown when the documents do not speak to the question
_NAMED = 2  # documents of which the same is true; of more of them it is said once
_TELLING_CHARACTERS = 12  # in a script without blanks, too, that is more than a page number


def checked_answer(
    task: Task,
    written: Written,
    quick: Answer,
    documents: Sequence[IndexedDocument],
    *,
    embedder: Embedder | None,
    entailment: Entailment | None,
    why_stopped: Callable[[], Message],
    record: TrackRecord | None = None,
) -> Answer:
    """The engine's words with footnotes and verdicts, told apart what holds; the extractive answer where it said
    nothing. `record` is of what the model wrote before; this is added to it."""
    if not written.text.strip():
        stopped = written.finish_reason == "cancelled"
        silent = (*quick.notes, *written.notes, *([why_stopped()] if stopped else []), NO_MODEL)
        return replace(quick, notes=silent, finish_reason="cancelled" if stopped else quick.finish_reason)
    cited = cite(
        written.text,
        task.question,
        task.evidence,
        pages_of(documents),
        names_of(documents),
        embedder=embedder,
        entailment=entailment,
        wants_word=asks_yes_no(task.question),
        known=record.known(written.stats.model) if record else UNKNOWN,
    )
    if record:
        record.learn(written.stats.model, cited.share)
    refused = is_refusal(written.text)
    sentences = tuple(replace(s, said=REFUSED) if refused and s.text == REFUSAL else s for s in cited.sentences)
    notes = list(written.notes)
    if cited.dropped_markers:
        one = "{n} footnote to a passage that does not exist was dropped."
        many = "{n} footnotes to passages that do not exist were dropped."
        notes.append(counted(cited.dropped_markers, one, many))
    answer = Answer(
        question=task.question,
        answerable=not refused,
        sentences=sentences,
        citations=quick.citations[:CLOSEST] if refused else cited.citations,
        finish_reason="refused" if refused else written.finish_reason,
        stats=written.stats,
        raw_text=written.text,
        notes=tuple(notes),
    )
    return what_holds(answer, quick)


def refusal(
    question: str, passages: Sequence[Passage], documents: Sequence[IndexedDocument], said: Message = NOTHING
) -> Answer:
    """ "The documents do not say", or what else is `said`, with the closest passages to look at."""
    said = said or NOT_IN_DOCUMENTS
    names, pages = names_of(documents), pages_of(documents)
    citations = tuple(
        Citation(
            marker=marker,
            document_id=passage.chunk.document_id,
            document=names[passage.chunk.document_id],
            page=passage.chunk.page,
            page_label=pages[passage.chunk.document_id, passage.chunk.page].label,
            quote=passage.chunk.text,
            start=passage.chunk.start,
            end=passage.chunk.end,
        )
        for marker, passage in enumerate(_telling(passages)[:CLOSEST], start=1)
    )
    why = message("no passage speaks to the question")
    sentence = Sentence(str(said), (), Verdict.NOT_FOUND, why, said=said)
    return Answer(
        question=question,
        answerable=False,
        sentences=(sentence,),
        citations=citations,
        finish_reason="refused",
        stats=QUOTED,
        raw_text=str(said),
    )


def _telling(passages: Sequence[Passage]) -> list[Passage]:
    """Without page numbers and other scraps that stand alone: nobody is helped by a closest passage that reads “i”."""
    return [p for p in passages if len(p.chunk.text) >= _TELLING_CHARACTERS]


def recognised_notes(answer: Answer, documents: Sequence[IndexedDocument]) -> tuple[Message, ...]:
    """That words an answer cites were read from a picture, as nobody sees by looking at them."""
    pages = pages_of(documents)
    notes = []
    for name, group in groupby(sorted(answer.citations, key=_document), key=_document):
        read = [cited.page for cited in group if _is_recognised(pages.get((cited.document_id, cited.page)), cited)]
        if read:
            one = "Page {pages} of {name} is a picture: its words come from text recognition. Compare what matters."
            many = "Pages {pages} of {name} are pictures: their words come from text recognition. Compare what matters."
            notes.append(about_pages(read, one, many, name=name))
    return tuple(notes)


def _document(cited: Citation) -> str:
    return cited.document


def _is_recognised(page: Page | None, cited: Citation) -> bool:
    boxes = page.word_boxes if page is not None else ()
    return any(box.start < cited.end and cited.start < box.end for box in boxes)


def unread_notes(documents: Sequence[IndexedDocument]) -> tuple[Message, ...]:
    """What an answer may have missed: pages still being read, pages that could not be. What is so of many documents is
    said once."""
    reading = [document.document for document in documents if not document.complete]
    notes = [
        message("{name} is still being read: this answer knows its first {n} pages.", name=d.name, n=len(d.pages))
        for d in reading[:_NAMED]
    ]
    if len(reading) > _NAMED:
        notes = [
            message("{n} documents are still being read: this answer knows what was read of them.", n=len(reading))
        ]
    by_words = []
    for document in (document for document in documents if document.complete):
        notes += _unread(document.document.name, document.document.pages)
        if document.index.chunks and document.index.dense is None:
            by_words.append(document.document.name)
    return (*notes, *_by_words(by_words))


def _by_words(names: Sequence[str]) -> list[Message]:
    if len(names) > _NAMED:
        said = "{n} documents were searched by their words alone: their passages are not indexed by meaning yet."
        return [message(said, n=len(names))]
    said = "{name} was searched by its words alone: its passages are not indexed by meaning yet."
    return [message(said, name=name) for name in names]


def _unread(name: str, pages: Sequence[Page]) -> list[Message]:
    missing = set(unread_pages(pages))
    in_part = [page.number for page in facts_of(pages) if page.number in missing and page.verdict is PageVerdict.MIXED]
    notes = []
    if unread := sorted(missing - set(in_part)):
        one = "Page {pages} of {name} could not be read, so something may be missing here."
        many = "Pages {pages} of {name} could not be read, so something may be missing here."
        notes.append(about_pages(unread, one, many, name=name))
    if in_part:
        one = "A picture on page {pages} of {name} was not read, so something may be missing here."
        many = "Pictures on pages {pages} of {name} were not read, so something may be missing here."
        notes.append(about_pages(in_part, one, many, name=name))
    return notes
