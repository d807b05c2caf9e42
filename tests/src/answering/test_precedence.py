"""Whether a sentence is told before a value that was read off a table."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.message import message
from shared_utils.retrieval.lookup import look_up
from shared_utils.types import QUOTED, Answer, Citation, Page, PageVerdict, Sentence, Verdict
from src.answering.precedence import is_told_better
from tests.shared_utils.retrieval.test_lookup import table_of

PROSE = "Fees were 4 % of revenue in fiscal 2022."
TEXT = f"Results\n2022 2021\nRevenue 17,606 15,785\n{PROSE}\n"
TABLE = table_of([["", "2022", "2021"], ["Revenue", "17,606", "15,785"]], TEXT)
PAGE = Page(1, "1", TEXT, PageVerdict.TEXT, tables=(TABLE,))


@pytest.mark.parametrize(
    ("question", "is_better"),
    [
        ("What was revenue in fiscal 2022?", False),  # the row is all that is asked for
        ("How does the company record revenue in fiscal 2022?", True),
        ("What share of revenue were fees in fiscal 2022?", True),
    ],
)
def test_a_sentence_with_more_of_the_words_leads_unless_the_row_is_all_that_is_asked(
    question: str, is_better: bool
) -> None:
    start = TEXT.index(PROSE)
    cited = Citation(1, "d", "results.pdf", 1, "1", PROSE, start, start + len(PROSE))
    sentence = Sentence(PROSE, (1,), Verdict.SUPPORTED, message("quoted word for word"))
    answer = Answer(question, True, (sentence,), (cited,), "stop", QUOTED, PROSE)
    found = look_up("What was revenue in 2022?", [("d", PAGE, 1.0)])
    assert found is not None
    assert is_told_better(question, replace(found, score=0.6), answer, [], {("d", 1): PAGE}) is is_better
