"""The library through OpenAI's protocol."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fake_ollama import FakeOllama, Script
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
    parts = [{"type": "text", "text": QUESTION}, {"type": "image_url", "image_url": {"url": "data:,"}}]
    body = {"model": "footnote", "messages": [{"role": "user", "content": parts}]}
    assert "2.84" in library.post(PATH, json=body).json()["choices"][0]["message"]["content"]


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
    ollama.script.answer = "Nordhaven handled 3.91 million tonnes of cargo in 2025 [1]. Timber fell [2]."
    streamed = chunks(modelled, said(QUESTION))
    deltas = [chunk["choices"][0]["delta"].get("content", "") for chunk in streamed]
    assert sum(1 for delta in deltas if delta) > 4
    text = "".join(deltas)
    assert text.startswith(
        "Nordhaven handled 3.91 million tonnes of cargo in 2025 [1]. Timber fell [2].\n\n1 sentence of"
    )
    assert "“Nordhaven handled 3.91 million tonnes of cargo in 2025.” The documents say otherwise" in text
    assert {citation["marker"] for citation in streamed[-1]["citations"]} == {1, 2}
    assert streamed[-1]["usage"]["completion_tokens"] > 5
