from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from shared_utils.message import literal
from src.models.ollama_request import Request
from src.models.status import ModelState, ModelStatus, read_status, status_path
from src.models.supervisor import Supervisor, online_if_meant, page_address
from src.settings import Settings
from tests.fake_ollama import write_fake_binary
from tests.fakes import FakeClock
from tests.prepared_models import MODELS

REPO = Path(__file__).resolve().parents[3]
READY = ModelStatus(ModelState.READY, "llama3.2:1b")

# ------------------------------------------------------------------------------------------------ replayed histories


@dataclass
class FakeProcess:
    """Ends with `code` when the clock reaches `ends_at`."""

    name: str
    world: World
    ends_at: float = float("inf")
    code: int = 0
    stopped: bool = False

    def exit_code(self) -> int | None:
        return self.code if self.stopped or self.world.clock() >= self.ends_at else None

    def stop(self, grace_s: float) -> None:
        self.stopped = True
        self.world.note(f"stop {self.name}")


@dataclass
class FakeTending:
    status: ModelStatus
    ends_at: float
    world: World

    @property
    def ended(self) -> bool:
        return self.world.clock() >= self.ends_at

    def abandon(self) -> None:
        self.world.note("abandon")


@dataclass
class FakeWatch:
    world: World
    stalls_at: float

    def trouble(self) -> str:
        return "No sign of life of: reader." if self.world.clock() >= self.stalls_at else ""

    def end(self) -> None:
        self.world.note("end watch")


@dataclass
class FakeOffer:
    """Asked for at set seconds; fetched `takes_s` after somebody agreed."""

    asks: list[tuple[float, Request]]
    takes_s: float = 10.0
    clock: Callable[[], float] = time.monotonic
    agreed_at: float | None = None
    happened: list[str] = field(default_factory=list)

    def asked(self) -> Request | None:
        return self.asks.pop(0)[1] if self.asks and self.clock() >= self.asks[0][0] else None

    def agree(self) -> None:
        self.agreed_at = self.clock()

    def withdraw(self) -> None:
        self.agreed_at = None
        self.happened.append("withdraw")

    def remove(self) -> None:
        self.agreed_at = None
        self.happened.append("remove")

    def pause(self) -> None:
        self.happened.append("pause")

    def ready(self) -> bool:
        return self.agreed_at is not None and self.clock() >= self.agreed_at + self.takes_s

    def status(self) -> ModelStatus:
        return ModelStatus(ModelState.OFFERED if self.agreed_at is None else ModelState.FETCHING)


@dataclass
class World:
    """A scripted history: seconds from the start at which things happen. `happened` is what the supervisor did."""

    page_ends: tuple[float, int] = (float("inf"), 0)  # (when, code)
    page_stalls: tuple[float, ...] = ()  # seconds after which each page stands still; then never
    term_at: float = float("inf")
    somebody_elses: tuple[float, float] = (float("inf"), float("inf"))  # Ollama that was there: from, until
    answers_after: float = 1.0  # seconds an Ollama of ours needs
    ollama_lives: tuple[float, ...] = ()  # seconds each Ollama of ours lives; then forever
    can_start: bool = True
    tending_lives: tuple[float, ...] = ()
    offer: FakeOffer | None = None
    happened: list[tuple[float, str]] = field(default_factory=list)
    published: list[tuple[float, ModelStatus]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.clock = FakeClock(0.0)
        if self.offer:
            self.offer.clock = self.clock
        self._ollamas: list[tuple[float, FakeProcess]] = []
        self._tendings = 0

    def note(self, what: str) -> None:
        self.happened.append((round(self.clock()), what))

    def what(self) -> list[str]:
        return [what for _, what in self.happened]

    def run(self) -> int:
        return Supervisor(
            address="http://localhost:8501",
            start_page=self._start_page,
            watch_page=self._watch_page,
            page_answers=lambda: self.clock() >= 2,
            start_ollama=self._start_ollama if self.can_start else None,
            why_not=literal("" if self.can_start else "Ollama is not installed."),
            ollama_answers=self._ollama_answers,
            tend=self._tend,
            publish=lambda status: self.published.append((self.clock(), status)),
            asked_to_end=lambda: self.clock() >= self.term_at,
            log=lambda line: self.note(f"say {line}"),
            offer=self.offer,
            clock=self.clock,
            sleep=self.clock.sleep,
        ).run()

    def _start_page(self) -> FakeProcess:
        self.note("start page")
        return FakeProcess("page", self, *self.page_ends)

    def _watch_page(self) -> FakeWatch:
        number = self.what().count("start page") - 1
        stalls = self.page_stalls[number] if number < len(self.page_stalls) else float("inf")
        return FakeWatch(self, self.clock() + stalls)

    def _start_ollama(self) -> FakeProcess:
        self.note("start ollama")
        number = len(self._ollamas)
        life = self.ollama_lives[number] if number < len(self.ollama_lives) else float("inf")
        process = FakeProcess("ollama", self, self.clock() + life, code=9)
        self._ollamas.append((self.clock(), process))
        return process

    def _ollama_answers(self) -> bool:
        since, until = self.somebody_elses
        ours = [
            process.exit_code() is None and self.clock() >= started + self.answers_after
            for started, process in self._ollamas
        ]
        return since <= self.clock() < until or any(ours)

    def _tend(self, chosen: str) -> FakeTending:
        self.note(f"tend {chosen}".rstrip())
        life = self.tending_lives[self._tendings] if self._tendings < len(self.tending_lives) else float("inf")
        self._tendings += 1
        return FakeTending(READY, self.clock() + life, self)


def test_the_page_starts_first_and_its_address_is_told_when_it_answers() -> None:
    world = World(term_at=5)
    world.run()
    assert world.what()[0] == "start page"
    assert (2, "say Footnote is at http://localhost:8501") in world.happened


def test_an_ollama_that_answers_is_used_and_left_alone_at_the_end() -> None:
    world = World(somebody_elses=(0, float("inf")), term_at=30)
    world.run()
    assert "start ollama" not in world.what()
    assert "stop ollama" not in world.what()
    assert world.published[-1][1] == READY


def test_where_none_answers_ours_is_started_and_the_model_made_ready() -> None:
    world = World(term_at=30)
    world.run()
    assert [what for what in world.what() if not what.startswith("say")][:3] == ["start page", "start ollama", "tend"]
    assert world.what().count("start ollama") == 1


def test_where_none_can_be_started_the_page_says_why_and_one_started_later_is_found() -> None:
    world = World(can_start=False, somebody_elses=(25, float("inf")), term_at=60)
    world.run()
    assert world.published[0][1] == ModelStatus(ModelState.UNAVAILABLE, reason=literal("Ollama is not installed."))
    assert world.what().count("say Model: unavailable. Ollama is not installed.") == 1
    assert world.published[-1][1] == READY


def test_an_ollama_that_dies_is_started_again_with_the_model_it_had() -> None:
    world = World(ollama_lives=(20,), term_at=60)
    world.run()
    restarting = [status for _, status in world.published if status.state is ModelState.RESTARTING]
    assert restarting
    assert str(restarting[0].reason) == "Ollama ended with code 9. Trying again in 1 s."
    assert world.what().count("start ollama") == 2
    assert "tend llama3.2:1b" in world.what()
    assert world.published[-1][1] == READY


def test_an_ollama_that_keeps_dying_is_started_less_and_less_often() -> None:
    world = World(ollama_lives=(0.1,) * 100, term_at=600)
    world.run()
    starts = [at for at, what in world.happened if what == "start ollama"]
    gaps = [after - before for before, after in pairwise(starts)]
    assert gaps[0] <= 3
    assert max(gaps) <= 63
    assert gaps[-1] >= 60
    assert len(starts) < 20


def test_trouble_long_ago_does_not_make_the_next_restart_slow() -> None:
    world = World(ollama_lives=(5, 5, 5, 5, 400), term_at=600)
    world.run()
    late = next(status for at, status in world.published if at > 300 and status.state is ModelState.RESTARTING)
    assert str(late.reason).endswith("Trying again in 1 s.")


def test_an_ollama_that_starts_but_never_answers_is_started_afresh() -> None:
    world = World(answers_after=1000, term_at=100)
    world.run()
    assert any("did not answer within 60 s" in what for what in world.what())
    assert world.what().count("start ollama") == 2


def test_an_ollama_that_hangs_is_stopped_and_started_again() -> None:
    world = World(tending_lives=(30,), term_at=100)
    world.run()
    moves = [what for what in world.what() if not what.startswith("say")]
    assert moves[:6] == ["start page", "start ollama", "tend", "abandon", "stop ollama", "start ollama"]


def test_somebody_elses_ollama_that_goes_away_is_replaced_by_ours() -> None:
    world = World(somebody_elses=(0, 30), tending_lives=(60,), term_at=100)
    world.run()
    assert world.what().count("start ollama") == 1


@pytest.mark.parametrize(("code", "exit_code"), [(0, 0), (3, 3), (-signal.SIGKILL, 137)])
def test_when_the_page_ends_everything_ends_with_its_code(code: int, exit_code: int) -> None:
    world = World(page_ends=(10, code))
    assert world.run() == exit_code
    assert world.what()[-2:] == ["stop page", "stop ollama"]


def test_a_page_that_stands_still_is_started_anew_and_its_engine_left_alone() -> None:
    world = World(page_stalls=(20, 30), term_at=100)
    assert world.run() == 0
    moves = [(at, what) for at, what in world.happened if "page" in what or what.startswith("say Footnote")]
    assert [what for _, what in moves if not what.startswith("say")] == ["start page", "stop page"] * 3
    assert (20, "say The page is started anew. No sign of life of: reader.") in moves
    assert sum(what == "say Footnote is at http://localhost:8501" for _, what in moves) == 3
    assert world.what().count("end watch") == 3
    assert world.what().count("start ollama") == 1


def test_asked_to_end_the_page_ends_before_its_engine() -> None:
    world = World(term_at=10)
    assert world.run() == 0
    assert [what for what in world.what() if what.startswith("stop")] == ["stop page", "stop ollama"]
    assert world.clock() < 11


def test_the_model_s_state_is_told_on_every_change_and_at_least_every_two_seconds() -> None:
    world = World(ollama_lives=(20,), term_at=60)
    world.run()
    times = [at for at, _ in world.published]
    assert max(after - before for before, after in pairwise(times)) <= 2


# ------------------------------------------------------------------------------------------------ one to be fetched


def states(world: World) -> list[tuple[ModelState, bool]]:
    """What was told, without what followed on the same; with whether the Ollama is one that was fetched."""
    told = [(status.state, status.own_ollama) for _, status in world.published]
    return [pair for i, pair in enumerate(told) if i == 0 or pair != told[i - 1]]


def test_an_ollama_is_fetched_when_somebody_agrees_and_then_started() -> None:
    world = World(offer=FakeOffer([(20, Request.GET)]), term_at=60)
    world.run()
    assert (ModelState.OFFERED, True) in states(world)
    assert states(world)[-2:] == [(ModelState.FETCHING, True), (ModelState.READY, True)]
    started = next(at for at, what in world.happened if what == "start ollama")
    assert 30 <= started <= 32


def test_a_model_that_writes_is_not_cancelled_but_can_be_removed() -> None:
    offer = FakeOffer([(0, Request.GET), (30, Request.CANCEL), (40, Request.REMOVE)])
    world = World(offer=offer, term_at=60)
    world.run()
    assert "withdraw" not in offer.happened
    assert offer.happened.count("remove") == 1
    assert [what for what in world.what() if what in ("tend", "abandon", "stop ollama")] == [
        "tend",
        "abandon",
        "stop ollama",
    ]
    assert states(world)[-1] == (ModelState.OFFERED, True)


def test_one_that_somebody_else_starts_goes_first_and_is_not_ours_to_remove() -> None:
    offer = FakeOffer([(0, Request.GET)], takes_s=1000)
    world = World(offer=offer, somebody_elses=(20, float("inf")), term_at=60)
    world.run()
    assert states(world)[-1] == (ModelState.READY, False)
    assert "pause" in offer.happened
    assert "start ollama" not in world.what()


# ------------------------------------------------------------------------------------------------ small decisions


def test_an_address_that_means_everywhere_is_told_as_one_to_click() -> None:
    assert page_address(Settings(host="0.0.0.0", port=7860)) == "http://localhost:7860"  # noqa: S104
    assert page_address(Settings(host="192.168.1.5", port=80)) == "http://192.168.1.5:80"


# ------------------------------------------------------------------------------------------------ real processes


def wait_for(condition: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come to pass"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass
class Running:
    process: subprocess.Popen[str]
    port: int
    ollama_port: int
    data_dir: Path

    def status(self) -> ModelStatus | None:
        return read_status(status_path(self.data_dir), time.time())

    def is_ready(self) -> bool:
        status = self.status()
        return status is not None and status.state is ModelState.READY

    def everything_is_gone(self) -> bool:
        return not accepts(self.port) and not accepts(self.ollama_port)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts the real supervisor with the stand-in for Ollama and a small page."""
    started: list[subprocess.Popen[str]] = []

    def begin(**script: object) -> Running:
        port, ollama_port = free_port(), free_port()
        page = [sys.executable, "-I", "-S", "-c", PAGE, str(port)]
        code = (
            "import sys\n"
            "from pathlib import Path\n"
            "from src.settings import Settings\n"
            "from src.models.supervisor import supervise\n"
            f"settings = Settings(port={port}, models_dir={MODELS!r}, data_dir=Path({str(tmp_path)!r}),\n"
            f"    ollama_url='http://127.0.0.1:{ollama_port}', ollama_binary={str(write_fake_binary(tmp_path))!r})\n"
            f"sys.exit(supervise(settings, {page!r}))\n"
        )
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=REPO,
            env={**os.environ, "FAKE_OLLAMA": json.dumps(script), "HF_TOKEN": "hf_secretsecretsecret"},
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return Running(process, port, ollama_port, tmp_path)

    yield begin
    for process in started:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


PAGE = (
    "import os, socket, sys\n"
    "server = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    "print('page up', os.getpid(), os.environ.get('HF_TOKEN'), flush=True)\n"
    "while True: server.accept()[0].close()\n"
)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_from_nothing_to_a_ready_model_and_an_orderly_end(supervise: Callable[..., Running]) -> None:
    running = supervise(models=[], pull_fault="dies", fault_after=3)
    wait_for(running.is_ready)
    asked = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    _, log = running.process.communicate(timeout=15)
    assert time.monotonic() - asked < 10
    assert running.process.returncode == 0
    assert running.everything_is_gone()
    assert not status_path(running.data_dir).exists()
    assert f"footnote | Footnote is at http://localhost:{running.port}" in log
    assert "footnote | Model llama3.2:3b: ready." in log
    assert "ollama | Listening on" in log
    assert "page | page up" in log
    assert "secretsecret" not in log


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_supervisor_killed_outright_leaves_nothing_behind(supervise: Callable[..., Running]) -> None:
    running = supervise(models=["llama3.2:1b"])
    wait_for(running.is_ready)
    running.process.kill()
    wait_for(running.everything_is_gone)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_page_that_dies_takes_everything_with_it(supervise: Callable[..., Running]) -> None:
    running = supervise(models=["llama3.2:1b"])
    assert running.process.stderr is not None
    line = next(line for line in running.process.stderr if "page up" in line)
    os.kill(int(line.split()[4]), signal.SIGKILL)
    running.process.communicate(timeout=15)
    assert running.process.returncode == 137
    assert running.everything_is_gone()


def test_a_setting_that_cannot_be_meant_ends_the_start_with_a_sentence() -> None:
    result = subprocess.run(
        [sys.executable, "startup.py"],
        cwd=REPO,
        env={**os.environ, "PORT": "eighty"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 2
    assert "PORT is set to “eighty”" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(("token", "seen"), [("hf_" + "x" * 20, "unset"), ("", "1")])
def test_a_token_lifts_the_offline_switches_of_the_image_for_the_page(
    monkeypatch: pytest.MonkeyPatch, token: str, seen: str
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    command = online_if_meant(Settings(hf_token=token), ["sh", "-c", "echo ${HF_HUB_OFFLINE:-unset}"])
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == seen
