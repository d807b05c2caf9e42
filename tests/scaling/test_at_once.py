"""Two web processes and two workers over PostgreSQL: what one does, the others show at once; who is stopped or killed
hands over what was under way."""

from __future__ import annotations

import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import httpx
import pytest

from tests.conftest import DrawPdf
from tests.fake_ollama import FakeOllama, Script
from tests.postgres import fresh_database
from tests.scaling.test_web_processes import ANSWER, ITS_BEGINNING, QUESTION, add_sample, await_documents, messages
from tests.scaling.web import Reader, Web, reader, web
from tests.src.api.events import events_of

pytestmark = pytest.mark.enable_socket

SEEN_S = 1.0


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(Script(models=["llama3.2:3b"], answer=ANSWER)) as fake:
        yield fake


@dataclass(frozen=True)
class Deployment:
    """As deploy/ has it, as processes."""

    webs: tuple[Web, Web]
    readers: tuple[Reader, Reader]


@pytest.fixture(scope="module")
def deployed(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama
) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("at-once")
    with ExitStack() as stack:
        store = stack.enter_context(fresh_database(postgres_server))

        def settings(name: str) -> dict[str, str]:
            own = {"FOOTNOTE_DATA_DIR": str(folder / name), "OLLAMA_HOST": ollama.url}
            models = os.environ.get("FOOTNOTE_MODELS_DIR") or str(folder / "models")
            return own | {"FOOTNOTE_STORE": store, "FOOTNOTE_READING": "worker", "FOOTNOTE_MODELS_DIR": models}

        here, there = (stack.enter_context(web(folder, name, **settings(name))) for name in ("here", "there"))
        one, other = (stack.enter_context(reader(folder, name, **settings(name))) for name in ("one", "other"))
        yield Deployment((here, there), (one, other))


@pytest.fixture
def two(deployed: Deployment) -> tuple[Web, Web]:
    return deployed.webs


def seconds_until(holds: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < 20
        time.sleep(0.02)
    return time.monotonic() - began


def test_what_is_added_or_deleted_at_one_is_seen_at_the_other_within_a_second(two: tuple[Web, Web]) -> None:
    key = secrets.token_hex(24)
    with two[0].client(key) as here, two[1].client(key) as there:
        assert there.get("/api/documents").json()["documents"] == []  # it knows this person, and looks no further
        add_sample(here)
        assert seconds_until(lambda: bool(there.get("/api/documents").json()["documents"])) < SEEN_S
        (document,) = await_documents(there)
        thread = here.post("/api/chat/sync", json={"message": QUESTION}).json()["thread_id"]
        assert seconds_until(lambda: len(messages(there, thread)) == 2) < SEEN_S

        here.delete(f"/api/threads/{thread}").raise_for_status()
        assert seconds_until(lambda: not messages(there, thread)) < SEEN_S
        here.delete(f"/api/documents/{document['id']}").raise_for_status()
        assert seconds_until(lambda: not there.get("/api/documents").json()["documents"]) < SEEN_S


def test_a_killed_worker_is_taken_over_from_and_none_tells_anything_of_what_it_read(
    deployed: Deployment, draw_pdf: DrawPdf
) -> None:
    one, other = deployed.readers
    lines = [[f"Page {n} tells of matter {n}, which is settled by rule {n}."] for n in range(1, 61)]
    file = {"file": ("long.pdf", draw_pdf("long.pdf", lines).read_bytes())}
    with deployed.webs[0].client(secrets.token_hex(24)) as client:
        both = {"state": "ok", "reason": "2 worker(s) read files."}
        seconds_until(lambda: client.get("/api/health").json()["parts"]["readers"] == both)
        other.process.send_signal(signal.SIGSTOP)
        added = client.post("/api/documents", params={"wait_s": 0}, files=file).json()
        seconds_until(lambda: client.get(f"/api/documents/{added['id']}").json()["state"] != "queued")
        one.process.kill()
        other.process.send_signal(signal.SIGCONT)
        (document,) = await_documents(client)
        assert (document["state"], document["pages"]) == ("ready", 60)
    assert "rule" not in one.log.read_text() + other.log.read_text()


def test_an_orderly_stop_in_mid_answer_hands_the_question_over_with_the_words_so_far(
    two: tuple[Web, Web], ollama: FakeOllama
) -> None:
    """Runs last: it ends one process."""
    key = secrets.token_hex(24)
    leaving, other = two
    ollama.requests.clear()
    ollama.script.token_s = 0.5
    question = {"message": QUESTION}
    stopped = 0.0
    with leaving.client(key) as here, other.client(key) as there:
        add_sample(here)
        await_documents(there)
        with suppress(httpx.HTTPError), here.stream("POST", "/api/chat", json=question) as stream:
            for event, data in events_of(stream.iter_lines()):
                assert event != "stream_end"
                if event == "stream_start":
                    seen = f"{data['thread_id']}.{data['message_id']}.1"
                if event == "response" and ITS_BEGINNING in data["markdown"] and not stopped:
                    leaving.process.send_signal(signal.SIGTERM)
                    stopped = time.monotonic()
        assert time.monotonic() - stopped < 2, "the stream ends, and nobody follows a process that has let go"

        drafts: list[str] = []
        with there.stream("POST", "/api/chat", json=question, headers={"Last-Event-ID": seen}) as stream:
            for event, data in events_of(stream.iter_lines()):
                if event == "response" and not data["final"] and not drafts:
                    assert time.monotonic() - stopped < 2
                    drafts.append(data["markdown"])
                    seconds_until(lambda: len(ollama.bodies("/api/chat")) == 2)
                    assert time.monotonic() - stopped < 3
                    ollama.script.token_s = 0.0
                last = event, data
                if event == "response":
                    said = data
        assert ITS_BEGINNING in drafts[0], "the words so far, before the model has said one again"
        assert last[0] == "stream_end"
        assert "2.84 million tonnes" in said["markdown"]
        assert [citation["page"] for citation in said["citations"]][:1] == [2]
        assert len(ollama.bodies("/api/chat")) == 2, "asked once by each process, and no more"
        leaving.process.wait(10)
        assert "Traceback" not in leaving.log.read_text()
