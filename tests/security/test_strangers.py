"""What somebody gets who knows every address of another person's library, but not the key to it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from urllib.parse import unquote

import httpx
import pytest

from src.screen.session import WORKSPACE_COOKIE
from tests.patience import PATIENT
from tests.sample_report import SAMPLE
from tests.src.api.conftest import Join, add_sample

pytestmark = pytest.mark.enable_socket

QUESTION = "How many ships called at the port?"


def as_browser(join: Join, address: str) -> httpx.Client:
    """A client with the page's cookie, and the same key for the API."""
    key = secrets.token_urlsafe(24)
    client = join(address, key)
    client.headers["Cookie"] = f"{WORKSPACE_COOKIE}={key}"
    return client


@dataclass(frozen=True, slots=True)
class Known:
    """What a person has, and where it can be fetched by whoever may."""

    owner: httpx.Client
    document: str
    thread: str
    turn: str

    def addresses(self) -> tuple[str, ...]:
        return (
            f"/file/{self.document}.pdf",
            f"/file/{self.document}.pdf?download",
            f"/page/{self.document}/1.jpg",
            f"/api/documents/{self.document}",
            f"/api/documents/{self.document}/pages/1",
            f"/api/conversation/{self.thread}",
            f"/running/{self.thread}/{self.turn}.json",
        )


@pytest.fixture
def known(server: str, join: Join) -> Known:
    owner = as_browser(join, server)
    document = add_sample(owner)
    told = owner.post("/api/chat/sync", json={"message": QUESTION}).json()
    return Known(owner, document, told["thread_id"], told["message_id"])


def test_what_is_anothers_answers_like_what_does_not_exist(known: Known, server: str, join: Join) -> None:
    stranger = as_browser(join, server)
    for address in known.addresses():
        assert known.owner.get(address).status_code == 200, address
        nowhere = address.replace(known.document, "0" * 64).replace(known.thread, secrets.token_urlsafe(12))
        refused, missing = stranger.get(address), stranger.get(nowhere)
        assert (refused.status_code, refused.content) == (missing.status_code, missing.content), address
        assert refused.status_code == 404, address
        assert httpx.get(f"{server}{address}", timeout=PATIENT).status_code in (401, 404), address


def test_nobody_deletes_or_goes_on_with_anothers_thread(known: Known, server: str, join: Join) -> None:
    stranger = as_browser(join, server)
    add_sample(stranger)
    assert stranger.delete(f"/api/threads/{known.thread}").status_code == 404
    stranger.post("/api/chat/sync", json={"message": "And by which month?", "thread_id": known.thread})
    messages = known.owner.get(f"/api/conversation/{known.thread}").json()["messages"]
    assert [message["content"] for message in messages if message["role"] == "user"] == [QUESTION]
    assert QUESTION not in stranger.get("/api/threads").text


def test_to_have_the_same_file_is_not_to_have_what_was_asked_of_it(known: Known, server: str, join: Join) -> None:
    stranger = as_browser(join, server)
    assert add_sample(stranger) == known.document
    assert stranger.get("/api/threads").json() == {"threads": []}
    assert stranger.delete(f"/api/documents/{known.document}").status_code == 204
    assert known.owner.get(f"/file/{known.document}.pdf").content == SAMPLE.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/file/..%2f..%2f..%2fetc%2fpasswd.pdf",
        "/file/%2e%2e/%2e%2e/etc/passwd.pdf",
        "/page/..%2f..%2fetc%2fpasswd/1.jpg",
        "/api/documents/..%2f..%2fetc%2fpasswd",
        "/api/conversation/..%2f..%2fetc%2fpasswd",
    ],
)
def test_no_address_leads_out_of_the_house(known: Known, path: str) -> None:
    answer = known.owner.get(path)
    assert "root:" not in answer.text
    assert "SettingsError" not in answer.text
    assert answer.status_code in (400, 404, 422) or answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/x.pdf",
        'a"; filename="b.exe',
        "report.pdf\u202egnp.exe",
        "<script>alert(1)</script>.pdf",
        "a\\r\\nSet-Cookie: footnote_shelf=x.pdf",
    ],
)
def test_a_files_name_stays_inside_its_header(server: str, join: Join, name: str) -> None:
    client = as_browser(join, server)
    files = {"file": (name, SAMPLE.read_bytes())}
    document = client.post("/api/documents", params={"wait_s": 60}, files=files).json()["id"]
    download = client.get(f"/file/{document}.pdf?download")
    told = unquote(re.sub(r"^attachment; filename(\*=utf-8''|=)", "", download.headers["content-disposition"])).strip(
        '"'
    )
    assert download.headers["content-type"] == "application/pdf"
    assert told.endswith(".pdf")
    assert not set(told) & set('\\/:*?"<>|\r\n\u202e')
    assert not told.startswith(".")
    assert "set-cookie" not in download.headers
