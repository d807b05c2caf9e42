"""How often verification is wrong: `python -m benchmarks.verify` prints it and writes it into docs/benchmarks.md.

Measured on claims made from real documents by known changes (../shared/retrieval-dev/entailment.jsonl). A wrong claim
is caught when its verdict is anything but "supported"; a true one is wrongly doubted when it is "not found" or
"contradicted". Intervals are 95 %, from 2,000 bootstrap resamples.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from shared_utils.citations.verification import verify
from shared_utils.types import Verdict

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT.parent / "shared" / "retrieval-dev" / "entailment.jsonl"
REPORT = ROOT / "docs" / "benchmarks.md"
_SECTION = re.compile(r"<!-- verify:start -->.*?<!-- verify:end -->", re.DOTALL)
_RESAMPLES = 2000


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--no-report", action="store_true", help="print only, leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    if not arguments.cases.is_file():
        raise SystemExit(f"There is no {arguments.cases}: the measured claims live beside the checkout.")
    cases = read_cases(arguments.cases)
    began = time.perf_counter()
    verdicts = [verify(case.claim, [case.passage]).verdict for case in cases]
    each_ms = 1000 * (time.perf_counter() - began) / len(cases)
    section = render(rows(cases, verdicts), each_ms)
    print(section)
    if not arguments.no_report:
        write_section(REPORT, section)


def read_cases(path: Path) -> list[Case]:
    with path.open(encoding="utf-8") as lines:
        read = [json.loads(line) for line in lines]
    return [Case(case["kind"], case["label"], case["claim"], case["passage"]) for case in read]


def is_right(label: str, verdict: Verdict) -> bool:
    if label == "supported":
        return verdict in (Verdict.SUPPORTED, Verdict.PARTLY)
    return verdict is not Verdict.SUPPORTED


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


def render(measured: Sequence[Row], each_ms: float) -> str:
    head = ["claims", "n", "right, % (95 %)", *(verdict.value for verdict in Verdict)]
    lines = [f"| {' | '.join(head)} |", "|---|" + "---:|" * (len(head) - 1)]
    for row in measured:
        share = f"{100 * row.right:.1f} ({100 * row.low:.1f}–{100 * row.high:.1f})"
        counts = [str(row.verdicts[verdict]) for verdict in Verdict]
        lines.append(f"| {' | '.join([row.kind, str(row.cases), share, *counts])} |")
    return (
        "`python -m benchmarks.verify`: verdicts on claims made from real documents by known changes. A wrong claim is "
        "right when its verdict is not “supported”, a true one when it is “supported” or “partly”.\n\n"
        + "\n".join(lines)
        + f"\n\n{each_ms:.1f} ms a claim on one core."
    )


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
