"""Questions that ask for a figure: rows of tables come before sentences of like score, those of the best table first.

A table is as good as its three best rows are on average.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from shared_utils.retrieval.units import Unit
from shared_utils.text.folding import fold

ROW_LEAD = 0.05  # added to a row's score
TABLE_LEAD = 0.15  # … and to one of the best table's
_BEST_ROWS = 3
_ASKS_FOR_FIGURE = re.compile(
    r"\bhow (?:much|many|large|high|big)\b|\b(?:19|20)\d\d\b|\bfy ?\d\d|"
    r"\b(?:numbers?|amounts?|totals?|percentages?|percent|rates?|ratios?|prices?|costs?|values?|incomes?|revenues?|"
    r"sales|margins?|growth|change|average|expenses?|expenditures?|cash|assets?|liabilities|debt|profits?|loss(?:es)?|"
    r"earnings|turnover|shares?|quantity|figures?)\b|"
    r"\b(?:wie ?viele?|wie hoch|anzahl|summe|betrag|umsatz|kosten|preis|anteil|quote|gewinn|"
    r"combien|montant|nombre|taux|prix|cout|cuant[oa]s?|importe|numero|precio|tasa|"
    r"quant[oi]s?|quant[ae]|importo|prezzo|valor|preco|hoeveel|bedrag|prijs|aantal)\b"
)


def asks_for_figure(question: str) -> bool:
    """Whether a question is likely to be answered by a figure.

    >>> asks_for_figure("What was total revenue in 2022?"), asks_for_figure("Wie hoch ist der Umsatz?")
    (True, True)
    >>> asks_for_figure("Who founded the works?")
    False
    """
    return _ASKS_FOR_FIGURE.search(fold(question)) is not None


def with_leads(units: Sequence[Unit]) -> list[Unit]:
    """The same units, rows of tables with more to their scores."""
    of_table: dict[int, list[float]] = defaultdict(list)
    for unit in units:
        if unit.row is not None:
            of_table[id(unit.row.table)].append(unit.score)
    worth = {table: sum(sorted(scores)[-_BEST_ROWS:]) for table, scores in of_table.items()}
    best = max(worth, key=lambda table: worth[table], default=None)
    return [
        unit
        if unit.row is None
        else replace(unit, score=unit.score + ROW_LEAD + TABLE_LEAD * (id(unit.row.table) == best))
        for unit in units
    ]
