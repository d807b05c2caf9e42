"""Questions to the real server, its model played by the stand-in for Ollama."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import httpx
import pytest

from tests.fake_ollama import FakeOllama, Script
from tests.src.api.conftest import Join, add_sample
from tests.src.api.events import Event, asked, events_of, last
from tests.src.api.patient import PATIENCE_S, until

QUESTION = "How much cargo did Nordhaven handle in 2025?"
CARGO = "Nordhaven handled 2.84 million tonnes of cargo in 2025"


@pytest.fixture
def modelled(server_with_model: str, ollama: FakeOllama, join: Join) -> Iterator[httpx.Client]:
    """A library on the server with the model, whose script is as it was when the test ends."""
    ollama.script, ollama.hang_ups = Script(models=["llama3.2:3b"]), 0
    ollama.left.clear()
    client = join(server_with_model)
    add_sample(client)
    yield client
    ollama.script = Script(models=["llama3.2:3b"])


def test_an_answer_is_told_from_the_search_to_the_checked_sentences(modelled: httpx.Client, ollama: FakeOllama) -> None:
    ollama.script.answer = "Nordhaven handled 2.84 million tonnes of cargo in 2025, 6.2 % more than in 2024."
    events = asked(modelled, QUESTION)
    names = [name for name, _ in events]
    assert names[0] == "stream_start"
    assert names[-1] == "stream_end"
    wanted = ["stream_start", "tool_start", "tool_end", "routing", "model_selection", "response", "stream_end"]
    assert list(dict.fromkeys(name for name in names if name in wanted)) == wanted
    assert last(events, "model_selection")["model"] == "llama3.2:3b"
    final = last(events, "response")
    assert final["final"]
    assert "2.84 million tonnes" in final["markdown"]
    assert final["citations"][0]["page"] == 2
    assert {sentence["verdict"] for sentence in final["sentences"]} == {"supported"}
    ended = last(events, "stream_end")
    assert ended["tokens"] > 5
    assert ended["elapsed_s"] > 0


def test_every_tool_that_starts_ends(modelled: httpx.Client) -> None:
    events = asked(modelled, QUESTION)
    started = [data["tool"] for name, data in events if name == "tool_start"]
    ended = [data["tool"] for name, data in events if name == "tool_end"]
    assert started == ended == ["search", "check_evidence", "verify_sentences"]


def test_words_come_as_they_are_written_and_their_markers_point_somewhere(
    modelled: httpx.Client, ollama: FakeOllama
) -> None:
    ollama.script.token_s = 0.1
    ollama.script.answer = f"{CARGO} [2]. This report tells what the Trust did in 2025 [1]."
    drafts = [data for name, data in asked(modelled, QUESTION) if name == "response" and not data["final"]]
    assert drafts[0]["engine"] == "extractive"  # the documents' own sentences, while the model is reading
    written = [draft["markdown"] for draft in drafts if draft["engine"] == "ollama"]
    assert len(written) > 3
    assert all(later.startswith(earlier) for earlier, later in pairwise(written))
    assert {citation["marker"] for citation in drafts[-1]["citations"]} == {1, 2}


def test_closing_the_connection_stops_the_model(modelled: httpx.Client, ollama: FakeOllama) -> None:
    ollama.script.token_s = 1.0
    with modelled.stream("POST", "/api/chat", json={"message": QUESTION}) as stream:
        events = events_of(stream.iter_lines())
        thread = next(events)[1]["thread_id"]
        next(event for event in events if event[0] == "response" and event[1]["engine"] == "ollama")
    assert ollama.left.wait(PATIENCE_S)
    question, answer = _when_done(modelled, thread)
    assert question["content"] == QUESTION
    assert answer["content"]  # the words so far stay


def test_giving_up_waiting_stops_the_model_too(modelled: httpx.Client, ollama: FakeOllama) -> None:
    ollama.script.token_s = 1.0
    before, body = len(ollama.bodies("/api/chat")), json.dumps({"message": QUESTION})
    asking = (
        f"POST /api/chat/sync HTTP/1.1\r\nHost: footnote\r\nAuthorization: {modelled.headers['authorization']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    with socket.create_connection((modelled.base_url.host, modelled.base_url.port or 80)) as connection:
        connection.sendall(asking.encode())
        until(lambda: QUESTION in str(ollama.bodies("/api/chat")[before:]))
    assert ollama.left.wait(PATIENCE_S)


def test_a_model_that_writes_what_no_page_says_is_found_out(modelled: httpx.Client, ollama: FakeOllama) -> None:
    invented = "Nordhaven handled 3.91 million tonnes of cargo in 2025."
    ollama.script.answer = f"Nordhaven handled 2.84 million tonnes of ![cargo](cargo) in 2025 [1]. {invented}"
    answer = modelled.post("/api/chat/sync", json={"message": QUESTION}).json()
    (left_out,) = [sentence for sentence in answer["sentences"] if not sentence["shown"]]
    assert (left_out["text"], left_out["verdict"]) == (invented, "contradicted")
    assert "2.84 million" in answer["markdown"]
    assert "3.91" not in answer["markdown"]
    assert answer["notes"][0] == "1 sentence of the model is not on the pages:"
    assert answer["notes"][1].startswith(f"“{invented}” The documents say otherwise")
    assert "\\!\\[cargo\\]" in answer["markdown"]  # shown, not loaded


def test_where_a_model_invents_the_documents_own_sentence_leads(modelled: httpx.Client, ollama: FakeOllama) -> None:
    ollama.script.answer = "Nordhaven handled 3.91 million tonnes of cargo in 2025 [1]."
    answer = modelled.post("/api/chat/sync", json={"message": QUESTION}).json()
    assert answer["markdown"].startswith("Nordhaven handled 2.84 million tonnes")  # the documents' own sentence
    assert "Most of what the model wrote is no part of the answer" in answer["notes"][-1]


def test_an_engine_that_is_given_up_is_told(modelled: httpx.Client, ollama: FakeOllama) -> None:
    ollama.script.fault = "500"
    answer = modelled.post("/api/chat", json={"message": QUESTION, "stream": False}).json()
    assert answer["engine"] == "extractive"
    assert answer["tokens"] == 0
    assert any("llama-server" in note or "Ollama" in note for note in answer["notes"])


def test_a_follow_up_goes_on_in_its_thread(modelled: httpx.Client, ollama: FakeOllama) -> None:
    thread = last(asked(modelled, QUESTION), "stream_end")["thread_id"]
    answer = modelled.post("/api/chat/sync", json={"message": "And in 2024?", "thread_id": thread}).json()
    assert answer["thread_id"] == thread
    assert QUESTION in str(ollama.bodies("/api/chat")[-1])
    messages = modelled.get(f"/api/conversation/{thread}").json()["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant"] * 2
    listed = modelled.get("/api/threads").json()["threads"]
    assert listed == [{"thread_id": thread, "title": QUESTION, "turns": 2}]


def test_a_thread_answers_one_question_at_a_time(modelled: httpx.Client, ollama: FakeOllama) -> None:
    ollama.script.token_s = 1.0
    thread = modelled.post("/api/threads").json()["thread_id"]
    with modelled.stream("POST", "/api/chat", json={"message": QUESTION, "thread_id": thread}) as stream:
        events = events_of(stream.iter_lines())  # held, since an iterator that is let go of closes the connection
        next(name for name, _ in events if name == "model_selection")
        refused = modelled.post("/api/chat/sync", json={"message": QUESTION, "thread_id": thread})
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "thread_busy"


def test_a_thread_deleted_under_the_answer_ends_it(modelled: httpx.Client, ollama: FakeOllama) -> None:
    ollama.script.token_s = 1.0
    with modelled.stream("POST", "/api/chat", json={"message": QUESTION}) as stream:
        events = events_of(stream.iter_lines())
        thread = next(events)[1]["thread_id"]
        assert modelled.delete(f"/api/threads/{thread}").status_code == 204
        rest = list(events)
    assert [name for name, _ in rest[-2:]] == ["error", "stream_end"]
    assert modelled.get(f"/api/conversation/{thread}").status_code == 404


def test_nobody_reads_or_deletes_anothers_thread(library: httpx.Client, server: str, join: Join) -> None:
    thread = library.post("/api/chat/sync", json={"message": QUESTION}).json()["thread_id"]
    stranger = join(server)
    assert stranger.get("/api/threads").json() == {"threads": []}
    assert stranger.get(f"/api/conversation/{thread}").status_code == 404
    assert stranger.delete(f"/api/threads/{thread}").status_code == 404
    assert library.get(f"/api/conversation/{thread}").status_code == 200


@pytest.mark.parametrize("message", ["", "   ", "?!", "x" * 3000])
def test_what_cannot_be_asked_is_refused_and_not_kept(library: httpx.Client, message: str) -> None:
    refused = library.post("/api/chat", json={"message": message})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "unusable_question"
    assert library.get("/api/threads").json() == {"threads": []}


def test_an_empty_library_says_what_to_do(server: str, join: Join) -> None:
    refused = join(server).post("/api/chat/sync", json={"message": QUESTION})
    assert refused.status_code == 422
    assert "Add a PDF" in refused.json()["error"]["message"]


def test_many_at_once_all_get_their_own_answer(library: httpx.Client) -> None:
    questions = [QUESTION, "How many ships called at the port?", "Who chairs the board?"] * 4

    def answer(question: str) -> str:
        for _ in range(20):
            told = library.post("/api/chat/sync", json={"message": question})
            if told.status_code != 503:
                break
            time.sleep(int(told.headers["retry-after"]))  # the slower the machine, the fewer it lets wait
        return str(told.json()["question"])

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(answer, questions)) == questions


def _when_done(client: httpx.Client, thread: str) -> list[dict[str, object]]:
    def messages() -> list[dict[str, object]]:
        found: list[dict[str, object]] = client.get(f"/api/conversation/{thread}").json()["messages"]
        return found

    until(lambda: messages()[-1]["done"])
    return messages()


def stream_of(client: httpx.Client, most: int, seen: str = "") -> tuple[int, list[tuple[str, Event]]]:
    """The status, and the first `most` events with their ids; the connection is closed after them."""
    headers, told = {"Last-Event-ID": seen} if seen else {}, []
    with client.stream("POST", "/api/chat", json={"message": QUESTION}, headers=headers) as stream:
        identity, lines = "", []
        for line in stream.iter_lines():
            lines.append(line)
            identity = line.removeprefix("id: ") if line.startswith("id: ") else identity
            if line.startswith("data: "):
                told.append((identity, next(events_of(lines))))
                lines = []
            if len(told) == most:
                break
        return stream.status_code, told


def test_an_answer_is_followed_on_while_another_connection_follows_it(
    modelled: httpx.Client, ollama: FakeOllama
) -> None:
    ollama.script.token_s = 0.1
    asked_before = len(ollama.bodies("/api/chat"))
    with modelled.stream("POST", "/api/chat", json={"message": QUESTION}) as stream:
        lines = stream.iter_lines()
        first = next(line for line in lines if line.startswith("id: ")).removeprefix("id: ")
        next(event for event in events_of(lines) if event[0] == "response" and event[1]["engine"] == "ollama")
        _, after = stream_of(modelled, 1, seen=first)  # the other connection may be a dead one that nobody has noticed
    assert [event for _, (event, _) in after] == ["response"]
    _, rest = stream_of(modelled, 1000, seen=after[-1][0])
    final = rest[-2][1]
    assert (final[0], final[1]["final"]) == ("response", True)
    thread = rest[-1][1][1]["thread_id"]
    assert len(modelled.get(f"/api/conversation/{thread}").json()["messages"]) == 2
    assert len(ollama.bodies("/api/chat")) - asked_before <= 2


def test_an_answer_that_stopped_with_its_connection_is_begun_anew_in_its_place(
    modelled: httpx.Client, ollama: FakeOllama
) -> None:
    ollama.script.token_s = 1.0
    _, before = stream_of(modelled, 2)
    ollama.script.token_s = 0.0
    status, after = stream_of(modelled, 1000, seen=before[-1][0])
    assert status == 200
    assert after[-2][1][1]["final"]
    begun, ended = before[0][1][1], after[-1][1][1]
    assert ended["thread_id"] == begun["thread_id"]
    messages = modelled.get(f"/api/conversation/{ended['thread_id']}").json()["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant"]
    assert messages[1]["citations"]


def test_after_the_end_nothing_follows_and_the_id_of_nobodys_answer_is_no_id(
    modelled: httpx.Client, library: httpx.Client
) -> None:
    _, told = stream_of(modelled, 1000)
    assert len({identity for identity, _ in told}) == len(told)
    assert stream_of(modelled, 1000, seen=told[-1][0]) == (204, [])
    for client, seen in ((modelled, "17"), (library, told[-1][0])):  # not ours; another person's
        status, fresh = stream_of(client, 1000, seen=seen)
        assert (status, fresh[0][1][0], fresh[-1][1][0]) == (200, "stream_start", "stream_end")
        assert fresh[-1][1][1]["thread_id"] != told[-1][1][1]["thread_id"]
