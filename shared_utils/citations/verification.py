"""Does a sentence stand on the words it cites?

Numbers, units, negations, directions and names are compared exactly with the sentences or table rows that speak of
the same thing; the rest is the weighted share of the answer's words that they hold. Entailment, when a model for it is
at hand, may settle what words alone leave open; it never overrules a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

from shared_utils.citations.exact_checks import (
    check_columns,
    check_dates,
    check_exchanged,
    check_numbers,
    mean_the_same,
)
from shared_utils.citations.polarity import Opposed, opposition, unmatched_negation
from shared_utils.citations.reading import (
    Finding,
    Reading,
    closest_in_meaning,
    is_measured,
    is_minus_in_words,
    read_claim,
    row_says_it,
    stands_word_for_word,
    wording,
)
from shared_utils.citations.signs import minus_words
from shared_utils.citations.substitutions import Swap, names_in, replaced, swapped
from shared_utils.citations.tables import cells_of
from shared_utils.citations.text_units import Unit, Word, content_keys, covered, units_of, words_of
from shared_utils.message import Message, message
from shared_utils.text.numerals import Notation
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Embedder, Verdict

_SUPPORTED = 0.8  # weighted share of the claim's words
_PARTLY = 0.45
_CLAUSE = re.compile(r",\s+(?:and|but|while|whereas)\s+|;\s+")
_LEAD_IN = re.compile(
    r"^\W*(?:based on|according to|from|as (?:stated|mentioned|noted|shown|described) in|per|in)\s+(?:the\s+)?"
    r"(?:provided |given |cited |above )*(?:evidence|documents?|passages?|context|text|sources?|information|excerpts?)"
    r"(?: provided| given)?\s*[,:]\s*",
    re.IGNORECASE,
)  # speaks of the task, not of the subject
_ALTERNATIVE = re.compile(r"\([a-z]+\)")
_CLAUSE_WORDS = 2  # content words; a shorter clause is a list item
_CLAUSE_HELD = 0.4
_SURE = 0.9  # probability from which an inference model is believed
_SEVERITY = (Verdict.SUPPORTED, Verdict.PARTLY, Verdict.NOT_FOUND, Verdict.CONTRADICTED)


class Entailment(Protocol):
    """A natural language inference model."""

    def judge(self, premise: str, hypothesis: str) -> tuple[float, float, float]:
        """Probabilities that the premise entails, leaves open, contradicts the hypothesis; they sum to 1."""
        ...


def verify(
    sentence: str,
    cited: Sequence[str],
    *,
    notations: Sequence[Notation] = (),
    embedder: Embedder | None = None,
    entailment: Entailment | None = None,
) -> Finding:
    """The verdict on one sentence of an answer, and the reason in words for a person.

    `cited` are the evidence texts it points at, as they stand on their pages: a table's headings decide its columns,
    so give the whole span, not only the row. `notations` say how the document of each text writes its numbers; without
    them each text tells its own. With an `embedder`, a rewording that shares few words with the page is
    "partly" instead of "not found", if its numbers and names hold; it never becomes "supported" by that.
    """
    parts = [sentence[span.start : span.end] for span in split_sentences(sentence)]
    claims = [part for part in parts if len(content_keys(words_of(part))) > 1] or [sentence]
    written: Sequence[Notation | None] = notations or [None] * len(cited)
    units = tuple(unit for text, notation in zip(cited, written, strict=True) for unit in units_of(text, notation))
    findings = [finding for claim in claims for finding in _verify_claim(_LEAD_IN.sub("", claim), units, embedder)]
    if {Verdict.NOT_FOUND, Verdict.SUPPORTED} <= {f.verdict for f in findings}:
        missing = next(f for f in findings if f.verdict is Verdict.NOT_FOUND)
        found = [f for f in findings if f.verdict is not Verdict.NOT_FOUND]
        findings = [*found, replace(missing, verdict=Verdict.PARTLY)]
    worst = _worst(findings)
    return settled(sentence, cited, worst, entailment) if entailment else worst


def _verify_claim(claim: str, units: tuple[Unit, ...], embedder: Embedder | None) -> list[Finding]:
    """One finding; one for each half when the page says only one of them."""
    whole = _verify_one(claim, units, embedder)
    halves = _halves(claim)
    if whole.verdict is not Verdict.NOT_FOUND or len(halves) < 2:
        return [whole]
    findings = [_verify_one(half, units, embedder) for half in halves]
    return findings if {Verdict.SUPPORTED, Verdict.NOT_FOUND} <= {finding.verdict for finding in findings} else [whole]


def _verify_one(claim: str, units: tuple[Unit, ...], embedder: Embedder | None) -> Finding:
    if not units:
        return Finding(Verdict.NOT_FOUND, message("no words are cited for this"))
    if stands_word_for_word(claim, units):
        return Finding(Verdict.SUPPORTED, message("the page says it word for word"))
    reading = read_claim(claim, units)
    if not reading.weight:
        return Finding(Verdict.NOT_FOUND, message("there is nothing in it to check"))
    score = covered(wording(reading), reading.keys)
    if score < _PARTLY and not row_says_it(reading):
        closest = closest_in_meaning(claim, units, embedder) if embedder else None
        reading = replace(reading, anchor=() if closest is None else (closest,))
    if not reading.anchor:
        return _not_spoken_of(reading, Verdict.NOT_FOUND)
    findings = [
        *check_dates(reading),
        *check_numbers(reading),
        *check_exchanged(reading),
        *check_columns(reading),
        *_polarity(reading),
        *_names(reading),
        *_clauses(reading),
    ]
    if score < _SUPPORTED:
        findings.append(_not_spoken_of(reading, Verdict.PARTLY))
    return _worst([*findings, Finding(Verdict.SUPPORTED, message("the cited words say it"))])


# ------------------------------------------------------------------------------------------------ words


def _polarity(reading: Reading) -> Iterator[Finding]:
    claim = (reading.claim, reading.words)
    page = [_without_alternative(reading.units[i], reading) for i in reading.anchor]
    opposed = opposition(claim, page)
    if opposed and not _is_told_by_a_sign(opposed, reading):
        yield Finding(
            Verdict.CONTRADICTED,
            message("the page says “{page}”, the answer “{answer}”", page=opposed.page, answer=opposed.answer),
        )
    elif not opposed and (cue := unmatched_negation(claim, page)):
        yield Finding(Verdict.NOT_FOUND, message("the answer says “{what}”; the cited words deny nothing", what=cue))


def _is_told_by_a_sign(opposed: Opposed, reading: Reading) -> bool:
    """ "A net loss of 724" is what the row "Net income (724)" says."""
    return bool(minus_words(opposed.answer)) and any(is_minus_in_words(reading, q) for q in reading.numbers)


def _without_alternative(unit: Unit, reading: Reading) -> tuple[str, tuple[Word, ...]]:
    """A row "Net income (loss) 724" speaks of an income: what is in brackets holds for cells in brackets."""
    wanted = {mantissa for q in reading.numbers for mantissa in q.mantissas}
    if not unit.is_row or any(q and q.negative and not wanted.isdisjoint(q.mantissas) for q in cells_of(unit)):
        return unit.text, unit.words
    text = _ALTERNATIVE.sub(lambda match: " " * len(match[0]), unit.text)
    return text, words_of(text)


def _names(reading: Reading) -> Iterator[Finding]:
    for unit in (*(reading.units[i] for i in reading.anchor), *reading.headings):
        swap = swapped(reading.claim, reading.words, unit.text, unit.words)
        if swap and not _is_compared_apart(swap, reading, unit):
            yield Finding(Verdict.NOT_FOUND, _instead(swap))
            return
        swap = replaced(reading.claim, reading.words, unit.text, unit.words)
        if swap and not _is_compared_apart(swap, reading, unit):
            yield Finding(Verdict.PARTLY, _instead(swap))
    page_words = [word for unit in reading.units for word in unit.words]
    everywhere = {key for word in page_words for key in word.keys}
    for i in names_in(reading.words, page_words):
        if not set(reading.words[i].keys) & everywhere and not is_measured(reading.words[i], reading):
            yield Finding(Verdict.PARTLY, message("the cited words do not name “{what}”", what=reading.words[i].text))
            return


def _is_compared_apart(swap: Swap, reading: Reading, unit: Unit) -> bool:
    """Numbers, and words that stand for a minus, are no names."""
    lost = bool(minus_words(swap.answer)) and any(is_minus_in_words(reading, q) for q in reading.numbers)
    return lost or mean_the_same(swap, reading, unit)


def _instead(swap: Swap) -> Message:
    return message("the page says “{page}” where the answer says “{answer}”", page=swap.page, answer=swap.answer)


def _clauses(reading: Reading) -> Iterator[Finding]:
    """A sentence of which one half is on the page and the other is not."""
    clauses = _halves(reading.claim)
    for clause in clauses if len(clauses) > 1 else ():
        weight = {key: reading.weight[key] for key in content_keys(words_of(clause)) if key in reading.weight}
        if covered(weight, reading.keys) < _CLAUSE_HELD:
            yield Finding(Verdict.PARTLY, message("the cited words do not say “{what}”", what=clause.strip()))


def _halves(claim: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(claim) if len(content_keys(words_of(clause))) >= _CLAUSE_WORDS]


def _not_spoken_of(reading: Reading, verdict: Verdict) -> Finding:
    missing = [word for word in reading.words if word.content and not set(word.keys) & reading.keys]
    missing = [word for word in missing if not is_measured(word, reading)] or missing
    missing.sort(key=lambda word: -max(reading.weight.get(key, 0.0) for key in word.keys))
    words = ", ".join(dict.fromkeys(f"“{word.text}”" for word in missing[:3]))
    return Finding(verdict, message("the cited words do not speak of {what}", what=words), is_wording=True)


def _worst(findings: Sequence[Finding]) -> Finding:
    return max(findings, key=lambda finding: _SEVERITY.index(finding.verdict))


def settled(sentence: str, cited: Sequence[str], finding: Finding, entailment: Entailment) -> Finding:
    """A finding after an inference model has read the cited words, where its word may count."""
    only_worded_differently = finding.verdict is Verdict.PARTLY and finding.is_wording
    if not only_worded_differently and finding.verdict is not Verdict.SUPPORTED:
        return finding  # a matter of numbers, names or negations: the model is not asked, it takes a tenth of a second
    entails, _, contradicts = entailment.judge("\n".join(cited), sentence)
    if only_worded_differently and entails >= _SURE:
        return Finding(Verdict.SUPPORTED, message("the cited words say it in other words"))
    if finding.verdict is Verdict.SUPPORTED and contradicts >= _SURE:
        return Finding(Verdict.CONTRADICTED, message("the cited words say otherwise, as an inference model reads them"))
    return finding
