"""A follow-up reads on: its server evaluates what is new and nothing that the conversation has made it read before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.generation.fallback import Engine
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import EngineKind, Evidence, EvidenceSpan, Where
from src.answering.conversation import PastTurn
from src.answering.follow_up import added_tokens, cost_of, read_on
from src.answering.ingestion import IndexedDocument
from src.answering.read_ahead import read_ahead
from src.answering.writing import Writer
from src.events import AnswerFinished, EvidenceFound, Stage, StageStarted
from src.rag_with_generation import Rag
from tests.conftest import source
from tests.fake_ollama import FakeOllama, Script
from tests.fakes import evidence_of, never

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

BAR = 0.25  # of what the first question made the server evaluate
PATIENT = Deadlines(connect_s=3, first_token_s=30, stall_s=10, total_s=60)
FIRST = "What was the turnover of the harbour in 2021?"
BERTHS = [
    ("turnover of the harbour", "12.4", "11.9"),
    ("cost of dredging", "3.1", "2.8"),
    ("income from mooring fees", "6.7", "6.2"),
    ("cost of the harbour's crane", "0.9", "1.4"),
]
FILLER = [
    "The harbour board met nine times and heard the reports of the harbour master on traffic and weather.",
    "The northern quay of the harbour was strengthened with sheet piles after the survey of the year before.",
    "Turnover of the shops on the quay is not part of the harbour's accounts and is told in its own report.",
    "Visitors of the harbour stayed longer than in the year before, most of them in the months of summer.",
    "The harbour keeps a reserve for storms, which was not used, and another one for its buildings.",
    "The turnover is told without tax, as the harbour's accounts have told it since they were first printed.",
]


@pytest.fixture
def document(rag: Rag, draw_pdf: Callable[[str, Sequence[Sequence[str]]], Path]) -> IndexedDocument:
    rows = [f"The {name} was {now} million in 2021 and {then} million in 2020." for name, now, then in BERTHS]
    pages = [[*rows, *FILLER[:3]], FILLER[3:] * 2, ["The harbour master is Ingrid Solberg, appointed in May 2019."]]
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(source(draw_pdf("harbour.pdf", pages)), versions.append, cancelled=never):
        pass
    return versions[-1]


@pytest.fixture
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(Script(counts_cached=False)) as fake:
        yield fake


def asked(
    rag: Rag, document: IndexedDocument, ollama: FakeOllama, question: str, history: Sequence[PastTurn] = ()
) -> PastTurn:
    engine = OllamaAnswerGenerator(ollama.url, "llama3.2:1b", num_ctx=4096, num_thread=1, deadlines=PATIENT)
    writer = Writer(Engine(EngineKind.OLLAMA, engine), "llama3.2:1b", queued=True, where=Where.THIS_MACHINE)
    events = list(rag.ask(question, [document], writers=lambda: [writer], history=history, cancelled=never))
    evidence = next(event.evidence for event in events if isinstance(event, EvidenceFound))
    last = events[-1]
    assert isinstance(last, AnswerFinished)
    said = " ".join(sentence.text for sentence in last.answer.sentences if not sentence.left_out)
    return PastTurn(question, said, evidence, last.answer.raw_text)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("And in 2020?", "11.9"),
        ("And what was the cost of dredging?", "3.1"),
        ("And who is the harbour master?", "Ingrid Solberg"),
    ],
    ids=["same row", "same page", "another page"],
)
def test_a_follow_up_evaluates_a_quarter_of_what_the_first_question_did(
    rag: Rag, document: IndexedDocument, ollama: FakeOllama, question: str, told: str
) -> None:
    first = asked(rag, document, ollama, FIRST)
    second = asked(rag, document, ollama, question, [first])
    at_first, anew = ollama.evaluated
    assert anew <= BAR * at_first
    assert second.evidence is not None
    assert any(told in span.text for span in second.evidence.spans)


def test_an_answer_in_other_words_than_the_models_is_read_before_the_follow_up(
    rag: Rag, document: IndexedDocument, ollama: FakeOllama
) -> None:
    engine = OllamaAnswerGenerator(ollama.url, "llama3.2:1b", num_ctx=4096, num_thread=1, deadlines=PATIENT)
    writer = Writer(Engine(EngineKind.OLLAMA, engine), "llama3.2:1b", queued=True, where=Where.THIS_MACHINE)
    told = "The harbour turned over 12.4 million in that year, half a million more than in the year before it."
    first = replace(asked(rag, document, ollama, FIRST), answer=told, wrote="")
    assert not read_ahead(rag.scribe, [replace(first, wrote=told)], [document], [writer], never)
    assert not read_ahead(rag.scribe, [first], [document], [writer], lambda: True)
    ticket = rag.scribe.queue.enter("another", None, "")
    assert not read_ahead(rag.scribe, [first], [document], [writer], never)
    rag.scribe.queue.leave(ticket)
    assert read_ahead(rag.scribe, [first], [document], [writer], never)
    asked(rag, document, ollama, "And in 2020?", [first])
    _, ahead, at_follow_up = ollama.evaluated
    assert ahead >= len(told) // 5  # a token has four letters here
    assert at_follow_up < ollama.evaluated[0] * BAR
    assert not read_ahead(rag.scribe, [first], [document], [writer], never)  # another prompt was read since


def test_a_wait_is_told_without_what_the_server_has_read(
    rag: Rag, document: IndexedDocument, ollama: FakeOllama
) -> None:
    engine = OllamaAnswerGenerator(ollama.url, "llama3.2:1b", num_ctx=4096, num_thread=1, deadlines=PATIENT)
    writer = Writer(Engine(EngineKind.OLLAMA, engine), "llama3.2:1b", queued=True, where=Where.THIS_MACHINE)
    first = asked(rag, document, ollama, FIRST)

    def told_s(question: str, history: Sequence[PastTurn]) -> float:
        events = rag.ask(question, [document], writers=lambda: [writer], history=history, cancelled=never)
        started = [event for event in events if isinstance(event, StageStarted) and event.stage is Stage.READING]
        assert started[0].seconds_left is not None
        return started[0].seconds_left

    going_on = told_s("And in 2020?", [first])
    assert going_on < 0.5 * told_s("How often did the board meet?", [])


def test_every_passage_keeps_its_number_through_a_conversation(
    rag: Rag, document: IndexedDocument, ollama: FakeOllama
) -> None:
    history: list[PastTurn] = []
    for question in (FIRST, "And who is the harbour master?", "And in 2020?", "And who is the harbour master?"):
        history.append(asked(rag, document, ollama, question, history))
    numbers: dict[int, tuple[int, int, int]] = {}
    for turn in history:
        assert turn.evidence is not None
        for span in turn.evidence.spans:
            assert numbers.setdefault(span.marker, (span.page, span.start, span.end)) == (
                span.page,
                span.start,
                span.end,
            )


def test_a_question_about_other_pages_that_stands_by_itself_has_evidence_of_its_own() -> None:
    read, found = evidence_of("Sales rose in May."), evidence_of("Anna chairs it.", document_id="e" * 64)
    assert read_on("Who chairs the board?", [read], found, lambda _: found) is found
    assert read_on("And who chairs it?", [read], found, lambda _: found) is not found


def test_room_that_is_left_goes_to_what_was_found_on_pages_not_read_yet() -> None:
    budget = 600
    read = Evidence((_span(1, 1, "first " * 50), _span(2, 2, "second " * 50)), 200, budget)
    best = Evidence((_span(1, 1, "first " * 50),), 60, budget)  # the best sentence is one that was read
    found = Evidence(
        (
            _span(1, 1, "first " * 50),
            _span(3, 2, "more of the second page"),
            replace(_span(4, 3, "a long passage " * 100), score=0.9),
            replace(_span(5, 3, "the leave of nurses"), score=0.7),
            replace(_span(6, 4, "word " * (added_tokens(budget) - 30)), score=0.8),
        ),
        500,
        budget,
    )
    reads = read_on("And of nurses?", [read], found, lambda _: best)
    assert [(span.marker, span.page) for span in reads.spans] == [(1, 1), (2, 2), (3, 4), (4, 3)]
    assert cost_of(reads.spans[2:]) <= added_tokens(budget)


def test_what_was_added_makes_room_for_what_is_new_and_the_beginning_stays() -> None:
    budget = 240
    words = "word " * (added_tokens(budget) - 6)
    read = Evidence(tuple(_span(number, 1, "first " * 50) for number in range(1, 5)), 240, budget)
    history = [read]
    for page in range(2, 9):
        new = Evidence((_span(1, page, words),), 60, budget)
        history.append(read_on("And then?", history, new, lambda _, new=new: new))  # type: ignore[misc]
        assert history[-1].spans[:4] == read.spans
        assert history[-1].spans[-1].page == page
        assert cost_of(history[-1].spans) <= budget + 2 * added_tokens(budget)
    assert [evidence.spans[-1].marker for evidence in history] == [4, 5, 6, 7, 8, 9, 10, 11]


def _span(marker: int, page: int, text: str) -> EvidenceSpan:
    return EvidenceSpan(marker, "d", page, 100 * marker, 100 * marker + len(text), text, 1.0)
