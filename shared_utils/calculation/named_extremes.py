"""Which of several things that a question names has the greatest or the least figure: "Which cost more, A or B?".
The things are rows of one table, their figures stand in one column of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared_utils.calculation.extremes import SUPERLATIVE, Extreme, only
from shared_utils.calculation.operands import Operand, counts_first, is_one_of_many, operand
from shared_utils.retrieval.lookup import LookUp, look_up_in
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary
from shared_utils.retrieval.table_rows import TableRow, years_of
from shared_utils.text.folding import fold
from shared_utils.text.words import terms

_SURE = 0.2  # of a row that is called by every word of a thing: what is measured often stands elsewhere
_WHICH = (
    r"(?:which|what|who|welche[rsmn]?|was|wer|lequel|laquelle|quel(?:le)?s?|qui|cu[aá]l|quale?|quem|chi|welke?|wat)"
)
_AND = r"(?:and|or|und|oder|et|ou|y|o|e|en|of)"
# The things stand before the question ("Among rent, heating and water, which cost the most?") or behind it.
_ASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^\W*(?:among(?:st)?|of|out of|between|von|unter|parmi|entre|tra|fra|van)\s+(?P<things>[^?:;]+?\s{_AND}\s"
        rf"[^?:;]+?),?\s+{_WHICH}\b(?P<rest>.+)",
        rf"^\W*{_WHICH}\b(?P<rest>[^,:;?]+)[,:;]\s*(?P<things>[^?:;]+\s(?:or|oder|ou|o|of)\s[^?:;]+)",
    )
)
_BREAKS = re.compile(rf"\s*,\s*(?:{_AND}\s+)?|\s+{_AND}\s+", re.IGNORECASE)
_ASIDE = re.compile(r"\([^()]*\)")
_MORE = (
    r"more|higher|larger|bigger|greater|longer|heavier|mehr|hoher|grosser|langer|plus|mas|piu|mais|meer|hoger|groter"
)
_LESS = r"less|fewer|lower|smaller|shorter|weniger|niedriger|kleiner|kurzer|moins|menos|meno|minder|lager"
_OF_TWO = re.compile(rf"\b(?:(?P<greatest>{_MORE})|(?P<least>{_LESS}))\b")


def most_of_named(question: str, rows: Sequence[TableRow], glossary: Glossary = NO_GLOSSARY) -> Extreme | None:
    """The row of the thing that a question asks for among those it names; None where it names none, or the figure of
    one of them is not told beside the others'."""
    match = next(filter(None, (pattern.search(question) for pattern in _ASKED)), None)
    if match is None:
        return None
    things = [part.strip() for part in _BREAKS.split(match["things"].strip(" ,")) if terms(part)]
    rest = fold(_ASIDE.sub(" ", match["rest"]))
    told = SUPERLATIVE.search(rest) or (_OF_TWO.search(rest) if len(things) == 2 else None)
    if told is None or len(things) < 2:
        return None
    measure = rest.replace(told[0], " ").strip(" ?!.")
    figures = _figures(things, measure, years_of(question), rows, glossary)
    is_greatest = told["greatest"] is not None
    if (best := only(figures, is_greatest=is_greatest)) is None:
        return None
    found = LookUp(best.row.document_id, best.row.page, best.row.table, (best.fact,), 1.0, best.row)
    thing = things[figures.index(best)]
    return Extreme(found, is_greatest, len(figures), thing[:1].upper() + thing[1:])


def _figures(
    things: Sequence[str], measure: str, years: frozenset[str], rows: Sequence[TableRow], glossary: Glossary
) -> list[Operand]:
    """A figure for each thing, all of one column; [] where one has none. What the last is called by ("investing and
    financing activities") may hold for all."""
    tail = things[-1].split()[-1]
    found: list[Operand] = []
    for thing in things:
        called = frozenset(terms(thing))
        among = [
            row
            for row in rows
            if called <= row.label | row.groups
            and called & row.label
            and (not found or row.table is found[0].row.table)
        ]
        seen = look_up_in(f"{thing} {tail} {measure}", among, glossary, years)
        if seen is None or seen.score < _SURE:
            return []
        facts = seen.row.facts if found else seen.facts
        told = [one for fact in facts if (one := operand(seen.row, fact)) is not None]
        if found:
            told = [one for one in told if one.fact.value.column == found[0].fact.value.column]
        elif (told := counts_first(told)) and is_one_of_many(told[0], told):
            return []
        if not told or any(told[0].row is other.row for other in found):
            return []
        found.append(told[0])
    return found
