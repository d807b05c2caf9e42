"""From a question to a computed figure: its operands, its formula with their figures, its result.

Nothing is guessed: where an operand is not found, the calculation says which one.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared_utils.calculation.asked import asked, without_form
from shared_utils.calculation.by_formula import Pages, defined, form_of, is_printed, of_ratio
from shared_utils.calculation.by_group import asks_group_sum, of_group
from shared_utils.calculation.by_list import listed, of_list
from shared_utils.calculation.by_rows import of_rows, of_year_rows
from shared_utils.calculation.formulary import Formulary, Ratio
from shared_utils.calculation.prose_rows import prose_rows
from shared_utils.calculation.result import Calculation, NotComputed
from shared_utils.retrieval.lookup import look_up_in
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import rows_of
from shared_utils.types import Page

_READ = 6  # pages whose sentences are looked at for figures of several years

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
    if operation is None and not listed(question) and not asks_group_sum(question):
        return None
    found = [row for document_id, page, score in pages for row in rows_of(document_id, page, score)]
    if operation is None:
        return of_list(question, found, formulary) or of_group(question, found, formulary.glossary)
    in_prose = [row for document_id, page, score in pages[:_READ] for row in prose_rows(document_id, page, score)]
    of_tables = of_rows(operation, question, found, formulary)
    of_prose = of_rows(operation, question, in_prose, formulary) if in_prose else None
    if of_tables is None or of_prose is None:
        return of_tables or of_prose or of_year_rows(operation, question, found)
    by_table, by_sentence = (look_up_in(operation.first, rows, formulary.glossary) for rows in (found, in_prose))
    is_told_better = by_sentence is not None and (by_table is None or by_sentence.score > by_table.score)
    return of_prose if is_told_better else of_tables
