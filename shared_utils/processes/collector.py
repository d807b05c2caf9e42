"""How often Python looks for unreachable cycles."""

from __future__ import annotations

import gc

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 50


def collect_seldom() -> None:
    """Look for cycles after 50,000 new objects that stay, not after 700.

    Pages, passages and tokens come by the hundred thousand and form no cycles: looking among them took a seventh of a
    comparison of two reports. What is in no cycle is freed at once, as ever. See https://docs.python.org/3/library/gc.html.
    """
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
