"""The library through OpenAI's protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fake_ollama import FakeOllama, Script
from tests.sample_report import SAMPLE
from tests.src.api import patient
from tests.src.api.conftest import Join, add_sample

QUESTION = "How much cargo did Nordhaven handle in 2025?"
PATH = "/v1/chat/completions"


def said(*messages: str) -> dict[str, object]:
    """A conversation: the user's words and the assistant's, in turn."""
    roles = ("user", "assistant")
    return {
        "model": "footnote",
        "messages": [{"role": "system", "content": "Be brief."}]
        + [{"role": roles[i % 2], "content": text} for i, text in enumerate(messages)],
    }


def chunks(client: httpx.Client, body: dict[str, object]) -> list[dict[str, Any]]:
    with client.stream("POST", PATH, json=body | {"stream": True}) as stream:
        lines = [line for line in stream.iter_lines() if line.startswith("data: ")]
    assert lines[-1] == "data: [DONE]"
    return [json.loads(line.removeprefix("data: ")) for line in lines[:-1]]


def test_the_answer_has_its_sources_in_the_text_and_as_data(library: httpx.Client) -> None:
    completion = library.post(PATH, json=said(QUESTION)).json()
    message = completion["choices"][0]["message"]
    assert "2.84 million tonnes" in message["content"]
    assert message["citations"] == completion["citations"]
    markers = {int(number) for number in re.findall(r"\[(\d+)\]", message["content"])}
    assert markers == {citation["marker"] for citation in completion["citations"]}
    assert "Sources:\n[1] sample.pdf, p. 2, printed 1" in message["content"]
    assert completion["choices"][0]["finish_reason"] == "stop"


def test_the_models_are_one(library: httpx.Client) -> None:
    assert [model["id"] for model in library.get("/v1/models").json()["data"]] == ["footnote"]
    refused = library.post(PATH, json=said(QUESTION) | {"model": "gpt-4"})
    assert refused.status_code == 404
    assert "footnote" in refused.json()["error"]["message"]


def test_a_streamed_answer_put_together_is_the_whole_one(library: httpx.Client) -> None:
    whole = library.post(PATH, json=said(QUESTION)).json()
    streamed = chunks(library, said(QUESTION))
    assert (
        "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in streamed)
        == (whole["choices"][0]["message"]["content"])
    )
    assert streamed[-1]["choices"][0]["finish_reason"] == "stop"
    assert streamed[-1]["citations"] == whole["citations"]


def test_content_may_come_in_parts(library: httpx.Client) -> None:
    body = {"model": "footnote", "messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]}
    assert "2.84" in library.post(PATH, json=body).json()["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "add"}}}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format"),
        ({"n": 2}, "n"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
            "messages[0].content",
        ),
    ],
)
def test_what_would_change_the_meaning_is_refused(library: httpx.Client, more: dict[str, object], param: str) -> None:
    refused = library.post(PATH, json=said(QUESTION) | more)
    assert refused.status_code == 400
    assert refused.json()["error"]["type"] == "invalid_request_error"
    assert refused.json()["error"]["param"] == param
    assert library.get("/api/threads").json()["threads"] == []


def test_what_changes_nothing_is_let_pass(library: httpx.Client) -> None:
    more = {"n": 1, "tool_choice": "auto", "response_format": {"type": "text"}, "temperature": 0, "max_tokens": 5}
    assert "2.84" in library.post(PATH, json=said(QUESTION) | more).text


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("Hello", "about your documents"),
        ("Hi", "about your documents"),
        ("What can you do?", "about your documents"),
        ("Thank you!", "You are welcome."),
    ],
)
def test_a_greeting_is_answered_and_not_kept(server: str, join: Join, words: str, reply: str) -> None:
    client = join(server)  # with nothing on its shelf: front ends try a connection so
    choice = client.post(PATH, json=said(words)).json()["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert reply in choice["message"]["content"]
    streamed = chunks(client, said(words))
    assert "".join(c["choices"][0]["delta"].get("content", "") for c in streamed) == choice["message"]["content"]
    assert streamed[-1]["choices"][0]["finish_reason"] == "stop"
    assert client.get("/api/threads").json()["threads"] == []


def test_a_front_ends_own_prompts_begin_no_conversation(library: httpx.Client) -> None:
    history = f"<chat_history>\nUSER: {QUESTION}\nASSISTANT: 2.84 million tonnes.\n</chat_history>"
    for wanted, got in (
        ('{ "title": "your concise title here" }', {"title": QUESTION}),
        ('{ "tags": ["tag1", "tag2"] }', {"tags": []}),
        ('{ "queries": ["query1"] }', {"queries": []}),
    ):
        task = f"### Task:\nDo it for this chat.{' Be brief.' * 250}\n### Output:\nJSON format: {wanted}\n{history}"
        answer = library.post(PATH, json=said(task))
        assert answer.status_code == 200, answer.text
        assert json.loads(answer.json()["choices"][0]["message"]["content"]) == got
    assert library.get("/api/threads").json()["threads"] == []


TITLES = [  # as other front ends put it: below the conversation, around it, or above it
    [
        ("user", QUESTION),
        ("assistant", "2.84 million"),
        ("user", "Please generate a four word title for our conversation."),
    ],
    [
        (
            "user",
            f"Provide a concise, 5-word-or-less title for the conversation.\nConversation:\nUser: {QUESTION}\nAI: 2.84",
        )
    ],
    [("system", "Summarize the user's conversation into a title of 10 words or less."), ("user", QUESTION)],
    [("user", f'Summarize in a 10-word title. Give the title only. "{QUESTION}"')],
]


@pytest.mark.parametrize("messages", TITLES, ids=["below", "around", "above", "quoted"])
def test_a_title_is_given_however_a_front_end_asks_for_it(
    library: httpx.Client, messages: list[tuple[str, str]]
) -> None:
    body = {"model": "footnote", "messages": [{"role": role, "content": words} for role, words in messages]}
    assert library.post(PATH, json=body).json()["choices"][0]["message"]["content"] == QUESTION
    assert library.get("/api/threads").json()["threads"] == []


def test_a_persons_question_about_a_title_is_no_order_of_a_front_end(library: httpx.Client) -> None:
    for words in ("What is the title of the report?", "Who gave the report its title?"):
        library.post(PATH, json=said(words))
    assert len(library.get("/api/threads").json()["threads"]) == 2


def test_files_are_put_in_listed_and_taken_out_as_openais_clients_do(server: str, join: Join) -> None:
    client = join(server)
    files = {"file": ('a "b".pdf', SAMPLE.read_bytes())}
    added = client.post("/v1/files", files=files, data={"purpose": "assistants"}).json()
    assert (added["object"], added["filename"], added["bytes"]) == ("file", 'a "b".pdf', len(SAMPLE.read_bytes()))
    assert added["created_at"] > 1_700_000_000
    path = f"/v1/files/{added['id']}"
    patient.until(lambda: client.get(path).json()["status"] == "processed")
    assert [(f["id"], f["bytes"]) for f in client.get("/v1/files").json()["data"]] == [(added["id"], added["bytes"])]
    assert client.get("/api/documents").json()["documents"][0]["id"] == added["id"]
    assert client.delete(path).json() == {"id": added["id"], "object": "file", "deleted": True}
    assert client.get("/v1/files").json()["data"] == []
    assert client.get(path).status_code == 404


def test_a_file_named_in_a_message_is_asked_alone_and_in_what_follows(library: httpx.Client) -> None:
    (sample,) = library.get("/v1/files").json()["data"]
    same = {"file": ("same words.pdf", SAMPLE.read_bytes() + b"% another file")}
    other = library.post("/api/documents", params={"wait_s": 60}, files=same).json()

    def places(*messages: dict[str, object]) -> set[str]:
        reply = library.post(PATH, json={"messages": messages}).json()["choices"][0]["message"]
        return {citation["document_id"] for citation in reply["citations"]}

    for asked in (sample["id"], other["id"]):
        parts = [{"type": "file", "file": {"file_id": asked}}, {"type": "text", "text": QUESTION}]
        first: dict[str, object] = {"role": "user", "content": parts}
        assert places(first) == {asked}
        later: dict[str, object] = {"role": "user", "content": "And how many ships called?"}
        assert places(first, {"role": "assistant", "content": "2.84"}, later) == {asked}
    gone = [{"type": "file", "file": {"file_id": "0" * 64}}, {"type": "text", "text": QUESTION}]
    refused = library.post(PATH, json={"messages": [{"role": "user", "content": gone}]})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "document_gone")


def test_a_file_may_be_larger_than_other_requests(server: str, join: Join) -> None:
    large = SAMPLE.read_bytes() + b"%" * 3_000_000
    added = join(server).post("/v1/files", files={"file": ("large.pdf", large)})
    assert (added.status_code, added.json()["bytes"]) == (200, len(large))


def test_a_file_that_cannot_be_read_says_so_and_one_that_is_none_is_refused(server: str, join: Join) -> None:
    client = join(server)
    cut = SAMPLE.read_bytes()[:400]
    added = client.post("/v1/files", files={"file": ("cut.pdf", cut)}).json()
    patient.until(lambda: client.get(f"/v1/files/{added['id']}").json()["status"] == "error")
    assert "cut off" in client.get(f"/v1/files/{added['id']}").json()["status_details"]
    refused = client.post("/v1/files", files={"file": ("song.mp3", b"ID3\x04\x00\x00\x00\x00")})
    assert (refused.status_code, refused.json()["error"]["param"]) == (415, "file")


def test_what_is_not_to_be_stored_is_not_kept(library: httpx.Client) -> None:
    whole = library.post(PATH, json=said(QUESTION) | {"store": False}).json()
    assert "2.84" in whole["choices"][0]["message"]["content"]
    assert chunks(library, said(QUESTION) | {"store": False})[-1]["citations"] == whole["citations"]
    patient.until(lambda: library.get("/api/threads").json()["threads"] == [])


def test_a_history_without_its_first_turns_finds_its_conversation(library: httpx.Client) -> None:
    second, third = "And how many ships called?", "How much of it was timber?"
    for messages in (("Hello", "Hello!", QUESTION), (QUESTION, "2.84.", second), (second, "1,206.", third)):
        library.post(PATH, json=said(*messages)).raise_for_status()
    (thread,) = library.get("/api/threads").json()["threads"]
    assert (thread["title"], thread["turns"]) == (QUESTION, 3)


def test_one_model_is_told_of_and_a_slash_more_does_no_harm(library: httpx.Client) -> None:
    assert library.get("/v1/models/footnote").json()["id"] == "footnote"
    assert library.get("/v1/models/").json()["data"] == [library.get("/v1/models/footnote/").json()]
    assert library.get("/v1/models/gpt-4").json()["error"]["code"] == "model_not_found"
    assert library.head("/v1/models").status_code == 200
    allowed = library.options("/api/documents").headers["allow"]
    assert {"GET", "POST", "HEAD", "OPTIONS"} == set(allowed.split(", "))
    assert library.options("/mcp").headers["allow"] == "OPTIONS, POST"


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/page/x", "/file/x", "/api/documents", "/v1/models", "/api/chat", "/mcp"]
)
def test_every_route_tells_whoever_asks_which_methods_it_takes(server: str, path: str) -> None:
    answer = httpx.options(f"{server}{path}")
    taken = set(answer.headers["allow"].split(", "))
    assert (answer.status_code, answer.content) == (204, b"")
    assert "OPTIONS" in taken
    assert taken & {"GET", "POST"}


@pytest.mark.parametrize("path", ["/models", "/health", "/robots.txt", "/.well-known/oauth-protected-resource"])
def test_what_is_not_here_is_told_as_data_and_not_with_the_page(library: httpx.Client, path: str) -> None:
    refused = library.get(path)
    assert refused.status_code == 404
    assert refused.json()["error"]["code"] == "not_found"
    assert library.post("/chat/completions", json=said(QUESTION)).json()["error"]["code"] == "not_found"


def test_a_conversation_is_known_by_its_questions(library: httpx.Client) -> None:
    first = library.post(PATH, json=said(QUESTION)).json()["choices"][0]["message"]["content"]
    library.post(PATH, json=said(QUESTION, first, "And how many ships called?")).raise_for_status()
    (thread,) = library.get("/api/threads").json()["threads"]
    assert (thread["title"], thread["turns"]) == (QUESTION, 2)
    # the client lets it be answered again: the last answer is replaced
    library.post(PATH, json=said(QUESTION, first, "And how many ships called?")).raise_for_status()
    (thread,) = library.get("/api/threads").json()["threads"]
    assert thread["turns"] == 2


@pytest.mark.parametrize("messages", [[], [{"role": "assistant", "content": "Hello."}]])
def test_without_a_question_nothing_is_asked(library: httpx.Client, messages: list[object]) -> None:
    refused = library.post(PATH, json={"model": "footnote", "messages": messages})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "invalid_request"


@pytest.fixture
def modelled(server_with_model: str, ollama: FakeOllama, join: Join) -> Iterator[httpx.Client]:
    ollama.script = Script(models=["llama3.2:3b"], token_s=0.1)
    client = join(server_with_model)
    add_sample(client)
    yield client
    ollama.script = Script(models=["llama3.2:3b"])


def test_a_models_words_are_streamed_and_what_was_found_wrong_is_added(
    modelled: httpx.Client, ollama: FakeOllama
) -> None:
    said_by_model = "Nordhaven handled 3.91 million tonnes of cargo in 2025 [2]. Timber fell to 474,000 tonnes [2]."
    ollama.script.answer = said_by_model
    streamed = chunks(modelled, said(QUESTION))
    deltas = [chunk["choices"][0]["delta"].get("content", "") for chunk in streamed]
    assert sum(1 for delta in deltas if delta) > 4
    text = "".join(deltas)
    numbered = said_by_model.replace("[2]", "[1]")  # as they come
    assert text.startswith(f"{numbered}\n\n2 sentences of the model are not on the pages")
    assert "“Nordhaven handled 3.91 million tonnes of cargo in 2025.” The documents say otherwise" in text
    assert {citation["marker"] for citation in streamed[-1]["citations"]} == {1}
    assert streamed[-1]["usage"]["completion_tokens"] > 5
    quotes = [citation["quote"] for citation in streamed[-1]["citations"]]
    whole = modelled.post(PATH, json=said(QUESTION)).json()
    checked = {citation["quote"]: citation for citation in whole["citations"]}
    found = [checked[citation["quote"]] for citation in streamed[-1]["citations"] if citation["quote"] in checked]
    assert found, quotes  # a streamed answer ends with the places that the check found, as a whole one does
    for citation in streamed[-1]["citations"]:
        if citation["quote"] in checked:
            assert citation["rects"] == checked[citation["quote"]]["rects"] != []
            assert citation["page_label"] == checked[citation["quote"]]["page_label"]
