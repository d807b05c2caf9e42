"""The adapter on a real cross-encoder of the smallest size, its weights drawn at random: shapes, labels, probabilities.
How well the real model judges cannot be tested without its weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shared_utils.citations.attribution import cite
from shared_utils.citations.nli import CrossEncoderEntailment, installed_model
from shared_utils.types import Page, PageVerdict, Verdict
from tests.fakes import evidence_of
from tests.tiny_nli import LABELS, write_tiny_model

MakeModel = Callable[[tuple[str, ...]], Path]


@pytest.fixture(scope="module")
def make_model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, ...]], Path]:
    pytest.importorskip("torch", reason="PyTorch is not installed: Footnote works without this model")
    return lambda labels: write_tiny_model(tmp_path_factory.mktemp("nli"), labels)


def test_probabilities_sum_to_one_and_follow_the_names_of_the_labels(make_model: MakeModel) -> None:
    pair = ("the rent is 940 euros", "the rent is not 940 euros")
    as_usual = CrossEncoderEntailment(make_model(LABELS)).judge(*pair)
    assert sum(as_usual) == pytest.approx(1.0)
    turned = CrossEncoderEntailment(make_model(("entailment", "contradiction", "neutral"))).judge(*pair)
    assert turned == pytest.approx((as_usual[2], as_usual[1], as_usual[0]))
    unnamed = CrossEncoderEntailment(make_model(("LABEL_0", "LABEL_1", "LABEL_2"))).judge(*pair)
    assert unnamed == pytest.approx(as_usual)


def test_a_model_of_another_trade_is_refused(make_model: MakeModel) -> None:
    with pytest.raises(ValueError, match="inference is needed"):
        CrossEncoderEntailment(make_model(("angry", "calm", "neutral")))


def test_only_a_whole_model_counts_as_installed(make_model: MakeModel, tmp_path: Path) -> None:
    assert installed_model(make_model(LABELS))
    assert installed_model(tmp_path) is None


class Denier:
    """An inference model that finds everything contradicted; remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def judge(self, premise: str, hypothesis: str) -> tuple[float, float, float]:
        self.asked.append(hypothesis)
        return 0.0, 0.0, 1.0


def test_a_finished_answer_is_read_by_the_model_once_a_sentence_and_not_where_a_number_has_decided() -> None:
    text = "The rent is 940 euros a month. Pets are allowed with the landlord's written consent."
    evidence = evidence_of("The rent is 940 euros a month.", "Pets are allowed with the landlord's written consent.")
    pages = {(span.document_id, span.page): Page(span.page, "", text, PageVerdict.TEXT) for span in evidence.spans}
    names = {span.document_id: "lease.pdf" for span in evidence.spans}
    denier = Denier()
    said = "The rent is 940 euros a month [1]. The rent is 990 euros a month [1]."
    first, second = cite(said, "How much is the rent?", evidence, pages, names, entailment=denier).sentences
    assert first.verdict is Verdict.CONTRADICTED
    assert "inference model" in str(first.reason)
    assert "940" in str(second.reason)
    assert denier.asked == ["The rent is 940 euros a month."]
