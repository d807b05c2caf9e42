"""No Ollama on this machine: offered, agreed to, fetched, started, cancelled, removed. With real processes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.generation.ollama_server import OllamaServer
from src.models.ollama_install import Install
from src.models.ollama_offer import OllamaOffer, kept_of, offer_here, offer_of
from src.models.ollama_release import Release
from src.models.ollama_request import Request, may_ask, request_path, take_request, write_request
from src.models.status import ModelState, ModelStatus, read_status, status_path
from src.models.supervisor import in_words
from src.settings import Settings
from tests.archives import ArchiveServer, described, tar_gz
from tests.fake_ollama import write_fake_binary
from tests.prepared_models import MODELS
from tests.src.models.test_supervisor import PAGE, REPO, Running, free_port, wait_for

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Begin = Callable[..., Running]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    command = write_fake_binary(tmp_path_factory.mktemp("binary")).read_bytes()
    return tar_gz({"bin/ollama": command, "lib/ollama/libggml-cpu.so": os.urandom(200_000)})


@pytest.fixture
def archives(packed: bytes) -> Iterator[ArchiveServer]:
    with ArchiveServer(packed) as server:
        yield server


@pytest.fixture
def begin(tmp_path: Path, archives: ArchiveServer, packed: bytes) -> Iterator[Begin]:
    """Starts the real supervisor on a machine without Ollama, with a small page."""
    started: list[subprocess.Popen[str]] = []

    def run(get: str = "ask", host: str = "127.0.0.1", **script: object) -> Running:
        port, ollama_port = free_port(), free_port()
        page = [sys.executable, "-I", "-S", "-c", PAGE, str(port)]
        code = (
            "import platform, sys\n"
            "from pathlib import Path\n"
            "from src.models.ollama_release import Archive, Release\n"
            "from src.models.supervisor import supervise\n"
            "from src.settings import Settings\n"
            f"archive = {described(packed)!r}\n"
            f"release = Release('1.2.3', {archives.url!r}, {{(platform.system(), ''): archive}})\n"
            f"settings = Settings(port={port}, data_dir=Path({str(tmp_path)!r}), host={host!r},\n"
            f"    models_dir={MODELS!r},\n"
            f"    ollama_url='http://127.0.0.1:{ollama_port}', ollama_binary='no-such-ollama', get_ollama={get!r})\n"
            f"sys.exit(supervise(settings, {page!r}, release))\n"
        )
        environment = {**os.environ, "FAKE_OLLAMA": json.dumps({"models": [], **script})}
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=REPO, env=environment, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return Running(process, port, ollama_port, tmp_path)

    yield run
    for process in started:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def state(running: Running) -> ModelState | None:
    status = running.status()
    return status.state if status else None


def ended(running: Running) -> str:
    """What it logged, after an orderly end."""
    running.process.send_signal(signal.SIGTERM)
    _, log = running.process.communicate(timeout=20)
    assert running.process.returncode == 0
    return log


def test_from_no_ollama_to_the_first_word_without_a_command_typed(begin: Begin, archives: ArchiveServer) -> None:
    running = begin(answer="Leakage fell.")
    wait_for(lambda: state(running) is ModelState.OFFERED)
    status = running.status()
    assert status is not None
    assert status.own_ollama
    assert "Footnote can fetch Ollama 1.2.3" in str(status.reason)
    assert archives.asked == []  # nothing is fetched unasked
    write_request(running.data_dir, Request.GET)
    wait_for(running.is_ready, 40)
    server = OllamaServer(f"http://127.0.0.1:{running.ollama_port}", connect_s=3.0)
    assert [model.name for model in server.models()] == ["llama3.2:3b"]
    assert first_words(running) == "Leakage fell."
    log = ended(running)
    assert "footnote | Model: offered. Footnote can fetch Ollama 1.2.3" in log
    assert "FOOTNOTE_GET_OLLAMA=yes" in log
    assert "footnote | Model llama3.2:3b: ready." in log


def first_words(running: Running) -> str:
    import httpx

    body = {"model": "llama3.2:3b", "messages": [{"role": "user", "content": "How far did leakage fall?"}]}
    answer = httpx.post(f"http://127.0.0.1:{running.ollama_port}/api/chat", json=body, timeout=20)
    lines = [json.loads(line) for line in answer.text.splitlines()]
    return "".join(line["message"]["content"] for line in lines).strip()


def test_what_was_agreed_to_holds_at_the_next_start_and_is_not_fetched_again(
    begin: Begin, archives: ArchiveServer
) -> None:
    first = begin()
    write_request(first.data_dir, Request.GET)
    wait_for(first.is_ready, 40)
    ended(first)
    fetched = len(archives.asked)
    second = begin(models=["llama3.2:3b"])
    wait_for(second.is_ready, 40)
    assert len(archives.asked) == fetched == 1


def test_what_has_come_of_it_before_is_told(tmp_path: Path) -> None:
    archive = replace(described(b""), size_bytes=1_400_000_000)
    install = Install(archive, "1.2.3", "", tmp_path, everything=False, disk_free_bytes=lambda _: None)
    assert not kept_of(install)
    install.partial.touch()
    os.truncate(install.partial, 600_000_000)
    assert str(kept_of(install)) == "0.6 GB of Ollama 1.2.3 are here already and are not fetched again."


def test_cancelled_in_the_middle_it_is_offered_again_and_goes_on_from_there(
    begin: Begin, archives: ArchiveServer
) -> None:
    archives.held = threading.Event()
    running = begin()
    write_request(running.data_dir, Request.GET)
    assert archives.half.wait(20)
    wait_for(lambda: state(running) is ModelState.FETCHING)
    write_request(running.data_dir, Request.CANCEL)
    wait_for(lambda: state(running) is ModelState.OFFERED)
    archives.held.set()
    write_request(running.data_dir, Request.GET)
    wait_for(running.is_ready, 40)
    ended(running)


def test_a_pull_that_is_cancelled_leaves_no_ollama_running(begin: Begin) -> None:
    running = begin(pull_line_s=600.0)
    write_request(running.data_dir, Request.GET)
    wait_for(lambda: state(running) is ModelState.PULLING, 40)
    write_request(running.data_dir, Request.CANCEL)
    wait_for(lambda: state(running) is ModelState.OFFERED)
    status = running.status()
    assert status is not None
    assert "Ollama 1.2.3 is here; Footnote can fetch llama3.2:3b" in str(status.reason)
    assert not OllamaServer(f"http://127.0.0.1:{running.ollama_port}", connect_s=1.0).is_alive()


def test_removed_nothing_of_it_is_left(begin: Begin) -> None:
    running = begin()
    write_request(running.data_dir, Request.GET)
    wait_for(running.is_ready, 40)
    assert (running.data_dir / "ollama" / "1.2.3").is_dir()
    write_request(running.data_dir, Request.REMOVE)
    wait_for(lambda: state(running) is ModelState.OFFERED)
    assert not (running.data_dir / "ollama").exists()
    assert not OllamaServer(f"http://127.0.0.1:{running.ollama_port}", connect_s=1.0).is_alive()


def test_yes_fetches_it_without_asking(begin: Begin) -> None:
    wait_for(begin("yes").is_ready, 40)


def test_no_offers_nothing(begin: Begin) -> None:
    running = begin("no")
    wait_for(lambda: state(running) is ModelState.UNAVAILABLE)
    status = running.status()
    assert status is not None
    assert "https://ollama.com/download" in str(status.reason)
    assert not status.own_ollama


def test_what_came_to_nothing_says_why_and_can_be_tried_again(begin: Begin, archives: ArchiveServer) -> None:
    archives.status = 404
    running = begin()
    write_request(running.data_dir, Request.GET)
    wait_for(lambda: "answered 404" in str((running.status() or ModelStatus(ModelState.STARTING)).reason))
    assert state(running) is ModelState.OFFERED
    archives.status = 0
    write_request(running.data_dir, Request.GET)
    wait_for(running.is_ready, 40)


def test_a_page_that_others_reach_asks_in_vain(tmp_path: Path) -> None:
    settings = Settings(models_dir=MODELS, data_dir=tmp_path, host="0.0.0.0")  # noqa: S104 - nothing is bound
    offer, _ = offer_here(settings, lambda _: None)
    assert offer is not None
    write_request(tmp_path, Request.GET)
    assert offer.asked() is None
    assert not request_path(tmp_path).exists()


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"host": "::1"}, True),
        ({"host": "localhost"}, True),
        ({"host": "192.168.1.5"}, False),
        ({"proxies": 1}, False),
        ({"hosts": ("docs.example.org",)}, False),
        ({"own_names": ("*.hf.space",)}, False),
    ],
)
def test_only_a_page_for_this_machine_alone_may_ask(changes: dict[str, object], may: bool) -> None:
    assert may_ask(replace(Settings(), **changes)) is may  # type: ignore[arg-type]


def test_a_request_is_read_once_and_nonsense_is_none(tmp_path: Path) -> None:
    write_request(tmp_path, Request.REMOVE)
    assert take_request(tmp_path) is Request.REMOVE
    assert take_request(tmp_path) is None
    request_path(tmp_path).write_text("rm -rf /")
    assert take_request(tmp_path) is None


def an_install(tmp_path: Path) -> Install:
    return Install(described(b"x" * 10), "1.2.3", "http://127.0.0.1:9/", tmp_path, False, lambda _: None)


def test_what_nobody_foresaw_is_told_once_and_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def broken(_: Install) -> Iterator[ModelStatus]:
        calls.append(1)
        raise ImportError("No module named 'backports'")

    monkeypatch.setattr(Install, "steps", broken)
    offer = OllamaOffer(Settings(models_dir=MODELS, data_dir=tmp_path), an_install(tmp_path), lambda _: None)
    offer.agree()
    wait_for(lambda: "No module named" in str(offer.status().reason))
    assert offer.status().state is ModelState.OFFERED
    assert calls == [1]


def test_the_sizes_are_told_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install = an_install(tmp_path)
    install = replace(install, archive=replace(install.archive, size_bytes=1_427_542_079))
    monkeypatch.setattr("src.models.ollama_offer.memory_bytes", lambda: 16_000_000_000)
    assert str(offer_of(Settings(), install)) == (
        "Footnote can fetch Ollama 1.2.3 (1.4 GB) and llama3.2:3b (2.1 GB): 3.5 GB in all. "
        "If it is too slow here, llama3.2:1b (1.4 GB) is fetched as well."
    )
    monkeypatch.setattr("src.models.ollama_offer.memory_bytes", lambda: 3_000_000_000)
    assert str(offer_of(Settings(), install)) == (
        "Footnote can fetch Ollama 1.2.3 (1.4 GB) and llama3.2:1b (1.4 GB): 2.8 GB in all."
    )
    assert str(offer_of(Settings(model="mine"), install)).startswith(
        "Footnote can fetch Ollama 1.2.3 (1.4 GB) and mine."
    )


def test_the_models_lie_beside_it_unless_a_folder_is_named(tmp_path: Path) -> None:
    settings = Settings(models_dir=MODELS, data_dir=tmp_path)
    _, here = offer_here(settings, lambda _: None)
    assert here.ollama_models == tmp_path / "ollama" / "models"
    named = replace(settings, ollama_models=tmp_path / "mine")
    assert offer_here(named, lambda _: None)[1] == named


def test_a_system_for_which_there_is_nothing_is_offered_nothing(tmp_path: Path) -> None:
    settings = Settings(models_dir=MODELS, data_dir=tmp_path)
    assert offer_here(settings, lambda _: None, Release("1", "http://127.0.0.1:9/", {})) == (None, settings)


def test_the_log_names_what_is_fetched() -> None:
    status = ModelStatus(ModelState.FETCHING, "Ollama 0.34.2", completed_bytes=470, total_bytes=1000)
    assert in_words(status) == "Ollama 0.34.2: fetching, 40 %."
    assert read_status(status_path(Path("/nowhere")), 0.0) is None
