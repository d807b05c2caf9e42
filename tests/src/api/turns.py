"""One question as it is seen from the moment it is asked to its checked answer."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.message import NOTHING, literal
from shared_utils.types import Answer, Citation, EngineKind, EvidenceSpan, GenerationStats, Sentence, Verdict
from src.events import Stage, StageTime
from src.views import asked_view

SPAN = EvidenceSpan(1, "d" * 64, 2, 0, 5, "Words", 1.0)
CITATION = Citation(1, "d" * 64, "a.pdf", 2, "2", "Words", 0, 5)
ANSWER = Answer(
    "How?",
    True,
    (
        Sentence("So.", (1,), Verdict.SUPPORTED, NOTHING),
        Sentence("Not so.", (), Verdict.NOT_FOUND, literal("no page says it")),
    ),
    (CITATION,),
    "stop",
    GenerationStats(EngineKind.OLLAMA, "m:1b", prompt_tokens=40, output_tokens=7),
    "So [1]. Not so.",
)
ASKED = replace(asked_view("t", "How?", 0.0, 0.0), stages=(StageTime(Stage.RETRIEVING, 0.0, None),))
_ENDED = (
    StageTime(Stage.RETRIEVING, 0.0, 0.2),
    StageTime(Stage.CHECKING, 0.2, 0.1),
    StageTime(Stage.READING, 0.3, 1.0),
)
READING = replace(
    ASKED,
    stage=Stage.READING,
    engine=EngineKind.OLLAMA,
    model="m:1b",
    stages=_ENDED,
    route=literal("look-up"),
    extractive=ANSWER,
)
WRITING = replace(READING, stage=Stage.WRITING, text="So [1].", spans=(SPAN,))
DONE = replace(WRITING, stage=None, answer=ANSWER, timings={"total_s": 1.5})
FAILED = replace(ASKED, stage=None, error=literal("The disk is full."))
