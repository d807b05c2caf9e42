"""The package `ollama`, whatever the environment holds.

As it is imported it makes a client of its own for OLLAMA_HOST, and fails where that names several servers, as ours may.
The clients that are used here are told their server.
"""

from __future__ import annotations

import os

_named = os.environ.pop("OLLAMA_HOST", None)
try:
    import ollama
finally:
    if _named is not None:
        os.environ["OLLAMA_HOST"] = _named

__all__ = ["ollama"]
