"""What should be known of an answer, as one line that opens: what is to be checked, what was left out, what is said."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.types import Answer
from src.i18n import ENGLISH, Say
from src.presentation.blocks import cautions, left_out
from src.presentation.describe import describe_left_out, describe_unheld, ending
from src.presentation.escaping import html_text
from src.screen.html import doubts, note


def caveats(answer: Answer, told: Sequence[str], say: Say = ENGLISH) -> str:
    """`told` are remarks, the weightiest first. How an answer ended is said in the line itself, and one remark alone
    stands as it is; "" where there is nothing."""
    to_check, aside = len(cautions(answer)), left_out(answer)
    if not (to_check or aside):
        return _remarks(told, say)
    ended = ending(answer, say)
    others = [text for text in told if text != ended]
    counted = [
        ended,
        say.n(to_check, "{n:,} sentence to check", "{n:,} sentences to check") if to_check else "",
        describe_left_out(answer, say),
        say.n(len(others), "{n} remark", "{n} remarks") if others else "",
    ]
    unheld = "".join(f'<li dir="auto">{html_text(describe_unheld(s, say))}</li>' for s in aside)
    remarks = "".join(f'<p dir="auto">{html_text(text)}</p>' for text in others)
    listed = f"<ul>{unheld}</ul>" if unheld else ""
    head = html_text(" · ".join(filter(None, counted)))
    return _details(head, doubts(answer, say) + listed + remarks)


def _remarks(told: Sequence[str], say: Say) -> str:
    if len(told) < 2:
        return "".join(map(note, told))
    first, *others = told
    more = html_text(say.n(len(others), "{n} more remark", "{n} more remarks"))
    listed = "".join(f'<li dir="auto">{html_text(text)}</li>' for text in others)
    return _details(f"{html_text(first)} <span>{more}</span>", f"<ul>{listed}</ul>")


def _details(summary: str, body: str) -> str:
    return f'<details class="fn-aside fn-remarks"><summary>{summary}</summary>{body}</details>'
