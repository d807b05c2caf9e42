"""The model servers besides the local Ollama: more of them, and OpenAI-compatible ones."""

from __future__ import annotations

from shared_utils.errors import GeneratorUnavailable
from shared_utils.generation.endpoints import Endpoint
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.ollama_server import OllamaServer
from shared_utils.generation.openai_answer_generator import OpenAiAnswerGenerator, served_models
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.processes.resources import available_cores
from src.settings import Settings

LOAD_S = 120.0  # to bring a model back into memory after another one was asked: gigabytes from a slow disk


def model_servers(settings: Settings) -> list[Endpoint]:
    """Those that the settings name, in their order."""
    ollamas = [_ollama(settings, url) for url in settings.more_ollama_urls]
    return ollamas + [_openai(settings, url) for url in settings.endpoints]


def _ollama(settings: Settings, url: str) -> Endpoint:
    server = OllamaServer(url, connect_s=settings.connect_deadline_s)

    def model() -> str:
        for name in (settings.model, settings.fallback_model):
            if server.has(name):
                return name
        raise GeneratorUnavailable(
            "Ollama at {address} has neither {model} nor {other}. Fetch one there with `ollama pull {model}`.",
            address=url,
            model=settings.model,
            other=settings.fallback_model,
        )

    def generator(name: str) -> OllamaAnswerGenerator:
        # its cores are not known here: Ollama counts them itself where no number of threads is named
        return OllamaAnswerGenerator(
            url,
            name,
            num_ctx=settings.num_ctx,
            num_thread=settings.threads,
            deadlines=deadlines_of(settings),
            load_s=LOAD_S,
        )

    return Endpoint(url, model, generator)


def _openai(settings: Settings, url: str) -> Endpoint:
    def model() -> str:
        """FOOTNOTE_MODEL where the server has it, else the first one it offers: such a server has one, as a rule."""
        offered = served_models(url, settings.endpoint_key, timeout_s=settings.connect_deadline_s)
        if not offered:
            raise GeneratorUnavailable("The model server at {address} offers no model.", address=url)
        return settings.model if settings.model in offered else offered[0]

    def generator(name: str) -> OpenAiAnswerGenerator:
        return OpenAiAnswerGenerator(url, name, key=settings.endpoint_key, deadlines=deadlines_of(settings))

    return Endpoint(url, model, generator, places=max(1, settings.endpoint_questions))


def deadlines_of(settings: Settings) -> Deadlines:
    return Deadlines(
        connect_s=settings.connect_deadline_s,
        first_token_s=settings.first_token_deadline_s,
        stall_s=settings.stall_deadline_s,
        total_s=settings.total_deadline_s,
    )


def threads(settings: Settings) -> int:
    """Never more threads than the container has cores: above them generation collapses (12 → 0.6 tokens a second)."""
    return settings.threads or available_cores()
