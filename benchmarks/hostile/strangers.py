"""What one stranger can take from the others: memory, connections, readers, places in line, pages, uploads."""

from __future__ import annotations

import random
import socket
import string
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from benchmarks.hostile.world import Person, Server, dense_pages, one_page, pages_of

PATIENCE_S = 180.0
ATTACKER = "203.0.113.7"

# ------------------------------------------------------------------------------------------------ readers


@dataclass(frozen=True, slots=True)
class Waited:
    """How long a third person's page of text took to be searchable, and what the attack's requests were told."""

    seconds: float
    told: Counter[int]
    memory_mb: float


def wait_behind_dense_files(server: Server) -> Waited:
    """Two strangers add a file of some hundred kB that unfolds to 3,000 pages full of small print, each their own."""
    words = _words(12_000)
    told = Counter(Person(server).add(dense_pages(3_000, words)).status_code for _ in range(2))
    time.sleep(3)  # their readers are at it
    return Waited(_seconds_until_searchable(server), told, server.memory_mb())


def wait_behind_retries(server: Server) -> Waited:
    """A stranger has a file of 300 pages that is ready read again, fifty times at once."""
    attacker = Person(server)
    lines = [
        [f"Line {line} of page {page}: cargo of {line * page} tonnes." for line in range(50)] for page in range(300)
    ]
    file = attacker.add(pages_of(lines), wait_s=100).json()["id"]
    told = Counter(attacker.client.post(f"/api/documents/{file}/retry", json={}).status_code for _ in range(50))
    return Waited(_seconds_until_searchable(server), told, server.memory_mb())


def _seconds_until_searchable(server: Server) -> float:
    victim, began = Person(server), time.monotonic()
    file = victim.add(one_page()).json()["id"]
    while not victim.document(file)["searchable"] and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.1)
    return time.monotonic() - began


def _words(count: int) -> list[str]:
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices(string.ascii_lowercase, k=rng.randint(2, 9))) for _ in range(5_000)]
    return rng.choices(vocabulary, k=count)


# ------------------------------------------------------------------------------------------------ memory


@dataclass(frozen=True, slots=True)
class Uploads:
    told: Counter[int]
    growth_mb: float  # with the websocket open
    after_leaving_mb: float


def fill_the_memory(server: Server, files: int = 30, megabytes: int = 95) -> Uploads:
    """Everything over one websocket, to the address that the page uploads to."""
    data = b"%PDF-1.4\n" + bytes(megabytes * 1_000_000)
    with _page_session(server) as session:
        before = server.memory_mb()
        told: Counter[int] = Counter()
        for number in range(files):
            address = f"{server.url}/_stcore/upload_file/{session}/{number:032x}"
            with suppress(httpx.HTTPError):
                told[httpx.put(address, files={"file": ("a.pdf", data)}, timeout=120).status_code] += 1
        growth = server.memory_mb() - before
    until = time.monotonic() + 30
    while server.memory_mb() - before > 50 and time.monotonic() < until:
        time.sleep(0.5)
    return Uploads(told, growth, server.memory_mb() - before)


@contextmanager
def _page_session(server: Server) -> Iterator[str]:
    """The id of a page's session, open as a browser's would be."""
    cookie = {"Cookie": f"footnote_shelf={Person(server).key}", "X-Forwarded-For": ATTACKER}
    address = f"ws://127.0.0.1:{server.port}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], additional_headers=cookie, max_size=None) as page:
        hello = BackMsg()
        hello.rerun_script.query_string = ""
        page.send(hello.SerializeToString())
        message = ForwardMsg()
        while message.WhichOneof("type") != "new_session":
            message.ParseFromString(page.recv(timeout=30))
        heard = threading.Thread(target=_hear, args=(page.recv,), daemon=True)
        heard.start()
        yield message.new_session.initialize.session_id


def _hear(receive: Callable[[], object]) -> None:
    with suppress(ConnectionClosed, OSError):
        while True:
            receive()


# ------------------------------------------------------------------------------------------------ connections


@dataclass(frozen=True, slots=True)
class Unfinished:
    served_s: float  # until another's file was read meanwhile
    served: bool
    held: int  # of the unfinished requests, after `after_s`
    after_s: float


def hold_requests(server: Server, connections: int = 1_100, after_s: float = 70.0) -> Unfinished:
    """Requests whose head never ends, all from one address."""
    with ExitStack() as held:
        began, sockets = time.monotonic(), []
        for _ in range(connections):
            with suppress(OSError):
                one = held.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
                one.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
                sockets.append(one)
        asked = time.monotonic()
        victim = Person(server)
        victim.client = httpx.Client(
            base_url=server.url,
            headers=victim.client.headers,
            timeout=60,
            transport=httpx.HTTPTransport(local_address="127.0.0.2"),
        )
        answer = victim.add(one_page(), wait_s=60)
        served = answer.status_code == 202 and answer.json()["state"] == "ready"
        served_s = time.monotonic() - asked
        time.sleep(max(0.0, after_s - (time.monotonic() - began)))
        return Unfinished(served_s, served, sum(map(_is_open, sockets)), after_s)


def _is_open(connection: socket.socket) -> bool:
    """Whether the server holds it still; what it said before it closed is read first."""
    connection.setblocking(False)
    try:
        while connection.recv(1_000):
            pass
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def hold_uploads(server: Server, uploads: int = 16, for_s: float = 45.0) -> tuple[Counter[int], int]:
    """Uploads that send a byte now and then; what another is told meanwhile, and how many are held in the end."""
    key, victim = Person(server).key, Person(server)
    head = (
        f"POST /api/documents HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nX-Forwarded-For: {ATTACKER}"
    )
    body = "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 50000000\r\n\r\n--x\r\n"
    told: Counter[int] = Counter()
    with ExitStack() as held:
        sockets = []
        for _ in range(uploads):
            one = held.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            one.sendall(f"{head}\r\n{body}".encode())
            sockets.append(one)
        end = time.monotonic() + for_s
        while time.monotonic() < end:
            time.sleep(5)
            for one in sockets:
                with suppress(OSError):
                    one.sendall(b"a")
            told[victim.add(one_page()).status_code] += 1
        return told, sum(map(_is_open, sockets))


# ------------------------------------------------------------------------------------------------ shares


@dataclass(frozen=True, slots=True)
class Flood:
    engine: str  # who answered the third person meanwhile: "ollama", or "extractive" where no place was left
    seconds: float
    turned_away: int  # of the attacker's questions


def fill_the_line(server: Server, keys: int = 24) -> Flood:
    """One address, a question for each of many keys, all before a model that takes its time."""
    lines = tuple(f"Cargo of {number} tonnes was handled in {1900 + number}." for number in range(1, 30))
    question = "How much cargo was handled in each year? Describe at length."
    attackers = [Person(server, ATTACKER, timeout_s=600) for _ in range(keys)]
    for attacker in attackers:
        with suppress(httpx.HTTPError):
            attacker.add(one_page(*lines), wait_s=60)
    victim = Person(server, timeout_s=600)
    victim.add(one_page(*lines), wait_s=60)
    with ThreadPoolExecutor(keys) as pool:
        asked = [pool.submit(attacker.ask, question) for attacker in attackers]
        time.sleep(3)
        began = time.monotonic()
        answer = victim.ask(question).json()
        seconds = time.monotonic() - began
        for attacker in attackers:
            attacker.client.close()  # whoever is left has no more to wait for
        turned_away = sum(_turned_away(one.result) for one in asked if one.done())
    return Flood(answer["engine"], seconds, turned_away)


def _turned_away(result: Callable[[], httpx.Response]) -> bool:
    with suppress(Exception):
        answer = result()
        return answer.status_code != 200 or answer.json()["engine"] == "extractive"
    return False


def take_all_pages(server: Server, files: int = 8, pages: int = 3_000) -> tuple[int, int, int]:
    """Pages kept for one person and refusals, after files of many pages were sent before any was opened; then what a
    stranger with one page is told."""
    attacker = Person(server, ATTACKER, timeout_s=300)
    data = [dense_pages(pages, ["x"]) for _ in range(files)]
    refused = sum(attacker.add(one).status_code >= 400 for one in data)
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        kept = attacker.documents()
        if all(one["state"] in ("ready", "partial", "failed") for one in kept):
            break
        time.sleep(1)
    return sum(one["pages"] for one in kept), refused, Person(server).add(one_page()).status_code
