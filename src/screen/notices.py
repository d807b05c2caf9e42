"""What could not be done, in sentences that stay for as long as it takes to read them.

The page draws itself anew, several times a second while files are read: what was shown once would be gone unread.
"""

from __future__ import annotations

from dataclasses import dataclass, field

STAYS_S = 30.0


@dataclass(slots=True)
class Notices:
    """Mutable, one per tab."""

    _waiting: list[str] = field(default_factory=list)
    _until: dict[str, float] = field(default_factory=dict)  # what is shown -> when it goes

    def append(self, text: str) -> None:
        """To be shown from the next drawing on. Said again, it is shown once, for as long again."""
        self._waiting.append(text)

    def shown(self, now: float) -> tuple[str, ...]:
        """What is to be seen at `now` (seconds, of a clock that only goes forward), the oldest first.

        >>> notices = Notices()
        >>> notices.append("a.exe was not added.")
        >>> notices.shown(0.0), notices.shown(29.0), notices.shown(31.0)
        (('a.exe was not added.',), ('a.exe was not added.',), ())
        """
        self._until |= dict.fromkeys(self._waiting, now + STAYS_S)
        self._waiting.clear()
        self._until = {text: until for text, until in self._until.items() if now < until}
        return tuple(self._until)
