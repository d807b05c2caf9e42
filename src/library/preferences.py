"""What a person chose for themselves, kept with their workspace."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Pace(StrEnum):
    """How much a model reads before it answers."""

    QUICK = "quick"
    BALANCED = "balanced"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True)
class Preferences:
    keep_here: bool = False  # no passage leaves this machine: models on others are not asked
    pace: Pace = Pace.BALANCED
    model: str = ""  # "" = this server's choice
    language: str = ""  # "" = the browser's; else a key of `src.i18n.LANGUAGES`
    dates: tuple[tuple[str, str], ...] = ()  # (document id, ISO date) that the person corrected
    everything: bool = False  # what a model wrote that the pages do not hold is shown in its place, with a sign


def encode_preferences(preferences: Preferences) -> str:
    return json.dumps(asdict(preferences))


def decode_preferences(text: str) -> Preferences:
    """What `encode_preferences` was given; what cannot be read, as by an older version, is as if never chosen.

    >>> decode_preferences('{"keep_here": true, "pace": "at ease"}')
    Preferences(keep_here=True, pace=<Pace.BALANCED: 'balanced'>, model='', language='', dates=(), everything=False)
    """
    try:
        record = json.loads(text or "{}")
    except ValueError:
        return Preferences()
    if not isinstance(record, dict):
        return Preferences()
    return Preferences(
        keep_here=record.get("keep_here") is True,
        pace=Pace(record["pace"]) if record.get("pace") in [*Pace] else Pace.BALANCED,
        model=str(record.get("model", "")),
        language=str(record.get("language", "")),
        dates=_dates(record.get("dates")),
        everything=record.get("everything") is True,
    )


def _dates(kept: object) -> tuple[tuple[str, str], ...]:
    pairs = kept if isinstance(kept, list) else []
    return tuple((pair[0], pair[1]) for pair in pairs if isinstance(pair, list) and [*map(type, pair)] == [str, str])
