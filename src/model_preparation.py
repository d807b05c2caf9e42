"""Which model, and how it gets ready: fetched, loaded, measured; the smaller one where the first is too much."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from shared_utils.errors import FootnoteError, GenerationError, GenerationTimeout
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.ollama_server import OllamaServer, PullFailed, PullProgress
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.processes.resources import available_cores, disk_free_bytes, memory_bytes
from shared_utils.types import GenerationDone
from src.model_status import ModelState, ModelStatus
from src.prompts import standard_prompt
from src.settings import Settings

_GB = 1_000_000_000
_PULL_ATTEMPTS = 5  # without a byte of progress between them
_LONGEST_WAIT_S = 60.0
_WATCH_S = 5.0
_MISSED_WATCHES = 6  # a server that is loading or swapping may be mute for a while
_TRY_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Needs:
    """What a model takes, rounded up. Memory as measured for the model's process, plus the page's own."""

    disk_bytes: int
    memory_bytes: int


NEEDS = {
    "llama3.2:3b": Needs(disk_bytes=int(2.1 * _GB), memory_bytes=int(4.2 * _GB)),
    "llama3.2:1b": Needs(disk_bytes=int(1.4 * _GB), memory_bytes=int(2.9 * _GB)),
    "llama3.2:1b-instruct-q4_K_M": Needs(disk_bytes=int(0.9 * _GB), memory_bytes=int(2.2 * _GB)),
}


class Server(Protocol):
    """What is needed of an OllamaServer."""

    def is_alive(self) -> bool: ...

    def has(self, model: str) -> bool: ...

    def pull(self, model: str) -> Iterator[PullProgress]: ...

    def load(self, model: str, *, num_ctx: int, num_thread: int, keep_alive: float | str = -1) -> None: ...


@dataclass(frozen=True, slots=True)
class Machine:
    """What the model's machine offers; None where it is not this one."""

    cores: int
    memory_bytes: int | None
    disk_free_bytes: Callable[[], int | None]


FirstTokenS = Callable[[str], float | None]
"""Seconds a loaded model takes to the first word of the standard prompt; None: longer than the target."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that was settled on, and why. `first_token_s`: as measured then, None where it was not."""

    model: str
    reason: str = ""
    first_token_s: float | None = None


class _Unfit(FootnoteError):
    """This model will not do here. The message says why."""


def tend_model(
    settings: Settings,
    server: Server,
    machine: Machine,
    first_token_s: FirstTokenS,
    *,
    chosen: Choice | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[ModelStatus]:
    """Get a model ready and keep an eye on it, status by status. Ends when the server is gone.

    `chosen`: the model an earlier run settled on; it is loaded without being measured again.
    """
    while True:
        status = ModelStatus(ModelState.STARTING)
        for status in prepare_model(settings, server, machine, first_token_s, chosen=chosen, sleep=sleep):
            yield status
        ready = status.state is ModelState.READY
        chosen = Choice(status.model, status.reason, status.first_token_s) if ready else None
        silences, waited_s = 0, 0.0
        while silences < _MISSED_WATCHES and (ready or waited_s < _TRY_AGAIN_S):
            sleep(_WATCH_S)
            waited_s += _WATCH_S
            silences = 0 if server.is_alive() else silences + 1
            yield status
        if silences == _MISSED_WATCHES:
            return


def prepare_model(
    settings: Settings,
    server: Server,
    machine: Machine,
    first_token_s: FirstTokenS,
    *,
    chosen: Choice | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[ModelStatus]:
    """Statuses up to READY, or UNAVAILABLE with the reasons. Raises GenerationError when the server goes away."""
    names = [chosen.model] if chosen else candidates(settings, server.has)
    reasons: list[str] = [chosen.reason] if chosen and chosen.reason else []
    slow = ""
    for model in names:
        try:
            yield from _fetched(model, settings, server, machine, " ".join(reasons), sleep)
            yield ModelStatus(ModelState.LOADING, model, " ".join(reasons))
            _load(model, settings, server, machine)
            waited_s = chosen.first_token_s if chosen else _measured(model, server, first_token_s)
            quick = bool(chosen) or (waited_s is not None and waited_s <= settings.first_token_target_s)
        except _Unfit as exc:
            reasons.append(str(exc))
            continue
        if not quick:
            reasons.append(f"{model} takes longer than {settings.first_token_target_s:.0f} s to its first word here.")
        if quick or model == names[-1]:
            yield ModelStatus(ModelState.READY, model, " ".join(reasons), first_token_s=waited_s)
            return
        slow = model
        with suppress(GenerationError):  # it only makes room for the next
            server.load(model, num_ctx=settings.num_ctx, num_thread=machine.cores, keep_alive=0)
    if slow:  # beats nothing: its answers still come, after those quoted from the page
        yield ModelStatus(ModelState.LOADING, slow, " ".join(reasons))
        try:
            _load(slow, settings, server, machine)
        except _Unfit as exc:
            reasons.append(str(exc))
        else:
            yield ModelStatus(ModelState.READY, slow, " ".join(reasons))
            return
    yield ModelStatus(ModelState.UNAVAILABLE, settings.model, " ".join(reasons))


def candidates(settings: Settings, has: Callable[[str], bool]) -> list[str]:
    """The models to try, best first. Where only the fallback is installed it is taken as it is: nobody waits for a
    download of gigabytes while a model they chose is there.

    >>> settings = Settings(model="3b", fallback_model="1b")
    >>> candidates(settings, {"1b"}.__contains__), candidates(settings, set().__contains__)
    (['1b'], ['3b', '1b'])
    """
    both = list(dict.fromkeys(name for name in (settings.model, settings.fallback_model) if name))
    if not has(settings.model) and settings.fallback_model and has(settings.fallback_model):
        return [settings.fallback_model]
    return both


def _fetched(
    model: str, settings: Settings, server: Server, machine: Machine, reason: str, sleep: Callable[[float], None]
) -> Iterator[ModelStatus]:
    """Statuses of a download, none where the model is there. Raises _Unfit."""
    if needs := NEEDS.get(model):
        _require_memory(model, needs, machine)
    if server.has(model):
        return
    if not settings.pull_models:
        raise _Unfit(f"{model} is not installed: fetch it with `ollama pull {model}`.")
    if needs:
        _require_disk(model, needs.disk_bytes, machine)
    failures, status = 0, ModelStatus(ModelState.PULLING, model, reason)
    yield status
    while True:
        try:
            for progress in server.pull(model):
                _require_disk(model, progress.total_bytes - progress.completed_bytes, machine)
                if progress.completed_bytes > (status.completed_bytes or 0):
                    failures = 0
                status = _pulling(model, reason, progress)
                yield status
        except PullFailed as exc:
            failures += 1
            if not exc.worth_retrying or failures > _PULL_ATTEMPTS:
                raise _Unfit(str(exc)) from exc
            wait_s = backoff_s(failures)
            yield replace(status, reason=f"{exc} Trying again in {wait_s:.0f} s.", bytes_per_s=None, seconds_left=None)
            sleep(wait_s)
        else:
            return


def _pulling(model: str, reason: str, progress: PullProgress) -> ModelStatus:
    return ModelStatus(
        ModelState.PULLING,
        model,
        reason,
        progress.completed_bytes,
        progress.total_bytes,
        progress.bytes_per_s,
        progress.seconds_left,
    )


def _require_memory(model: str, needs: Needs, machine: Machine) -> None:
    if machine.memory_bytes is not None and machine.memory_bytes < needs.memory_bytes:
        raise _Unfit(
            f"{model} needs {needs.memory_bytes / _GB:.1f} GB of memory, there are {machine.memory_bytes / _GB:.1f}."
        )


def _require_disk(model: str, missing_bytes: int, machine: Machine) -> None:
    free = machine.disk_free_bytes()
    if free is not None and free < missing_bytes:
        raise _Unfit(f"{model} needs {missing_bytes / _GB:.1f} GB more on the disk, there are {free / _GB:.1f} free.")


def _load(model: str, settings: Settings, server: Server, machine: Machine) -> None:
    with _unfit_unless_gone(server):
        server.load(model, num_ctx=settings.num_ctx, num_thread=machine.cores)


def _measured(model: str, server: Server, first_token_s: FirstTokenS) -> float | None:
    with _unfit_unless_gone(server):
        return first_token_s(model)


@contextmanager
def _unfit_unless_gone(server: Server) -> Iterator[None]:
    """An error of a server that still answers is about the model; otherwise it goes up, and the server is restarted."""
    try:
        yield
    except GenerationError as exc:
        if not server.is_alive():
            raise
        raise _Unfit(str(exc)) from exc


def backoff_s(failures: int) -> float:
    """Seconds to wait after the n-th failure in a row: 1, 2, 4 … 60.

    >>> [backoff_s(n) for n in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    return min(2.0 ** (failures - 1), _LONGEST_WAIT_S)


# ------------------------------------------------------------------------------------------------ the real world


def tend_model_of(settings: Settings, chosen: str, *, here: bool) -> Iterator[ModelStatus]:
    """`tend_model` for the Ollama of these settings; `here`: it runs on this machine, whose limits are its own.

    `chosen`: the model that this supervisor settled on before, or "". What an earlier run of it measured under the same
    settings on the same cores holds as long as that model is installed.
    """
    machine = Machine(
        cores=settings.threads or available_cores(),
        memory_bytes=memory_bytes() if here else None,
        disk_free_bytes=lambda: disk_free_bytes(settings.ollama_models) if here else None,
    )

    def measure(model: str) -> float | None:
        return first_token_s(settings, model, machine.cores)

    server, notes = OllamaServer(settings.ollama_url), choice_path(settings.data_dir)
    known = read_choice(notes, _circumstances(settings, machine))
    if chosen and (known is None or known.model != chosen):
        known = Choice(chosen)
    with suppress(GenerationError):  # a server that is gone is found out below
        known = known if known and server.has(known.model) else None
    for status in tend_model(settings, server, machine, measure, chosen=known):
        if status.state is ModelState.READY and status.first_token_s is not None:
            write_choice(
                notes, _circumstances(settings, machine), Choice(status.model, status.reason, status.first_token_s)
            )
        yield status


def choice_path(data_dir: Path) -> Path:
    """Where the supervisor notes which model it settled on."""
    return data_dir / "run" / "choice.json"


def _circumstances(settings: Settings, machine: Machine) -> dict[str, object]:
    """What a choice depends on: under others it is made anew."""
    return {
        "model": settings.model,
        "fallback": settings.fallback_model,
        "target_s": settings.first_token_target_s,
        "evidence_tokens": settings.evidence_tokens,
        "cores": machine.cores,
        "url": settings.ollama_url,
    }


def read_choice(path: Path, circumstances: Mapping[str, object]) -> Choice | None:
    """The choice noted under these circumstances, None where there is none."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        return Choice(**noted["choice"]) if noted["circumstances"] == circumstances else None
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_choice(path: Path, circumstances: Mapping[str, object], choice: Choice) -> None:
    """Note a choice, if it is not noted already. One that cannot be kept is made again at the next start."""
    if read_choice(path, circumstances) == choice:
        return
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"circumstances": circumstances, "choice": asdict(choice)}), encoding="utf-8")


def first_token_s(settings: Settings, model: str, cores: int) -> float | None:
    """Seconds to the first word of a prompt of ordinary length, model loaded; None when that is beyond the target.

    It also leaves the rules, with which every prompt begins, in the server's cache.
    """
    deadlines = Deadlines(
        connect_s=settings.connect_deadline_s,
        first_token_s=settings.first_token_target_s,
        stall_s=settings.stall_deadline_s,
        total_s=settings.total_deadline_s,
    )
    engine = OllamaAnswerGenerator(
        settings.ollama_url, model, num_ctx=settings.num_ctx, num_thread=cores, deadlines=deadlines
    )
    prompt = replace(standard_prompt(settings.evidence_tokens, nonce=f"{time.time():.0f}"), max_output_tokens=1)
    try:
        *_, done = engine.generate(prompt, lambda: False)
    except GenerationTimeout:
        return None
    return done.stats.time_to_first_token_s if isinstance(done, GenerationDone) else None
