"""The facts in which two passages that belong together differ: numbers, dates, names, negations and obligations.

A fact is looked for where words differ. What two sides write in another way but mean alike ("five" and "5", "5 km" and
"5,000 m", "March 5, 2020" and "2020-03-05") is no change, and neither is what merely stands elsewhere in the same
passage.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from shared_utils.citations.polarity import are_opposite, is_negation
from shared_utils.editions.model import FactKind
from shared_utils.editions.passages import Token
from shared_utils.editions.proportions import proportions
from shared_utils.text.dates import dates, quarters
from shared_utils.text.folding import fold
from shared_utils.text.numerals import Notation
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.text.units import BASE_OF

Hunk = tuple[int, int, int, int]
"""Words `before[a:b]` that stand where the other side has `after[c:d]`."""

_DUTY = re.compile(
    r"\b(?:shall|must|may|should|will|can|could|might|would|ought to|"
    r"(?:is|are|be|was|were)\s+(?:\w+ly\s+)?(?:required|obliged|obligated|permitted|allowed|entitled|prohibited|forbidden|"
    r"encouraged|expected|advised|recommended)|"
    r"requires?|prohibits?|permits?|needs? to|ha(?:s|ve) to|cannot|can't|mandatory|optional|"
    r"muss|müssen|musste|mussten|darf|dürfen|durfte|durften|soll|sollen|sollte|sollten|kann|können|könnte|könnten|"
    r"verpflichtet|berechtigt|verboten|erlaubt|"
    r"doit|doivent|devra|devront|devrait|peut|peuvent|pourra|pourront|pourrait|"
    r"debe|deben|deberá|deberán|puede|pueden|podrá|podrán|deve|devono|può|possono|dovrà|dovranno|devem|pode|podem)"
    r"\b(?:\s+(?:not|never|nicht|keine[nmrs]?|pas|no|non|não)\b|n't\b)?",
    re.IGNORECASE,
)
_NEGATIVE = re.compile(r"(?:un|in|im|ir|il|dis|non)(?=\w{4})")
_LISTS = re.compile(r"[,;:•()]")  # between two names
_SENTENCE_START = re.compile(r"(?:^|[.!?:;•]\s+|[\"“„(]\s*)\W*\Z")


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of one side at `text[start:end]`; two of one `kind` and `meaning` say the same."""

    kind: FactKind
    start: int
    end: int
    meaning: object


@dataclass(frozen=True, slots=True)
class Words:
    """One side of a passage: its text, its words in order and how its document writes numbers."""

    text: str
    tokens: tuple[Token, ...]
    notation: Notation


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs in facts, in reading order, and whether anything else does."""

    facts: tuple[tuple[Told | None, Told | None], ...]
    is_reworded: bool  # whether words beside those facts differ


def differences(before: Words, after: Words, hunks: Sequence[Hunk]) -> Differences:
    """The facts that differ between two passages whose words differ in `hunks`."""
    if not hunks:
        return Differences((), is_reworded=False)
    old, new = facts_of(before), facts_of(after)
    on_old, on_new = _holders(before.tokens, old), _holders(after.tokens, new)
    found: list[tuple[Told | None, Told | None]] = []
    plain = False
    counterpart = _counterparts(hunks, len(before.tokens))
    done: set[Told] = set()
    for a, b, c, d in hunks:
        gone = [fact for fact in _touched(on_old, a, b) if fact not in done]
        come = [fact for fact in _touched(on_new, c, d) if fact not in done]
        gone, come = _completed(gone, come, on_old, on_new, counterpart, done)
        done |= {*gone, *come}
        found += _paired(gone, come)
        plain = plain or _has_other_words(on_old, a, b) or _has_other_words(on_new, c, d)
        found += _named(before, after, (a, b, c, d), on_old, on_new)
    kept = _without_moved(found)
    # Words that only lead to facts which did not change ("in the year" 2019) differ all the same.
    return Differences(tuple(kept), is_reworded=plain)


# ------------------------------------------------------------------------------------------------ of one side


@lru_cache(maxsize=4096)
def facts_of(side: Words) -> tuple[Told, ...]:
    """Dates, numbers, obligations and negations of a passage, in order; where two overlap, the first named."""
    found: list[Told] = []
    taken: set[int] = set()

    def take(kind: FactKind, start: int, end: int, meaning: object) -> None:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            found.append(Told(kind, start, end, meaning))

    text, notation = side.text, side.notation
    for date in dates(text, notation):
        take(FactKind.DATE, date.start, date.end, (date.month, date.day, date.years))
    for quarter in quarters(text):
        take(FactKind.DATE, quarter.start, quarter.end, ("quarter", quarter.number))
    for one in proportions(text):
        take(FactKind.NUMBER, one.start, one.end, one.meaning)
    for number in quantities(text, notation):
        take(FactKind.DATE if number.is_year else FactKind.NUMBER, number.start, number.end, _meaning(number))
    for duty in _DUTY.finditer(text):
        if _is_name_of_a_month(duty, text):
            continue
        take(FactKind.OBLIGATION, duty.start(), duty.end(), " ".join(fold(duty[0]).split()))
    for token in side.tokens:
        if is_negation(text[token.start : token.end]):
            take(FactKind.NEGATION, token.start, token.end, "not")
    for token in side.tokens:
        if any(map(str.isdecimal, token.key)):  # the section 4.10.2, ISO9001
            is_code = any(map(str.isalpha, token.key))
            take(FactKind.NAME if is_code else FactKind.NUMBER, token.start, token.end, token.key)
    return tuple(sorted(found, key=lambda fact: fact.start))


def _is_name_of_a_month(duty: re.Match[str], text: str) -> bool:
    """Whether it is a "May" with a capital that begins no sentence."""
    return duty[0] == "May" and not _SENTENCE_START.search(text[: duty.start()][-12:])


def _meaning(number: Quantity) -> object:
    if number.is_year:
        return ("year", number.value)
    base, factor = BASE_OF.get(number.unit, (number.unit, Decimal(1)))
    return ((number.value * factor).normalize(), base, number.negative, number.ordinal)


def _holders(tokens: Sequence[Token], facts: Sequence[Told]) -> list[Told | None]:
    """For every word, the fact it is part of."""
    found: list[Told | None] = []
    at = 0
    for token in tokens:
        while at < len(facts) and facts[at].end <= token.start:
            at += 1
        inside = at < len(facts) and facts[at].start < token.end
        found.append(facts[at] if inside else None)
    return found


def _touched(holders: Sequence[Told | None], start: int, end: int) -> list[Told]:
    return list(dict.fromkeys(fact for fact in holders[start:end] if fact is not None))


def _has_other_words(holders: Sequence[Told | None], start: int, end: int) -> bool:
    return any(holder is None for holder in holders[start:end])


# ------------------------------------------------------------------------------------------------ both sides


def _counterparts(hunks: Sequence[Hunk], count: int) -> dict[int, int]:
    """Words before -> the same words after."""
    found: dict[int, int] = {}
    i = j = 0
    for a, b, _, d in (*hunks, (count, count, 0, 0)):
        while i < a:
            found[i] = j
            i, j = i + 1, j + 1
        if (a, b) != (count, count) or d:
            i, j = b, d
    return found


def _completed(
    gone: list[Told],
    come: list[Told],
    on_old: Sequence[Told | None],
    on_new: Sequence[Told | None],
    counterpart: dict[int, int],
    done: set[Told],
) -> tuple[list[Told], list[Told]]:
    """With the facts of the other side that share a word with one that differs: "3 million" beside "3 billion"."""
    back = {j: i for i, j in counterpart.items()}
    more_new = [
        other
        for i, fact in enumerate(on_old)
        if fact in gone
        and i in counterpart
        and counterpart[i] < len(on_new)
        and (other := on_new[counterpart[i]]) is not None
        and other not in come
        and other not in done
    ]
    more_old = [
        other
        for j, fact in enumerate(on_new)
        if fact in come
        and j in back
        and (other := on_old[back[j]]) is not None
        and other not in gone
        and other not in done
    ]

    def ordered(facts: Iterable[Told]) -> list[Told]:
        return sorted(dict.fromkeys(facts), key=lambda fact: fact.start)

    return ordered([*gone, *more_old]), ordered([*come, *more_new])


def _paired(gone: Sequence[Told], come: Sequence[Told]) -> Iterator[tuple[Told | None, Told | None]]:
    """Facts of one place, those that mean the same left out, the others side by side by kind and order."""
    left_old, left_new = gone, come
    if gone and come:
        same = Counter(map(_named_meaning, gone)) & Counter(map(_named_meaning, come))
        left_old, left_new = _without(gone, Counter(same)), _without(come, same)
    for kind in FactKind if left_old or left_new else ():
        old = [fact for fact in left_old if fact.kind is kind]
        new = [fact for fact in left_new if fact.kind is kind]
        for n in range(max(len(old), len(new))):
            yield (old[n] if n < len(old) else None), (new[n] if n < len(new) else None)


def _named_meaning(fact: Told) -> str:
    return fact.kind.value + repr(fact.meaning)


def _without(facts: Sequence[Told], same: Counter[str]) -> list[Told]:
    left = []
    for fact in facts:
        name = _named_meaning(fact)
        if same[name] > 0:
            same[name] -= 1
        else:
            left.append(fact)
    return left


def _without_moved(
    found: Sequence[tuple[Told | None, Told | None]],
) -> list[tuple[Told | None, Told | None]]:
    """Without facts that left one place of the passage and came to another.

    Of names in a list also those in whose place another name has come, unless two are merely exchanged.
    """
    if len(found) < 2:
        return list(found)
    found = list(_without_moved_names(found))
    gone = Counter(repr((o.kind, o.meaning)) for o, n in found if o is not None and n is None)
    come = Counter(repr((n.kind, n.meaning)) for o, n in found if n is not None and o is None)
    both_old, both_new = gone & come, gone & come
    kept = []
    for old, new in found:
        if old is None and new is not None and both_new[repr((new.kind, new.meaning))] > 0:
            both_new[repr((new.kind, new.meaning))] -= 1
        elif new is None and old is not None and both_old[repr((old.kind, old.meaning))] > 0:
            both_old[repr((old.kind, old.meaning))] -= 1
        else:
            kept.append((old, new))
    return sorted(kept, key=lambda pair: (pair[1] or pair[0]).start)  # type: ignore[union-attr]


def _without_moved_names(
    found: Sequence[tuple[Told | None, Told | None]],
) -> Iterator[tuple[Told | None, Told | None]]:
    """Of a list: "A, B, C" -> "B, C, A" changes no name, "A and B" -> "B and A" does."""
    names = [(o, n) for o, n in found if (o or n) is not None and (o or n).kind is FactKind.NAME]  # type: ignore[union-attr]
    exchanged = {(o.meaning, n.meaning) for o, n in names if o is not None and n is not None}
    gone = Counter(o.meaning for o, _ in names if o is not None)
    come = Counter(n.meaning for _, n in names if n is not None)
    moved_old, moved_new = gone & come, gone & come
    for old, new in found:
        if (old or new).kind is not FactKind.NAME or (  # type: ignore[union-attr]
            old is not None and new is not None and (new.meaning, old.meaning) in exchanged
        ):
            yield old, new
            continue
        one = None if old is not None and moved_old[old.meaning] > 0 else old
        other = None if new is not None and moved_new[new.meaning] > 0 else new
        if old is not None and one is None:
            moved_old[old.meaning] -= 1
        if new is not None and other is None:
            moved_new[new.meaning] -= 1
        if one is not None or other is not None:
            yield one, other


# ------------------------------------------------------------------------------------------------ names


def _named(
    before: Words, after: Words, hunk: Hunk, on_old: Sequence[Told | None], on_new: Sequence[Told | None]
) -> Iterator[tuple[Told | None, Told | None]]:
    """Names that differ in one place, and words that a prefix turned into their opposite."""
    a, b, c, d = hunk
    old, new = _names(before, on_old, a, b), _names(after, on_new, c, d)
    for n in range(max(len(old), len(new))):
        one, other = old[n] if n < len(old) else None, new[n] if n < len(new) else None
        if one is None or other is None or one.meaning != other.meaning:
            yield one, other
    if b - a == d - c:
        for i, j in zip(range(a, b), range(c, d), strict=True):
            if _are_opposite(before.tokens[i].key, after.tokens[j].key):
                yield _word(before.tokens[i]), _word(after.tokens[j])


def _are_opposite(one: str, other: str) -> bool:
    return are_opposite(one, other) or any(
        (match := _NEGATIVE.match(long)) is not None and long[match.end() :] == short
        for long, short in ((one, other), (other, one))
    )


def _word(token: Token) -> Told:
    return Told(FactKind.NEGATION, token.start, token.end, token.key)


def _names(side: Words, holders: Sequence[Told | None], start: int, end: int) -> list[Told]:
    """Runs of capitalised words that are no fact of another kind and do not merely begin a sentence."""
    if side.text.isupper():
        return []
    found: list[Told] = []
    run: list[int] = []
    for n in (*range(start, end), end):
        is_more = n < end and holders[n] is None and _is_capitalised(side, n)
        if is_more and not (run and _LISTS.search(side.text[side.tokens[n - 1].end : side.tokens[n].start])):
            run.append(n)
            continue
        if run and _is_name(side, run):
            first, last = side.tokens[run[0]], side.tokens[run[-1]]
            found.append(Told(FactKind.NAME, first.start, last.end, fold(side.text[first.start : last.end])))
        run = [n] if is_more else []
    return found


def _is_capitalised(side: Words, n: int) -> bool:
    word = side.text[side.tokens[n].start : side.tokens[n].end]
    return word[:1].isupper() and (len(word) > 1 or n + 1 < len(side.tokens))


def _is_name(side: Words, run: Sequence[int]) -> bool:
    words = [side.text[side.tokens[n].start : side.tokens[n].end] for n in run]
    if any(len(word) > 1 and not word[1:].islower() for word in words):  # ISO, McKay
        return True
    begins = _SENTENCE_START.search(side.text[: side.tokens[run[0]].start][-12:] or "") is not None
    if side.notation.language == "german":  # where every noun has a capital
        return len(words) - begins > 1
    is_title = "," not in side.text and side.text[-1:] not in ".!?" and all(map(_is_set_as_title, _words(side)))
    return not is_title and (not begins or len(words) > 1)


def _words(side: Words) -> list[str]:
    return [side.text[token.start : token.end] for token in side.tokens]


def _is_set_as_title(word: str) -> bool:
    return word[:1].isupper() or len(word) < 4
