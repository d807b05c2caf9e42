"""deploy/compose.scaled.yaml as processes: web processes, workers, model servers, PostgreSQL and nginx, started once.

What one does the others show at once; who is killed or stopped hands over what was under way, also where its person is
nowhere. The tests run in this order: one web process is killed, another one stopped.
"""

from __future__ import annotations

import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import httpx
import pytest

from src.settings import settings_fields
from tests.conftest import DrawPdf
from tests.fake_ollama import Script
from tests.postgres import fresh_database
from tests.scaling.fleet import NGINX, Fleet, fleet, services
from tests.scaling.test_web_processes import (
    ANSWER,
    ITS_BEGINNING,
    QUESTION,
    TAKEN_OVER_S,
    add_sample,
    await_documents,
    found,
    kill_in_mid_answer,
    messages,
)
from tests.scaling.web import Web
from tests.src.api.events import events_of

pytestmark = pytest.mark.enable_socket

SEEN_S = 1.0


def test_the_example_names_settings_that_exist() -> None:
    declared = services()
    known = {setting.metadata["env"] for setting in settings_fields()}
    assert set(declared["footnote"]["environment"]) <= known
    assert declared["footnote"]["environment"]["FOOTNOTE_STORE"].startswith("postgresql://")
    assert declared["worker"]["environment"] == declared["footnote"]["environment"]
    assert declared["worker"]["entrypoint"][-2:] == ["-m", "src.worker"]
    assert declared["footnote"]["environment"]["FOOTNOTE_READING"] == "worker"
    assert declared["balancer"]["volumes"] == ["./nginx.conf:/etc/nginx/conf.d/default.conf:ro"]


@pytest.fixture(scope="module")
def deployed(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    script = Script(models=["llama3.2:3b"], answer=ANSWER)
    with (
        fresh_database(postgres_server) as store,
        fleet(tmp_path_factory.mktemp("fleet"), store, script) as running,
    ):
        yield running


def seconds_until(holds: Callable[[], bool]) -> float:
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < 20
        time.sleep(0.02)
    return time.monotonic() - began


def handled_by(client: httpx.Client, servers: Sequence[Web]) -> Web:
    """Which process answers this person: the one whose log tells of their request."""
    request_id = f"asked-{secrets.token_hex(8)}"
    client.get("/api/documents", headers={"X-Request-ID": request_id}).raise_for_status()
    until = time.monotonic() + 10
    while time.monotonic() < until:
        for server in servers:
            if request_id in server.log.read_text():
                return server
        time.sleep(0.02)
    raise AssertionError("no process tells of the request")


def test_as_many_are_there_as_the_example_declares(deployed: Fleet) -> None:
    assert (len(deployed.webs), len(deployed.workers), len(deployed.models)) == (3, 2, 2)
    with deployed.webs[0].client(secrets.token_hex(24)) as client:
        both = {"state": "ok", "reason": "2 worker(s) read files."}
        seconds_until(lambda: client.get("/api/health").json()["parts"]["readers"] == both)


def test_what_is_added_asked_or_deleted_at_one_is_seen_at_the_others_within_a_second(deployed: Fleet) -> None:
    key = secrets.token_hex(24)
    deployed.script.token_s = 0.0
    one, two, three = deployed.webs
    with one.client(key) as here, two.client(key) as there, three.client(key) as elsewhere:
        assert there.get("/api/documents").json()["documents"] == []  # it knows this person, and looks no further
        add_sample(here)
        assert seconds_until(lambda: bool(there.get("/api/documents").json()["documents"])) < SEEN_S
        (document,) = await_documents(there)
        assert found(there) == found(here)
        assert found(here)[0][0] == 2
        picture = there.get(f"/api/documents/{document['id']}/pages/2")
        assert picture.status_code == 200
        assert "2.84 million tonnes" in str(picture.json())

        thread = here.post("/api/chat/sync", json={"message": QUESTION}).json()["thread_id"]
        assert seconds_until(lambda: len(messages(there, thread)) == 2) < SEEN_S
        follow_up = {"message": "And how many ships called at the port?", "thread_id": thread}
        await_documents(elsewhere)
        assert elsewhere.post("/api/chat/sync", json=follow_up).status_code == 200
        questions = [message["content"] for message in messages(there, thread) if message["role"] == "user"]
        assert questions == [QUESTION, follow_up["message"]]

        here.delete(f"/api/threads/{thread}").raise_for_status()
        assert seconds_until(lambda: not messages(there, thread)) < SEEN_S
        here.delete(f"/api/documents/{document['id']}").raise_for_status()
        assert seconds_until(lambda: not there.get("/api/documents").json()["documents"]) < SEEN_S


def test_a_killed_worker_is_taken_over_from_and_none_tells_anything_of_what_it_read(
    deployed: Fleet, draw_pdf: DrawPdf
) -> None:
    one, other = deployed.workers
    lines = [[f"Page {n} tells of matter {n}, which is settled by rule {n}."] for n in range(1, 61)]
    file = {"file": ("long.pdf", draw_pdf("long.pdf", lines).read_bytes())}
    with deployed.webs[0].client(secrets.token_hex(24)) as client:
        other.process.send_signal(signal.SIGSTOP)
        added = client.post("/api/documents", params={"wait_s": 0}, files=file).json()
        seconds_until(lambda: client.get(f"/api/documents/{added['id']}").json()["state"] != "queued")
        one.process.kill()
        other.process.send_signal(signal.SIGCONT)
        (document,) = await_documents(client)
        assert (document["state"], document["pages"]) == ("ready", 60)
    assert "rule" not in one.log.read_text() + other.log.read_text()


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_everybody_stays_with_one_process_and_moves_to_another_when_it_is_killed_in_mid_answer(deployed: Fleet) -> None:
    killed = deployed.webs[0]
    people = [deployed.person(secrets.token_hex(24)) for _ in range(40)]  # chance leaves none of three out
    try:
        homes = [handled_by(person, deployed.webs) for person in people]
        assert {id(home) for home in homes} == {id(server) for server in deployed.webs}
        assert [handled_by(person, deployed.webs) for person in people] == homes
        moved = people[homes.index(killed)]
        stayed = people[homes.index(deployed.webs[1])]
        for person in (moved, stayed):
            add_sample(person)

        deployed.forget_asked()
        deployed.script.token_s = 0.5
        with pytest.raises(httpx.HTTPError):
            kill_in_mid_answer(killed, moved)
        assert killed.process.returncode == -9
        deployed.script.token_s = 0.0
        assert handled_by(moved, deployed.webs[1:])
        assert handled_by(stayed, deployed.webs) is deployed.webs[1]
        for person in (moved, stayed):
            assert [document["name"] for document in await_documents(person)] == ["sample.pdf"]

        (thread,) = moved.get("/api/threads").json()["threads"]
        deadline = time.monotonic() + TAKEN_OVER_S
        while not (told := messages(moved, thread["thread_id"]))[-1]["done"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        assert [message["role"] for message in told] == ["user", "assistant"]
        assert "2.84 million tonnes" in told[1]["content"]
        assert deployed.asked() == 2, "asked once by each process, and no more"
    finally:
        for person in people:
            person.close()


def ask_and_be_gone(client: httpx.Client) -> None:
    with suppress(httpx.HTTPError), client.stream("POST", "/api/chat", json={"message": QUESTION}) as stream:
        for _ in stream.iter_lines():
            pass


def test_an_orderly_stop_in_mid_answer_hands_questions_over_with_the_words_so_far(deployed: Fleet) -> None:
    """Of one whose person comes back at once, and of one whose person is nowhere."""
    leaving, other = deployed.webs[1:]
    question = {"message": QUESTION}
    stopped = 0.0
    nobody = secrets.token_hex(24)
    key = secrets.token_hex(24)
    with leaving.client(key) as here, leaving.client(nobody) as gone, other.client(key) as there:
        for client in (here, gone):
            add_sample(client)
        await_documents(there)
        deployed.forget_asked()
        deployed.script.token_s = 0.5
        beside = threading.Thread(target=ask_and_be_gone, args=(gone,))
        beside.start()
        with suppress(httpx.HTTPError), here.stream("POST", "/api/chat", json=question) as stream:
            for event, data in events_of(stream.iter_lines()):
                assert event != "stream_end"
                if event == "stream_start":
                    seen = f"{data['thread_id']}.{data['message_id']}.1"
                if event == "response" and ITS_BEGINNING in data["markdown"] and not stopped:
                    seconds_until(lambda: deployed.asked() == 2)
                    leaving.process.send_signal(signal.SIGTERM)
                    stopped = time.monotonic()
        assert time.monotonic() - stopped < 2, "the stream ends, and nobody follows a process that has let go"
        beside.join(10)

        drafts: list[str] = []
        with there.stream("POST", "/api/chat", json=question, headers={"Last-Event-ID": seen}) as stream:
            for event, data in events_of(stream.iter_lines()):
                if event == "response" and not data["final"] and not drafts:
                    assert time.monotonic() - stopped < 2
                    drafts.append(data["markdown"])
                    seconds_until(lambda: deployed.asked() >= 3)
                    assert time.monotonic() - stopped < 5, "asked anew at once; a busy machine takes its time"
                    seconds_until(lambda: deployed.asked() == 4)  # though nobody has come for the other one
                    deployed.script.token_s = 0.0
                last = event, data
                if event == "response":
                    said = data
        assert ITS_BEGINNING in drafts[0], "the words so far, before the model has said one again"
        assert last[0] == "stream_end"
        assert "2.84 million tonnes" in said["markdown"]
        assert [citation["page"] for citation in said["citations"]][:1] == [2]
    with other.client(nobody) as back:
        (thread,) = back.get("/api/threads").json()["threads"]
        seconds_until(lambda: bool(messages(back, thread["thread_id"])[-1]["done"]))
        assert "2.84 million tonnes" in messages(back, thread["thread_id"])[-1]["content"]
    assert deployed.asked() == 4, "each asked once by each process, and no more"
    leaving.process.wait(10)
    assert "Traceback" not in leaving.log.read_text()
