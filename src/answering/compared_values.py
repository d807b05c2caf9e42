"""The values that a comparison sets side by side: of documents, of years, of measures, or of two of these.

What is compared is told by the question: the documents were told apart by its route, years stand in it, measures are
parted by "and", "with" or "vs." where both are found. A cell is a value of a table's row; nothing is compared of which
a value was not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared_utils.calculation.asked import spelled_years
from shared_utils.calculation.operands import Operand, asked_row, is_of_the_whole, of_year
from shared_utils.retrieval.lookup import SURE, LookUp, look_up_in, readings
from shared_utils.retrieval.question import Glossary, question_words
from shared_utils.retrieval.table_rows import TableRow
from shared_utils.text.words import terms

_MOST_YEARS = 8
_MOST_PARTS = 9  # of a question that are tried as parting two measures, with what stands between them
_COMPARE = re.compile(
    r"^\W*(?:(?:can you|please|bitte|now|then|and)\s+)*"
    r"(?:compar\w*|vergleich\w*|contrast|confront\w*|vergelijk\w*)\b\s*",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:vs|versus)\b|\bcompared? (?:to|with)\b|\bcompar(?:e|ed|ing|ison|er|ez|ar|a|aison|ación|ação)\b"
    r"|\bvergl(?:eich\w*|ichen)\b|\bconfront\w+|\bvergelijk\w*|\bgegenüber\b",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+(?:and|with|to|against|und|mit|et|avec|y|con|e|com|en|met|gegenüber)\s+", re.IGNORECASE)
_VERSUS = re.compile(r"\s+(?:vs\.?|versus|compared (?:to|with))\s+", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:(?:FY|CY)\s?)?'?(?:19|20)\d\d\b", re.IGNORECASE)
# What frames a measure: "how did … in fiscal 2021 compare with that of …".
_FRAME = re.compile(
    r"\b(?:(?:what|how|welche\w*|wie|was|were|is|are|did|does|do|has|have|the|that|those|it|them|this|of|in|for|from|"
    r"between|during|fiscal|financial|years?|respectively|gaap|reported|a|an|der|die|das|den|des|dem|von|vom|im|"
    r"jahre?n?|zu|zum|zur|le|la|les|l|du|de|des|entre|en|el|los|las|del|il|lo|i|gli|di|della|nel|nei|o|os|as|do|da|no|het|van|"
    r"tussen|zwischen)\b['’]?|[?!.,:;])",
    re.IGNORECASE,
)
_JOINING = frozenset(("and", "with", "to", "against", "und", "mit", "et", "avec", "y", "con", "e", "com", "met", "vs"))
_WHOLE = frozenset(terms("total consolidated overall combined attributable shareholders stockholders company group"))


@dataclass(frozen=True, slots=True)
class Compared:
    """One value of a comparison. `measure` is as it was asked; `year` is "" where the newest was taken or none told."""

    found: LookUp
    measure: str
    year: str


Rows = Sequence[TableRow]


def compared_values(
    question: str, rows: Rows, sides: Mapping[str, Rows], names: Mapping[str, str], glossary: Glossary
) -> list[Compared]:
    """The values that a question compares, documents first, then measures, then years; [] where one is missing.

    `rows` are those found for the question. `sides` are those of each document that is compared, by its id; nothing
    where the question compares within what was found. `names` are the titles and names of all documents.
    """
    if not is_comparison(question):
        return []
    text = _once(question)
    named = frozenset(word for name in names.values() for word in terms(name))
    years = tuple(spelled_years(text))[:_MOST_YEARS]
    of_sides = list(sides.values()) if sides else [rows]
    for measures in _ways(_COMPARE.sub("", text).strip(), named):
        if not sides and len(years) < 2 and len(measures) < 2:
            continue
        found = [_row(measure, years, of_side, glossary, named) for of_side in of_sides for measure in measures]
        if all(found) and _are_several(found):
            return [one for of_row in found for one in of_row]
    return []


def partly_compared(
    question: str, rows: Rows, sides: Mapping[str, Rows], names: Mapping[str, str], glossary: Glossary
) -> tuple[list[Compared], list[str]]:
    """Of a comparison of which not every value was found those that were, and what the others are called: a document, a
    measure, a year; ([], []) where none or all were found. Arguments as of `compared_values`."""
    if not is_comparison(question):
        return [], []
    text = _once(question)
    named = frozenset(word for name in names.values() for word in terms(name))
    years = tuple(spelled_years(text))[:_MOST_YEARS] or ("",)
    matter = _COMPARE.sub("", text).strip()
    for measures in _ways(matter, named):
        units = [
            ((names.get(side, "") if len(sides) > 1 else "", m if len(measures) > 1 else "", y), m, of_side)
            for side, of_side in (sides or {"": rows}).items()
            for m in measures
            for y in years
        ]
        found = [_row(m, tuple(filter(None, called[2:])), of_side, glossary, named) for called, m, of_side in units]
        if len(units) > 1 and any(found) and not all(found):
            missing = [", ".join(filter(None, u[0])) for u, of_row in zip(units, found, strict=True) if not of_row]
            return [one for of_row in found for one in of_row], [name for name in missing if name]
    return [], []


def is_comparison(question: str) -> bool:
    """Whether a question asks for values side by side, not for what is computed of them.

    >>> is_comparison("Compare revenue in 2021 and 2022"), is_comparison("Who chairs the board?")
    (True, False)
    """
    return _COMPARED.search(question) is not None


def without_comparing(question: str) -> str:
    """The question without the words that only say that it compares: no "comparable sales" are asked for.

    >>> without_comparing("Compare net income of both"), without_comparing("Who chairs the board?")
    ('net income of both', 'Who chairs the board?')
    """
    rest = " ".join(_COMPARED.sub(" ", question).split())
    return rest if terms(rest) else question


def _once(question: str) -> str:
    """Each of its sentences once: a follow-up is searched with what it asks now said several times."""
    said = re.split(r"(?<=[?!.])\s+", question.strip())
    return " ".join(dict.fromkeys(said))


def _ways(matter: str, named: frozenset[str]) -> Iterator[tuple[str, ...]]:
    """The measures that a comparison may be of, the surest reading first: "net income vs. adjusted EBIT" are two,
    "sales and marketing and research and development" two of three cuts, "wages, dredging and insurance" three."""
    if _VERSUS.search(matter):
        yield from _told([tuple(_VERSUS.split(matter, maxsplit=1))], named)
    yield from _told([(matter,)], named)
    parts = re.split(f"({_AND.pattern})", matter, flags=re.IGNORECASE)[:_MOST_PARTS]
    yield from _told([("".join(parts[:i]), "".join(parts[i + 1 :])) for i in range(1, len(parts), 2)], named)
    each = re.split(rf"{_AND.pattern}|,\s*", matter, flags=re.IGNORECASE)
    if len(each) > 2:
        yield from _told([tuple(each)], named)


def _told(ways: Iterable[tuple[str, ...]], named: frozenset[str]) -> Iterator[tuple[str, ...]]:
    for way in ways:
        measures = tuple(dict.fromkeys(part for each in way if (part := _measure(each, named))))
        if measures and (len(measures) > 1 or len(way) == 1):
            yield measures


def _measure(text: str, named: frozenset[str]) -> str:
    """The words of a measure, without years, names of documents and what frames them."""
    words = _FRAME.sub(" ", _YEAR.sub(" ", _COMPARED.sub(" ", text))).split()
    kept = _without_names(words, named)
    while kept and kept[-1].lower() in _JOINING:
        kept.pop()
    while kept and kept[0].lower() in _JOINING:
        kept.pop(0)
    return " ".join(kept)


def _without_names(words: Sequence[str], named: frozenset[str]) -> list[str]:
    """Without the words, and the pairs of words that a file's name has as one, that a document is called by."""
    kept: list[str] = []
    for word in words:
        stems = terms(word) if word[:1].isupper() else []
        if kept and stems and kept[-1][:1].isupper() and "".join([*terms(kept[-1]), *stems]) in named:
            kept.pop()
        elif not stems or not set(stems) <= named:
            kept.append(word)
    return kept


def _row(measure: str, years: Sequence[str], rows: Rows, glossary: Glossary, named: frozenset[str]) -> list[Compared]:
    """The values of one measure in one document, one for each year, or the newest; [] where one is not found."""
    said = [tuple(words) for words, _ in readings(question_words(measure), glossary)]
    known = frozenset(word for words in said for word in words) | _WHOLE | named
    called = [row for row in rows if row.own <= known and _is_all_of(measure, row, glossary)]
    among = _called_in_order(said, [row for row in called if _tells_a_figure(row, years)])
    if len(years) > 1:
        return [Compared(_of(one), measure, one.year) for one in asked_row(measure, years, among, glossary)]
    dated = [row for row in among if any(row.years)]
    seen = look_up_in(f"{measure} {' '.join(years)}", dated or among, glossary)
    if seen is None or seen.score < SURE or _is_of_another_name(measure, seen.row, glossary, named):
        return []
    one = _newest(seen, years, measure)
    return [Compared(_of(one), measure, one.year)] if one is not None else []


def _is_of_another_name(measure: str, row: TableRow, glossary: Glossary, named: frozenset[str]) -> bool:
    """Whether a row has no word of a measure, and the glossary explains it in part: "revenue" is no "lobster sales"."""
    own = frozenset(question_words(measure)) - named
    if own & (row.label | row.groups):
        return False
    return bool(own.difference(*(key for key in glossary if own.issuperset(key))))


def _called_in_order(said: Sequence[tuple[str, ...]], rows: Rows) -> Rows:
    """The rows whose label has the words of a reading one after the other; all where none does: "other income, net" is
    no net income."""

    def is_called_so(row: TableRow) -> bool:
        label = terms(" ".join(cell.text for cell in row.facts[0].labels))
        return any(
            tuple(label[i : i + len(words)]) == words for words in said for i in range(len(label) - len(words) + 1)
        )

    return [row for row in rows if is_called_so(row)] or rows


def _is_all_of(measure: str, row: TableRow, glossary: Glossary) -> bool:
    """Whether a row is what "sales and marketing" is, and not the sales alone."""
    if not _AND.search(measure):
        return True
    return any(set(said) <= row.label | row.groups for said, _ in readings(question_words(measure), glossary))


def _tells_a_figure(row: TableRow, years: Sequence[str]) -> bool:
    """Whether a row has one figure for a year that is asked for, or for any: two in a field leave open which it is."""
    told = years or sorted(year for each in row.years for year in each)
    return any(of_year(row, year) for year in told or ("",))


def _newest(value: LookUp, years: Sequence[str], measure: str) -> Operand | None:
    """The figure of the year that is asked for, else of the newest; of a whole year before a part of it, of the total
    before a segment that the measure does not name."""
    told = frozenset(years) or frozenset(year for each in value.row.years for year in each)
    if not told and len(value.row.facts) > 1:
        return None  # of several values without a year nothing tells which is meant
    year = max(told, default="")
    of_row = of_year(value.row, year)
    figures = of_year(value.row, year, value.facts) or of_row
    if not figures:
        return None
    names = {word for head in figures[0].fact.heads for word in terms(head.text)}
    return figures[0] if names & set(terms(measure)) else next(filter(is_of_the_whole, of_row), figures[0])


def _of(one: Operand) -> LookUp:
    return LookUp(one.row.document_id, one.row.page, one.row.table, (one.fact,), 1.0, one.row)


def _are_several(found: Sequence[Sequence[Compared]]) -> bool:
    """Whether no cell is told twice, and there are two at least."""
    cells = [_place(one) for of_row in found for one in of_row]
    return len(cells) > 1 and all(one != other for one, other in pairwise(sorted(cells)))


def _place(one: Compared) -> tuple[str, int, int, int, int]:
    value = one.found.facts[0].value
    first = value.spans[0].start if value.spans else 0
    return one.found.document_id, one.found.page.number, first, value.row, value.column
