"""The servers that the API's tests use, for people who mean no good."""

from __future__ import annotations

from tests.src.api.conftest import join, library, ollama, server, server_with_model

__all__ = ["join", "library", "ollama", "server", "server_with_model"]
