"""Does a sentence stand on the words it cites?

Numbers, units, negations, directions and names are compared exactly with the sentences or table rows that speak of
the same thing; the rest is the weighted share of the answer's words that they hold. Entailment, when a model for it is
at hand, may settle what words alone leave open; it never overrules a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol

from shared_utils.citations.dates import dates
from shared_utils.citations.polarity import opposition, unmatched_negation
from shared_utils.citations.quantities import (
    Match,
    Quantity,
    compare,
    declared_scale,
    identifiers,
    quantities,
)
from shared_utils.citations.substitutions import Swap, exchanged_number, names_in, replaced, swapped
from shared_utils.citations.support import speaking_units
from shared_utils.citations.tables import cells_of, column_keys, columns_over, headings_of, key_of_cell
from shared_utils.citations.text_units import Unit, Word, content_keys, covered, units_of, weights, words_of
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Embedder, Verdict

_SUPPORTED = 0.8  # weighted share of the claim's words
_PARTLY = 0.45
_SAME_MEANING = 0.7  # cosine, for a sentence that shares few words with the page
_SPEAKS_OF_IT = 0.6  # a unit counts as speaking of the same thing from this share of the best unit's score on
_CLAUSE = re.compile(r",\s+(?:and|but|while|whereas)\s+|;\s+")
_LEAD_IN = re.compile(
    r"^\W*(?:based on|according to|from|as (?:stated|mentioned|noted|shown|described) in|per|in)\s+(?:the\s+)?"
    r"(?:provided |given |cited |above )*(?:evidence|documents?|passages?|context|text|sources?|information|excerpts?)"
    r"(?: provided| given)?\s*[,:]\s*",
    re.IGNORECASE,
)  # speaks of the task, not of the subject
_COMPARISON = re.compile(
    r"\b(?:compared (?:with|to)|versus|vs\.?|than (?:in|for)|(?:up|down|increase|decrease) from)\b"
    r"[^.;,]{0,40}?(?:19|20)\d\d"
)
_ALTERNATIVE = re.compile(r"\([a-z]+\)")
_CLAUSE_WORDS = 2  # content words; a shorter clause is a list item
_CLAUSE_HELD = 0.4
_SURE = 0.9  # probability from which an inference model is believed
_NOT_SPOKEN_OF = "the cited words do not speak of"  # a matter of wording, which an inference model may settle
_SEVERITY = (Verdict.SUPPORTED, Verdict.PARTLY, Verdict.NOT_FOUND, Verdict.CONTRADICTED)


class Entailment(Protocol):
    """A natural language inference model."""

    def judge(self, premise: str, hypothesis: str) -> tuple[float, float, float]:
        """Probabilities that the premise entails, leaves open, contradicts the hypothesis; they sum to 1."""
        ...


Finding = tuple[Verdict, str]


@dataclass(frozen=True, slots=True)
class _Reading:
    """A claim beside the cited words: `anchor` are the units that speak of it, best first."""

    claim: str
    words: tuple[Word, ...]
    numbers: tuple[Quantity, ...]  # of the claim, without the days and years of its dates
    weight: dict[str, float]
    units: tuple[Unit, ...]
    anchor: tuple[int, ...]
    headings: tuple[Unit, ...]  # over the anchors that are table rows

    @property
    def page(self) -> str:
        return "\n".join(self.units[i].text for i in self.anchor)

    @property
    def keys(self) -> frozenset[str]:
        return frozenset[str]().union(
            *(unit.keys for unit in self.headings), *(self.units[i].keys for i in self.anchor)
        )


def verify(
    sentence: str,
    cited: Sequence[str],
    *,
    embedder: Embedder | None = None,
    entailment: Entailment | None = None,
) -> Finding:
    """The verdict on one sentence of an answer, and the reason in words for a person.

    `cited` are the evidence texts it points at, as they stand on their pages: a table's headings decide its columns,
    so give the whole span, not only the row. With an `embedder`, a rewording that shares few words with the page is
    "partly" instead of "not found", if its numbers and names hold; it never becomes "supported" by that.
    """
    parts = [sentence[span.start : span.end] for span in split_sentences(sentence)]
    claims = [part for part in parts if len(content_keys(words_of(part))) > 1] or [sentence]
    units = tuple(unit for text in cited for unit in units_of(text))
    findings = [finding for claim in claims for finding in _verify_claim(_LEAD_IN.sub("", claim), units, embedder)]
    if any(v is Verdict.NOT_FOUND for v, _ in findings) and any(v is Verdict.SUPPORTED for v, _ in findings):
        missing = next(reason for v, reason in findings if v is Verdict.NOT_FOUND)
        findings = [f for f in findings if f[0] is not Verdict.NOT_FOUND] + [(Verdict.PARTLY, missing)]
    verdict, reason = _worst(findings)
    return settled(sentence, cited, (verdict, reason), entailment) if entailment else (verdict, reason)


def _verify_claim(claim: str, units: tuple[Unit, ...], embedder: Embedder | None) -> list[Finding]:
    """One finding; one for each half when the page says only one of them."""
    whole = _verify_one(claim, units, embedder)
    halves = _halves(claim)
    if whole[0] is not Verdict.NOT_FOUND or len(halves) < 2:
        return [whole]
    findings = [_verify_one(half, units, embedder) for half in halves]
    return findings if {Verdict.SUPPORTED, Verdict.NOT_FOUND} <= {verdict for verdict, _ in findings} else [whole]


def _verify_one(claim: str, units: tuple[Unit, ...], embedder: Embedder | None) -> Finding:
    if not units:
        return Verdict.NOT_FOUND, "no words are cited for this"
    if _word_for_word(claim, units):
        return Verdict.SUPPORTED, "the page says it word for word"
    reading = _read(claim, units)
    if not reading.weight:
        return Verdict.NOT_FOUND, "there is nothing in it to check"
    score = covered(_wording(reading), reading.keys)
    if score < _PARTLY and not _row_says_it(reading):
        closest = _closest_in_meaning(claim, units, embedder) if embedder else None
        reading = replace(reading, anchor=() if closest is None else (closest,))
    if not reading.anchor:
        return Verdict.NOT_FOUND, f"{_NOT_SPOKEN_OF} {_missing_words(reading)}"
    findings = [
        *_dates(reading),
        *_numbers(reading),
        *_exchanged(reading),
        *_columns(reading),
        *_polarity(reading),
        *_names(reading),
        *_clauses(reading),
    ]
    if score < _SUPPORTED:
        findings.append((Verdict.PARTLY, f"{_NOT_SPOKEN_OF} {_missing_words(reading)}"))
    return _worst([*findings, (Verdict.SUPPORTED, "the cited words say it")])


def _closest_in_meaning(claim: str, units: Sequence[Unit], embedder: Embedder) -> int | None:
    cosines = embedder.embed_passages([unit.text for unit in units]) @ embedder.embed_query(claim)[0]
    best = int(cosines.argmax())
    return best if cosines[best] >= _SAME_MEANING else None


def _word_for_word(claim: str, units: Sequence[Unit]) -> bool:
    """A whole sentence or row of the page: a part of one may have lost its "not"."""
    said = [word.text for word in words_of(claim)]
    return any([word.text for word in unit.words] == said for unit in units)


def _read(claim: str, units: tuple[Unit, ...]) -> _Reading:
    words = words_of(claim)
    anchor = speaking_units(claim, units)
    headings = tuple(dict.fromkeys(over for i in anchor if units[i].is_row for over in headings_of(units, i)))
    days = [(date.start, date.end) for date in dates(claim)]
    plain = tuple(q for q in quantities(claim) if not any(start <= q.start < end for start, end in days))
    return _Reading(claim, words, plain, weights(units, content_keys(words)), units, anchor, headings)


def _wording(reading: _Reading) -> dict[str, float]:
    """The weights without those of numbers and their units: 14.9 % and 14.9 percent are compared as numbers."""
    spans = [(q.start, q.end) for q in quantities(reading.claim)]
    words = [word for word in reading.words if not any(start <= word.start < end for start, end in spans)]
    return {key: reading.weight[key] for key in content_keys(words)} or reading.weight


def _row_says_it(reading: _Reading) -> bool:
    """Its headings may be out of sight, but a row with this label holds one of these numbers."""
    return any(_holds(reading.units[i], q) for i in reading.anchor if reading.units[i].is_row for q in reading.numbers)


# ------------------------------------------------------------------------------------------------ numbers


def _dates(reading: _Reading) -> Iterator[Finding]:
    on_page = dates("\n".join(unit.text for unit in reading.units))
    anchored = dates(reading.page) + tuple(date for over in reading.headings for date in dates(over.text))
    for wanted in dates(reading.claim):
        same_day = [date for date in on_page if date.month == wanted.month and wanted.day in (None, date.day)]
        years = {year for date in same_day for year in date.years}
        if same_day and (not years or years.issuperset(wanted.years)):
            continue
        rivals = same_day or anchored
        if rivals:
            rival = max(rivals, key=lambda date: (date.month == wanted.month, date.day == wanted.day, len(date.text)))
            yield Verdict.CONTRADICTED, f"the page says {rival.text}, the answer {wanted.text}"
        else:
            yield Verdict.PARTLY, f"the cited words do not say {wanted.text}"


def _numbers(reading: _Reading) -> Iterator[Finding]:
    scale = declared_scale("\n".join(unit.text for unit in reading.units))
    for wanted in reading.numbers:
        found = list(_found(wanted, reading, scale))
        kinds = {match for _, match in found}
        if Match.EXACT in kinds:
            if wanted.is_year and _only_compared(wanted, reading):
                yield Verdict.PARTLY, f"the page names {wanted.text} only for comparison"
            continue
        page = next((q for q, _ in found), None)
        if page is None:
            yield _year(wanted, reading) if wanted.is_year else _other_number(wanted, reading)
        elif Match.ROUNDED in kinds:
            yield Verdict.PARTLY, f"the page says {page.text}, the answer rounds it to {wanted.text}"
        elif Match.SIGN in kinds:
            yield Verdict.PARTLY, f"the page says {page.text}, with another sign than the answer's {wanted.text}"
        else:
            yield Verdict.CONTRADICTED, f"the page says {page.text}, the answer {wanted.text}"
    known = frozenset[str]().union(*(identifiers(unit.text) for unit in reading.units))
    for name in sorted(identifiers(reading.claim) - known):
        yield Verdict.NOT_FOUND, f"the cited words have no “{name}”"


def _exchanged(reading: _Reading) -> Iterator[Finding]:
    """A number that stands elsewhere in the sentence, but not in this place of it."""
    for i in reading.anchor:
        page = reading.units[i]
        if not page.is_row and (swap := exchanged_number(reading.claim, reading.words, page.text, page.words)):
            yield Verdict.CONTRADICTED, f"the page says {swap.page}, the answer {swap.answer}"
            return


def _only_compared(year: Quantity, reading: _Reading) -> bool:
    """The year of "up from 2017" is not the one the sentence is about."""
    if _COMPARISON.search(reading.claim):
        return False
    held = [text for i in reading.anchor if year.text in (text := reading.units[i].text)]
    return bool(held) and all(year.text not in _COMPARISON.sub("", text) for text in held)


def _found(wanted: Quantity, reading: _Reading, scale: Decimal) -> Iterator[tuple[Quantity, Match]]:
    """Numbers like the wanted one, in units that speak of the claim, or over them."""
    best = max((covered(reading.weight, reading.units[i].keys) for i in reading.anchor), default=0.0)
    for i, unit in enumerate(reading.units):
        speaks = i in reading.anchor or covered(reading.weight, unit.keys) >= _SPEAKS_OF_IT * best
        if not speaks and unit not in reading.headings:
            continue
        for q in quantities(unit.text):
            match = compare(wanted, q, scale if unit.is_row else None)
            if match:
                yield q, match


def _year(wanted: Quantity, reading: _Reading) -> Finding:
    anchored = [q for i in reading.anchor for q in quantities(reading.units[i].text) if q.is_year]
    if anchored:
        return Verdict.CONTRADICTED, f"the page says {anchored[0].text}, the answer {wanted.text}"
    if any(q.is_year and q.value == wanted.value for unit in reading.units for q in quantities(unit.text)):
        return Verdict.SUPPORTED, ""
    if any(reading.units[i].is_row for i in reading.anchor):  # its headings may be out of sight
        return Verdict.PARTLY, f"the cited words do not say which number is for {wanted.text}"
    return Verdict.NOT_FOUND, f"the cited words do not speak of {wanted.text}"


def _other_number(wanted: Quantity, reading: _Reading) -> Finding:
    """What the page has in its place: the likest number of the same kind that the answer does not use."""
    used = {q.value for q in quantities(reading.claim)}
    rivals = [
        q
        for i in reading.anchor
        for q in quantities(reading.units[i].text)
        if q.value not in used and (q.unit == wanted.unit or not q.unit or not wanted.unit) and not q.is_year
    ]
    if not rivals:
        return Verdict.NOT_FOUND, f"the cited words do not hold {wanted.text}"
    rival = max(rivals, key=lambda q: (q.unit == wanted.unit, _likeness(q.text, wanted.text)))
    return Verdict.CONTRADICTED, f"the page says {rival.text}, the answer {wanted.text}"


def _likeness(one: str, other: str) -> float:
    same = sum(a == b for a, b in zip(one, other, strict=False))
    return same / max(len(one), len(other))


def _columns(reading: _Reading) -> Iterator[Finding]:
    """A number taken from the right row but another year's or quarter's column."""
    keys = column_keys(reading.claim)
    for wanted in reading.numbers:
        if not keys or wanted.is_year:
            continue
        rows = [i for i in reading.anchor if reading.units[i].is_row and _holds(reading.units[i], wanted)]
        findings = [finding for i in rows[:1] if (finding := _column(wanted, reading, i))]
        yield from findings


def _holds(unit: Unit, wanted: Quantity) -> bool:
    return any(q is not None and q.mantissa == wanted.mantissa for q in cells_of(unit))


def _column(wanted: Quantity, reading: _Reading, row: int) -> Finding | None:
    cells = cells_of(reading.units[row])
    named = column_keys(reading.claim)
    told = False
    for columns in columns_over(reading.units, row):
        family = "year" if len(columns[0]) == 4 else "quarter"
        ours = [column for column in named if column.family == family]
        if len(columns) == len(ours) == 1 and ours[0].key != columns[0]:  # a section that has one year throughout
            return Verdict.CONTRADICTED, f"the page has {wanted.text} under {columns[0]}, the answer says {ours[0].key}"
        ours = [column for column in ours if column.key in columns]
        if not ours:
            continue
        told = True
        nearest = min(ours, key=lambda column: abs(column.start - wanted.start)).key
        under = [
            key_of_cell(columns, cells, i)
            for i, q in enumerate(cells)
            if q is not None and q.mantissa == wanted.mantissa
        ]
        if under and nearest not in under and None not in under:
            label = f"quarter {under[0]}" if family == "quarter" else under[0]
            right = next((q.text for i, q in enumerate(cells) if q and key_of_cell(columns, cells, i) == nearest), None)
            instead = f"; for {nearest} it has {right}" if right else ""
            return Verdict.CONTRADICTED, f"the page has {wanted.text} under {label}, the answer says {nearest}{instead}"
    if not told and len({q.value for q in cells if q}) > 1:
        return Verdict.PARTLY, f"the row holds several numbers; which column {wanted.text} stands in cannot be told"
    return None


# ------------------------------------------------------------------------------------------------ words


def _polarity(reading: _Reading) -> Iterator[Finding]:
    claim = (reading.claim, reading.words)
    page = [_without_alternative(reading.units[i], reading) for i in reading.anchor]
    if opposed := opposition(claim, page):
        yield Verdict.CONTRADICTED, f"the page says “{opposed.page}”, the answer “{opposed.answer}”"
    elif cue := unmatched_negation(claim, page):
        yield Verdict.NOT_FOUND, f"the answer says “{cue}”; the cited words deny nothing"


def _without_alternative(unit: Unit, reading: _Reading) -> tuple[str, tuple[Word, ...]]:
    """A row "Net income (loss) 724" speaks of an income: what is in brackets holds for cells in brackets."""
    wanted = {q.mantissa for q in quantities(reading.claim)}
    if not unit.is_row or any(q and q.negative and q.mantissa in wanted for q in cells_of(unit)):
        return unit.text, unit.words
    text = _ALTERNATIVE.sub(lambda match: " " * len(match[0]), unit.text)
    return text, words_of(text)


def _names(reading: _Reading) -> Iterator[Finding]:
    for unit in (*(reading.units[i] for i in reading.anchor), *reading.headings):
        if swap := swapped(reading.claim, reading.words, unit.text, unit.words):
            yield Verdict.NOT_FOUND, _instead(swap)
            return
        if swap := replaced(reading.claim, reading.words, unit.text, unit.words):
            yield Verdict.PARTLY, _instead(swap)
    page_words = [word for unit in reading.units for word in unit.words]
    everywhere = {key for word in page_words for key in word.keys}
    for i in names_in(reading.words, page_words):
        if not set(reading.words[i].keys) & everywhere:
            yield Verdict.PARTLY, f"the cited words do not name “{reading.words[i].text}”"
            return


def _instead(swap: Swap) -> str:
    return f"the page says “{swap.page}” where the answer says “{swap.answer}”"


def _clauses(reading: _Reading) -> Iterator[Finding]:
    """A sentence of which one half is on the page and the other is not."""
    clauses = _halves(reading.claim)
    for clause in clauses if len(clauses) > 1 else ():
        weight = {key: reading.weight[key] for key in content_keys(words_of(clause)) if key in reading.weight}
        if covered(weight, reading.keys) < _CLAUSE_HELD:
            yield Verdict.PARTLY, f"the cited words do not say “{clause.strip()}”"


def _halves(claim: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(claim) if len(content_keys(words_of(clause))) >= _CLAUSE_WORDS]


def _missing_words(reading: _Reading) -> str:
    missing = [word for word in reading.words if word.content and not set(word.keys) & reading.keys]
    missing.sort(key=lambda word: -max(reading.weight.get(key, 0.0) for key in word.keys))
    return ", ".join(dict.fromkeys(f"“{word.text}”" for word in missing[:3]))


def _worst(findings: Sequence[Finding]) -> Finding:
    return max(findings, key=lambda finding: _SEVERITY.index(finding[0]))


def settled(sentence: str, cited: Sequence[str], finding: Finding, entailment: Entailment) -> Finding:
    """A finding after an inference model has read the cited words, where its word may count."""
    verdict, reason = finding
    only_worded_differently = verdict is Verdict.PARTLY and reason.startswith(_NOT_SPOKEN_OF)
    if not only_worded_differently and verdict is not Verdict.SUPPORTED:
        return finding  # a matter of numbers, names or negations: the model is not asked, it takes a tenth of a second
    entails, _, contradicts = entailment.judge("\n".join(cited), sentence)
    if only_worded_differently and entails >= _SURE:
        return Verdict.SUPPORTED, "the cited words say it in other words"
    if verdict is Verdict.SUPPORTED and contradicts >= _SURE:
        return Verdict.CONTRADICTED, "the cited words say otherwise, as an inference model reads them"
    return finding
