"""The folder in which an Ollama keeps its models, as it lies on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

_LIBRARY = ("registry.ollama.ai", "library")


def keeps_models(folder: Path, installed: Sequence[str]) -> bool:
    """Whether this may be the folder of a server that lists these models: it is there, and holds one of them.

    A server without models could keep them anywhere that exists. Raises OSError where the folder may not be read.
    """
    return folder.is_dir() and (not installed or any(manifest(folder, name).is_file() for name in installed))


def manifest(folder: Path, name: str) -> Path:
    """Where a model is noted.

    >>> str(manifest(Path("models"), "llama3.2:1b"))
    'models/manifests/registry.ollama.ai/library/llama3.2/1b'
    >>> str(manifest(Path("models"), "hf.co/owner/model:Q4_K_M"))
    'models/manifests/hf.co/owner/model/Q4_K_M'
    """
    model, _, tag = name.rpartition(":")
    parts = model.split("/")
    missing = max(0, 3 - len(parts))  # host, owner and name make a whole one
    return folder.joinpath("manifests", *_LIBRARY[:missing], *parts, tag)
