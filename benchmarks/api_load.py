"""Fifty programs at once against the API's bars: `make bench-api`, or `python -m benchmarks.api_load [--seconds 60]`.

The real server in a process of its own, no language model, ten libraries with the sample report. Every client searches
nine times for each question it asks, and follows Retry-After when it is told to wait, as a polite program does. The
server and these clients share the same two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import platform
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from unittest.mock import patch

import httpx

from benchmarks.main_job import server, server_pids
from src.library.sample import sample_pdf

CLIENTS = 50
LIBRARIES = 10
WARM_UP_S = 10.0  # what every allocator takes once is not growth
CORES = 2
SEARCHES_A_QUESTION = 9
HONEST = frozenset({429, 503})  # "too fast", "too many": told at once, with the time to come back
QUESTIONS = (
    "How much cargo did Nordhaven handle?",
    "How many ships called at the port?",
    "How long were the lock gates closed?",
    "What happened to timber?",
    "What was invested in shore power?",
    "Who chairs the supervisory board?",
)


@dataclass
class Seen:
    """What the clients met. Seconds."""

    took: dict[str, list[float]] = field(default_factory=lambda: {"search": [], "question": []})
    others_s: float = 0.0  # of the cores' time went to programs that have nothing to do with this
    server_s: float = 0.0  # of the cores' time that the server took
    told_to_wait: Counter[int] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=60.0)
    options.add_argument("--clients", type=int, default=CLIENTS)
    chosen = options.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:CORES]))  # the server inherits it
    print(f"{platform.machine()}, {CORES} cores, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder, many_allowed(), server(Path(folder)) as url:
        seen, resident = asyncio.run(under_load(url, chosen.clients, chosen.seconds))
    return report(seen, resident, chosen.seconds)


def cpu_s(pids: Sequence[int]) -> tuple[float, float]:
    """Seconds of all cores' time so far: of the whole machine while busy, and of these processes."""
    ticks = os.sysconf("SC_CLK_TCK")
    user, nice, system, *_ = map(int, Path("/proc/stat").read_text().split()[1:5])
    own = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        own += int(fields[11]) + int(fields[12])
    return (user + nice + system) / ticks, own / ticks


@contextmanager
def many_allowed() -> Iterator[None]:
    """One address makes all the requests here, which its own limit is there to forbid."""
    with patch.dict(os.environ, {"FOOTNOTE_API_PER_MINUTE": "1000000"}):
        yield


async def under_load(url: str, clients: int, seconds: float) -> tuple[Seen, list[float]]:
    """What was met, and the server's resident megabytes, second by second after the warm-up."""
    keys = [f"load-test-{number:02d}-{os.urandom(16).hex()}" for number in range(LIBRARIES)]
    await asyncio.gather(*(filled(url, key) for key in keys))
    await together(url, keys, clients, WARM_UP_S, Seen())
    seen, resident = Seen(), list[float]()
    sampling = asyncio.create_task(sample(url, resident))
    pids = server_pids(url)
    before = *cpu_s(pids), cpu_s([os.getpid()])[1]
    await together(url, keys, clients, seconds, seen)
    after = *cpu_s(pids), cpu_s([os.getpid()])[1]
    busy, seen.server_s, clients_s = (late - early for late, early in zip(after, before, strict=True))
    seen.others_s = busy - seen.server_s - clients_s
    sampling.cancel()
    return seen, resident


async def together(url: str, keys: Sequence[str], clients: int, seconds: float, seen: Seen) -> None:
    until = time.monotonic() + seconds
    chosen = itertools.islice(itertools.cycle(keys), clients)
    await asyncio.gather(*(client(url, key, number, until, seen) for number, key in enumerate(chosen)))


async def filled(url: str, key: str) -> None:
    """A library with the sample report in it, read to its end."""
    name, data = sample_pdf()
    async with connected(url, key) as api:
        answer = await retried(api, "/api/documents", files={"file": (name, data, "application/pdf")})
        answer.raise_for_status()
        until = time.monotonic() + 120
        while any(document["state"] != "ready" for document in (await api.get("/api/documents")).json()["documents"]):
            assert time.monotonic() < until, "the sample was not read in two minutes"
            await asyncio.sleep(0.2)


async def retried(api: httpx.AsyncClient, path: str, **content: object) -> httpx.Response:
    """A POST, made again for as long as the server is still opening its library."""
    while (answer := await api.post(path, **content)).status_code in HONEST:  # type: ignore[arg-type]
        await asyncio.sleep(pause_s(answer.headers))
    return answer


async def client(url: str, key: str, number: int, until: float, seen: Seen) -> None:
    async with connected(url, key) as api:
        for turn in itertools.count(number):
            if time.monotonic() >= until:
                return
            asked = QUESTIONS[turn % len(QUESTIONS)]
            if turn % (SEARCHES_A_QUESTION + 1):
                await timed(api, "search", "/api/search", {"query": asked, "top_k": 5}, seen)
            else:
                await timed(api, "question", "/api/chat/sync", {"message": asked}, seen)


async def timed(api: httpx.AsyncClient, kind: str, path: str, body: Mapping[str, object], seen: Seen) -> None:
    began = time.perf_counter()
    try:
        answer = await api.post(path, json=dict(body))
    except httpx.HTTPError as exc:
        seen.errors[f"{kind}: {type(exc).__name__}"] += 1
        return
    if answer.status_code == 200 and answer.json().get("answerable") is not None:
        seen.took[kind].append(time.perf_counter() - began)
    elif answer.status_code in HONEST and "retry-after" in answer.headers:
        seen.told_to_wait[answer.status_code] += 1
        await asyncio.sleep(pause_s(answer.headers))
    else:
        seen.errors[f"{kind}: {answer.status_code} {answer.text[:80]}"] += 1


def pause_s(headers: Mapping[str, str]) -> float:
    return float(headers.get("retry-after", 1))


def connected(url: str, key: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60, limits=httpx.Limits(max_connections=1)
    )


async def sample(url: str, resident: list[float]) -> None:
    pids = server_pids(url)
    while True:
        resident.append(sum(map(resident_mb, pids)))
        await asyncio.sleep(1)


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


def report(seen: Seen, resident: Sequence[float], seconds: float) -> int:
    """1 where a bar is missed."""
    for kind, took in seen.took.items():
        ordered = sorted(took)
        if not ordered:
            continue
        print(
            f"{kind:<9} {len(took):6d} answered ({len(took) / seconds:5.1f}/s)   "
            f"median {median(ordered) * 1000:5.0f} ms   p95 {late(ordered) * 1000:5.0f} ms   "
            f"slowest {ordered[-1] * 1000:5.0f} ms"
        )
    shared = f"{seen.others_s:.0f} s of {CORES * seconds:.0f} s other programs'"
    print(f"cores' time: {seen.server_s:.0f} s the server's, {shared}")
    print("told to come back:", dict(seen.told_to_wait) or "nobody")
    print("errors:", dict(seen.errors) or "none", "\n")
    half = len(resident) // 2
    growth = max(0.0, median(resident[-5:]) / median(resident[half - 2 : half + 3]) - 1) * 100
    rows = [
        ("errors", sum(seen.errors.values()), 0, ""),
        ("search, 95 % within", late(sorted(seen.took["search"])) * 1000, 300, "ms"),
        (f"memory's growth in the second half (now {resident[-1]:.0f} MB)", growth, 5, "%"),
    ]
    for name, value, bar, unit in rows:
        print(f"{name:<58} {value:8.1f} {unit:<3} bar {bar:g} {unit}  {'holds' if value <= bar else 'MISSED'}")
    return int(any(value > bar for _, value, bar, _ in rows))


def late(ordered: Sequence[float]) -> float:
    return ordered[int(0.95 * len(ordered))] if ordered else float("inf")


if __name__ == "__main__":
    raise SystemExit(main())
