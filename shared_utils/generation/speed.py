"""How fast a model reads and writes here, learnt from the answers it gives."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from shared_utils.types import GenerationStats

_KEPT = 9  # observations: enough for a median to shrug off a noisy neighbour, few enough to follow a new load
_LEAST_PROMPT_TOKENS = 32  # below this, fixed costs drown the rate
_LEAST_OUTPUT_TOKENS = 8


@dataclass(frozen=True, slots=True)
class Speed:
    """Running estimate of one model on one machine; rates are tokens a second, the newest last."""

    prompt_rates: tuple[float, ...] = ()
    generation_rates: tuple[float, ...] = ()

    @property
    def prompt_tokens_per_s(self) -> float | None:
        return median(self.prompt_rates) if self.prompt_rates else None

    @property
    def generation_tokens_per_s(self) -> float | None:
        return median(self.generation_rates) if self.generation_rates else None


def updated(speed: Speed, stats: GenerationStats) -> Speed:
    """`speed` after one more answer. The median of the last few makes a single outlier harmless."""
    prompt_rate = _prompt_rate(stats)
    if prompt_rate is not None:
        speed = replace(speed, prompt_rates=(*speed.prompt_rates, prompt_rate)[-_KEPT:])
    generation_rate = _rate(stats.output_tokens, stats.generation_s, _LEAST_OUTPUT_TOKENS)
    if generation_rate is not None:
        speed = replace(speed, generation_rates=(*speed.generation_rates, generation_rate)[-_KEPT:])
    return speed


def held_back(speed: Speed, prompt_tokens: int, waited_s: float) -> Speed:
    """`speed` after a prompt had no first token within `waited_s`: the model reads no faster than that here and now.

    >>> held_back(Speed(prompt_rates=(20.0, 50.0)), 700, 20.0)
    Speed(prompt_rates=(20.0, 35.0), generation_rates=())
    """
    most = prompt_tokens / max(waited_s, 0.1)
    return replace(speed, prompt_rates=tuple(min(rate, most) for rate in speed.prompt_rates) or (most,))


def estimate_first_token_s(speed: Speed, prompt_tokens: int, cached_tokens: int = 0) -> float | None:
    """Seconds until a loaded model's first token; None before anything was learnt.

    >>> estimate_first_token_s(Speed(prompt_rates=(50.0,)), 700, cached_tokens=200)
    10.0
    """
    rate = speed.prompt_tokens_per_s
    return None if rate is None else max(prompt_tokens - cached_tokens, 0) / rate


def estimate_answer_s(speed: Speed, prompt_tokens: int, output_tokens: int, cached_tokens: int = 0) -> float | None:
    """Seconds for a whole answer; None before both rates were learnt."""
    reading_s = estimate_first_token_s(speed, prompt_tokens, cached_tokens)
    rate = speed.generation_tokens_per_s
    return None if reading_s is None or rate is None else reading_s + output_tokens / rate


def _prompt_rate(stats: GenerationStats) -> float | None:
    """Only tokens that were evaluated count: `prompt_tokens` includes those reused from the cache.

    A server that does not tell how many were reused seems too fast by the share of the fixed beginning (about a
    quarter), and by far on a question asked twice; the median absorbs the latter.
    """
    if stats.prompt_tokens is None:
        return None
    evaluated = stats.prompt_tokens - (stats.cached_prompt_tokens or 0)
    return _rate(evaluated, stats.prompt_evaluation_s, _LEAST_PROMPT_TOKENS)


def _rate(tokens: int | None, seconds: float | None, least: int) -> float | None:
    if tokens is None or tokens < least or not seconds or seconds <= 0:
        return None
    return tokens / seconds
