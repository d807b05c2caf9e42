from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from shared_utils.errors import GenerationInterrupted, GeneratorUnavailable, QuestionError
from shared_utils.generation.speed import Speed
from shared_utils.message import literal
from shared_utils.types import Answer, EngineKind, Page, PageVerdict, Verdict
from src.answering.answers import NO_MODEL, unread_notes
from src.answering.conversation import PastTurn
from src.answering.follow_up import read_on
from src.answering.ingestion import IndexedDocument, index_document, pages_of
from src.answering.prompts import REFUSAL, affordable_tokens
from src.events import (
    AnswerEvent,
    AnswerFinished,
    AnswerText,
    EngineChanged,
    EvidenceFound,
    ExtractiveAnswer,
    Stage,
    StageStarted,
)
from src.library.sample import sample_pdf
from src.rag_with_generation import Rag
from tests.conftest import source
from tests.fakes import FakeGenerator, never, writer_far, writer_here

QUESTION = "How long were the outer gates closed in January?"


@pytest.fixture(scope="session")
def document(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> IndexedDocument:
    path = tmp_path_factory.mktemp("rag") / "sample.pdf"
    path.write_bytes(sample_pdf()[1])
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(source(path), versions.append, cancelled=never):
        pass
    return versions[-1]


def ask(
    rag: Rag,
    document: IndexedDocument,
    *generators: FakeGenerator,
    question: str = QUESTION,
    ask_anyway: bool = False,
    history: Sequence[PastTurn] = (),
) -> list[AnswerEvent]:
    writers = [
        writer_far(g, g.model) if g.backend is EngineKind.REMOTE else writer_here(g, g.model) for g in generators
    ]
    return list(
        rag.ask(question, [document], writers=lambda: writers, history=history, ask_anyway=ask_anyway, cancelled=never)
    )


def answer_of(events: Sequence[AnswerEvent]) -> Answer:
    last = events[-1]
    assert isinstance(last, AnswerFinished)
    return last.answer


def stages(events: Sequence[AnswerEvent]) -> list[Stage]:
    return [event.stage for event in events if isinstance(event, StageStarted)]


def marker_of(document: IndexedDocument, rag: Rag, words: str) -> int:
    """The number under which the model is shown a passage."""
    evidence = rag.search(QUESTION, [document], budget=rag.evidence_tokens).evidence
    return next(span.marker for span in evidence.spans if words in span.text)


# ------------------------------------------------------------------------------------------------ without a model


def test_what_is_said_of_the_question_comes_before_what_is_said_of_every_answer(
    rag: Rag, document: IndexedDocument
) -> None:
    said = [str(note) for note in answer_of(ask(rag, document, question="Translate page 1")).notes]
    assert said[0] == "Nothing is translated here: this is page 1 in its own words."
    assert str(NO_MODEL) in said


def test_without_a_model_the_documents_own_sentences_are_the_answer_and_it_says_so(
    rag: Rag, document: IndexedDocument
) -> None:
    events = ask(rag, document)
    answer = answer_of(events)
    assert answer.stats.backend == "extractive"
    assert NO_MODEL in answer.notes
    assert "61 hours" in answer.sentences[0].text
    assert all(sentence.verdict is Verdict.SUPPORTED for sentence in answer.sentences)
    assert stages(events) == [Stage.RETRIEVING, Stage.CHECKING]


def test_every_citation_is_the_exact_words_of_its_page_and_has_a_place_on_it(
    rag: Rag, document: IndexedDocument
) -> None:
    pages = pages_of([document])
    for citation in answer_of(ask(rag, document)).citations:
        page = pages[citation.document_id, citation.page]
        assert page.text[citation.start : citation.end] == citation.quote
        assert citation.page_label == page.label
        assert citation.rects
        for x0, y0, x1, y1 in citation.rects:
            assert 0 <= x0 < x1 <= page.width
            assert 0 <= y0 < y1 <= page.height


def test_a_question_the_document_does_not_speak_to_is_refused_with_the_three_closest_passages(
    rag: Rag, document: IndexedDocument
) -> None:
    model = FakeGenerator()
    events = ask(rag, document, model, question="Which enzyme digests lactose in infants?")
    answer = answer_of(events)
    assert not answer.answerable
    assert answer.finish_reason == "refused"
    assert len(answer.citations) == 3
    assert model.prompts == []


def test_ask_anyway_lets_the_model_have_it(rag: Rag, document: IndexedDocument) -> None:
    model = FakeGenerator([REFUSAL])
    question = "Which enzyme digests lactose in infants at the harbour?"
    answer = answer_of(ask(rag, document, model, question=question, ask_anyway=True))
    assert len(model.prompts) == 1
    assert not answer.answerable
    assert answer.finish_reason == "refused"


# ------------------------------------------------------------------------------------------------ with a model


def test_the_evidence_is_shown_before_the_model_reads_and_its_words_after(rag: Rag, document: IndexedDocument) -> None:
    marker = marker_of(document, rag, "61 hours")
    events = ask(rag, document, FakeGenerator(["The gates were closed ", "for 61 hours", f" [{marker}]."]))
    kinds = [type(event) for event in events]
    assert kinds.index(EvidenceFound) < kinds.index(ExtractiveAnswer) < kinds.index(AnswerText)
    assert stages(events) == [Stage.RETRIEVING, Stage.CHECKING, Stage.READING, Stage.WRITING, Stage.VERIFYING]
    shown = [event.text for event in events if isinstance(event, AnswerText)]
    assert all(later.startswith(earlier) for earlier, later in pairwise(shown))


def test_a_models_sentence_is_footnoted_to_the_exact_sentence_and_verified(rag: Rag, document: IndexedDocument) -> None:
    marker = marker_of(document, rag, "61 hours")
    events = ask(rag, document, FakeGenerator([f"The outer gates were closed for 61 hours [{marker}]."]))
    answer = answer_of(events)
    (sentence,) = answer.sentences
    assert sentence.citations == (1,)
    assert sentence.verdict is Verdict.SUPPORTED
    assert "61 hours" in answer.citations[0].quote
    assert answer.stats.backend == "ollama"
    assert NO_MODEL not in answer.notes


def test_a_changed_number_is_caught_and_both_sides_are_named(rag: Rag, document: IndexedDocument) -> None:
    marker = marker_of(document, rag, "61 hours")
    answer = answer_of(ask(rag, document, FakeGenerator([f"The outer gates were closed for 67 hours [{marker}]."])))
    (sentence,) = [sentence for sentence in answer.sentences if sentence.left_out]
    assert sentence.verdict is Verdict.CONTRADICTED
    assert "61" in str(sentence.reason)
    assert "67" in str(sentence.reason)


def test_a_footnote_to_a_passage_that_does_not_exist_is_dropped_and_told(rag: Rag, document: IndexedDocument) -> None:
    answer = answer_of(ask(rag, document, FakeGenerator(["The gates were closed for 61 hours [9]."])))
    assert any("a passage that does not exist was dropped" in str(note) for note in answer.notes)
    assert all(citation.marker == 1 for citation in answer.citations)


def test_an_engine_that_fails_before_its_first_word_gives_way_to_the_next(rag: Rag, document: IndexedDocument) -> None:
    local = FakeGenerator(error=GeneratorUnavailable("Ollama is not there."))
    remote = FakeGenerator(["The gates were closed for 61 hours."], backend=EngineKind.REMOTE, model="far/away")
    events = ask(rag, document, local, remote)
    assert [str(event.reason) for event in events if isinstance(event, EngineChanged)] == ["Ollama is not there."]
    assert answer_of(events).stats.backend == "remote"


def test_when_no_engine_speaks_the_extractive_answer_stands_and_says_why(rag: Rag, document: IndexedDocument) -> None:
    events = ask(rag, document, FakeGenerator(error=GeneratorUnavailable("Ollama is not there.")))
    answer = answer_of(events)
    assert answer.stats.backend == "extractive"
    assert "Ollama is not there." in map(str, answer.notes)
    assert NO_MODEL in answer.notes


def test_words_that_stop_coming_are_kept_and_marked(rag: Rag, document: IndexedDocument) -> None:
    broken = FakeGenerator(
        ["The gates were closed for 61 hours. ", "And"], error=GenerationInterrupted("It broke off."), error_after=1
    )
    answer = answer_of(ask(rag, document, broken))
    assert answer.finish_reason == "interrupted"
    assert "61 hours" in answer.raw_text
    assert "It broke off." in map(str, answer.notes)


def test_the_conversation_so_far_is_told_to_the_model(rag: Rag, document: IndexedDocument) -> None:
    model = FakeGenerator(["61 hours."])
    ask(rag, document, model, history=[PastTurn("Who chairs the board?", "Ingrid Solberg.")])
    told = model.prompts[0].messages[-1].content
    assert "Ingrid Solberg." in told
    assert told.index("Passages") < told.index("Ingrid Solberg.") < told.index(QUESTION)


# ------------------------------------------------------------------------------------------------ questions


@pytest.mark.parametrize("question", ["", "   \n", "?!"])
def test_an_empty_question_is_answered_with_a_sentence(rag: Rag, document: IndexedDocument, question: str) -> None:
    with pytest.raises(QuestionError, match="no question yet"):
        ask(rag, document, question=question)


def test_a_question_of_ten_thousand_characters_is_refused_with_both_numbers(
    rag: Rag, document: IndexedDocument
) -> None:
    with pytest.raises(QuestionError, match=r"10,000 characters; at most 2,000"):
        ask(rag, document, question="a" * 10_000)


def test_a_question_without_documents_says_what_to_do(rag: Rag) -> None:
    with pytest.raises(QuestionError, match="Add a PDF"):
        list(rag.ask("Anything?", [], writers=list, cancelled=never))


def test_a_document_deleted_while_it_is_asked_still_answers_without_rectangles(
    rag: Rag, document: IndexedDocument, tmp_path: Path
) -> None:
    gone = IndexedDocument(document.document, tmp_path / "gone.pdf", document.index, complete=True)
    answer = answer_of(ask(rag, gone))
    assert "61 hours" in answer.sentences[0].text
    assert all(citation.rects == () for citation in answer.citations)


# ------------------------------------------------------------------------------------------------ other than look-ups


def test_small_talk_is_told_what_can_be_asked_and_no_model_is_bothered(rag: Rag, document: IndexedDocument) -> None:
    model = FakeGenerator(["Hello!"])
    with pytest.raises(QuestionError, match="What do pages 10–20 say about noise"):
        ask(rag, document, model, question="Hello there!")
    with pytest.raises(QuestionError, match="You are welcome"):
        ask(rag, document, model, question="Thanks, very much!")
    assert model.prompts == []
    assert rag.search("Hi there!", [document]).passages == ()


def test_a_summary_without_a_model_quotes_from_all_over_the_document_and_says_so(
    rag: Rag, document: IndexedDocument
) -> None:
    events = ask(rag, document, question="What is this document about?")
    answer = answer_of(events)
    assert answer.answerable
    assert {citation.page for citation in answer.citations} >= {1, len(document.document.pages)}
    assert any("This draws on the whole document" in str(note) for note in answer.notes)
    assert [str(event.route) for event in events if isinstance(event, EvidenceFound)] == [
        "summary of the whole document"
    ]


def test_a_question_about_a_page_is_answered_from_that_page(rag: Rag, document: IndexedDocument) -> None:
    answer = answer_of(ask(rag, document, question="What does page 2 say?"))
    assert {citation.page for citation in answer.citations} == {2}


def test_a_look_up_is_called_one_and_brings_no_note(rag: Rag, document: IndexedDocument) -> None:
    events = ask(rag, document)
    assert [str(event.route) for event in events if isinstance(event, EvidenceFound)] == ["look-up"]
    assert not any("earched" in str(note) for note in answer_of(events).notes)


def test_a_page_that_is_not_there_is_told_and_the_question_answered_all_the_same(
    rag: Rag, document: IndexedDocument
) -> None:
    answer = answer_of(ask(rag, document, question="How long were the outer gates closed in January, on page 99?"))
    assert "61 hours" in answer.sentences[0].text
    assert "No words were found on page 99; the whole document was searched." in map(str, answer.notes)


# ------------------------------------------------------------------------------------------------ what may be missing


def test_pages_that_could_not_be_read_are_named_in_the_answer(document: IndexedDocument) -> None:
    broken = Page(5, "5", "", PageVerdict.UNREADABLE, literal("damaged"))
    pages = (*document.document.pages, broken)
    partial = index_document(
        type(document.document)(document.document.id, "a.pdf", "", pages), document.path, complete=True
    )
    unread, unembedded = unread_notes([partial])
    assert str(unread) == "Page 5 of a.pdf could not be read, so something may be missing here."
    assert "by its words alone" in str(unembedded)


def test_a_document_that_is_still_being_read_is_named_in_the_answer(document: IndexedDocument) -> None:
    half = index_document(document.document, document.path, complete=False)
    (note,) = unread_notes([half])
    assert "still being read" in str(note)


def test_what_is_so_of_many_documents_is_said_once(document: IndexedDocument) -> None:
    half, whole = (index_document(document.document, document.path, complete=complete) for complete in (False, True))
    notes = [str(note) for note in unread_notes([half, whole] * 3)]
    assert [note.split(":")[0] for note in notes] == [
        "3 documents are still being read",
        "3 documents were searched by their words alone",
    ]


# ------------------------------------------------------------------------------------------------ few tokens


def test_a_follow_up_on_the_same_evidence_reads_the_same_beginning_again(rag: Rag, document: IndexedDocument) -> None:
    first, second = FakeGenerator(["61 hours."]), FakeGenerator(["Because of the storm."])
    evidence = next(e.evidence for e in ask(rag, document, first) if isinstance(e, EvidenceFound))
    past = PastTurn(QUESTION, "61 hours.", evidence)
    ask(rag, document, second, question="And why were they closed for so long?", history=[past])
    one, two = (generator.prompts[0].messages for generator in (first, second))
    assert one[0] == two[0]
    shared = one[1].content.split("\n\nQuestion:")[0]
    assert two[1].content.startswith(shared)


def test_a_follow_up_about_something_else_gets_evidence_of_its_own(document: IndexedDocument, rag: Rag) -> None:
    evidence = rag.search(QUESTION, [document]).evidence
    other = rag.search("How much was spent on dredging?", [document]).evidence
    narrow = type(evidence)(evidence.spans[:1], evidence.tokens, evidence.budget)
    question = "How much was spent on dredging?"
    assert read_on(question, [narrow], other, lambda _: other) is other
    assert read_on(QUESTION, [evidence], evidence, lambda _: evidence).spans == evidence.spans
    assert read_on(question, [None], other, lambda _: other) is other
    assert read_on(question, [], other, lambda _: other) is other


def test_a_slow_model_is_given_less_to_read(rag: Rag) -> None:
    assert affordable_tokens(Speed(), 20, 560) == 560
    assert affordable_tokens(Speed(prompt_rates=(60.0,)), 20, 560) == 560
    assert affordable_tokens(Speed(prompt_rates=(19.0,)), 20, 560) == 230
    assert affordable_tokens(Speed(prompt_rates=(1.0,)), 20, 560) == 186


def test_an_answer_from_the_remote_engine_says_that_passages_left_the_machine(
    rag: Rag, document: IndexedDocument
) -> None:
    answer = answer_of(ask(rag, document, FakeGenerator(["61 hours."], backend=EngineKind.REMOTE, model="far/away")))
    assert any("went to Hugging Face" in str(note) for note in answer.notes)


@pytest.mark.parametrize(
    "question",
    [
        "Can I bring my dog?",
        "Did the Trust take out loans?",
        "Why are there fewer timber shipments?",
        "How big is the surplus?",
    ],
)
def test_other_words_for_what_a_short_document_says_are_not_refused(
    rag: Rag, document: IndexedDocument, question: str
) -> None:
    assert rag.search(question, [document]).answerable


@pytest.mark.parametrize(
    "question", ["Who wrote Hamlet?", "How do I reset my router?", "What is Adobe's revenue in 2020?"]
)
def test_what_a_short_document_does_not_speak_to_is_refused(rag: Rag, document: IndexedDocument, question: str) -> None:
    assert not rag.search(question, [document]).answerable


@pytest.mark.parametrize("rate", [12.0, 25.0, 60.0])
def test_no_pace_makes_a_model_read_past_its_deadline(rag: Rag, rate: float) -> None:
    measured = Speed(prompt_rates=(rate,))
    writer = replace(writer_here(FakeGenerator(), "paced"), measured=measured, first_token_deadline_s=30.0)
    quick, balanced, thorough = (rag.expected_first_word_s([writer], share) for share in (0.5, 1.0, 2.0))
    assert quick is not None
    assert balanced is not None
    assert thorough is not None
    assert quick <= balanced <= thorough
    assert balanced <= 28
    if rate > 15:  # below that a third of the evidence takes longer, and less would say too little
        assert thorough <= 24
