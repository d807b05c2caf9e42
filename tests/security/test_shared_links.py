"""What somebody gets who has a link to one conversation, or had one, or guesses: that page or nothing."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest
from starlette.testclient import TestClient

from shared_utils.storage.document_store import DocumentStore
from src.api.app import create_api
from src.api.blocking import Blocking
from src.api.bounded_work import bounded_queues
from src.api.routes.shared import _following
from src.api.services import ApiServices
from src.asgi import Edge, page_key
from src.library.shared_links import SharedLinks
from src.metrics import Metrics
from src.screen.session import WORKSPACE_COOKIE
from src.settings import Settings
from tests.fakes import FakeClock
from tests.prepared_models import MODELS

OWNER, STRANGER = "o" * 32, "s" * 32
TALK = "the-conversation-that-is-shared"
PAGE = b"<!DOCTYPE html><p>what was asked</p>" + b"." * 600_000
Serve = Callable[..., TestClient]


class Response(Protocol):
    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def content(self) -> bytes: ...


class OnlyLinks:
    """As much of a library as a link leads to: were more asked for, it would not be there."""

    def __init__(self, store: DocumentStore, settings: Settings) -> None:
        self.links = SharedLinks(store, settings)
        self.store = store
        self.metrics = Metrics()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[DocumentStore]:
    with DocumentStore(tmp_path / "store", clock) as store:
        store.conversations.begin(OWNER, TALK, "turn-1", "{}", owner="me", lease_s=60)
        store.conversations.finish(OWNER, "turn-1", "{}", owner="me")
        yield store


@pytest.fixture
def serve(store: DocumentStore, tmp_path: Path) -> Iterator[Serve]:
    work = bounded_queues(1)

    def served(**changes: object) -> TestClient:
        settings = replace(Settings(models_dir=MODELS, data_dir=tmp_path, share=True), **changes)  # type: ignore[arg-type]
        library = OnlyLinks(store, settings)
        services = ApiServices(
            settings=settings,
            library=lambda: library,  # type: ignore[arg-type,return-value]
            trouble=lambda: "",
            page_key=page_key,
            blocking=Blocking(),
            bounded=work,
            started_at=time.monotonic(),
        )
        return TestClient(Edge(create_api(services), "https://huggingface.co"), base_url="http://footnote.test")

    yield served
    work.close()


def share(store: DocumentStore, days: float = 0.0) -> str:
    link = store.shares.keep(OWNER, TALK, PAGE, (), days=days, most=(10**9, 10**9))
    assert link is not None
    return f"/shared/{link.token}"


def told(answer: Response) -> tuple[int, bytes, dict[str, str]]:
    return answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k != "x-request-id"}


def test_a_link_shows_one_page_in_which_nothing_can_run_and_sets_and_keeps_nothing(
    store: DocumentStore, serve: Serve
) -> None:
    answer = serve().get(share(store))
    assert (answer.status_code, answer.content) == (200, PAGE)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'none'" in policy
    assert not any(rule.startswith(("script-src", "connect-src")) for rule in policy)
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in answer.headers


def test_wrong_taken_back_over_and_switched_off_answer_alike(
    store: DocumentStore, serve: Serve, clock: FakeClock
) -> None:
    client = serve()
    live = share(store)
    off = told(serve(share=False).get(live))
    store.shares.stop(OWNER, TALK)
    stopped = told(client.get(live))
    ends = share(store, days=1)
    assert client.get(ends).status_code == 200
    clock.now += 86_400
    over = told(client.get(ends))
    gone = share(store)
    store.conversations.delete(OWNER, TALK)
    deleted = told(client.get(gone))
    guesses = [told(client.get(f"/shared/{guess}")) for guess in ("x", "A" * 43, "..%2f..%2fetc%2fpasswd", "a/b")]
    assert stopped[0] == 404
    assert "ask whoever sent it" in client.get(live).text
    assert all(answer == stopped for answer in (off, over, deleted, *guesses))


def test_a_cookie_opens_no_more_and_no_less_and_a_link_opens_nothing_of_the_api(
    store: DocumentStore, serve: Serve
) -> None:
    client, link = serve(), share(store)
    for key in ("", OWNER, STRANGER):
        headers = {"Cookie": f"{WORKSPACE_COOKIE}={key}"} if key else {}
        assert client.get(link, headers=headers).content == PAGE
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert client.request(method, link).status_code == 405
    assert client.get("/api/threads").status_code == 401
    assert client.get(link).content == PAGE


def test_whoever_guesses_fast_is_told_to_wait(store: DocumentStore, serve: Serve) -> None:
    client = serve(api_per_minute=4)
    answers = [client.get(f"/shared/{'A' * 42}{n}") for n in range(8)]
    assert [answer.status_code for answer in answers] == [404] * 4 + [429] * 4
    assert int(answers[-1].headers["retry-after"]) > 0


def test_no_log_names_a_link(store: DocumentStore, serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    link = share(store)
    logging.getLogger("src.api").propagate = True
    with caplog.at_level(logging.INFO, logger="src.api"):
        serve().get(link)
    said = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("src."))
    assert re.search(r"GET /shared/\{token:path\} 200", said)
    assert link.rpartition("/")[2] not in said


def test_what_is_taken_back_while_it_is_read_breaks_off(store: DocumentStore, serve: Serve) -> None:
    token = share(store).rpartition("/")[2]
    links = SharedLinks(store, Settings(share=True))
    first = links.part(token)
    assert first is not None

    async def read_on() -> list[bytes]:
        pieces = _following(links, token, first, Blocking())
        assert await anext(pieces) == PAGE[: len(first.data)] != PAGE
        store.shares.stop(OWNER, TALK)
        return [piece async for piece in pieces]

    assert asyncio.run(read_on()) == []
