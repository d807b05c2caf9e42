"""OpenAI's form of a conversation and of an answer. Their clients show text, so the sources stand in the text, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.types import Answer
from src.api.as_json import (
    answer_markdown,
    answer_notes,
    citation_json,
    inert,
    sources,
    spans_json,
    unheld,
    written_markdown,
)
from src.api.asking import Question
from src.api.errors import Refused
from src.api.event_schemas import Chunk, ChunkChoice, CompletionId, LastChunk
from src.api.schemas import Citation, OpenAIMessage, Usage
from src.library.shelf import Shelf
from src.presentation.blocks import cautions, dagger
from src.presentation.describe import describe_verdict
from src.presentation.escaping import plain
from src.views import TurnView

MODEL = "footnote"  # whoever writes here now


def question_of(shelf: Shelf, messages: Sequence[OpenAIMessage]) -> Question:
    """The last thing the user said, in the thread that has the same questions before it.

    These clients send the whole conversation each time and no id. Where the last question has been asked there
    already, it is asked again; where no thread fits, as with one that was deleted, a new one begins.
    """
    asked = [message.words().strip() for message in messages if message.role == "user"]
    if not asked or messages[-1].role != "user":
        raise Refused(422, "invalid_request", "The last of the messages has to be the user's: it is what is asked.")
    *earlier, now = asked
    for view in shelf.conversations() if earlier else ():
        if view.title.strip() != earlier[0] or view.turns not in (len(earlier), len(asked)):
            continue
        turns = shelf.turns(view.id)
        if [turn.question.strip() for turn in turns] == asked[: len(turns)] and all(turn.done for turn in turns):
            return Question(now, view.id, again=len(turns) == len(asked))
    return Question(now, shelf.new_conversation())


@dataclass(frozen=True, slots=True)
class Reply:
    """What is left to say when an answer is done, and what its markers point at."""

    text: str
    citations: list[Citation]


def reply(turn: TurnView, sent: str, names: Mapping[str, str]) -> Reply:
    """The end of an answer of which `sent` has been said. Raises Refused where there is no answer.

    Words that went out cannot be called back: if a model's own were streamed, its own markers are explained, and what
    the check of the sentences found is added below them.
    """
    if turn.answer is None:
        raise Refused(422, "unanswered", str(turn.error) or "There is no answer to this question.")
    if not sent:
        citations = [citation_json(citation) for citation in turn.answer.citations]
        text, notes = answer_markdown(turn.answer), answer_notes(turn.answer)
    else:
        citations = spans_json(turn.spans, names)
        text = written_markdown(turn.text, turn.spans).removeprefix(sent)
        notes = [*_doubts(turn.answer), *unheld(turn.answer), *(plain(str(note)) for note in turn.answer.notes)]
    listed = sources(citations)
    head = "Sources:" if turn.answer.answerable else "The closest passages:"
    blocks = [text, *(inert(note, ()) for note in notes), f"{head}\n{listed}" if listed else ""]
    return Reply("\n\n".join(block for block in blocks if block or block is text), citations)


def _doubts(answer: Answer) -> list[str]:
    return [f"{dagger(i)} “{plain(s.text)}” {describe_verdict(s)}" for i, s in enumerate(cautions(answer))]


def growth(turn: TurnView, sent: str) -> str:
    """A model's words beyond `sent`; "" while they do not go on from it, as where a marker is half written."""
    written = written_markdown(turn.text, turn.spans)
    return written.removeprefix(sent) if written.startswith(sent) else ""


def finish_reason(turn: TurnView) -> str:
    """In OpenAI's words: only "length" means more than that it is over."""
    return "length" if turn.answer and turn.answer.finish_reason == "length" else "stop"


def usage(turn: TurnView) -> Usage:
    stats = turn.answer.stats if turn.answer else None
    prompt, written = (stats.prompt_tokens or 0, stats.output_tokens or 0) if stats else (0, 0)
    return Usage(prompt_tokens=prompt, completion_tokens=written, total_tokens=prompt + written)


def chunk(completion: CompletionId, **delta: str) -> Chunk:
    """One piece of a streamed completion."""
    return Chunk(**dict(completion), choices=[ChunkChoice(delta=delta)])


def last_chunk(completion: CompletionId, turn: TurnView, citations: list[Citation]) -> LastChunk:
    """What is known once nothing more is said."""
    choice = ChunkChoice(delta={}, finish_reason=finish_reason(turn))
    return LastChunk(**dict(completion), choices=[choice], citations=citations, usage=usage(turn))
