"""Real server processes on the loopback, and clients with keys of their own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from src.api.blocking import Blocking
from src.api.bounded_work import bounded_queues
from src.api.services import ApiServices
from src.settings import Settings
from tests.e2e.conftest import serve
from tests.fake_ollama import FakeOllama, Script
from tests.prepared_models import MODELS
from tests.sample_report import SAMPLE
from tests.src.api import patient

OPERATORS_KEYS = ("the-first-of-two-keys-0123", "the-second-of-two-keys-4567")
WELCOME = "https://welcome.example"
_NO_MODEL = "http://127.0.0.1:9"
_UNLIMITED = {"FOOTNOTE_API_PER_MINUTE": "1000000"}  # every test comes from the same address


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Without a language model: answers quote the documents."""
    with serve(tmp_path_factory.mktemp("api"), _NO_MODEL, 0, **_UNLIMITED) as address:
        yield address


@pytest.fixture(scope="package")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(Script(models=["llama3.2:3b"])) as fake:
        yield fake


@pytest.fixture(scope="package")
def server_with_model(tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("api-model"), ollama.url, 0, **_UNLIMITED) as address:
        yield address


@pytest.fixture(scope="package")
def server_with_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One that an operator has closed: keys of theirs, one site that may use them, small files, web addresses."""
    closed = {
        "FOOTNOTE_API_KEYS": ",".join(OPERATORS_KEYS),
        "ALLOWED_ORIGINS": WELCOME,
        "FOOTNOTE_MAX_FILE_MB": "2",
        "FOOTNOTE_WEB_ADDRESSES": "1",
        **_UNLIMITED,
    }
    with serve(tmp_path_factory.mktemp("api-keys"), _NO_MODEL, 0, **closed) as address:
        yield address


def not_yet_open(data_dir: Path, trouble: str = "") -> ApiServices:
    """What the API stands on before there is a library. Close its bounded work."""
    return ApiServices(
        settings=Settings(models_dir=MODELS, data_dir=data_dir),
        library=lambda: None,
        trouble=lambda: trouble,
        page_key=lambda _: "",
        blocking=Blocking(),
        bounded=bounded_queues(1),
        started_at=time.monotonic(),
    )


def new_key() -> str:
    return secrets.token_hex(24)


Join = Callable[..., httpx.Client]


@pytest.fixture
def join() -> Iterator[Join]:
    """`join(address)` is a client with a key that nobody else has; `join(address, key)` one with that key."""
    clients: list[httpx.Client] = []

    def client(address: str, key: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {key or new_key()}"}
        clients.append(patient.Client(base_url=address, headers=headers))
        return clients[-1]

    yield client
    for opened in clients:
        opened.close()


def add_sample(client: httpx.Client) -> str:
    """The sample report, read to its end; returns its id."""
    files = {"file": ("sample.pdf", SAMPLE.read_bytes())}
    added = client.post("/api/documents", params={"wait_s": 60}, files=files)
    assert added.status_code == 202, added.text
    assert added.json()["state"] == "ready", added.text
    return str(added.json()["id"])


@pytest.fixture
def library(server: str, join: Join) -> httpx.Client:
    """A client with the sample report on its shelf."""
    client = join(server)
    add_sample(client)
    return client
