"""What was checked, told as it happens and counted at the end."""

from __future__ import annotations


class Checks:
    def __init__(self) -> None:
        self._failed: list[str] = []

    def that(self, holds: bool, claim: str, otherwise: str = "") -> None:
        """One claim; `otherwise` is what was seen instead."""
        print(f"  {'ok ' if holds else 'NOT'} {claim}{'' if holds else ': ' + otherwise}", flush=True)
        if not holds:
            self._failed.append(claim)

    def bar(self, name: str, value: float, at_most: float) -> None:
        """A figure with its bar."""
        self.that(value <= at_most, f"{name}: {value:.1f} (at most {at_most:g})", "beyond the bar")

    def note(self, line: str) -> None:
        print(f"      {line}", flush=True)

    def report(self) -> int:
        """The exit code."""
        print("All is well." if not self._failed else f"{len(self._failed)} claims do not hold.")
        return 1 if self._failed else 0
