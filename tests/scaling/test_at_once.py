"""Two web processes over PostgreSQL: what one does, the other shows at once; an orderly stop hands a question over."""

from __future__ import annotations

import secrets
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import httpx
import pytest

from tests.fake_ollama import FakeOllama, Script
from tests.postgres import fresh_database
from tests.scaling.test_web_processes import ANSWER, ITS_BEGINNING, QUESTION, add_sample, await_documents, messages
from tests.scaling.web import Web, web
from tests.src.api.events import events_of

pytestmark = pytest.mark.enable_socket

SEEN_S = 1.0


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(Script(models=["llama3.2:3b"], answer=ANSWER)) as fake:
        yield fake


@pytest.fixture(scope="module")
def two(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama
) -> Iterator[tuple[Web, Web]]:
    folder = tmp_path_factory.mktemp("at-once")
    with ExitStack() as stack:
        store = stack.enter_context(fresh_database(postgres_server))
        here, there = (
            stack.enter_context(
                web(folder, name, FOOTNOTE_DATA_DIR=str(folder / name), FOOTNOTE_STORE=store, OLLAMA_HOST=ollama.url)
            )
            for name in ("here", "there")
        )
        yield here, there


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
