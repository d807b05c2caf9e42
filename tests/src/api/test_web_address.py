"""A web address put in by a program or an assistant: off unless the operator allows it, and nothing inside is asked."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from shared_utils.web_address import Fetched
from src.api.app import create_api
from src.api.blocking import Blocking
from src.api.bounded_work import bounded_queues
from src.api.services import ApiServices
from src.library.web import WebAddresses
from src.settings import Settings
from src.wiring import build_library
from tests.fakes import FakeEngines
from tests.src.api.conftest import OPERATORS_KEYS, Join
from tests.src.api.test_assistants import call

PAGE = b"<html><p>The quay is 412 metres long.</p></html>"
ADDRESS = "https://harbour.example/quay"


def test_it_is_off_unless_the_operator_allows_it(server: str, join: Join) -> None:
    client = join(server)
    refused = client.post("/api/web-address", json={"url": ADDRESS})
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "web_addresses_off")
    assert "add_from_web" not in [tool.name for tool in call(client, "").tools]
    assert call(client, "add_from_web", url=ADDRESS).is_error


@pytest.mark.parametrize("inside", ["localhost", "[::ffff:127.0.0.1]", "2130706433"])
def test_the_server_itself_is_not_asked(server_with_keys: str, join: Join, inside: str) -> None:
    client = join(server_with_keys, OPERATORS_KEYS[0])
    kept = client.get("/api/documents").json()
    refused = client.post("/api/web-address", json={"url": f"http://{inside}/"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (502, "not_fetched")
    assert "not on the public web" in refused.json()["error"]["message"]
    port = httpx.URL(server_with_keys).port
    assert "usual ports" in client.post("/api/web-address", json={"url": f"http://{inside}:{port}/"}).text
    assert client.get("/api/documents").json() == kept


def test_an_assistant_is_offered_it_where_it_is_allowed(server_with_keys: str, join: Join) -> None:
    client = join(server_with_keys, OPERATORS_KEYS[0])
    (tool,) = [tool for tool in call(client, "").tools if tool.name == "add_from_web"]
    assert not tool.annotations.read_only_hint
    assert "not on the public web" in call(client, "add_from_web", url="http://localhost/").content[0].text


@pytest.fixture
def client(settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """A library for which one page is on the web."""
    library = build_library(replace(settings, data_dir=tmp_path), FakeEngines())
    library.web = WebAddresses(lambda address: Fetched(address, "text/html", PAGE))
    bounded, began = bounded_queues(2), time.monotonic()
    services = ApiServices(library.settings, lambda: library, lambda: "", lambda _: "", Blocking(), bounded, began)
    with TestClient(create_api(services), headers={"Authorization": f"Bearer {secrets.token_hex(24)}"}) as made:
        yield made
    bounded.close()
    library.close()


def test_what_lies_there_is_read_and_is_the_same_document_again(client: TestClient) -> None:
    taken = client.post("/api/web-address", params={"wait_s": 60}, json={"url": ADDRESS})
    assert taken.status_code == 202
    document: dict[str, Any] = taken.json()
    assert (document["name"], document["pages"], document["state"]) == ("quay.html", 1, "ready")
    assert "412 metres" in client.get(f"/api/documents/{document['id']}/pages/1").json()["text"]
    ask = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    ask["params"] = {"name": "add_from_web", "arguments": {"url": ADDRESS}}
    told = client.post("/mcp", json=ask, headers={"Accept": "application/json, text/event-stream"}).text
    assert document["id"] in told
    assert len(client.get("/api/documents").json()["documents"]) == 1
