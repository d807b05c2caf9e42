"""`kill -9` at random moments of adding, asking, deleting: what was acknowledged stays, what was deleted is gone."""

from __future__ import annotations

import random
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.hostile.world import Person, Server, pages_of

PEOPLE = 3
MOST_KEPT = 6
SETTLE_S = 60.0  # after which something hangs


@dataclass
class Known:
    """What a person was told: ids whose adding, and whose deleting, the server has acknowledged."""

    person: Person
    added: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)  # the server died while it was asked to delete them


@dataclass
class Crashes:
    """What was seen in all rounds."""

    kills: int = 0
    acknowledged: int = 0
    lost: int = 0
    back: int = 0
    hangs: int = 0
    starts_s: list[float] = field(default_factory=list)


def crash(folder: Path, kills: int, seed: int = 1) -> Crashes:
    (folder / "data").mkdir(parents=True)
    rng, seen = random.Random(seed), Crashes()
    with Server(folder / "data") as server:
        people = [Known(Person(server)) for _ in range(PEOPLE)]
        for _ in range(kills):
            _work_until_killed(server, people, rng)
            seen.starts_s.append(server.start())
            seen.kills += 1
            for known in people:
                _look(known, seen)
    seen.acknowledged = sum(len(known.added) for known in people)
    return seen


def _work_until_killed(server: Server, people: list[Known], rng: random.Random) -> None:
    stop = threading.Event()
    workers = [
        threading.Thread(target=_work, args=(known, random.Random(rng.random()), stop), daemon=True) for known in people
    ]
    for worker in workers:
        worker.start()
    time.sleep(rng.uniform(0.05, 2.5))
    server.kill()
    stop.set()
    for worker in workers:
        worker.join()


def _work(known: Known, rng: random.Random, stop: threading.Event) -> None:
    """Until the server is gone."""
    with suppress(httpx.HTTPError):
        while not stop.is_set():
            kept = sorted(known.added - known.deleted - known.unsure)
            if len(kept) >= MOST_KEPT or (kept and rng.random() < 0.3):
                _delete(known, rng.choice(kept))
            elif kept and rng.random() < 0.3:
                known.person.ask("How much cargo was handled?")
            else:
                lines = [[f"Cargo of {rng.randrange(10**6)} tonnes was handled."] for _ in range(rng.randint(1, 6))]
                added = known.person.add(pages_of(lines))
                if added.status_code == 202:
                    known.added.add(added.json()["id"])


def _delete(known: Known, document_id: str) -> None:
    known.unsure.add(document_id)
    if known.person.client.delete(f"/api/documents/{document_id}").status_code == 204:
        known.deleted.add(document_id)
    known.unsure.discard(document_id)


def _look(known: Known, seen: Crashes) -> None:
    until = time.monotonic() + SETTLE_S
    while True:
        listed = {document["id"]: document["state"] for document in known.person.documents()}
        if all(state in ("ready", "partial", "failed") for state in listed.values()):
            break
        if time.monotonic() > until:
            seen.hangs += 1
            break
        time.sleep(0.1)
    seen.lost += len(known.added - known.deleted - known.unsure - listed.keys())
    seen.back += len(known.deleted & listed.keys())
    for gone in known.unsure - listed.keys():
        known.deleted.add(gone)
    known.unsure.clear()
    with suppress(httpx.TimeoutException):
        if not listed or known.person.ask("How much cargo was handled?").status_code < 500:
            return
    seen.hangs += 1
