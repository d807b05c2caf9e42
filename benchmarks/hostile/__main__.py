"""`python -m benchmarks.hostile [--part NAME …] [--kills 100] [--minutes 10]`: attacks on a server, against the bars.

Each part starts servers of its own in a temporary folder, on the loopback, without a language model unless it needs
one.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.hostile.crashes import crash
from benchmarks.hostile.load import mixed_load
from benchmarks.hostile.requests import send_all
from benchmarks.hostile.world import Server


@dataclass(frozen=True, slots=True)
class Line:
    """One bar and what was measured against it."""

    bar: str
    measured: str
    holds: bool


def requests(folder: Path, _: argparse.Namespace) -> Iterator[Line]:
    (folder / "data").mkdir()
    with Server(folder / "data") as server:
        answers = send_all(server)
    for failure in answers.failures:
        print(f"    {failure}")
    told = ", ".join(f"{count} × {status}" for status, count in sorted(answers.statuses.items()))
    yield Line("500 hostile requests: none answered with 5xx", told, not answers.failures)


def crashes(folder: Path, options: argparse.Namespace) -> Iterator[Line]:
    seen = crash(folder, options.kills)
    kills = f"{seen.kills} kills, {seen.acknowledged} documents acknowledged"
    yield Line("0 acknowledged documents lost", f"{seen.lost} ({kills})", seen.lost == 0)
    yield Line("0 deleted ones back", str(seen.back), seen.back == 0)
    starts = f"start: median {median(seen.starts_s):.1f} s, longest {max(seen.starts_s):.1f} s"
    yield Line("0 hangs after the restart", f"{seen.hangs} ({starts})", seen.hangs == 0)


def load(folder: Path, options: argparse.Namespace) -> Iterator[Line]:
    seen = mixed_load(folder, options.minutes * 60)
    memory = f"{seen.growth():+.1%}, {seen.memory_mb[-1]:.0f} MB at the end, {sum(seen.did.values())} things done"
    yield Line("eight people: at most 5 % more memory in the second half", memory, seen.growth() <= 0.05)
    yield Line("and none of them meets an error", str(dict(seen.errors) or 0), not seen.errors)


PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[Line]]] = {
    "requests": requests,
    "crashes": crashes,
    "load": load,
}


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--part", action="append", choices=PARTS, help="only this one; may be given again")
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--minutes", type=float, default=10.0)
    chosen = options.parse_args()
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    hold = True
    for name in chosen.part or PARTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            for line in PARTS[name](Path(folder), chosen):
                hold &= line.holds
                print(f"{'holds ' if line.holds else 'MISSED'}  {line.bar}: {line.measured}", flush=True)
        print(f"        ({name}: {time.monotonic() - began:.0f} s)", flush=True)
    return 0 if hold else 1


if __name__ == "__main__":
    sys.exit(main())
