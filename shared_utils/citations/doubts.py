"""How a doubt is told: which words of a sentence the page does not have, and whether there is any of it at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from shared_utils.citations.features import missing_names
from shared_utils.citations.framing import bare_claim
from shared_utils.citations.reading import SAYS_LITTLE, Finding, Reading, is_measured, read_claim
from shared_utils.citations.reasons import halves, lacking, not_together
from shared_utils.citations.retold import ENDS, as_derived, order_of
from shared_utils.citations.same_thing import people_of, stands_for_what_it_follows
from shared_utils.citations.text_units import Unit, Word, content_keys, words_of
from shared_utils.citations.word_classes import classes
from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.text.languages import same_language
from shared_utils.types import Verdict

CLOSE = message("the page says something close to it; whether it says this cannot be told")
_LIKELY = 0.5
_MOSTLY = 0.5  # share of what it adds to its question
_PART = 0.5  # share of a sentence's words of content: more of them make a part of it
_IN_ORDER = 0.85  # share of those that stand in the sentence's order, where none is missing


@dataclass(frozen=True, slots=True)
class _Place:
    """One sentence or row of the page, and the keys by which a claim may have its words."""

    words: tuple[Word, ...]
    keys: frozenset[str]
    in_order: tuple[str, ...]  # these keys, sorted
    figures: frozenset[Decimal]


def doubted(
    sentence: str,
    units: Sequence[Unit],
    question: str,
    finding: Finding,
    probability: float,
    evidence: Sequence[Unit] = (),
) -> Finding:
    """A doubtful finding: "partly" where a part stands, which is most of the sentence's words in one place of the cited
    words, one at least that its question does not have; and the reason names what is missing or differs. Else it is not
    found: where most of what it adds to its question stands nowhere, or all of it in other places or another order.

    What differs exactly stays the reason, but leaves nothing of a sentence that adds nothing else: a figure told of
    another thing is not found. `probability`, 0 … 1, that the cited words say it: a likely one may be told in other
    words. In another language than the page's nothing can be told by words. What stands only beside a part of what was
    asked, while a sentence of the `evidence` speaks of more of it, is not said of that.
    """
    if not units or not same_language(sentence, " ".join(unit.text for unit in units)):
        return _partly(finding)
    reading = read_claim(bare_claim(sentence), tuple(units))
    asked = content_keys(words_of(question))
    said = [word for word in reading.words if word.content and fold(word.text) not in classes("carries")]
    said = [word for word in said if SAYS_LITTLE.isdisjoint(word.keys) and not is_measured(word, reading)]
    said = [word for word in said if not stands_for_what_it_follows(word, reading.claim)]
    added = [word for word in said if asked.isdisjoint(word.keys)]
    places = _places(reading)
    missing = [word for word in added if not any(_is_held(word, place) for place in places)]
    likely = probability >= _LIKELY
    figures = frozenset(key for q in reading.numbers for key in q.mantissas)
    differs = finding.verdict is not Verdict.SUPPORTED and not finding.is_wording
    parts = [*_clauses(reading.claim, said), said]
    standing = [any(_stands(part, added, figures, place, in_order=not missing) for place in places) for part in parts]
    whole = any(told and not any(word in missing for word in part) for told, part in zip(standing, parts, strict=True))
    mostly = bool(missing) and len(missing) >= _MOSTLY * len(added) and not likely and not whole
    # Where a part is missing or differs, one that stands is enough; else the whole has to, or each of its clauses.
    stands = any(standing) if missing or differs else standing[-1] or (len(parts) > 1 and all(standing[:-1]))
    stands = stands or (likely and bool(added or not figures))
    if differs and stands and not mostly:
        return finding
    if differs and not (finding.is_open and missing):
        return replace(finding, verdict=Verdict.NOT_FOUND)
    if not missing:
        other = _of_another(reading, added, asked, places, evidence)
        told = [other, *added[:1]] if other else said
        apart = replace(finding, verdict=Verdict.NOT_FOUND, reason=not_together(reading, told))
        return _partly(finding) if stands and other is None else apart
    names = [word for word in missing_names(reading) if word in missing]  # not those of the question
    verdict = Verdict.PARTLY if stands and not mostly else Verdict.NOT_FOUND
    return replace(finding, verdict=verdict, reason=lacking(reading, missing, names))


def _of_another(
    reading: Reading, added: Sequence[Word], asked: frozenset[str], places: Sequence[_Place], evidence: Sequence[Unit]
) -> Word | None:
    """The word of the question that the claim has, and that every place of what is added lacks, while another sentence
    has it with all that the claim has of the question: "Elms grow to 30 m." told of oaks, of which the page tells.
    """
    spoken = frozenset[str]().union(*(unit.keys for unit in evidence))
    told = content_keys(reading.words) & asked & spoken - SAYS_LITTLE
    own = [place for place in places if added and all(_is_held(word, place) for word in added)]
    if not any(told <= unit.keys for unit in evidence) or not all(told & place.keys for place in own):
        return None
    lacks = told.intersection(*(told - place.keys for place in own)) if own else frozenset[str]()
    return next((word for word in reading.words if not lacks.isdisjoint(word.keys)), None)


def _stands(
    said: Sequence[Word], added: Sequence[Word], figures: frozenset[Decimal], place: _Place, *, in_order: bool
) -> bool:
    """Whether one place holds a part of a sentence: most of its words, and something that it adds to its question, a
    word or a figure; `in_order` where no word is missing, for then all that it tells is which belong together."""
    held = [word for word in said if _is_held(word, place)]
    added = [word for word in said if word in added]
    has_figure = not place.figures.isdisjoint(figures)
    adds = has_figure or any(word in held for word in added) or not (added or figures)
    printed = content_keys(place.words)
    order = order_of([word for word in held if not printed.isdisjoint(word.keys)], place.words)
    return adds and len(held) > _PART * len(said) and (not in_order or has_figure or order >= _IN_ORDER)


def _clauses(claim: str, said: Sequence[Word]) -> list[list[Word]]:
    """The words of each clause that says something by itself, where there are several."""
    clauses = halves(claim)
    starts = [claim.index(clause) for clause in clauses] if len(clauses) > 1 else []
    spans = zip(starts, clauses, strict=False)
    return [[word for word in said if start <= word.start < start + len(clause)] for start, clause in spans]


def _places(reading: Reading) -> list[_Place]:
    """Each unit: a row with its heads, a sentence with its heading or with what its pronoun stands for, and with what
    those who speak in it may be called."""
    heads = frozenset[str]().union(*(head.keys for head in reading.headings))
    places = []
    for i, unit in enumerate(reading.units):
        before = _before(reading.units, i)
        keys = content_keys(before) | unit.keys | people_of(unit.text) | (heads if unit.is_row else frozenset())
        figures = frozenset(key for q in unit.numbers for key in q.mantissas)
        places.append(_Place(before + unit.words, keys, tuple(sorted(keys)), figures))
    return places


def _before(units: Sequence[Unit], i: int) -> tuple[Word, ...]:
    if i == 0 or units[i].is_row or units[i - 1].is_row or not units[i].words:
        return ()
    goes_on = fold(units[i].words[0].text) in classes("pronouns")
    return units[i - 1].words if goes_on or not units[i - 1].text.rstrip().endswith(ENDS) else ()


def _is_held(word: Word, place: _Place) -> bool:
    return not place.keys.isdisjoint(as_derived(word, place.in_order).keys)


def _partly(finding: Finding) -> Finding:
    return replace(finding, verdict=Verdict.PARTLY, reason=CLOSE) if finding.verdict is Verdict.SUPPORTED else finding
