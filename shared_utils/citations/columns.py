"""Whether a number of a claim stands in the column that the claim speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from shared_utils.citations.dates import names_a_time
from shared_utils.citations.parallel import parallel_lists
from shared_utils.citations.quantities import quantities
from shared_utils.citations.reading import Finding, Reading, holds
from shared_utils.citations.tables import (
    Column,
    cells_of,
    column_keys,
    columns_over,
    fields_of,
    heads_over,
    key_of_cell,
)
from shared_utils.citations.text_units import KeyedCell, Unit, content_keys, words_of
from shared_utils.message import Message, message
from shared_utils.text.quantities import Quantity
from shared_utils.types import Verdict

_TIED_AFTER = re.compile(
    r"[\s(]*(?:(?:in|for|of|during|at|im|für|pour|en|de|del|nel|em|voor|the|fiscal|year|jahr|q)\s*)*", re.IGNORECASE
)
_TIED_BEFORE = re.compile(
    r"\w+[\s:,)–-]*(?:(?:it|they|was|were|is|stood at|came to|betrug|war|waren|était|fue)\s+)*", re.IGNORECASE
)
_RESPECTIVELY = re.compile(
    r"\b(?:respectively|bzw|beziehungsweise|respectivement|respectivamente|rispettivamente)\b", re.I
)


def check_columns(reading: Reading) -> Iterator[Finding]:
    """A number taken from the right row but another column: of a year, a quarter, or of whatever its head names."""
    yield from _named_columns(reading)
    keys = column_keys(reading.claim)
    for wanted in reading.numbers:
        if not keys or names_a_time(wanted, reading.claim):
            continue
        yield from _in_prose(wanted, keys, reading)
        rows = [i for i in reading.anchor if reading.units[i].is_row and holds(reading.units[i], wanted)]
        findings = [finding for i in rows[:1] if (finding := _column(wanted, reading, i))]
        yield from findings


def _column(wanted: Quantity, reading: Reading, row: int) -> Finding | None:
    named = column_keys(reading.claim)
    told = False
    for columns in _columns_of(reading, row):
        keys = [key for key, _ in columns if key]
        if not keys:
            continue
        ours = [column for column in named if column.family == _family(keys)]
        if len(set(keys)) == len(ours) == 1 and ours[0].key != keys[0]:  # a section that has one year throughout
            return Finding(Verdict.CONTRADICTED, _under(wanted.text, keys[0], ours[0].key, "", "year"))
        ours = [column for column in ours if column.key in keys]
        if not ours:
            continue
        told = True
        under = [key for key, q in columns if q is not None and q.same_digits(wanted)]
        if not under or None in under:
            continue
        linked = _linked(wanted, ours, reading)
        key = linked or min(ours, key=lambda column: abs(column.start - wanted.start)).key
        if key in under:
            continue
        if not linked and any(column.key in under for column in ours):
            return Finding(Verdict.PARTLY, cannot_be_told(wanted))
        right = next((q.text for its_key, q in columns if q and its_key == key), "")
        return Finding(Verdict.CONTRADICTED, _under(wanted.text, under[0], key, right, _family(keys)))
    if not told and len({q.value for q in cells_of(reading.units[row]) if q}) > 1:
        return Finding(Verdict.PARTLY, cannot_be_told(wanted))
    return None


_Columns = list[tuple[str | None, Quantity | None]]  # of one family: the key over each cell of a row, and its number


def _columns_of(reading: Reading, row: int) -> Iterator[_Columns]:
    """By the table, where the page's was read as one; else by the words over the row."""
    unit = reading.units[row]
    by_table = [
        [(_key_in(cell, family), next(iter(quantities(cell.text, unit.notation)), None)) for cell in unit.cells]
        for family in ("year", "quarter")
    ]
    if found := [columns for columns in by_table if any(key for key, _ in columns)]:
        yield from found
        return
    cells = cells_of(unit)
    for over in columns_over(reading.units, row):
        if len(over) == 1:
            yield [(over[0], q) for q in cells]
        else:
            yield [(key_of_cell(over, cells, i), q) for i, q in enumerate(cells)]


def _key_in(cell: KeyedCell, family: str) -> str | None:
    keys = {column.key for column in column_keys(" ".join(cell.heads)) if column.family == family}
    return next(iter(keys)) if len(keys) == 1 else None


def _family(keys: Sequence[str]) -> str:
    return "year" if len(keys[0]) == 4 else "quarter"


def _in_prose(wanted: Quantity, named: list[Column], reading: Reading) -> Iterator[Finding]:
    """Another year's figure, where a sentence lists both: "440 and 832 in 2018 and 2019"."""
    for unit in (reading.units[i] for i in reading.anchor if not reading.units[i].is_row):
        for years, figures in parallel_lists(unit.text, unit.numbers):
            of = dict(zip(years, figures, strict=True))
            under = [year for year, q in of.items() if q.same_digits(wanted)]
            ours = [column for column in named if column.key in of]
            if not under or not ours:
                continue
            key = _linked(wanted, ours, reading) or (ours[0].key if len(ours) == 1 else "")
            if key and key not in under:
                yield Finding(Verdict.CONTRADICTED, _under(wanted.text, under[0], key, of[key].text, "year"))
                return


def cannot_be_told(wanted: Quantity) -> Message:
    """That a number is one of several in its row."""
    return message("the row holds several numbers; which column {what} stands in cannot be told", what=wanted.text)


def _linked(wanted: Quantity, named: list[Column], reading: Reading) -> str:
    """The one of several columns that the sentence ties a number to: "11,588 in 2018", "2018: 11,588"; else ""."""
    if _RESPECTIVELY.search(reading.claim):
        cells = [q.start for q in reading.numbers if not q.is_year]
        return named[cells.index(wanted.start)].key if len(cells) == len(named) else ""
    after = {
        c.key for c in named if wanted.end <= c.start and _TIED_AFTER.fullmatch(reading.claim, wanted.end, c.start)
    }
    before = {
        c.key for c in named if c.start < wanted.start and _TIED_BEFORE.fullmatch(reading.claim, c.start, wanted.start)
    }
    tied = after or before
    return next(iter(tied)) if len(tied) == 1 else ""


def _under(what: str, column: str | None, other: str, right: str, family: str) -> Message:
    """Which column the page has a number under. `right`: what it has under the answer's, "" where that is not known."""
    label = message("quarter {n}", n=column) if family == "quarter" else column
    if not right:
        return message(
            "the page has {what} under {column}, the answer says {other}", what=what, column=label, other=other
        )
    return message(
        "the page has {what} under {column}, the answer says {other}; for {other} it has {right}",
        what=what,
        column=label,
        other=other,
        right=right,
    )


# ------------------------------------------------------------------------------------------- columns with names


def _named_columns(reading: Reading) -> Iterator[Finding]:
    """Rows whose fields stand apart, under a line of as many heads that are words."""
    wanted = [q for q in reading.numbers if not q.is_year]
    for i in reading.anchor if wanted else ():
        heads, cells = _heads_and_cells(reading, i)
        if not heads:
            continue
        for number in wanted:
            under = [head for head, cell in zip(heads, cells, strict=True) if _is_in(number, cell, reading.units[i])]
            if under and len(under) < len(heads):
                named = _named(heads, reading)
                if finding := _under_its_name(number, under, named, dict(zip(heads, cells, strict=True)), reading):
                    yield finding
                    return


def _heads_and_cells(reading: Reading, row: int) -> tuple[Sequence[str], Sequence[str]]:
    """The names over a row's fields that are words, and the fields; by the table, where it was read as one."""
    unit = reading.units[row]
    heads = [cell.heads[-1] if cell.heads else "" for cell in unit.cells]
    if len(heads) > 1 and len(set(heads)) == len(heads) and not any(column_keys(head) or not head for head in heads):
        return heads, [cell.text for cell in unit.cells]
    named = heads_over(reading.units, row)
    return named, fields_of(unit.text)[-len(named) :]


def cells_say_it(reading: Reading) -> bool:
    """Whether each number of a claim stands in a row and under a head that the claim names, with few other words."""
    said = {key for word in reading.words for key in word.keys}
    wanted = [q for q in reading.numbers if not q.is_year]
    for i in reading.anchor if wanted else ():
        heads, values = _heads_and_cells(reading, i)
        fields = fields_of(reading.units[i].text)
        label = content_keys(words_of(fields[0])) if heads else frozenset[str]()
        if not label or not label <= said:
            continue
        named = [column.key for column in _named(heads, reading)]
        cells = [fields[0]] + [cell for head, cell in zip(heads, values, strict=True) if head in named]
        known = label.union(*(content_keys(words_of(head)) for head in named))
        others = [word for word in reading.words if word.content and not known & set(word.keys)]
        others = [word for word in others if not any(char.isdigit() for char in word.text)]
        if (
            named
            and all(any(_is_in(q, cell, reading.units[i]) for cell in cells) for q in wanted)
            and len(others) <= len(known)
        ):
            return True
    return False


def _is_in(wanted: Quantity, cell: str, row: Unit) -> bool:
    return any(q.same_digits(wanted) for q in quantities(cell, row.notation))


def _named(heads: Sequence[str], reading: Reading) -> list[Column]:
    """The columns that the claim speaks of, by the words that no other head has."""
    keys = [content_keys(words_of(head)) for head in heads]
    found = []
    for i, head in enumerate(heads):
        own = keys[i].difference(*(keys[:i] + keys[i + 1 :]))
        places = [word.start for word in reading.words if own & set(word.keys)]
        if own and own <= {key for word in reading.words for key in word.keys}:
            found.append(Column("name", head, places[0]))
    return found


def _under_its_name(
    wanted: Quantity, under: Sequence[str], named: list[Column], row: dict[str, str], reading: Reading
) -> Finding | None:
    if not named:
        return Finding(Verdict.PARTLY, cannot_be_told(wanted))
    said = _linked(wanted, named, reading) or min(named, key=lambda column: abs(column.start - wanted.start)).key
    if said in under or (len(named) > 1 and any(column.key in under for column in named)):
        return None
    return Finding(Verdict.CONTRADICTED, _under(wanted.text, under[0], said, row[said], "name"))
