"""Two web processes over one folder answer for one person, and one of them is killed in mid-answer."""

from __future__ import annotations

import secrets
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from typing import Any

import httpx
import pytest

from src.api.caller import shelf_key_of
from src.edge.stopping import DRAINING_S
from src.settings import Settings
from src.wiring import open_store
from tests.fake_ollama import FakeOllama, Script
from tests.sample_report import SAMPLE
from tests.scaling.web import Web, started_web
from tests.src.api.events import events_of
from tests.waiting import until

pytestmark = pytest.mark.enable_socket

QUESTION = "How much cargo did Nordhaven handle in 2025?"
ANSWER = "In 2025, Nordhaven handled 2.84 million tonnes of cargo, 6.2 % more than in 2024."
ITS_BEGINNING = "In 2025, Nordhaven"  # no document says so: these are the model's words
CLOSING_S = 8.0  # of the ten that a container has until it is killed
TAKEN_OVER_S = 60.0  # a lease runs out after 20 s; a busy machine may take its time


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(Script(models=["llama3.2:3b"], answer=ANSWER)) as fake:
        yield fake


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama) -> Iterator[tuple[Web, Web]]:
    """Both on one data folder, as on one machine. On one database: `test_deployment`."""
    folder = tmp_path_factory.mktemp("scaling")
    with ExitStack() as stack:
        shared = {"OLLAMA_HOST": ollama.url, "FOOTNOTE_DATA_DIR": str(folder / "data")}
        here, there = (stack.enter_context(started_web(folder, name, **shared)) for name in ("here", "there"))
        yield here.ready(), there.ready()


def add_sample(client: httpx.Client) -> None:
    files = {"file": ("sample.pdf", SAMPLE.read_bytes())}
    added = client.post("/api/documents", params={"wait_s": 60}, files=files)
    assert added.json()["state"] == "ready", added.text


def await_documents(client: httpx.Client) -> list[dict[str, Any]]:
    """What is on the person's shelf, once all of it is ready."""
    deadline = time.monotonic() + 60
    while True:
        documents: list[dict[str, Any]] = client.get("/api/documents").json()["documents"]
        if documents and all(document["state"] == "ready" for document in documents):
            return documents
        assert time.monotonic() < deadline, documents
        time.sleep(0.1)


def found(client: httpx.Client) -> list[tuple[int, int, float]]:
    passages = client.post("/api/search", json={"query": QUESTION, "top_k": 10}).json()["passages"]
    return [(passage["page"], passage["rank"], round(passage["score"], 5)) for passage in passages]


def messages(client: httpx.Client, thread: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/conversation/{thread}")
    return list(answer.json()["messages"]) if answer.status_code == 200 else []


def kill_in_mid_answer(server: Web, client: httpx.Client) -> None:
    with client.stream("POST", "/api/chat", json={"message": QUESTION}) as stream:
        for event, data in events_of(stream.iter_lines()):
            if event == "response" and ITS_BEGINNING in data["markdown"]:
                assert not data["final"]
                server.kill()


def test_what_is_put_in_at_one_is_found_asked_and_continued_at_the_other(
    two: tuple[Web, Web], ollama: FakeOllama
) -> None:
    key = secrets.token_hex(24)
    with two[0].client(key) as here, two[1].client(key) as there:
        add_sample(here)
        (document,) = await_documents(there)
        assert found(there) == found(here)
        assert found(here)[0][0] == 2
        picture = there.get(f"/api/documents/{document['id']}/pages/2")
        assert picture.status_code == 200
        assert "2.84 million tonnes" in str(picture.json())

        asked_here = here.post("/api/chat/sync", json={"message": QUESTION}).json()
        thread = asked_here["thread_id"]
        follow_up = {"message": "And how many ships called at the port?", "thread_id": thread}
        assert there.post("/api/chat/sync", json=follow_up).status_code == 200
        questions = [message["content"] for message in messages(there, thread) if message["role"] == "user"]
        assert questions == [QUESTION, follow_up["message"]]

        there.delete(f"/api/threads/{thread}")
        deadline = time.monotonic() + 30
        while messages(here, thread):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_a_question_whose_process_was_killed_in_mid_answer_is_answered_by_the_other(
    two: tuple[Web, Web], ollama: FakeOllama
) -> None:
    """It leaves one process dead."""
    key = secrets.token_hex(24)
    killed, other = two
    ollama.requests.clear()
    ollama.left.clear()
    ollama.script.token_s = 0.5
    with killed.client(key) as client:
        add_sample(client)
        with pytest.raises(httpx.HTTPError):
            kill_in_mid_answer(killed, client)
    assert killed.process.returncode == -9
    assert ollama.left.wait(10), "the model server notices that nobody listens any more"
    ollama.script.token_s = 0.0

    with other.client(key) as client:
        (thread,) = client.get("/api/threads").json()["threads"]
        assert (thread["title"], thread["turns"]) == (QUESTION, 1)
        question, answer = messages(client, thread["thread_id"])
        assert question["content"] == QUESTION
        assert not answer["done"]

        deadline = time.monotonic() + TAKEN_OVER_S
        while not answer["done"]:
            assert time.monotonic() < deadline, other.log.read_text()
            time.sleep(0.2)
            question, answer = messages(client, thread["thread_id"])
        assert "2.84 million tonnes" in answer["content"]
        assert answer["model"] == "llama3.2:3b"
        assert [citation["page"] for citation in answer["citations"]] == [2]
        assert {sentence["verdict"] for sentence in answer["sentences"]} == {"supported"}
        assert len(ollama.bodies("/api/chat")) == 2, "asked once by each process, and no more"


def upload(server: Web, key: str, rest: threading.Event, begun: threading.Event) -> httpx.Response:
    """A file of which the second half is sent when `rest` is set."""
    data, boundary = SAMPLE.read_bytes(), secrets.token_hex(8)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="late.pdf"\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()

    def body() -> Iterator[bytes]:
        yield head + data[: len(data) // 2]
        begun.set()
        rest.wait(20)
        yield data[len(data) // 2 :] + tail

    headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "Content-Length": str(len(head) + len(data) + len(tail)),
    }
    with server.client(key) as client:
        return client.post("/api/documents", content=body(), headers=headers)


def takes_connections(server: Web) -> bool:
    host, port = server.address.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    return True


def test_an_orderly_stop_waits_for_what_is_nearly_there_and_not_for_what_never_comes(
    two: tuple[Web, Web],
) -> None:
    """Runs last: it ends the other process."""
    _, stopped = two
    late, never = secrets.token_hex(24), secrets.token_hex(24)
    rest, no_rest = threading.Event(), threading.Event()
    begun = [threading.Event(), threading.Event()]
    with ThreadPoolExecutor(2) as pool:
        finished = pool.submit(upload, stopped, late, rest, begun[0])
        unfinished = pool.submit(upload, stopped, never, no_rest, begun[1])
        assert all(event.wait(20) for event in begun)
        with stopped.client(late) as client:  # after it both heads have been read, since this one came later
            client.get("/api/documents").raise_for_status()
        stopped.process.send_signal(signal.SIGTERM)
        since = time.monotonic()
        rest.set()
        assert finished.result(20).status_code == 202
        until(lambda: not takes_connections(stopped))  # nothing new is begun
        stopped.process.wait(DRAINING_S + CLOSING_S)
        taken = time.monotonic() - since
        no_rest.set()
        cut = unfinished.result(20)
        assert (cut.status_code, cut.headers["Retry-After"]) == (503, "5")
        assert "Send it again" in cut.json()["error"]["message"]
    assert taken >= DRAINING_S, "it was waited for"
    assert "Traceback" not in stopped.log.read_text()
    folder = stopped.log.parent / "data"
    with closing(open_store(Settings.from_env({"FOOTNOTE_DATA_DIR": str(folder)}))) as store:
        assert [entry.name for entry in store.workspace_documents(shelf_key_of(late))] == ["late.pdf"]
        assert not store.workspace_documents(shelf_key_of(never))
