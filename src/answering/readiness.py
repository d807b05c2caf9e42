"""Models that may still be loading."""

from __future__ import annotations

from typing import Protocol

from shared_utils.citations.verification import Entailment
from shared_utils.types import Embedder


class EntailmentSource(Protocol):
    """A natural language inference model that may still be loading, or not be there at all."""

    def ready(self) -> Entailment | None: ...


class EmbedderSource(Protocol):
    """An embedding model that may still be loading."""

    def start(self) -> None: ...

    def ready(self) -> Embedder | None:
        """The model, or None while it is not there: then words alone are searched."""
        ...

    def wait(self) -> Embedder:
        """The model, once it is there. Raises EmbeddingError."""
        ...
