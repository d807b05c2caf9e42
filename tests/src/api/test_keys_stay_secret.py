"""A person's key opens their shelf and is known nowhere else: not to a queue, not to the log, not to the numbers."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from src.answering.answer_queue import AnswerQueue, Ticket
from src.api.app import create_api
from src.api.blocking import Blocking
from src.api.bounded_work import bounded_queues
from src.api.caller import shelf_key_of
from src.api.services import ApiServices
from src.library.fair_pool import FairPool, Job
from src.library.library import Library
from src.settings import Settings
from src.wiring import build_library
from tests.fakes import FakeEngines, FakeGenerator, writer_here
from tests.sample_report import SAMPLE

QUESTION = "How many ships called at the port?"


@pytest.fixture
def library(settings: Settings, tmp_path: Path) -> Iterator[Library]:
    (settings.data_dir / "models").mkdir(exist_ok=True)
    (tmp_path / "models").symlink_to(settings.data_dir / "models")  # made once in a session
    model = FakeGenerator(["The port was called at ", "by 1,206 ships [1]."])
    opened = build_library(replace(settings, data_dir=tmp_path), FakeEngines([writer_here(model, "m:1b")]))
    yield opened
    opened.close()


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(queue, the name somebody has in it), of every queue there is."""
    seen: list[tuple[str, str]] = []
    submit, enter = FairPool.submit, AnswerQueue.enter

    def submitted(pool: FairPool, job: Job) -> None:
        seen.append((pool._threads[0].name.rpartition("-")[0], job.person))
        submit(pool, job)

    def entered(queue: AnswerQueue, person: str, expected_s: float, network: str) -> Ticket:
        seen.append(("model", person))
        return enter(queue, person, expected_s, network)

    monkeypatch.setattr(FairPool, "submit", submitted)
    monkeypatch.setattr(AnswerQueue, "enter", entered)
    return seen


def everything_asked(client: TestClient) -> None:
    files = {"file": ("sample.pdf", SAMPLE.read_bytes())}
    client.post("/api/documents", params={"wait_s": 60}, files=files).raise_for_status()
    client.post("/api/search", json={"query": QUESTION}).raise_for_status()
    client.post("/api/chat", json={"message": QUESTION}).raise_for_status()
    client.post("/api/chat/sync", json={"message": QUESTION}).raise_for_status()
    said = {"model": "footnote", "messages": [{"role": "user", "content": QUESTION}]}
    client.post("/v1/chat/completions", json=said).raise_for_status()
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    accept = {"Accept": "application/json, text/event-stream"}
    for name, arguments in (("search", {"query": QUESTION}), ("ask", {"question": QUESTION})):
        body = call | {"params": {"name": name, "arguments": arguments}}
        client.post("/mcp", json=body, headers=accept).raise_for_status()


def test_a_key_is_known_to_no_queue_no_log_and_no_number(
    library: Library, queued: list[tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bounded = bounded_queues(2)
    services = ApiServices(
        library.settings, lambda: library, lambda: "", lambda _: "", Blocking(), bounded, time.monotonic()
    )
    own, longer = secrets.token_hex(16), secrets.token_hex(24)  # the key of a shelf itself, and one that stands for it
    for key in (own, longer):
        with TestClient(create_api(services), headers={"Authorization": f"Bearer {key}"}) as client:
            everything_asked(client)
            numbers = client.get("/metrics").text
    bounded.close()
    names = {library.shelf(own).name, library.shelf(shelf_key_of(longer)).name}
    assert len(names) == 2
    for queue in ("reader", "embedder", "api-search", "api-answer", "model"):
        assert {person for at, person in queued if at == queue} == names, queue
    told = f"{queued} {caplog.text} {numbers}"
    assert "POST /api/search 200" in told
    assert 'footnote_answers_total{engine="ollama"' in told
    for secret in (own, longer, shelf_key_of(longer)):
        assert secret not in told
