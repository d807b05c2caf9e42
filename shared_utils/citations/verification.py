"""Does a sentence stand on the words it cites?

Numbers, dates, columns, negations and directions are compared exactly with the sentences or table rows that speak of
the same thing. How firmly the rest stands is judged by a regression trained on sentences that people had labelled:
features.py measures, judgement.py weighs, reasons.py says what is missing. Entailment, when a model for it is at hand,
may settle what words alone leave open; it never overrules a number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from shared_utils.citations.asides import TO_THE_READER, said_to_be_lacking, speaks_to_the_reader
from shared_utils.citations.clashes import clashes
from shared_utils.citations.columns import cells_say_it
from shared_utils.citations.features import Features, features
from shared_utils.citations.framing import announces, bare_claim
from shared_utils.citations.judgement import Judgement, trained
from shared_utils.citations.reading import (
    Finding,
    Reading,
    closest_in_meaning,
    read_claim,
    row_says_it,
    stands_word_for_word,
)
from shared_utils.citations.reasons import halves, missing_words, not_said, not_together, unsaid_half
from shared_utils.citations.remembering import RememberingEmbedder
from shared_utils.citations.text_units import KeyedCell, Unit, content_keys, units_of, with_cells, words_of
from shared_utils.citations.worked_out import changes_told
from shared_utils.message import message
from shared_utils.text.numerals import Notation
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Embedder, Verdict

_SAME_MEANING = 0.85  # cosine
_FEW = 2  # words of content
_WORD_FOR_WORD = 0.97  # probability that a copy of the page's words says what they say
_NO_WORDS = 0.1  # that what no cited words speak of is true all the same
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
    cells: Sequence[Sequence[KeyedCell]] = (),
    embedder: Embedder | None = None,
    entailment: Entailment | None = None,
    judgement: Judgement | None = None,
) -> Finding:
    """The verdict on one sentence of an answer, and the reason in words for a person.

    `cited` are the evidence texts it points at, as they stand on their pages: a table's headings decide its columns,
    so give the whole span, not only the row. `notations` say how the document of each text writes its numbers; without
    them each text tells its own. `cells` are the values of the tables in each text, with the names over them; without
    them columns are told by the words over a row. With an `embedder`, nearness in meaning counts as well; it outweighs
    no number, date or negation. `judgement` takes the place of the trained one, for measuring.
    """
    if speaks_to_the_reader(sentence):
        return Finding(Verdict.SUPPORTED, TO_THE_READER)
    judgement = judgement or trained()
    embedder = RememberingEmbedder(embedder) if embedder else None  # a claim and its halves share their evidence
    parts = [sentence[span.start : span.end] for span in split_sentences(sentence)]
    claims = [part for part in parts if len(content_keys(words_of(part))) > 1] or [sentence]
    claims = [claim for claim in claims if not _asks(claim)] or claims
    written: Sequence[Notation | None] = notations or [None] * len(cited)
    keyed = cells or [()] * len(cited)
    units = tuple(
        unit
        for text, notation, own in zip(cited, written, keyed, strict=True)
        for unit in with_cells(units_of(text, notation), own)
    )
    findings = [f for claim in claims for f in _verify_claim(bare_claim(claim), units, embedder, judgement)]
    if {Verdict.NOT_FOUND, Verdict.SUPPORTED} <= {f.verdict for f in findings}:
        missing = next(f for f in findings if f.verdict is Verdict.NOT_FOUND)
        found = [f for f in findings if f.verdict is not Verdict.NOT_FOUND]
        findings = [*found, replace(missing, verdict=Verdict.PARTLY)]
    worst = _worst(findings)
    return settled(sentence, cited, worst, entailment) if entailment else worst


def _asks(claim: str) -> bool:
    return claim.rstrip(" \"'”»)").endswith(("?", "？"))


def measured(sentence: str, cited: Sequence[str], embedder: Embedder | None = None) -> Features | None:
    """What the judgement weighs of a sentence; None where it or the evidence has no words."""
    units = tuple(unit for text in cited for unit in units_of(text))
    reading = _read(bare_claim(sentence), units)
    return features(reading, embedder) if units and reading.weight else None


def _read(claim: str, units: tuple[Unit, ...]) -> Reading:
    reading = read_claim(claim, units)
    told = tuple((word.start, word.end) for word in changes_told(reading))
    return replace(reading, measured=(*reading.measured, *told)) if told else reading


def _verify_claim(
    claim: str, units: tuple[Unit, ...], embedder: Embedder | None, judgement: Judgement
) -> list[Finding]:
    """One finding; one for each half when the page says only one of them."""
    whole = _verify_one(claim, units, embedder, judgement)
    parts = halves(claim)
    if whole.verdict is not Verdict.NOT_FOUND or len(parts) < 2:
        return [whole]
    findings = [_verify_one(half, units, embedder, judgement) for half in parts]
    return findings if {Verdict.SUPPORTED, Verdict.NOT_FOUND} <= {finding.verdict for finding in findings} else [whole]


def _verify_one(claim: str, units: tuple[Unit, ...], embedder: Embedder | None, judgement: Judgement) -> Finding:
    if not units:
        return Finding(Verdict.NOT_FOUND, message("no words are cited for this"), probability=_NO_WORDS)
    if stands_word_for_word(claim, units):
        return Finding(Verdict.SUPPORTED, message("the page says it word for word"), probability=_WORD_FOR_WORD)
    if lacking := said_to_be_lacking(claim):
        return _lacking(lacking, units, embedder, judgement)
    reading = _read(claim, units)
    if not reading.weight:
        return Finding(Verdict.NOT_FOUND, message("there is nothing in it to check"))
    found = features(reading, embedder)
    if announces(claim) and not found.numbers_missing and not found.names_missing:
        return Finding(Verdict.SUPPORTED, message("it leads to what follows and claims nothing of its own"))
    if not reading.anchor and embedder and (closest := closest_in_meaning(claim, units, embedder)) is not None:
        reading = replace(reading, anchor=(closest,))
    verdict = judgement.verdict(found)
    if verdict is not Verdict.SUPPORTED and cells_say_it(reading) and not found.names_missing:
        verdict = Verdict.SUPPORTED
    if verdict is Verdict.NOT_FOUND and (row_says_it(reading) or _means_it(found) or _lacks_one_word(reading)):
        verdict = Verdict.PARTLY  # the row's headings may be out of sight
    findings = [*clashes(reading, found), *unsaid_half(reading)]
    if verdict is not Verdict.SUPPORTED:
        reason = not_said(reading) or not_together(reading)
        findings.append(Finding(verdict, reason, is_wording=True, is_open=not found.numbers_missing))
    worst = _worst([*findings, Finding(Verdict.SUPPORTED, message("the cited words say it"))])
    return replace(worst, probability=judgement.probability(found))


def _lacking(what: str, units: tuple[Unit, ...], embedder: Embedder | None, judgement: Judgement) -> Finding:
    """That the passages do not tell a thing holds where they do not speak of it."""
    reading = read_claim(what, units)
    if not reading.weight:
        return Finding(Verdict.NOT_FOUND, message("there is nothing in it to check"))
    found = features(reading, embedder)
    if judgement.verdict(found) is Verdict.SUPPORTED:
        said = message("the cited words do speak of “{what}”", what=what)
        return Finding(Verdict.PARTLY, said, is_open=True, probability=1 - judgement.probability(found))
    nowhere = message("the cited words do not speak of it, as the sentence says")
    return Finding(Verdict.SUPPORTED, nowhere, probability=1 - judgement.probability(found))


def _means_it(found: Features) -> bool:
    """A rewording that shares few words with the page, and lacks no number and no name of it."""
    return found.cosine >= _SAME_MEANING and not found.numbers_missing and not found.names_missing


def _lacks_one_word(reading: Reading) -> bool:
    """All but one of at least three words of content stand in the sentences that speak of it."""
    said = {key for word in reading.words if word.content for key in word.keys}
    return len(said) > _FEW and len({word.keys for word in missing_words(reading)}) <= 1


def _worst(findings: Sequence[Finding]) -> Finding:
    """The most severe; where that is only about missing words, told by what differs, if anything does."""
    worst = max(findings, key=lambda finding: _SEVERITY.index(finding.verdict))
    doubts = [f for f in findings if f.verdict is not Verdict.SUPPORTED]
    differs = next((f for f in doubts if not f.is_wording), None)
    told = replace(differs, verdict=worst.verdict) if worst.is_wording and differs else worst
    return replace(told, is_open=bool(doubts) and all(f.is_open for f in doubts))


def settled(sentence: str, cited: Sequence[str], finding: Finding, entailment: Entailment) -> Finding:
    """A finding after an inference model has read the cited words, where its word may count."""
    if not cited or not (finding.is_open or finding.verdict is Verdict.SUPPORTED):
        return finding  # a matter of numbers or negations: the model is not asked, it takes a tenth of a second
    entails, _, contradicts = entailment.judge("\n".join(cited), sentence)
    if finding.is_open and entails >= _SURE:
        return Finding(Verdict.SUPPORTED, message("the cited words say it in other words"))
    if finding.verdict is Verdict.SUPPORTED and contradicts >= _SURE:
        return Finding(Verdict.CONTRADICTED, message("the cited words say otherwise, as an inference model reads them"))
    return finding
