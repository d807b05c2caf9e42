"""Whom a person, or the command line, wants to write."""

from __future__ import annotations

from dataclasses import dataclass

from shared_utils.types import EngineKind


@dataclass(frozen=True, slots=True)
class Wish:
    """Who should write. `engine` None: whoever this server chooses; `model`: a local one of a person's own choice."""

    engine: EngineKind | None = None
    model: str = ""


def wish_of(choice: str) -> Wish:
    """What is meant by `Preferences.model`, or on the command line: "", "auto", an engine, or "ollama:<model>".

    >>> wish_of("ollama:llama3.2:3b")
    Wish(engine=<EngineKind.OLLAMA: 'ollama'>, model='llama3.2:3b')
    >>> wish_of("auto") == wish_of("whoever") == Wish()
    True
    """
    engine, _, model = choice.partition(":")
    return Wish(EngineKind(engine), model) if engine in [*EngineKind] else Wish()


def choice_of(model: str) -> str:
    """A local model as a choice.

    >>> wish_of(choice_of("llama3.2:3b")).model
    'llama3.2:3b'
    """
    return f"{EngineKind.OLLAMA}:{model}"
