"""Which engines could write now, in which order they are asked, and with which deadlines."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_utils.errors import EngineMisconfigured, GenerationError, GeneratorUnavailable
from shared_utils.generation.endpoints import Endpoint, EndpointPool, PooledAnswerGenerator
from shared_utils.generation.fallback import Engine
from shared_utils.generation.hf_answer_generator import HfAnswerGenerator
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.ollama_server import OllamaServer
from shared_utils.generation.speed import Speed
from shared_utils.generation.where import farthest, where_is
from shared_utils.message import NOTHING, Message, counted, joined, literal, message
from shared_utils.types import AnswerGenerator, EngineKind, Where
from src.answering.prompts import standard_prompt_tokens
from src.answering.writing import Scribe, Writer, staying
from src.i18n import phrase
from src.models.servers import LOAD_S, deadlines_of, model_servers, threads
from src.models.status import ModelState, ModelStatus, read_status, status_path
from src.models.thread_choice import ThreadChoice, Watched
from src.models.wish import choice_of, wish_of
from src.settings import Settings
from src.views import EngineView, ModelChoice

_PROBE_S = 5.0  # an Ollama that nobody supervises is asked what it has at most this often


class Engines:
    """Which engines could write now. Asks the supervisor's status file, or Ollama itself where nobody supervises.

    `pool` is there where several model servers share the questions, the local Ollama being one of them.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server = OllamaServer(settings.ollama_url, connect_s=settings.connect_deadline_s)
        self._probed_at = float("-inf")
        self._probed: ModelStatus | None = None
        self._listed_at = float("-inf")
        self._listed: Mapping[str, str] = {}
        self._lock = threading.Lock()
        kept = settings.data_dir / "run" / "threads.json"
        self._threads = ThreadChoice(threads(settings), kept, fixed=bool(settings.threads))
        others = model_servers(settings)
        own = Endpoint(settings.ollama_url, self._own_model, self._own_generator)
        self.pool = EndpointPool([own, *others]) if others else None

    def places(self) -> int:
        """How many questions can be answered at once."""
        return self.pool.places() if self.pool else 1

    def writers(self, choice: str = "") -> Sequence[Writer]:
        """In the order they are asked. `choice`, as `wish_of` reads it: this server's choice; one engine and no other;
        or a local model of one's own choice, where people may choose, and the remote engine after it."""
        wish = wish_of(choice)
        match wish.engine:
            case None:
                return [*self._own(), *self._remote()]
            case EngineKind.OLLAMA | EngineKind.ENDPOINT:
                return [*self._own(wish.model), *(self._remote() if wish.model else [])]
            case EngineKind.REMOTE:
                return self._remote()
            case EngineKind.EXTRACTIVE:
                return []

    def _own(self, wanted: str = "") -> list[Writer]:
        """The model servers of this installation: one of them, or all as one writer that shares out the questions."""
        chosen = wanted if self._may_choose(wanted) else ""
        if self.pool and not chosen:
            shared = self._shared(self.pool)
            return [shared] if shared else []
        status = self._own_status()
        return [self._local(chosen or status.model, status)] if status.state is ModelState.READY else []

    def choices(self) -> tuple[ModelChoice, ...]:
        """What a person may choose, this server's own choice first."""
        status = self._own_status()
        own = status.model if status.state is ModelState.READY else ""
        where = where_is(self._settings.ollama_url)
        shared = self._shared(self.pool) if self.pool else None
        first = ModelChoice("", shared.model, shared.where) if shared else ModelChoice("", own, where)
        choices = [first]
        if self._settings.choose_model and own:
            choices += [ModelChoice(choice_of(name), name, where) for name in self._installed()]
        choices += [ModelChoice(EngineKind.REMOTE.value, writer.model, writer.where) for writer in self._remote()]
        return (*choices, ModelChoice(EngineKind.EXTRACTIVE.value, "", Where.THIS_MACHINE))

    def why_nobody(self) -> Message:
        """Why no model can write now, for who reads; nothing where only the operator could change it."""
        return NOTHING if self.status().state in _NOBODY else self._why_not_ready()

    def _why_not_ready(self) -> Message:
        status = self.status()
        match status.state:
            case ModelState.READY:
                return NOTHING
            case ModelState.PULLING | ModelState.FETCHING if status.total_bytes:
                return message(
                    "{model} is still being fetched ({share:.0%}).", model=status.model, share=_share(status)
                )
            case ModelState.UNAVAILABLE | ModelState.OFFERED:
                return status.reason
            case _:
                return joined(message("{model} is still getting ready.", model=_named(status)), status.reason)

    def _has_remote(self) -> bool:
        return bool(self._settings.hf_token and self._settings.hf_models)

    def _may_choose(self, model: str) -> bool:
        return bool(model) and self._settings.choose_model and model in self._installed()

    def digests(self) -> Mapping[str, str]:
        """Name -> digest of the local models: which weights it was that answered."""
        return self._installed()

    def _installed(self) -> Mapping[str, str]:
        """The local models, name -> digest, by name; asked anew every few seconds at most."""
        with self._lock:
            if time.monotonic() - self._listed_at > _PROBE_S:
                self._listed_at = time.monotonic()
                try:
                    self._listed = dict(sorted((model.name, model.digest) for model in self._server.models()))
                except GenerationError:
                    self._listed = {}
            return self._listed

    def status(self) -> ModelStatus:
        """Where the models stand: ready as soon as one of the servers is."""
        own = self._own_status()
        models = self.pool.models() if self.pool and own.state is not ModelState.READY else ()
        return ModelStatus(ModelState.READY, models[0]) if models else own

    def _own_status(self) -> ModelStatus:
        """Where the local Ollama stands."""
        supervised = read_status(status_path(self._settings.data_dir), time.time())
        if supervised is not None and supervised.state is not ModelState.UNAVAILABLE:
            return supervised
        # nobody supervises, or the one who did has died: an Ollama that answers is still an Ollama that answers
        probed = self._probe()
        return probed if supervised is None or probed.state is ModelState.READY else supervised

    def view(self, scribe: Scribe, choice: str = "", *, may_leave: bool = True) -> EngineView:
        """The status line of the page, for who chose `choice` and whether passages may leave the machine."""
        status, possible = self.status(), self.writers(choice)
        writers = possible if may_leave else staying(possible)
        busy, waiting = scribe.queue.load()
        far = next((writer.model for writer in writers if writer.engine.name is EngineKind.REMOTE), "")
        if possible and not writers:
            line = message("Everything stays here · answers quote the documents")
            return EngineView(EngineKind.EXTRACTIVE, "", line, busy, waiting, self._why_not_ready())
        if not writers and wish_of(choice).engine is EngineKind.EXTRACTIVE:
            line = message("No language model, as you chose · answers quote the documents")
            return EngineView(EngineKind.EXTRACTIVE, "", line, busy, waiting)
        if not writers:
            return EngineView(EngineKind.EXTRACTIVE, "", _waiting_line(status), busy, waiting, self._why_not_ready())
        first = writers[0]
        view = EngineView(first.engine.name, first.model, NOTHING, busy, waiting, where=first.where)

        def line_of(place: Message) -> Message:
            if not far or first.engine.name is EngineKind.REMOTE:
                return message("{model} · {place}", model=_short(first.model), place=place)
            too_slow = message("if it is too slow, {remote} on Hugging Face", remote=_short(far))
            return message("{model} · {place} · {too_slow}", model=first.model, place=place, too_slow=too_slow)

        match first.engine.name:
            case EngineKind.REMOTE:
                return replace(view, line=line_of(_leaving(message("on Hugging Face"))), reason=self._why_not_ready())
            case EngineKind.ENDPOINT:
                here_only = first.where is Where.THIS_MACHINE
                places = [served.where for served in self.pool.served(here_only=here_only)] if self.pool else []
                return replace(view, line=line_of(_on_servers(places)), if_slow=far)
            case EngineKind.OLLAMA | EngineKind.EXTRACTIVE:
                own = first.model == status.model
                line = line_of(_on_server(first.where, _because(status) if own else NOTHING))
                return replace(view, line=line, reason=status.reason if own else NOTHING, if_slow=far)

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
            return ModelStatus(ModelState.UNAVAILABLE, reason=exc.message)
        return ModelStatus(
            ModelState.UNAVAILABLE,
            reason=message(
                "Ollama has no {model} yet. Fetch it with `ollama pull {model}`.", model=self._settings.model
            ),
        )

    def _shared(self, pool: EndpointPool, *, here_only: bool = False) -> Writer | None:
        """Whichever model server is best when its turn has come, under the first one's model; None where none is."""
        served = pool.served(here_only=here_only)
        if not served:
            return None
        places = {server.where for server in served}
        return Writer(
            Engine(EngineKind.ENDPOINT, PooledAnswerGenerator(pool, here_only)),
            served[0].model,
            queued=True,
            where=served[0].where if len(places) == 1 else None,
            here=None if here_only else self._shared(pool, here_only=True),
            first_token_deadline_s=deadlines_of(self._settings).first_token_s,
        )

    def _own_model(self) -> str:
        """What the local Ollama answers with. Raises GenerationError with the reason why it cannot."""
        status = self._own_status()
        if status.state is ModelState.READY:
            return status.model
        if status.reason and status.state in _NOBODY:
            raise EngineMisconfigured(status.reason)
        raise GeneratorUnavailable(status.reason or message("The local model is still getting ready."))

    def _own_generator(self, model: str) -> AnswerGenerator:
        return self._local(model, self._own_status()).engine.generator

    def _local(self, model: str, status: ModelStatus) -> Writer:
        """`model` is the status's own, or one that a person chose."""
        known = {status.slow_model: status.slow_first_token_s, status.model: status.first_token_s}
        usual_s, own = known.get(model), model == status.model
        deadlines = replace(deadlines_of(self._settings), first_token_s=self._patience_s(usual_s, own=own))
        self._threads.begin(status.model, status.threads, status.tokens_per_s)
        count = self._threads.now()
        generator = OllamaAnswerGenerator(
            self._settings.ollama_url,
            model,
            num_ctx=self._settings.num_ctx,
            num_thread=count,
            deadlines=deadlines,
            load_s=LOAD_S,
        )
        return Writer(
            Engine(EngineKind.OLLAMA, Watched(generator, self._threads, count)),
            model,
            queued=True,
            where=generator.where,
            num_ctx=self._settings.num_ctx,
            measured=self._speed(usual_s),
            first_token_deadline_s=deadlines.first_token_s,
        )

    def _patience_s(self, usual_s: float | None, *, own: bool) -> float:
        """How long a model may take to its first word. Longer than set where waiting is better than giving up: a
        person chose it, slow or not; or it is slow, as measured here, and nobody else could be asked."""
        given_s, longest_s = self._settings.first_token_deadline_s, self._settings.total_deadline_s / 2
        if not own:
            return max(given_s, longest_s)
        if usual_s is None or self._has_remote():
            return given_s
        return max(given_s, min(usual_s, longest_s))  # it is given less to read than usual, and so has some to spare

    def _speed(self, first_token_s: float | None) -> Speed:
        """What a measurement of the supervisor's tells of a model's speed."""
        if not first_token_s:
            return Speed()
        return Speed(prompt_rates=(standard_prompt_tokens(self._settings.evidence_tokens) / first_token_s,))

    def _remote(self) -> list[Writer]:
        if not self._has_remote():
            return []
        generator = HfAnswerGenerator(
            self._settings.hf_token, self._settings.hf_models, deadlines=deadlines_of(self._settings)
        )
        engine = Engine(EngineKind.REMOTE, generator)
        return [Writer(engine, self._settings.hf_models[0], queued=False, where=Where.ELSEWHERE)]


def _waiting_line(status: ModelStatus) -> Message:
    """What the status line says while no model can write."""
    match status.state:
        case ModelState.PULLING | ModelState.FETCHING if status.total_bytes and status.seconds_left:
            return message(
                "Fetching {model} ({share:.0%}, about {minutes} min left) · answers quote the documents until then",
                model=status.model,
                share=_share(status),
                minutes=max(1, round(status.seconds_left / 60)),
            )
        case ModelState.PULLING | ModelState.FETCHING if status.total_bytes:
            return message(
                "Fetching {model} ({share:.0%}) · answers quote the documents until then",
                model=status.model,
                share=_share(status),
            )
        case (
            ModelState.STARTING | ModelState.PULLING | ModelState.UNPACKING | ModelState.LOADING | ModelState.RESTARTING
        ):
            return message(
                "{model} is {state} · answers quote the documents until then",
                model=_named(status),
                state=message(_STATES[status.state]),
            )
        case _:
            return message("No language model · answers quote the documents")


_NOBODY = (ModelState.UNAVAILABLE, ModelState.OFFERED)  # what only whoever runs the server could change
_STATES = {
    ModelState.STARTING: phrase("starting"),
    ModelState.PULLING: phrase("pulling"),
    ModelState.FETCHING: phrase("pulling"),
    ModelState.UNPACKING: phrase("being unpacked"),
    ModelState.LOADING: phrase("loading"),
    ModelState.RESTARTING: phrase("restarting"),
}


def _named(status: ModelStatus) -> Message:
    return literal(status.model) or message("The model")


def _on_server(where: Where | None, because: Message) -> Message:
    """Where one model runs, for the status line.

    >>> str(_on_server(Where.ELSEWHERE, NOTHING))
    'on a model server elsewhere: passages leave this machine'
    """
    match where:
        case Where.THIS_MACHINE:
            return _reasoned(message("on this machine"), because)
        case Where.OWN_NETWORK:
            return _reasoned(message("on a server in your network"), because)
        case Where.ELSEWHERE | None:
            return _leaving(_reasoned(message("on a model server elsewhere"), because))


def _reasoned(place: Message, because: Message) -> Message:
    return message("{place}, {because}", place=place, because=because) if because else place


def _on_servers(places: Sequence[Where]) -> Message:
    """The same of servers that share the questions.

    >>> str(_on_servers([Where.THIS_MACHINE, Where.OWN_NETWORK]))
    'on 2 model servers, some of them in your network'
    """
    n, some = len(places), len(set(places)) > 1
    match farthest(*places):
        case Where.THIS_MACHINE | None:
            return counted(n, "on a model server", "on {n} model servers")
        case Where.OWN_NETWORK if some:
            return message("on {n} model servers, some of them in your network", n=n)
        case Where.OWN_NETWORK:
            return counted(n, "on a model server in your network", "on {n} model servers in your network")
        case Where.ELSEWHERE if some:
            return _leaving(message("on {n} model servers, some of them elsewhere", n=n))
        case Where.ELSEWHERE:
            return _leaving(counted(n, "on a model server elsewhere", "on {n} model servers elsewhere"))


def _leaving(place: Message) -> Message:
    return message("{place}: passages leave this machine", place=place)


def _share(status: ModelStatus) -> float:
    return (status.completed_bytes or 0) / (status.total_bytes or 1)


def _because(status: ModelStatus) -> Message:
    """Why it is this model and not the one preferred to it, for the status line.

    >>> ready = ModelStatus(ModelState.READY, "llama3.2:1b", slow_model="llama3.2:3b", slow_first_token_s=33.4)
    >>> str(_because(ready))
    'because 3b would need about 34 s to its first word'
    """
    if not status.slow_first_token_s:
        return NOTHING
    family, _, tag = status.slow_model.partition(":")
    other = tag if tag and status.model.startswith(f"{family}:") else status.slow_model
    seconds = math.ceil(status.slow_first_token_s)
    return message("because {model} would need about {seconds} s to its first word", model=other, seconds=seconds)


def _short(model: str) -> str:
    """A remote model without its publisher."""
    return model.rpartition("/")[2]
