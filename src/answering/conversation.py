"""A conversation as a model is sent it: what it has read and written stays in front, so that its server reads only what
is new (docs/adr/0131)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shared_utils.retrieval.units import prompt_tokens
from shared_utils.types import ChatMessage, Evidence, EvidenceSpan

_SAID_TOKENS = 400  # of questions and answers that are sent again; what was said later is told in short
_LEANT_ON = 4


@dataclass(frozen=True, slots=True)
class PastTurn:
    """A question of this conversation, the text of its answer, and what could be read for it, if still known. `wrote`:
    the words of the model itself, where what is shown are these; "" else."""

    question: str
    answer: str
    evidence: Evidence | None = None
    wrote: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was asked before: with the passages that were new for it, and what had been said until then.
    `wrote`, as of a turn: what its server may still have in its cache, word for word."""

    spans: tuple[EvidenceSpan, ...]
    said_before: tuple[ChatMessage, ...]
    question: str
    answer: str
    wrote: str = ""


def exchanges(history: Sequence[PastTurn], evidence: Evidence) -> tuple[list[Exchange], list[ChatMessage]]:
    """The exchanges that a prompt about `evidence` goes on from, oldest first; and what else was said since then, to be
    told in short.

    These are the turns that read what `evidence` begins with, each beside what those before it had read: what was found
    anew for a question of its own begins a row of its own. A turn whose passages had to make room is told in short, and
    so are those after the row has become long: what stands in front is never changed.
    """
    first = evidence.spans[0] if evidence.spans else None
    begins = len(history)
    while begins and first is not None and _spans(history[begins - 1])[:1] == (first,):
        begins -= 1
    found, told, known, room = list[Exchange](), list(history[:begins]), 0, _SAID_TOKENS
    for turn in history[begins:]:
        read = _spans(turn)
        room -= prompt_tokens(turn.question) + prompt_tokens(turn.wrote or turn.answer)
        if room < 0 or len(read) < known or evidence.spans[: len(read)] != read:
            told.append(turn)
            continue
        found.append(Exchange(read[known:], tuple(said(told)), turn.question, turn.answer, turn.wrote))
        told, known = [], len(read)
    return found, said(told)


def _spans(turn: PastTurn) -> tuple[EvidenceSpan, ...]:
    return turn.evidence.spans if turn.evidence else ()


def asked_before(history: Sequence[PastTurn]) -> list[str]:
    """The questions that a follow-up may lean on, oldest first."""
    return [turn.question for turn in history[-_LEANT_ON:]]


def said(turns: Sequence[PastTurn]) -> list[ChatMessage]:
    """What was asked and answered, as messages."""
    pairs = ((ChatMessage("user", turn.question), ChatMessage("assistant", turn.answer)) for turn in turns)
    return [message for pair in pairs for message in pair]
