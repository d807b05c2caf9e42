from __future__ import annotations

import json

import pytest

from shared_utils.types import Answer, Citation, EngineKind, GenerationStats, Sentence, Verdict, Where
from src.events import Stage, StageTime
from src.library.turn_codec import TurnRecord, decode_turn, encode_turn

CITATION = Citation(1, "ab" * 32, "räport.pdf", 7, "v", "41.2 million m³", 10, 25, ((1.0, 2.0, 3.5, 4.0),))
ANSWER = Answer(
    question="How much?",
    answerable=True,
    sentences=(Sentence("41.2 million.", (1,), Verdict.PARTLY, "the page says m³"),),
    citations=(CITATION,),
    finish_reason="stop",
    stats=GenerationStats(
        EngineKind.OLLAMA, "llama3.2:3b", prompt_tokens=512, prompt_evaluation_s=9.5, where=Where.OWN_NETWORK
    ),
    raw_text="41.2 million. [1]",
    notes=("one note",),
)


# As turns were kept before it was known where an answer is written: word for word what encode_turn made then.
KEPT_BEFORE = """{
  "id": "t1",
  "question": "How much?",
  "answer": {
    "question": "How much?",
    "answerable": true,
    "sentences": [
      {"text": "41.2 million.", "citations": [1], "verdict": "supported", "reason": "", "paragraph": 0, "item": ""}
    ],
    "citations": [
      {"marker": 1, "document_id": "ab", "document": "report.pdf", "page": 7, "page_label": "v",
       "quote": "41.2 million m³", "start": 10, "end": 25, "rects": [[1.0, 2.0, 3.5, 4.0]]}
    ],
    "finish_reason": "stop",
    "stats": {"backend": "endpoint", "model": "qwen3:8b", "prompt_tokens": 512, "cached_prompt_tokens": null,
              "output_tokens": 9, "load_s": null, "prompt_evaluation_s": null, "generation_s": null,
              "time_to_first_token_s": 1.5},
    "raw_text": "41.2 million. [1]",
    "notes": []
  },
  "extractive": null,
  "changes": [],
  "timings": {"total_s": 2.5},
  "error": "",
  "asking": {"only": "", "ask_anyway": false, "alone": false, "then": [], "listed": false},
  "asked_on": 1795260948.0,
  "rating": 0,
  "pending": false,
  "stages": [
    {"stage": "retrieving", "started_s": 0.0, "seconds": 0.2, "engine": "", "model": ""},
    {"stage": "reading", "started_s": 0.2, "seconds": 1.3, "engine": "endpoint", "model": "qwen3:8b"}
  ],
  "passages_left": 0
}"""


def kept_before(engine: str, passages_left: int = 0, asked: str = "") -> TurnRecord:
    """The same, written by `engine`, after `asked` was asked in vain."""
    record = json.loads(KEPT_BEFORE)
    record["answer"]["stats"]["backend"] = engine
    record["passages_left"] = passages_left
    record["stages"] = [{"stage": "reading", "started_s": 0.0, "seconds": 1.0, "engine": asked or engine, "model": ""}]
    return decode_turn(json.dumps(record))


@pytest.mark.parametrize(
    ("engine", "asked", "where"),
    [
        ("ollama", "", None),
        ("endpoint", "", None),
        ("remote", "", Where.ELSEWHERE),
        ("extractive", "", Where.THIS_MACHINE),
        ("extractive", "remote", Where.THIS_MACHINE),  # what went there was counted already
        ("extractive", "endpoint", None),
        ("extractive", "ollama", None),
    ],
)
def test_of_a_turn_kept_before_places_were_known_only_what_is_certain_is_known(
    engine: str, asked: str, where: Where | None
) -> None:
    turn = kept_before(engine, asked=asked)
    assert turn.answer is not None
    assert (turn.answer.stats.backend, turn.answer.stats.where, turn.sent_to) == (EngineKind(engine), where, None)
    assert decode_turn(encode_turn(turn)) == turn


def test_what_was_counted_before_places_were_known_went_to_hugging_face() -> None:
    assert kept_before("extractive", passages_left=7).sent_to is Where.ELSEWHERE


def test_a_stored_turn_names_engine_and_place_by_their_values() -> None:
    stages = (StageTime(Stage.READING, 0.2, 1.3, EngineKind.OLLAMA, "llama3.2:3b"), StageTime(Stage.RETRIEVING, 0, 1))
    turn = TurnRecord("t1", "?", ANSWER, None, (), {}, stages=stages, passages_left=7, sent_to=Where.OWN_NETWORK)
    record = json.loads(encode_turn(turn))
    assert (record["answer"]["stats"]["backend"], record["answer"]["stats"]["where"]) == ("ollama", "own network")
    assert (record["sent_to"], record["stages"][0]["engine"], record["stages"][1]["engine"]) == (
        "own network",
        "ollama",
        None,
    )
    assert decode_turn(encode_turn(turn)) == turn


def test_a_turn_survives_the_way_through_json_exactly() -> None:
    turn = TurnRecord("t1", "How much?", ANSWER, None, ("engine changed",), {"total_s": 1.5})
    assert decode_turn(encode_turn(turn)) == turn


def test_a_turn_without_an_answer_keeps_its_error() -> None:
    turn = TurnRecord("t1", "?", None, None, (), {}, error="There is no question yet.")
    assert decode_turn(encode_turn(turn)) == turn


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"id": 1}', encode_turn(TurnRecord("a", "b", ANSWER, None, (), {}))[:-9]]
)
def test_anything_else_is_refused_as_a_value_error(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json.JSONDecodeError or our own
        decode_turn(body)
