"""The use-cases: read files, search, ask. Everything is handed in; nothing is remembered between calls.

A `Rag` holds no documents, so one serves everybody; documents travel as arguments.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import zip_longest
from pathlib import Path

from shared_utils.calculation.asked import is_set_against
from shared_utils.calculation.calculate import Calculation, NotComputed
from shared_utils.calculation.formulary import Formulary
from shared_utils.citations.conflicts import find_conflicts
from shared_utils.conversion.convert import Converter
from shared_utils.errors import DocumentError
from shared_utils.generation.extractive import extractive_answer, short_answer
from shared_utils.generation.speed import estimate_first_token_s
from shared_utils.message import NOTHING, Message, message
from shared_utils.pdf.reader import ReadingLimits
from shared_utils.pdf.viewer import PageViewer
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.inverted_file import Neighbours
from shared_utils.retrieval.question import Glossary
from shared_utils.retrieval.question_kind import QuestionKind, question_kind
from shared_utils.retrieval.unsaid import Kin, no_kin
from shared_utils.storage.kept_pages import PageMemory
from shared_utils.types import Answer, Cancelled, Citation, Evidence, Passage, Rect
from src.answering.answers import STOPPED_EARLY, checked_answer, recognised_notes, refusal, unread_notes
from src.answering.asked import checked_question
from src.answering.classify import classified
from src.answering.compared import Found
from src.answering.conversation import PastTurn, asked_before
from src.answering.direct import figure_of, is_looked_up
from src.answering.drawn import located
from src.answering.fields import are_short
from src.answering.file_report import unread_pages
from src.answering.finding import documents_within, evidence_of, found_passages, indexes_within, searched_for
from src.answering.follow_up import read_on, standalone
from src.answering.gate import is_answered
from src.answering.ingestion import (
    MOST_PASSAGES,
    IndexedDocument,
    Publish,
    Recogniser,
    SourceFile,
    embed_document,
    failed,
    finished,
    labels_of,
    names_of,
    pages_of,
    read_file,
    recognise_scans,
)
from src.answering.keeping import Keeping
from src.answering.led import led_answer, speaks_to
from src.answering.lexicon import Lexicon
from src.answering.outright import told_outright
from src.answering.overview import overview
from src.answering.parts import are_one, of_each_side, parted, read_together, together
from src.answering.prompts import OVERHEAD_TOKENS, affordable_tokens, worked_out
from src.answering.readiness import EmbedderSource, EntailmentSource
from src.answering.routing import Route, route
from src.answering.small_talk import small_talk
from src.answering.translation import by_synonyms, in_other_words, in_their_words
from src.answering.wording import in_their_spelling, without_form
from src.answering.writing import Scribe, Task, Writer
from src.answering.yes_no import with_word
from src.events import (
    AnswerEvent,
    AnswerFinished,
    EvidenceFound,
    ExtractiveAnswer,
    IngestEvent,
    Stage,
    StageStarted,
)

CANDIDATES = 40  # chunks that the evidence is picked from
NO_EVIDENCE = Evidence((), 0, 0)
_QUOTED_TOKENS = 560
_SAFE_SHARE = 0.8  # of a deadline: estimates are medians


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found for a question, before anybody writes."""

    passages: tuple[Passage, ...]
    evidence: Evidence
    answerable: bool
    elapsed_s: float
    route: Route
    figure: Calculation | NotComputed | None = None
    ranked: Sequence[Sequence[Passage]] = ()  # the passages of each side of a comparison, best first; else all of them


@dataclass(frozen=True, slots=True)
class Rag:
    """Built in src/wiring.py."""

    limits: ReadingLimits
    viewer: PageViewer
    converter: Converter
    embedder: EmbedderSource
    vector_model: str  # names all that vectors depend on: kept ones of another name are made anew
    recogniser: Recogniser
    scribe: Scribe
    evidence_tokens: int
    first_token_target_s: float
    max_question_chars: int
    entailment: EntailmentSource
    glossary: Glossary  # of names that are asked for and not printed
    formulary: Formulary  # of figures: how they are printed, and computed
    lexicon: Lexicon = field(default_factory=Lexicon)  # of the languages questions are in
    common_words: Callable[[], Collection[str]] = frozenset  # of English: others may be misspelled
    kin: Kin = no_kin  # of English words: what is asked for may be called otherwise
    most_passages: int = MOST_PASSAGES  # of one file
    neighbours: Neighbours = field(default_factory=Neighbours)  # of large libraries; forgotten with their documents
    memory: PageMemory = field(default_factory=PageMemory)  # of pages that were looked at last
    now: Callable[[], float] = time.monotonic

    # -------------------------------------------------------------------------------------------- ingest

    def ingest(self, source: SourceFile, publish: Publish, *, cancelled: Cancelled) -> Iterator[IngestEvent]:
        """Read and embed one file. The last event is FileFinished, whatever is wrong with the file."""
        latest: list[IndexedDocument] = []

        def keep(indexed: IndexedDocument) -> None:
            latest[:] = [indexed]
            publish(indexed)

        began = self.now()
        try:
            yield from self.read(source, keep, cancelled=cancelled)
            yield from self.recognise(latest[0], keep, cancelled=cancelled)
        except DocumentError as exc:
            yield failed(source, exc, self.now() - began)
            return
        read_s = self.now() - began
        yield from self.embed(latest[0], keep, cancelled=cancelled)
        yield finished(latest[0], read_s, self.now() - began - read_s, self.recogniser.hint())

    def read(
        self, source: SourceFile, publish: Publish, *, password: str | None = None, cancelled: Cancelled
    ) -> Iterator[IngestEvent]:
        """Pages, and what can be searched of them. Raises DocumentError."""
        yield from read_file(
            source,
            self.limits,
            publish,
            password=password,
            most_passages=self.most_passages,
            converter=self.converter,
            cancelled=cancelled,
        )

    def keeping(self, path: Path, called: str) -> Keeping:
        """Where pages of that name and their index are kept."""
        return Keeping(path, called, self.most_passages, self.memory)

    def has_scans(self, indexed: IndexedDocument) -> bool:
        """Whether `recognise` would look at any page."""
        return bool(unread_pages(indexed.document.pages))

    def recognise(
        self,
        indexed: IndexedDocument,
        publish: Publish,
        *,
        nearest_to: Callable[[], int] = lambda: 1,
        cancelled: Cancelled,
    ) -> Iterator[IngestEvent]:
        """The words of scanned pages, where this machine can find them; those next to `nearest_to()` first."""
        yield from recognise_scans(
            indexed,
            self.recogniser,
            publish,
            nearest_to=nearest_to,
            max_chars=self.limits.max_chars,
            most_passages=self.most_passages,
            cancelled=cancelled,
        )

    def embed(self, indexed: IndexedDocument, publish: Publish, *, cancelled: Cancelled) -> Iterator[IngestEvent]:
        """Meaning for a document that has words; waits for the model. Raises EmbeddingError."""
        if indexed.index.chunks:
            yield from embed_document(indexed, self.embedder.wait(), publish, cancelled=cancelled, now=self.now)

    # -------------------------------------------------------------------------------------------- search

    def search(
        self,
        question: str,
        documents: Sequence[IndexedDocument],
        *,
        history: Sequence[str] = (),
        top_k: int = CANDIDATES,
        budget: int | None = None,
    ) -> SearchResult:
        """The best passages for a question, and the numbered evidence picked for it under a token budget.

        `history` holds the questions before it, oldest first: what this one leaves out is taken from them.
        """
        began = self.now()
        question, history = without_form(question), [without_form(one) for one in history]
        indexes = [document.index for document in documents]
        spelled = in_their_spelling(standalone(question, history), indexes, self.common_words)
        taken = route(question, spelled.text, documents)
        taken = replace(taken, note=taken.note or spelled.note)
        budget = self._quoted_tokens() if budget is None else budget
        if taken.kind is QuestionKind.SMALL_TALK:
            return SearchResult((), Evidence((), 0, budget), answerable=False, elapsed_s=0.0, route=taken)
        first = self._searched(in_their_words(taken, indexes, self.lexicon), documents, indexes, top_k, budget)
        found = first
        if not taken.is_beyond and (not first.answerable or self._may_be_missed(first, documents)):
            wholly = partial(by_synonyms, wholly=True)
            ways = (wholly if first.answerable else in_other_words)(taken, indexes, self.lexicon)
            others = (self._searched(w, documents, indexes_within(w, documents), top_k, budget) for w in ways)
            found = next((other for other in others if other.answerable), first)
            if not found.answerable and len(parts := parted(question)) > 1:
                found = replace(found, answerable=any(p.answerable for p in self._of_parts(parts, documents, history)))
        return replace(found, elapsed_s=self.now() - began)

    def _searched(
        self,
        taken: Route,
        documents: Sequence[IndexedDocument],
        indexes: Sequence[DocumentIndex],
        top_k: int,
        budget: int,
    ) -> SearchResult:
        """What is found on one route, judged by `indexes`."""
        embedder = self.embedder.ready()
        found = found_passages(taken, documents, embedder, max(top_k, CANDIDATES), self.glossary, self.neighbours)
        passages = [passage for ranked in zip_longest(*found) for passage in ranked if passage is not None]
        evidence = evidence_of(taken, found, documents, embedder, budget, self.glossary)
        figure = None if taken.spreads else figure_of(taken.searched, passages, pages_of(documents), self.formulary)
        tables = partial(is_looked_up, passages=passages, pages=pages_of(documents), formulary=self.formulary)
        is_spoken_to = is_answered(taken, passages, indexes, embedder, figure, evidence, self.kin, tables) or speaks_to(
            taken, Found(passages, evidence, figure, taken.sides), documents, self.formulary
        )
        answerable = bool(evidence.spans) and is_spoken_to
        return SearchResult(tuple(passages[:top_k]), evidence, answerable, 0.0, taken, figure, found)

    def _may_be_missed(self, found: SearchResult, documents: Sequence[IndexedDocument]) -> bool:
        """Whether sentences alone answer, in so few pages that a word which stands nowhere tells that they do not."""
        if not are_short(documents) or found.figure is not None:
            return False
        taken = found.route
        return not speaks_to(taken, Found(found.passages, found.evidence, None, taken.sides), documents, self.formulary)

    def _of_parts(
        self,
        parts: Sequence[str],
        documents: Sequence[IndexedDocument],
        earlier: Sequence[str],
        room: int | None = None,
    ) -> list[SearchResult]:
        """What is found for each part of a question, asked after those before it, within `room` tokens each."""
        return [self.search(one, documents, history=(*earlier, *parts[:n]), budget=room) for n, one in enumerate(parts)]

    def _best(self, found: SearchResult, documents: Sequence[IndexedDocument]) -> Callable[[int], Evidence]:
        """What picks the best of what was found within so many tokens."""
        embedder = self.embedder.ready()
        return lambda tokens: evidence_of(found.route, found.ranked, documents, embedder, tokens, self.glossary)

    # -------------------------------------------------------------------------------------------- ask

    def ask(
        self,
        question: str,
        documents: Sequence[IndexedDocument],
        *,
        writers: Callable[[], Sequence[Writer]],
        history: Sequence[PastTurn] = (),
        person: str = "",
        network: str = "",
        ask_anyway: bool = False,
        share: float = 1.0,
        why_nobody: Callable[[], Message] = lambda: NOTHING,
        why_stopped: Callable[[], Message] = lambda: STOPPED_EARLY,
        cancelled: Cancelled,
    ) -> Iterator[AnswerEvent]:
        """Answer from `documents`, evidence first. The last event is AnswerFinished.

        `writers` gives the engines in the order they are asked; without one the extractive answer is the answer.
        `share` of the usual evidence is read, in that share of the usual time. `why_nobody` says why there
        is no engine, where there is none; `why_stopped`, why a model was stopped before its first word.
        Raises QuestionError where there is nothing to ask, or nothing to ask it of.
        """
        question = checked_question(question, self.max_question_chars, documents)
        began, timings = self.now(), dict[str, float]()

        def mark(name: str) -> None:
            timings[name] = self.now() - began

        if question_kind(question) is QuestionKind.SMALL_TALK:
            raise small_talk(question)
        yield StageStarted(Stage.RETRIEVING)
        if (told := told_outright(question, documents)) is not None:
            yield EvidenceFound(NO_EVIDENCE, True, told[1], classified(question))
            yield from self._told(told[0], documents, began)
            return
        available = writers()
        earlier = asked_before(history)
        found = self.search(question, documents, history=earlier)
        evidence = found.evidence
        if available and (budget := self._budget(available, share)) != evidence.budget:
            evidence = self._best(found, documents)(budget)
        if available and len(parts := parted(question)) > 1:
            each = self._of_parts(parts, documents, earlier, self.evidence_tokens // len(parts))
            evidence = read_together([part.evidence for part in each if part.answerable], evidence)
        if available and not (found.route.note or found.route.sides):
            evidence = read_on(question, [turn.evidence for turn in history], evidence, self._best(found, documents))
        mark("search_s")
        yield EvidenceFound(evidence, found.answerable, found.route.label, classified(question, found.route))
        if found.answerable or (ask_anyway and found.evidence.spans):
            yield StageStarted(Stage.CHECKING)
            quick = self._answered(question, found, documents, earlier)
            mark("first_evidence_s")
            yield ExtractiveAnswer(quick)
            labels, why = labels_of(evidence, documents), NOTHING if available else why_nobody()
            task = Task(question, evidence, labels, tuple(history), person, why, network, worked_out(quick))
            outcome = yield from self.scribe.write(task, available, lambda: mark("first_token_s"), cancelled)
            if outcome.text.strip():
                wrote = outcome.stats
                yield StageStarted(Stage.VERIFYING, wrote.backend, wrote.model, where=wrote.where)
            answer = checked_answer(
                task,
                outcome,
                quick,
                documents,
                embedder=self.embedder.ready(),
                entailment=self.entailment.ready(),
                why_stopped=why_stopped,
                record=self.scribe.record,
            )
            told_in, names = found.evidence.spans, names_of(documents)
            conflicts = find_conflicts(found.route.searched, told_in, names, pages_of(documents))
            disagreements = (
                message("The documents do not agree: {reason}.", reason=conflict.reason) for conflict in conflicts
            )
            answer = replace(answer, notes=(*answer.notes, *disagreements))
        else:
            answer = refusal(question, found.passages, documents, found.route.missing or found.route.untranslated)
            mark("first_evidence_s")
        seen = (*recognised_notes(answer, documents), *unread_notes(documents))
        of_the_question = filter(None, [found.route.note])  # comes before what is said of every answer
        answer = replace(answer, notes=(*of_the_question, *answer.notes, *seen))
        answer = self._with_rects(answer, documents)
        mark("total_s")
        yield AnswerFinished(answer, evidence.tokens, timings)

    def _told(self, told: Answer, documents: Sequence[IndexedDocument], began: float) -> Iterator[AnswerEvent]:
        """An answer that nobody has to write."""
        told = self._with_rects(replace(told, notes=(*told.notes, *unread_notes(documents))), documents)
        yield ExtractiveAnswer(told)
        yield AnswerFinished(told, 0, {"total_s": self.now() - began})

    def waiting(self) -> int:
        """How many questions stand in line for the local model."""
        return self.scribe.waiting()

    def expected_first_word_s(self, writers: Sequence[Writer], share: float) -> float | None:
        """How long the first of these writers would take to its first word; None where that is not known."""
        if not writers:
            return None
        tokens = self._budget(writers, share) + OVERHEAD_TOKENS
        return estimate_first_token_s(self.scribe.speed(writers[0]), tokens)

    def _quoted_tokens(self) -> int:
        """Of the evidence that is quoted, whatever a model may read of it."""
        return max(_QUOTED_TOKENS, self.evidence_tokens)

    def _budget(self, writers: Sequence[Writer], share: float) -> int:
        """Fewer tokens of evidence where the model that will read them is known to be too slow for the target, or
        for its deadline, whatever pace was asked for."""
        most = round(self.evidence_tokens * share)
        if not writers:
            return most
        within_s = min(self.first_token_target_s * share, _SAFE_SHARE * writers[0].first_token_deadline_s)
        return affordable_tokens(self.scribe.speed(writers[0]), within_s, most)

    def _answered(
        self, question: str, found: SearchResult, documents: Sequence[IndexedDocument], earlier: Sequence[str]
    ) -> Answer:
        """The extractive answer, each part of a question that asks several things answered alone."""
        whole = with_word(question, replace(self._quick(question, found, documents), question=question))
        is_one = isinstance(found.figure, Calculation) and is_set_against(question)
        if len(asked := parted(question)) == 1 or is_one:
            return whole
        each = zip(asked, self._of_parts(asked, documents, earlier), strict=True)
        told = [self._quick(p, one, documents, short=True) if one.answerable else None for p, one in each]
        return whole if are_one(told) else together(question, list(zip(asked, told, strict=True)))

    def _quick(
        self, asked: str, found: SearchResult, documents: Sequence[IndexedDocument], *, short: bool = False
    ) -> Answer:
        pages, names, question = pages_of(documents), names_of(documents), found.route.searched
        if found.route.spreads:
            return overview(question, found.evidence, found.route.within, documents, pages)
        quoted = short_answer if short or found.route.sides else extractive_answer
        sides, searched = found.route.sides, searched_for(found.route, documents)
        quote = partial(quoted, searched, pages=pages, names=names, embedder=self.embedder.ready())
        answer = of_each_side(question, found.evidence, sides, quote, names) if sides else quote(found.evidence)
        seen = Found(found.passages, found.evidence, found.figure, sides)
        among = documents_within(found.route, documents)
        return led_answer(question, asked, answer, seen, among, self.formulary)

    def locate(self, citation: Citation, document: IndexedDocument) -> tuple[Rect, ...]:
        """Where a citation's words are drawn on its page; () where that is not known."""
        return located(self.viewer, [citation], [document])[0].rects

    def _with_rects(self, answer: Answer, documents: Sequence[IndexedDocument]) -> Answer:
        return replace(answer, citations=located(self.viewer, answer.citations, documents))
