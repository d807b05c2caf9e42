"""How far a worker has come with a file, in the form in which it passes through the store."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared_utils.message import NOTHING, Message, as_text, from_text
from shared_utils.types import PageVerdict
from src.views import DocumentState

_VERDICTS = tuple(PageVerdict)
_NOT_YET = "-"


@dataclass(frozen=True, slots=True)
class Told:
    """`kept` grows whenever the store holds more, or better, pages than before; seconds as in `DocumentView`."""

    state: DocumentState = DocumentState.QUEUED
    pages: int = 0
    verdicts: Mapping[int, PageVerdict] = field(default_factory=dict)  # page number -> verdict
    embedded: int = 0
    seconds_left: float | None = None
    reason: Message = NOTHING
    needs_password: bool = False
    kept: int = 0


def encode_told(told: Told) -> str:
    """JSON; the verdicts are a character a page."""
    numbers = range(1, max(told.verdicts, default=0) + 1)
    verdicts = (str(_VERDICTS.index(told.verdicts[n])) if n in told.verdicts else _NOT_YET for n in numbers)
    return json.dumps(
        {
            "state": told.state,
            "pages": told.pages,
            "verdicts": "".join(verdicts),
            "embedded": told.embedded,
            "seconds_left": told.seconds_left,
            "reason": as_text(told.reason),
            "needs_password": told.needs_password,
            "kept": told.kept,
        }
    )


def decode_told(body: str) -> Told:
    """What `encode_told` was given; "" is a file that nobody has begun. Raises ValueError where it is neither."""
    if not body:
        return Told()
    try:
        told = json.loads(body)
        return Told(
            DocumentState(told["state"]),
            int(told["pages"]),
            {n: _VERDICTS[int(c)] for n, c in enumerate(told["verdicts"], start=1) if c != _NOT_YET},
            int(told["embedded"]),
            None if told["seconds_left"] is None else float(told["seconds_left"]),
            from_text(told["reason"]),
            bool(told["needs_password"]),
            int(told["kept"]),
        )
    except (KeyError, TypeError, IndexError) as exc:
        raise ValueError("not told by a worker") from exc
