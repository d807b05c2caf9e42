"""How often verification is wrong: `python -m benchmarks.verify [FOLDER]` prints it, and writes docs/benchmarks.md.

Strict: a sentence counts as doubted unless its verdict is "supported". Two kinds of sets are read: sentences that
people judged against their sources (FOLDER, ../shared/trust-dev), and claims made from real documents by known changes
(../shared/retrieval-dev/entailment.jsonl). The first are also what the judgement is fitted to; each is therefore
measured with a judgement fitted to the other sets alone, and so are the thresholds of what it is compared with.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.labelled_sentences import FOLDER, ROOT, Labelled, packaged_embedder, read_sets
from benchmarks.train_verdicts import Floats, Table, balanced, fitted
from shared_utils.citations.features import Features
from shared_utils.citations.judgement import Judgement, judgement_of
from shared_utils.citations.remembering import RememberingEmbedder
from shared_utils.citations.text_units import units_of
from shared_utils.citations.verification import measured, verify
from shared_utils.types import Embedder, Verdict

CASES = ROOT.parent / "shared" / "retrieval-dev" / "entailment.jsonl"
REPORT = ROOT / "docs" / "benchmarks.md"
_SECTION = re.compile(r"<!-- verify:start -->.*?<!-- verify:end -->", re.DOTALL)
_RESAMPLES = 2000
_BINS = 10
_TIMED = 7  # one sentence in so many is timed, its evidence read and embedded anew


@dataclass(frozen=True, slots=True)
class Case:
    kind: str
    label: str  # "supported", "unsupported" or "contradicted"
    claim: str
    passage: str


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of claim: how many, and the share of right verdicts with its interval."""

    kind: str
    cases: int
    right: float
    low: float
    high: float
    verdicts: Counter[Verdict]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one labelled sentence; `milliseconds` of one core where it was timed, else NaN."""

    labelled: Labelled
    features: Features | None
    probability: float
    verdict: Verdict
    milliseconds: float

    @property
    def passed(self) -> bool:
        return self.verdict is Verdict.SUPPORTED


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    if not arguments.cases.is_file():
        raise SystemExit(f"There is no {arguments.cases}: the measured claims live beside the checkout.")
    embedder = packaged_embedder()
    cases = read_cases(arguments.cases)
    verdicts = [verify(case.claim, [case.passage], embedder=embedder).verdict for case in cases]
    section = render(rows(cases, verdicts))
    section += "\n\n" + render_labelled(outcomes(read_sets(arguments.folder), embedder))
    print(section)
    if not arguments.no_report:
        write_section(REPORT, section)


# ------------------------------------------------------------------------------- claims made by known changes


def read_cases(path: Path) -> list[Case]:
    with path.open(encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    return [Case(case["kind"], case["label"], case["claim"], case["passage"]) for case in read]


def is_right(label: str, verdict: Verdict) -> bool:
    return (label == "supported") is (verdict is Verdict.SUPPORTED)


def rows(cases: Sequence[Case], verdicts: Sequence[Verdict]) -> list[Row]:
    """One row a kind, and one for all the true and all the wrong claims."""
    groups: dict[str, list[tuple[str, Verdict]]] = {}
    for case, verdict in zip(cases, verdicts, strict=True):
        true = case.label == "supported"
        for group in ("ALL TRUE" if true else "ALL WRONG", f"{'true' if true else 'wrong'}: {case.kind}"):
            groups.setdefault(group, []).append((case.label, verdict))
    return [_row(kind, groups[kind]) for kind in sorted(groups)]


def _row(kind: str, judged: Sequence[tuple[str, Verdict]]) -> Row:
    right = np.array([is_right(label, verdict) for label, verdict in judged], dtype=np.float64)
    resampled = np.random.default_rng(0).choice(right, (_RESAMPLES, len(right))).mean(axis=1)
    low, high = np.quantile(resampled, (0.025, 0.975))
    return Row(kind, len(judged), float(right.mean()), float(low), float(high), Counter(v for _, v in judged))


def render(measured_rows: Sequence[Row]) -> str:
    head = ["claims", "n", "right, % (95 %)", *(verdict.value for verdict in Verdict)]
    lines = []
    for row in measured_rows:
        share = f"{100 * row.right:.1f} ({100 * row.low:.1f}–{100 * row.high:.1f})"
        counts = [str(row.verdicts[verdict]) for verdict in Verdict]
        lines.append([row.kind, str(row.cases), share, *counts])
    return (
        "`make bench-verify`: verdicts on claims made from real documents by known changes. A wrong claim is "
        "right when its verdict is not “supported”, a true one only when it is.\n\n" + _table(head, lines)
    )


# ------------------------------------------------------------------------------- sentences that people judged


def outcomes(labelled: Sequence[Labelled], embedder: Embedder) -> list[Outcome]:
    """Every sentence, judged by what was learned from the other sets."""
    remembered = RememberingEmbedder(embedder)
    found = [measured(one.sentence, one.evidence, remembered) for one in labelled]
    nothing = Features(*[0.0] * len(Features._fields))
    table = Table(
        np.array([f or nothing for f in found], dtype=np.float64),
        np.array([one.true for one in labelled]),
        np.array([one.set for one in labelled]),
    )
    rest = {name: table.without(str(name)) for name in np.unique(table.sets)}
    learned = {name: judgement_of(fitted(kept, kept)) for name, kept in rest.items()}  # none is judged by words alone
    return [
        _outcome(one, f, embedder if i % _TIMED == 0 else remembered, learned[one.set], timed=i % _TIMED == 0)
        for i, (one, f) in enumerate(zip(labelled, found, strict=True))
    ]


def _outcome(
    one: Labelled, found: Features | None, embedder: Embedder, judgement: Judgement, *, timed: bool
) -> Outcome:
    if timed:
        units_of.cache_clear()
    began = time.process_time()
    verdict = verify(one.sentence, one.evidence, embedder=embedder, judgement=judgement).verdict
    each_ms = 1000 * (time.process_time() - began) if timed else math.nan
    return Outcome(one, found, judgement.probability(found) if found else 0.0, verdict, each_ms)


def render_labelled(judged: Sequence[Outcome]) -> str:
    true = np.array([o.labelled.true for o in judged])
    sets = np.array([o.labelled.set for o in judged])
    passed = np.array([o.passed for o in judged])
    probability = np.array([o.probability for o in judged])
    overlap = _from_the_other_sets(lambda o: o.features.covered if o.features else 0.0, judged, true, sets)
    cosine = _from_the_other_sets(lambda o: o.features.cosine if o.features else 0.0, judged, true, sets)
    lines = []
    shares = []
    for name in np.unique(sets):
        rows_of = sets == name
        shares.append([_share(side[rows_of], true[rows_of]) for side in (passed, overlap, cosine)])
        lines.append(_labelled_row(str(name), true[rows_of], passed[rows_of], *shares[-1][1:]))
    means = np.mean([[s[0] for s in three] for three in shares], axis=0)
    caught, doubted = np.mean([three[0][1:] for three in shares], axis=0)
    mean = [f"{100 * value:.1f}" for value in (means[0], caught, doubted, *means[1:])]
    lines.append(["mean of the sets", str(len(true)), f"**{mean[0]}**", *mean[1:]])
    head = ["sentences", "n", "balanced accuracy, %", "wrong caught, %", "true doubted, %"]
    head += ["word overlap alone", "cosine alone"]
    grave = [o for o in judged if o.verdict is Verdict.CONTRADICTED and o.labelled.contradicted is not None]
    right = sum(bool(o.labelled.contradicted) for o in grave)
    brier, error, bins = calibration(probability, true, balanced(sets, true))
    spent = np.array([o.milliseconds for o in judged])
    return (
        "Sentences that people judged against their sources; each set by what was learned from the others. Balanced "
        "accuracy is the mean of wrong ones caught and true ones passed: 50 for always “supported”. Word overlap and "
        "cosine: the best threshold on the other sets, in the same run.\n\n"
        + _table(head, lines)
        + f"\n\n“The documents say otherwise”: right in {right} of its {len(grave)} uses on sentences whose label "
        "tells contradicted from open.\n\n"
        f"Calibration, every set and either label weighing the same: Brier score {brier:.3f}, expected calibration "
        f"error {error:.3f}.\n\n"
        + _table(["told", "n", "mean told", "true in fact"], bins)
        + f"\n\n{np.nanmedian(spent):.1f} ms a sentence on one core, median, "
        f"{np.nanquantile(spent, 0.95):.1f} ms at the 95th percentile, its evidence read and embedded anew."
    )


def _labelled_row(
    name: str,
    true: NDArray[np.bool_],
    passed: NDArray[np.bool_],
    overlap: tuple[float, float, float],
    cosine: tuple[float, float, float],
) -> list[str]:
    accuracy, caught, doubted = _share(passed, true)
    shares = (accuracy, caught, doubted, overlap[0], cosine[0])
    return [name, str(len(true)), *(f"{100 * value:.1f}" for value in shares)]


def _share(passed: NDArray[np.bool_], true: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Balanced accuracy, share of the wrong caught, share of the true doubted."""
    caught, doubted = float(np.mean(~passed[~true])), float(np.mean(~passed[true]))
    return (1 + caught - doubted) / 2, caught, doubted


def _from_the_other_sets(
    value: Callable[[Outcome], float], judged: Sequence[Outcome], true: NDArray[np.bool_], sets: NDArray[np.str_]
) -> NDArray[np.bool_]:
    """What passes where one figure decides, by the threshold that is best on the other sets."""
    values = np.array([value(o) for o in judged])
    passed = np.zeros(len(values), dtype=np.bool_)
    for name in np.unique(sets):
        rest = sets != name
        weight = balanced(sets[rest], true[rest])
        grid = np.quantile(values, np.linspace(0.01, 0.99, 99))
        best = max(grid, key=lambda t: float(weight @ ((values[rest] >= t) == true[rest])))
        passed[~rest] = values[~rest] >= best
    return passed


def calibration(probability: Floats, true: NDArray[np.bool_], weight: Floats) -> tuple[float, float, list[list[str]]]:
    """Brier score, expected calibration error, and a row for every tenth: told, how many, mean, share that is true."""
    brier = float(weight @ (probability - true) ** 2)
    error, lines = 0.0, []
    for step in range(_BINS):
        inside = (probability >= step / _BINS) & (probability < (step + 1) / _BINS + (step + 1 == _BINS))
        if not inside.any():
            continue
        told = float(np.average(probability[inside], weights=weight[inside]))
        in_fact = float(np.average(true[inside], weights=weight[inside]))
        error += float(weight[inside].sum()) * math.fabs(told - in_fact)
        between = f"{step / _BINS:.1f}–{(step + 1) / _BINS:.1f}"
        lines.append([between, str(inside.sum()), f"{told:.2f}", f"{in_fact:.2f}"])
    return brier, error, lines


def _table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    marked = [f"| {' | '.join(line)} |" for line in (head, *lines)]
    return "\n".join([marked[0], "|---|" + "---:|" * (len(head) - 1), *marked[1:]])


def write_section(report: Path, section: str) -> None:
    """Between the markers; the section is added at the end where the file has none."""
    marked = f"<!-- verify:start -->\n{section}\n<!-- verify:end -->"
    text = report.read_text(encoding="utf-8") if report.is_file() else "# Benchmarks\n"
    if _SECTION.search(text):
        text = _SECTION.sub(lambda _: marked, text)
    else:
        text = f"{text.rstrip()}\n\n## Verification\n\n{marked}\n"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
