"""How likely a claim stands on the words it cites: a logistic regression over what is measured between the two.

The weights were fitted to people's labels by `python -m benchmarks.train_verdicts` and lie in verdict_model.json.
A probability of 0.7 means: of a hundred such sentences, half of them true to begin with, seventy are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from shared_utils.citations.features import Features
from shared_utils.types import Verdict

MODEL = Path(__file__).with_name("verdict_model.json")


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one regression: log odds = bias + Σ weight × feature; `supported` from this probability on."""

    bias: float
    of: Mapping[str, float]
    supported: float

    def probability(self, features: Features) -> float:
        odds = self.bias + sum(weight * getattr(features, name) for name, weight in self.of.items())
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True, slots=True)
class Judgement:
    """Two regressions, one for where no embedder is at hand; below `partly` a sentence is not found."""

    with_meaning: Weights
    words_alone: Weights
    partly: float

    def probability(self, features: Features) -> float:
        """0 … 1 that the cited words say it."""
        return self._for(features).probability(features)

    def verdict(self, features: Features) -> Verdict:
        probability = self.probability(features)
        if probability >= self._for(features).supported:
            return Verdict.SUPPORTED
        return Verdict.PARTLY if probability >= self.partly else Verdict.NOT_FOUND

    def _for(self, features: Features) -> Weights:
        return self.words_alone if math.isnan(features.cosine) else self.with_meaning


@cache
def trained() -> Judgement:
    """The judgement that comes with the product."""
    return judgement_of(json.loads(MODEL.read_text(encoding="utf-8")))


def judgement_of(kept: Mapping[str, Any]) -> Judgement:
    """From what verdict_model.json holds."""
    with_meaning, words_alone = (
        Weights(kept[name]["bias"], dict(kept[name]["weights"]), kept[name]["supported"])
        for name in ("with_meaning", "words_alone")
    )
    return Judgement(with_meaning, words_alone, kept["partly"])
