"""What the supervisor looks after and asks, as far as it knows them."""

from __future__ import annotations

from typing import Protocol

from src.models.ollama_request import Request
from src.models.status import ModelStatus


class Process(Protocol):
    """What the supervisor needs of a child process."""

    def exit_code(self) -> int | None: ...

    def stop(self, grace_s: float) -> None: ...


class Watch(Protocol):
    """A page's process being watched in the background. See `src.models.page_watch.PageWatch`."""

    def trouble(self) -> str: ...

    def end(self) -> None: ...


class Tending(Protocol):
    """A model being made ready and watched in the background, as long as its Ollama answers."""

    @property
    def status(self) -> ModelStatus: ...

    @property
    def ended(self) -> bool: ...

    def abandon(self) -> None: ...


class Offer(Protocol):
    """The Ollama that can be fetched where there is none. See `src.models.ollama_offer.OllamaOffer`."""

    def asked(self) -> Request | None: ...

    def agree(self) -> None: ...

    def withdraw(self) -> None: ...

    def remove(self) -> None: ...

    def pause(self) -> None: ...

    def ready(self) -> bool: ...

    def status(self) -> ModelStatus: ...
