"""OpenAI's form of a conversation and of an answer. Their clients show text, so the sources stand in the text, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared_utils.retrieval.question_kind import QuestionKind, question_kind
from shared_utils.types import Answer, EvidenceSpan
from shared_utils.types import Citation as Cited
from src.answering.small_talk import small_talk
from src.api.as_json import (
    answer_markdown,
    answer_notes,
    citation_json,
    inert,
    sources,
    span_json,
    unheld,
    written_markdown,
)
from src.api.asking import Question
from src.api.errors import Refused
from src.api.event_schemas import Chunk, ChunkChoice, CompletionId, LastChunk
from src.api.front_ends import asks_for_a_title, is_task, task_reply
from src.api.schemas import (
    Choice,
    Citation,
    Completion,
    CompletionMessage,
    CompletionRequest,
    OpenAIMessage,
    Usage,
)
from src.library.shelf import Shelf
from src.presentation.blocks import cautions, dagger
from src.presentation.describe import describe_verdict
from src.presentation.escaping import plain
from src.views import TurnView

MODEL = "footnote"  # whoever writes here now
NOTHING_USED = Usage(prompt_tokens=0, completion_tokens=0, total_tokens=0)


_LATEST = 50  # conversations among which one is looked for whose first turns a client no longer sends
_LONGEST_ORDER = 600  # characters: a longer system message says much else, and the question below it is a question
_ONE_QUESTION = "The last of the messages has to be the user's: it is what is asked."


def check(wanted: CompletionRequest) -> None:
    """Raises Refused where leaving something out would change what is asked or what the client can make of it."""
    if wanted.model != MODEL:
        raise Refused(404, "model_not_found", f"There is one model here: “{MODEL}”. Ask for it.", param="model")
    if wanted.n is not None and wanted.n != 1:
        raise _not_done("One answer is given to a question. Leave `n` out.", "n")
    if wanted.tool_choice not in (None, "auto", "none"):
        raise _not_done("No tool is called here. Leave `tool_choice` out, or say “auto” or “none”.", "tool_choice")
    if wanted.response_format is not None and wanted.response_format.get("type") != "text":
        told = "An answer is text with footnotes. Leave `response_format` out; `citations` has the sources as data."
        raise _not_done(told, "response_format")
    for position, message in enumerate(wanted.messages):
        if message.role == "user" and not message.is_understood():
            told = "Words and files by their `file_id` are taken in a message. Put a file in by POST /v1/files first."
            raise _not_done(told, f"messages[{position}].content")


def _not_done(message: str, param: str) -> Refused:
    return Refused(400, "unsupported", message, param=param)


def asked_words(messages: Sequence[OpenAIMessage]) -> str:
    """What is asked: the last message, which has to be the user's. Raises Refused."""
    if not messages or messages[-1].role != "user":
        raise Refused(422, "invalid_request", _ONE_QUESTION, param="messages")
    return messages[-1].words().strip()


def file_asked(messages: Sequence[OpenAIMessage]) -> str:
    """The one document that is asked: the last that the user's messages name; "" for all.

    Raises Refused where one message names several: the whole library is asked instead, or one of them.
    """
    named = [files for message in messages if message.role == "user" and (files := message.files())]
    if named and len(set(named[-1])) > 1:
        told = "One file can be asked alone. Name one, or none: then the whole library is asked."
        raise _not_done(told, "messages")
    return named[-1][0] if named else ""


def said_at_once(words: str) -> str | None:
    """The whole reply to what is no question to the documents; None where it is one. Nothing of it is kept."""
    return task_reply(words) if is_task(words) else _small_talk(words)


def replied_at_once(messages: Sequence[OpenAIMessage]) -> str | None:
    """The same of a conversation: an order to name it may stand in its system message, or below all its turns."""
    words = asked_words(messages)
    asked = [said for m in messages if m.role == "user" and not is_task(said := m.words().strip())]
    first = asked[0] if asked else ""
    if is_task(words):
        return task_reply(words, first)
    for message in messages:
        told = message.words() if message.role in ("system", "developer") else ""
        if len(told) <= _LONGEST_ORDER and asks_for_a_title(told):
            return task_reply(told, first)
    return _small_talk(words)


def _small_talk(words: str) -> str | None:
    return str(small_talk(words)) if question_kind(words) is QuestionKind.SMALL_TALK else None


def question_of(shelf: Shelf, messages: Sequence[OpenAIMessage], *, kept: bool = True) -> Question:
    """The last thing the user said, in the thread that has the same questions before it.

    These clients send the conversation each time and no id, some only its latest turns: the thread is the one that has
    all of these questions and no more, or else the latest one that ends with them. Where the last question has been
    asked there already, it is asked again; where no thread fits, as with one that was deleted, a new one begins.
    Where it is not `kept`, it is always one of its own.
    """
    now, only = asked_words(messages), file_asked(messages)
    said = [message.words().strip() for message in messages[:-1] if message.role == "user"]
    earlier = [words for words in said if said_at_once(words) is None]
    if not earlier or not kept:
        return Question(now, shelf.new_conversation(), only)
    asked = [*earlier, now]
    latest = shelf.conversations()
    whole = [v for v in latest if v.title.strip() == earlier[0] and v.turns in (len(earlier), len(asked))]
    ends = [v for v in latest[:_LATEST] if v.turns > len(earlier)]
    for begins, views in ((True, whole), (False, ends)):
        for view in views:
            turns = shelf.turns(view.id)
            questions = [turn.question.strip() for turn in turns]
            if not all(turn.done for turn in turns):
                continue
            for wanted in (asked, earlier):
                if questions == wanted if begins else questions[-len(wanted) :] == wanted:
                    return Question(now, view.id, only, again=wanted is asked)
    return Question(now, shelf.new_conversation(), only)


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
        citations = exact_spans(turn, names)
        text = written_markdown(turn.text, turn.spans).removeprefix(sent)
        notes = [*_doubts(turn.answer), *unheld(turn.answer), *(plain(str(note)) for note in turn.answer.notes)]
    listed = sources(citations)
    head = "Sources:" if turn.answer.answerable else "The closest passages:"
    blocks = [text, *(inert(note, ()) for note in notes), f"{head}\n{listed}" if listed else ""]
    return Reply("\n\n".join(block for block in blocks if block or block is text), citations)


def exact_spans(turn: TurnView, names: Mapping[str, str]) -> list[Citation]:
    """What the markers of streamed words point at: the checked citation in the span, else the one that shares most of
    it, or else the span itself.

    A marker is kept as it was streamed; where the check found several places in one span, the first stands for it.
    """
    checked = turn.answer.citations if turn.answer else ()
    told = []
    for marker, span in enumerate(turn.spans, start=1):
        near = [c for c in checked if _shared(c, span)]
        most = max(near, key=lambda c: _shared(c, span), default=None)
        place = next((c for c in near if span.start <= c.start and c.end <= span.end), most)
        told.append(
            span_json(span, marker, names)
            if place is None
            else citation_json(place).model_copy(update={"marker": marker})
        )
    return told


def _shared(place: Cited, span: EvidenceSpan) -> int:
    """Characters of the page that both hold."""
    same_page = (place.document_id, place.page) == (span.document_id, span.page)
    return max(0, min(place.end, span.end) - max(place.start, span.start)) if same_page else 0


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
    return _last(completion, finish_reason(turn), citations, usage(turn))


def whole(completion: CompletionId, said: Reply, reason: str, used: Usage) -> Completion:
    """A completion in one piece."""
    message = CompletionMessage(content=said.text, citations=said.citations)
    choices = [Choice(message=message, finish_reason=reason)]
    return Completion(**dict(completion), choices=choices, usage=used, citations=said.citations)


def in_pieces(completion: CompletionId, text: str) -> list[Chunk]:
    """A reply that no document and no model is needed for, as a stream."""
    last = _last(completion, "stop", [], NOTHING_USED)
    return [chunk(completion, role="assistant", content=""), chunk(completion, content=text), last]


def _last(completion: CompletionId, reason: str, citations: list[Citation], used: Usage) -> LastChunk:
    choice = ChunkChoice(delta={}, finish_reason=reason)
    return LastChunk(**dict(completion), choices=[choice], citations=citations, usage=used)
