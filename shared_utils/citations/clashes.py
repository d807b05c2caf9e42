"""Where a claim and the page differ exactly: another date, number, column, sign, negation, direction or name.

"The documents say otherwise" is a grave word: it is kept for where the page speaks of the very thing. Elsewhere the
same difference means that the cited words do not say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from shared_utils.citations.alignment import Alignment, nearest_copy
from shared_utils.citations.alternatives import check_alternatives
from shared_utils.citations.causes import check_causes
from shared_utils.citations.columns import check_columns
from shared_utils.citations.comparisons import check_comparisons, is_turned
from shared_utils.citations.crossed import check_crossed
from shared_utils.citations.exact_checks import (
    check_dates,
    check_exchanged,
    check_numbers,
    mean_the_same,
)
from shared_utils.citations.features import Features
from shared_utils.citations.periods import check_periods
from shared_utils.citations.polarity import Opposed, are_alike, denies, opposition, sets_aside, unmatched_negation
from shared_utils.citations.reading import Finding, Reading, is_measured, is_minus_in_words, row_says_it, wording
from shared_utils.citations.roles import check_roles
from shared_utils.citations.same_thing import spelled_otherwise
from shared_utils.citations.scope import check_scope
from shared_utils.citations.signs import minus_words
from shared_utils.citations.strength import check_strength
from shared_utils.citations.subjects import check_subjects
from shared_utils.citations.substitutions import Swap, exchanges, names_in, of_one_country, replaced, stands_beside
from shared_utils.citations.tables import cells_of
from shared_utils.citations.text_units import Unit, Word, covered, words_of
from shared_utils.citations.word_classes import classes
from shared_utils.message import NOTHING, message
from shared_utils.text.folding import fold
from shared_utils.types import Verdict

# Weighted share of the claim's words, beside the other number in its sentence, or its row, from which on it is told of
_SAME_THING, _SAME_THING_IN_OTHER_WORDS, _SAME_ROW = 0.6, 0.5, 0.3  # the same thing
_SAME_MEANING, _SAME_SENTENCE = 0.8, 0.95  # cosine
# Likeness, from which on …
_ANY_CLAUSE = 0.4  # "rose" beside "fell" leaves a doubt
_LIKE_CLAUSE = 0.6  # so does "not" on one side alone
_SAME_CLAUSE = 0.7  # either is a contradiction
_CLOSE_COPY = 0.85  # a negation counts that stands beside others, and another name or word is no rewording
_SHARED = 3  # words beside a name, on both sides together, that tell its place
_BESIDE = 2  # sentences or rows before and after
_ONLY = re.compile(r"\b(?:only|solely|exclusively|nur|ausschließlich|uniquement|sólo|solamente)\b", re.IGNORECASE)
_NOT_BUT = re.compile(
    r"\b(?:not|no|never|none|nicht|keine?\w?|pas|aucune?|ningun[ao]?)\b.*"
    r"\b(?:other than|except|unless|außer|sauf|salvo)\b",
    re.IGNORECASE | re.DOTALL,
)
_ALIKE = 0.85  # of two spellings of one word
_DENYING = frozenset(("un", "in", "im", "ir", "il", "dis", "non", "non-", "de", "mis"))
_BEFORE_A_VERB = frozenset("to will would can could may might must shall should".split())  # noqa: SIM905
_BEFORE_A_GERUND = frozenset("is are was were be been am by".split())  # noqa: SIM905
_SIDES = (("above", "least"), ("below", "most"))  # bounds of a number that say much the same
_JOINED = re.compile(r"\s*(?:,|/|&|\band\b|\bor\b|\bund\b|\boder\b|\bet\b|\bou\b|\by\b)\s*", re.IGNORECASE)
_LOOK_ALIKE = str.maketrans({"l": "i", "1": "i", "|": "i", "0": "o"})
_ALTERNATIVE = re.compile(r"\([a-z]+\)")
# The same words in other places: of more, of another time, with the sides of a verb or of a cause exchanged
_PLACES = (
    check_scope,
    check_strength,
    check_alternatives,
    check_periods,
    check_comparisons,
    check_roles,
    check_subjects,
    check_crossed,
    check_causes,
)


def clashes(reading: Reading, found: Features) -> list[Finding]:
    """Every difference, the gravest kinds first; none where no sentence speaks of the claim."""
    if not reading.anchor:
        return []
    copy = nearest_copy(reading.words, reading.units, reading.anchor)
    exact = [*check_dates(reading), *check_numbers(reading), *check_exchanged(reading)]
    findings = [
        finding
        if finding.verdict is not Verdict.CONTRADICTED or _is_told_of_the_same(finding, reading, found)
        else _weaker(finding)
        for finding in exact
    ]
    findings += check_columns(reading)  # the number itself tells the row
    findings += [finding for check in _PLACES for finding in check(reading)]
    if copy is not None:
        findings += _polarity(reading, copy)
        findings += _exchanged_names(reading, copy)
    return [finding for finding in findings if finding.reason != NOTHING]


def _weaker(finding: Finding) -> Finding:
    lacking = message("the cited words do not hold {what}", what=dict(finding.reason.values)["answer"])
    return replace(finding, verdict=Verdict.NOT_FOUND, reason=lacking)


def _is_told_of_the_same(finding: Finding, reading: Reading, found: Features) -> bool:
    """Whether what the page has in a number's place stands in a sentence or row that says the rest of the claim."""
    if found.cosine >= _SAME_SENTENCE:  # "Keep accumulators cooler than 35 °C." beside "Store batteries below 30 °C."
        return True
    weight, other = wording(reading), str(dict(finding.reason.values)["page"])
    over = frozenset[str]().union(*(unit.keys for unit in reading.headings))
    holders = [unit for i in reading.anchor if other in (unit := reading.units[i]).text]
    least = _SAME_THING_IN_OTHER_WORDS if found.cosine >= _SAME_MEANING else _SAME_THING
    return any(
        covered(weight, unit.keys | over) >= (_SAME_ROW if unit.is_row else least)
        for unit in holders or [reading.units[i] for i in reading.anchor]
    )


# ------------------------------------------------------------------------------------------- polarity


def _polarity(reading: Reading, copy: Alignment) -> Iterator[Finding]:
    claim = (reading.claim, reading.words)
    page = [_without_alternative(reading.units[i], reading) for i in reading.anchor]
    if any(_say_only(reading.claim, text) for text, _ in page):
        return  # "only for" and "not for any other than" say the same
    if denies(reading.words) and any(sets_aside(text, reading.words) for text, _ in page):
        return  # "not by the wind" is what "by heat, rather than the wind" says
    opposed = opposition(claim, page)
    if opposed and (_is_told_by_a_sign(opposed, reading) or _bound_alike(opposed, reading)):
        return
    if opposed and opposed.by == "scale" and is_turned(reading) == "opposed":
        return  # "A is lower than B" is what "B is higher than A" says
    verdict = _gravity(opposed, reading, copy) if opposed else None
    if opposed and verdict:
        yield Finding(
            verdict, message("the page says “{page}”, the answer “{answer}”", page=opposed.page, answer=opposed.answer)
        )
    elif turned := _turned_round(reading, reading.units[copy.unit]):
        yield turned
    elif cue := unmatched_negation(claim, page):
        yield Finding(Verdict.NOT_FOUND, message("the answer says “{what}”; the cited words deny nothing", what=cue))


def _say_only(one: str, other: str) -> bool:
    return any(
        _NOT_BUT.search(a) and _ONLY.search(b) and not _NOT_BUT.search(b) for a, b in ((one, other), (other, one))
    )


def _gravity(opposed: Opposed, reading: Reading, copy: Alignment) -> Verdict | None:
    """How much an opposition weighs: "none … granting" and "shall not grant" deny the same thing, in two ways."""
    unit = reading.units[copy.unit]
    if opposed.by == "sign" or (unit.is_row and row_says_it(reading)):
        return Verdict.CONTRADICTED
    in_the_word = opposed.by == "negation" and not (" " in opposed.answer or " " in opposed.page)  # "ineffective"
    if opposed.by == "scale" or in_the_word or denies(reading.words) != denies(unit.words):
        needed = _ANY_CLAUSE if in_the_word or opposed.by == "scale" else _LIKE_CLAUSE
        says_all_else = opposed.by == "negation" and copy.likeness >= needed and _holds_all(unit, reading)
        return (
            Verdict.CONTRADICTED
            if copy.likeness >= _SAME_CLAUSE or says_all_else
            else Verdict.PARTLY
            if copy.likeness >= needed
            else None
        )
    return Verdict.CONTRADICTED if copy.likeness >= _CLOSE_COPY else None


def _turned_round(reading: Reading, unit: Unit) -> Finding | None:
    """A negation on one side alone, of two sentences about the same words, in whatever order: "Damage by water is not
    covered by the warranty." and "The warranty covers water damage."."""
    said = {word.keys for word in reading.words if word.content}
    page = {word.keys for word in unit.words if word.content}
    if unit.is_row or len(said) < _SHARED or not said <= page or len(page) > len(said) + _BESIDE:
        return None
    if denies(reading.words) == denies(unit.words):
        return None
    claim, stands = (reading.claim, reading.words), (unit.text, unit.words)
    if cue := unmatched_negation(claim, [stands]):
        return Finding(
            Verdict.CONTRADICTED, message("the answer says “{what}”; the cited words deny nothing", what=cue)
        )
    if cue := unmatched_negation(stands, [claim]):
        denied = words_of(cue)[-1]
        for word in reading.words:
            if word.keys == denied.keys:
                said_here = message("the page says “{page}”, the answer “{answer}”", page=cue, answer=word.text)
                return Finding(Verdict.CONTRADICTED, said_here)
    return None


def _holds_all(unit: Unit, reading: Reading) -> bool:
    """Whether every word of content of the claim stands in one sentence, but for one: who it is said of, mostly."""
    said = {word.keys for word in reading.words if word.content}
    return len(said) > _SHARED and sum(unit.keys.isdisjoint(keys) for keys in said) <= 1


def _is_told_by_a_sign(opposed: Opposed, reading: Reading) -> bool:
    """ "A net loss of 724" is what the row "Net income (724)" says."""
    return bool(minus_words(opposed.answer)) and any(is_minus_in_words(reading, q) for q in reading.numbers)


def _bound_alike(opposed: Opposed, reading: Reading) -> bool:
    """ "At least 300" is what "more than 300" says, though one word is the other's opposite elsewhere."""
    ours = [q for q in reading.numbers if q.bound and opposed.answer in reading.claim[q.bound_start : q.end]]
    theirs = [q for i in reading.anchor for q in reading.units[i].numbers if q.bound]
    return any(
        a.bound in side and b.bound in side and a.same_digits(b) for side in _SIDES for a in ours for b in theirs
    )


def _without_alternative(unit: Unit, reading: Reading) -> tuple[str, tuple[Word, ...]]:
    """A row "Net income (loss) 724" speaks of an income: what is in brackets holds for cells in brackets."""
    wanted = {mantissa for q in reading.numbers for mantissa in q.mantissas}
    if not unit.is_row or any(q and q.negative and not wanted.isdisjoint(q.mantissas) for q in cells_of(unit)):
        return unit.text, unit.words
    text = _ALTERNATIVE.sub(lambda match: " " * len(match[0]), unit.text)
    return text, words_of(text)


# ---------------------------------------------------------------------------------------------- names


def _exchanged_names(reading: Reading, copy: Alignment) -> Iterator[Finding]:
    """A name in whose place, told by the words around it, the page has another one; a word, in a close copy."""
    anchored = [*(reading.units[i] for i in reading.anchor), *reading.headings]
    for unit in dict.fromkeys((*anchored, *_beside(reading))):
        for swap in exchanges(reading.claim, reading.words, unit.text, unit.words):
            told = swap.firm and unit in anchored and not _has_a_small_word(swap.page)
            if swap.shared >= _SHARED and _is_another_name(swap, reading, unit) and (told or _nowhere(swap, reading)):
                verdict = Verdict.NOT_FOUND if told and copy.likeness >= _CLOSE_COPY else Verdict.PARTLY
                said = message("the page says it of “{page}”, not of “{answer}”", page=swap.page, answer=swap.answer)
                yield Finding(verdict, said, is_open=True)
                return
    unit = reading.units[copy.unit]
    if copy.likeness < _CLOSE_COPY:
        return
    other = replaced(reading.claim, reading.words, unit.text, unit.words)
    if other and not _is_reworded(other, reading) and not _is_compared_apart(other, reading, unit):
        said = message("the page says “{page}” where the answer says “{answer}”", page=other.page, answer=other.answer)
        yield Finding(Verdict.PARTLY, said, is_open=True)


def _beside(reading: Reading) -> Iterator[Unit]:
    """What stands beside the sentences that speak of the claim: a step of a list, say."""
    near = {i + by for i in reading.anchor for by in range(-_BESIDE, _BESIDE + 1)}.difference(reading.anchor)
    said = {word.keys for word in reading.words}
    return (
        unit
        for unit in (reading.units[i] for i in sorted(near) if 0 <= i < len(reading.units))
        if len(said.intersection(word.keys for word in unit.words)) >= _SHARED - 1  # fewer tell no place
    )


def _nowhere(swap: Swap, reading: Reading) -> bool:
    """Whether the name, as a whole, stands nowhere on the page beside the word that the claim has next to it."""
    names = names_in(reading.words, [word for unit in reading.units for word in unit.words])
    whole = swap.at.start - 1 not in names and swap.at.stop not in names
    within = swap.at.start > 0  # a first word is written large whatever it is
    return whole and within and not any(stands_beside(swap.at, reading.words, unit.words) for unit in reading.units)


def _has_a_small_word(text: str) -> bool:
    return any(word.content and word.text[0].islower() for word in words_of(text))


def _is_another_name(swap: Swap, reading: Reading, unit: Unit) -> bool:
    answer, page = words_of(swap.answer), words_of(swap.page)
    named = any(word.text[0].isupper() for word in page) and not _has_a_small_word(swap.page)
    return (
        (named or (len(page) == 1 and swap.content >= _SHARED))
        and not _one_name(answer, page)
        and not _side_by_side(swap, reading.claim)
        and not _is_spelled_out(swap, reading)
        and spelled_otherwise(answer, reading.units).keys().isdisjoint(key for word in answer for key in word.keys)
        and not _is_longer(swap, page, reading)
        and not _in_another_order(swap, page, reading, unit)
        and not _stands_in_its_place(swap, reading, unit)
        and not _is_compared_apart(swap, reading, unit)
    )


def _is_compared_apart(swap: Swap, reading: Reading, unit: Unit) -> bool:
    """Numbers, parts of dates, and words that stand for a minus, are no names."""
    said = [word for word in reading.words if word.text in swap.answer]
    if said and all(is_measured(word, reading) for word in said):
        return True
    lost = bool(minus_words(swap.answer)) and any(is_minus_in_words(reading, q) for q in reading.numbers)
    return lost or mean_the_same(swap, reading, unit)


def _is_reworded(swap: Swap, reading: Reading) -> bool:
    """One word in two spellings, recognised and recognized or as a scan may have been read, laaS and IaaS; a word of
    the same end of a scale, larger and greater; or another verb, by which people mostly mean the same: "to produce a
    smear", "by fitting racks"."""
    one, other = sorted((fold(swap.answer), fold(swap.page)), key=len)
    instead = classes("in_place_of")
    if other.endswith(one) and other.removesuffix(one) in _DENYING:
        return False
    if (
        one.translate(_LOOK_ALIKE) == other.translate(_LOOK_ALIKE)
        or SequenceMatcher(None, one, other).ratio() >= _ALIKE
    ):
        return True
    if are_alike(swap.answer, swap.page) or (one in instead and instead[one] == instead.get(other)):
        return True
    before = fold(reading.words[swap.at.start - 1].text) if swap.at.start else ""
    return before in _BEFORE_A_VERB or (before in _BEFORE_A_GERUND and one.endswith("ing") and other.endswith("ing"))


def _one_name(one: Sequence[Word], other: Sequence[Word]) -> bool:
    """Two ways to write it: Noel and Noël, Faroe and Faeroes, US and United States."""
    return (
        any(_may_be_one(word, stands) for word in one for stands in other)
        or any(of_one_country(word.text, stands.text) for word in one for stands in other)
        or _is_initials(one, other)
        or _is_initials(other, one)
    )


def _side_by_side(swap: Swap, claim: str) -> bool:
    """The claim has both, as one longer name: "Zylom Studios" for the page's "Zylom"."""
    said = fold(" ".join(claim.split()))
    return any(
        fold(f"{a}{by}{b}") in said for a, b in ((swap.page, swap.answer), (swap.answer, swap.page)) for by in " -"
    )


def _is_longer(swap: Swap, page: Sequence[Word], reading: Reading) -> bool:
    """What the page has is a part of the claim's longer name: "Drano" in the place of "Drano Max Gel"."""
    words, start, stop = reading.words, swap.at.start, swap.at.stop
    while start > 0 and words[start - 1].text[0].isupper():
        start -= 1
    while stop < len(words) and words[stop].text[0].isupper():
        stop += 1
    near = {words[i].keys for i in range(start, stop) if i not in swap.at}
    return any(word.keys in near for word in page)


def _is_spelled_out(swap: Swap, reading: Reading) -> bool:
    """Initials behind the name that they stand for: "the National Air and Space Museum (NASM)"."""
    before = [word.text for word in reading.words[: swap.at.start] if word.text[0].isupper()]
    letters = fold("".join(text[0] for text in before))
    return len(swap.at) == 1 and len(swap.answer) > 1 and swap.answer.isupper() and letters.endswith(fold(swap.answer))


def _stands_in_its_place(swap: Swap, reading: Reading, unit: Unit) -> bool:
    """Whether the page has it as well between the words that the claim has around it, or in this very sentence behind
    the word of content before it: "a Pink Carnation"."""
    words, (start, stop) = reading.words, (swap.at.start, swap.at.stop)
    if start == 0:
        return False
    behind = words[start - 1].content and _holds_run(words[start - 1 : stop], unit.words)
    between = stop < len(words) and any(_holds_run(words[start - 1 : stop + 1], one.words) for one in reading.units)
    return behind or between


def _holds_run(run: Sequence[Word], words: Sequence[Word]) -> bool:
    ours, theirs = [word.keys for word in run], [word.keys for word in words]
    return any(theirs[i : i + len(ours)] == ours for i in range(len(theirs) - len(ours) + 1))


def _in_another_order(swap: Swap, page: Sequence[Word], reading: Reading, unit: Unit) -> bool:
    """Both sides have both names, told of alike: "England and Scotland" for "Scotland and England"."""
    both = {word.keys for word in page}, {word.keys for word in reading.words[swap.at.start : swap.at.stop]}
    return _are_joined(both, reading.claim, reading.words) and _are_joined(both, unit.text, unit.words)


def _are_joined(both: tuple[set[tuple[str, ...]], set[tuple[str, ...]]], text: str, words: Sequence[Word]) -> bool:
    one, other = ([i for i, word in enumerate(words) if word.keys in names] for names in both)
    gaps = (text[words[min(a, b)].end : words[max(a, b)].start] for a in one for b in other)
    return any(_JOINED.fullmatch(gap) for gap in gaps)


def _may_be_one(one: Word, other: Word) -> bool:
    """Two spellings of one name: Noel and Noël, Faroe and Faeroes; or one that was read off a scan, laaS and IaaS."""
    a, b = (fold(word.text).translate(_LOOK_ALIKE) for word in (one, other))
    return a[:2] == b[:2] or a in b or b in a


def _is_initials(short: Sequence[Word], long: Sequence[Word]) -> bool:
    letters = "".join(word.text[0] for word in long)
    return len(long) > 1 and any(fold(word.text).replace(".", "") == fold(letters) for word in short)
