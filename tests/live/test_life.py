"""A model's life in the product, as processes: start, pull, choice, words, kill -9, switch, restart.

`pytest -m live tests/live/test_life.py` drives the stand-in for Ollama. With FOOTNOTE_LIVE_OLLAMA_BINARY it is a real
`ollama` with the models of FOOTNOTE_LIVE_MODELS (two names, separated by a comma; the first is fetched where it is not
there); with FOOTNOTE_LIVE_LLAMA the stand-in's words, times and counts are a real model's (tests/live/llama_ollama.py).
No test asks what a small model may get wrong.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shared_utils.errors import GenerationInterrupted
from shared_utils.types import GenerationDone, GenerationEvent, TextDelta
from src.answering.prompts import standard_prompt
from src.models.engines import Engines
from src.models.status import ModelState, ModelStatus, read_status, status_path
from src.models.wish import wish_of
from src.settings import Settings
from tests.fake_ollama import write_fake_binary
from tests.fakes import never, prompt_saying
from tests.live import llama_ollama
from tests.patience import patient_client
from tests.waiting import until

pytestmark = [pytest.mark.live, pytest.mark.allow_hosts(["127.0.0.1"])]

REPO = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("FOOTNOTE_LIVE_OLLAMA_BINARY", "")
MODELS = os.environ.get("FOOTNOTE_LIVE_MODELS", "llama3.2:3b,llama3.2:1b").split(",")
LONG_S = 1800.0 if BINARY or llama_ollama.PYTHON else 60.0  # a real model is fetched, loaded and measured
SLOW = {"token_s": 0.05, "answer": " ".join(f"word{number}" for number in range(200))}
PAGE = ["The harbour's turnover was 12.4 million in 2021.", "The harbour master is Ingrid Solberg."]


@dataclass
class Product:
    """`startup.py` with its page and its Ollama."""

    process: subprocess.Popen[bytes]
    settings: Settings
    log: Path

    def status(self) -> ModelStatus | None:
        return read_status(status_path(self.settings.data_dir), time.time())

    def in_state(self, state: ModelState) -> bool:
        status = self.status()
        return status is not None and status.state is state

    def wait_until_ready(self) -> ModelStatus:
        until(lambda: self.in_state(ModelState.READY), LONG_S)
        status = self.status()
        assert status is not None
        return status

    def said(self, choice: str = "", tokens: int = 8) -> Iterator[GenerationEvent]:
        """What the product's own writer says, event by event."""
        writer = Engines(self.settings).writers(choice)[0]
        return writer.engine.generator.generate(
            prompt_saying("Tell a story of a harbour in ten sentences.", tokens), never
        )

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def words(events: Sequence[GenerationEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Product]]:
    running: list[Product] = []
    settings = Settings(
        data_dir=tmp_path / "data",
        port=free_port(),
        ollama_url=f"http://127.0.0.1:{free_port()}",
        model=MODELS[0],
        fallback_model=MODELS[-1],
        first_token_deadline_s=max(30.0, LONG_S / 6),
    )

    def begin(**script: object) -> Product:
        environment = {
            **os.environ,
            "FAKE_OLLAMA": json.dumps(script),
            "FOOTNOTE_DATA_DIR": str(settings.data_dir),
            "FOOTNOTE_OLLAMA": BINARY or str(stand_in(tmp_path)),
            "FOOTNOTE_MODEL": settings.model,
            "FOOTNOTE_FALLBACK_MODEL": settings.fallback_model,
            "FOOTNOTE_FIRST_TOKEN_DEADLINE_S": str(settings.first_token_deadline_s),
            "OLLAMA_HOST": settings.ollama_url,
            "PORT": str(settings.port),
        }
        log = tmp_path / "log"
        with log.open("ab") as to:
            process = subprocess.Popen([sys.executable, "startup.py"], cwd=REPO, env=environment, stderr=to)
        running.append(Product(process, settings, log))
        return running[-1]

    yield begin
    for product in running:
        if product.process.poll() is None:
            product.end()


def stand_in(folder: Path) -> Path:
    return llama_ollama.write_binary(folder) if llama_ollama.PYTHON else write_fake_binary(folder)


def ollama_processes(product: Product) -> list[int]:
    """The server and its runners, the server first: the supervisor's children that are not the page, and theirs."""
    children: dict[int, list[int]] = {}
    commands: dict[int, str] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, parent = int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
            commands[pid] = (stat.parent / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        children.setdefault(parent, []).append(pid)
    servers = [pid for pid in children.get(product.process.pid, []) if commands[pid].rstrip().endswith("serve")]
    return servers + [runner for server in servers for runner in children.get(server, [])]


def test_from_no_model_to_the_first_word_without_a_command(
    launch: Callable[..., Product], draw_pdf: Callable[[str, Sequence[Sequence[str]]], Path]
) -> None:
    product = launch(models=[], layers=[400_000, 200], pull_fault="dies", fault_after=3)
    status = product.wait_until_ready()
    assert status.model in MODELS
    assert status.first_token_s is not None
    assert 1 <= status.threads <= (os.cpu_count() or 1)
    with patient_client(f"http://127.0.0.1:{product.settings.port}", secrets.token_hex(24)) as person:
        with draw_pdf("harbour.pdf", [PAGE]).open("rb") as file:
            person.post("/api/documents", params={"wait_s": 60}, files={"file": file}).raise_for_status()
        asked = {"message": "What was the turnover of the harbour in 2021?"}
        answer = person.post("/api/chat/sync", json=asked).raise_for_status().json()
    assert answer["engine"] == "ollama" or "12.4" in answer["markdown"]


def test_words_come_one_by_one(launch: Callable[..., Product]) -> None:
    product = launch(models=MODELS, **SLOW)
    product.wait_until_ready()
    came = [time.monotonic() for event in product.said(tokens=16) if isinstance(event, TextDelta)]
    assert len(came) > 4
    assert came[-1] - came[0] > came[1] - came[0]


@pytest.mark.parametrize("after_words", [0, 3], ids=["while it reads", "while it writes"])
def test_after_a_stop_the_next_is_answered(launch: Callable[..., Product], after_words: int) -> None:
    product = launch(models=MODELS, first_token_s=0.5, **SLOW)
    product.wait_until_ready()
    writer = Engines(product.settings).writers()[0]
    seen: list[str] = []
    began = time.monotonic()

    def stopped() -> bool:
        return len(seen) >= after_words if after_words else time.monotonic() - began > 0.2

    for event in writer.engine.generator.generate(standard_prompt(300, str(time.time_ns())), stopped):
        if isinstance(event, TextDelta):
            seen.append(event.text)
        else:
            assert isinstance(event, GenerationDone)
            assert event.finish_reason == "cancelled"
    assert words(list(product.said())).strip()


def test_two_people_are_both_answered(launch: Callable[..., Product]) -> None:
    product = launch(models=MODELS)
    product.wait_until_ready()
    answers: list[str] = []
    people = [threading.Thread(target=lambda: answers.append(words(list(product.said())))) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join(LONG_S)
    assert len(answers) == len(people)
    assert all(answer.strip() for answer in answers)


@pytest.mark.parametrize("which", ["server", "runner"])
def test_what_is_killed_outright_is_started_again_and_the_next_is_answered(
    launch: Callable[..., Product], which: str
) -> None:
    product = launch(models=MODELS, **SLOW)
    product.wait_until_ready()
    pids = ollama_processes(product)
    if which == "runner" and len(pids) < 2:
        pytest.skip("this server has no process beside its own that writes")
    victim = pids[0] if which == "server" else pids[-1]
    came: list[str] = []

    def listen() -> None:
        for event in product.said(tokens=200):
            came.extend([event.text] if isinstance(event, TextDelta) else [])
            if len(came) == 3:
                os.kill(victim, signal.SIGKILL)

    with pytest.raises(GenerationInterrupted):
        listen()
    assert len(came) >= 3
    if which == "server":
        until(lambda: (now := ollama_processes(product)) and now[0] != victim, LONG_S)
    product.wait_until_ready()

    def answered() -> bool:
        try:
            return bool(words(list(product.said())).strip())
        except Exception:  # noqa: BLE001 - it may be loading still, in words of its own
            return False

    until(answered, LONG_S)


def test_another_model_can_be_asked_and_then_the_first_again(launch: Callable[..., Product]) -> None:
    product = launch(models=MODELS, load_s=0.2)
    status = product.wait_until_ready()
    local = [choice for choice in Engines(product.settings).choices() if wish_of(choice.id).model]
    other = next((choice for choice in local if choice.model != status.model), None)
    if other is None:
        pytest.skip("this server has one model")
    for choice, model in ((other.id, other.model), ("", status.model)):
        *said, done = product.said(choice)
        assert isinstance(done, GenerationDone)
        assert done.stats.model == model
        assert words(said).strip()


def test_a_second_start_goes_on_with_what_the_first_one_learnt(launch: Callable[..., Product]) -> None:
    product = launch(models=MODELS)
    first = product.wait_until_ready()
    product.end()
    assert product.process.returncode == 0
    again = launch(models=MODELS).wait_until_ready()
    assert replace(again, updated_at=first.updated_at) == first


def test_the_log_leaves_out_the_looks_for_it(launch: Callable[..., Product]) -> None:
    if not BINARY:
        pytest.skip("the stand-in writes no line for each request")
    product = launch()
    product.wait_until_ready()
    assert '"/api/version"' not in product.log.read_text(errors="replace")
