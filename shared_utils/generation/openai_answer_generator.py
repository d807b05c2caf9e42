"""Answers written by a model behind an OpenAI-compatible server, such as vLLM or llama.cpp's."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import httpx

from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation.ollama_connection import HangUpTransport
from shared_utils.generation.watched_stream import Deadlines, Overdue, Stopped, lateness, watched
from shared_utils.generation.where import where_is
from shared_utils.message import Message, literal, message
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

_READ_MARGIN_S = 5.0  # the socket's own timeout only catches what the watch missed
_TOO_LONG = re.compile(r"context (?:length|size|window)|too long|maximum.*tokens", re.IGNORECASE)


class _Refused(Exception):
    """The server said no before it streamed anything."""

    def __init__(self, status: int, said: str) -> None:
        super().__init__(said)
        self.status = status
        self.said = said

    @property
    def told(self) -> str:
        """ "503 (model is loading)"."""
        return f"{self.status} ({self.said})" if self.said else str(self.status)


class _ServerSaid(Exception):
    """An error where a piece of the answer should have been."""

    def __init__(self, said: Message) -> None:
        super().__init__(said)
        self.said = said


class _NotTheProtocol(Exception): ...


@dataclass(frozen=True, slots=True)
class _Piece:
    """One `data:` line of the stream."""

    text: str = ""
    finish_reason: str = ""
    usage: Mapping[str, Any] | None = None


class OpenAiAnswerGenerator:
    """Streams an answer of `model` from `POST <url>/chat/completions`; `url` ends in /v1, `key` may be empty.

    No message repeats the key or what was sent.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        deadlines: Deadlines,
        temperature: float = 0.0,
        seed: int = 0,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.url = url.rstrip("/")
        self.where = where_is(url)
        self.model = model
        self._key = key
        self._deadlines = deadlines
        self._temperature = temperature
        self._seed = seed
        self._transport = transport
        self._clock = clock

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        """TextDelta … and one GenerationDone; raises GenerationError. Stop works in every phase.

        ModelAsked comes first where the prompt leaves this machine.
        """
        line = HangUpTransport(self._transport)
        if self.where is not Where.THIS_MACHINE:
            yield ModelAsked(self.model, self.where)
        started, first_token_s, finish_reason = self._clock(), None, ""
        usage: Mapping[str, Any] = {}
        pieces = watched(
            self._pieces(prompt, line),
            speaks=lambda piece: bool(piece.text),
            deadlines=self._deadlines,
            cancelled=cancelled,
            hang_up=line.hang_up,
            clock=self._clock,
        )
        try:
            with closing(pieces):
                for piece in pieces:
                    if piece.text:
                        if first_token_s is None:
                            first_token_s = self._clock() - started
                        yield TextDelta(piece.text)
                    finish_reason = piece.finish_reason or finish_reason
                    usage = piece.usage or usage
        except Stopped:
            finish_reason = "cancelled"
        except Overdue as exc:
            raise lateness(self.model, exc.phase, self._deadlines, spoken=first_token_s is not None) from exc
        except Exception as exc:
            ours = self._in_our_words(exc, spoken=first_token_s is not None)
            if ours is None:
                raise
            raise ours from exc
        if not finish_reason:  # a connection that is cut cleanly ends the stream without a word
            raise GenerationInterrupted("{model} broke off before the end of its answer. Ask again.", model=self.model)
        yield GenerationDone(
            finish_reason if finish_reason in ("length", "cancelled") else "stop",
            _stats(self.model, self.where, usage, first_token_s),
        )

    def _pieces(self, prompt: Prompt, line: HangUpTransport) -> Generator[_Piece, None, None]:
        read_s = max(self._deadlines.first_token_s, self._deadlines.stall_s) + _READ_MARGIN_S
        timeout = httpx.Timeout(read_s, connect=self._deadlines.connect_s)
        with (
            httpx.Client(timeout=timeout, transport=line, headers=authorisation(self._key)) as client,
            client.stream("POST", f"{self.url}/chat/completions", json=self._payload(prompt)) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise _Refused(response.status_code, _reason(response.read()))
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise _NotTheProtocol
            for data in _event_data(response.iter_lines()):
                yield _piece(data)

    def _payload(self, prompt: Prompt) -> dict[str, object]:
        payload: dict[str, object] = {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in prompt.messages],
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": prompt.max_output_tokens,
            "temperature": self._temperature,
            "seed": self._seed,
        }
        return {**payload, "stop": list(prompt.stop)} if prompt.stop else payload

    def _in_our_words(self, exc: Exception, *, spoken: bool) -> GenerationError | None:
        if isinstance(exc, _Refused):
            return _refusal(exc, self.url, self.model)
        if isinstance(exc, _ServerSaid):
            return _told_in_the_stream(exc.said, self.url, spoken=spoken)
        return connection_error(exc, self.url, spoken=spoken)


def authorisation(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}


def served_models(
    url: str, key: str = "", *, timeout_s: float = 5.0, transport: httpx.BaseTransport | None = None
) -> tuple[str, ...]:
    """The models a server offers, from `GET <url>/models`. Raises GenerationError."""
    base = url.rstrip("/")
    line = HangUpTransport(transport)
    try:
        with httpx.Client(timeout=timeout_s, transport=line, headers=authorisation(key)) as client:
            response = client.get(f"{base}/models")
            if response.status_code == httpx.codes.OK:
                return tuple(str(model["id"]) for model in response.json()["data"])
    except Exception as exc:
        ours = connection_error(exc, base, spoken=False)
        if ours is None:
            raise
        raise ours from exc
    raise _refusal(_Refused(response.status_code, _reason(response.content)), base, "")


def connection_error(exc: Exception, url: str, *, spoken: bool) -> GenerationError | None:
    """The error a person should read for one of httpx's or of reading the stream; None for anything else (a bug)."""
    if isinstance(exc, httpx.ReadTimeout) and not spoken:
        return GenerationTimeout(
            "The model server at {address} sent nothing in time. Ask again in a moment.", address=url
        )
    if isinstance(exc, httpx.ConnectError | httpx.ConnectTimeout) and not spoken:
        return GeneratorUnavailable(
            "Nothing answers at {address}. Start the model server, or correct its address.", address=url
        )
    if isinstance(exc, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return GeneratorUnavailable(
            "“{address}” is not an address a model server can be reached at. Such a one looks like "
            "http://gpu1:8000/v1.",
            address=url,
        )
    if isinstance(exc, httpx.HTTPError | httpx.StreamError | OSError):
        if spoken:
            return GenerationInterrupted(
                "The connection to the model server broke in the middle of its answer. Ask again."
            )
        return GeneratorUnavailable(
            "The model server at {address} ended the connection before it answered. Ask again.", address=url
        )
    if isinstance(exc, _NotTheProtocol | ValueError | TypeError | AttributeError | KeyError):
        if spoken:
            return GenerationInterrupted("The model server's answer turned into something unreadable. Ask again.")
        return GeneratorUnavailable(
            "What answers at {address} does not speak OpenAI's protocol. The address of a model server ends in /v1.",
            address=url,
        )
    return None


def _refusal(refused: _Refused, url: str, model: str) -> GenerationError:
    match refused.status:
        case 401 | 403:
            return GeneratorUnavailable(
                "The model server at {address} does not accept the key that it is sent. Correct the key, "
                "then start again.",
                address=url,
            )
        case 404 | 410:
            if model:
                return GeneratorUnavailable(
                    "The model server at {address} has no model “{model}”. Does its address end in /v1?",
                    address=url,
                    model=model,
                )
            return GeneratorUnavailable(
                "The model server at {address} has no list of models. Does its address end in /v1?", address=url
            )
        case 429:
            return GeneratorUnavailable(
                "The model server at {address} is busy with other questions. Ask again in a minute.", address=url
            )
        case 400 | 413 | 422 if _TOO_LONG.search(refused.said):
            return GeneratorUnavailable(
                "The question and its evidence are longer than {model}'s context window. Ask a shorter "
                "question or start a new conversation.",
                model=model,
            )
        case status if status >= 500:
            return GeneratorUnavailable(
                "The model server at {address} has a problem of its own, {status}. Ask again, or look at its log.",
                address=url,
                status=refused.told,
            )
        case _:
            return GeneratorUnavailable(
                "The model server at {address} refused the question, {status}.", address=url, status=refused.told
            )


def _told_in_the_stream(said: Message, url: str, *, spoken: bool) -> GenerationError:
    if spoken:
        return GenerationInterrupted(
            "The model server stopped in the middle of its answer: {error}. Ask again.", error=said
        )
    return GeneratorUnavailable(
        "The model server at {address} could not answer: {error}. Ask again, or look at its log.",
        address=url,
        error=said,
    )


def _reason(body: bytes) -> str:
    """What a server says about its error, in one short line; "" when it says nothing one could read."""
    try:
        told = json.loads(body)
        error = told.get("error", told)
        said = error.get("message") or error.get("detail") or "" if isinstance(error, dict) else error
    except (ValueError, AttributeError):
        return ""
    return " ".join(str(said).split()).rstrip(".")[:300]


def _event_data(lines: Iterator[str]) -> Iterator[str]:
    """The data of server-sent events until the last one. Comments, which keep a connection open, are passed over."""
    for line in lines:
        if not line.startswith("data:"):
            continue
        data = line.removeprefix("data:").strip()
        if data == "[DONE]":
            return
        yield data


def _piece(data: str) -> _Piece:
    told = json.loads(data)
    if told.get("error"):
        raise _ServerSaid(literal(_reason(data.encode())) or message("an error without words"))
    choices = told.get("choices") or [{}]
    delta = choices[0].get("delta") or {}
    return _Piece(
        text=str(delta.get("content") or ""),
        finish_reason=str(choices[0].get("finish_reason") or ""),
        usage=told.get("usage"),
    )


def _stats(model: str, where: Where, usage: Mapping[str, Any], first_token_s: float | None) -> GenerationStats:
    """How long a prompt was evaluated, such servers do not tell."""
    details = usage.get("prompt_tokens_details") or {}
    return GenerationStats(
        backend=EngineKind.ENDPOINT,
        model=model,
        prompt_tokens=usage.get("prompt_tokens"),
        cached_prompt_tokens=details.get("cached_tokens"),
        output_tokens=usage.get("completion_tokens"),
        time_to_first_token_s=first_token_s,
        where=where,
    )
