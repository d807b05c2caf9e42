"""An Ollama server apart from its answers: is it there, which models does it have, fetch one, load one."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import httpx

from shared_utils.errors import GenerationError, GeneratorUnavailable
from shared_utils.generation.ollama_connection import HangUpTransport, in_our_words
from shared_utils.generation.ollama_package import ollama
from shared_utils.message import Message, joined, message

_ASK_S = 5.0  # answered from memory, however busy the model is
_LOAD_S = 600.0  # gigabytes read from a slow disk
_PULL_SILENCE_S = 180.0  # while it checks a layer's sha256 the server says nothing
_RATE_WINDOW_S = 15.0


class PullFailed(GeneratorUnavailable):
    """A model could not be fetched. `worth_retrying`: time may heal it, as it does not a full disk or a wrong name."""

    def __init__(self, said: Message, *, worth_retrying: bool) -> None:
        super().__init__(said)
        self.worth_retrying = worth_retrying


@dataclass(frozen=True, slots=True)
class InstalledModel:
    name: str  # with its tag: "llama3.2:3b"
    digest: str = ""  # sha256 of its manifest: another one is another model under the same name


@dataclass(frozen=True, slots=True)
class PullProgress:
    """Bytes are summed over the layers announced so far; rate and time left are None until they can be told."""

    status: str
    completed_bytes: int = 0
    total_bytes: int = 0
    bytes_per_s: float | None = None
    seconds_left: float | None = None


def same_model(one: str, other: str) -> bool:
    """Ollama reads a name without a tag as ":latest".

    >>> same_model("llama3.2", "llama3.2:latest"), same_model("llama3.2", "llama3.2:3b")
    (True, False)
    """
    return _tagged(one) == _tagged(other)


def _tagged(name: str) -> str:
    return name if ":" in name.rpartition("/")[2] else f"{name}:latest"


class OllamaServer:
    """Every call raises GeneratorUnavailable or GenerationTimeout when it cannot be answered."""

    def __init__(
        self,
        host: str,
        *,
        connect_s: float = 3.0,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.host = host
        self._connect_s = connect_s
        self._transport = transport
        self._clock = clock

    def is_alive(self) -> bool:
        try:
            self.version()
        except GenerationError:
            return False
        return True

    def version(self) -> str:
        with self._client(_ASK_S) as client, _Translated(self.host):
            return str(client.version())

    def models(self) -> tuple[InstalledModel, ...]:
        """The models that need no download."""
        with self._client(_ASK_S) as client, _Translated(self.host):
            return tuple(InstalledModel(m.model or "", m.digest or "") for m in client.list().models)

    def has(self, model: str) -> bool:
        return bool(self.installed(model))

    def installed(self, model: str) -> InstalledModel | None:
        """The model of that name, None where it would have to be fetched."""
        return next((installed for installed in self.models() if same_model(model, installed.name)), None)

    def load(self, model: str, *, num_ctx: int, num_thread: int, keep_alive: float | str = -1) -> None:
        """Bring a model into memory. `num_ctx` must be what its answers will ask for, or it is loaded twice."""
        options = {"num_ctx": num_ctx, "num_thread": num_thread}
        with self._client(_LOAD_S) as client, _Translated(self.host, model):
            client.chat(model, messages=[], options=options, keep_alive=keep_alive)

    def pull(self, model: str) -> Iterator[PullProgress]:
        """Fetch a model; an interrupted download goes on where it stopped. Raises PullFailed.

        Closing the iterator ends the download.
        """
        meter, finished = PullMeter(self._clock), False
        try:
            with self._client(_PULL_SILENCE_S) as client, closing(client.stream_pull(model)) as lines:
                for line in lines:
                    finished = line.status == "success"
                    yield meter.after(line.status or "", line.digest, line.completed or 0, line.total or 0)
        except Exception as exc:
            ours = in_our_words(exc, host=self.host, model=model)
            if ours is None:
                raise
            raise _pull_failed(model, exc, ours) from exc
        if not finished:
            raise PullFailed(
                message("The download of {model} broke off. It goes on where it stopped.", model=model),
                worth_retrying=True,
            )

    def _client(self, read_s: float) -> _ServerClient:
        timeout = httpx.Timeout(read_s, connect=self._connect_s)
        return _ServerClient(self.host, timeout=timeout, transport=HangUpTransport(self._transport))


class _ServerClient(ollama.Client):
    """Adds what the client's package leaves out."""

    def version(self) -> str:
        return str(self._request_raw("GET", "/api/version").json()["version"])  # type: ignore[no-untyped-call]

    def stream_pull(self, model: str) -> Iterator[ollama.ProgressResponse]:
        """`Client.pull(stream=True)`, typed so that it can be closed."""
        return self._request(
            ollama.ProgressResponse, "POST", "/api/pull", json={"model": model, "stream": True}, stream=True
        )


class _Translated:
    """Puts the errors of the block into words for a person."""

    def __init__(self, host: str, model: str = "") -> None:
        self._host = host
        self._model = model

    def __enter__(self) -> None: ...

    def __exit__(self, _type: object, exc: BaseException | None, _traceback: object) -> None:
        if isinstance(exc, Exception) and (ours := in_our_words(exc, host=self._host, model=self._model)):
            raise ours from exc


@dataclass(slots=True)
class PullMeter:
    """Adds up a download's layers, which the server reports one by one, and tells its speed over the last seconds."""

    clock: Callable[[], float] = time.monotonic
    _layers: dict[str, tuple[int, int]] = field(default_factory=dict)  # digest -> (completed, total) bytes
    _seen: deque[tuple[float, int]] = field(default_factory=deque)  # (when, completed bytes)

    def after(self, status: str, digest: str | None, completed: int, total: int) -> PullProgress:
        """The progress after one more line of the server's."""
        if digest:
            self._layers[digest] = (completed, total)
        done = sum(layer_done for layer_done, _ in self._layers.values())
        size = sum(layer_size for _, layer_size in self._layers.values())
        rate = self._rate(done)
        return PullProgress(status, done, size, rate, (size - done) / rate if rate else None)

    def _rate(self, done: int) -> float | None:
        """Bytes a second. What an earlier attempt fetched is in the first reading and so never counts as speed."""
        now = self.clock()
        if done:
            self._seen.append((now, done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _RATE_WINDOW_S:
            self._seen.popleft()
        if len(self._seen) < 2:
            return None
        (first_at, first_done), (last_at, last_done) = self._seen[0], self._seen[-1]
        return (last_done - first_done) / (last_at - first_at) if last_at - first_at >= 1.0 else None


def _pull_failed(model: str, exc: Exception, ours: GenerationError) -> PullFailed:
    said = str(exc.error) if isinstance(exc, ollama.ResponseError) else ""
    if "no space" in said or "disk" in said:
        no_room = message(
            "There is no room on the disk for {model} ({error}). Free some space, or choose a smaller model.",
            model=model,
            error=said,
        )
        return PullFailed(no_room, worth_retrying=False)
    if "file does not exist" in said or "not found" in said:
        unknown = message(
            "Ollama's library has no model “{model}”. Check its name at https://ollama.com/library.", model=model
        )
        return PullFailed(unknown, worth_retrying=False)
    if said:
        return PullFailed(
            message("{model} could not be fetched: {error}.", model=model, error=said), worth_retrying=True
        )
    return PullFailed(joined(message("{model} could not be fetched.", model=model), ours.message), worth_retrying=True)
