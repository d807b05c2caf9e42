"""From a question to a computed figure: its operands, its formula with their figures, its result.

Nothing is guessed: where an operand is not found, the calculation says which one.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared_utils.calculation.asked import asked, without_form
from shared_utils.calculation.by_formula import Pages, defined, form_of, is_printed, of_ratio
from shared_utils.calculation.by_rows import of_rows
from shared_utils.calculation.formulary import Formulary, Ratio
from shared_utils.calculation.result import Calculation, NotComputed
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import rows_of
from shared_utils.types import Page

__all__ = ["Calculation", "NotComputed", "calculate"]


def calculate(
    question: str, pages: Pages, others: Iterable[tuple[str, Page]], formulary: Formulary
) -> Calculation | NotComputed | None:
    """The figure that a question asks to be computed; None where it asks for none, or none can be told.

    `pages` are those found for the question, with how well they speak to it (0 … 1), `others` all of the documents'.
    """
    words = question_words(without_form(question))
    told, ratio = defined(question), formulary.ratio_in(words)
    if told is not None:
        ratio = Ratio(told[0], (), (told[1],), form_of(question, told[1]))
    elif ratio is not None and is_printed(ratio, question, pages):
        return None
    if ratio is not None:
        return of_ratio(ratio, question, pages, others, formulary)
    operation = asked(question)
    if operation is None:
        return None
    rows = [row for document_id, page, score in pages for row in rows_of(document_id, page, score)]
    return of_rows(operation, question, rows, formulary)
