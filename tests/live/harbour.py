"""A conversation about two drawn pages, for servers of either protocol: what a question costs the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from shared_utils.types import GenerationStats
from src.answering.conversation import PastTurn
from src.answering.ingestion import IndexedDocument
from src.answering.writing import Writer
from src.events import AnswerFinished, EvidenceFound
from src.rag_with_generation import Rag
from tests.conftest import source
from tests.fakes import never

PAGES = [
    [
        "The harbour's turnover was 12.4 million in 2021 and 11.9 million in 2020.",
        "The cost of dredging was 3.1 million in 2021 and 2.8 million in 2020.",
        *[f"Quay {n} was strengthened with sheet piles after the survey of the year before it." for n in range(1, 60)],
    ],
    ["The pilot is Ingrid Solberg, appointed in May 2019. She lives on the island."],
]
FIRST = "What was the turnover of the harbour in 2021?"
FOLLOW_UPS = {
    "same row": "And in 2020?",
    "same page": "And what was the cost of dredging?",
    "another page": "And who is the pilot?",
}
_LONG_S = 3600.0
BAR_FOLLOW_UP = 0.25  # of what the first question took


def read(rag: Rag, draw_pdf: Callable[[str, Sequence[Sequence[str]]], Path]) -> IndexedDocument:
    versions: list[IndexedDocument] = []
    for _ in rag.ingest(source(draw_pdf("harbour.pdf", PAGES)), versions.append, cancelled=never):
        pass
    return versions[-1]


def asked(
    rag: Rag, document: IndexedDocument, writer: Writer, question: str, history: Sequence[PastTurn] = ()
) -> tuple[GenerationStats, PastTurn]:
    rag = replace(rag, first_token_target_s=_LONG_S)  # as much evidence however slow the model is here
    events = list(rag.ask(question, [document], writers=lambda: [writer], history=history, cancelled=never))
    evidence = next(event.evidence for event in events if isinstance(event, EvidenceFound))
    last = events[-1]
    assert isinstance(last, AnswerFinished)
    assert last.answer.stats.time_to_first_token_s is not None, last.answer.notes
    said = " ".join(sentence.text for sentence in last.answer.sentences if not sentence.left_out)
    wrote = "" if any(sentence.left_out for sentence in last.answer.sentences) else last.answer.raw_text
    return last.answer.stats, PastTurn(question, said, evidence, wrote)
