"""Which of several model servers is asked next: one that is well, has room, and has read this prompt's beginning."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from shared_utils.errors import GenerationError, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation.where import where_is
from shared_utils.message import NOTHING, Message, joined, message
from shared_utils.types import AnswerGenerator, Cancelled, GenerationEvent, ModelAsked, Prompt, TextDelta, Where

_LOOKED_AT_S = 5.0  # how often a server is asked what it serves
_FIRST_PAUSE_S = 2.0  # after a failure; doubled with each further one
_LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model server. `places`: how many questions it works on at once without making each of them wait."""

    address: str
    look: Callable[[], str]  # the model it would answer with; "" for none; raises GenerationError when it is not there
    generator: Callable[[str], AnswerGenerator]  # for that model
    places: int = 1

    @property
    def where(self) -> Where:
        return where_is(self.address)


@dataclass(frozen=True, slots=True)
class Served:
    """A model that can be asked now, and where it runs."""

    model: str
    where: Where


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a server."""

    model: str = ""  # "" = not there, as far as is known
    reason: Message = NOTHING  # why
    failures: int = 0  # since it answered last
    paused_until: float = 0.0  # seconds on the clock

    def usable(self, now: float) -> bool:
        return bool(self.model) and now >= self.paused_until


@dataclass
class _Known:
    """Written under the lock."""

    endpoint: Endpoint
    health: Health = Health()
    in_hand: int = 0
    asked_at: float = 0.0
    read: deque[str] = field(default_factory=deque)  # the prompts it may still have in its cache, one a place


class EndpointPool:
    """Knows how several servers are, and shares out questions among them. Thread-safe; one for the whole process.

    Servers are looked at in a thread of their own whenever somebody asks and the last look is some seconds old: nobody
    waits for one that is not there. `start` runs a function in the background.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        clock: Callable[[], float] = time.monotonic,
        start: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self._known = [_Known(endpoint, read=deque(maxlen=endpoint.places)) for endpoint in endpoints]
        self._clock = clock
        self._start = start or _in_a_thread
        self._lock = threading.Lock()
        self._looked_at = float("-inf")
        self._looking = False

    # -------------------------------------------------------------------------------------------- how they are

    def look(self) -> None:
        """Ask every server what it serves, one after the other; `models` and `places` do so in the background."""
        for known in self._known:
            try:
                model, reason = known.endpoint.look(), NOTHING
            except GenerationError as exc:
                model, reason = "", exc.message
            with self._lock:
                known.health = replace(known.health, model=model, reason=reason or known.health.reason)
        with self._lock:
            self._looked_at = self._clock()

    def models(self) -> tuple[str, ...]:
        """The models of the servers that can be asked now, in the order they were named."""
        return tuple(served.model for served in self.served())

    def served(self, *, here_only: bool = False) -> tuple[Served, ...]:
        """The same, and where each of them runs. `here_only`: of the servers on this machine."""
        self._look_again()
        with self._lock:
            usable = self._usable(here_only=here_only)
            return tuple(Served(known.health.model, known.endpoint.where) for known in usable)

    def places(self) -> int:
        """How many questions those servers work on at once, together."""
        self._look_again()
        with self._lock:
            return sum(known.endpoint.places for known in self._usable())

    def health(self) -> dict[str, Health]:
        """Address -> how that server is."""
        with self._lock:
            return {known.endpoint.address: known.health for known in self._known}

    def _look_again(self) -> None:
        with self._lock:
            if self._looking or self._clock() - self._looked_at < _LOOKED_AT_S:
                return
            self._looking = True
        self._start(self._look_in_background)

    def _look_in_background(self) -> None:
        try:
            self.look()
        finally:
            with self._lock:
                self._looking = False

    # -------------------------------------------------------------------------------------------- who is asked

    @contextmanager
    def taken(
        self, text: str, without: Sequence[str] = (), *, here_only: bool = False
    ) -> Iterator[tuple[Endpoint, str]]:
        """The best server for a prompt that reads `text`, and its model; it counts as busy meanwhile.

        `without`: addresses that have been tried; `here_only`: no server on another machine is asked.
        Raises GeneratorUnavailable when none is left.
        """
        with self._lock:
            now = self._clock()
            usable = self._usable(without, here_only=here_only)
            if not usable:
                raise GeneratorUnavailable(self._why_none())
            known = min(usable, key=lambda k: preference(k.in_hand / k.endpoint.places, k.read, text, k.asked_at))
            if known.health.failures:  # it is on trial: nobody else follows until it has answered
                known.health = paused(known.health, now)
            known.in_hand += 1
            known.asked_at = now
            known.read.append(text)
            model = known.health.model
        try:
            yield known.endpoint, model
        finally:
            with self._lock:
                known.in_hand -= 1

    def has_another(self, tried: Sequence[str], *, here_only: bool = False) -> bool:
        """Whether a server could be asked besides those tried."""
        with self._lock:
            return bool(self._usable(tried, here_only=here_only))

    def _usable(self, without: Sequence[str] = (), *, here_only: bool = False) -> list[_Known]:
        """Call it under the lock."""
        now = self._clock()
        return [
            known
            for known in self._known
            if known.health.usable(now)
            and known.endpoint.address not in without
            and (known.endpoint.where is Where.THIS_MACHINE or not here_only)
        ]

    def answered(self, endpoint: Endpoint) -> None:
        """It has said a word: whatever was wrong is over."""
        self._set(endpoint, lambda health: replace(health, failures=0, paused_until=0.0, reason=NOTHING))

    def failed(self, endpoint: Endpoint, reason: Message) -> None:
        """It did not: leave it alone for a while, longer each time."""
        self._set(endpoint, lambda health: replace(worse(health, self._clock()), reason=reason))

    def _set(self, endpoint: Endpoint, change: Callable[[Health], Health]) -> None:
        with self._lock:
            for known in self._known:
                if known.endpoint is endpoint:
                    known.health = change(known.health)

    def _why_none(self) -> Message:
        reasons = dict.fromkeys(known.health.reason for known in self._known if known.health.reason)
        return joined(*reasons) or message("None of the model servers answers. Ask again in a moment.")


@dataclass(frozen=True, slots=True)
class PooledAnswerGenerator:
    """Asks the best server of a pool; where it cannot be reached, the next, as long as no word has come.

    `here_only`: those on other machines are left out.
    """

    pool: EndpointPool
    here_only: bool = False

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        """ModelAsked, TextDelta … and one GenerationDone; raises GenerationError."""
        text = "\n".join(message.content for message in prompt.messages)
        tried: list[str] = []
        while True:
            with self.pool.taken(text, tried, here_only=self.here_only) as (endpoint, model):
                spoken = False
                tried.append(endpoint.address)
                try:
                    yield ModelAsked(model, endpoint.where)
                    for event in endpoint.generator(model).generate(prompt, cancelled):
                        if isinstance(event, TextDelta) and not spoken:
                            spoken = True
                            self.pool.answered(endpoint)
                        yield event
                except GenerationError as exc:
                    if spoken:
                        raise
                    self.pool.failed(endpoint, exc.message)
                    another = self.pool.has_another(tried, here_only=self.here_only)
                    if isinstance(exc, GenerationTimeout) or not another:
                        raise  # who has waited out a deadline should not wait out the next server's
                else:
                    return


def preference(load: float, read: Sequence[str], text: str, asked_at: float) -> tuple[float, int, float]:
    """Smaller is better: least loaded; then who has read most of this prompt; then who has rested longest.

    A server keeps the state of the last prompt in each of its places, and reuses the longest common beginning: so a
    conversation stays where it is, without anybody keeping a list of conversations. All prompts begin with the same
    rules; that alone keeps nobody anywhere, or every new conversation would push out another one's state.

    >>> rested, reader = preference(0, [], "Rules. Rent? When?", 1), preference(0, ["Rules. Rent?"], "Rules. Rent?", 2)
    >>> reader < rested < preference(0, ["Rules. Leakage fell to 3 %."], "Rules. Rent?", 2)
    True
    """
    common = [(common_beginning(earlier, text), len(earlier)) for earlier in read]
    return (load, -max((length for length, whole in common if 2 * length > whole), default=0), asked_at)


def common_beginning(one: str, other: str) -> int:
    """How many characters two texts share from their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def worse(health: Health, now: float) -> Health:
    """After one more failure.

    >>> worse(worse(Health("m"), now=0.0), now=10.0)
    Health(model='m', reason=Message(template='', values=(), one=''), failures=2, paused_until=14.0)
    """
    return paused(replace(health, failures=health.failures + 1), now)


def paused(health: Health, now: float) -> Health:
    """Left alone for as long as its failures so far ask for."""
    pause_s = min(_FIRST_PAUSE_S * 2 ** (health.failures - 1), _LONGEST_PAUSE_S)
    return replace(health, paused_until=now + pause_s)


def _in_a_thread(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="endpoints", daemon=True).start()
