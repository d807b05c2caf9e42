from __future__ import annotations

import pytest

from shared_utils.types import Answer, Citation, GenerationStats, Sentence, Verdict
from src.library.turn_codec import TurnRecord, decode_turn, encode_turn

CITATION = Citation(1, "ab" * 32, "räport.pdf", 7, "v", "41.2 million m³", 10, 25, ((1.0, 2.0, 3.5, 4.0),))
ANSWER = Answer(
    question="How much?",
    answerable=True,
    sentences=(Sentence("41.2 million.", (1,), Verdict.PARTLY, "the page says m³"),),
    citations=(CITATION,),
    finish_reason="stop",
    stats=GenerationStats("ollama", "llama3.2:3b", prompt_tokens=512, prompt_evaluation_s=9.5),
    raw_text="41.2 million. [1]",
    notes=("one note",),
)


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
