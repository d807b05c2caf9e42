"""A question that asks two things: "What was revenue, and who is the CEO?" is answered part by part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from shared_utils.message import Message, message
from shared_utils.text.words import terms
from shared_utils.types import QUOTED, Answer, Citation, Sentence

_ASKING = (
    r"(?:who|what|when|where|which|why|how(?: (?:many|much|long|often|old|high|far))?"
    r"|wer|was|wann|wo|welche[rsnm]?|warum|wie(?: (?:viele?|lange|oft|hoch))?"
    r"|qui|que|quand|où|quel(?:le)?s?|pourquoi|comment|combien|qué|quién|cuándo|dónde|cuál|cuánt[oa]s?"
    r"|chi|cosa|quando|dove|quale|quant[oaie]|quem|onde|qual|wie|wat|wanneer|waar|welke?|hoeveel|waarom)"
)
_PARTED = re.compile(
    rf"\s*(?:,\s*(?:and|und|et|y|e|en)?|;|\?|\b(?:and|und|et|y|e|en))\s+(?=(?:also\s+|auch\s+)?{_ASKING}\s+\S)",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"\W*(?:(?:in|for|at|on|of|from|with|bei|mit|für|von)\s+)?{_ASKING}\b", re.IGNORECASE)
_MOST = 3  # parts
_TOLD = 2  # sentences of a part that nothing leads


def parted(question: str) -> tuple[str, ...]:
    """The questions that a question is made of; itself alone where it is one.

    >>> parted("What was revenue in 2022, and who is the CEO?")
    ('What was revenue in 2022?', 'who is the CEO?')
    >>> parted("What did wages and dredging cost?"), parted("Say who chairs the board and what it decides.")
    (('What did wages and dredging cost?',), ('Say who chairs the board and what it decides.',))
    """
    text = question.strip()
    if not _BEGINS.match(text):
        return (question,)
    pieces = [piece.strip(" ?.!,;") for piece in _PARTED.split(text)]
    if not 1 < len(pieces) <= _MOST or not all(terms(piece) and _BEGINS.match(piece) for piece in pieces):
        return (question,)
    return tuple(f"{piece}?" for piece in pieces)


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


def are_one(answers: Sequence[Answer | None]) -> bool:
    """Whether parts were answered from one place: "how much was it, and how does it compare" asks for one row."""
    places = [
        {(c.document_id, c.page, c.start) for c in one.citations if c.marker in one.sentences[0].citations}
        for one in answers
        if one is not None and one.sentences
    ]
    return len(places) > 1 and bool(set.intersection(*places))


def _leading(answer: Answer) -> Sequence[Sentence]:
    """What leads an answer, all of it where it is a list or a comparison; else its first sentences."""
    if answer.direct is None:
        return answer.sentences[:_TOLD]
    led = [sentence for sentence in answer.sentences if sentence.item]
    return led or answer.sentences[:1]
