"""How many of a model's sentences stand on the pages, and what that says of each of them.

The judgement tells a probability for a sentence that is as likely true as wrong to begin with. A model that makes up
most of what it writes deserves less: the share of its sentences that hold is estimated from their probabilities, and
each is corrected by it (Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori
probabilities", Neural Computation 14, 2002: expectation maximisation; here with a prior, for answers are short).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ROUNDS = 50
_LIMIT = 0.01  # no probability is believed beyond it


@dataclass(frozen=True, slots=True)
class Share:
    """Sentences of a model that hold, and that do not, as far as is known: sums of probabilities."""

    holding: float
    wrong: float

    @property
    def of_all(self) -> float:
        """0 … 1"""
        return self.holding / (self.holding + self.wrong)

    def and_also(self, other: Share, most: float) -> Share:
        """Both together; of much older than that, what weighs `most` sentences is kept."""
        holding, wrong = self.holding + other.holding, self.wrong + other.wrong
        kept = min(1.0, most / (holding + wrong)) if holding + wrong else 1.0
        return Share(kept * holding, kept * wrong)


UNKNOWN = Share(1.0, 1.0)
NO_SENTENCES = Share(0.0, 0.0)


def corrected(probabilities: Sequence[float], known: Share = UNKNOWN) -> tuple[list[float], Share]:
    """The probabilities 0 … 1 under the share of true sentences that they and what is `known` tell; and their sums.

    >>> [round(p, 2) for p in corrected([0.6])[0]], [round(p, 2) for p in corrected([0.6, 0.1, 0.1, 0.1])[0]]
    ([0.65], [0.32, 0.03, 0.03, 0.03])
    """
    odds = [p / (1 - p) for p in (min(max(p, _LIMIT), 1 - _LIMIT) for p in probabilities)]
    share = known.of_all
    for _ in range(_ROUNDS):
        held = sum(_posterior(share, ratio) for ratio in odds)
        share = (known.holding + held) / (known.holding + known.wrong + len(odds))
    told = [_posterior(share, ratio) for ratio in odds]
    return told, Share(sum(told), len(told) - sum(told))


def _posterior(share: float, ratio: float) -> float:
    return share * ratio / (share * ratio + 1 - share)
