"""Ask one engine after the other, as long as none has said a word."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from shared_utils.errors import EngineMisconfigured, GenerationError, GenerationTimeout, GeneratorUnavailable
from shared_utils.message import Message
from shared_utils.types import (
    AnswerGenerator,
    Cancelled,
    EngineKind,
    GenerationDone,
    GenerationEvent,
    Prompt,
    TextDelta,
)


@dataclass(frozen=True, slots=True)
class Engine:
    """A generator and what to call it."""

    name: EngineKind
    generator: AnswerGenerator


@dataclass(frozen=True, slots=True)
class EngineGivenUp:
    """`engine` said nothing, for `reason`; `next_engine` is being asked. `late`: it was given all its time."""

    engine: EngineKind
    reason: Message
    next_engine: EngineKind
    late: bool = False


def generate_with_fallback(
    engines: Sequence[Engine], prompt: Prompt, cancelled: Cancelled
) -> Generator[GenerationEvent | EngineGivenUp, None, None]:
    """The events of the first engine that speaks; a switch happens only before the first token.

    After it two spliced halves could not be checked, so the error goes up, as does the last engine's.
    Raises GenerationError.
    """
    if not engines:
        raise EngineMisconfigured("There is no engine to write an answer. Start Ollama with `ollama serve`.")
    for position, engine in enumerate(engines):
        spoken = False
        try:
            for event in engine.generator.generate(prompt, cancelled):
                spoken = spoken or (isinstance(event, TextDelta) and bool(event.text.strip()))
                if _wrote_nothing(event, spoken):
                    raise GeneratorUnavailable("{engine} ended without writing a word.", engine=engine.name)
                yield event
        except GenerationError as exc:
            if spoken or position + 1 == len(engines):
                raise
            late = isinstance(exc, GenerationTimeout)
            yield EngineGivenUp(engine.name, exc.for_reader, engines[position + 1].name, late)
        else:
            return


def _wrote_nothing(event: GenerationEvent, spoken: bool) -> bool:
    return isinstance(event, GenerationDone) and event.finish_reason != "cancelled" and not spoken
