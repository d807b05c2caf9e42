"""Answers written by a model that a local Ollama runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import replace

import httpx

from shared_utils.errors import GenerationInterrupted
from shared_utils.generation.ollama_connection import HangUpTransport, in_our_words
from shared_utils.generation.ollama_package import ollama
from shared_utils.generation.ollama_server import same_model
from shared_utils.generation.watched_stream import Deadlines, Overdue, Stopped, lateness, watched
from shared_utils.generation.where import where_is
from shared_utils.types import (
    Cancelled,
    EngineKind,
    GenerationDone,
    GenerationEvent,
    GenerationStats,
    ModelAsked,
    Prompt,
    TextDelta,
    Where,
)

_NS = 1e9  # Ollama's durations are nanoseconds; they become seconds here and nowhere else
_READ_MARGIN_S = 5.0  # the socket's own timeout only catches what the watch missed
_ASK_S = 1.0  # what is in memory is told at once, or not waited for


class _Frame(ollama.ChatResponse):
    """One line of the stream. The client's own type leaves out what the server tells about its prompt cache."""

    prompt_eval_cached_count: int | None = None


class _ChatClient(ollama.Client):
    """`Client.chat` has no `truncate` or `shift`, and without them the server drops the evidence silently."""

    def stream_chat(self, payload: dict[str, object]) -> Iterator[_Frame]:
        return self._request(_Frame, "POST", "/api/chat", json=payload, stream=True)


class OllamaAnswerGenerator:
    """Streams an answer of `model` from the Ollama at `host`.

    `num_thread` must not exceed the cores this container really has: measured on two cores, one thread too many cuts
    generation from 12 to 0.6 tokens a second. `keep_alive=-1` keeps the model in memory for good.
    `load_s` is granted on top of the deadlines where the model is not in memory, as after another one was asked: a
    server that is hung up on while it loads begins from nothing the next time.
    """

    def __init__(
        self,
        host: str,
        model: str,
        *,
        num_ctx: int,
        num_thread: int,
        deadlines: Deadlines,
        load_s: float = 0.0,
        keep_alive: float | str = -1,
        temperature: float = 0.0,
        seed: int = 0,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.host = host
        self.where = where_is(host)
        self.model = model
        self._num_ctx = num_ctx
        self._num_thread = num_thread
        self._deadlines = deadlines
        self._load_s = load_s
        self._keep_alive = keep_alive
        self._temperature = temperature
        self._seed = seed
        self._transport = transport
        self._clock = clock

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        """TextDelta … and one GenerationDone; raises GenerationError. Stop works in every phase, loading included.

        ModelAsked comes first where the prompt leaves this machine, or the model has to be loaded.
        """
        line, deadlines = HangUpTransport(self._transport), _later(self._deadlines, prompt.grace_s)
        loading = bool(self._load_s) and not self._in_memory()
        if loading or self.where is not Where.THIS_MACHINE:
            yield ModelAsked(self.model, self.where, loading)
        if loading:
            deadlines = _later(deadlines, self._load_s)
        started, first_token_s = self._clock(), None
        frames = watched(
            self._frames(prompt, line, deadlines),
            speaks=lambda frame: bool(frame.message.content),
            deadlines=deadlines,
            cancelled=cancelled,
            hang_up=line.hang_up,
            clock=self._clock,
        )
        try:
            with closing(frames):
                for frame in frames:
                    if frame.message.content:
                        if first_token_s is None:
                            first_token_s = self._clock() - started
                        yield TextDelta(frame.message.content)
                    if frame.done:
                        finish_reason = "length" if frame.done_reason == "length" else "stop"
                        yield GenerationDone(finish_reason, _counted(frame, self._stats(first_token_s)))
                        return
        except Stopped:
            yield GenerationDone("cancelled", self._stats(first_token_s))
            return
        except Overdue as exc:
            raise lateness(self.model, exc.phase, deadlines, spoken=first_token_s is not None) from exc
        except Exception as exc:
            ours = in_our_words(exc, host=self.host, model=self.model, spoken=first_token_s is not None)
            if ours is None:
                raise
            raise ours from exc
        # The client ends silently when the connection is cut cleanly; only the last frame proves completeness.
        raise GenerationInterrupted("{model} broke off before the end of its answer. Ask again.", model=self.model)

    def _stats(self, first_token_s: float | None) -> GenerationStats:
        return GenerationStats(EngineKind.OLLAMA, self.model, time_to_first_token_s=first_token_s, where=self.where)

    def _in_memory(self) -> bool:
        """Also where the server does not tell: what is wrong with it, the question itself will find out."""
        timeout = httpx.Timeout(_ASK_S, connect=self._deadlines.connect_s)
        try:
            with ollama.Client(self.host, timeout=timeout, transport=HangUpTransport(self._transport)) as client:
                return any(same_model(self.model, loaded.model or "") for loaded in client.ps().models)
        except Exception as exc:
            if in_our_words(exc, host=self.host) is None:
                raise
            return True

    def _frames(self, prompt: Prompt, line: HangUpTransport, deadlines: Deadlines) -> Generator[_Frame, None, None]:
        read_s = max(deadlines.first_token_s, deadlines.stall_s) + _READ_MARGIN_S
        timeout = httpx.Timeout(read_s, connect=deadlines.connect_s)
        with _ChatClient(self.host, timeout=timeout, transport=line) as client:
            yield from client.stream_chat(self._payload(prompt))

    def _payload(self, prompt: Prompt) -> dict[str, object]:
        return {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
            "stream": True,
            "keep_alive": self._keep_alive,
            "truncate": False,  # too long a prompt is an error, not an answer from half the evidence
            "shift": False,  # and a full window ends the answer instead of forgetting its beginning
            "options": {
                "num_ctx": self._num_ctx,
                "num_thread": self._num_thread,
                "num_predict": prompt.max_output_tokens,
                "temperature": self._temperature,
                "seed": self._seed,
                "stop": list(prompt.stop),
            },
        }


def _later(deadlines: Deadlines, by_s: float) -> Deadlines:
    """With as much more for the first token."""
    return replace(deadlines, first_token_s=deadlines.first_token_s + by_s, total_s=deadlines.total_s + by_s)


def _counted(last: _Frame, stats: GenerationStats) -> GenerationStats:
    """With what the server tells at the end."""
    return replace(
        stats,
        prompt_tokens=last.prompt_eval_count,
        cached_prompt_tokens=last.prompt_eval_cached_count,
        output_tokens=last.eval_count,
        load_s=_seconds(last.load_duration),
        prompt_evaluation_s=_seconds(last.prompt_eval_duration),
        generation_s=_seconds(last.eval_duration),
    )


def _seconds(nanoseconds: int | None) -> float | None:
    return None if nanoseconds is None else nanoseconds / _NS


def truncation_suspected(prompt: Prompt, stats: GenerationStats, num_ctx: int) -> bool:
    """Whether the server probably read less than it was sent.

    An old server ignores `truncate: false` and drops messages until the rest fits, so that it reports far fewer tokens
    than were estimated for a prompt that could not fit. Fewer tokens alone prove nothing: servers before 0.30.3 leave
    out those they had in their cache.
    """
    fits = prompt.estimated_tokens + prompt.max_output_tokens <= num_ctx
    if fits or stats.prompt_tokens is None:
        return False
    return stats.prompt_tokens < 0.8 * prompt.estimated_tokens or stats.prompt_tokens >= num_ctx - 1
