"""How long a local model takes to its first word here, measured on itself."""

from __future__ import annotations

import secrets
from dataclasses import replace

from shared_utils.errors import GenerationTimeout
from shared_utils.generation.ollama_answer_generator import OllamaAnswerGenerator
from shared_utils.generation.speed import Speed, updated
from shared_utils.generation.watched_stream import Deadlines
from shared_utils.types import GenerationDone
from src.answering.prompts import standard_prompt, standard_prompt_tokens
from src.settings import Settings

_SHARE = 3  # of the usual evidence, a third is read: reading goes at one speed


def first_token_s(settings: Settings, model: str, cores: int) -> float | None:
    """Seconds a loaded model would take to the first word of a prompt of ordinary length; None when far too many.

    Told from a shorter prompt, so that a slow model is known by its number and not by a missed deadline. It also leaves
    the rules, with which every prompt begins, in the server's cache.
    """
    deadlines = Deadlines(
        connect_s=settings.connect_deadline_s,
        first_token_s=settings.first_token_target_s,
        stall_s=settings.stall_deadline_s,
        total_s=settings.total_deadline_s,
    )
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
