"""Web processes and workers are killed and stopped while people work.

`python -m benchmarks.kills [--kills 60] [--stops 60]`: two web processes and two workers over a real PostgreSQL, and a
model server that is scripted. People upload, ask and delete, and remember what was acknowledged. At random moments one
of the four is killed (SIGKILL) or asked to end (SIGTERM), and started anew. Held against the bars: nothing acknowledged
is lost, nothing is there twice; what it was doing is done by another within 25 s of a kill, within 2 s of a stop; the
slowest of twenty people waits at most one and a half times as long as the median.
"""

from __future__ import annotations

import argparse
import random
import secrets
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psycopg
from reportlab.pdfgen.canvas import Canvas

from tests.fake_ollama import FakeOllama, Script
from tests.postgres import fresh_database, running_postgres
from tests.scaling.web import Reader, Web, reader, web
from tests.src.api.events import events_of

PEOPLE = 5
AFTER_KILL_S, AFTER_STOP_S = 25.0, 2.0
SLOWEST = 1.5  # times the median
QUESTIONS = 3  # of each of the twenty
_SETTLING_S = 120.0
_ENDING_S = 60.0  # a process that was told to end takes some seconds; one that never does is a fault
_WORD_S = 0.15


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=60)
    options.add_argument("--stops", type=int, default=60)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--fairness", action=argparse.BooleanOptionalAction, default=True)
    given = options.parse_args()
    rounds = [signal.SIGKILL] * given.kills + [signal.SIGTERM] * given.stops
    random.Random(given.seed).shuffle(rounds)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        answer = "In the page's own words, the matter is settled by the rule that it names."
        ollama = stack.enter_context(FakeOllama(Script(models=["llama3.2:3b"], answer=answer, token_s=_WORD_S)))
        store = stack.enter_context(fresh_database(stack.enter_context(running_postgres())))
        fleet = stack.enter_context(Fleet(folder, store, ollama.url))
        fair = fairness(fleet) if given.fairness else None
        told = disturbed(fleet, store, rounds, random.Random(given.seed + 1))
    print("\n".join(told.lines()))
    if fair is not None:
        print(f"slowest of 20 people: {fair:.2f} times the median (at most {SLOWEST})")
    return 0 if told.holds() and (fair or 0.0) <= SLOWEST else 1


# ------------------------------------------------------------------------------------------------ processes


class Fleet(AbstractContextManager["Fleet"]):
    """Two web processes and two workers, each of which can be ended and started anew."""

    def __init__(self, folder: Path, store: str, ollama: str) -> None:
        self._folder = folder
        self._shared = {"FOOTNOTE_STORE": store, "FOOTNOTE_READING": "worker", "OLLAMA_HOST": ollama}
        self._stacks = [ExitStack() for _ in range(4)]
        self._count = 0
        self.running: list[Web | Reader] = [self._start(place) for place in range(4)]

    def __exit__(self, *_: object) -> None:
        for stack in self._stacks:
            stack.close()

    def addresses(self) -> list[str]:
        return [one.address for one in self.running if isinstance(one, Web)]

    def end(self, place: int, how: signal.Signals) -> None:
        self.running[place].process.send_signal(how)

    def start_anew(self, place: int) -> None:
        self.running[place].process.wait(_ENDING_S)
        self._stacks[place].close()
        self.running[place] = self._start(place)

    def _start(self, place: int) -> Web | Reader:
        self._count += 1
        name = f"{place}-{self._count}"
        begin: Callable[..., AbstractContextManager[Web | Reader]] = web if place < 2 else reader
        settings = {**self._shared, "FOOTNOTE_DATA_DIR": str(self._folder / f"data-{place}")}
        return self._stacks[place].enter_context(begin(self._folder, name, **settings))


# ------------------------------------------------------------------------------------------------ people


@dataclass
class Person:
    """Uploads, asks, deletes, and remembers what was acknowledged."""

    fleet: Fleet
    random: random.Random
    key: str = field(default_factory=lambda: secrets.token_hex(24))
    files: dict[str, str] = field(default_factory=dict)  # name -> id of what was taken in
    deleted: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)  # nobody said whether
    threads: list[str] = field(default_factory=list)

    def client(self) -> httpx.Client:
        """To either web process, as a balancer may choose."""
        address = self.random.choice(self.fleet.addresses())
        return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {self.key}"}, timeout=60)

    def step(self) -> None:
        try:
            with self.client() as client:
                self.random.choice([self.upload, self.ask, self.ask, self.delete])(client)
        except httpx.HTTPError:
            self.come_back()

    def come_back(self) -> None:
        """As a browser does whose connection broke: the balancer has another process for it. No process knows a key
        that nobody has shown it, so nobody's questions are taken up by one where they are not."""
        for address in self.fleet.addresses():
            with suppress(httpx.HTTPError):
                httpx.get(
                    f"{address}/api/documents", headers={"Authorization": f"Bearer {self.key}"}, timeout=60
                ).raise_for_status()
                return

    def upload(self, client: httpx.Client) -> None:
        name = f"{secrets.token_hex(4)}.pdf"
        self.unsure.add(name)
        sent = client.post("/api/documents", params={"wait_s": 0}, files={"file": (name, pdf_of(name))})
        if sent.is_success:
            self.files[name] = sent.json()["id"]
            self.unsure.discard(name)

    def ask(self, client: httpx.Client) -> None:
        if not self.files:
            return
        with client.stream("POST", "/api/chat", json={"message": "By what is matter 2 settled?"}) as stream:
            for event, data in events_of(stream.iter_lines()):
                if event == "stream_start":
                    self.threads.append(data["thread_id"])

    def delete(self, client: httpx.Client) -> None:
        if len(self.files) < 3:
            return
        name = self.random.choice(list(self.files))
        document_id = self.files.pop(name)
        self.unsure.add(name)
        if client.delete(f"/api/documents/{document_id}").is_success:
            self.deleted.add(name)
            self.unsure.discard(name)

    def work(self, ended: threading.Event) -> None:
        while not ended.is_set():
            self.step()

    def complaints(self) -> list[str]:
        """What does not stand as it was acknowledged."""
        with self.client() as client:
            documents: list[dict[str, Any]] = client.get("/api/documents").json()["documents"]
            names = [document["name"] for document in documents]
            said = [f"{name}: lost" for name in self.files if name not in names]
            said += [f"{name}: there after its deletion" for name in self.deleted if name in names]
            said += [f"{name}: there twice" for name in set(names) if names.count(name) > 1]
            said += [f"{d['name']}: {d['state']} {d.get('reason')}" for d in documents if d["state"] != "ready"]
            for thread in self.threads:
                found = client.get(f"/api/conversation/{thread}")
                told = found.json().get("messages", []) if found.is_success else []
                if [message["role"] for message in told] != ["user", "assistant"]:
                    said.append(f"a question is there {len(told) / 2:g} times")
                elif not told[1]["done"] or not told[1]["content"]:
                    said.append("a question was not answered")
        return said


def pdf_of(name: str) -> bytes:
    """Twelve pages that no other file has."""
    written = BytesIO()
    canvas = Canvas(written)
    for page in range(1, 13):
        canvas.drawString(72, 760, f"Page {page} of {name} tells of matter {page}, which is settled by rule {page}.")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


# ------------------------------------------------------------------------------------------------ the bars


@dataclass(frozen=True, slots=True)
class Handed:
    """Something that was under way when its process ended, and the seconds until it was another's."""

    kind: str  # question or file
    seconds: float


@dataclass
class Told:
    """Seconds until another process did what one that ended was doing, and what was lost or there twice."""

    rounds: int
    handed: dict[signal.Signals, list[Handed]]
    let_go_s: list[float]  # of those that stopped
    complaints: list[str]
    acknowledged: tuple[int, int, int]  # files, deletions, questions

    def lines(self) -> list[str]:
        files, deletions, questions = self.acknowledged
        lines = [f"{self.rounds} processes ended; {files} files, {deletions} deletions, {questions} questions"]
        for how, most in ((signal.SIGKILL, AFTER_KILL_S), (signal.SIGTERM, AFTER_STOP_S)):
            for kind in ("question", "file"):
                seconds = sorted(one.seconds for one in self.handed[how] if one.kind == kind)
                shown = f"median {median(seconds):.1f} s, longest {seconds[-1]:.1f} s" if seconds else "none under way"
                lines.append(f"{how.name}: {len(seconds)} {kind}s handed over, {shown} (at most {most:g} s)")
        if self.let_go_s:
            lines.append(f"let go of: median {median(self.let_go_s):.2f} s, longest {max(self.let_go_s):.2f} s")
        return [*lines, f"{len(self.complaints)} lost or there twice", *self.complaints]

    def holds(self) -> bool:
        kills, stops = ([one.seconds for one in self.handed[how]] for how in (signal.SIGKILL, signal.SIGTERM))
        return not self.complaints and max(kills, default=0) <= AFTER_KILL_S and max(stops, default=0) <= AFTER_STOP_S


def disturbed(fleet: Fleet, store: str, rounds: Sequence[signal.Signals], chance: random.Random) -> Told:
    """People work while one process after the other ends."""
    people = [Person(fleet, random.Random(n)) for n in range(PEOPLE)]
    ended = threading.Event()
    threads = [threading.Thread(target=person.work, args=(ended,), daemon=True) for person in people]
    for thread in threads:
        thread.start()
    handed: dict[signal.Signals, list[Handed]] = {signal.SIGKILL: [], signal.SIGTERM: []}
    let_go: list[float] = []
    with psycopg.connect(store, autocommit=True) as database:
        for number, how in enumerate(rounds, start=1):
            time.sleep(chance.uniform(0.5, 3.0))
            place = chance.randrange(4)
            before = owners(database)
            fleet.end(place, how)
            taken, freed = handed_over(database, before, time.monotonic(), how)
            handed[how] += taken
            let_go += freed if how is signal.SIGTERM else []
            fleet.start_anew(place)
            told = ", ".join(f"{one.kind} {one.seconds:.2f} s" for one in taken)
            was = f"{how.name} of {place} ({'web' if place < 2 else 'worker'})"
            print(f"{number} of {len(rounds)}: {was}: {told}", file=sys.stderr, flush=True)
    ended.set()
    for thread in threads:
        thread.join()
    until = time.monotonic() + _SETTLING_S
    while (complaints := [one for person in people for one in person.complaints()]) and time.monotonic() < until:
        time.sleep(2)
    sums = (
        sum(len(person.files) + len(person.deleted) for person in people),
        sum(len(person.deleted) for person in people),
        sum(len(person.threads) for person in people),
    )
    return Told(len(rounds), handed, let_go, complaints, sums)


def owners(database: psycopg.Connection[Any]) -> dict[str, str]:
    """Question or file under way -> the process that is at it."""
    rows = database.execute(
        "SELECT turn_id, owner FROM turn WHERE owner IS NOT NULL AND lease_until > 0 "
        "UNION ALL SELECT entry_id, process::text FROM reading_job WHERE process IS NOT NULL"
    )
    return {str(id_): str(owner) for id_, owner in rows}


def handed_over(
    database: psycopg.Connection[Any], before: dict[str, str], since: float, how: signal.Signals
) -> tuple[list[Handed], list[float]]:
    """Seconds from `since` until each of what was under way at a process that ended was another's, and until it was
    seen to be let go of.

    What its own process finishes, and what its person removes meanwhile, is not handed over. A file that was let go of
    in time is waited for until the other worker, which reads one at a time, has come to the end of its own.
    """
    handed: list[Handed] = []
    freed: dict[str, float] = {}
    most = AFTER_KILL_S if how is signal.SIGKILL else AFTER_STOP_S
    left, begun = dict(before), dict.fromkeys(before, since)
    while left and time.monotonic() - max(begun[id_] for id_ in left) < 2 * most:
        now, free, at = owners(database), unowned(database), time.monotonic()
        reading, waiting_files = files(database, read=True), files(database, read=False)
        freed = dict.fromkeys(free & left.keys(), at - since) | freed
        for id_, owner in list(left.items()):
            if id_ in now and now[id_] != owner:
                handed.append(Handed(kind_of(database, id_), at - begun.pop(id_)))
                del left[id_]
            elif id_ not in now and id_ not in free:
                del left[id_]
            elif id_ in waiting_files and reading and at - begun[id_] <= most:
                begun[id_] = at
        time.sleep(0.05)
    waiting = unowned(database) & left.keys()
    never = [Handed(kind_of(database, id_), time.monotonic() - begun[id_]) for id_ in waiting]
    return handed + never, list(freed.values())


def kind_of(database: psycopg.Connection[Any], id_: str) -> str:
    found = database.execute("SELECT 1 FROM turn WHERE turn_id = %s", (id_,)).fetchone()
    return "question" if found else "file"


def files(database: psycopg.Connection[Any], *, read: bool) -> set[str]:
    """Those that a worker reads, or those that wait for one."""
    which = "process IS NOT NULL" if read else "process IS NULL AND NOT ended"
    return {str(id_) for (id_,) in database.execute(f"SELECT entry_id FROM reading_job WHERE {which}")}  # noqa: S608


def unowned(database: psycopg.Connection[Any]) -> set[str]:
    """What is under way and let go of."""
    rows = database.execute(
        "SELECT turn_id FROM turn WHERE owner IS NOT NULL AND lease_until <= 0 "
        "UNION ALL SELECT entry_id FROM reading_job WHERE process IS NULL AND NOT ended"
    )
    return {str(id_) for (id_,) in rows}


def wait_ready(client: httpx.Client) -> None:
    """Until every file of a person has been read. Raises RuntimeError where one cannot be."""
    while True:
        documents = client.get("/api/documents").json()["documents"]
        if failed := [document["reason"] for document in documents if document["state"] == "failed"]:
            raise RuntimeError(f"a file cannot be read: {failed[0]}")
        if all(document["state"] == "ready" for document in documents):
            return
        time.sleep(0.2)


def fairness(fleet: Fleet) -> float:
    """Twenty people ask the one model, each one question after another: the slowest's time over the median's."""
    people = [Person(fleet, random.Random(n)) for n in range(20)]
    for person in people:
        with person.client() as client:
            person.upload(client)
    for person in people:
        with person.client() as client:
            wait_ready(client)
    took: dict[int, float] = {}

    def asked(number: int, person: Person) -> None:
        began = time.monotonic()
        with person.client() as client:
            for _ in range(QUESTIONS):
                person.ask(client)
        took[number] = time.monotonic() - began

    threads = [threading.Thread(target=asked, args=each) for each in enumerate(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return max(took.values()) / median(took.values())


if __name__ == "__main__":
    sys.exit(main())
