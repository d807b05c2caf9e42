"""Which year, or which row of a column, holds the greatest or the least figure that a question asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared_utils.calculation.operands import Operand, count_alike, of_year, operand
from shared_utils.calculation.year_rows import RATES, Column, column_named, figures_by_year, is_held, tables_alike
from shared_utils.retrieval.lookup import SURE, LookUp, look_up_in, years_of
from shared_utils.retrieval.question import NO_GLOSSARY, Glossary, question_words
from shared_utils.retrieval.table_rows import Fact, TableRow, tells_share
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
SUPERLATIVE = re.compile(rf"\b(?:(?P<greatest>{_GREATEST})|(?P<least>{_LEAST}))(?:\b|(?<=\s))")
_DOES = (
    "has|have|had|was|were|is|are|did|saw|shows?|won|gets?|got|received?|receives|earn(?:s|ed)|sold|sells|costs?|needs?|"
    "takes?|took|uses?|used|made|scored|reached|recorded|hat|hatte|hatten|war|waren|gab|erhielt|bekam|a|avait|etait|est|"
    "tuvo|fue|tiene|hubo|ha|aveva|era|ebbe|teve|foi|tem|heeft|kende"
)
_WHICH = re.compile(
    r"^\W*(?:in |im |en |nel |no |em )?(?:which|what|welche[rsmn]?|quel(?:le)?s?|que|cual(?:es)?|quale?i?|qual|quais|"
    r"welke?)\s+(?P<thing>(?:[^\W\d_]+\s+){1,5}?)"
    rf"(?=(?:{_DOES})\b)"
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
    rf"\b(?:{_DOES}|overall|in all|in total|altogether|insgesamt|au total|en total|in totale|no total|in totaal|there|"
    r"the|der|die|das|den|es|le|la|el|il|lo|o|a|de|het)\b"
)
# What is measured where a superlative says it itself: "Which pump is the heaviest?"; folded.
_SAYS_ITSELF = [
    (re.compile(rf"\b(?:{most})\b"), measure, is_greatest)
    for most, measure, is_greatest in (
        ("heaviest|schwerste[nrsm]?|plus lourde?s?", "weight", True),
        ("lightest|leichteste[nrsm]?|plus leger[es]*", "weight", False),
        ("tallest|plus haute?s?", "height", True),
        ("longest|langste[nrsm]?", "length", True),
        ("shortest|kurzeste[nrsm]?", "length", False),
        ("oldest|alteste[nrsm]?", "age", True),
        ("youngest|jungste[nrsm]?", "age", False),
        ("most expensive|dearest|teuerste[nrsm]?|plus chere?s?", "price", True),
        ("cheapest|least expensive|billigste[nrsm]?|gunstigste[nrsm]?|moins chere?s?", "price", False),
        ("fastest|schnellste[nrsm]?|plus rapides?", "speed", True),
        ("slowest|langsamste[nrsm]?", "speed", False),
        ("hottest|warmest|heisseste[nrsm]?|warmste[nrsm]?", "temperature", True),
        ("coldest|kalteste[nrsm]?", "temperature", False),
        ("deepest|tiefste[nrsm]?", "depth", True),
        ("most populous|most populated", "population", True),
    )
]
_OFTEN = re.compile(r"\b(?:frequent|common|often|haufig\w*|frequente?s?)\b")  # "the most frequent": what counts them
_OF_SIZE = re.compile(r"\b(?:largest|biggest|smallest|gros?ste[nrsm]?|kleinste[nrsm]?)\b")
_LEAST_ROWS = 3  # in a column of fewer nothing is the greatest


@dataclass(frozen=True, slots=True)
class Extreme:
    """The greatest or the least of `among` figures, as the look-up of its row."""

    found: LookUp
    is_greatest: bool
    among: int
    thing: str = ""  # what the question calls it, where it names the things that it asks of


@dataclass(frozen=True, slots=True)
class _Asked:
    thing: str
    measure: str
    is_greatest: bool

    def only(self, figures: Sequence[Operand]) -> Operand | None:
        return only(figures, is_greatest=self.is_greatest)


def only(figures: Sequence[Operand], *, is_greatest: bool) -> Operand | None:
    """The one that is greatest or least; None where two are the same, or they count different things."""
    if not count_alike(figures):
        return None
    if len({figure.unit for figure in figures} - {""}) > 1 or len({figure.scale for figure in figures}) > 1:
        return None  # a sign may stand beside the first figure alone
    ordered = sorted(figures, key=lambda one: one.counted, reverse=is_greatest)
    return ordered[0] if len(ordered) > 1 and ordered[0].counted != ordered[1].counted else None


def extreme(question: str, rows: Iterable[TableRow], glossary: Glossary = NO_GLOSSARY) -> Extreme | None:
    """The year or the row that a question asks for; None where it asks for none or no table is sure to tell."""
    asked = _asked(question)
    if asked is None:
        return None
    known, years = list(rows), years_of(question)
    if _PERIOD.match(asked.thing):
        return _of_years(asked, known, years, glossary)
    by_size = None
    if not asked.measure and _OF_SIZE.search(fold(question)):
        by_size = _of_column(replace(asked, measure="size"), known, years)
    return by_size or _of_column(asked, known, years)


def asks_extreme(question: str) -> bool:
    """Whether a question asks which row or year holds the greatest or the least figure.

    >>> asks_extreme("Which port had the most tonnes?"), asks_extreme("Which port is it?")
    (True, False)
    """
    return _asked(question) is not None


def _asked(question: str) -> _Asked | None:
    text = fold(question).strip().rstrip("?!. ")
    superlative, most = SUPERLATIVE.search(text), _THE_MOST.match(text)
    if superlative is not None and most is not None:
        return _Asked(most["thing"].strip(), (most["measure"] or "").strip(), superlative["greatest"] is not None)
    which = _WHICH.match(text)
    if which is None:
        return None
    behind = text[which.end() :]
    for says, measure, is_greatest in _SAYS_ITSELF:
        if says.search(behind) and not _VERBS.sub(" ", says.sub(" ", behind)).strip():
            return _Asked(which["thing"].strip(), measure, is_greatest)
    if superlative is None:
        return None
    measure = " ".join(_VERBS.sub(" ", SUPERLATIVE.sub(" ", _OFTEN.sub(" ", behind))).split())
    return _Asked(which["thing"].strip(), measure, superlative["greatest"] is not None)


def _of_years(asked: _Asked, rows: Sequence[TableRow], years: frozenset[str], glossary: Glossary) -> Extreme | None:
    """The year of the row that the measure names; of the years the question names where it names several."""
    seen = look_up_in(asked.measure, rows, glossary, frozenset()) if asked.measure else None
    told = sorted({next(iter(each)) for each in seen.row.years if len(each) == 1}) if seen is not None else []
    if seen is None or seen.score < SURE or len(told) < 2:
        return _of_rows_of_years(asked, rows, years)
    if len(years) > 1:
        told = [year for year in told if min(years) <= year <= max(years)]
    figures = [figures[0] for year in told if (figures := of_year(seen.row, year))]
    best = asked.only(figures)
    return _extreme(asked, best, seen.score, len(figures)) if best is not None else None


def _of_rows_of_years(asked: _Asked, rows: Sequence[TableRow], years: frozenset[str]) -> Extreme | None:
    """The same where the years stand one below the other, and the measure over a column."""
    told = figures_by_year(asked.measure, rows)
    if len(years) > 1:
        told = {year: one for year, one in told.items() if min(years) <= year <= max(years)}
    figures = list(told.values())
    best = asked.only(figures) if len(figures) >= _LEAST_ROWS else None
    return _extreme(asked, best, 1.0, len(figures)) if best is not None else None


def _of_column(asked: _Asked, rows: Sequence[TableRow], years: frozenset[str]) -> Extreme | None:
    """The row of the first table one column of which the measure names, and whose rows are what is asked for."""
    thing = frozenset(question_words(asked.thing))
    measure = frozenset(question_words(asked.measure)) - years if asked.measure else frozenset[str]()
    if not thing:
        return None
    tables = [[row for row in t if not row.is_total and "total" not in row.label] for t in tables_alike(rows)]
    columns = [(_column(table, thing, measure, years), 2.0) for table in tables]
    columns += [_counted(table, thing, measure, years) for table in tables]
    for column, _ in sorted(columns, key=lambda each: -each[1]):
        figures = [one for row, fact in column if (one := operand(row, fact)) is not None]
        best = asked.only(figures) if len(figures) >= _LEAST_ROWS else None
        if best is not None:
            return _extreme(asked, best, 1.0, len(figures))
    if any(thing & _names(row) for row in rows):
        return _of_row(asked, thing, measure, rows) if not years else None
    return (_of_row(asked, thing, measure, rows) or _of_unnamed(asked, measure, tables)) if not years else None


def _of_unnamed(asked: _Asked, measure: frozenset[str], tables: Sequence[Sequence[TableRow]]) -> Extreme | None:
    """The row of a table over whose labels nothing stands, where one column is called as the measure: "mpg", beside the
    names of cars. No other table names the things."""
    for table in tables:
        told = [
            (row, fact)
            for row in table
            if row.own and not _names(row) and not any(row.years)
            for fact, heads in zip(row.facts, row.heads, strict=True)
            if measure and heads == measure
        ]
        figures = [one for row, fact in told if (one := operand(row, fact)) is not None]
        if len({fact.value.column for _, fact in told}) != 1 or len(figures) < _LEAST_ROWS:
            continue
        if (best := asked.only(figures)) is not None:
            return _extreme(asked, best, 1.0, len(figures))
    return None


def _of_row(asked: _Asked, thing: frozenset[str], measure: frozenset[str], rows: Sequence[TableRow]) -> Extreme | None:
    """The column of the first row that is called as the measure, in a table that speaks of the things: "AIC", under the
    names of models."""
    for row in rows:
        names = {heads for heads in row.heads if heads}
        is_of_things = thing & (row.title | row.above | row.groups | _names(row))
        if not measure or row.own != measure or not is_of_things or len(names) < len(row.facts) or any(row.years):
            continue
        figures = [one for fact in row.facts if (one := operand(row, fact)) is not None]
        best = asked.only(figures) if len(figures) >= _LEAST_ROWS else None
        if best is not None:
            return _extreme(asked, best, 1.0, len(figures))
    return None


def _column(rows: Sequence[TableRow], thing: frozenset[str], measure: frozenset[str], years: frozenset[str]) -> Column:
    """The values of the column over which the measure stands, its year the one asked for or else the newest."""
    told = [
        (row, fact, heads, year)
        for row in rows
        for fact, heads, year in zip(row.facts, row.heads, row.years, strict=True)
        if measure <= heads | row.title | row.groups and thing & (row.title | row.groups | _names(row))
    ]
    known = {year for *_, each in told for year in each}  # a single one may stand over the first page of a table alone
    wanted = years or ({max(known)} if len(known) > 1 else frozenset[str]())
    of_year = [(row, fact) for row, fact, _, each in told if not wanted or wanted & each]
    counts = of_year if measure & RATES else [(row, fact) for row, fact in of_year if not _is_rate(fact)] or of_year
    columns = _by_column(counts)
    if not measure and len(columns) > 1 and _agree(columns):
        columns = columns[:1]
    column = columns[0] if len(columns) == 1 else []
    is_of_things = all(thing <= _names(row) for row, _ in column)  # whatever lines part them into groups
    return column if (is_of_things or len({row.groups for row, _ in column}) == 1) else []


def _by_column(values: Column) -> list[Column]:
    columns: dict[int, list[tuple[TableRow, Fact]]] = {}
    for row, fact in values:
        columns.setdefault(fact.value.column, []).append((row, fact))
    return [columns[at] for at in sorted(columns)]


def _agree(columns: Sequence[Column]) -> bool:
    """Whether the same rows hold the least and the greatest of every column: it need not be told which is meant."""
    ends = set()
    for column in columns:
        told = sorted((one.counted, id(row)) for row, fact in column if (one := operand(row, fact)) is not None)
        ends.add((told[0][1], told[-1][1]) if told else (0, 0))
    return len(ends) == 1


def _is_rate(fact: Fact) -> bool:
    return any(tells_share(cell.text) for cell in (fact.value, *fact.heads))


def _counted(
    rows: Sequence[TableRow], thing: frozenset[str], measure: frozenset[str], years: frozenset[str]
) -> tuple[Column, float]:
    """The values of the one column that the measure names best, where the rows are called as the thing is, and what the
    column does not tell of the measure is told over the table: "Voter registration", "Total". With it, how much."""
    told = {year for row in rows for each in row.years for year in each}
    if not measure or len(told) > 1 or not years <= told:
        return [], 0.0
    called = [row for row in rows if thing & _names(row)]
    column, named = column_named(called, measure)
    over = frozenset().union(
        *(heads for row in called for heads in row.heads), *(r.title | r.above for r in called[:1])
    )
    return (column, named) if all(is_held(word, over) for word in measure) else ([], 0.0)


def _names(row: TableRow) -> frozenset[str]:
    """What the head over the labels calls the rows."""
    heads = [
        cell
        for cell in row.table.cells
        if cell.row < row.table.head_rows and cell.column < max(1, row.table.stub_columns)
    ]
    return frozenset(word for cell in heads for word in question_words(cell.text))


def _extreme(asked: _Asked, best: Operand, score: float, among: int) -> Extreme:
    row = best.row
    found = LookUp(row.document_id, row.page, row.table, (best.fact,), score, row)
    return Extreme(found, asked.is_greatest, among)
