"""A question that asks two things: "What was revenue, and who is the CEO?" is answered part by part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from shared_utils.message import Message, message
from shared_utils.text.words import terms
from shared_utils.types import QUOTED, Answer, Citation, Evidence, EvidenceSpan, Sentence
from src.answering.follow_up import cost_of

_SPOKEN = (  # "and" and the words that ask, of each language: "was" asks in one and states in another
    ("and", r"who|what|when|where|which|why|how(?: (?:many|much|long|often|old|high|far))?"),
    ("und", r"wer|was|wann|wo|welche[rsnm]?|warum|wie(?: (?:viele?|lange|oft|hoch))?"),
    ("et", r"qui|que|quand|où|quel(?:le)?s?|pourquoi|comment|combien"),
    ("[ye]", r"qué|quién|cuándo|dónde|cuál|cuánt[oa]s?"),
    ("ed?", r"chi|cosa|quando|dove|quale|quant[oaie]"),
    ("e", r"quem|onde|quando|qual|quant[oa]s?"),
    ("en", r"wie|wat|wanneer|waar|welke?|hoeveel|waarom"),
)
_WAYS = tuple(
    (
        re.compile(rf"\W*(?:(?:in|for|at|on|of|from|with|bei|mit|für|von)\s+)?(?:{asking})\b", re.IGNORECASE),
        # after a comma alone stands a clause as often as a question: "…, which was founded in 1990?"
        re.compile(rf"\s*(?:,?\s*\b{conjunction}|;|\?)\s+(?=(?:also\s+|auch\s+)?(?:{asking})\s+\S)", re.IGNORECASE),
    )
    for conjunction, asking in _SPOKEN
)
_MOST = 3  # parts
_TOLD = 2  # sentences of a part that nothing leads
_SHORT = 320  # characters of them


def parted(question: str) -> tuple[str, ...]:
    """The questions that a question is made of; itself alone where it is one.

    >>> parted("What was revenue in 2022, and who is the CEO?")
    ('What was revenue in 2022?', 'who is the CEO?')
    >>> parted("What did wages and dredging cost?"), parted("Say who chairs the board and what it decides.")
    (('What did wages and dredging cost?',), ('Say who chairs the board and what it decides.',))
    >>> parted("How much interest, net of tax, was there in 2008?")
    ('How much interest, net of tax, was there in 2008?',)
    """
    text = question.strip()
    for begins, between in _WAYS:
        pieces = [piece.strip(" ?.!,;") for piece in between.split(text)]
        if 1 < len(pieces) <= _MOST and all(terms(piece) and begins.match(piece) for piece in pieces):
            return tuple(f"{piece}?" for piece in pieces)
    return (question,)


def together(question: str, parts: Sequence[tuple[str, Answer | None]]) -> Answer:
    """One answer of those of its parts, in their order; a part that was not answered is named in the notes."""
    sentences, citations, notes = list[Sentence](), list[Citation](), list[Message]()
    for part, answer in parts:
        if answer is None or not answer.sentences:
            notes.append(message("The documents do not seem to say: “{part}”", part=part))
            continue
        kept = _leading(answer)
        wanted = {marker for sentence in kept for marker in sentence.citations}
        cited = [citation for citation in answer.citations if citation.marker in wanted]
        moved = {citation.marker: len(citations) + n for n, citation in enumerate(cited, start=1)}
        citations += [replace(citation, marker=moved[citation.marker]) for citation in cited]
        first = len({sentence.paragraph for sentence in sentences})
        sentences += [
            replace(s, citations=tuple(moved[m] for m in s.citations if m in moved), paragraph=first + s.paragraph)
            for s in kept
        ]
        notes += [note for note in answer.notes if note not in notes]
    return Answer(
        question=question,
        answerable=bool(sentences),
        sentences=tuple(sentences),
        citations=tuple(citations),
        finish_reason="stop" if sentences else "refused",
        stats=QUOTED,
        raw_text="\n".join(s.text + " " + "".join(f"[{marker}]" for marker in s.citations) for s in sentences),
        notes=tuple(notes),
    )


def of_each_side(
    question: str,
    evidence: Evidence,
    sides: Sequence[str],
    quote: Callable[[Evidence], Answer],
    names: Mapping[str, str],
) -> Answer:
    """What `quote` takes of each document that is compared, one after the other: the louder one gets no more room."""
    of_side = [replace(evidence, spans=tuple(s for s in evidence.spans if s.document_id == side)) for side in sides]
    told = [quote(own) if own.spans else None for own in of_side]
    return together(question, list(zip([names[side] for side in sides], told, strict=True)))


def read_together(parts: Sequence[Evidence], whole: Evidence) -> Evidence:
    """What a model reads for a question of several parts: the best of each part in turn, then of the whole question,
    within the whole question's budget; in the order of the documents and their pages, numbered anew."""
    ranked = [sorted(one.spans, key=lambda span: -span.score) for one in (*parts, whole)]
    taken: list[EvidenceSpan] = []
    for span in (span for turn in zip_longest(*ranked[:-1]) for span in turn if span is not None):
        _take(span, taken, whole.budget)
    for span in ranked[-1]:
        _take(span, taken, whole.budget)
    documents = list(dict.fromkeys(span.document_id for span in taken))
    ordered = sorted(taken, key=lambda span: (documents.index(span.document_id), span.page, span.start))
    numbered = tuple(replace(span, marker=marker) for marker, span in enumerate(ordered, start=1))
    return Evidence(numbered, cost_of(numbered), whole.budget)


def _take(span: EvidenceSpan, taken: list[EvidenceSpan], budget: int) -> None:
    """Take a passage if it has room, in the place of what it holds; nothing that is held already."""
    if any(_holds(other, span) for other in taken):
        return
    kept = [other for other in taken if not _holds(span, other)]
    if cost_of([*kept, span]) <= budget:
        taken[:] = [*kept, span]


def _holds(one: EvidenceSpan, other: EvidenceSpan) -> bool:
    is_page = (one.document_id, one.page) == (other.document_id, other.page)
    return is_page and one.start <= other.start and other.end <= one.end


def are_one(answers: Sequence[Answer | None]) -> bool:
    """Whether parts were answered from one place: "how much was it, and how does it compare" asks for one row."""
    places = [
        {(c.document_id, c.page, c.start, c.end) for c in one.citations if c.marker in one.sentences[0].citations}
        for one in answers
        if one is not None and one.sentences
    ]
    return len(places) > 1 and bool(set.intersection(*places))


def _leading(answer: Answer) -> Sequence[Sentence]:
    """What leads an answer, all of it where it is a list or a comparison; else its first sentences."""
    if answer.direct is None:
        told = answer.sentences[:_TOLD]
        return told if sum(len(sentence.text) for sentence in told) <= _SHORT else told[:1]
    led = [sentence for sentence in answer.sentences if sentence.item]
    return led or answer.sentences[:1]
