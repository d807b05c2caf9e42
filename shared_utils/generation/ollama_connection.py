"""What every call to Ollama shares: a socket that can be hung up on, and errors put into words."""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from functools import cache

import httpx

from shared_utils.errors import (
    EngineMisconfigured,
    GenerationError,
    GenerationInterrupted,
    GenerationTimeout,
    GeneratorUnavailable,
)
from shared_utils.generation.ollama_package import ollama

# What the client's own parsing raises on a line that is no JSON object of the expected shape
# (json.JSONDecodeError, pydantic.ValidationError and UnicodeDecodeError are ValueErrors).
_TOO_LONG = re.compile(r"exceeds? the .*context|context (?:length|size|window)|too long", re.IGNORECASE)
_NOT_THE_PROTOCOL = (ValueError, TypeError, AttributeError, KeyError)


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that are believed under https, read once: that takes longer than to ask a server here."""
    return httpx.create_ssl_context()


class HangUpTransport(httpx.BaseTransport):
    """Passes requests on and remembers the socket, so that another thread can end a blocked read.

    Ollama sends nothing, not even headers, before the prompt is evaluated, and closing a file descriptor does not
    wake a thread that reads from it: only shutting the socket down does.
    Handing a transport to httpx also keeps it from sending loopback requests through an HTTP_PROXY.
    """

    def __init__(self, inner: httpx.BaseTransport | None = None) -> None:
        self._inner = inner or httpx.HTTPTransport(verify=_trusted())
        self._socket: socket.socket | None = None
        self._hung_up = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["trace"] = self._remember_socket
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()

    def hang_up(self) -> None:
        """End whatever is being read or written. May be called at any time, more than once, from any thread."""
        self._hung_up = True
        if self._socket is not None:
            with suppress(OSError):  # it ended by itself
                self._socket.shutdown(socket.SHUT_RDWR)

    def _remember_socket(self, event: str, info: Mapping[str, object]) -> None:
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        stream = info["return_value"]
        self._socket = stream.get_extra_info("socket")  # type: ignore[attr-defined]  # httpcore.NetworkStream
        if self._hung_up:
            self.hang_up()


def in_our_words(exc: Exception, *, host: str, model: str = "", spoken: bool = False) -> GenerationError | None:
    """The error a person should read for one raised by httpx or the ollama client; None for anything else (a bug).

    `spoken` tells whether words had already arrived: what comes after them is an interruption.
    """
    if isinstance(exc, ollama.ResponseError):
        return _refusal(exc, host, model, spoken)
    if isinstance(exc, httpx.ReadTimeout) and not spoken:
        return GenerationTimeout(
            "Ollama at {host} sent nothing in time. It may be loading a model or answering somebody else: try again.",
            host=host,
        )
    if isinstance(exc, httpx.ConnectError | httpx.ConnectTimeout | ConnectionError) and not spoken:
        return EngineMisconfigured(
            "Nothing answers at {host}. Start Ollama with `ollama serve`, then ask again.", host=host
        )
    if isinstance(exc, httpx.InvalidURL | httpx.UnsupportedProtocol):
        return EngineMisconfigured(
            "“{host}” is not an address Ollama can be reached at. Set OLLAMA_HOST to something like "
            "http://127.0.0.1:11434.",
            host=host,
        )
    if isinstance(exc, httpx.HTTPError | httpx.StreamError | httpx.CookieConflict | OSError):
        return _broken_off(host, spoken)
    if isinstance(exc, ollama.RequestError):
        return GeneratorUnavailable(
            "Ollama at {host} was asked something it does not take: {error}.", host=host, error=exc.error
        )
    if isinstance(exc, _NOT_THE_PROTOCOL):
        return _not_ollama(host, spoken)
    return None


def _refusal(exc: ollama.ResponseError, host: str, model: str, spoken: bool) -> GenerationError:
    said = str(exc.error).strip().rstrip(".")
    if spoken:
        return GenerationInterrupted("Ollama stopped in the middle of its answer: {error}. Ask again.", error=said)
    match exc.status_code:
        case 404:
            return EngineMisconfigured(
                "Ollama at {host} has no model “{model}”. Fetch it with `ollama pull {model}`, then ask again.",
                host=host,
                model=model,
            )
        case 503:
            return GeneratorUnavailable(
                "Ollama at {host} is busy with other questions. Ask again in a minute.", host=host
            )
        case _ if _TOO_LONG.search(said):
            return GeneratorUnavailable(
                "The question and its evidence are longer than {model}'s context window ({error}). Ask a "
                "shorter question or start a new conversation.",
                model=model,
                error=said,
            )
        case _ if "memory" in said or "signal: killed" in said:  # the kernel kills what outgrows the container
            return GeneratorUnavailable(
                "{model} does not fit into memory ({error}). Choose a smaller model.", model=model, error=said
            )
        case _:
            return GeneratorUnavailable(
                "Ollama at {host} could not answer: {error}. Ask again, or look at its log.", host=host, error=said
            )


def _broken_off(host: str, spoken: bool) -> GenerationError:
    if spoken:
        return GenerationInterrupted("The connection to Ollama broke in the middle of its answer. Ask again.")
    return GeneratorUnavailable(
        "Ollama at {host} ended the connection before it answered. Ask again in a moment.", host=host
    )


def _not_ollama(host: str, spoken: bool) -> GenerationError:
    if spoken:
        return GenerationInterrupted("Ollama's answer turned into something unreadable. Ask again.")
    return GeneratorUnavailable(
        "What answers at {host} does not speak Ollama's protocol. Check OLLAMA_HOST.", host=host
    )
