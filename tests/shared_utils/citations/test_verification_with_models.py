"""Verification with models: an inference model and an embedder settle wording, and never a number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from shared_utils.types import Vectors, Verdict
from tests.shared_utils.citations.test_verification import REPORT, judged, verdict


class Reader:
    """An inference model that thinks the same of everything."""

    def __init__(self, entails: float, contradicts: float) -> None:
        self._probabilities = (entails, 1 - entails - contradicts, contradicts)

    def judge(self, premise: str, hypothesis: str) -> tuple[float, float, float]:
        return self._probabilities


SAID = "Batteries must be stored below 30 °C."
REWORDED = "Net sales of the Lighting division rose 14.9 % in 2023 on healthy demand from hotels and schools."
ROUNDED = "In 2023 the Lighting division had net sales of €41 million."
CHANGED = "Net sales of the Lighting division rose 18.6 % in 2023."
FOREIGN = "The company plans to build a factory in Vietnam."
OF_ANOTHER = "Net sales of the Heating division rose 14.9 % in 2023."
UNKNOWN_NUMBER = "The company plans to build 3 factories in Vietnam."


@pytest.mark.parametrize(
    ("claim", "alone", "believer", "denier"),
    [
        (SAID, Verdict.SUPPORTED, Verdict.SUPPORTED, Verdict.CONTRADICTED),
        (REWORDED, Verdict.PARTLY, Verdict.SUPPORTED, Verdict.PARTLY),
        (ROUNDED, Verdict.PARTLY, Verdict.PARTLY, Verdict.PARTLY),
        (CHANGED, Verdict.CONTRADICTED, Verdict.CONTRADICTED, Verdict.CONTRADICTED),
        (FOREIGN, Verdict.NOT_FOUND, Verdict.SUPPORTED, Verdict.NOT_FOUND),
        (OF_ANOTHER, Verdict.NOT_FOUND, Verdict.SUPPORTED, Verdict.NOT_FOUND),
        (UNKNOWN_NUMBER, Verdict.NOT_FOUND, Verdict.NOT_FOUND, Verdict.NOT_FOUND),
    ],
)
def test_an_inference_model_settles_what_is_open_when_it_is_sure_and_never_overrules_a_number(
    claim: str, alone: Verdict, believer: Verdict, denier: Verdict
) -> None:
    readers = [None, Reader(0.95, 0), Reader(0, 0.95), Reader(0.8, 0.1), Reader(0.1, 0.8)]
    found = [judged(claim, [REPORT], entailment=reader)[0] for reader in readers]
    assert found == [alone, believer, denier, alone, alone]


class NearBatteries:
    """An embedder for which the sentences about batteries are as near to every question as it is told."""

    dimension = 2

    def __init__(self, cosine: float) -> None:
        self._near = [cosine, (1 - cosine**2) ** 0.5]

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([self._near if "Batteries" in text else [0, 1] for text in texts], dtype=np.float32)

    def embed_query(self, text: str) -> Vectors:
        return np.array([[1, 0]], dtype=np.float32)


@pytest.mark.parametrize(
    ("claim", "cosine", "found"),
    [
        ("Keep accumulators cooler than 30 °C.", 0.9, Verdict.PARTLY),
        ("Keep accumulators cooler than 30 °C.", 1.0, Verdict.PARTLY),
        ("Keep accumulators cooler than 30 °C.", 0.6, Verdict.NOT_FOUND),
        ("Keep accumulators cooler than 35 °C.", 1.0, Verdict.CONTRADICTED),
    ],
)
def test_nearness_in_meaning_makes_a_rewording_partly_supported_and_never_more(
    claim: str, cosine: float, found: Verdict
) -> None:
    assert verdict(claim) is Verdict.NOT_FOUND
    assert judged(claim, [REPORT], embedder=NearBatteries(cosine))[0] is found
