"""Answers that set values side by side: a comparison of documents or measures, and the greatest or least of several.

See docs/adr/0087-kinds-of-direct-answers.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_utils.calculation.calculate import Calculation, NotComputed
from shared_utils.calculation.extremes import Extreme, asks_extreme, extreme
from shared_utils.calculation.formulary import Formulary
from shared_utils.calculation.named_extremes import most_of_named
from shared_utils.message import Message, message
from shared_utils.retrieval.lookup import OF_ASKING
from shared_utils.retrieval.question import Glossary, question_words
from shared_utils.retrieval.table_rows import TableRow, is_year, rows_of
from shared_utils.retrieval.unknown import names_stand
from shared_utils.tables.texts import is_none
from shared_utils.text.subject import names_in
from shared_utils.text.words import terms
from shared_utils.types import Answer, Citation, Direct, DirectKind, DirectOperand, Evidence, Page, Passage, Sentence
from src.answering.compared_values import Compared, compared_values, is_comparison, partly_compared
from src.answering.counted_rows import counted_by_title, with_counted_rows
from src.answering.counts import Counted, asks_count, asks_limit, counted, with_count
from src.answering.direct import Pages, pages_found, with_direct, with_look_up
from src.answering.ingestion import IndexedDocument, names_of, pages_of
from src.answering.places import name_of
from src.answering.two_values import two_values

_BESIDE = 2  # words that the name of a count may have besides what is counted
_OF_COUNTING = frozenset(terms("many number there company"))  # say that something is counted, not what
_MOST_OF = 0.5  # share of the other words of a question that a list has to tell of
_CELL = "|"  # the mark of a sentence that says one value of a table, see src/presentation/blocks.py


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question. `sides` are the ids of the documents that are compared, () where none are."""

    passages: Sequence[Passage]
    evidence: Evidence
    figure: Calculation | NotComputed | None
    sides: Sequence[str] = ()


def with_kind(
    question: str, answer: Answer, found: Found, documents: Sequence[IndexedDocument], formulary: Formulary
) -> Answer:
    """The answer, led by a comparison or by the greatest or least value where one is asked for and found.

    Else by what `with_direct` finds.
    """
    passages, pages, names = found.passages, pages_of(documents), names_of(documents)
    if found.figure is None:
        if compared := values_compared(question, found, pages, formulary, names):
            return with_comparison(answer, compared, names)
        told, missing = partly_compared(*_asked_of(question, found, pages, formulary, names))
        if told and missing:
            answer = with_comparison(answer, told, names)
            return replace(answer, notes=(*answer.notes, _not_found(missing)))
        rows = _rows(pages_found(passages, pages))
        if (most := _most(question, rows, formulary.glossary)) is not None:
            return with_extreme(answer, most, names)
        if pair := two_values(question, rows, formulary.glossary):
            return with_comparison(answer, pair, names)
    led = with_direct(question, answer, passages, pages, found.figure, formulary, names)
    thing = asks_count(question) if found.figure is None else ""
    if thing and not _counts(led.direct, thing) and not _is_named_whole(led.direct, question):
        stated = counted(question, passages, documents)
        if stated is not None and _is_told_by_its_row(led.direct, question, stated):
            return led
        if stated is not None:
            return with_count(answer, stated, pages, names)
        if (titled := counted_by_title(question, thing, passages, pages)) is not None:
            return with_counted_rows(answer, titled, names)
        if led.direct is None and not asks_limit(question):
            listed = with_direct(f"Which {thing} are there?", answer, passages, pages, None, formulary, names)
            return listed if _is_of_question(listed, question, thing) else led
    return led


def _is_told_by_its_row(direct: Direct | None, question: str, stated: Counted) -> bool:
    """Whether one number leads whose row and column have all names and years of the question, and the sentence that
    states a number has not: "Germany, 2004" is told by its row, not by "one of the four that took samples"."""
    if direct is None or direct.kind is not DirectKind.VALUE or len(direct.operands) != 1:
        return False
    told = names_in(question) | {word for word in terms(question) if is_year(word)}
    sentence = terms(stated.chunk.text[stated.start : stated.end])
    return bool(told) and told <= set(terms(direct.name)) and not told <= set(sentence)


def _is_of_question(listed: Answer, question: str, thing: str) -> bool:
    """Whether what leads tells of most else that a question of a number is on: a list of developers is none of those
    who "must sponsor a resolution"."""
    others = set(question_words(question)) - set(terms(thing)) - OF_ASKING - _OF_COUNTING
    said = {word for sentence in listed.sentences[: _listed(listed.direct)] for word in terms(sentence.text)}
    return len(others & said) >= _MOST_OF * len(others)


def _listed(direct: Direct | None) -> int:
    """How many sentences say a list, or a value."""
    return 1 + len(direct.operands) if direct is not None and direct.kind is DirectKind.LIST else 1


def _counts(direct: Direct | None, thing: str) -> bool:
    """Whether what leads already is the number of what is counted: "Number of employees: 148", no "employee bonus"."""
    if direct is None or direct.kind is not DirectKind.VALUE or not any(map(str.isdigit, direct.value)):
        return False
    name = {word for word in terms(direct.name) if word.isalpha()}
    return set(terms(thing)) <= name and len(name - set(terms(thing))) <= _BESIDE


def _is_named_whole(direct: Direct | None, question: str) -> bool:
    """Whether one number leads whose row and column have every word of the question: "Common stock, Authorized
    shares"."""
    if direct is None or direct.kind is not DirectKind.VALUE or len(direct.operands) != 1:
        return False
    asked = {word for word in question_words(question) if not is_year(word)} - _OF_COUNTING
    is_number = any(map(str.isdigit, direct.value)) or is_none(direct.value)
    return is_number and len(asked) > _BESIDE and asked <= set(terms(direct.name))


def values_compared(
    question: str, found: Found, pages: Pages, formulary: Formulary, names: Mapping[str, str]
) -> list[Compared]:
    """The values that a question sets side by side, each of which was found; [] where one was not."""
    return compared_values(*_asked_of(question, found, pages, formulary, names))


def _asked_of(
    question: str, found: Found, pages: Pages, formulary: Formulary, names: Mapping[str, str]
) -> tuple[str, list[TableRow], dict[str, list[TableRow]], Mapping[str, str], Glossary]:
    """The question with the rows on the pages found, and with those of each document that is compared."""
    rows = _rows(pages_found(found.passages, pages))
    sides = {side: _rows_of_side(side, found, pages) for side in found.sides}
    return question, rows, sides, names, formulary.glossary


def _not_found(missing: Sequence[str]) -> Message:
    return message("No value was found for {missing}; what was found is shown.", missing=tuple(missing))


def stands_side_by_side(
    question: str, found: Found, documents: Sequence[IndexedDocument], formulary: Formulary
) -> bool:
    """Whether every value that a question compares was found, in documents that have every name it asks for."""
    if found.figure is not None or not is_comparison(question):
        return False
    if not names_stand(question, [document.index for document in documents]):
        return False
    return bool(values_compared(question, found, pages_of(documents), formulary, names_of(documents)))


def tells_extreme(question: str, found: Found, documents: Sequence[IndexedDocument], formulary: Formulary) -> bool:
    """Whether the row or the year that a question asks for was found, in documents that have every name of it."""
    if found.figure is not None or not asks_extreme(question):
        return False
    if not names_stand(question, [document.index for document in documents]):
        return False
    return _most(question, _rows(pages_found(found.passages, pages_of(documents))), formulary.glossary) is not None


def _most(question: str, rows: Sequence[TableRow], glossary: Glossary) -> Extreme | None:
    """The greatest or the least that a question asks for: of the things that it names, else of a column or a row."""
    return most_of_named(question, rows, glossary) or extreme(question, rows, glossary)


def _rows_of_side(side: str, found: Found, pages: Pages) -> list[TableRow]:
    """Of the pages of one document that its passages and its evidence stand on."""
    own = pages_found([passage for passage in found.passages if passage.chunk.document_id == side], pages)
    seen = {page.number for _, page, _ in own}
    more = dict.fromkeys(s.page for s in found.evidence.spans if s.document_id == side and s.page not in seen)
    return _rows([*own, *((side, pages[side, number], 1.0) for number in more)])


def _rows(found: Iterable[tuple[str, Page, float]]) -> list[TableRow]:
    return [row for document_id, page, score in found for row in rows_of(document_id, page, score)]


def with_comparison(answer: Answer, compared: Sequence[Compared], names: Mapping[str, str]) -> Answer:
    """The answer, a table of the values before it: a cited sentence each, and in `direct` their rows and columns.

    A row is a document, else a measure, else a year; what else differs are the columns.
    """
    several = len({one.found.document_id for one in compared}) > 1
    bare = replace(answer, sentences=(), citations=())
    led = [with_look_up(bare, one.found, names) for one in compared]
    rest = answer
    for one in compared:  # without what the answer quotes of the same rows
        rest = with_look_up(rest, one.found, names)
        rest = replace(rest, sentences=rest.sentences[1:])
    numbers: dict[tuple[str, int, int, int], int] = {}
    citations: list[Citation] = []

    def numbered(sentence: Sentence, of: Answer) -> tuple[int, ...]:
        markers = []
        for cited in (c for c in of.citations if c.marker in sentence.citations):
            place = cited.document_id, cited.page, cited.start, cited.end
            if place not in numbers:
                numbers[place] = len(numbers) + 1
                citations.append(replace(cited, marker=numbers[place]))
            markers.append(numbers[place])
        return tuple(markers)

    sentences, operands = list[Sentence](), list[DirectOperand]()
    for one, value, (row, column) in zip(compared, led, _rows_and_columns(compared, names), strict=True):
        sentence, operand = value.sentences[0], (value.direct.operands if value.direct else ())[0]
        markers, name = numbered(sentence, value), names.get(one.found.document_id, "")
        said = message("{document}: {value}", document=name, value=sentence.text) if several else sentence.said
        sentences.append(
            replace(sentence, text=str(said), said=said, citations=markers, item=_CELL, paragraph=len(sentences))
        )
        called = f"{name}: {operand.name}" if several else operand.name
        operands.append(replace(operand, name=called, citations=markers, row=row, column=column))
    others = [
        replace(s, citations=numbered(s, rest), paragraph=len(sentences) + number)
        for number, s in enumerate(rest.sentences)
    ]
    direct = Direct(DirectKind.COMPARISON, "", str(len(operands)), "", tuple(operands))
    led_by = replace(rest, sentences=(*sentences, *others), citations=tuple(citations), direct=direct)
    return _renewed(led_by)


def _rows_and_columns(compared: Sequence[Compared], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What the row and the column of each value are called. A document that calls a value otherwise than another does
    has that name beside its own, and the year where it is not the same of all."""
    documents = list(dict.fromkeys(one.found.document_id for one in compared))
    measures, years = ({getattr(one, part) for one in compared} for part in ("measure", "year"))
    printed = {id(one): name_of(one.found.facts[0], heads=False) for one in compared}
    called = {one.measure: {printed[id(o)] for o in compared if o.measure == one.measure} for one in compared}
    by_year = len(compared) > len(documents) * len(measures)

    def column(one: Compared) -> str:
        name = printed[id(one)] if len(called[one.measure]) == 1 else one.measure
        of_year = one.year if by_year or len(years) == 1 else ""
        if len(documents) == 1:
            return (of_year if len(measures) > 1 else name) or name
        parts = (name if len(measures) > 1 or not by_year else "", of_year)
        return ", ".join(filter(None, parts))

    def row(one: Compared) -> str:
        if len(documents) == 1:
            return printed[id(one)] if len(measures) > 1 else one.year or printed[id(one)]
        own = printed[id(one)] if len(measures) == 1 and len(called[one.measure]) > 1 else ""
        year = one.year if len(years) > 1 and not by_year else ""
        return ", ".join(filter(None, (names.get(one.found.document_id, ""), own, year)))

    return [(row(one), column(one)) for one in compared]


def with_extreme(answer: Answer, most: Extreme, names: Mapping[str, str]) -> Answer:
    """The answer, the greatest or least value before it, with how many values it was chosen from."""
    answer = with_look_up(answer, most.found, names)
    first = answer.sentences[0]
    said = _said_of_most(first.text, most)
    reason = message("chosen among the values of the table")
    led = replace(first, text=str(said), said=said, reason=reason)
    return _renewed(replace(answer, sentences=(led, *answer.sentences[1:])))


def _said_of_most(value: str, most: Extreme) -> Message:
    if most.thing:
        values = {"thing": most.thing, "value": value, "n": most.among}
        return (
            message("{thing}, the highest of the {n} asked about: {value}", **values)
            if most.is_greatest
            else message("{thing}, the lowest of the {n} asked about: {value}", **values)
        )
    return (
        message("{value}: the highest of {n} values in this table.", value=value, n=most.among)
        if most.is_greatest
        else message("{value}: the lowest of {n} values in this table.", value=value, n=most.among)
    )


def _renewed(answer: Answer) -> Answer:
    """With the text that its sentences now make."""
    lines = (s.text + " " + "".join(f"[{marker}]" for marker in s.citations) for s in answer.sentences)
    return replace(answer, raw_text="\n".join(lines))
