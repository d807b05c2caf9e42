"""The Ollama behind the page: why none can be started here, how one is, whether it answers, and who tends its model."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Generator, Iterator
from urllib.parse import urlsplit

from shared_utils.errors import FootnoteError
from shared_utils.message import NOTHING, Message, joined, message
from src.models.status import ModelState, ModelStatus
from src.settings import Settings

# what a model server need not know
_SECRET_VARIABLES = (
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "FOOTNOTE_API_KEYS",
    "FOOTNOTE_ENDPOINT_KEY",
    "FOOTNOTE_STORE",
)

_POLL = re.compile(r'\[GIN\].*\| +200 \|.*\b(?:GET|HEAD) +"/(?:api/(?:version|tags|ps))?"$')


def why_no_ollama(settings: Settings, binary: str | None) -> Message:
    """For the person, when none can be started here; nothing when one can."""
    url, meanwhile = settings.ollama_url, message("Until then, answers are quoted from the pages.")
    if not _on_this_machine(settings.ollama_url):
        why = message("No Ollama answers at {address}, and it is not this machine's to start.", address=url)
        return joined(why, meanwhile)
    if not settings.start_ollama:
        return joined(message("No Ollama answers at {address}. Start it with `ollama serve`.", address=url), meanwhile)
    if binary is None:
        get_it = message("Ollama is not installed. Get it from https://ollama.com/download and start it.")
        return joined(get_it, meanwhile)
    return NOTHING


def ollama_command(settings: Settings, binary: str) -> list[str]:
    """`ollama serve` for one question at a time on few cores, out of the page's way.

    `env` and `nice` replace themselves by the next command, so the process started is Ollama's own.
    """
    environment = {
        "OLLAMA_HOST": urlsplit(settings.ollama_url).netloc,  # never 0.0.0.0, whatever the image says
        "OLLAMA_NUM_PARALLEL": "1",
        "OLLAMA_MAX_LOADED_MODELS": "1",
        "OLLAMA_MAX_QUEUE": "8",  # our own queue is the one that tells people their place
        "OLLAMA_KEEP_ALIVE": "-1",
        "OLLAMA_CONTEXT_LENGTH": str(settings.num_ctx),
        "OLLAMA_MODELS": str(settings.ollama_models),  # the very folder whose disk is looked at
        "OLLAMA_LOAD_TIMEOUT": "10m",
        "OLLAMA_NOPRUNE": "1",  # a half-fetched model survives a restart
        "OLLAMA_NO_CLOUD": "1",
    }
    unset = [part for name in _SECRET_VARIABLES for part in ("-u", name)]
    variables = [f"{name}={value}" for name, value in environment.items()]
    return ["env", *unset, *variables, "nice", "-n", "5", binary, "serve"]


def is_poll(line: str) -> bool:
    """Whether a line of the log only tells that somebody looked, as we do every few seconds, and was answered.

    >>> is_poll('ollama | [GIN] 2026/11/28 - 10:00:00 | 200 | 41.2µs | 127.0.0.1 | GET      "/api/version"')
    True
    >>> is_poll('ollama | [GIN] 2026/11/28 - 10:00:00 | 200 | 4.2s | 127.0.0.1 | POST     "/api/chat"')
    False
    """
    return _POLL.search(line) is not None


def ollama_answers(url: str) -> bool:
    """Whether one does, now."""
    # Imported here, as below: half a second of a busy core that the page's own start needs more.
    from shared_utils.generation.ollama_server import OllamaServer

    return OllamaServer(url, connect_s=1.0).is_alive()


def tend(settings: Settings, chosen: str, log: Callable[[str], None]) -> BackgroundTending:
    """Begin to make a model ready; `chosen` is what an earlier tending settled on, or ""."""
    from src.models.preparation import tend_model_of

    return BackgroundTending(tend_model_of(settings, chosen, here=_on_this_machine(settings.ollama_url)), log)


class BackgroundTending:
    """Runs `steps` in a thread and holds the last status. An abandoned one stops at its next step."""

    def __init__(self, steps: Iterator[ModelStatus], log: Callable[[str], None]) -> None:
        self._steps = steps
        self._log = log
        self._abandoned = False
        self._status = ModelStatus(ModelState.STARTING)
        self._thread = threading.Thread(target=self._run, name="model", daemon=True)
        self._thread.start()

    @property
    def status(self) -> ModelStatus:
        return self._status

    @property
    def ended(self) -> bool:
        return not self._thread.is_alive()

    def abandon(self) -> None:
        self._abandoned = True

    def _run(self) -> None:
        try:
            for status in self._steps:
                self._status = status
                if self._abandoned:
                    return
        except FootnoteError as exc:
            self._log(str(exc))
        finally:
            if isinstance(self._steps, Generator):  # a connection that nobody reads from is closed now
                self._steps.close()


def _on_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
