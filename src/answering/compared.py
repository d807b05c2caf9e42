"""Answers that set values side by side: a comparison of documents or measures, and the greatest or least of several.

See docs/adr/0087-kinds-of-direct-answers.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared_utils.calculation.calculate import Calculation, NotComputed
from shared_utils.calculation.extremes import Extreme, extreme
from shared_utils.calculation.formulary import Formulary
from shared_utils.calculation.operands import operand
from shared_utils.message import message
from shared_utils.retrieval.lookup import SURE, LookUp, look_up
from shared_utils.retrieval.table_rows import rows_of, years_of
from shared_utils.text.words import terms
from shared_utils.types import Answer, Direct, DirectKind, DirectOperand, Evidence, Page, Passage
from src.answering.direct import Pages, pages_found, with_direct, with_look_up

_COMPARE = re.compile(r"^\W*(?:please |bitte )?(?:compar\w*|vergleich\w*|confront\w*|vergelijk\w*)\s+", re.IGNORECASE)
_AND = re.compile(
    r"\s+(?:and|with|to|und|mit|et|avec|y|con|e|com|en|met|vs\.?|versus|compared (?:to|with))\s+", re.IGNORECASE
)
_VERSUS = re.compile(r"\s+(?:vs\.?|versus|compared (?:to|with))\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question. `sides` are the ids of the documents that are compared, () where none are."""

    passages: Sequence[Passage]
    evidence: Evidence
    figure: Calculation | NotComputed | None
    sides: Sequence[str] = ()


def with_kind(
    question: str, answer: Answer, found: Found, pages: Pages, formulary: Formulary, names: Mapping[str, str]
) -> Answer:
    """The answer, led by a comparison or by the greatest or least value where one is asked for and found.

    Else by what `with_direct` finds.
    """
    passages = found.passages
    if found.figure is None:
        compared = _by_document(question, found, pages, formulary, names) if found.sides else []
        compared = compared or _by_measure(question, passages, pages, formulary)
        if compared:
            return with_comparison(answer, compared, names)
        rows = [row for document_id, page, s in pages_found(passages, pages) for row in rows_of(document_id, page, s)]
        if (most := extreme(question, rows, formulary.glossary)) is not None:
            return with_extreme(answer, most, names)
    return with_direct(question, answer, passages, pages, found.figure, formulary, names)


def with_comparison(answer: Answer, compared: Sequence[LookUp], names: Mapping[str, str]) -> Answer:
    """The answer, one cited line for each value before it, in the order given; the values as data in `direct`."""
    operands: list[DirectOperand] = []
    several = len({one.document_id for one in compared}) == len(compared)
    for one in reversed(compared):
        answer = with_look_up(answer, one, names)
        if answer.direct is not None:
            operands[:0] = answer.direct.operands[:1]
        if several:
            first = answer.sentences[0]
            said = message("{document}: {value}", document=names.get(one.document_id, ""), value=first.text)
            answer = replace(answer, sentences=(replace(first, text=str(said), said=said), *answer.sentences[1:]))
    led = answer.sentences[: len(compared)]
    cited = tuple(
        replace(
            operand,
            name=f"{names.get(one.document_id, '')}: {operand.name}" if several else operand.name,
            citations=sentence.citations,
        )
        for operand, sentence, one in zip(operands, led, compared, strict=True)
    )
    direct = Direct(DirectKind.COMPARISON, "", str(len(cited)), "", cited)
    return _renewed(replace(answer, direct=direct))


def with_extreme(answer: Answer, most: Extreme, names: Mapping[str, str]) -> Answer:
    """The answer, the greatest or least value before it, with how many values it was chosen from."""
    answer = with_look_up(answer, most.found, names)
    first = answer.sentences[0]
    said = (
        message("{value}: the highest of {n} values in this table.", value=first.text, n=most.among)
        if most.is_greatest
        else message("{value}: the lowest of {n} values in this table.", value=first.text, n=most.among)
    )
    reason = message("chosen among the values of the table")
    led = replace(first, text=str(said), said=said, reason=reason)
    return _renewed(replace(answer, sentences=(led, *answer.sentences[1:])))


def _renewed(answer: Answer) -> Answer:
    """With the text that its sentences now make."""
    lines = (s.text + " " + "".join(f"[{marker}]" for marker in s.citations) for s in answer.sentences)
    return replace(answer, raw_text="\n".join(lines))


def _by_document(
    question: str, found: Found, pages: Pages, formulary: Formulary, names: Mapping[str, str]
) -> list[LookUp]:
    """The same value of each document; [] where it was not found in one of them."""
    named = {word for side in found.sides for word in terms(names.get(side, ""))}
    words = [w for w in _COMPARE.sub("", question).split() if years_of(w) or not named & set(terms(w))]
    values = []
    for side in found.sides:
        own = pages_found([passage for passage in found.passages if passage.chunk.document_id == side], pages)
        seen = {page.number for _, page, _ in own}
        more = dict.fromkeys(s.page for s in found.evidence.spans if s.document_id == side and s.page not in seen)
        value = look_up(
            " ".join(words), [*own, *((side, pages[side, number], 1.0) for number in more)], glossary=formulary.glossary
        )
        if value is None or value.score < SURE:
            return []
        values.append(_newest(value, question))
        if not _is_one_figure(values[-1]):
            return []
    return values


def _by_measure(question: str, passages: Sequence[Passage], pages: Pages, formulary: Formulary) -> list[LookUp]:
    """Two values that a question sets against each other by name: “net income vs. adjusted EBIT”; [] where one is
    not found."""
    asks = _COMPARE.match(question)
    parts = (_AND if asks else _VERSUS).split(_COMPARE.sub("", question).rstrip("?!. "), maxsplit=1)
    if len(parts) != 2:
        return []
    where: list[tuple[str, Page, float]] = pages_found(passages, pages)
    told = " ".join(sorted(years_of(question)))
    found = [
        look_up(part if years_of(part) else f"{part} {told}", where, glossary=formulary.glossary) for part in parts
    ]
    sure = [one for one in found if one is not None and one.score >= SURE and one.row.own <= set(terms(question))]
    values = [value for one in sure if _is_one_figure(value := _newest(one, question))]
    places = {(one.document_id, one.page.number, one.facts[0].value.row, one.facts[0].value.column) for one in values}
    return values if len(values) == len(places) == len(parts) else []


def _newest(value: LookUp, question: str) -> LookUp:
    """The value of the newest year where the question names none and its table tells them."""
    if years_of(question) or len(value.facts) == 1:
        return value
    years = dict(zip(value.row.facts, value.row.years, strict=True))
    told = [fact for fact in value.facts if years.get(fact)]
    return replace(value, facts=(max(told, key=lambda fact: max(years[fact])),)) if told else value


def _is_one_figure(value: LookUp) -> bool:
    """Whether one figure was found: two in a field, or several fields, leave open which is meant."""
    return len(value.facts) == 1 and operand(value.row, value.facts[0]) is not None
