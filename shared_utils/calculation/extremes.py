"""Which year, or which row of a column, holds the greatest or the least figure that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared_utils.calculation.operands import Operand, of_year, operand
from shared_utils.retrieval.lookup import SURE, LookUp, look_up_in, years_of
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_words
from shared_utils.retrieval.table_rows import Fact, TableRow
from shared_utils.text.folding import fold

_GREATEST = (
    r"highest|largest|biggest|greatest|most|longest|maximum|hochste[nrsm]?|gros?ste[nrsm]?|meisten?|langste[nrsm]?|"
    r"(?:la |le |les )?plus (?:de |elevee?s?|hautee?s?|grande?s?|longue?s?)|mayor(?:es)?|mas alt[oa]s?|mas grandes?|"
    r"maggior[ei]?|piu alt[oaie]|piu grand[ei]|maior(?:es)?|mais alt[oa]s?|hoogste?|grootste?|meeste|langste"
)
_LEAST = (
    r"lowest|smallest|least|fewest|shortest|minimum|niedrigste[nrsm]?|kleinste[nrsm]?|wenigsten?|kurzeste[nrsm]?|"
    r"(?:la |le |les )?(?:plus (?:faibles?|basse?s?|petite?s?|courte?s?)|moins de)|menor(?:es)?|mas baj[oa]s?|"
    r"minor[ei]?|piu bass[oaie]|piu piccol[oaie]|mais baix[oa]s?|laagste?|kleinste?|minste|kortste"
)
_SUPERLATIVE = re.compile(rf"\b(?:(?P<greatest>{_GREATEST})|(?P<least>{_LEAST}))(?:\b|(?<=\s))")
_WHICH = re.compile(
    r"^\W*(?:in |im |en |nel |no |em )?(?:which|what|welche[rsmn]?|quel(?:le)?s?|que|cual(?:es)?|quale?i?|qual|quais|"
    r"welke?)\s+(?P<thing>(?:[^\W\d_]+\s+){1,3}?)"
    r"(?=(?:has|have|had|was|were|is|are|did|saw|shows?|hat|hatte|hatten|war|waren|gab|a|avait|etait|est|tuvo|fue|"
    r"tiene|hubo|ha|aveva|era|ebbe|teve|foi|tem|had|heeft|was|kende)\b)"
)
# "What is the largest segment by sales?": the thing stands behind the superlative.
_THE_MOST = re.compile(
    rf"^\W*(?:what|which|who|was|welche[rsmn]?|wer|quel(?:le)?|qui|cual|qual|quale|welke?|wat)\s+"
    rf"(?:is|was|are|were|ist|war|est|etait|es|fue|e|era|foi|is)\s+(?:the|our|its|der|die|das|le|la|el|il|lo|o|a|de|het)?"
    rf"\s*(?:{_GREATEST}|{_LEAST})\s+(?P<thing>(?:[^\W\d_]+\s*){{1,3}}?)"
    r"(?:\s+(?:by|in terms of|nach|par|por|per|naar)\s+(?P<measure>.+?))?(?:\s+(?:in|im|en|nel|em)\s+(?:the )?.*)?$"
)
_PERIOD = re.compile(r"^(?:(?:fiscal|financial) )?(?:years?|jahr(?:e|en)?|annees?|anos?|ann[oi]|jaar|jaren)$")
_VERBS = re.compile(
    r"\b(?:has|have|had|did|saw|was|were|shows?|hat|hatte|war|gab|avait|etait|tuvo|fue|hubo|aveva|ebbe|teve|foi|heeft|"
    r"the|der|die|das|den|le|la|el|il|lo|o|a|de|het)\b"
)
_LEAST_ROWS = 3  # in a column of fewer nothing is the greatest


@dataclass(frozen=True, slots=True)
class Extreme:
    """The greatest or the least of `among` figures, as the look-up of its row."""

    found: LookUp
    is_greatest: bool
    among: int


@dataclass(frozen=True, slots=True)
class _Asked:
    thing: str
    measure: str
    is_greatest: bool

    def only(self, figures: Sequence[Operand]) -> Operand | None:
        """The one that is greatest or least; None where two are the same, or they count different things."""
        if len({(figure.unit, figure.scale) for figure in figures}) != 1:
            return None
        ordered = sorted(figures, key=lambda one: one.counted, reverse=self.is_greatest)
        return ordered[0] if len(ordered) > 1 and ordered[0].counted != ordered[1].counted else None


def extreme(question: str, rows: Iterable[TableRow], glossary: Glossary = NO_GLOSSARY) -> Extreme | None:
    """The year or the row that a question asks for; None where it asks for none or no table is sure to tell."""
    asked = _asked(question)
    if asked is None:
        return None
    known, years = list(rows), years_of(question)
    if _PERIOD.match(asked.thing):
        return _of_years(asked, known, years, glossary)
    return _of_column(asked, known, years)


def _asked(question: str) -> _Asked | None:
    text = fold(question).strip().rstrip("?!. ")
    superlative, most = _SUPERLATIVE.search(text), _THE_MOST.match(text)
    if superlative is None:
        return None
    if most is not None:
        return _Asked(most["thing"].strip(), (most["measure"] or "").strip(), superlative["greatest"] is not None)
    which = _WHICH.match(text)
    if which is None:
        return None
    measure = " ".join(_VERBS.sub(" ", _SUPERLATIVE.sub(" ", text[which.end() :])).split())
    return _Asked(which["thing"].strip(), measure, superlative["greatest"] is not None)


def _of_years(asked: _Asked, rows: Sequence[TableRow], years: frozenset[str], glossary: Glossary) -> Extreme | None:
    """The year of the row that the measure names; of the years the question names where it names several."""
    seen = look_up_in(asked.measure, rows, glossary, frozenset()) if asked.measure else None
    if seen is None or seen.score < SURE:
        return None
    told = sorted({next(iter(each)) for each in seen.row.years if len(each) == 1})
    if len(years) > 1:
        told = [year for year in told if min(years) <= year <= max(years)]
    figures = [figures[0] for year in told if (figures := of_year(seen.row, year))]
    best = asked.only(figures)
    return _extreme(asked, best, seen.score, len(figures)) if best is not None else None


def _of_column(asked: _Asked, rows: Sequence[TableRow], years: frozenset[str]) -> Extreme | None:
    """The row of the first table one column of which the measure names, and whose rows are what is asked for."""
    thing = frozenset(question_words(asked.thing))
    measure = frozenset(question_words(asked.measure)) - years if asked.measure else frozenset[str]()
    if not thing:
        return None
    tables = {id(row.table): row.table for row in rows}
    for key in tables:
        of_table = [row for row in rows if id(row.table) == key and not row.is_total and "total" not in row.label]
        column = _column(of_table, thing, measure, years)
        figures = [one for row, fact in column if (one := operand(row, fact)) is not None]
        best = asked.only(figures) if len(figures) >= _LEAST_ROWS else None
        if best is not None:
            return _extreme(asked, best, 1.0, len(figures))
    return None


def _column(
    rows: Sequence[TableRow], thing: frozenset[str], measure: frozenset[str], years: frozenset[str]
) -> list[tuple[TableRow, Fact]]:
    """The values of the column over which the measure stands, its year the one asked for or else the newest."""
    told = [
        (row, fact, heads, year)
        for row in rows
        for fact, heads, year in zip(row.facts, row.heads, row.years, strict=True)
        if measure <= heads | row.title | row.groups and thing & (row.title | row.groups | _names(row))
    ]
    newest = max((year for *_, each in told for year in each), default="")
    wanted = years or ({newest} if newest else frozenset[str]())
    column = [(row, fact) for row, fact, _, each in told if not wanted or wanted & each]
    is_one = len({fact.value.column for _, fact in column}) == 1 and len({row.groups for row, _ in column}) == 1
    return column if is_one else []


def _names(row: TableRow) -> frozenset[str]:
    """What the head over the labels calls the rows."""
    heads = [cell for cell in row.table.cells if cell.row < row.table.head_rows and cell.column == 0]
    return frozenset(word for cell in heads for word in question_words(cell.text))


def _extreme(asked: _Asked, best: Operand, score: float, among: int) -> Extreme:
    row = best.row
    found = LookUp(row.document_id, row.page, row.table, (best.fact,), score, row)
    return Extreme(found, asked.is_greatest, among)
