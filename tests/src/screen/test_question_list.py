"""A list's table: what is quoted stands in quotation marks, and what leads is not buried."""

from __future__ import annotations

import re
from dataclasses import replace

from shared_utils.message import literal
from shared_utils.types import Answer, Citation, EngineKind, GenerationStats, Sentence, Verdict
from src.i18n import ENGLISH
from src.screen.question_list import answers_table
from src.views import asked_view

QUOTES = tuple(Citation(n, "d", "d.pdf", n, str(n), f"quote {n}", 0, 7) for n in (1, 2, 3))
VALUE = Sentence("Wages, 2025: 18.8", (1,), Verdict.SUPPORTED, literal(""), said=literal("Wages, 2025: 18.8"))
QUOTED = tuple(Sentence(c.quote, (c.marker,), Verdict.SUPPORTED, literal("")) for c in QUOTES)


def cell(*sentences: Sentence) -> str:
    stats = GenerationStats(EngineKind.EXTRACTIVE, "")
    answer = Answer("What did wages cost?", True, sentences, QUOTES, "stop", stats, "")
    return answers_table([replace(asked_view("t", "?", 0.0, 0.0), stage=None, answer=answer)], (), ENGLISH)


def test_footnotes_are_numbered_through_the_table_and_lead_to_their_own_answers() -> None:
    stats = GenerationStats(EngineKind.EXTRACTIVE, "")
    answer = Answer("?", True, QUOTED, QUOTES, "stop", stats, "")
    turns = [replace(asked_view(id_, "?", 0.0, 0.0), stage=None, answer=answer) for id_ in ("s", "t")]
    chips = re.findall(r'href="#cite-([^"]+)"[^>]*>(\d)<', answers_table(turns, (), ENGLISH))
    assert sorted(chips, key=lambda chip: chip[1]) == [
        ("s.a.1", "1"), ("s.a.2", "2"), ("s.a.3", "3"), ("t.a.1", "4"), ("t.a.2", "5"), ("t.a.3", "6"),
    ]  # fmt: skip


def parts(html: str) -> tuple[str, str]:
    """The words in sight, and those that are folded."""
    seen, _, folded = html.partition("<details")
    return re.sub("<[^>]+>", " ", seen), re.sub("<[^>]+>", " ", folded)


def test_the_first_quote_stands_in_quotation_marks_and_the_others_are_folded() -> None:
    html = cell(*QUOTED)
    seen, folded = parts(html)
    assert html.count("<q>") == 3
    assert "quote 1" in seen
    assert "quote 2" not in seen
    assert "2 more passages" in folded
    assert "quoted word for word" in folded  # no verdict is given on words that are the page's own
    assert "supported" not in html


def test_a_value_leads_and_its_own_cells_are_not_told_again() -> None:
    seen, folded = parts(cell(VALUE, *QUOTED))
    assert "Wages, 2025: 18.8" in seen
    assert "quote" not in seen
    assert "quote 1" not in folded
    assert "quote 2" in folded
