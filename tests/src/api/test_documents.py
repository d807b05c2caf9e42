"""Files put in, listed, read and taken out, through the real server."""

from __future__ import annotations

import httpx
import pytest

from tests.sample_report import SAMPLE
from tests.src.api.conftest import Join, add_sample
from tests.src.api.events import events_of


def test_a_file_is_read_and_its_pages_hold_the_words_that_citations_count(library: httpx.Client) -> None:
    (document,) = library.get("/api/documents").json()["documents"]
    assert (document["name"], document["pages"], document["state"]) == ("sample.pdf", 4, "ready")
    found = library.post("/api/search", json={"query": "How many ships called?"}).json()
    best = found["passages"][0]
    page = library.get(f"/api/documents/{document['id']}/pages/{best['page']}").json()
    assert page["text"][best["start"] : best["end"]] == best["text"]
    assert page["page_label"] == best["page_label"]


def test_progress_comes_as_events_and_ends_with_the_document(server: str, join: Join) -> None:
    files, headers = {"file": ("a.pdf", SAMPLE.read_bytes())}, {"Accept": "text/event-stream"}
    with join(server).stream("POST", "/api/documents", files=files, headers=headers) as stream:
        events = list(events_of(stream.iter_lines()))
    names = [name for name, _ in events]
    assert names[0] == "stream_start"
    assert set(names[1:-1]) == {"progress"}
    assert names[-1] == "stream_end"
    progress = [data["progress"] for name, data in events if name == "progress"]
    assert progress == sorted(progress)
    assert events[-1][1]["state"] == "ready"


@pytest.mark.parametrize("data", [b"shopping list", b""])
def test_what_is_no_pdf_is_refused_and_not_kept(server: str, join: Join, data: bytes) -> None:
    client = join(server)
    files = [("file", ("a.pdf", SAMPLE.read_bytes())), ("file", ("notes.pdf", data))]
    refused = client.post("/api/documents", files=files)
    assert (refused.status_code, refused.json()["error"]["code"]) == (415, "not_a_pdf")
    assert "notes.pdf" in refused.json()["error"]["message"]
    assert client.get("/api/documents").json() == {"documents": []}


def test_a_text_is_taken_and_keeps_its_name(server: str, join: Join) -> None:
    files = {"file": ("minutes.txt", b"The board approved 4,317,000 euros.")}
    added = join(server).post("/api/documents", params={"wait_s": 60}, files=files).json()
    assert (added["name"], added["state"], added["pages"]) == ("minutes.txt", "ready", 1)


def test_a_damaged_pdf_is_kept_and_says_what_is_wrong(server: str, join: Join) -> None:
    files = {"file": ("cut.pdf", SAMPLE.read_bytes()[:300])}
    added = join(server).post("/api/documents", params={"wait_s": 60}, files=files).json()
    assert added["state"] == "failed"
    assert "PDF" in added["reason"]


def test_every_file_of_an_upload_is_taken(server: str, join: Join) -> None:
    client = join(server)
    files = [("file", (name, SAMPLE.read_bytes() + more)) for name, more in (("a.pdf", b""), ("b.pdf", b"\n%more\n"))]
    taken = client.post("/api/documents", params={"wait_s": 60}, files=files).json()["documents"]
    assert [(document["name"], document["state"]) for document in taken] == [("a.pdf", "ready"), ("b.pdf", "ready")]
    with client.stream("POST", "/api/documents", files=files, headers={"Accept": "text/event-stream"}) as stream:
        names = [name for name, _ in events_of(stream.iter_lines())]
    assert (names.count("stream_start"), names.count("stream_end")) == (2, 2)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/chat/sync", {"message": "How many ships called?"}),
        ("/api/search", {"query": "How many ships called?"}),
    ],
)
def test_a_question_to_a_document_that_is_not_there_says_so(
    library: httpx.Client, path: str, body: dict[str, str]
) -> None:
    refused = library.post(path, json=body | {"document_id": "0" * 64})
    assert (refused.status_code, refused.json()["error"]["code"]) == (404, "document_gone")


def test_generators_are_told_what_is_a_file_and_what_comes_unasked(server: str) -> None:
    described = httpx.get(f"{server}/api/openapi.json").json()
    upload = described["paths"]["/api/documents"]["post"]
    assert upload["operationId"] == "add_document"
    form = upload["requestBody"]["content"]["multipart/form-data"]["schema"]["$ref"].rsplit("/", 1)[-1]
    part = described["components"]["schemas"][form]["properties"]["file"]["items"]
    assert part == {"type": "string", "format": "binary"}
    assert next(iter(described["paths"]["/api/chat"]["post"]["responses"]["200"]["content"])) == "text/event-stream"


def test_a_name_is_told_as_it_was_before_a_browser_sent_it(server: str, join: Join) -> None:
    """httpx writes the form as browsers do: a quotation mark is %22 on the wire."""
    files = {"file": ('the "final" report.pdf', SAMPLE.read_bytes())}
    assert join(server).post("/api/documents", files=files).json()["name"] == 'the "final" report.pdf'


def test_the_same_bytes_again_are_the_document_that_is_there(library: httpx.Client) -> None:
    add_sample(library)
    assert len(library.get("/api/documents").json()["documents"]) == 1


def test_what_has_not_failed_cannot_be_tried_again(library: httpx.Client) -> None:
    (document,) = library.get("/api/documents").json()["documents"]
    refused = library.post(f"/api/documents/{document['id']}/retry", json={})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_failed")
    assert "nothing to try again" in refused.json()["error"]["message"]
    assert library.get("/api/documents").json()["documents"] == [document]


def test_a_deleted_document_is_neither_listed_nor_searched_nor_read(library: httpx.Client) -> None:
    document_id = library.get("/api/documents").json()["documents"][0]["id"]
    assert library.delete(f"/api/documents/{document_id}").status_code == 204
    assert library.get("/api/documents").json() == {"documents": []}
    assert library.get(f"/api/documents/{document_id}").status_code == 404
    assert library.get(f"/api/documents/{document_id}/pages/1").status_code == 404
    assert library.delete(f"/api/documents/{document_id}").json()["error"]["code"] == "document_gone"
    refused = library.post("/api/search", json={"query": "ships"})
    assert refused.status_code == 422
    assert "no document" in refused.json()["error"]["message"]


def test_nobody_sees_or_searches_or_deletes_what_is_on_anothers_shelf(
    library: httpx.Client, server: str, join: Join
) -> None:
    document_id = library.get("/api/documents").json()["documents"][0]["id"]
    stranger = join(server)
    assert stranger.get("/api/documents").json() == {"documents": []}
    for path in (f"/api/documents/{document_id}", f"/api/documents/{document_id}/pages/1"):
        assert stranger.get(path).status_code == 404
    assert stranger.delete(f"/api/documents/{document_id}").status_code == 404
    assert library.get(f"/api/documents/{document_id}").status_code == 200


def test_a_search_may_be_confined_to_one_document(library: httpx.Client) -> None:
    known = library.get("/api/documents").json()["documents"][0]["id"]
    within = library.post("/api/search", json={"query": "timber", "document_id": known, "top_k": 2}).json()
    assert len(within["passages"]) == 2
    assert within["answerable"]
    elsewhere = library.post("/api/search", json={"query": "timber", "document_id": "0" * 64})
    assert elsewhere.status_code == 404


def test_what_the_documents_do_not_speak_to_is_told(library: httpx.Client) -> None:
    assert not library.post("/api/search", json={"query": "Who painted the Mona Lisa?"}).json()["answerable"]


def test_a_whole_number_may_be_written_with_a_point(library: httpx.Client) -> None:
    """JSON Schema, 6.1.1: 2.0 is an integer."""
    assert len(library.post("/api/search", json={"query": "timber", "top_k": 2.0}).json()["passages"]) == 2
    assert library.post("/api/search", json={"query": "timber", "top_k": 2.5}).status_code == 422
