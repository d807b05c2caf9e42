"""Fits the judgement of verification to people's labels: `python -m benchmarks.train_verdicts [FOLDER]`.

Reads every .jsonl of the folder (../shared/trust-dev, beside the checkout) and writes the weights into
shared_utils/citations/verdict_model.json; no sentence of the sets is kept. Every set weighs the same, and so do its
true and its wrong sentences. Weights are kept from turning against what they mean (a missing number never speaks for
a sentence) and drawn towards zero, since the sets to come are others than these.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from benchmarks.labelled_sentences import FOLDER, Labelled, packaged_embedder, read_sets
from shared_utils.citations.features import Features
from shared_utils.citations.judgement import MODEL
from shared_utils.citations.remembering import RememberingEmbedder
from shared_utils.citations.verification import measured
from shared_utils.types import Embedder

# +1: more of it speaks for a sentence, -1: against it, 0: either
SIGNS = Features(
    pairs_together=1, covered=1, cosine=1, numbers_missing=-1, names_missing=-1, quantifiers_missing=-1, length=0
)
_PENALTY = 0.01  # on the squared weights of standardised features
# The probabilities from which a verdict is given. Of the few tried, half gave the best balanced accuracy; with the
# meaning at hand a little less, since an unfounded doubt costs the reader's trust in the others.
SUPPORTED_WITH_MEANING, SUPPORTED_BY_WORDS = 0.46, 0.5
PARTLY = 0.33  # of sentences below it fewer than one in four is true

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """A row for every labelled sentence that has something to measure."""

    features: Floats  # (n, features)
    true: NDArray[np.bool_]
    sets: NDArray[np.str_]

    def without(self, name: str) -> Table:
        kept = self.sets != name
        return Table(self.features[kept], self.true[kept], self.sets[kept])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--out", type=Path, default=MODEL)
    arguments = parser.parse_args()
    labelled = read_sets(arguments.folder)
    table, by_words = table_of(labelled, RememberingEmbedder(packaged_embedder())), table_of(labelled, None)
    arguments.out.write_text(json.dumps(fitted(table, by_words), indent=1) + "\n", encoding="utf-8")
    print(f"{len(table.true)} sentences of {len(set(table.sets))} sets: {arguments.out}")


def table_of(labelled: Sequence[Labelled], embedder: Embedder | None) -> Table:
    rows = [(one, found) for one in labelled if (found := measured(one.sentence, one.evidence, embedder)) is not None]
    return Table(
        np.array([found for _, found in rows], dtype=np.float64),
        np.array([one.true for one, _ in rows]),
        np.array([one.set for one, _ in rows]),
    )


def fitted(table: Table, by_words: Table) -> dict[str, Any]:
    """What verdict_model.json holds; `by_words` was measured without an embedder, which counts near words as said."""
    every = list(Features._fields)
    words = [name for name in every if name != "cosine"]
    return {
        "partly": PARTLY,
        "with_meaning": {"supported": SUPPORTED_WITH_MEANING, **_regression(table, every)},
        "words_alone": {"supported": SUPPORTED_BY_WORDS, **_regression(by_words, words)},
    }


def balanced(sets: NDArray[np.str_], true: NDArray[np.bool_]) -> Floats:
    """Weights that sum to 1, under which every set counts alike, and so do its true and its wrong sentences."""
    weight = np.zeros(len(true))
    for name in np.unique(sets):
        for side in (True, False):
            rows = (sets == name) & (true == side)
            weight[rows] = 1 / max(1, int(rows.sum()))
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def _regression(table: Table, names: Sequence[str]) -> dict[str, Any]:
    columns = [Features._fields.index(name) for name in names]
    mean, spread = table.features[:, columns].mean(axis=0), table.features[:, columns].std(axis=0) + 1e-9
    scaled = (table.features[:, columns] - mean) / spread
    side = np.where(table.true, 1.0, -1.0)
    weight = balanced(table.sets, table.true)

    def loss(values: Floats) -> tuple[float, Floats]:
        margin = side * (scaled @ values[1:] + values[0])
        slope = -weight * side / (1 + np.exp(margin))
        value = float(weight @ np.logaddexp(0, -margin) + _PENALTY * values[1:] @ values[1:])
        return value, np.concatenate(([slope.sum()], scaled.T @ slope + 2 * _PENALTY * values[1:]))

    bounds = [(None, None), *(_bounds(SIGNS[column]) for column in columns)]
    found = minimize(loss, np.zeros(len(names) + 1), jac=True, bounds=bounds, method="L-BFGS-B").x
    raw = found[1:] / spread
    return {
        "bias": round(float(found[0] - raw @ mean), 4),
        "weights": {name: round(float(value), 4) for name, value in zip(names, raw, strict=True)},
    }


def _bounds(sign: float) -> tuple[float | None, float | None]:
    return (None, None) if not sign else (0.0, None) if math.copysign(1, sign) > 0 else (None, 0.0)


if __name__ == "__main__":
    main()
