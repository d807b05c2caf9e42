"""Which engines could write now, in which order they are asked, and with which deadlines."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence

from shared_utils.errors import GenerationError
from shared_utils.generation.fallback import Engine
from shared_utils.generation.hf_answer_generator import HfAnswerGenerator
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.ollama_server import OllamaServer
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.processes.resources import available_cores
from src.model_status import ModelState, ModelStatus, read_status, status_path
from src.settings import Settings
from src.views import EngineView
from src.writing import Scribe, Writer

_PROBE_S = 5.0  # an Ollama that nobody supervises is asked what it has at most this often


class Engines:
    """Which engines could write now. Asks the supervisor's status file, or Ollama itself where nobody supervises."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = OllamaServer(settings.ollama_url, connect_s=settings.connect_deadline_s)
        self._probed_at = float("-inf")
        self._probed: ModelStatus | None = None
        self._lock = threading.Lock()

    def writers(self, choice: str = "auto") -> Sequence[Writer]:
        """In the order they are asked. `choice`: "auto", or one engine by name and no other."""
        writers = []
        if choice in ("auto", "ollama") and (status := self.status()).state is ModelState.READY:
            writers.append(self._local(status.model))
        if choice in ("auto", "remote") and self._settings.hf_token and self._settings.hf_models:
            writers.append(self._remote())
        return writers

    def status(self) -> ModelStatus:
        """Where the local model stands."""
        supervised = read_status(status_path(self._settings.data_dir), time.time())
        if supervised is not None and supervised.state is not ModelState.UNAVAILABLE:
            return supervised
        # nobody supervises, or the one who did has died: an Ollama that answers is still an Ollama that answers
        probed = self._probe()
        return probed if supervised is None or probed.state is ModelState.READY else supervised

    def view(self, scribe: Scribe) -> EngineView:
        """The status line of the page."""
        status = self.status()
        remote = bool(self._settings.hf_token and self._settings.hf_models)
        busy, waiting = scribe.queue.load()
        if status.state is ModelState.READY:
            return EngineView("ollama", status.model, f"{status.model} · on this machine", busy, waiting)
        if remote:
            model = self._settings.hf_models[0]
            return EngineView("remote", model, f"{model.rpartition('/')[2]} · on Hugging Face", busy, waiting)
        return EngineView("extractive", "", _waiting_line(status), busy, waiting)

    def _probe(self) -> ModelStatus:
        with self._lock:
            if time.monotonic() - self._probed_at > _PROBE_S or self._probed is None:
                self._probed = self._asked()
                self._probed_at = time.monotonic()
            return self._probed

    def _asked(self) -> ModelStatus:
        try:
            for model in (self._settings.model, self._settings.fallback_model):
                if self._server.has(model):
                    return ModelStatus(ModelState.READY, model)
        except GenerationError as exc:
            return ModelStatus(ModelState.UNAVAILABLE, reason=str(exc))
        return ModelStatus(
            ModelState.UNAVAILABLE,
            reason=f"Ollama has no {self._settings.model} yet. Fetch it with `ollama pull {self._settings.model}`.",
        )

    def _local(self, model: str) -> Writer:
        generator = OllamaAnswerGenerator(
            self._settings.ollama_url,
            model,
            num_ctx=self._settings.num_ctx,
            num_thread=threads(self._settings),
            deadlines=_deadlines(self._settings),
        )
        return Writer(Engine("ollama", generator), model, local=True, num_ctx=self._settings.num_ctx)

    def _remote(self) -> Writer:
        generator = HfAnswerGenerator(
            self._settings.hf_token, self._settings.hf_models, deadlines=_deadlines(self._settings)
        )
        return Writer(Engine("remote", generator), self._settings.hf_models[0], local=False)


def _waiting_line(status: ModelStatus) -> str:
    """What the status line says while no model can write."""
    match status.state:
        case ModelState.PULLING if status.total_bytes:
            share = (status.completed_bytes or 0) / status.total_bytes
            left = f", about {max(1, round(status.seconds_left / 60))} min left" if status.seconds_left else ""
            return f"Fetching {status.model} ({share:.0%}{left}) · answers quote the documents until then"
        case ModelState.STARTING | ModelState.PULLING | ModelState.LOADING | ModelState.RESTARTING:
            return f"{status.model or 'The model'} is {status.state} · answers quote the documents until then"
        case _:
            return "No language model · answers quote the documents"


def _deadlines(settings: Settings) -> Deadlines:
    return Deadlines(
        connect_s=settings.connect_deadline_s,
        first_token_s=settings.first_token_deadline_s,
        stall_s=settings.stall_deadline_s,
        total_s=settings.total_deadline_s,
    )


def threads(settings: Settings) -> int:
    """Never more threads than the container has cores: above them generation collapses (12 → 0.6 tokens a second)."""
    return settings.threads or available_cores()
