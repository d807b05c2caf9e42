from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from shared_utils.errors import GenerationError, GeneratorUnavailable
from shared_utils.generation.ollama_folder import manifest
from shared_utils.generation.ollama_server import OllamaServer, PullFailed, PullProgress
from shared_utils.message import literal
from src.models.choice import Choice, read_choice, write_choice
from src.models.machine import Machine
from src.models.measurement import first_token_s
from src.models.preparation import models_disk_bytes, prepare_model, tend_model, tend_model_of
from src.models.status import ModelState, ModelStatus
from src.settings import Settings
from tests.fake_ollama import FakeOllama, Script
from tests.fakes import FakeClock
from tests.prepared_models import MODELS

BIG, SMALL = "llama3.2:3b", "llama3.2:1b"
ROOMY = Machine(cores=2, memory_bytes=16_000_000_000, disk_free_bytes=lambda: 50_000_000_000)
DEFAULTS = Settings()
BROKEN_OFF = PullFailed(literal("It broke off."), worth_retrying=True)
NO_ROOM = PullFailed(literal("No room."), worth_retrying=False)
NO_MEMORY = GeneratorUnavailable("It does not fit into memory.")


@dataclass
class FakeServer:
    """An Ollama with models, scripted downloads (bytes reached, then an error or None) and loading errors."""

    installed: set[str] = field(default_factory=set)
    pulls: dict[str, list[tuple[list[int], PullFailed | None]]] = field(default_factory=dict)
    load_errors: dict[str, GenerationError] = field(default_factory=dict)
    alive: Callable[[], bool] = lambda: True
    calls: list[str] = field(default_factory=list)

    def is_alive(self) -> bool:
        return self.alive()

    def has(self, model: str) -> bool:
        return model in self.installed

    def pull(self, model: str) -> Iterator[PullProgress]:
        self.calls.append(f"pull {model}")
        attempts = self.pulls.get(model, [([1000], None)])
        reached, error = attempts.pop(0) if len(attempts) > 1 else attempts[0]
        for completed in reached:
            yield PullProgress("pulling", completed, 1000, 100.0, (1000 - completed) / 100)
        if error is not None:
            raise error
        self.installed.add(model)

    def load(self, model: str, *, num_ctx: int, num_thread: int, keep_alive: float | str = -1) -> None:
        self.calls.append(f"unload {model}" if keep_alive == 0 else f"load {model} ctx={num_ctx} threads={num_thread}")
        if model in self.load_errors and keep_alive != 0:
            raise self.load_errors[model]


def prepared(
    server: FakeServer,
    machine: Machine = ROOMY,
    speeds: dict[str, float | None] | None = None,
    settings: Settings = DEFAULTS,
    sleeps: list[float] | None = None,
) -> list[ModelStatus]:
    measure = {BIG: 5.0, SMALL: 3.0, **(speeds or {})}
    sleep = (sleeps if sleeps is not None else []).append
    return list(prepare_model(settings, server, machine, lambda model: measure[model], sleep=sleep))


def states(statuses: list[ModelStatus]) -> list[tuple[str, str]]:
    """(state, model), repetitions left out."""
    pairs = [(status.state.value, status.model) for status in statuses]
    return [pair for pair, before in zip(pairs, [None, *pairs], strict=False) if pair != before]


def test_a_model_that_is_there_is_loaded_as_its_answers_will_ask_for_it() -> None:
    server = FakeServer(installed={BIG})
    assert states(prepared(server)) == [("loading", BIG), ("ready", BIG)]
    assert server.calls == [f"load {BIG} ctx=4096 threads=2"]


def test_where_only_the_fallback_is_installed_nobody_waits_for_a_download() -> None:
    server = FakeServer(installed={SMALL})
    assert states(prepared(server)) == [("loading", SMALL), ("ready", SMALL)]
    assert server.calls == [f"load {SMALL} ctx=4096 threads=2"]


def test_a_download_is_followed_byte_by_byte() -> None:
    server = FakeServer(pulls={BIG: [([0, 500, 1000], None)]})
    statuses = prepared(server)
    assert states(statuses) == [("pulling", BIG), ("loading", BIG), ("ready", BIG)]
    half = next(status for status in statuses if status.completed_bytes == 500)
    assert (half.total_bytes, half.bytes_per_s, half.seconds_left) == (1000, 100.0, 5.0)


def test_a_download_that_breaks_is_taken_up_again_a_little_later_each_time() -> None:
    server = FakeServer(pulls={BIG: [([100], BROKEN_OFF), ([100], BROKEN_OFF), ([100], BROKEN_OFF), ([1000], None)]})
    sleeps: list[float] = []
    statuses = prepared(server, sleeps=sleeps)
    assert statuses[-1].state is ModelState.READY
    assert sleeps == [1.0, 2.0, 4.0]
    assert any("Trying again in 4 s" in str(status.reason) and status.completed_bytes == 100 for status in statuses)


def test_progress_earns_a_download_its_patience_back() -> None:
    inching = [([100 * step], BROKEN_OFF) for step in range(1, 10)]
    sleeps: list[float] = []
    statuses = prepared(FakeServer(pulls={BIG: [*inching, ([1000], None)]}), sleeps=sleeps)
    assert states(statuses)[-1] == ("ready", BIG)
    assert sleeps == [1.0] * 9


@pytest.mark.parametrize("error", [NO_ROOM, BROKEN_OFF])
def test_the_smaller_model_is_taken_when_the_first_cannot_be_fetched(error: PullFailed) -> None:
    statuses = prepared(FakeServer(pulls={BIG: [([], error)]}))
    assert states(statuses)[-1] == ("ready", SMALL)
    assert str(error) in str(statuses[-1].reason)


def test_a_model_too_large_for_this_memory_is_not_even_fetched() -> None:
    server = FakeServer()
    statuses = prepared(server, machine=replace(ROOMY, memory_bytes=3_000_000_000))
    assert states(statuses)[-1] == ("ready", SMALL)
    assert "needs 4.2 GB of memory, there are 3.0" in str(statuses[-1].reason)
    assert f"pull {BIG}" not in server.calls


def test_a_model_too_large_for_the_disk_is_not_even_fetched() -> None:
    server = FakeServer()
    statuses = prepared(server, machine=replace(ROOMY, disk_free_bytes=lambda: 1_500_000_000))
    assert states(statuses)[-1] == ("ready", SMALL)
    assert f"pull {BIG}" not in server.calls


def test_a_download_ends_when_the_server_announces_more_than_the_disk_takes() -> None:
    unknown = Settings(model="mistral", fallback_model=SMALL)
    machine = replace(ROOMY, disk_free_bytes=lambda: 500)
    server = FakeServer(pulls={"mistral": [([100], None)]})
    statuses = prepared(server, machine=machine, settings=unknown)
    assert statuses[-1].state is ModelState.UNAVAILABLE
    assert "mistral needs" in str(statuses[-1].reason)


def test_the_remote_machine_of_a_remote_ollama_is_not_judged_by_this_one() -> None:
    elsewhere = Machine(cores=2, memory_bytes=None, disk_free_bytes=lambda: None)
    assert states(prepared(FakeServer(), machine=elsewhere))[-1] == ("ready", BIG)


@pytest.mark.parametrize(("seconds", "why"), [(33.4, "need about 34 s"), (None, "takes longer than 20 s")])
def test_a_model_that_is_too_slow_here_gives_way_to_the_smaller_one(seconds: float | None, why: str) -> None:
    server = FakeServer(installed={BIG})
    statuses = prepared(server, speeds={BIG: seconds})
    assert states(statuses)[-1] == ("ready", SMALL)
    assert why in str(statuses[-1].reason)
    assert (statuses[-1].slow_model, statuses[-1].slow_first_token_s) == (BIG, seconds)
    assert server.calls.index(f"unload {BIG}") < server.calls.index(f"load {SMALL} ctx=4096 threads=2")


def test_slow_beats_nothing() -> None:
    server = FakeServer(installed={BIG}, pulls={SMALL: [([], NO_ROOM)]})
    statuses = prepared(server, speeds={BIG: 32.0})
    assert states(statuses)[-1] == ("ready", BIG)
    assert server.calls[-1] == f"load {BIG} ctx=4096 threads=2"
    both_slow = prepared(FakeServer(installed={BIG, SMALL}), speeds={BIG: 32.0, SMALL: 25.0})
    assert states(both_slow)[-1] == ("ready", SMALL)


def test_a_slow_model_that_cannot_be_loaded_again_is_no_model() -> None:
    server = FakeServer(installed={BIG}, pulls={SMALL: [([], NO_ROOM)]})

    def measure_and_fill_the_memory(_model: str) -> float:
        server.load_errors[BIG] = NO_MEMORY
        return 32.0

    *_, last = prepare_model(DEFAULTS, server, ROOMY, measure_and_fill_the_memory, sleep=lambda _s: None)
    assert last.state is ModelState.UNAVAILABLE
    assert "No room." in str(last.reason)
    assert "does not fit" in str(last.reason)


def test_a_model_that_does_not_fit_when_loaded_gives_way_too() -> None:
    server = FakeServer(installed={BIG, SMALL}, load_errors={BIG: NO_MEMORY})
    statuses = prepared(server)
    assert states(statuses)[-1] == ("ready", SMALL)
    assert "does not fit" in str(statuses[-1].reason)


def test_where_nothing_works_every_reason_is_told() -> None:
    statuses = prepared(FakeServer(pulls={BIG: [([], NO_ROOM)], SMALL: [([], NO_ROOM)]}))
    last = statuses[-1]
    assert (last.state, last.model, str(last.reason)) == (ModelState.UNAVAILABLE, BIG, "No room. No room.")


def test_without_permission_nothing_is_fetched() -> None:
    server = FakeServer()
    statuses = prepared(server, settings=Settings(pull_models=False))
    assert statuses[-1].state is ModelState.UNAVAILABLE
    assert f"ollama pull {BIG}" in str(statuses[-1].reason)
    assert server.calls == []


def test_a_server_that_goes_away_is_not_a_reason_to_change_the_model() -> None:
    gone = GeneratorUnavailable("Nothing answers.")
    server = FakeServer(installed={BIG, SMALL}, load_errors={BIG: gone}, alive=lambda: False)
    with pytest.raises(GeneratorUnavailable, match="Nothing answers"):
        prepared(server)


# ------------------------------------------------------------------------------------------------ tending


def test_a_ready_model_is_watched_until_its_server_has_been_silent_for_a_while() -> None:
    clock = FakeClock(0.0)
    server = FakeServer(installed={BIG}, alive=lambda: clock() < 100 or 110 < clock() < 200)
    statuses = list(tend_model(Settings(), server, ROOMY, lambda _model: 1.0, sleep=clock.sleep))
    assert states(statuses) == [("loading", BIG), ("ready", BIG)]
    assert clock() == 225.0  # a short silence around 105 was forgiven, six in a row from 200 on were not


def test_where_no_model_could_be_made_ready_it_is_tried_again_after_a_minute() -> None:
    clock = FakeClock(0.0)
    server = FakeServer(pulls={BIG: [([], NO_ROOM), ([1000], None)], SMALL: [([], NO_ROOM)]})
    seen: list[ModelStatus] = []
    for status in tend_model(Settings(), server, ROOMY, lambda _model: 1.0, sleep=clock.sleep):
        seen.append(status)
        if status.state is ModelState.READY:
            break
    assert clock() == 60.0
    assert ("unavailable", BIG) in states(seen)


def test_the_model_settled_on_before_a_restart_is_taken_without_measuring_it_again() -> None:
    server = FakeServer(installed={BIG, SMALL})
    measured: list[str] = []

    def measure(model: str) -> float:
        measured.append(model)
        return 1.0

    steps = tend_model(Settings(), server, ROOMY, measure, chosen=Choice(SMALL), sleep=lambda _s: None)
    assert [next(steps).model, next(steps).model] == [SMALL, SMALL]
    assert measured == []


# ------------------------------------------------------------------------------------------------ the preferred one


def until_ready(server: FakeServer, model: str, **changes: object) -> list[ModelStatus]:
    """Everything that is told until `model` serves, or for twenty minutes."""
    clock, seen = FakeClock(0.0), list[ModelStatus]()
    settings = replace(DEFAULTS, **changes)  # type: ignore[arg-type]
    for status in tend_model(settings, server, ROOMY, lambda _model: 3.0, sleep=clock.sleep):
        seen.append(status)
        if (status.state, status.model) == (ModelState.READY, model) or clock() > 1200:
            break
    return seen


def test_the_preferred_model_is_fetched_while_the_fallback_serves_and_then_takes_over() -> None:
    server = FakeServer(installed={SMALL}, pulls={BIG: [([0, 410, 1000], None)]})
    seen = until_ready(server, BIG)
    assert states(seen) == [("loading", SMALL), ("ready", SMALL), ("loading", BIG), ("ready", BIG)]
    told = [status.reason for status in seen if status.model == SMALL]
    assert f"{BIG} is being fetched (40%) and takes over when it is there." in map(str, told)
    assert {status.first_token_s for status in seen if (status.state, status.model) == (ModelState.READY, SMALL)} == {
        3.0
    }


def test_a_preferred_model_that_cannot_be_fetched_is_tried_again_while_the_fallback_serves() -> None:
    server = FakeServer(installed={SMALL}, pulls={BIG: [([], NO_ROOM), ([1000], None)]})
    seen = until_ready(server, BIG)
    assert seen[-1].model == BIG
    assert server.calls.count(f"pull {BIG}") == 2
    serving = [status for status in seen if (status.state, status.model) == (ModelState.READY, SMALL)]
    assert "No room." in map(str, {status.reason for status in serving})


def test_what_would_be_far_too_slow_is_not_fetched_at_all() -> None:
    server, clock = FakeServer(installed={SMALL}), FakeClock(0.0)
    steps = tend_model(DEFAULTS, server, ROOMY, lambda _model: 13.0, sleep=clock.sleep)
    last = next(status for status in steps if clock() > 60)
    assert (last.state, last.model, last.slow_model) == (ModelState.READY, SMALL, BIG)
    assert str(last.reason) == f"{BIG} would need about 33 s to its first word here. It was not fetched."
    assert f"pull {BIG}" not in server.calls


def test_nothing_is_fetched_beside_a_serving_model_without_permission() -> None:
    server = FakeServer(installed={SMALL})
    assert states(until_ready(server, BIG, pull_models=False))[-1] == ("ready", SMALL)
    assert f"pull {BIG}" not in server.calls


# ------------------------------------------------------------------------------------------------ measuring


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_the_first_word_is_measured_with_an_ordinary_prompt_the_server_has_not_seen(tmp_path: Path) -> None:
    with FakeOllama(Script(models=[SMALL, BIG], slow_models={BIG: 3600})) as fake:
        settings = Settings(ollama_url=fake.url, data_dir=tmp_path)
        assert first_token_s(replace(settings, first_token_target_s=0.2), BIG, cores=2) is None
        assert first_token_s(settings, SMALL, cores=2) is not None
        asked = fake.bodies("/api/chat")
    assert asked[0]["options"] == asked[1]["options"]
    assert asked[0]["messages"] != asked[1]["messages"]


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_slow_model_is_told_by_its_number_and_not_only_by_a_missed_deadline(tmp_path: Path) -> None:
    """It reads a third of the usual evidence, and takes 1 s for that."""
    with FakeOllama(Script(models=[BIG], slow_models={BIG: 1.0})) as fake:
        told = first_token_s(Settings(ollama_url=fake.url, data_dir=tmp_path, first_token_target_s=1.5), BIG, cores=2)
    assert told is not None
    assert told > 1.5


def test_what_was_measured_is_kept_for_the_next_start_under_the_same_circumstances_only(tmp_path: Path) -> None:
    circumstances: dict[str, object] = {"model": BIG, "cores": 2}
    choice = Choice(SMALL, literal(f"{BIG} takes longer than 20 s to its first word here."), 9.5)
    write_choice(tmp_path / "run" / "choice.json", circumstances, choice)
    assert read_choice(tmp_path / "run" / "choice.json", circumstances) == choice
    assert read_choice(tmp_path / "run" / "choice.json", {**circumstances, "cores": 4}) is None
    assert read_choice(tmp_path / "nowhere.json", circumstances) is None
    (tmp_path / "run" / "choice.json").write_text("{")
    assert read_choice(tmp_path / "run" / "choice.json", circumstances) is None


def test_a_known_choice_is_loaded_with_its_reason_and_not_measured_again() -> None:
    def measure(_: str) -> float:
        raise AssertionError("measured again")

    server = FakeServer(installed={BIG, SMALL})
    known = Choice(SMALL, literal("3b is too slow."), 9.5)
    *_, last = prepare_model(Settings(), server, ROOMY, measure, chosen=known, sleep=lambda _: None)
    assert (last.state, last.model, str(last.reason), last.first_token_s) == (
        ModelState.READY,
        SMALL,
        "3b is too slow.",
        9.5,
    )


@pytest.mark.enable_socket
def test_the_second_start_takes_what_the_first_one_settled_on(tmp_path: Path) -> None:
    """With a real server's protocol: 3b too slow, so 1b; then, started again, 1b without a measurement."""
    script = Script(models=[BIG, SMALL], slow_models={BIG: 5.0})
    with FakeOllama(script) as ollama:
        settings = Settings(models_dir=MODELS, data_dir=tmp_path, ollama_url=ollama.url, first_token_target_s=0.5)

        def start() -> ModelStatus:
            return next(s for s in tend_model_of(settings, "", here=False) if s.state is ModelState.READY)

        first = start()
        asked = len(ollama.bodies("/api/chat"))
        again = start()
        assert first.model == again.model == SMALL
        assert again.reason == first.reason
        assert again.first_token_s == first.first_token_s
        assert len(ollama.bodies("/api/chat")) == asked + 1  # it is loaded, no more
        ollama.script.digest = "0" * 64
        start()
        assert len(ollama.bodies("/api/chat")) > asked + 2  # another model under the same name: measured


@pytest.mark.enable_socket
def test_the_disk_is_judged_only_where_the_servers_models_are(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    theirs.mkdir()
    noted = manifest(ours, SMALL)
    noted.parent.mkdir(parents=True)
    noted.write_text("{}")
    with FakeOllama(Script(models=[SMALL])) as ollama:
        server = OllamaServer(ollama.url)
        assert models_disk_bytes(ours, server)
        assert models_disk_bytes(theirs, server) is None
        assert models_disk_bytes(tmp_path / "nowhere", server) is None
        ollama.script.models.clear()
        assert models_disk_bytes(theirs, server)
