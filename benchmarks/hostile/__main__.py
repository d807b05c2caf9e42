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
from benchmarks.hostile.strangers import (
    fill_the_line,
    fill_the_memory,
    hold_requests,
    hold_uploads,
    take_all_pages,
    wait_behind_dense_files,
    wait_behind_retries,
)
from benchmarks.hostile.world import Server
from tests.fake_ollama import FakeOllama, Script


@dataclass(frozen=True, slots=True)
class Line:
    """One bar and what was measured against it."""

    bar: str
    measured: str
    holds: bool


def requests(folder: Path, _: argparse.Namespace) -> Iterator[Line]:
    with _server(folder) as server:
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


def readers(folder: Path, _: argparse.Namespace) -> Iterator[Line]:
    for name, attack in (
        ("two files of 3,000 dense pages", wait_behind_dense_files),
        ("50 retries", wait_behind_retries),
    ):
        with _server(folder / name) as server:
            waited = attack(server)
        measured = f"{waited.seconds:.1f} s (attackers told {dict(waited.told)}; {waited.memory_mb:.0f} MB)"
        yield Line(f"a third person's page behind {name}: searchable within 5 s", measured, waited.seconds <= 5)


def uploads(folder: Path, _: argparse.Namespace) -> Iterator[Line]:
    with _server(folder / "page") as server:
        seen = fill_the_memory(server)
    measured = f"{seen.growth_mb:+.0f} MB, {seen.after_leaving_mb:+.0f} MB after leaving (told {dict(seen.told)})"
    yield Line("30 × 95 MB over one websocket: less than 300 MB more", measured, seen.growth_mb < 300)
    with _server(folder / "api") as server:
        told, held = hold_uploads(server)
    yield Line("16 slow uploads of one address: another's are taken", str(dict(told)), set(told) == {202})
    yield Line("and after 45 s none of them is held", str(held), held == 0)


def connections(folder: Path, _: argparse.Namespace) -> Iterator[Line]:
    with _server(folder / "connections", FOOTNOTE_PROXIES="0") as server:
        seen = hold_requests(server)
    bar = "1,100 unfinished requests of one address: another's file is read meanwhile"
    yield Line(bar, f"{'yes' if seen.served else 'no'}, {seen.served_s:.1f} s", seen.served)
    yield Line(f"and after {seen.after_s:.0f} s none of them is held", str(seen.held), seen.held == 0)


def shares(folder: Path, _: argparse.Namespace) -> Iterator[Line]:
    script = Script(models=["llama3.2:3b"], token_s=0.05)
    with FakeOllama(script) as ollama, _server(folder / "line", OLLAMA_HOST=ollama.url) as server:
        flood = fill_the_line(server)
    measured = f"{flood.engine} after {flood.seconds:.0f} s ({flood.turned_away} of the attacker's turned away)"
    yield Line("24 keys of one address ask at once: another still gets the model", measured, flood.engine == "ollama")
    limits = {"FOOTNOTE_MAX_PERSON_PAGES": "6000", "FOOTNOTE_MAX_TOTAL_PAGES": "20000"}
    with _server(folder / "pages", **limits) as server:
        pages, refused, stranger = take_all_pages(server)
    measured = f"{pages} pages kept, {refused} of 8 files refused"
    yield Line("8 files of 3,000 pages at once: no more than the limit of 6,000 is kept", measured, pages <= 6_000)
    yield Line("and a stranger's page is taken", str(stranger), stranger == 202)


def _server(folder: Path, **settings: str) -> Server:
    (folder / "data").mkdir(parents=True)
    return Server(folder / "data", settings)


PARTS: dict[str, Callable[[Path, argparse.Namespace], Iterator[Line]]] = {
    "requests": requests,
    "readers": readers,
    "uploads": uploads,
    "connections": connections,
    "shares": shares,
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
