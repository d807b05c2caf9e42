"""How long a local model takes to its first word here, and how fast it writes: measured on itself."""

from __future__ import annotations

import secrets
from dataclasses import replace

from shared_utils.errors import GenerationTimeout
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.speed import Speed, updated
from shared_utils.types import ChatMessage, GenerationDone, Prompt
from src.answering.prompts import standard_prompt, standard_prompt_tokens
from src.models.servers import LOAD_S, deadlines_of
from src.settings import Settings

_WRITTEN_TOKENS = 16  # two threads that wait for each other take 20 s for them
_COUNTING = ChatMessage("user", "Count from one to forty, in words.")
_SHARE = 3  # of the usual evidence, a third is read: reading goes at one speed


def first_token_s(settings: Settings, model: str, cores: int) -> float | None:
    """Seconds a loaded model would take to the first word of a prompt of ordinary length; None when far too many.

    Told from a shorter prompt, so that a slow model is known by its number and not by a missed deadline. It also leaves
    the rules, with which every prompt begins, in the server's cache.
    """
    deadlines = replace(deadlines_of(settings), first_token_s=settings.first_token_target_s)
    engine = OllamaAnswerGenerator(
        settings.ollama_url, model, num_ctx=settings.num_ctx, num_thread=cores, deadlines=deadlines
    )
    shorter = standard_prompt(settings.evidence_tokens // _SHARE, nonce=secrets.token_hex(4))
    try:
        *_, done = engine.generate(replace(shorter, max_output_tokens=1), lambda: False)
    except GenerationTimeout:
        return None
    rate = updated(Speed(), done.stats).prompt_tokens_per_s if isinstance(done, GenerationDone) else None
    return standard_prompt_tokens(settings.evidence_tokens) / rate if rate else None


def tokens_per_s(settings: Settings, model: str, threads: int) -> float | None:
    """What a model writes in a second with so many threads, told from a few words; None where it wrote too few.

    The server loads the model anew for another number of threads, which takes seconds. Raises GenerationError.
    """
    deadlines = replace(deadlines_of(settings), first_token_s=LOAD_S)
    engine = OllamaAnswerGenerator(
        settings.ollama_url, model, num_ctx=settings.num_ctx, num_thread=threads, deadlines=deadlines
    )
    short = Prompt((_COUNTING,), estimated_tokens=40, max_output_tokens=_WRITTEN_TOKENS)
    *_, done = engine.generate(short, lambda: False)
    return updated(Speed(), done.stats).generation_tokens_per_s if isinstance(done, GenerationDone) else None
