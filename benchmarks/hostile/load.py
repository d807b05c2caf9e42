"""Eight people who add, ask, search, look and delete for minutes: what the server's memory does meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx

from benchmarks.hostile.world import Person, Server, pages_of

PEOPLE = 8
MOST_KEPT = 5
LOOK_S = 2.0
DOES = (
    ("search",) * 6 + ("list",) * 3 + ("ask",) * 2 + ("leave a stream",) + ("picture",) * 3 + ("add",) * 2 + ("delete",)
)


@dataclass
class Load:
    seconds: float
    memory_mb: list[float] = field(default_factory=list)  # every LOOK_S
    did: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)

    def growth(self) -> float:
        """Of the last tenth over the tenth after the half, as a share."""
        tenth = max(1, len(self.memory_mb) // 10)
        middle = len(self.memory_mb) // 2
        return median(self.memory_mb[-tenth:]) / median(self.memory_mb[middle : middle + tenth]) - 1


def mixed_load(folder: Path, seconds: float) -> Load:
    (folder / "data").mkdir(parents=True)
    load, stop = Load(seconds), threading.Event()
    with Server(folder / "data") as server:
        people = [
            threading.Thread(target=_person, args=(server, number, load, stop), daemon=True) for number in range(PEOPLE)
        ]
        for person in people:
            person.start()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(LOOK_S)
            load.memory_mb.append(server.memory_mb())
        stop.set()
        for person in people:
            person.join()
    return load


def _person(server: Server, number: int, load: Load, stop: threading.Event) -> None:
    rng, person = random.Random(number), Person(server, timeout_s=120)
    while not stop.is_set():
        what = rng.choice(DOES)
        load.did[what] += 1
        try:
            _do(what, person, rng)
        except httpx.HTTPStatusError as exc:
            # deleted meanwhile, still answering, nothing to ask yet, told to wait
            if exc.response.status_code not in (404, 409, 422, 429, 503):
                load.errors[f"{what}: {exc.response.status_code}"] += 1
        except httpx.HTTPError as exc:
            load.errors[f"{what}: {type(exc).__name__}"] += 1


def _do(what: str, person: Person, rng: random.Random) -> None:
    client, year = person.client, rng.randint(1900, 2025)
    documents = person.documents()
    if what == "add" or not documents:
        lines = [[f"In {rng.randint(1900, 2025)} cargo of {rng.randrange(10**6)} tonnes came in."] * 30] * rng.randint(
            1, 6
        )
        if len(documents) < MOST_KEPT:
            person.add(pages_of(lines)).raise_for_status()
    elif what == "delete":
        client.delete(f"/api/documents/{rng.choice(documents)['id']}").raise_for_status()
    elif what == "search":
        client.post("/api/search", json={"query": f"cargo in {year}", "top_k": 5}).raise_for_status()
    elif what == "ask":
        person.ask(f"How much cargo came in in {year}?").raise_for_status()
    elif what == "picture":
        address = f"/page/{rng.choice(documents)['id']}/1.jpg"
        client.get(address, headers={"Cookie": f"footnote_shelf={person.key}"}).raise_for_status()
    elif what == "leave a stream":
        with suppress(StopIteration), client.stream("POST", "/api/chat", json={"message": f"And in {year}?"}) as answer:
            next(answer.iter_lines())
