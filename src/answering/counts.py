"""How many there are: the sentence that states the number of what a question counts, word for word.

"How many employees does the group have?" is answered by "we employed 29,239 people", which shares few of its words. So
the places that have what is counted are looked at for a number right before it, in all passages that hold the word; a
number of a part ("12 of our employees", "40 new stores") gives way to that of the whole, which is the greatest.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared_utils.message import message
from shared_utils.retrieval.question import question_words
from shared_utils.retrieval.table_rows import years_of
from shared_utils.structure.waste import is_nothing, is_reference
from shared_utils.text.folding import fold
from shared_utils.text.quantities import Quantity, quantities
from shared_utils.text.sentences import split_sentences
from shared_utils.text.words import terms
from shared_utils.types import Answer, Chunk, Citation, Direct, DirectKind, DirectOperand, Passage, Sentence, Verdict
from src.answering.direct import Pages
from src.answering.ingestion import IndexedDocument, pages_of

_ASKS = re.compile(
    r"\b(?:how many|what number of|what is the number of|wie ?viele|combien de|combien d['’]|cuant[oa]s|quant[ie]|"
    r"quant[oa]s|hoeveel)\s*(?P<thing>[^?]+)"
)
_ENDS = re.compile(
    r"\s+(?:are|is|was|were|do|does|did|has|have|had|can|could|will|would|should|must|may|there|in|of|at|on|for|by|per|"
    r"with|from|to|worked?|work|live|gibt|hat|haben|hatte|sind|ist|war|waren|arbeiten|a|ont|sont|y|il|hay|tiene|son|"
    r"ci|sono|ha|existem|tem|zijn|heeft|er)\b.*"
)
_LIKE = (  # words that count the same
    frozenset(terms("employees people staff persons workers associates colleagues headcount")),
    frozenset(terms("stores shops outlets branches")),
    frozenset(terms("countries nations")),
    frozenset(terms("segments divisions")),
    frozenset(terms("pupils students")),
    frozenset(terms("customers clients")),
)
_EMPLOYS = frozenset(terms("employ employed employees workforce headcount staff personnel"))
_NOT_COUNTED = frozenset(terms("times pages years days hours minutes weeks months percent dollars euros"))
_A_PART = re.compile(
    r"^\s*(?:of\s+(?:the|our|its|their|these|which)|new|additional|more|fewer|other|former|der|des)\b", re.I
)
_IN_CASE = re.compile(  # what holds in a case states no number: "When there are 5 members or fewer, …"
    r"\b(?:when(?:ever)?|if|where|unless|once|wenn|falls|sobald|si|quand|lorsque|cuando|se|quando|wanneer)\b[^,.;:]*$",
    re.IGNORECASE,
)
_MOST, _LEAST = (  # folded; "at most" is answered by "up to 8", and by no other 8
    r"at (?:the )?most|maximum(?: of| is)?|maximal|up to|(?:no|not) more than|(?:not|cannot) exceed|hochstens|bis zu"
    r"|au (?:maximum|plus)|jusqu['’]a|como maximo|hasta|al massimo|fino a|no maximo|ate|hoogstens|maximaal",
    r"at (?:the )?least|minimum(?: of| is)?|minimal|(?:no|not) (?:fewer|less) than|mindestens|au (?:minimum|moins)"
    r"|al menos|como minimo|almeno|pelo menos|no minimo|minstens|minimaal",
)
_LIMITS = tuple((re.compile(rf"\b(?:{way})\b"), re.compile(rf"\b(?:{way})\s+$")) for way in (_MOST, _LEAST))
_OF_ASKING = frozenset(  # who counts, and that something is counted
    terms("have there total overall many group company firm organisation organization business operate employ exist")
)
_NO_COUNT = ("%", "$", "€", "£")
_WITH_NUMBER = re.compile(r"\b(?P<name>[^\W\d_]{3,})\s*(?:#|No\.|Nr\.|n°|№)\s*(?P<number>[1-9]\d?)\b")
_PARTED = re.compile(r"[,.:;()—–|]")  # a number before one of these counts nothing that comes after it
_BETWEEN = 5  # words that may stand between a number and what it counts
_MOST_CHUNKS = 300  # that are looked at
_LONGEST = 500  # characters of a sentence
_BEFORE = 600  # characters before a passage that may name what its sentences go on with: a paragraph
_AS_MUCH = 0.5  # share of the question's other words that the passage must have
_PART, _OTHER_YEAR, _DIRECT, _OF_RANK, _OF_SIZE = 0.4, 0.6, 0.15, 0.3, 0.04


@dataclass(frozen=True, slots=True)
class Counted:
    """The sentence `chunk.text[start:end]`, and the number that it states of `thing`."""

    thing: str
    value: str
    chunk: Chunk
    start: int
    end: int
    is_numbered: bool = False  # nothing states the number: the things bear numbers, of which this is the last


def asks_count(question: str) -> str:
    """What a question counts, folded; "" where it counts nothing.

    >>> asks_count("How many reportable segments does the group have?"), asks_count("How long is it?")
    ('reportable segments', '')
    """
    match = _ASKS.search(fold(question))
    if match is None:
        return ""
    thing = _ENDS.sub("", f" {match['thing']} ").strip(" .!")
    return "" if not terms(thing) or set(terms(thing)) & _NOT_COUNTED else thing


def asks_limit(question: str) -> bool:
    """Whether a number at most, or at least, is asked for.

    >>> asks_limit("How many guests may stay at most?"), asks_limit("How many guests most often stay?")
    (True, False)
    """
    return _limit(question) is not None


def _limit(question: str) -> re.Pattern[str] | None:
    """What stands before a number that is such a limit, in folded text; None where none is asked for."""
    return next((stated for asks, stated in _LIMITS if asks.search(fold(question))), None)


def counted(question: str, passages: Sequence[Passage], documents: Sequence[IndexedDocument]) -> Counted | None:
    """The number that a question asks for, as a sentence states it; None where it counts nothing or none does."""
    thing = asks_count(question)
    if not thing:
        return None
    words = terms(thing)
    head = next((like for like in _LIKE if words[-1] in like), frozenset((words[-1],)))
    names = frozenset(word for one in documents for word in terms(f"{one.document.name} {one.document.title}"))
    asked = years_of(question)
    others = set(question_words(question)) - head - names - asked - _OF_ASKING
    limit = _limit(question)
    ranks = {passage.chunk: rank for rank, passage in enumerate(passages)}
    best: tuple[float, Counted] | None = None
    pages = pages_of(documents)
    for chunk in _holding(head, ranks, documents):
        page = pages[chunk.document_id, chunk.page]
        here = set(terms(page.text[max(0, chunk.start - _BEFORE) : chunk.end]))
        for start, end in _sentences(chunk.text):
            text = chunk.text[start:end]
            said = set(terms(text))
            covered = len(others & said) / len(others) if others else 1.0
            near = len(others & (said | here)) / len(others) if others else 1.0
            if near < _AS_MUCH:
                continue
            for number, between in _numbers_of(text, head, set(words[:-1])):
                if _IN_CASE.search(text, 0, number.start) or (limit and not limit.search(fold(text[: number.start]))):
                    continue
                score = covered + near / 2 + _OF_RANK / (1 + ranks.get(chunk, len(ranks) + 9))
                score += _DIRECT * (between == 0) + _OF_SIZE * math.log10(1 + float(number.value))
                score -= _PART * bool(_A_PART.match(text[number.end :]))
                told = years_of(text)
                score -= _OTHER_YEAR * bool(asked and told and not asked & told)
                if best is None or score > best[0]:
                    best = score, Counted(thing, number.text, chunk, start, end)
    return best[1] if best is not None else _numbered(thing, head, ranks, documents)


def _numbered(
    thing: str, head: frozenset[str], ranks: dict[Chunk, int], documents: Sequence[IndexedDocument]
) -> Counted | None:
    """The last of things that bear the numbers from 1 on, "Quiz #1" to "Quiz #6", of one document; None where they do
    not all stand there."""
    head = head | {word[:-1] for word in head if word[-1] == word[-2:-1]}  # "quizzes", "Quiz #1"
    last: dict[str, dict[int, Counted]] = {}
    for chunk in _holding(head, ranks, documents):
        for match in _WITH_NUMBER.finditer(chunk.text):
            if set(terms(match["name"])) & head:
                at = Counted(thing, match["number"], chunk, match.start(), match.end(), is_numbered=True)
                last.setdefault(chunk.document_id, {}).setdefault(int(match["number"]), at)
    whole = [of_one for of_one in last.values() if len(of_one) > 1 and set(of_one) == set(range(1, len(of_one) + 1))]
    return whole[0][len(whole[0])] if len(whole) == 1 else None


def with_count(answer: Answer, found: Counted, pages: Pages, names: Mapping[str, str]) -> Answer:
    """The answer, the sentence that states the number before it; without what it quotes of the same place."""
    chunk = found.chunk
    page = pages[chunk.document_id, chunk.page]
    start, end = chunk.start + found.start, chunk.start + found.end
    quote = page.text[start:end]
    held = {c.marker for c in answer.citations if _overlaps(c, chunk, start, end)}
    kept = [s for s in answer.sentences if not s.citations or not set(s.citations) <= held]
    still = [c for c in answer.citations if any(c.marker in s.citations for s in kept)]
    numbers = {c.marker: n for n, c in enumerate(still, start=2)}
    name = names.get(chunk.document_id, chunk.document_id)
    cited = Citation(1, chunk.document_id, name, page.number, page.label, quote, start, end)
    led = Sentence(" ".join(quote.split()), (1,), Verdict.SUPPORTED, message("quoted word for word"))
    others = [
        replace(s, citations=tuple(numbers[m] for m in s.citations if m in numbers), paragraph=n)
        for n, s in enumerate(kept, start=1)
    ]
    if found.is_numbered:
        said = message("{n}, numbered from 1 to {n}", n=found.value)
        first = replace(led, text=str(said), reason=message("counted by their numbers"), said=said)
        led, others = first, [replace(led, paragraph=1), *(replace(s, paragraph=s.paragraph + 1) for s in others)]
    sentences = (led, *others)
    return replace(
        answer,
        answerable=True,
        finish_reason="stop",
        sentences=sentences,
        citations=(cited, *(replace(c, marker=numbers[c.marker]) for c in still)),
        raw_text="\n".join(s.text + " " + "".join(f"[{m}]" for m in s.citations) for s in sentences),
        direct=Direct(
            DirectKind.VALUE, found.thing, found.value, "", (DirectOperand(found.thing, found.value, "", (1,)),)
        ),
    )


def _holding(
    head: frozenset[str], ranks: dict[Chunk, int], documents: Sequence[IndexedDocument]
) -> Iterator[Chunk]:  # fmt: skip
    """The passages found, then the others that hold what is counted, of documents that any passage found is of."""
    yield from ranks
    found, left = {chunk.document_id for chunk in ranks}, _MOST_CHUNKS
    for one in documents:
        if one.document.id not in found:
            continue
        postings = one.index.chunk_words
        held = sorted({int(unit) for word in head for unit in postings.units[postings.held(word)]})
        for unit in held[:left]:
            if one.index.chunks[unit] not in ranks:
                yield one.index.chunks[unit]
        left -= min(left, len(held))


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    for span in split_sentences(text):
        said = text[span.start : span.end]
        if len(said) <= _LONGEST and not is_nothing(said) and not is_reference(said):
            yield span.start, span.end


def _numbers_of(text: str, head: frozenset[str], attributes: set[str]) -> Iterator[tuple[Quantity, int]]:
    """The numbers of a sentence right before what is counted, with how many words stand between."""
    numbers = [q for q in quantities(text) if q.value > 1 and not (q.is_year or q.ordinal or q.unit in _NO_COUNT)]
    said = set(terms(text))
    for q in numbers:
        following = re.findall(r"[^\W\d_][\w’'-]*", _PARTED.split(text[q.end : q.end + 90])[0])[: _BETWEEN + 1]
        for between, word in enumerate(following):
            stems = set(terms(word))
            if stems & head:
                is_other = stems & set(terms("people persons")) and not said & _EMPLOYS
                if not is_other and (not attributes or attributes & said):
                    yield q, between
                break


def _overlaps(cited: Citation, chunk: Chunk, start: int, end: int) -> bool:
    same = (cited.document_id, cited.page) == (chunk.document_id, chunk.page)
    return same and cited.start < end and start < cited.end
