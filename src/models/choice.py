"""Which model was settled on, kept for the next start: measuring one anew takes a minute that nobody need wait for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from shared_utils.message import NOTHING, Message, from_json
from src.models.status import ModelStatus


@dataclass(frozen=True, slots=True)
class Choice:
    """A model that was settled on, and why. The times, threads and tokens a second are as in ModelStatus."""

    model: str
    reason: Message = NOTHING
    first_token_s: float | None = None
    slow_model: str = ""
    slow_first_token_s: float | None = None
    threads: int = 0
    tokens_per_s: float | None = None
    digests: dict[str, str] = field(default_factory=dict)  # of the models looked at: what was measured

    def about(self, digests: Mapping[str, str]) -> bool:
        """Whether it speaks of these installed models (name -> digest). One that is gone since then changes nothing."""
        return self.model in digests and all(self.digests.get(name) == digest for name, digest in digests.items())


def choice_of(status: ModelStatus, digests: Mapping[str, str]) -> Choice:
    """The choice behind the status of a model that is ready."""
    return Choice(
        status.model,
        status.reason,
        status.first_token_s,
        status.slow_model,
        status.slow_first_token_s,
        status.threads,
        status.tokens_per_s,
        dict(digests),
    )


def choice_path(data_dir: Path) -> Path:
    """Where the supervisor notes which model it settled on."""
    return data_dir / "run" / "choice.json"


def read_choice(path: Path, circumstances: Mapping[str, object]) -> Choice | None:
    """The choice noted under these circumstances, None where there is none."""
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))
        if noted["circumstances"] != circumstances:
            return None
        return Choice(**{**noted["choice"], "reason": from_json(noted["choice"]["reason"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_choice(path: Path, circumstances: Mapping[str, object], choice: Choice) -> None:
    """Note a choice. One that cannot be kept is made again at the next start."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"circumstances": circumstances, "choice": asdict(choice)}), encoding="utf-8")
