"""Fit and check the gate that refuses questions the documents do not speak to.

python -m benchmarks.answerability [--set FOLDER]

Every fifth of the documents is left out in turn: the error rates and the thresholds are those of documents the fit has
not seen. Prints the coefficients for shared_utils/retrieval/answerability.py and what the ones in it do on the set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from benchmarks.retrieval_set import Question, RetrievalSet, argument_parser, open_set, write_section
from shared_utils.retrieval.answerability import Signs, judge, logistic, signs
from shared_utils.retrieval.search import search

FOLDS = 5
FALSE_REFUSALS = 0.04  # allowed on documents left out, to stay under 5 % on others
RIDGE = 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    question: Question
    answerable: bool
    signs: Signs


def fit(values: Floats, answerable: Floats) -> tuple[float, ...]:
    """Logistic regression by Newton's method, both classes weighing the same, with a small ridge."""
    inputs = np.column_stack([np.ones(len(values)), values])
    weights = np.where(answerable == 1, 0.5 / answerable.mean(), 0.5 / (1 - answerable.mean()))
    penalty = RIDGE * np.eye(inputs.shape[1])
    penalty[0, 0] = 0
    coefficients = np.zeros(inputs.shape[1])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-inputs @ coefficients))
        gradient = inputs.T @ (weights * (answerable - chance)) - penalty @ coefficients
        curvature = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + penalty
        coefficients = coefficients + np.linalg.solve(curvature, gradient)
    return tuple(round(float(value), 3) for value in coefficients)


def left_out_scores(cases: Sequence[Case]) -> Floats:
    """Each case's score by a fit that has not seen its document."""
    documents = sorted({case.question.documents[0] for case in cases})
    fold_of = {document: place % FOLDS for place, document in enumerate(documents)}
    folds = np.array([fold_of[case.question.documents[0]] for case in cases])
    values = np.array([case.signs.values() for case in cases])
    answerable = np.array([case.answerable for case in cases], dtype=np.float64)
    scores = np.zeros(len(cases))
    for fold in range(FOLDS):
        coefficients = fit(values[folds != fold], answerable[folds != fold])
        scores[folds == fold] = [logistic(coefficients, row) for row in values[folds == fold]]
    return scores


def collect(data: RetrievalSet) -> list[Case]:
    cases = []
    for question in data.questions + data.unanswerable:
        indexes = [data.indexes[name] for name in question.documents]
        if any(index.chunks for index in indexes):
            found = signs(question.question, indexes, data.embedder.embed_query(question.question))
            cases.append(Case(question, bool(question.gold_pages), found))
    return cases


def refused_shares(cases: Sequence[Case], refused: Sequence[bool]) -> str:
    """Shares refused: of the answerable (false refusals), of the unanswerable, and of each kind of these."""
    kinds = sorted({case.question.kind for case in cases if not case.answerable})
    shares = [("false refusals", [case.answerable for case in cases])]
    shares += [("unanswerable", [not case.answerable for case in cases])]
    shares += [(kind, [not case.answerable and case.question.kind == kind for case in cases]) for kind in kinds]
    return " | ".join(f"{np.mean(np.array(refused)[np.array(members)]):.2f}" for _, members in shares)


def main() -> None:
    parser = argument_parser(__doc__ or "")
    parser.add_argument("--write", action="store_true", help="write the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    data = open_set(arguments)
    with_vectors = collect(data)
    words_only = [replace(case, signs=replace(case.signs, cosine=None)) for case in with_vectors]
    kinds = sorted({case.question.kind for case in with_vectors if not case.answerable})
    rows = [
        f"| | false refusals | refused of all unanswerable | {' | '.join(kinds)} |",
        "|---" * (3 + len(kinds)) + "|",
    ]
    for name, cases in (("with vectors", with_vectors), ("words only", words_only)):
        values = np.array([case.signs.values() for case in cases])
        answerable = np.array([case.answerable for case in cases], dtype=np.float64)
        scores = left_out_scores(cases)
        threshold = float(np.quantile(scores[answerable == 1], FALSE_REFUSALS))
        print(f"{name}: coefficients {fit(values, answerable)}, threshold {threshold:.3f}")
        rows.append(f"| {name}, documents left out | {refused_shares(cases, list(scores < threshold))} |")
        rows.append(f"| {name}, as it stands in the product | {refused_shares(cases, as_it_stands(data, cases))} |")
    print("\n".join(rows))
    if arguments.write:
        answerable_count = sum(case.answerable for case in with_vectors)
        write_section(
            "answerability",
            f"## Refusing what the documents do not say\n\n`python -m benchmarks.answerability --write` on "
            f"{answerable_count} answerable and {len(with_vectors) - answerable_count} unanswerable questions "
            "(development part, one document asked).\n\n" + "\n".join(rows),
        )


def as_it_stands(data: RetrievalSet, cases: Sequence[Case]) -> list[bool]:
    refused = []
    for case in cases:
        indexes = [data.indexes[name] for name in case.question.documents]
        embedder = None if case.signs.cosine is None else data.embedder
        passages = search(case.question.question, indexes, {}, embedder, top_k=5, glossary=data.glossary)
        refused.append(not judge(case.question.question, passages, indexes, embedder).answerable)
    return refused


if __name__ == "__main__":
    main()
