"""The trained judgement: what it weighs, which way, and what becomes of a probability."""

from __future__ import annotations

import json
import math

import pytest

from benchmarks.train_verdicts import SIGNS, Table, fitted
from shared_utils.citations.features import Features
from shared_utils.citations.judgement import MODEL, judgement_of, trained
from shared_utils.citations.verification import measured
from shared_utils.types import Verdict

SAID = Features(1.0, 1.0, 0.9, 0.0, 0.0, 0.0, 2.0)
FOREIGN = Features(0.0, 0.0, 0.1, 0.0, 0.0, 0.0, 2.0)
PAGE = "The tram line was opened in Bergen in 1897. It was closed for want of riders.\n"


def test_what_is_said_passes_and_what_is_foreign_does_not_with_and_without_meaning() -> None:
    for cosine in (0.9, math.nan):
        assert trained().verdict(SAID._replace(cosine=cosine)) is Verdict.SUPPORTED
    for cosine in (0.1, math.nan):
        assert trained().verdict(FOREIGN._replace(cosine=cosine)) is Verdict.NOT_FOUND


@pytest.mark.parametrize("name", [name for name, sign in SIGNS._asdict().items() if sign])
@pytest.mark.parametrize("regression", ["with_meaning", "words_alone"])
def test_no_weight_turns_against_what_it_means(name: str, regression: str) -> None:
    weights = json.loads(MODEL.read_text(encoding="utf-8"))[regression]["weights"]
    assert (name in weights) is (name != "cosine" or regression == "with_meaning")
    assert weights.get(name, 0.0) * getattr(SIGNS, name) >= 0


def test_the_weights_are_a_few_numbers_and_hold_no_text() -> None:
    kept = MODEL.read_text(encoding="utf-8")
    assert len(kept) < 2_000
    assert set(json.loads(kept)) == {"partly", "with_meaning", "words_alone"}


@pytest.mark.parametrize(
    ("claim", "name", "value"),
    [
        ("The tram line was opened in Bergen.", "pairs_together", 1.0),
        ("The tram line was opened in Bergen.", "covered", 1.0),
        ("The tram line was opened in Bergen.", "names_missing", 0.0),
        ("The tram line was opened in Oslo by Nansen.", "names_missing", 1.0),
        ("The line in Bergen opened in 1898.", "numbers_missing", 1.0),
        ("The line in Bergen opened in 1897.", "numbers_missing", 0.0),
        ("Riders of the tram only.", "quantifiers_missing", 0.5),
        ("Riders opened the tram.", "pairs_together", 1 / 3),  # riders stand in the other sentence
    ],
)
def test_what_is_measured(claim: str, name: str, value: float) -> None:
    found = measured(claim, [PAGE])
    assert found is not None
    assert getattr(found, name) == pytest.approx(value)
    assert math.isnan(found.cosine)


@pytest.mark.parametrize(("claim", "cited"), [("Sales rose.", []), ("—", [PAGE]), ("", [PAGE])])
def test_nothing_is_measured_where_there_are_no_words(claim: str, cited: list[str]) -> None:
    assert measured(claim, cited) is None


def test_training_learns_from_the_labels_it_is_given_and_from_no_others() -> None:
    import numpy as np

    random = np.random.default_rng(0)
    features = random.uniform(0, 1, (400, len(Features._fields)))
    true = features[:, 1] > 0.5  # `covered` alone decides
    table = Table(features, true, np.repeat(["one", "other"], 200))
    learned = judgement_of(fitted(table, table)).with_meaning
    strongest = max(learned.of, key=lambda name: abs(learned.of[name]))
    assert strongest == "covered"
    assert learned.probability(Features(*[0.5] * 7)._replace(covered=0.9)) > 0.6
    assert learned.probability(Features(*[0.5] * 7)._replace(covered=0.1)) < 0.4
