from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.message import message
from shared_utils.retrieval.lookup import LookUp, look_ups
from shared_utils.types import Answer, Citation, EngineKind, GenerationStats, Sentence, Verdict
from src.answering.closest_rows import closest, with_closest
from tests.shared_utils.retrieval.test_lookup import PAGE

FOUND = look_ups("What was net income in 2017?", [("d", PAGE, 1.0)], most=3)


def scored(*scores: float) -> list[LookUp]:
    return [replace(each, score=score) for each, score in zip(FOUND, scores, strict=False)]


def quoting(words: str) -> Answer:
    at = PAGE.text.index(words)
    cited = Citation(1, "d", "report.pdf", 1, "1", words, at, at + len(words))
    sentence = Sentence(words, (1,), Verdict.SUPPORTED, message("quoted word for word"))
    stats = GenerationStats(EngineKind.EXTRACTIVE, "")
    return Answer("?", True, (sentence,), (cited,), "stop", stats, f"{words} [1]")


def labels(rows: list[LookUp]) -> list[str]:
    return [row.facts[0].labels[-1].text for row in rows]


def test_rows_are_ranked_and_the_first_is_the_one_that_is_looked_up() -> None:
    assert labels(FOUND)[:2] == ["Net income", "Net income per share"]
    assert FOUND[0].score > FOUND[1].score


@pytest.mark.parametrize(
    ("scores", "is_told", "shown"),
    [
        ((0.4, 0.3), True, ["Net income per share"]),
        ((0.4, 0.2), True, []),  # not near the one that is told
        ((0.7, 0.65), True, []),  # the one that is told is certain
        ((0.3, 0.25), False, ["Net income", "Net income per share"]),
        ((0.15, 0.14), False, []),  # next to nothing of the question
    ],
)
def test_only_rows_near_an_uncertain_value_are_shown(
    scores: tuple[float, ...], is_told: bool, shown: list[str]
) -> None:
    assert labels(closest(scored(*scores), quoting("Statements of operations"), is_told=is_told)) == shown


def test_a_row_that_is_quoted_is_not_shown_again() -> None:
    assert labels(closest(scored(0.3, 0.3), quoting("Net income per share 4.90 6.15"), is_told=False)) == ["Net income"]


def test_a_row_of_a_page_that_the_answer_does_not_cite_is_not_shown() -> None:
    answer = quoting("Statements of operations")
    elsewhere = replace(answer, citations=(replace(answer.citations[0], page=2),))
    assert closest(scored(0.3, 0.3), elsewhere, is_told=False) == []


def test_rows_stand_last_under_words_of_our_own_each_with_its_place() -> None:
    answer = with_closest(quoting("Statements of operations"), scored(0.3), {"d": "report.pdf"})
    assert [s.text for s in answer.sentences] == [
        "Statements of operations",
        "Rows of tables that come close:",
        "Operating expenses, Net income, 2017: 3,033",
    ]
    place = next(c for c in answer.citations if c.marker == answer.sentences[-1].citations[0])
    assert place.quote == "Net income 2,371 3,033"
    assert [c.marker for c in answer.citations] == [*range(1, len(answer.citations) + 1)]


def test_an_answer_stays_as_it_is_without_rows_and_where_it_is_refused() -> None:
    answer = quoting("Statements of operations")
    refused = replace(answer, answerable=False)
    assert with_closest(answer, [], {}) is answer
    assert with_closest(refused, FOUND, {"d": "report.pdf"}) is refused


def test_no_row_follows_what_a_model_wrote() -> None:
    answer = quoting("Statements of operations")
    written = replace(answer, stats=GenerationStats(EngineKind.OLLAMA, "m"))
    assert closest(scored(0.3, 0.3), answer, is_told=False)
    assert closest(scored(0.3, 0.3), written, is_told=False) == []
