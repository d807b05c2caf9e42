"""Collections and the link of a conversation, through the real server."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.conftest import serve
from tests.src.api.conftest import Join, add_sample, new_key

NOTES = b"The board approved 4,317,000 euros for the new quay in 2031."
QUESTION = "How many ships called at the port?"


@pytest.fixture(scope="module")
def sharing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    open_ = {"FOOTNOTE_API_PER_MINUTE": "1000000", "FOOTNOTE_SHARE": "1"}
    with serve(tmp_path_factory.mktemp("api-links"), "http://127.0.0.1:9", 0, **open_) as address:
        yield address


def test_a_collection_is_made_asked_by_name_or_id_changed_and_taken_away(library: httpx.Client) -> None:
    sample = library.get("/api/documents").json()["documents"][0]["id"]
    notes = library.post("/api/documents", params={"wait_s": 60}, files={"file": ("minutes.txt", NOTES)}).json()["id"]
    made = library.post("/api/collections", json={"name": "Minutes", "document_ids": [notes]})
    assert made.status_code == 201
    group = made.json()["id"]
    for name in (group, "minutes"):
        found = library.post("/api/search", json={"query": QUESTION, "collection": name}).json()
        assert {passage["document_id"] for passage in found["passages"]} <= {notes}
        told = library.post("/api/chat/sync", json={"message": QUESTION, "collection": name}).json()
        assert {citation["document_id"] for citation in told["citations"]} <= {notes}
    both = {"name": "All", "document_ids": [sample, notes]}
    changed = library.patch(f"/api/collections/{group}", json=both).json()
    assert changed == {"id": group, **both}
    told = library.post("/api/chat/sync", json={"message": QUESTION, "collection": "All"}).json()
    assert told["citations"][0]["document_id"] == sample
    assert library.delete(f"/api/collections/{group}").status_code == 204
    assert library.get("/api/collections").json() == {"collections": []}
    assert len(library.get("/api/documents").json()["documents"]) == 2


def test_what_cannot_be_a_collection_is_refused_with_a_code(library: httpx.Client, server: str, join: Join) -> None:
    def code(answer: httpx.Response) -> tuple[int, str]:
        return answer.status_code, answer.json()["error"]["code"]

    library.post("/api/collections", json={"name": "Empty"})
    assert code(library.post("/api/collections", json={"name": "EMPTY"})) == (409, "unusable_collection")
    unknown = {"name": "Other", "document_ids": ["0" * 64]}
    assert code(library.post("/api/collections", json=unknown)) == (404, "document_gone")
    asked = {"message": QUESTION, "collection": "Empty"}
    assert code(library.post("/api/chat/sync", json=asked)) == (422, "empty_collection")
    asked = {"message": QUESTION, "collection": "Nobody's"}
    assert code(library.post("/api/chat/sync", json=asked)) == (404, "collection_gone")
    (group,) = library.get("/api/collections").json()["collections"]
    stranger = join(server)
    assert stranger.get("/api/collections").json() == {"collections": []}
    assert code(stranger.delete(f"/api/collections/{group['id']}")) == (404, "collection_gone")
    assert code(stranger.patch(f"/api/collections/{group['id']}", json={})) == (404, "collection_gone")


def test_a_conversation_is_shared_by_the_api_read_without_a_key_and_taken_back(sharing: str, join: Join) -> None:
    client = join(sharing)
    add_sample(client)
    thread = client.post("/api/chat/sync", json={"message": QUESTION}).json()["thread_id"]
    address = f"/api/threads/{thread}/link"
    assert client.get(address).json()["error"]["code"] == "no_link"
    made = client.post(address)
    assert made.status_code == 201
    link = made.json()
    assert link["url"].startswith(f"{sharing}/shared/")
    assert link["made_at"] == pytest.approx(time.time(), abs=600)
    assert link["expires_at"] > link["made_at"]
    assert client.get(address).json() == link
    assert "1,206" in httpx.get(link["url"]).text
    assert join(sharing, new_key()).post(address).json()["error"]["code"] == "thread_gone"
    assert client.delete(address).status_code == 204
    assert httpx.get(link["url"]).status_code == 404
    assert client.get(address).json()["error"]["code"] == "no_link"


def test_where_nothing_is_shared_no_link_is_made(library: httpx.Client) -> None:
    thread = library.post("/api/chat/sync", json={"message": QUESTION}).json()["thread_id"]
    for refused in (library.post(f"/api/threads/{thread}/link"), library.get(f"/api/threads/{thread}/link")):
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "sharing_off")
