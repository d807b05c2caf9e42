"""What the API stands on, handed in by whoever serves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from src.api.blocking import Blocking
from src.api.bounded_work import BoundedQueues
from src.api.health import Embeddings
from src.api.resuming import Followers
from src.library.library import Library
from src.settings import Settings


@dataclass(frozen=True, slots=True)
class ApiServices:
    """One for the process."""

    settings: Settings
    library: Callable[[], Library | None]  # None while it is being opened; never waits
    trouble: Callable[[], str]  # why it could not be opened, in a sentence; "" where that is not so
    page_key: Callable[[str], str]  # the page's own secret in a Cookie header; "" where there is none
    blocking: Blocking
    bounded: BoundedQueues
    started_at: float  # seconds on the monotonic clock
    embeddings: Embeddings = field(default_factory=Embeddings)
    followers: Followers = field(default_factory=Followers)
