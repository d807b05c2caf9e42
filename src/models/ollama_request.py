"""What the page asks of the supervisor: to fetch Ollama, to stop that, to remove it. One small file, read once."""

from __future__ import annotations

import os
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from src.settings import Settings


class Request(StrEnum):
    """What a person asked for."""

    GET = "get"
    CANCEL = "cancel"
    REMOVE = "remove"


def may_ask(settings: Settings) -> bool:
    """Whether whoever sees the page runs the machine: it is reached from this machine alone, with no proxy before it.

    >>> may_ask(Settings()), may_ask(Settings(host="0.0.0.0")), may_ask(Settings(proxies=1))
    (True, False, False)
    """
    named = settings.hosts or settings.own_names
    return settings.host in ("127.0.0.1", "localhost", "::1") and not settings.proxies and not named


def request_path(data_dir: Path) -> Path:
    return data_dir / "run" / "ollama-request"


def write_request(data_dir: Path, request: Request) -> None:
    """Ask, in one step; what was asked before and not yet read is forgotten. Raises OSError."""
    path = request_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.write_text(request.value, encoding="utf-8")
    os.replace(draft, path)


def take_request(data_dir: Path) -> Request | None:
    """What was asked since the last look, None where nothing was, or nothing that can be meant."""
    path, taken = request_path(data_dir), request_path(data_dir).with_suffix(".taken")
    with suppress(OSError, ValueError):
        os.replace(path, taken)
        text = taken.read_text(encoding="utf-8")
        taken.unlink()
        return Request(text.strip())
    return None
