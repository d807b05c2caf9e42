"""A server that has every secret there is, and everything it writes and says while it works."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from src.settings import Settings, settings_fields
from tests.e2e.conftest import serve
from tests.fake_ollama import FakeOllama
from tests.patience import patient_client
from tests.src.api.conftest import Join, add_sample

pytestmark = pytest.mark.enable_socket

SECRETS = {
    "HF_TOKEN": "hf_madeUpForThisTestAlone0123456789",
    "FOOTNOTE_API_KEYS": "a-made-up-key-of-the-operators-0123",
    "FOOTNOTE_ENDPOINT_KEY": "a-made-up-key-of-a-model-server-4567",
}
QUESTION = "How many ships called at the port?"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def trusted(folder: Path, ollama: FakeOllama) -> Iterator[str]:
    with serve(folder, ollama.url, 0, **SECRETS) as address:
        yield address


def everything_told(client: httpx.Client, strangers: httpx.Client) -> Iterator[str]:
    """What the server answers to whom it knows, to whom it does not, and to nonsense."""
    key = SECRETS["FOOTNOTE_API_KEYS"]
    document = add_sample(client)
    answer = client.post("/api/chat/sync", json={"message": QUESTION})
    thread = answer.json()["thread_id"]
    yield answer.text
    for path in ("/api/documents", f"/api/conversation/{thread}", "/api/threads", "/v1/models", "/metrics"):
        yield client.get(path).text
    yield client.post("/v1/chat/completions", json={"model": "footnote", "messages": [{"role": "user"}]}).text
    yield client.post("/api/chat/sync", json={"message": "", "key": key}).text
    yield client.delete(f"/api/documents/{document}").text
    for path in ("/", "/healthz", "/api/health", "/api/docs", "/api/openapi.json", "/metrics", "/_stcore/host-config"):
        answer = strangers.get(path)
        yield f"{answer.headers}{answer.text}"
    yield strangers.get("/api/threads", headers={"Authorization": f"Basic {key}"}).text
    strangers.get(f"/api/threads?key={key}")  # a key where it does not belong ends up in no log, either


def processes() -> str:
    """Every command line of this machine, as anybody on it may read them."""
    lines = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            lines.append(command.read_bytes().decode("utf-8", "replace"))
    return "\n".join(lines)


def test_no_secret_is_told_logged_kept_or_named_to_other_processes(trusted: str, folder: Path, join: Join) -> None:
    with patient_client(trusted) as strangers:
        told = list(everything_told(join(trusted, SECRETS["FOOTNOTE_API_KEYS"]), strangers))
    assert any("footnote_requests_total" in text for text in told)
    told += [(folder / "server.log").read_text(), processes()]
    told += [path.read_bytes().decode("latin-1") for path in (folder / "data").rglob("*") if path.is_file()]
    for variable, secret in SECRETS.items():
        assert not [text[:200] for text in told if secret in text], variable


# ------------------------------------------------------------------------------------------------ who learns them


def secret_variables() -> set[str]:
    """The variables whose value `Settings.secrets` keeps out of the log."""
    mark = "postgresql://a-marked-value"
    found = set()
    for setting in settings_fields():
        value: Any = (mark,) if isinstance(setting.default, tuple) else mark
        if isinstance(setting.default, str | tuple) and mark in replace(Settings(), **{setting.name: value}).secrets():
            found.add(setting.metadata["env"])
    return found


def test_whatever_is_called_a_key_is_kept_out_of_the_log() -> None:
    called = {
        setting.metadata["env"]
        for setting in settings_fields()
        if re.search("KEY|TOKEN|SECRET|PASSWORD", setting.metadata["env"]) and isinstance(setting.default, str | tuple)
    }
    assert {"HF_TOKEN", "FOOTNOTE_API_KEYS", "FOOTNOTE_ENDPOINT_KEY"} <= called
    assert called <= secret_variables()
