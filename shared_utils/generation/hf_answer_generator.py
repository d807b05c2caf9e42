"""Answers written by a model behind Hugging Face's Inference Providers. The passages leave the machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from shared_utils.errors import GenerationError, GenerationInterrupted, GenerationTimeout, GeneratorUnavailable
from shared_utils.generation.watched_stream import Deadlines, Overdue, Phase, Stopped, watched
from shared_utils.message import Message, joined, message
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

if TYPE_CHECKING:
    from huggingface_hub import ChatCompletionStreamOutput

_SETTINGS = "https://huggingface.co/settings"


class _NextModel(Exception):
    """This model cannot answer, another one may."""

    def __init__(self, why: Message) -> None:
        super().__init__(why)
        self.why = why


class HfAnswerGenerator:
    """Asks `models` in their order until one answers; `provider="auto"` lets the router choose who runs it.

    A wrong token or an empty account holds for every model, so those end the attempt at once.
    """

    def __init__(
        self,
        token: str,
        models: Sequence[str],
        *,
        deadlines: Deadlines,
        temperature: float = 0.0,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.models = tuple(models)
        self._token = token
        self._deadlines = deadlines
        self._temperature = temperature
        self._seed = seed
        self._clock = clock

    def generate(self, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        """ModelAsked before each model, TextDelta … and one GenerationDone; raises GenerationError."""
        if not self._token.startswith("hf_"):
            raise GeneratorUnavailable(
                "HF_TOKEN is not a Hugging Face token (they begin with hf_). Make one at {address}/tokens.",
                address=_SETTINGS,
            )
        reasons = []
        for model in self.models:
            yield ModelAsked(model, Where.ELSEWHERE)
            try:
                yield from self._answer(model, prompt, cancelled)
            except _NextModel as exc:
                reasons.append(exc.why)
            except GenerationInterrupted as exc:
                exc.model = model
                raise
            else:
                return
        raise GeneratorUnavailable(joined(*reasons) or message("No remote model is configured."))

    def _answer(self, model: str, prompt: Prompt, cancelled: Cancelled) -> Iterator[GenerationEvent]:
        started, first_token_s, finish_reason = self._clock(), None, ""
        prompt_tokens = output_tokens = None
        chunks = watched(
            self._chunks(model, prompt),
            speaks=lambda chunk: bool(_text(chunk)),
            deadlines=self._deadlines,
            cancelled=cancelled,
            hang_up=_cannot_hang_up,
            clock=self._clock,
        )
        try:
            with closing(chunks):
                for chunk in chunks:
                    if text := _text(chunk):
                        if first_token_s is None:
                            first_token_s = self._clock() - started
                        yield TextDelta(text)
                    if chunk.choices and chunk.choices[0].finish_reason:
                        finish_reason = chunk.choices[0].finish_reason
                    if chunk.usage is not None:
                        prompt_tokens, output_tokens = chunk.usage.prompt_tokens, chunk.usage.completion_tokens
        except Stopped:
            finish_reason = "cancelled"
        except Overdue as exc:
            raise self._late(model, exc.phase, spoken=first_token_s is not None) from exc
        except Exception as exc:
            ours = _in_our_words(exc, model, spoken=first_token_s is not None)
            if ours is None:
                raise
            raise ours from exc
        if not finish_reason:
            raise GenerationInterrupted("{model} broke off before the end of its answer. Ask again.", model=model)
        stats = GenerationStats(
            backend=EngineKind.REMOTE,
            model=model,
            prompt_tokens=prompt_tokens,
            output_tokens=output_tokens,
            time_to_first_token_s=first_token_s,
            where=Where.ELSEWHERE,
        )
        yield GenerationDone(finish_reason if finish_reason in ("length", "cancelled") else "stop", stats)

    def _chunks(self, model: str, prompt: Prompt) -> Generator[ChatCompletionStreamOutput, None, None]:
        # Imported here: it costs a quarter of a second that most installations never need.
        from huggingface_hub import InferenceClient

        timeout_s = max(self._deadlines.first_token_s, self._deadlines.stall_s)
        with InferenceClient(provider="auto", api_key=self._token, timeout=timeout_s) as client:
            yield from client.chat_completion(
                messages=[{"role": message.role, "content": message.content} for message in prompt.messages],
                model=model,
                stream=True,
                max_tokens=prompt.max_output_tokens,
                stop=list(prompt.stop) or None,
                temperature=self._temperature,
                seed=self._seed,
                stream_options={"include_usage": True},
            )

    def _late(self, model: str, phase: Phase, *, spoken: bool) -> GenerationError:
        if not spoken:
            return GenerationTimeout(
                "{model} (remote) did not begin its answer within {seconds:.0f} s. Ask again.",
                model=model,
                seconds=self._deadlines.first_token_s,
            )
        if phase is Phase.TOTAL:
            return GenerationInterrupted(
                "The answer took longer than {seconds:.0f} s and was cut off.", seconds=self._deadlines.total_s
            )
        return GenerationInterrupted(
            "{model} (remote) fell silent in the middle of its answer. Ask again.", model=model
        )


def _cannot_hang_up() -> None:
    """The library shares one hidden connection pool: a reader that is given up ends with its own read timeout."""


def _text(chunk: ChatCompletionStreamOutput) -> str:
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


def _in_our_words(exc: Exception, model: str, *, spoken: bool) -> GenerationError | _NextModel | None:
    """The error to raise for one of the library's; None for anything else (a bug). No message repeats what was sent."""
    from huggingface_hub.errors import HfHubHTTPError, InferenceTimeoutError, OfflineModeIsEnabled

    http_error = InferenceTimeoutError.__mro__[1]  # of httpx or httpx2, whichever this version is built on

    if isinstance(exc, OfflineModeIsEnabled):
        return GeneratorUnavailable("HF_HUB_OFFLINE=1 forbids the remote engine. Unset it, or do without HF_TOKEN.")
    if not isinstance(exc, http_error | OSError | ValueError | TypeError | AttributeError | KeyError | RuntimeError):
        return None
    if spoken:
        return GenerationInterrupted(
            "The connection to {model} (remote) broke in the middle of its answer. Ask again.", model=model
        )
    if isinstance(exc, HfHubHTTPError):
        return _refusal(exc.response.status_code, model)
    if isinstance(exc, InferenceTimeoutError):
        return GenerationTimeout("{model} (remote) sent nothing in time. Ask again.", model=model)
    if isinstance(exc, http_error | OSError):
        return GeneratorUnavailable("Hugging Face cannot be reached from here. Check this machine's network.")
    return _NextModel(message("{model} answered something unreadable.", model=model))


def _refusal(status: int, model: str) -> GenerationError | _NextModel:
    match status:
        case 401 | 403:
            return GeneratorUnavailable(
                "Hugging Face does not accept HF_TOKEN for inference. Make one with “Make calls to Inference "
                "Providers” at {address}/tokens.",
                address=_SETTINGS,
            )
        case 402:
            return GeneratorUnavailable(
                "The Hugging Face account is out of inference credits. See {address}/billing, or use a local model.",
                address=_SETTINGS,
            )
        case 429:
            return _NextModel(
                message("Hugging Face limits how often {model} may be asked just now: wait a minute.", model=model)
            )
        case 400 | 404 | 410 | 422:
            return _NextModel(
                message(
                    "No provider serves {model} ({status}): choose another remote model.", model=model, status=status
                )
            )
        case _ if status >= 500:
            return _NextModel(
                message("The provider of {model} has a problem of its own ({status}).", model=model, status=status)
            )
        case _:
            return _NextModel(
                message("The provider of {model} refused the question ({status}).", model=model, status=status)
            )
