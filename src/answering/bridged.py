"""A question about something that it describes instead of naming it.

"For the town where the first mill was built, what was the population in 2000?" has the words of two places, and neither
answers it alone. The place that speaks of what is described tells a name; the row, the column or the sentence of that
name tells the rest. Both are shown, so that a person sees on what the answer rests.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from shared_utils.message import literal, message
from shared_utils.retrieval.lookup import SURE, LookUp, ranked
from shared_utils.retrieval.question import Glossary, question_words
from shared_utils.retrieval.table_rows import TableRow, rows_of, years_of
from shared_utils.text.quantities import quantities
from shared_utils.text.sentences import split_sentences
from shared_utils.text.words import terms
from shared_utils.types import Answer, Chunk, Passage, Sentence, Span, Verdict
from src.answering.direct import Pages, led_by, pages_found, with_look_up
from src.answering.ingestion import IndexedDocument
from src.answering.places import citations_of, in_words, places

_AHEAD = re.compile(
    r"^\W*(?:for|in|of|at|as|regarding|concerning|considering)\s+(?:the|a|an)\s+(?P<kind>(?!all\b)[^,?]{3,60}?)\s+"
    r"(?P<by>that|which|who|whose|where|in which)\s+(?P<told>[^?]+?),\s*"
    r"(?P<asked>(?:what|how|when|who|where|which)\b[^?]*)",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    r"^\W*(?P<asked>(?:what|how|when|who)\b[^,?]*?)\s+(?:of|in|for|at|from)\s+the\s+"
    r"(?P<kind>[\w-]+(?: [\w-]+){0,2}?)\s+(?P<by>who|whose|where|in which)\s+(?P<told>[^?]+)",
    re.IGNORECASE,
)
_OF_SEVERAL = re.compile(r"\bof (?:them|these|those)\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow (?:many|much|old|tall|high|long|far|large|big)\b|\bpercent", re.IGNORECASE)
_NAME = re.compile(r"[A-Z][\w’'&-]*\.?(?:\s?(?<=[.\s])[A-Z][\w’'&-]*\.?)*")
_OF_A_PERSON = frozenset(terms("mr mrs ms dr prof herr frau"))
_NEAR = 8  # words after which a word tells half as much of a name
_BEFORE = 1.25  # for a name that stands before what is told of it
_TITLED = 4.0  # times as likely is a person's name with a title, where a person is described
_BACK = 900  # characters before a passage in which a name may stand that its words are told of
_FROM = 12  # passages in which what is described is looked for
_NAMES = 12  # that are tried
_ROWS = 3  # of a name that are looked at
_PAGES = 12  # of a name that are looked at
_ENDS = (".", "!", ")", "”", '"')  # of a sentence: a caption that has the words says nothing
_AS_LIKELY = 0.75  # of the first name's score: from here on another name may be meant as well
_ENOUGH, _MOST_OF = 0.5, 0.6  # share of a question's words that a row, a sentence of the name must have
_ROW_HOLDS = 0.5  # share of a description's weight that a row must have


@dataclass(frozen=True, slots=True)
class Described:
    """What a question asks, of something of a `kind` of which it tells something."""

    kind: str
    told: str
    asked: str
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A name that may be meant, and where it is said: a sentence of a page, or a row of a table."""

    text: str
    score: float
    document_id: str
    page: int
    span: Span | None = None
    row: TableRow | None = None

    @property
    def name(self) -> frozenset[str]:
        return frozenset(terms(self.text)) - _OF_A_PERSON


def described(question: str) -> Described | None:
    """What a question describes and asks of it; None where it names what it asks about.

    >>> described("For the town where the first mill was built, what was the population in 2000?")
    Described(kind='town', told='the first mill was built', asked='what was the population in 2000', is_person=False)
    >>> described("What was the population of the town where the first mill was built?").told
    'the first mill was built'
    >>> described("What was the population of Lund in 2000?")
    """
    match = _AHEAD.search(question) or _BEHIND.search(question)
    if match is None or _OF_SEVERAL.search(match["asked"]):
        return None
    return Described(match["kind"], match["told"].strip(), match["asked"].strip(), match["by"].lower() == "who")


def with_bridge(
    question: str,
    answer: Answer,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    pages: Pages,
    names: Mapping[str, str],
    glossary: Glossary,
) -> Answer | None:
    """The answer, led by what is asked of what the question describes, and by where that has its name; None where the
    question describes nothing, or one of the two is not found."""
    asked = described(question)
    if asked is None:
        return None
    first: tuple[Named, Answer] | None = None
    for named in islice(_named(asked, passages, pages), _NAMES):
        if first is not None and (first[0].row is not None or named.score < _AS_LIKELY * first[0].score):
            break
        told = _told(asked, named, answer, documents, pages, names, glossary)
        if told is not None and first is not None:
            return None  # two are as likely: neither is told as the one that is meant
        first = (named, told) if told is not None else first
    return first[1] if first is not None else None


def _told(
    asked: Described,
    named: Named,
    answer: Answer,
    documents: Sequence[IndexedDocument],
    pages: Pages,
    names: Mapping[str, str],
    glossary: Glossary,
) -> Answer | None:
    """The answer, led by what is asked of a name and by the place that has it; None where nothing tells it."""
    chunks = list(_holding(named, documents))
    words = f"{asked.asked} {named.text}"
    likely = ranked(words, _rows(named, chunks, pages), glossary, most=_ROWS)
    found = next((one for one in likely if one.score >= SURE and _is_of(asked, named, one)), None)
    if found is not None:
        return with_look_up(_after(answer, named, pages, names), found, names)
    if (told := _sentence(asked, named, chunks)) is not None:
        return _led(_after(answer, named, pages, names), told, pages, names)
    return None


def _named(asked: Described, passages: Sequence[Passage], pages: Pages) -> Iterator[Named]:
    """The names that may be meant, the likeliest first."""
    told = set(question_words(asked.told))
    known = told | set(terms(f"{asked.kind} {asked.asked}"))
    held = Counter(term for passage in passages for term in told.intersection(terms(passage.chunk.text)))
    weight = {term: math.log(1 + (len(passages) + 1) / (held[term] + 0.5)) for term in told}
    found = [*_in_rows(asked, weight, passages, pages), *_in_sentences(asked, weight, known, passages, pages)]
    seen = set[frozenset[str]]()
    for named in sorted(found, key=lambda each: -each.score):
        if named.name and not named.name <= known and named.name not in seen:
            seen.add(named.name)
            yield named


def _in_rows(
    asked: Described, weight: Mapping[str, float], passages: Sequence[Passage], pages: Pages
) -> Iterator[Named]:
    """Values of the kind that is described, in rows that hold what is told of it."""
    kind, whole = frozenset(terms(asked.kind)), sum(weight.values()) or 1.0
    for document_id, page, score in pages_found(passages, pages):
        for row in rows_of(document_id, page, score):
            share = sum(weight[word] for word in row.words & weight.keys()) / whole
            if share < _ROW_HOLDS:
                continue
            for fact, heads in zip(row.facts, row.heads, strict=True):
                if kind <= heads:
                    yield Named(fact.value.text, 1 + share, document_id, page.number, row=row)


def _in_sentences(
    asked: Described, weight: Mapping[str, float], known: set[str], passages: Sequence[Passage], pages: Pages
) -> Iterator[Named]:
    """Names near what is told, in the passages that tell it and right before them on their pages."""
    whole = sum(weight.values()) or 1.0
    for passage in passages[:_FROM]:
        chunk = passage.chunk
        if sum(weight[term] for term in weight.keys() & set(terms(chunk.text))) < _ROW_HOLDS * whole:
            continue
        page = pages[chunk.document_id, chunk.page]
        begins = max(0, chunk.start - _BACK)
        text = page.text[begins : chunk.end]
        words = [(match.start(), terms(match.group())) for match in re.finditer(r"[^\W_][\w’'-]*", text)]
        at: dict[str, list[int]] = {}
        for place, (_, said) in enumerate(words):
            for term in weight.keys() & set(said):
                at.setdefault(term, []).append(place)
        for match in _NAME.finditer(text):
            name = frozenset(terms(match.group())) - _OF_A_PERSON
            if not name or name & known:
                continue
            here = next((n for n, (start, _) in enumerate(words) if start >= match.start()), len(words))
            score = 0.0
            for term, placed in at.items():
                off = min(placed, key=lambda one: abs(one - here)) - here
                score += weight[term] / (1 + abs(off) / _NEAR) * (_BEFORE if off > 0 else 1.0)
            if asked.is_person and _OF_A_PERSON.intersection(terms(match.group())):
                score *= _TITLED
            yield Named(
                match.group(), score / whole, chunk.document_id, chunk.page, _around(begins + match.start(), chunk)
            )


def _around(at: int, chunk: Chunk) -> Span:
    """Where on its page the sentence stands that holds a name of a passage; the name and on, where it stands before."""
    if at < chunk.start:
        return Span(at, chunk.end)
    for span in split_sentences(chunk.text):
        if span.start <= at - chunk.start < span.end:
            return Span(chunk.start + span.start, chunk.start + span.end)
    return Span(chunk.start, chunk.end)


def _holding(named: Named, documents: Sequence[IndexedDocument]) -> Iterator[Chunk]:
    """The passages of the name's document that hold all of it."""
    for one in documents:
        if one.document.id != named.document_id:
            continue
        postings = one.index.chunk_words
        units = [set(map(int, postings.units[postings.held(word)])) for word in named.name]
        yield from (one.index.chunks[unit] for unit in sorted(set.intersection(*units)) if units)


def _rows(named: Named, chunks: Sequence[Chunk], pages: Pages) -> list[TableRow]:
    """The rows that are called so or have a column that is, of the pages that hold a name."""
    numbers = list(dict.fromkeys(chunk.page for chunk in chunks))[:_PAGES]
    return [
        row
        for number in numbers
        for row in rows_of(named.document_id, pages[named.document_id, number], 1.0)
        if named.name <= row.label | row.groups or any(named.name <= heads for heads in row.heads)
    ]


def _is_of(asked: Described, named: Named, found: LookUp) -> bool:
    """Whether the values that were looked up are those of a name, of its row or its column, and tell what is asked."""
    wanted = _wanted(asked, named)
    if len(wanted & found.row.words) < _ENOUGH * len(wanted):
        return False
    if named.name <= found.row.label | found.row.groups:
        return True
    heads = dict(zip(map(id, found.row.facts), found.row.heads, strict=True))
    return all(named.name <= heads[id(fact)] for fact in found.facts)


def _wanted(asked: Described, named: Named) -> set[str]:
    return set(question_words(asked.asked)) - set(terms(asked.kind)) - named.name


def _sentence(asked: Described, named: Named, chunks: Sequence[Chunk]) -> tuple[Chunk, Span] | None:
    """The sentence that tells most of what is asked of a name: one that has it, or the next."""
    wanted = _wanted(asked, named)
    best: tuple[float, Chunk, Span] | None = None
    for chunk in chunks if wanted else ():
        follows = 0
        for span in split_sentences(chunk.text):
            text = chunk.text[span.start : span.end]
            said = set(terms(text))
            follows = 2 if named.name <= said else follows - 1
            if (
                follows < 1
                or text.rstrip()[-1:] not in _ENDS
                or (_HOW_MANY.search(asked.asked) and all(q.is_year for q in quantities(text)))
            ):
                continue
            share = len(wanted & said) / len(wanted) + 0.1 * (follows == 2)
            if share > _MOST_OF and years_of(asked.asked) <= years_of(text) and (best is None or share > best[0]):
                best = share, chunk, Span(chunk.start + span.start, chunk.start + span.end)
    return best[1:] if best is not None else None


def _after(answer: Answer, named: Named, pages: Pages, names: Mapping[str, str]) -> Answer:
    """The answer after the place that has the name."""
    page = pages[named.document_id, named.page]
    if named.row is not None:
        spans = places(page, named.row.table, named.row.facts)
        words, reason = in_words(named.row.table, named.row.facts), message("read off the table, word for word")
    else:
        spans = [named.span or Span(0, 0)]
        words, reason = " ".join(page.text[spans[0].start : spans[0].end].split()), message("quoted word for word")
    cited = citations_of([(named.document_id, page, span) for span in spans], names)
    said = Sentence(words, tuple(c.marker for c in cited), Verdict.SUPPORTED, reason, said=literal(words))
    return led_by(answer, [said], cited, answer.direct, cited)


def _led(answer: Answer, told: tuple[Chunk, Span], pages: Pages, names: Mapping[str, str]) -> Answer:
    """The answer after the sentence that was found."""
    chunk, span = told
    page = pages[chunk.document_id, chunk.page]
    cited = citations_of([(chunk.document_id, page, span)], names)
    said = Sentence(
        " ".join(page.text[span.start : span.end].split()), (1,), Verdict.SUPPORTED, message("quoted word for word")
    )
    return led_by(answer, [said], cited, None, cited)
