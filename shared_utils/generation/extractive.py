"""An answer made of the documents' own sentences: what is shown at once, and all there is without a language model."""

from __future__ import annotations

import math
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from shared_utils.generation.kinds import holds_kind
from shared_utils.generation.page_breaks import Prose, over_headings, over_pages, to_the_last_whole
from shared_utils.generation.surroundings import begins_clause, read_with
from shared_utils.message import message
from shared_utils.structure import sentences as structure
from shared_utils.structure.rows import groups_of, is_named_twice, names_over, over, row_at
from shared_utils.structure.sentences import PageRows, page_rows, sentences_between
from shared_utils.text.asking import asks_reason
from shared_utils.text.expected import asked_prohibition, expected_type
from shared_utils.text.sentences import is_table_row
from shared_utils.text.subject import OF_THE_SUBJECT, names_in, on_most
from shared_utils.text.words import other_forms, terms
from shared_utils.types import (
    QUOTED,
    Answer,
    Citation,
    Embedder,
    Evidence,
    EvidenceSpan,
    Page,
    Sentence,
    Span,
    Verdict,
)

Pages = Mapping[tuple[str, int], Page]

MOST_QUOTES = 5
READ_WITH = 600  # characters of a quote with what stands around it; see docs/adr/0086
_ALONE = 1  # … of one that is read alone, with no more than what "it" in it stands for
_FEW_QUOTES = 2
_EMBEDDED = 20  # candidates whose meaning is compared: embedding more costs more than it finds
_W_NEAR = 0.6  # question words in the heading and the neighbouring sentences
_W_KIND = 0.2  # holds a value of the kind asked for
_W_MEANING = 0.4  # cosine
_W_BESIDE = 0.2  # pairs of the question's words that stand beside each other in it
_W_SPAN = 0.3  # how well its evidence span was thought to speak to the question, beside the best of them
_W_FOUND = 0.7  # the same, as it is: one that was found by its words and its meaning is the better one by far
_HEADING_SHARE = 0.4  # a heading names the subject, the sentence under it answers
_LEAD_IN_SHARE = 0.7  # so does "The components are as follows:", though less so
_NO_FORM = 0.4  # of a sentence without a number to call, where one is asked for
_IN_CAPITALS = 0.85  # of a paragraph in capitals: a disclaimer has many words of any question
_NO_REASON = 0.7  # of a table's row, where a reason is asked for
_HEADINGS_OVER_A_ROW = 8
_LONGEST_LABEL = 60  # characters; longer text in capitals is a paragraph
_LEAST = 0.5  # share of the best score that a sentence needs to be shown beside it
_LEAST_BESIDE = 0.7  # … that one needs which only stands beside the question's words
_LEAST_BEFORE = 0.85  # … that one needs to be read before it
_SAME = 0.8  # share of its terms by which a sentence repeats another
_LONGEST_CHARS = 700  # of one sentence; longer "sentences" are text without punctuation
_FARTHEST_HEADING = 40  # sentences and rows above
_LONGEST_HEAD = 160  # characters
_MOST_CHARS = 1_100  # that are quoted in all

_DIGIT = re.compile(r"\d")
_ENDS = re.compile(r"[.!?。！？][\"'”’)\]]*\s*$")
_FILLING = frozenset(terms("something anything someone somebody anyone anybody"))  # say nothing of what is asked
_FILLS = 0.2  # what they count


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence or table row: `page.text[start:end] == text`, in reading order `position`."""

    span: EvidenceSpan
    position: int
    start: int
    end: int
    text: str
    terms: tuple[str, ...]
    is_heading: bool
    context: tuple[str, ...] = ()  # of a row: the terms of what stands over it
    is_named: bool = True  # whether it holds a word of the question itself
    score: float = 0.0


def extractive_answer(
    question: str,
    evidence: Evidence,
    pages: Pages,
    names: Mapping[str, str],
    *,
    max_sentences: int = MOST_QUOTES,
    around: int = READ_WITH,
    embedder: Embedder | None = None,
) -> Answer:
    """The best sentences of the evidence, word for word, the best first; what touches is shown together.

    A sentence is read with what stands around it, up to `around` characters together; 0 leaves it alone.
    `pages` maps (document id, page number) to the page of every evidence span, `names` document ids to display names.
    A table row whose column heads stand higher on the page has them before it, with a citation of their own; so has a
    sentence what of it stands on the page before or after, where `pages` has that.
    """
    began = time.perf_counter()
    texts = {(span.document_id, span.page): pages[span.document_id, span.page].text for span in evidence.spans}
    subject = on_most(names_in(question), texts.values())
    candidates = _scored(question, _candidates(evidence, pages), subject, embedder)
    runs = [_from_its_best(run) for run in _merged(_chosen(candidates, max_sentences))]
    citations: list[Citation] = []
    sentences: list[Sentence] = []
    prose = Prose(pages)
    for paragraph, (run, place) in enumerate(_placed(runs, pages, around, prose)):
        key = run[0].span.document_id, run[0].span.page
        heads = [(key, head) for head in _column_heads(run[0], pages[key])]
        whole = over_pages(key, place, prose) if around and not run[0].context else [(key, place)]
        cited = [
            _citation(len(citations) + i, pages[of], of[0], part, names)
            for i, (of, part) in enumerate(heads + whole, 1)
        ]
        quotes = [" ".join(citation.quote.split()) for citation in cited]
        text = " · ".join([*quotes[: len(heads)], " ".join(quotes[len(heads) :])])
        markers = tuple(citation.marker for citation in cited)
        sentences.append(Sentence(text, markers, Verdict.SUPPORTED, message("quoted word for word"), paragraph))
        citations += cited
    return Answer(
        question=question,
        answerable=bool(sentences),
        sentences=tuple(sentences),
        citations=tuple(citations),
        finish_reason="stop" if sentences else "refused",
        stats=replace(QUOTED, generation_s=time.perf_counter() - began),
        raw_text="\n".join(s.text + " " + "".join(f"[{marker}]" for marker in s.citations) for s in sentences),
    )


short_answer = partial(extractive_answer, max_sentences=_FEW_QUOTES, around=_ALONE)
"""The same in a sentence or two, each alone: where several questions are answered at once."""

# ------------------------------------------------------------------------------------------------ what there is


def _candidates(evidence: Evidence, pages: Pages) -> list[_Candidate]:
    found: dict[tuple[str, int, int], _Candidate] = {}
    rows: dict[tuple[str, int], PageRows] = {}
    for span in evidence.spans:
        place = (span.document_id, span.page)
        page = pages[place]
        if place not in rows:
            rows[place] = page_rows(page)
        for one in _sentences(span, page, rows[place]):
            text = page.text[one.start : one.end]
            context = tuple(terms(" · ".join(over(one.row)))) if one.row is not None else ()
            if (*place, one.start) not in found:
                found[*place, one.start] = _Candidate(
                    span, len(found), one.start, one.end, text, tuple(terms(text)), _is_heading(text, page), context
                )
    return list(found.values())


def _sentences(span: EvidenceSpan, page: Page, rows: PageRows) -> Iterator[structure.Sentence]:
    for one in sentences_between(page, span.start, span.end, rows):
        is_inside = span.start <= one.start and one.end <= span.end
        if (
            is_inside
            and one.end - one.start <= _LONGEST_CHARS
            and not any(hole.start < one.end and one.start < hole.end for hole in (*page.boilerplate, *page.hidden))
        ):
            yield one


def _is_heading(text: str, page: Page) -> bool:
    """Short, without an end of sentence, without a value: it says what follows."""
    if any(page.text[heading.start : heading.end].strip() == text for heading in page.headings):
        return True
    return (
        len(text.split()) <= 8 and text[-1] not in ".!?。！？;" and not is_table_row(text) and not _DIGIT.search(text)
    )


# ------------------------------------------------------------------------------------------------ what is best


def _scored(
    question: str, candidates: Sequence[_Candidate], subject: frozenset[str], embedder: Embedder | None
) -> list[_Candidate]:
    """score = own words + near words + pairs + kind + span, each 0 … 1 times its weight; then the cosine of the best.

    Words count by their idf over the candidates, so what every sentence repeats decides nothing, and as often as they
    are asked for: of a follow-up, what is asked now stands there several times. Names of the `subject` of the documents
    count little.
    """
    asked = tuple(terms(question))
    if others := other_forms(question):
        candidates = [replace(c, terms=_told(c.terms, others), context=_told(c.context, others)) for c in candidates]
    df = Counter(term for c in candidates for term in set(c.terms))
    counts = {term: OF_THE_SUBJECT if term in subject else _FILLS if term in _FILLING else 1.0 for term in asked}
    idf = {
        term: times * math.log(1 + len(candidates) / (df[term] or 0.5)) * counts[term]
        for term, times in Counter(asked).items()
    }
    whole = sum(idf.values()) or 1.0
    best_span = max((c.span.score for c in candidates), default=0.0) or 1.0

    is_reason = asks_reason(question)
    form = expected_type(question) or asked_prohibition(question)

    def score(i: int, c: _Candidate) -> float:
        own = idf.keys() & set(c.terms)
        near = (idf.keys() & _near(candidates, i)) - own
        value = (sum(idf[t] for t in own) + _W_NEAR * sum(idf[t] for t in near)) / whole
        if not own and not near:
            return 0.0
        value += _W_KIND * holds_kind(question, c.text) + _W_BESIDE * _share_of_pairs(asked, c.terms)
        value += (_W_SPAN / best_span + _W_FOUND) * c.span.score
        if form is not None and not form.is_in(c.text):
            value *= _NO_FORM
        return value * _share(c) * (_NO_REASON if c.context and is_reason else 1)

    named = [not idf.keys().isdisjoint(c.terms) for c in candidates]
    weighed = (replace(c, score=score(i, c), is_named=named[i]) for i, c in enumerate(candidates))
    scored = sorted(weighed, key=lambda c: -c.score)
    return _by_meaning(question, scored, embedder) if embedder and scored else scored


def _told(words: Sequence[str], others: Mapping[str, str]) -> tuple[str, ...]:
    """Words with those of a question in its own form."""
    return tuple(others.get(word, word) for word in words)


def _near(candidates: Sequence[_Candidate], i: int) -> set[str]:
    """The terms of what a sentence is read with: its neighbours, and its heading or, for a row, what is over the table.

    Within one evidence span only: nothing tells what stood between two of them.
    """
    here = [c for c in candidates[max(0, i - _FARTHEST_HEADING) : i] if c.span is candidates[i].span]
    read_with = [*here[-1:], *(c for c in candidates[i + 1 : i + 2] if c.span is candidates[i].span)]
    if candidates[i].context:
        return {*candidates[i].context, *(term for c in read_with for term in c.terms)}
    if is_table_row(candidates[i].text):
        read_with += [c for c in here if not is_table_row(c.text)][-_HEADINGS_OVER_A_ROW:]
    else:
        read_with += [c for c in here if c.is_heading][-1:]
    return {term for c in read_with for term in c.terms}


def _share_of_pairs(asked: Sequence[str], said: Sequence[str]) -> float:
    """Of the words of a question that follow one another, how many do so in a sentence: 0 … 1."""
    pairs = set(pairwise(asked))
    return len(pairs & set(pairwise(said))) / (len(pairs) or 1)


def _share(c: _Candidate) -> float:
    if c.is_heading:
        return _HEADING_SHARE
    if c.text.rstrip().endswith((":", "：")):
        return _LEAD_IN_SHARE
    return _IN_CAPITALS if len(c.text) > _LONGEST_LABEL and c.text.isupper() else 1.0


def _by_meaning(question: str, scored: Sequence[_Candidate], embedder: Embedder) -> list[_Candidate]:
    compared = scored[:_EMBEDDED]
    cosines = embedder.embed_passages([c.text for c in compared]) @ embedder.embed_query(question)[0]
    moved = [
        replace(c, score=c.score + _W_MEANING * float(cosine) * _share(c))
        for c, cosine in zip(compared, cosines, strict=True)
    ]
    return [*sorted(moved, key=lambda c: -c.score), *scored[_EMBEDDED:]]


# ------------------------------------------------------------------------------------------------ what is shown


def _chosen(ranked: Sequence[_Candidate], max_sentences: int) -> list[_Candidate]:
    kept: list[_Candidate] = []
    for c in ranked:
        if len(kept) == max_sentences or c.score <= 0 or c.score < _LEAST * ranked[0].score:
            break
        if not c.is_named and c.score < _LEAST_BESIDE * ranked[0].score:
            continue
        if not any(_repeats(c, other) for other in kept):
            kept.append(c)
    return kept


def _repeats(c: _Candidate, other: _Candidate) -> bool:
    if not c.terms or not other.terms:
        return c.text == other.text
    ours, theirs = set(c.terms), set(other.terms)
    return len(ours & theirs) >= _SAME * len(ours | theirs)


def _merged(chosen: Sequence[_Candidate]) -> list[list[_Candidate]]:
    """What touches on the page becomes one run in reading order, at the place of its best sentence."""
    runs: list[list[_Candidate]] = []
    for c in chosen:
        touching = [run for run in runs if any(_touch(c, member) for member in run)]
        if not touching:
            runs.append([c])
            continue
        first, *others = touching
        first += [c, *(member for run in others for member in run)]
        first.sort(key=lambda member: member.position)
        runs = [run for run in runs if run not in others]
    return runs


def _from_its_best(run: Sequence[_Candidate]) -> Sequence[_Candidate]:
    """A run without the sentences before its best that are clearly worse: the one that answers comes first. The lines
    of an address or a title page are no sentences and stay together."""
    best = max(range(len(run)), key=lambda place: run[place].score)
    first = best
    while first and (run[first - 1].score >= _LEAST_BEFORE * run[best].score or not _ENDS.search(run[first - 1].text)):
        first -= 1
    return run[first:]


def _touch(one: _Candidate, other: _Candidate) -> bool:
    same_page = (one.span.document_id, one.span.page) == (other.span.document_id, other.span.page)
    are_rows = bool(one.context or other.context)  # each is told under its heads, on a line of its own
    if not same_page or are_rows or abs(one.position - other.position) != 1 or one.span is not other.span:
        return False
    return not begins_clause(max(one, other, key=lambda c: c.position).text)


def _placed(
    runs: Sequence[Sequence[_Candidate]], pages: Pages, around: int, prose: Prose
) -> list[tuple[Sequence[_Candidate], Span]]:
    """The runs that are quoted, and where: with what they are read with, within `_MOST_CHARS`, the best in any case.

    What an earlier one holds already is left out.
    """
    found: list[tuple[Sequence[_Candidate], Span]] = []
    taken: dict[tuple[str, int], list[Span]] = {}
    room = _MOST_CHARS
    for run in runs:
        key = run[0].span.document_id, run[0].span.page
        page, place, before = pages[key], Span(run[0].start, run[-1].end), taken.setdefault(key, [])
        if any(other.start <= place.start and place.end <= other.end for other in before):
            continue
        if around and not any(c.context or c.is_heading or is_table_row(c.text) for c in run):
            sentences, items = prose.of(key)
            wider = to_the_last_whole(key, read_with(page.text, sentences, place, around, items), place, prose)
            wider = over_headings(page, wider, sentences)
            fits = wider.end - wider.start <= room or not found
            if fits and not any(other.start < wider.end and wider.start < other.end for other in before):
                place = wider
        if found and place.end - place.start > room:
            continue
        room -= place.end - place.start
        before.append(place)
        found.append((run, place))
    return found


def _column_heads(row: _Candidate, page: Page) -> list[Span]:
    """What names the columns of a table row, and its group where the row's label tells it from no other, where they
    stand higher on the page; not what is as long as a sentence."""
    known = row_at(page, row.start, row.end) if row.context else None
    groups = groups_of(page, known)[-1:] if known is not None and is_named_twice(known) else ()
    over = [span for span in (*names_over(page, row.start, row.end), *groups) if span.end <= row.start]
    return [span for span in over if span.end - span.start <= _LONGEST_HEAD]


def _citation(marker: int, page: Page, document_id: str, place: Span, names: Mapping[str, str]) -> Citation:
    return Citation(
        marker=marker,
        document_id=document_id,
        document=names.get(document_id, document_id),
        page=page.number,
        page_label=page.label,
        quote=page.text[place.start : place.end],
        start=place.start,
        end=place.end,
    )
