"""Turns a model's raw answer into footnoted sentences: each citation is the exact sentence or table row behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared_utils.citations.alignment import nearest_copy
from shared_utils.citations.base_rate import NO_SENTENCES, UNKNOWN, Share
from shared_utils.citations.claimless import claims_nothing, is_list_mark
from shared_utils.citations.firmness import Told, in_company
from shared_utils.citations.framing import bare_claim
from shared_utils.citations.items import item_of, lines_of
from shared_utils.citations.markers import take_out_markers
from shared_utils.citations.reading import Finding, read_claim
from shared_utils.citations.reasons import halves
from shared_utils.citations.remembering import RememberingEmbedder
from shared_utils.citations.retold import is_heading
from shared_utils.citations.siblings import number_of_another
from shared_utils.citations.support import speaking_units
from shared_utils.citations.text_units import KeyedCell, Unit, Word, content_keys, units_of, with_cells, words_of
from shared_utils.citations.verification import Entailment, settled, verify
from shared_utils.message import message
from shared_utils.tables.paths import heads_over, values
from shared_utils.text.numerals import Notation, notation_of_document
from shared_utils.text.sentences import split_sentences
from shared_utils.types import Citation, Embedder, Evidence, EvidenceSpan, Page, Sentence, Span, Verdict

_ASKING = re.compile(r"\bhow (?:many|much|long|often|old|far|large|high)\b", re.IGNORECASE)
_PRONOUN = re.compile(
    r"(?:it|its|they|their|this|these|he|she|his|her|er|sie|es|dies\w*|il|elle|ils|elles)\b", re.IGNORECASE
)
_ENDS = (".", "!", "?", ":", ";", "。", "！", "？")
_COPY_WORDS, _COPY = 2, 0.8  # words of content, and the share of all words in order, of a sentence of the page
_COPY_WHOLE = 0.5  # share of that sentence's words of content; a stretch of it is an answer only with its question
_MOST_QUOTED = 2  # sentences or rows of one evidence span behind one sentence of the answer
_SAYS_SOMETHING = 4  # content words
_CANDIDATES = 3  # evidence spans compared with a sentence that names none

Pages = Mapping[tuple[str, int], Page]


@dataclass(frozen=True, slots=True)
class CitedText:
    """An answer with its footnotes. Every marker in `sentences` is the number of one of `citations`."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    dropped_markers: int  # numbers the model wrote that no evidence has
    share: Share = NO_SENTENCES  # of its claims, how many hold


@dataclass(frozen=True, slots=True)
class _Claim:
    text: str
    named: tuple[int, ...]  # evidence markers the model put at it
    paragraph: int
    item: str  # as in Sentence


Quote = tuple[str, int, int, int]  # document id, page, start, end


@dataclass(frozen=True, slots=True)
class _Source:
    """What is known of the evidence besides its words."""

    notations: Mapping[str, Notation]  # of every document, by its id
    cells: Mapping[int, tuple[KeyedCell, ...]]  # of every evidence span, by its marker


def cite(
    raw_text: str,
    question: str,
    evidence: Evidence,
    pages: Pages,
    names: Mapping[str, str],
    embedder: Embedder | None = None,
    entailment: Entailment | None = None,
    *,
    wants_word: bool = False,
    known: Share = UNKNOWN,
) -> CitedText:
    """Footnotes and verdicts for a finished answer; what claims nothing and what is not told firmly enough is left out.

    `pages` maps (document id, page number) to the page of every evidence span, `names` document ids to display names.
    `entailment` is asked once a sentence, about the evidence it was given. `wants_word`: a yes or a no is asked for.
    `known`: how many of the sentences that this model wrote before held.
    """
    embedder = RememberingEmbedder(embedder) if embedder else None
    by_marker = {span.marker: span for span in evidence.spans}
    source = _Source(_notations(evidence, pages), {s.marker: _cells_in(s, pages) for s in evidence.spans})
    given = tuple(unit for span in evidence.spans for unit in units_of(span.text, source.notations[span.document_id]))
    claims, dropped = _claims(raw_text, by_marker)
    order: dict[Quote, int] = {}
    sentences: list[Sentence] = []
    told: list[Told] = []
    judged: dict[tuple[str, tuple[int, ...]], tuple[Sequence[EvidenceSpan], Finding]] = {}
    for claim in claims:
        if why := claims_nothing(claim.text, question, wants_word=wants_word):
            told.append(Told(claim.text, Finding(Verdict.NOT_FOUND, why), ()))
            sentences.append(
                Sentence(claim.text, (), Verdict.NOT_FOUND, why, claim.paragraph, claim.item, left_out=True)
            )
            continue
        complete = _complete(claim.text, question, evidence.spans)
        if (complete, claim.named) not in judged:  # a model that is stuck says the same hundreds of times
            named = [by_marker[number] for number in claim.named]
            found, finding = _supporting(complete, named, evidence.spans, source, embedder)
            if finding.verdict is Verdict.SUPPORTED:
                found, finding = _unless_of_another(complete, found, finding, evidence.spans, source)
            if entailment is not None and not found:
                found, finding = _said_by_the_closest(complete, evidence.spans, source, embedder, entailment, finding)
            elif entailment is not None:
                finding = settled(complete, [span.text for span in found], finding, entailment)
            judged[complete, claim.named] = found, finding
        spans, finding = judged[complete, claim.named]
        quotes = [
            quote for span in spans for quote in _narrowed(complete, span, source.notations[span.document_id], embedder)
        ]
        numbers = [order.setdefault(quote, len(order) + 1) for quote in dict.fromkeys(quotes)]
        units = tuple(
            unit
            for span in spans
            for unit in with_cells(units_of(span.text, source.notations[span.document_id]), source.cells[span.marker])
        )
        told.append(Told(complete, finding, units, is_short=complete != claim.text, evidence=given))
        sentences.append(
            Sentence(claim.text, tuple(sorted(numbers)), finding.verdict, finding.reason, claim.paragraph, claim.item)
        )
    findings, share = in_company(told, question, known)
    sentences = [_in_company(one, finding) for one, finding in zip(sentences, findings, strict=True)]
    citations = tuple(_citation(number, quote, pages, names) for quote, number in order.items())
    return CitedText(tuple(sentences), citations, dropped, share)


def _claims(raw_text: str, known: Mapping[int, EvidenceSpan]) -> tuple[list[_Claim], int]:
    marked = take_out_markers(raw_text, known)
    claims: list[_Claim] = []
    line_start = paragraph = 0
    for line in lines_of(marked.text):
        line_end = line_start + len(line)
        inside = [(at - line_start, numbers) for at, numbers in marked.at if line_start <= at < line_end]
        if line_end == len(marked.text):
            inside += [(at - line_start, numbers) for at, numbers in marked.at if at == line_end]
        found = _claims_of_line(line, inside, paragraph)
        claims += found
        paragraph += 1 if found else 0
        line_start = line_end
    told = [claim for claim in claims if not is_list_mark(claim.text)]
    return told if len(claims) > 1 else claims, marked.unknown


def _claims_of_line(line: str, markers: Sequence[tuple[int, tuple[int, ...]]], paragraph: int) -> list[_Claim]:
    item, skipped = item_of(line)  # it is nobody's claim, least of all a number that counts items
    spans = [Span(span.start + skipped, span.end + skipped) for span in split_sentences(line[skipped:])]
    named: list[list[int]] = [[] for _ in spans]
    for at, numbers in markers:
        if spans:
            # A marker belongs to the words before it, also behind the full stop; only one that opens the line, after.
            owner = max((i for i, span in enumerate(spans) if span.start < at), default=0)
            named[owner] += [number for number in numbers if number not in named[owner]]
    items = [item, *[""] * len(spans)]  # the first sentence of a line carries its mark
    return [
        _Claim(" ".join(line[span.start : span.end].split()), tuple(numbers), paragraph, item)
        for span, numbers, item in zip(spans, named, items, strict=False)
    ]


def _in_company(sentence: Sentence, finding: Finding) -> Sentence:
    """The sentence as it is told beside the others of its answer; only partly said, or beside the point: left out."""
    left_out = sentence.left_out or finding.verdict is Verdict.PARTLY or finding.is_beside
    return replace(sentence, verdict=finding.verdict, reason=finding.reason, left_out=left_out)


def _complete(claim: str, question: str, spans: Sequence[EvidenceSpan]) -> str:
    """A short answer ("15 %.", a heading) says something only together with its question; a sentence of the page does
    alone."""
    words = words_of(bare_claim(claim))
    if not (_is_short(claim) or _is_a_heading(words, spans)) or _stands_alone(words, spans):
        return claim
    return f"{_ASKING.sub('', question).rstrip(' ?？')}: {bare_claim(claim)}"


def _is_short(claim: str) -> bool:
    return len(content_keys(words_of(bare_claim(claim)))) < _SAYS_SOMETHING


def _is_a_heading(words: Sequence[Word], spans: Sequence[EvidenceSpan]) -> bool:
    """Whether it copies a line, written large, that names something and says nothing of it, however long."""
    said = [word.text for word in words]
    units = (unit for span in spans for unit in units_of(span.text))
    return any(is_heading(unit) and [word.text for word in unit.words] == said for unit in units)


def _stands_alone(words: Sequence[Word], spans: Sequence[EvidenceSpan]) -> bool:
    """Whether a short sentence copies one of the pages: "The figures are for reference only." needs no question. A
    heading does: it names something and says nothing of it."""
    if len(content_keys(words)) < _COPY_WORDS:
        return False
    keys = content_keys(words)
    for units in (units_of(span.text) for span in spans):
        copy = nearest_copy(words, units, range(len(units)))
        whole = copy is not None and len(keys) >= _COPY_WHOLE * len(units[copy.unit].keys)
        if copy is not None and copy.likeness >= _COPY and whole and not _names_only(units[copy.unit]):
            return True
    return False


def _names_only(unit: Unit) -> bool:
    return not unit.is_row and not unit.text.rstrip(" \"'”»)").endswith(_ENDS)


def _supporting(
    claim: str,
    named: Sequence[EvidenceSpan],
    spans: Sequence[EvidenceSpan],
    source: _Source,
    embedder: Embedder | None,
) -> tuple[Sequence[EvidenceSpan], Finding]:
    """The evidence that a sentence stands on, and how firmly.

    That is what the model named, unless those words do not say it and others do: small models mix up numbers, and put
    two passages into one sentence; or unless the sentence copies others. A sentence gets evidence it did not name only
    by the same measure as any other, never by a lower one.
    """
    own = _verified(claim, named, source, embedder)
    if named and own.verdict is Verdict.SUPPORTED:
        if copied := _copied_elsewhere(claim, named, spans):
            found_there = _verified(claim, [copied], source, embedder)
            if found_there.verdict is Verdict.SUPPORTED:
                return [copied], found_there
        return _needed(claim, named, own.verdict, source, embedder), own
    others = _closest(claim, [span for span in spans if span not in named])
    found = [(span, _verified(claim, [span], source, embedder)) for span in others]
    for span, other in found:
        if other.verdict is Verdict.SUPPORTED:
            return [span], other
    both, probability = _of_its_halves(claim, [*named, *others], source, embedder)
    if both:
        each = message("the cited words say it, each a part of it")
        return both, Finding(Verdict.SUPPORTED, each, probability=probability)
    if named and own.verdict is not Verdict.NOT_FOUND:
        return _needed(claim, named, own.verdict, source, embedder), own
    for span, other in found if not named else ():
        if other.verdict is not Verdict.NOT_FOUND:
            return [span], other
    return named, own


def _unless_of_another(
    claim: str, found: Sequence[EvidenceSpan], finding: Finding, spans: Sequence[EvidenceSpan], source: _Source
) -> tuple[Sequence[EvidenceSpan], Finding]:
    """A sentence whose number is another thing's, told by a sentence that it does not stand on: that is cited then."""
    spoken = [(span, unit) for span in spans for unit in units_of(span.text, source.notations[span.document_id])]
    other = number_of_another(read_claim(bare_claim(claim), tuple(unit for _, unit in spoken)))
    if other is None:
        return found, finding
    unit, contradicted = other
    return [next(span for span, own in spoken if own is unit)], replace(contradicted, probability=finding.probability)


def _said_by_the_closest(
    claim: str,
    spans: Sequence[EvidenceSpan],
    source: _Source,
    embedder: Embedder | None,
    entailment: Entailment,
    finding: Finding,
) -> tuple[Sequence[EvidenceSpan], Finding]:
    """For a sentence that stands on no evidence by its words: the closest, where an inference model reads it there."""
    closest = _closest(claim, spans)[:1]
    by_words = _verified(claim, closest, source, embedder)
    there = settled(claim, [span.text for span in closest], by_words, entailment)
    return (closest, there) if there.verdict is Verdict.SUPPORTED else ((), finding)


def _copied_elsewhere(claim: str, named: Sequence[EvidenceSpan], spans: Sequence[EvidenceSpan]) -> EvidenceSpan | None:
    """Evidence that a sentence nearly copies, where it copies nothing of what it names: passages on one thing use the
    same words, and the one that was copied is the one meant."""
    words = words_of(bare_claim(claim))
    if len(content_keys(words)) < _SAYS_SOMETHING or any(_holds_copy(words, span) for span in named):
        return None
    return next((span for span in spans if span not in named and _holds_copy(words, span)), None)


def _holds_copy(words: Sequence[Word], span: EvidenceSpan) -> bool:
    keys, units = content_keys(words), units_of(span.text)
    near = [i for i, unit in enumerate(units) if len(keys & unit.keys) >= _COPY * len(keys)]
    copy = nearest_copy(words, units, near)
    return copy is not None and copy.likeness >= _COPY


def _of_its_halves(
    claim: str, spans: Sequence[EvidenceSpan], source: _Source, embedder: Embedder | None
) -> tuple[list[EvidenceSpan], float]:
    """For each clause of a sentence the first span that says it, and the least probability that one does; none where
    one of them is said nowhere."""
    parts = halves(claim)
    said: list[tuple[EvidenceSpan, float]] = []
    for part in parts if len(parts) > 1 else ():
        found = ((span, _verified(part, [span], source, embedder)) for span in spans)
        says = next(((s, f.probability) for s, f in found if f.verdict is Verdict.SUPPORTED), None)
        if says is None:
            return [], 0.0
        said.append(says)
    return list(dict.fromkeys(span for span, _ in said)), min((p for _, p in said), default=0.0)


def _needed(
    claim: str, named: Sequence[EvidenceSpan], verdict: Verdict, source: _Source, embedder: Embedder | None
) -> Sequence[EvidenceSpan]:
    """Without the evidence that says nothing of the claim, as long as the rest carries it as far."""
    if len(named) == 1:
        return named
    found = [(span, _verified(claim, [span], source, embedder).verdict) for span in named]
    speaking = [span for span, alone in found if alone is not Verdict.NOT_FOUND]
    together = _verified(claim, speaking, source, embedder).verdict
    return speaking if together is verdict else named


def _verified(claim: str, spans: Sequence[EvidenceSpan], source: _Source, embedder: Embedder | None) -> Finding:
    written = [source.notations[span.document_id] for span in spans]
    cells = [source.cells[span.marker] for span in spans]
    return verify(claim, [span.text for span in spans], notations=written, cells=cells, embedder=embedder)


def _cells_in(span: EvidenceSpan, pages: Pages) -> tuple[KeyedCell, ...]:
    """The values of the page's tables that stand in the span; the names over them may stand outside it."""
    return tuple(
        KeyedCell(cell.spans[0].start - span.start, cell.text, tuple(head.text for head in heads))
        for table in pages[span.document_id, span.page].tables
        for cell in values(table)
        if cell.spans
        and span.start <= cell.spans[0].start < span.end
        and any(char.isdigit() for char in cell.text)
        and (heads := heads_over(table, cell.row, cell.column))
    )


def _notations(evidence: Evidence, pages: Pages) -> Mapping[str, Notation]:
    """How each document writes its numbers, told by those of its pages that are evidence."""
    places = dict.fromkeys((span.document_id, span.page) for span in evidence.spans)
    texts: dict[str, list[str]] = {}
    for document_id, page in places:
        texts.setdefault(document_id, []).append(pages[document_id, page].text)
    return {document_id: notation_of_document(found) for document_id, found in texts.items()}


def _closest(claim: str, spans: Sequence[EvidenceSpan]) -> list[EvidenceSpan]:
    keys = content_keys(words_of(claim))
    return sorted(spans, key=lambda span: -len(keys & content_keys(words_of(span.text))))[:_CANDIDATES]


def _narrowed(claim: str, span: EvidenceSpan, notation: Notation, embedder: Embedder | None) -> list[Quote]:
    """The shortest places of an evidence span that carry the claim; the whole span when none can be told apart."""
    units = units_of(span.text, notation)
    runs = _runs(_with_their_subjects(sorted(_telling(claim, units, notation, embedder)), units))
    if not runs:
        return [(span.document_id, span.page, span.start, span.end)]
    return [
        (span.document_id, span.page, span.start + units[first].start, span.start + units[last].end)
        for first, last in runs
    ]


def _telling(claim: str, units: Sequence[Unit], notation: Notation, embedder: Embedder | None) -> Sequence[int]:
    """The sentence that says it alone, else the few that speak of it. A row says little without the heads over it."""
    speaking = speaking_units(claim, units)[:_MOST_QUOTED]
    for i in speaking if len(speaking) > 1 else ():
        alone = verify(claim, [units[i].text], notations=[notation], embedder=embedder)
        if not units[i].is_row and alone.verdict is Verdict.SUPPORTED:
            return [i]
    return speaking


def _with_their_subjects(indices: Sequence[int], units: Sequence[Unit]) -> list[int]:
    """With the sentence before one that begins with a pronoun: "It was rebuilt in 2014." alone tells nothing."""
    before = {i - 1 for i in indices if i and _PRONOUN.match(units[i].text) and not units[i - 1].is_row}
    return sorted(before.union(indices))


def _runs(indices: Sequence[int]) -> list[tuple[int, int]]:
    """Sorted indices as (first, last) of what touches.

    >>> _runs([1, 2, 5])
    [(1, 2), (5, 5)]
    """
    runs: list[tuple[int, int]] = []
    for index in indices:
        if runs and runs[-1][1] == index - 1:
            runs[-1] = (runs[-1][0], index)
        else:
            runs.append((index, index))
    return runs


def _citation(number: int, quote: Quote, pages: Pages, names: Mapping[str, str]) -> Citation:
    document_id, page_number, start, end = quote
    page = pages[document_id, page_number]
    return Citation(
        marker=number,
        document_id=document_id,
        document=names.get(document_id, document_id),
        page=page_number,
        page_label=page.label,
        quote=page.text[start:end],
        start=start,
        end=end,
    )
