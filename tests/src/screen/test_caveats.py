"""The one line of what should be known of an answer."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.message import NOTHING, literal
from shared_utils.types import QUOTED, Answer, EngineKind, GenerationStats, Sentence, Verdict
from src.screen.caveats import caveats

FINE = Sentence("It rose.", (), Verdict.SUPPORTED, NOTHING)
DOUBTED = Sentence("It fell.", (), Verdict.NOT_FOUND, literal("no passage mentions <it>"))
STATS = GenerationStats(EngineKind.OLLAMA, "llama3.2:3b")
ANSWER = Answer("?", True, (FINE,), (), "stop", STATS, "")


def test_nothing_to_know_is_no_line_and_one_remark_is_that_remark() -> None:
    assert caveats(ANSWER, ()) == ""
    assert caveats(ANSWER, ["It was <cut>."]) == '<p class="fn-note fn-quiet">It was &lt;cut&gt;.</p>'


def test_several_remarks_are_one_line_that_opens() -> None:
    told = caveats(replace(ANSWER, stats=QUOTED), ["First.", "Second.", "Third."])
    head, body = told.split("</summary>")
    assert head == '<details class="fn-aside fn-remarks"><summary>First. <span>2 more remarks</span>'
    assert "Second." in body
    assert "Third." in body


def test_what_is_to_be_checked_what_was_left_out_and_what_is_said_are_one_line_and_each_is_in_it() -> None:
    unheld = replace(DOUBTED, text="It sank.", left_out=True)
    told = caveats(replace(ANSWER, sentences=(FINE, DOUBTED, unheld)), ["The server stopped."])
    head, body = told.split("</summary>")
    assert told.count("<details") == 1
    assert head.endswith("1 sentence to check · 1 sentence of the model is not on the pages · 1 remark")
    assert "† " not in head
    stopped = replace(ANSWER, sentences=(FINE, DOUBTED), finish_reason="cancelled")
    end = "You stopped this answer. What had been written is kept."
    assert f"<summary>{end} · 1 sentence to check</summary>" in caveats(stopped, [end])
    for words in ("†", "no passage mentions &lt;it&gt;", "“It sank.”", "The server stopped."):
        assert words in body
