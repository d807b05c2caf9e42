"""Searches a second of one, two and four web processes over one database: `python -m benchmarks.web_processes`.

A real PostgreSQL, web processes as `python -m src.asgi`, and people who search without a pause, all on this machine.
What more processes can give is what its cores leave: beside the searches a second stands what a search costs of a core,
in the web process and in all (database, people), so that the most that these cores allow can be told.
"""

from __future__ import annotations

import argparse
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from shared_utils.processes.resources import available_cores
from src.library.sample import sample_pdf
from tests.postgres import fresh_database, running_postgres
from tests.scaling.web import Web, web

PEOPLE = 8
WARM_UP_S = 5.0
_TOO_MANY, _AGAIN_S = 503, 0.05
_QUESTION = "How much cargo did Nordhaven handle?"
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Served:
    """Of `processes` web processes: searches a second, and what one took of a core, in the web and in all (s)."""

    processes: int
    a_second: float
    web_s: float
    all_s: float

    def allowed(self, cores: int) -> float:
        """The most searches a second: each process has one core at most, all together have `cores`."""
        return min(self.processes / self.web_s, cores / self.all_s)


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--seconds", type=float, default=20.0)
    seconds = options.parse_args().seconds
    keys = [secrets.token_hex(24) for _ in range(PEOPLE)]
    cores = available_cores()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        store = stack.enter_context(fresh_database(stack.enter_context(running_postgres())))
        served = [measured(folder, store, keys, count, seconds) for count in (1, 2, 4)]
    print("processes  searches/s  of one  web ms  all ms  what the cores allow")
    for one in served:
        times = one.a_second / served[0].a_second
        costs = f"{1000 * one.web_s:6.1f}  {1000 * one.all_s:6.1f}"
        print(f"{one.processes:9}  {one.a_second:10.1f}  {times:6.2f}  {costs}  {one.allowed(cores):10.1f}")
    return 0


def measured(folder: Path, store: str, keys: Sequence[str], count: int, seconds: float) -> Served:
    """Each of the people has a library of their own, and one of the processes."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                web(
                    folder,
                    f"{count}-{n}",
                    FOOTNOTE_DATA_DIR=str(folder / f"{count}-{n}"),
                    FOOTNOTE_STORE=store,
                    OLLAMA_HOST="http://127.0.0.1:9",
                )
            )
            for n in range(count)
        ]
        clients = [stack.enter_context(servers[n % count].client(key)) for n, key in enumerate(keys)]
        for client in clients:
            keep_a_document(client)
        searched(clients, WARM_UP_S)
        before, began = _spent(servers), time.perf_counter()
        count_done = searched(clients, seconds)
        took = time.perf_counter() - began
        web_s, all_s = (after - first for after, first in zip(_spent(servers), before, strict=True))
    return Served(count, count_done / took, web_s / count_done, all_s / count_done)


def keep_a_document(client: httpx.Client) -> None:
    if not client.get("/api/documents").raise_for_status().json()["documents"]:
        files = {"file": sample_pdf()}
        client.post("/api/documents", params={"wait_s": 120}, files=files).raise_for_status()


def searched(clients: Sequence[httpx.Client], seconds: float) -> int:
    """How many searches were answered; everybody searches again at once."""
    until, done = time.monotonic() + seconds, [0] * len(clients)

    def person(n: int) -> None:
        while time.monotonic() < until:
            answer = clients[n].post("/api/search", json={"query": _QUESTION, "top_k": 5})
            if answer.status_code == _TOO_MANY:  # told at once, when as many as a process takes are there
                time.sleep(_AGAIN_S)
                continue
            answer.raise_for_status()
            done[n] += 1

    threads = [threading.Thread(target=person, args=(n,)) for n in range(len(clients))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done)


def _spent(servers: Sequence[Web]) -> tuple[float, float]:
    """Seconds of a core that the web processes took, and that everything on the machine did."""
    of_web = sum(_of_process(server.process.pid) for server in servers)
    user, nice, system, *_ = map(int, Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:])
    return of_web, (user + nice + system) / _TICK


def _of_process(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


if __name__ == "__main__":
    raise SystemExit(main())
