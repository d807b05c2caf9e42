"""How the parts of a server are: what works, what does not, and why, for a health check and its reader."""

from __future__ import annotations

import threading
from typing import Literal

from shared_utils.errors import FootnoteError
from shared_utils.message import Message
from shared_utils.processes.resources import disk_free_bytes
from src.answering.readiness import EmbedderSource
from src.api.schemas import Health, Part
from src.library.library import Library
from src.library.services import EngineRoom
from src.models.engines import Engines
from src.models.status import ModelState, ModelStatus
from src.settings import Settings

_NEEDED = ("disk", "background")
_LOW_BYTES = 500_000_000
_FULL_BYTES = 50_000_000  # below this a page more cannot be promised to be kept

_SERVER_UP = (ModelState.READY, ModelState.PULLING, ModelState.LOADING)
_SERVER_COMING = (ModelState.STARTING, ModelState.RESTARTING, ModelState.FETCHING, ModelState.UNPACKING)


class Embeddings:
    """Watches the embedding model load. `wait` blocks, so it has a thread of its own."""

    def __init__(self) -> None:
        self._watching: threading.Thread | None = None
        self._trouble = ""

    def part(self, source: EmbedderSource) -> Part:
        if source.ready() is not None:
            return Part(state="ok")
        if self._watching is None:
            self._watching = threading.Thread(target=self._watch, args=(source,), name="embeddings-watch", daemon=True)
            self._watching.start()
        if self._trouble:
            return Part(state="down", reason=f"{self._trouble} Documents are searched by their words alone.")
        return Part(state="starting", reason="The embedding model is loading. Words are found already.")

    def _watch(self, source: EmbedderSource) -> None:
        try:
            source.wait()
        except FootnoteError as exc:
            self._trouble = str(exc)


def health(
    library: Library | None, trouble: str, settings: Settings, embeddings: Embeddings, uptime_s: float
) -> Health:
    """The whole. Blocks while an Ollama that nobody supervises is asked, some seconds at most."""
    parts = {"web": Part(state="ok"), "disk": disk(disk_free_bytes(settings.data_dir))}
    if library is None:
        parts["library"] = Part(state="down", reason=trouble) if trouble else Part(state="starting")
        return Health(status="unhealthy" if trouble else "starting", uptime_s=round(uptime_s, 1), parts=parts)
    status, stalled = library.engines.status(), library.why_stalled()
    parts |= {
        "library": kept(library.store.trouble()),
        "readers": readers(library),
        "background": Part(state="down" if stalled else "ok", reason=stalled),
        "model_server": model_server(status, settings),
        "model": model(status, settings, silent=named_are_silent(library.engines, settings)),
        "embeddings": embeddings.part(library.rag.embedder),
        "remote_engine": remote_engine(settings),
    }
    return Health(status=overall(parts), uptime_s=round(uptime_s, 1), parts=parts)


def overall(parts: dict[str, Part]) -> Literal["healthy", "degraded", "unhealthy"]:
    """Without a disk or its threads nothing works; without a model documents are quoted, which is less, but works."""
    if any(parts[name].state == "down" for name in _NEEDED if name in parts):
        return "unhealthy"
    return "healthy" if all(part.state in ("ok", "off") for part in parts.values()) else "degraded"


def kept(trouble: Message) -> Part:
    """What people keep here, of which a damaged data file may have taken some."""
    return Part(state="degraded", reason=str(trouble)) if trouble else Part(state="ok")


def readers(library: Library) -> Part:
    """Who reads the files that people add."""
    try:
        workers = library.workers()
    except FootnoteError as exc:
        return Part(state="down", reason=str(exc))
    if workers is None:
        return Part(state="off", reason="This process reads files itself.")
    if not workers:
        return Part(
            state="down",
            reason="Files wait: no worker is there. Start python -m src.worker, or unset FOOTNOTE_READING.",
        )
    return Part(state="ok", reason=f"{workers} worker(s) read files.")


def disk(free_bytes: int) -> Part:
    """
    >>> disk(10_000_000).state
    'down'
    """
    left = f"{free_bytes / 1e6:,.0f} MB are free where documents are kept."
    if free_bytes < _FULL_BYTES:
        return Part(state="down", reason=f"{left} Nothing more can be taken in; free some space.")
    if free_bytes < _LOW_BYTES:
        return Part(state="degraded", reason=f"{left} Free some space soon.")
    return Part(state="ok")


def model_server(status: ModelStatus, settings: Settings) -> Part:
    if status.state in _SERVER_UP:
        return Part(state="ok")
    if settings.endpoints and status.state is ModelState.UNAVAILABLE:
        return Part(state="off", reason="No Ollama is needed: other servers are named to write.")
    if status.state in _SERVER_COMING:
        return Part(state="starting", reason=str(status.reason))
    return Part(state="down", reason=str(status.reason) or "No model server answers.")


def model(status: ModelStatus, settings: Settings, *, silent: bool = False) -> Part:
    """`silent`: see `named_are_silent`."""
    if settings.endpoints and status.state is not ModelState.READY:
        return endpoints(settings, silent=silent)
    match status.state:
        case ModelState.READY:
            return Part(state="ok", reason=status.model)
        case ModelState.UNAVAILABLE | ModelState.OFFERED:
            return Part(state="down", reason="No language model writes; answers quote the documents.")
        case _:
            return Part(
                state="starting", reason=f"{status.model or 'The model'} is {status.state}. {status.reason}".strip()
            )


def named_are_silent(engines: EngineRoom, settings: Settings) -> bool:
    """Whether every server that the operator has named was looked at and none answered."""
    known = engines.pool.health() if isinstance(engines, Engines) and engines.pool else {}
    named = [server for address, server in known.items() if address != settings.ollama_url]
    return bool(named) and all(server.reason and not server.model for server in named)


def endpoints(settings: Settings, *, silent: bool) -> Part:
    """The OpenAI-compatible servers that the operator has named: taken to write until a look at them says otherwise."""
    if silent:
        told = f"None of the {len(settings.endpoints)} named OpenAI-compatible server(s) answers."
        return Part(state="down", reason=f"{told} Answers quote the documents.")
    return Part(state="ok", reason=f"{len(settings.endpoints)} OpenAI-compatible server(s) are named and write.")


def remote_engine(settings: Settings) -> Part:
    if not settings.hf_token:
        return Part(state="off", reason="No token is set, so Hugging Face is never asked.")
    return Part(state="ok", reason="Asked when no local model writes in time.")
