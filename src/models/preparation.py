"""Which model, and how it gets ready: fetched, loaded, measured; the smaller one where the first is too much."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from shared_utils.errors import GenerationError
from shared_utils.generation.ollama_folder import keeps_models
from shared_utils.generation.ollama_server import OllamaServer, PullFailed, PullProgress, same_model
from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.processes.resources import available_cores, disk_free_bytes, memory_bytes
from src.models.choice import Choice, choice_of, choice_path, read_choice, write_choice
from src.models.machine import NEEDS, Machine, Unfit, require_disk, require_memory
from src.models.measurement import first_token_s, tokens_per_s
from src.models.status import ModelState, ModelStatus
from src.models.thread_choice import fastest
from src.settings import Settings

_PULL_ATTEMPTS = 5  # without a byte of progress between them
_LONGEST_WAIT_S = 60.0
_WATCH_S = 5.0
_MISSED_WATCHES = 6  # a server that is loading or swapping may be mute for a while
_TRY_AGAIN_S = 60.0
_FETCH_AGAIN_S = 600.0  # between two attempts to fetch the preferred model beside one that serves
_HOPEFUL = 0.7  # a speed told from another model's may be wrong by a third before a download is spared


class Server(Protocol):
    """What is needed of an OllamaServer."""

    def is_alive(self) -> bool: ...

    def has(self, model: str) -> bool: ...

    def pull(self, model: str) -> Iterator[PullProgress]: ...

    def load(self, model: str, *, num_ctx: int, num_thread: int, keep_alive: float | str = -1) -> None: ...


FirstTokenS = Callable[[str], float | None]
"""Seconds a loaded model takes to the first word of the standard prompt; None: far longer than the target."""

Rate = Callable[[str, int], float | None]
"""Tokens a second that a model writes with so many threads; None where that cannot be told."""


def tend_model(
    settings: Settings,
    server: Server,
    machine: Machine,
    first_token_s: FirstTokenS,
    *,
    chosen: Choice | None = None,
    rate: Rate | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[ModelStatus]:
    """Get a model ready and keep an eye on it, status by status. Ends when the server is gone.

    `chosen`: the model an earlier run settled on; it is loaded without being measured again. `rate` measures with how
    many threads it writes fastest; None where their number is not ours to choose.
    """
    while True:
        status = ModelStatus(ModelState.STARTING)
        for status in prepare_model(settings, server, machine, first_token_s, chosen=chosen, sleep=sleep):
            if status.state is ModelState.READY and not status.threads and rate is not None:
                status = _with_threads(status, settings, server, machine, rate)
            yield status
        settled, ready = status, status.state is ModelState.READY
        chosen = choice_of(settled, {}) if ready else None
        silences, waited_s, fetch_at_s = 0, 0.0, 0.0
        while silences < _MISSED_WATCHES and (ready or waited_s < _TRY_AGAIN_S):
            if ready and waited_s >= fetch_at_s and _misses_preferred(status, settings, server):
                fetch_at_s = waited_s + _FETCH_AGAIN_S
                status = yield from _fetched_beside(settled, settings, server, machine, sleep)
                if status.state is not ModelState.READY:
                    chosen = None
                    break
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
    reasons: list[Message] = [chosen.reason] if chosen and chosen.reason else []
    slow, slow_s = (chosen.slow_model, chosen.slow_first_token_s) if chosen else ("", None)
    loaded_with = replace(machine, cores=chosen.threads) if chosen and chosen.threads else machine
    for model in names:
        try:
            yield from _fetched(model, settings, server, machine, joined(*reasons), sleep)
            yield ModelStatus(ModelState.LOADING, model, joined(*reasons))
            _load(model, settings, server, loaded_with)
            waited_s = chosen.first_token_s if chosen else _measured(model, server, first_token_s)
            quick = bool(chosen) or (waited_s is not None and waited_s <= settings.first_token_target_s)
        except Unfit as exc:
            reasons.append(exc.message)
            continue
        if not quick:
            reasons.append(_too_slow(model, waited_s, settings.first_token_target_s))
        if quick or model == names[-1]:
            yield ModelStatus(
                ModelState.READY,
                model,
                joined(*reasons),
                first_token_s=waited_s,
                slow_model=slow,
                slow_first_token_s=slow_s,
                threads=chosen.threads if chosen else 0,
                tokens_per_s=chosen.tokens_per_s if chosen else None,
            )
            return
        slow, slow_s = model, waited_s
        with suppress(GenerationError):  # it only makes room for the next
            server.load(model, num_ctx=settings.num_ctx, num_thread=machine.cores, keep_alive=0)
    if slow and not chosen:  # beats nothing: its answers still come, after those quoted from the page
        yield ModelStatus(ModelState.LOADING, slow, joined(*reasons))
        try:
            _load(slow, settings, server, machine)
        except Unfit as exc:
            reasons.append(exc.message)
        else:
            yield ModelStatus(ModelState.READY, slow, joined(*reasons), first_token_s=slow_s)
            return
    yield ModelStatus(ModelState.UNAVAILABLE, settings.model, joined(*reasons))


def _too_slow(model: str, first_token_s: float | None, target_s: float) -> Message:
    if first_token_s is None:
        return message(
            "{model} takes longer than {seconds:.0f} s to its first word here.", model=model, seconds=target_s
        )
    return message(
        "{model} would need about {seconds} s to its first word here.", model=model, seconds=math.ceil(first_token_s)
    )


# ------------------------------------------------------------------------------------------------ the preferred one


def _misses_preferred(ready: ModelStatus, settings: Settings, server: Server) -> bool:
    """Whether the fallback serves because nobody has fetched the model preferred to it."""
    if not settings.pull_models or settings.model in ("", ready.model, ready.slow_model):
        return False
    with suppress(GenerationError):
        return not server.has(settings.model)
    return False


def _fetched_beside(
    ready: ModelStatus, settings: Settings, server: Server, machine: Machine, sleep: Callable[[float], None]
) -> Generator[ModelStatus, None, ModelStatus]:
    """Fetch the preferred model while another serves. Returns LOADING when it is there; else the serving model's
    status, with the reason why not. What would surely be too slow is not fetched: that saves two gigabytes."""
    model, expected_s = settings.model, _told_from(ready, settings.model)
    if expected_s is not None and _HOPEFUL * expected_s > settings.first_token_target_s:
        too_slow = _too_slow(model, expected_s, settings.first_token_target_s)
        reason = joined(too_slow, message("It was not fetched."))
        return replace(ready, reason=reason, slow_model=model, slow_first_token_s=expected_s)
    try:
        for step in _fetched(model, settings, server, machine, NOTHING, sleep):
            tenths = 10 * (step.completed_bytes or 0) // step.total_bytes if step.total_bytes else 0
            reason = step.reason or message(
                "{model} is being fetched ({share}%) and takes over when it is there.", model=model, share=10 * tenths
            )
            yield replace(
                ready,
                reason=reason,
                completed_bytes=step.completed_bytes or 0,
                total_bytes=step.total_bytes or 0,
                bytes_per_s=step.bytes_per_s,
                seconds_left=step.seconds_left,
            )
    except Unfit as exc:
        return replace(ready, reason=joined(ready.reason, exc.message))
    return ModelStatus(ModelState.LOADING, model)


def _told_from(ready: ModelStatus, model: str) -> float | None:
    """Seconds that a known model would take to its first word, from how long another takes."""
    if not ready.first_token_s or model not in NEEDS or ready.model not in NEEDS:
        return None
    return ready.first_token_s * NEEDS[model].reading / NEEDS[ready.model].reading


# ------------------------------------------------------------------------------------------------ steps


def candidates(settings: Settings, has: Callable[[str], bool]) -> list[str]:
    """The models to try, best first. Where only the fallback is installed it serves first: nobody waits for a download
    of gigabytes while a model is there.

    >>> settings = Settings(model="3b", fallback_model="1b")
    >>> candidates(settings, {"1b"}.__contains__), candidates(settings, set().__contains__)
    (['1b'], ['3b', '1b'])
    """
    both = list(dict.fromkeys(name for name in (settings.model, settings.fallback_model) if name))
    if not has(settings.model) and settings.fallback_model and has(settings.fallback_model):
        return [settings.fallback_model]
    return both


def _fetched(
    model: str, settings: Settings, server: Server, machine: Machine, reason: Message, sleep: Callable[[float], None]
) -> Iterator[ModelStatus]:
    """Statuses of a download, none where the model is there. Raises Unfit."""
    if needs := NEEDS.get(model):
        require_memory(model, needs, machine)
    if server.has(model):
        return
    if not settings.pull_models:
        raise Unfit("{model} is not installed: fetch it with `ollama pull {model}`.", model=model)
    if needs:
        require_disk(model, needs.disk_bytes, machine)
    failures, status = 0, ModelStatus(ModelState.PULLING, model, reason)
    yield status
    while True:
        try:
            for progress in server.pull(model):
                require_disk(model, progress.total_bytes - progress.completed_bytes, machine)
                if progress.completed_bytes > (status.completed_bytes or 0):
                    failures = 0
                status = _pulling(model, reason, progress)
                yield status
        except PullFailed as exc:
            failures += 1
            if not exc.worth_retrying or failures > _PULL_ATTEMPTS:
                raise Unfit(exc.message) from exc
            wait_s = backoff_s(failures)
            again = message("Trying again in {seconds:.0f} s.", seconds=wait_s)
            yield replace(status, reason=joined(exc.message, again), bytes_per_s=None, seconds_left=None)
            sleep(wait_s)
        else:
            return


def _pulling(model: str, reason: Message, progress: PullProgress) -> ModelStatus:
    return ModelStatus(
        ModelState.PULLING,
        model,
        reason,
        progress.completed_bytes,
        progress.total_bytes,
        progress.bytes_per_s,
        progress.seconds_left,
    )


def _load(model: str, settings: Settings, server: Server, machine: Machine) -> None:
    with _unfit_unless_gone(server):
        server.load(model, num_ctx=settings.num_ctx, num_thread=machine.cores)


def _measured(model: str, server: Server, first_token_s: FirstTokenS) -> float | None:
    with _unfit_unless_gone(server):
        return first_token_s(model)


def _with_threads(ready: ModelStatus, settings: Settings, server: Server, machine: Machine, rate: Rate) -> ModelStatus:
    """The same with the number of threads with which the model writes fastest; it is left loaded with that many."""
    tried: list[int] = []

    def measured(threads: int) -> float | None:
        tried.append(threads)
        return rate(ready.model, threads)

    try:
        threads, tokens_per_s = fastest(machine.cores, measured)
        if tried[-1] != threads:
            server.load(ready.model, num_ctx=settings.num_ctx, num_thread=threads)
    except GenerationError:
        if not server.is_alive():
            raise
        return replace(ready, threads=machine.cores)  # it can be asked all the same
    return replace(ready, threads=threads, tokens_per_s=tokens_per_s)


@contextmanager
def _unfit_unless_gone(server: Server) -> Iterator[None]:
    """An error of a server that still answers is about the model; otherwise it goes up, and the server is restarted."""
    try:
        yield
    except GenerationError as exc:
        if not server.is_alive():
            raise
        raise Unfit(exc.message) from exc


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
    server, notes = OllamaServer(settings.ollama_url), choice_path(settings.data_dir)
    machine = Machine(
        cores=settings.threads or available_cores(),
        memory_bytes=memory_bytes() if here else None,
        disk_free_bytes=lambda: models_disk_bytes(settings.ollama_models, server) if here else None,
    )
    circumstances = _circumstances(settings, machine)

    def measure(model: str) -> float | None:
        return first_token_s(settings, model, machine.cores)

    def rate(model: str, threads: int) -> float | None:
        return tokens_per_s(settings, model, threads)

    known, last = read_choice(notes, circumstances), None
    with suppress(GenerationError):  # a server that is gone is found out below
        known = _still_true(known, chosen, settings, server)
    free = machine.cores > 1 and not settings.threads
    for status in tend_model(settings, server, machine, measure, chosen=known, rate=rate if free else None):
        settled = status.state is ModelState.READY and status.total_bytes is None
        if settled and status.first_token_s is not None and status != last:
            last = status
            with suppress(GenerationError):
                write_choice(notes, circumstances, choice_of(status, _digests(settings, server)))
        yield status


def _still_true(known: Choice | None, chosen: str, settings: Settings, server: OllamaServer) -> Choice | None:
    """What was noted, where the models are still the same; else what this supervisor settled on, where it is there."""
    digests = _digests(settings, server)
    if known is None or not known.about(digests) or chosen not in ("", known.model):
        return Choice(chosen) if chosen and server.has(chosen) else None
    if settings.model not in digests and not known.slow_model:  # that may have healed: it is found out again
        return replace(known, reason=NOTHING)
    return known


def _digests(settings: Settings, server: OllamaServer) -> dict[str, str]:
    names, installed = {settings.model, settings.fallback_model}, server.models()
    return {name: model.digest for name in names for model in installed if name and same_model(name, model.name)}


def _circumstances(settings: Settings, machine: Machine) -> dict[str, object]:
    """What a choice depends on besides the models: under others it is made anew."""
    return {
        "model": settings.model,
        "fallback": settings.fallback_model,
        "target_s": settings.first_token_target_s,
        "evidence_tokens": settings.evidence_tokens,
        "num_ctx": settings.num_ctx,
        "cores": machine.cores,
        "url": settings.ollama_url,
    }


def models_disk_bytes(folder: Path, server: OllamaServer) -> int | None:
    """Bytes free where the server keeps its models; None where that is another folder than the one we know of.

    An Ollama that somebody else started, such as a system service, has its own OLLAMA_MODELS.
    """
    with suppress(OSError, GenerationError):
        if keeps_models(folder, [model.name for model in server.models()]):
            return disk_free_bytes(folder)
    return None
