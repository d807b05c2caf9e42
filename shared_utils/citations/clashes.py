"""Where a claim and the page differ exactly: another date, number, column, sign, negation, direction or name.

"The documents say otherwise" is a grave word: it is kept for where the page speaks of the very thing. Elsewhere the
same difference means that the cited words do not say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from shared_utils.citations.alignment import Alignment, Edit, nearest_copy
from shared_utils.citations.exact_checks import check_columns, check_dates, check_exchanged, check_numbers
from shared_utils.citations.features import Features
from shared_utils.citations.polarity import Opposed, denies, opposition, unmatched_negation
from shared_utils.citations.quantities import quantities
from shared_utils.citations.reading import Finding, Reading, wording
from shared_utils.citations.tables import cells_of
from shared_utils.citations.text_units import Unit, Word, covered, words_of
from shared_utils.message import NOTHING, message
from shared_utils.text.folding import fold
from shared_utils.types import Verdict

_SAME_THING = 0.65  # weighted share of the claim's words in one unit
_SAME_MEANING = 0.8  # cosine
_SAME_CLAUSE = 0.7  # likeness
_COPY = 0.8
_CLOSE_COPY = 0.85
_ALTERNATIVE = re.compile(r"\([a-z]+\)")


def clashes(reading: Reading, found: Features) -> list[Finding]:
    """Every difference, the gravest kinds first; none where no sentence speaks of the claim."""
    if not reading.anchor:
        return []
    copy = nearest_copy(reading.words, reading.units, reading.anchor)
    exact = [
        *check_dates(reading),
        *check_numbers(reading),
        *check_exchanged(reading),
        *check_columns(reading),
    ]
    same_thing = _share_in_one(reading) >= _SAME_THING or found.cosine >= _SAME_MEANING
    findings = [
        finding if same_thing or finding.verdict is not Verdict.CONTRADICTED else _weaker(finding) for finding in exact
    ]
    if copy is not None:
        findings += _polarity(reading, copy)
        findings += _exchanged_names(reading, copy)
    return [finding for finding in findings if finding.reason != NOTHING]


def _weaker(finding: Finding) -> Finding:
    return replace(finding, verdict=Verdict.NOT_FOUND)


def _share_in_one(reading: Reading) -> float:
    weight = wording(reading)
    over = frozenset[str]().union(*(unit.keys for unit in reading.headings))
    return max(covered(weight, reading.units[i].keys | over) for i in reading.anchor)


# ------------------------------------------------------------------------------------------- polarity


def _polarity(reading: Reading, copy: Alignment) -> Iterator[Finding]:
    claim = (reading.claim, reading.words)
    page = [_without_alternative(reading.units[i], reading) for i in reading.anchor]
    opposed = opposition(claim, page)
    if opposed and _direct(opposed, reading, copy):
        yield Finding(
            Verdict.CONTRADICTED,
            message("the page says “{page}”, the answer “{answer}”", page=opposed.page, answer=opposed.answer),
        )
    elif opposed and not opposed.by_negation:
        yield Finding(
            Verdict.PARTLY,
            message("the page says “{page}”, the answer “{answer}”", page=opposed.page, answer=opposed.answer),
        )
    elif not opposed and (cue := unmatched_negation(claim, page)):
        yield Finding(Verdict.NOT_FOUND, message("the answer says “{what}”; the cited words deny nothing", what=cue))


def _direct(opposed: Opposed, reading: Reading, copy: Alignment) -> bool:
    """Whether the two stand in the same clause: "none … granting" and "shall not grant" deny the same thing."""
    if not opposed.by_negation:
        return copy.likeness >= _SAME_CLAUSE
    one_sided = denies(reading.words) != denies(reading.units[copy.unit].words)
    return copy.likeness >= (_SAME_CLAUSE if one_sided else _CLOSE_COPY)


def _without_alternative(unit: Unit, reading: Reading) -> tuple[str, tuple[Word, ...]]:
    """A row "Net income (loss) 724" speaks of an income: what is in brackets holds for cells in brackets."""
    wanted = {q.mantissa for q in quantities(reading.claim)}
    if not unit.is_row or any(q and q.negative and q.mantissa in wanted for q in cells_of(unit)):
        return unit.text, unit.words
    text = _ALTERNATIVE.sub(lambda match: " " * len(match[0]), unit.text)
    return text, words_of(text)


# ---------------------------------------------------------------------------------------------- names


def _exchanged_names(reading: Reading, copy: Alignment) -> Iterator[Finding]:
    """A name of an otherwise copied sentence in whose place the page has another one."""
    if copy.likeness < _COPY:
        return
    small = {key for unit in reading.units for word in unit.words if word.text[:1].islower() for key in word.keys}
    unit = reading.units[copy.unit]
    for edit in copy.edits:
        if _is_exchange(edit, reading.words, unit.words, small):
            yield Finding(
                Verdict.NOT_FOUND,
                message(
                    "the page says it of “{page}”, not of “{answer}”",
                    page=_joined(edit.page),
                    answer=_joined(edit.answer),
                ),
            )
            return


def _is_exchange(edit: Edit, ours: tuple[Word, ...], theirs: tuple[Word, ...], small: set[str]) -> bool:
    mine = [word for word in edit.answer if _is_name(word, ours, small)]
    other = [word for word in edit.page if _is_name(word, theirs, small)]
    if not mine or not other:
        return False
    held = {key for word in theirs for key in word.keys}
    used = {key for word in ours for key in word.keys}
    return (
        not any(held & set(word.keys) for word in mine)
        and not any(used & set(word.keys) for word in other)
        and not any(_may_be_one(word, stands) for word in mine for stands in other)
        and not _is_initials(mine, other)
        and not _is_initials(other, mine)
    )


def _is_name(word: Word, sentence: tuple[Word, ...], small: set[str]) -> bool:
    return word.content and word.text[:1].isupper() and len(word.text) > 1 and not small & set(word.keys)


def _may_be_one(one: Word, other: Word) -> bool:
    """Two spellings of one name: Noel and Noël, Faroe and Faeroes."""
    a, b = fold(one.text), fold(other.text)
    return a[:2] == b[:2] or a in b or b in a


def _is_initials(short: list[Word], long: list[Word]) -> bool:
    letters = "".join(word.text[0] for word in long)
    return len(short) == 1 and fold(short[0].text).replace(".", "") == fold(letters)


def _joined(words: tuple[Word, ...]) -> str:
    return " ".join(word.text for word in words if word.content)
