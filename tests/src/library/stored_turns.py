"""Turns as commit 9c90ec5 stored them: the bodies in its database, one a line. A store of that time must still open."""

from __future__ import annotations

from pathlib import Path

STORED = Path(__file__).with_name("turns_of_9c90ec5.jsonl").read_text(encoding="utf-8").splitlines()
ANSWERED, NOT_ASKED, LIST_BEGUN, LIST_ENDED, BEING_ANSWERED = STORED
