"""Which of a model's sentences that the page seems to say are told firmly enough to be shown in the model's words.

The judgement cannot tell a relation or a subject that was exchanged among words that all stand on the page. A model
that is known to write what holds is believed as far as the judgement believes it. Of any other, a sentence that departs
from the page's words is shown only where a look-up or a high probability speaks for it: else the page's own words are
the better answer, and nothing is lost by showing them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from shared_utils.citations.alignment import nearest_copy
from shared_utils.citations.base_rate import UNKNOWN, Share, corrected
from shared_utils.citations.columns import cannot_be_told
from shared_utils.citations.doubts import doubted
from shared_utils.citations.framing import bare_claim
from shared_utils.citations.listed_figures import figure_of_another
from shared_utils.citations.polarity import denies, opposition
from shared_utils.citations.reading import Finding
from shared_utils.citations.reasons import halves
from shared_utils.citations.retold import NONE, is_heading, is_printed, retells
from shared_utils.citations.row_look_ups import number_of_no_column, rows_of, stands_in_another_row
from shared_utils.citations.tables import headings_of
from shared_utils.citations.text_units import Unit, Word, content_keys, words_of
from shared_utils.message import message
from shared_utils.text.languages import same_language
from shared_utils.text.quantities import Quantity
from shared_utils.types import Verdict

BESIDE_THE_POINT = message("it speaks of something else than was asked")
_BELIEVED = 0.7  # share of a model's sentences that hold, from which on it is believed
_TO_BE_OUTWEIGHED = Share(0.0, 1.0)  # two sentences that hold may be luck: four make a model believed
_COPY = 0.6  # share of all words in order: the page's sentence, changed
_FEW, _FEW_OF_A_ROW = 3, 6  # words of content that a look-up adds to its question
_TAKEN = 0.5  # share of what it takes from its question that stands beside them
# Probabilities: that what stands beside nearly all of the question is its answer, that a look-up is, a free rewording
_FAIR, _LIKELY, _SURE = 0.25, 0.5, 0.85
_CLAUSE = 4  # words of content
_ASKED = 0.33  # share of the question's words of content that stand beside what was looked up, and …
_ASKED_OF_A_SENTENCE = 0.2  # … in or before what a whole sentence stands on
_ASKED_OF_A_LIST = 0.65  # … beside what is told as the page lists it
_BEFORE = 2  # words before a stretch that may deny it
_FOREIGN = 1  # words of a rewording that the sentence or row lacks which it rewords
_ASKED_ENOUGH = 3  # words of content that only the question has; a shorter one may ask for anything
_ONE_FORM = 0.75  # share of a sentence's words that another has in the same order, saying the same of another thing
_FEW_TOLD = 4  # one sentence in so many may hold a word that tells what it is about
_PRONOUN = re.compile(r"(?:it|its|they|their|this|these|he|she|his|her|er|sie|es|dies\w*|ils?|elles?)", re.IGNORECASE)
_ENDS = (".", "!", "。", "！")
_BETWEEN_ITEMS = re.compile(r"[,;:.()\"“”„«»•·\n]")
_COUNTS = re.compile(r"\((\d{1,2}|[a-z])\)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_A_COUNT = re.compile(r"\b(?:and|or|und|oder|et|ou)\s+(?P<count>(?:19|20)\d\d)\s+[^\W\d_]", re.IGNORECASE)
_CONDITION = re.compile(
    r"\b(?:if|when|unless|except|provided that|wenn|falls|sofern|außer|si|quand|lorsque|sauf)\b[^;]*", re.IGNORECASE
)
_CONDITION_AHEAD = re.compile(
    r"\b(?:(?:if|when|unless|wenn|falls|sofern|si|quand|lorsque)\b[^,;]*"
    r"|(?:in|of|for|among|bei|von|dans|pour)\b[^,;]*\d\s*(?:%|per ?cent\b|Prozent\b|pour cent\b)[^,;]*),"
    r"\s*(?:(?:the|an?|der|die|das|les?|la|un|une)\s+)?\Z",
    re.IGNORECASE,
)
_OF_THE_READER = content_keys(words_of("company firm document report user users device"))
# What a sentence counts for at most, when the share is estimated, whose figures tell more than its verdict
_AT_MOST = {Verdict.PARTLY: 0.45, Verdict.NOT_FOUND: 0.2, Verdict.CONTRADICTED: 0.1}


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence, what was found of it, and the sentences and rows it was held against."""

    sentence: str
    finding: Finding
    units: tuple[Unit, ...]
    is_short: bool = False  # it says something only with its question
    evidence: tuple[Unit, ...] = ()  # the sentences and rows of all that the model was given


def in_company(told: Sequence[Told], question: str, known: Share = UNKNOWN) -> tuple[list[Finding], Share]:
    """The findings of one answer, what is supported but not firmly told as partly so; and how many hold.

    `known` is what its model wrote before.
    """
    claims = [one for one in told if not math.isnan(one.finding.probability)]
    counted = list(_without_repeats(claims))
    bounded = [min(one.finding.probability, _AT_MOST.get(one.finding.verdict, 1.0)) for one in counted]
    probabilities, share = corrected(bounded, known)
    likely = {one.sentence: probability for one, probability in zip(counted, probabilities, strict=True)}
    believed = share.and_also(known, math.inf).and_also(_TO_BE_OUTWEIGHED, math.inf).of_all >= _BELIEVED
    firm = {
        id(one): likely[one.sentence] >= _LIKELY and not _stands_elsewhere(one, question)
        if believed
        else is_firm(one, question, likely[one.sentence])
        for one in claims
    }
    findings = [
        one.finding if firm.get(id(one), True) else _lowered(one, question, likely[one.sentence]) for one in told
    ]
    return findings if believed else _without_what_is_beside(told, findings, question), share


def _without_repeats(claims: Sequence[Told]) -> Iterator[Told]:
    """What holds once: a model that is stuck says it dozens of times, and is no better for it."""
    said = set[str]()
    for one in claims:
        if one.sentence not in said or one.finding.verdict is not Verdict.SUPPORTED:
            yield one
        said.add(one.sentence)


def _lowered(told: Told, question: str, probability: float) -> Finding:
    if told.finding.verdict not in (Verdict.SUPPORTED, Verdict.PARTLY):
        return told.finding
    if told.finding.verdict is Verdict.SUPPORTED and (number := _of_no_column(told, question)) is not None:
        return replace(told.finding, verdict=Verdict.PARTLY, reason=cannot_be_told(number))
    likely = 0.0 if told.is_short else probability  # of a short answer, that the page says what was asked
    return doubted(told.sentence, told.units, question, told.finding, likely, told.evidence)


def _of_no_column(told: Told, question: str) -> Quantity | None:
    """The number of a sentence that is one of several in every row that it may stand on."""
    rows = rows_of(told.sentence, told.units)
    found = [number_of_no_column(told.sentence, question, told.units, i) for i in rows]
    return found[0] if found and None not in found else None


def _without_what_is_beside(told: Sequence[Told], findings: Sequence[Finding], question: str) -> list[Finding]:
    """A true sentence that speaks of something else is no answer, unless it goes on from one that is."""
    found: list[Finding] = []
    begun = False
    for one, finding in zip(told, findings, strict=True):
        if finding.verdict is Verdict.SUPPORTED:
            beside = _is_of_another_thing(one, question) or (not begun and _is_beside(one, question))
            claims = not math.isnan(finding.probability)
            begun = begun or (
                not beside and (claims or bool(_asked_of(one, question) & content_keys(words_of(one.sentence))))
            )
            if beside and claims:
                finding = replace(finding, reason=BESIDE_THE_POINT, is_beside=True)
        found.append(finding)
    return found


def _asked_of(told: Told, question: str) -> frozenset[str]:
    """The question's words of content that tell its subject: not those that most sentences of the page have."""
    asked = (key for key in content_keys(words_of(question)) if not key[0].isdigit())
    most = max(len(told.units), _FEW_TOLD)
    return frozenset(key for key in asked if 2 * sum(key in unit.keys for unit in told.units) <= most)


def _is_beside(told: Told, question: str) -> bool:
    """Whether neither the sentence, nor what it stands on, has more than a stray word of the question."""
    words, units = words_of(told.sentence), told.units
    copy = nearest_copy(words, units, range(len(units)))
    if copy is None or told.is_short or not same_language(question, " ".join(unit.text for unit in units)):
        return False
    every = content_keys(words_of(question))
    if 2 * len(every & content_keys(words)) >= len(every):
        return False  # words that most sentences of the page have may well be those that were asked for
    unit, asked = units[copy.unit], _asked_of(told, question)
    goes_on = copy.unit > 0 and bool(unit.words) and _PRONOUN.fullmatch(unit.words[0].text) is not None
    before = units[copy.unit - 1].keys if goes_on else frozenset[str]()
    told_of = content_keys(words) | _reach(units, copy.unit) | before
    return len(asked) >= _ASKED_ENOUGH and len(told_of & asked) < max(1, int(_ASKED_OF_A_SENTENCE * len(asked)))


def _is_of_another_thing(told: Told, question: str) -> bool:
    """Whether the evidence says the same, in a sentence of the same form or in another row, of what was asked about."""
    words, units = words_of(told.sentence), told.units
    copy = nearest_copy(words, units, range(len(units)))
    if copy is None:
        return False
    unit, asked = units[copy.unit], content_keys(words_of(question))
    missing = asked - unit.keys - content_keys(words)
    if unit.is_row:
        return stands_in_another_row(unit, content_keys(words), asked, told.evidence)
    other = [i for i, one in enumerate(told.evidence) if missing & one.keys and asked & unit.keys < asked & one.keys]
    like = nearest_copy(unit.words, told.evidence, other)
    return like is not None and like.likeness >= _ONE_FORM


def is_firm(told: Told, question: str, probability: float) -> bool:
    """Whether a sentence may be shown as it is; `probability` 0 … 1 that its units say it, in the others' company."""
    parts = halves(told.sentence)
    clauses = len(parts) > 1 and all(len(content_keys(words_of(part))) >= _CLAUSE for part in parts)
    if clauses and all(_is_firm(replace(told, sentence=part), question, probability) for part in parts):
        return True
    return _is_firm(replace(told, sentence=bare_claim(told.sentence)), question, probability)


def _is_firm(told: Told, question: str, probability: float) -> bool:
    words, units = words_of(told.sentence), told.units
    copy = nearest_copy(words, units, range(len(units)))
    if copy is None:
        return True  # nothing to hold it against
    if _of_no_column(told, question) is not None:
        return False
    asked = content_keys(words_of(question))
    dropped = frozenset(key for key in asked if not key[0].isdigit())
    if not _years_of([units[copy.unit]]):
        years = _years_of(units) - _counted(told.sentence)
        asked, dropped = asked | years, dropped | years
    added = [word for word in words if word.content and not _is_held(word, asked)]
    reach = [_reach(units, i) for i in range(len(units))]
    answers = [i for i in range(len(units)) if not told.is_short or _speaks_of(question, units[i].keys)]
    # Which part a name alone has in a sentence that holds it, who gave or who got, its words do not tell.
    has_number = any(char.isdigit() for word in added for char in word.text)
    is_name = told.is_short and not has_number
    if not is_heading(units[copy.unit]) and _is_stretch(words, units[copy.unit], dropped, asked):
        whole = _is_whole(words, units[copy.unit])
        if (added and not is_name and copy.unit in answers) or (whole and told.sentence.rstrip().endswith(_ENDS)):
            return True
    added = [word for word in added if not _is_held(word, _OF_THE_READER)]
    if opposition((told.sentence, words), [(unit.text, unit.words) for unit in units]):
        return False
    tells = bool(added) or denies(words)  # more than its question
    again = (i for i in answers if not told.is_short and retells(words, units, i, dropped if tells else NONE))
    if any(not _loses_a_condition(words, units[i], asked) for i in again):
        return True
    if probability < _FAIR:
        return False
    together = [
        i
        for i in answers
        if all(_is_held(word, reach[i]) for word in added)
        and not _loses_a_condition(words, units[i], asked)
        and not _stand_apart(added, asked, units[i])
        and (denies(words) or not _is_denied(added, units[i]))
        and not figure_of_another(told.sentence, question, units[i])
        and (told.is_short or not is_heading(units[i]))
        and (told.is_short or not units[i].is_row or has_number)  # a row tells its figures
        and all(_as_in(word, units[i]) for word in added)
        and (not added or any(_is_held(word, units[i].keys) for word in added))  # not of the lines over a row alone
        and not _is_spoken_of_elsewhere(words, dropped, reach[i], units[i], told.evidence)
        and (has_number or not _is_of_another(words, units, i))  # whose a number is, siblings.py tells
    ]
    taken = content_keys(words) & dropped
    few = (
        len(added) <= (_FEW_OF_A_ROW if units[i].is_row else _FEW) and len(taken & reach[i]) >= _TAKEN * len(taken)
        for i in together
    )
    lists = [i for i in together if _speaks_of(question, reach[i], _ASKED_OF_A_LIST) and _in_a_row(added, units[i])]
    if added and any(not is_name or _is_an_item(added, units[i]) for i in lists):
        return True
    if probability < _LIKELY:
        return False
    if added and not is_name and any(few):
        return True
    if copy.likeness >= _COPY or told.is_short:
        return False  # the page's own words lose nothing
    said = [word for word in words if word.content and not _is_held(word, _OF_THE_READER)]
    reworded = any(
        len(foreign := [word for word in said if not _is_held(word, reach[i]) or not _as_in(word, units[i])])
        <= _FOREIGN
        and not any(word.text[0].isdigit() or word.text[0].isupper() for word in foreign)
        and not _is_spoken_of_elsewhere(words, dropped, reach[i], units[i], told.evidence)
        for i in range(len(units))
    )
    return bool(added) and probability >= _SURE and reworded


def _stands_elsewhere(told: Told, question: str) -> bool:
    """Whether a short answer stands on the page only apart from what was asked, though the page speaks of that."""
    if not told.is_short:
        return False
    asked = content_keys(words_of(question))
    added = [word for word in words_of(told.sentence) if word.content and not _is_held(word, asked)]
    reach = [_reach(told.units, i) for i in range(len(told.units))]
    beside = [_speaks_of(question, keys) for keys in reach if all(_is_held(word, keys) for word in added)]
    return bool(added and beside) and not any(beside) and any(_speaks_of(question, keys) for keys in reach)


def _speaks_of(question: str, keys: frozenset[str], least: float = _ASKED) -> bool:
    """Whether a sentence or row holds enough of the question: an item of another list is no answer to it."""
    asked = content_keys(words_of(question))
    return len(asked & keys) >= least * len(asked)


def _stand_apart(added: Sequence[Word], asked: frozenset[str], unit: Unit) -> bool:
    """Whether one clause of a sentence has what was looked up, and only another what was asked: "The sun rises, and the
    shop opens." tells nothing of a shop that the sun opens."""
    clauses = [] if unit.is_row else [content_keys(words_of(part)) for part in halves(unit.text)]
    looked_up = [keys for keys in clauses if any(_is_held(word, keys) for word in added)]
    return len(clauses) > 1 and bool(asked & unit.keys) and not any(asked & keys for keys in looked_up)


def _is_denied(added: Sequence[Word], unit: Unit) -> bool:
    """Whether a clause that has what was looked up denies it: "Lund sold 40, and Malmö sold none" tells of Lund."""
    clauses = [] if unit.is_row else [words_of(part) for part in halves(unit.text)]
    return any(denies(clause) and any(_is_held(w, content_keys(clause)) for w in added) for clause in clauses)


def _is_spoken_of_elsewhere(
    words: Sequence[Word], asked: frozenset[str], reach: frozenset[str], unit: Unit, evidence: Sequence[Unit]
) -> bool:
    """Whether another sentence has all that this one has of the question, and what the claim has of it besides: "The
    landlord may enter upon notice." of a page that tells elsewhere when he may, and here whom notice is given to."""
    told = content_keys(words) & asked
    held, lacks = told & reach, told - reach
    return not unit.is_row and bool(held and lacks) and any(held | lacks <= other.keys for other in evidence)


def _in_a_row(words: Sequence[Word], unit: Unit) -> bool:
    """Whether words of content follow each other so in the unit: a list that was asked for, however long."""
    counts = {match.start(1) for match in _COUNTS.finditer(unit.text)}  # "(1)" before the first item
    theirs = [word.keys for word in unit.words if word.content and word.start not in counts]
    ours = [word.keys for word in words]
    return any(theirs[start : start + len(ours)] == ours for start in range(len(theirs) - len(ours) + 1))


def _is_an_item(words: Sequence[Word], unit: Unit) -> bool:
    """Whether a name stands by itself in a sentence, as the items of a list do: between signs or words without content.
    "Power" of "the Volume down and Power buttons" does not."""
    places = [i for i, word in enumerate(unit.words) if word.keys in (words[0].keys, words[-1].keys)]
    if unit.is_row or not places:
        return bool(places)
    return _parted(unit, places[0] - 1, places[0]) and _parted(unit, places[-1], places[-1] + 1)


def _parted(unit: Unit, i: int, j: int) -> bool:
    """Whether neighbouring words are held apart, or one of them is none of content."""
    if i < 0 or j >= len(unit.words) or not (unit.words[i].content and unit.words[j].content):
        return True
    return _BETWEEN_ITEMS.search(unit.text, unit.words[i].end, unit.words[j].start) is not None


def _years_of(units: Sequence[Unit]) -> frozenset[str]:
    """A year holds for what follows it, and where it may stand was compared exactly: it changes no copy."""
    return frozenset(key for unit in units for key in unit.keys if _YEAR.fullmatch(key))


def _counted(sentence: str) -> frozenset[str]:
    """What looks like a year and counts what follows it: "10 fairs and 2016 dances"."""
    return frozenset(match["count"] for match in _A_COUNT.finditer(sentence))


def _is_held(word: Word, keys: frozenset[str]) -> bool:
    return not keys.isdisjoint(word.keys)


def _as_in(word: Word, unit: Unit) -> bool:
    """Whether a sentence has a word as it is printed; what a row is of stands over it."""
    return unit.is_row or is_printed(word, unit.words)


def _reach(units: Sequence[Unit], i: int) -> frozenset[str]:
    """The words of a sentence; of a row also those over it, which may stand outside the cited words."""
    heads = content_keys(words_of(" ".join(head for cell in units[i].cells for head in cell.heads)))
    over = headings_of(units, i) if units[i].is_row else ()
    return units[i].keys.union(heads, *(head.keys for head in over))


def _is_stretch(words: Sequence[Word], unit: Unit, dropped: frozenset[str], asked: frozenset[str]) -> bool:
    """Whether the words of content follow each other so in the unit, but for those that only the question has.

    Such a word may not stand where the page has another, "The pump turns off" of "The screen turns off", nor before
    what is a subject itself there: "Ivor is the union's speaker" of "The union's speaker blames the mayor". A condition
    under which the page says it may not be lost, unless it was asked for.
    """
    theirs = [word for word in unit.words if word.content]
    said = [word for word in words if word.content]
    ours = [word for word in said if _is_held(word, unit.keys) or not _is_held(word, dropped)]
    for start in range(len(theirs) - len(ours) + 1 if ours else 0):
        stretch = theirs[start : start + len(ours)]
        if all(a.keys == b.keys for a, b in zip(ours, stretch, strict=True)):
            first, last = unit.words.index(stretch[0]), unit.words.index(stretch[-1])
            denied = denies(unit.words[max(0, first - _BEFORE) : last + 1])
            opens = ours[0] is said[0]
            whole = start == 0 and (unit.is_row or len(ours) == len(theirs))
            if denies(words) == denied and (opens or whole):
                return not _loses_a_condition(words, unit, asked)
    return False


def _loses_a_condition(words: Sequence[Word], unit: Unit, asked: frozenset[str]) -> bool:
    """Whether what stands before or behind the words that were taken from a sentence limits it ("In 4 % of the cases,
    …", "… if no key is pressed"), with words that were not asked for."""
    said = content_keys(words)
    taken = [word for word in unit.words if word.content and _is_held(word, said)]
    if unit.is_row or not taken:
        return False
    before, after = unit.text[: taken[0].start], unit.text[taken[-1].end :]
    limits = [match for match in (_CONDITION.search(after), _CONDITION_AHEAD.search(before)) if match]
    return any(not content_keys(words_of(match.group())) <= asked for match in limits)


def _is_of_another(words: Sequence[Word], units: Sequence[Unit], i: int) -> bool:
    """Whether a sentence lacks a word of the claim that tells another sentence: what it says is said of another thing.

    A word that many sentences hold tells none, a heading names what follows, and so does a pronoun what went before.
    """
    unit = units[i]
    if unit.is_row or (unit.words and _PRONOUN.fullmatch(unit.words[0].text)):
        return False
    for word in words:
        if word.content and word.text[0].isalpha() and not _is_held(word, unit.keys):
            others = [other for other in units if _is_held(word, other.keys)]
            tells = 0 < len(others) <= max(1, len(units) // _FEW_TOLD)
            if tells and all(other.text.rstrip().endswith(_ENDS) for other in others):
                return True
    return False


def _is_whole(words: Sequence[Word], unit: Unit) -> bool:
    said = [word for word in words if word.content]
    return len(said) >= sum(word.content for word in unit.words) and all(_is_held(word, unit.keys) for word in said)
