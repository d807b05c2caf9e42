"""The list of conversations: its groups, its titles, what is found in it."""

from __future__ import annotations

import pytest

from src.screen.conversation_list import day_of, matching, shortened
from src.views import ConversationView

NOON = 1_780_000_000.0 - 1_780_000_000.0 % 86_400 + 43_200  # of a day in UTC, in seconds since the epoch
HOUR = 3600.0


@pytest.mark.parametrize(
    ("hours_ago", "offset_min", "day"),
    [(0, 0, "Today"), (11, 0, "Today"), (13, 0, "Yesterday"), (37, 0, "Earlier"), (13, 120, "Yesterday"),
     (11, 120, "Yesterday"), (13, -120, "Today"), (-1, 0, "Today")],
)  # fmt: skip
def test_days_are_those_of_the_persons_clock(hours_ago: float, offset_min: float, day: str) -> None:
    assert day_of(NOON - hours_ago * HOUR, NOON, offset_min) == day


def test_a_title_is_cut_between_words() -> None:
    assert shortened("a" * 30, 10) == "a" * 9 + " …"
    assert shortened("Rivers and lakes", 16) == "Rivers and lakes"
    assert shortened("Rivers and lakes", 12) == "Rivers and …"


def test_conversations_are_found_by_words_of_their_titles() -> None:
    all_ = (ConversationView("a", "Harbour dues in 2025", 1), ConversationView("b", "Leaks", 2))
    assert matching(all_, "2025 harbour") == all_[:1]
    assert matching(all_, "") == all_
