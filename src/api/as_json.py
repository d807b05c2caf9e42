"""Views and answers as what the API tells. Text from outside is made harmless Markdown: no link, no image, no HTML."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict

from shared_utils.types import Answer, Citation, Direct, EvidenceSpan, Rect, Sentence
from src.api import schemas
from src.presentation.blocks import Block, BlockKind, Piece, as_lines, blocks, cautions, dagger, left_out, table_lines
from src.presentation.describe import (
    describe_document,
    describe_left_out,
    describe_unheld,
    describe_verdict,
    document_progress,
    page_name,
)
from src.presentation.escaping import plain
from src.presentation.lead import with_lead
from src.views import ConversationView, DocumentState, DocumentView, TurnView

_ACTIVE = re.compile(r"(?P<marker>\[(?P<number>\d{1,3})\](?![(:\[]))|(?P<sign>[\[\]<\\]|!(?=\[))")
# GitHub's Markdown and others link bare addresses in finished text, where a backslash protects nothing, and where
# "&#58;" is a colon by then. One character ahead decides, so that a stream can go on that ended within an address.
_ADDRESS = re.compile(r"(?<=:)(?=/)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=&)(?=[#\w])", re.IGNORECASE)
_WORD_JOINER = "\u2060"  # invisible, no width, no break


def inert(text: str, known: Collection[int]) -> str:
    r"""Markdown that can neither link, nor load, nor hold HTML; the markers of `known` citations stay as they are.

    >>> inert("Cargo rose [1]. ![x](a.b/?q) <img src=c> [2](d)", {1, 2})
    'Cargo rose [1]. \\!\\[x\\](a.b/?q) \\<img src=c> \\[2\\](d)'
    >>> inert("https://a.b", ()) == "https:\u2060//a.b"
    True
    """

    def shown(found: re.Match[str]) -> str:
        if found["marker"] is None:
            return f"\\{found['sign']}"
        return found["marker"] if int(found["number"]) in known else f"\\[{found['number']}\\]"

    return _ACTIVE.sub(shown, _ADDRESS.sub(_WORD_JOINER, text))


# ------------------------------------------------------------------------------------------------ answers


def answer_markdown(answer: Answer) -> str:
    """The answer's blocks, each sentence with its markers; what does not fully stand on its sources has a sign."""
    return as_lines(with_lead(blocks(answer), answer), _block)


def _block(block: Block) -> str:
    if block.kind is BlockKind.TABLE:
        return table_lines(block, _piece)
    words = " ".join(map(_piece, block.pieces))
    return f"### {words}" if block.kind is BlockKind.HEADING else block.label + words


def _piece(piece: Piece) -> str:
    words = "".join(f"**{inert(run.text, ())}**" if run.bold else inert(run.text, ()) for run in piece.runs)
    marks = "".join(f"[{marker}]" for marker in piece.markers)
    return " ".join(filter(None, (words, marks, piece.sign)))


def answer_notes(answer: Answer) -> list[str]:
    """Why sentences carry a sign, what the model wrote that is left out, then what else a person should know."""
    doubts = [f"{dagger(i)} {describe_verdict(sentence)}" for i, sentence in enumerate(cautions(answer))]
    return [*doubts, *unheld(answer), *(plain(str(note)) for note in answer.notes)]


def unheld(answer: Answer) -> list[str]:
    """The sentences that are no part of the answer, each with its reason, under a line that counts them."""
    aside = [describe_unheld(sentence) for sentence in left_out(answer)]
    return [f"{describe_left_out(answer)}:", *aside] if aside else []


def sources(citations: Iterable[schemas.Citation]) -> str:
    """The citations, one a line, for clients that show text alone."""
    return "\n".join(
        f"[{c.marker}] {inert(c.document, ())}, {c.where}: “{inert(plain(c.quote), ())}”" for c in citations
    )


def answer_json(answer: Answer) -> schemas.Answer:
    return schemas.Answer(
        markdown=answer_markdown(answer),
        citations=[citation_json(citation) for citation in answer.citations],
        sentences=[_sentence(sentence) for sentence in answer.sentences],
        answerable=answer.answerable,
        engine=answer.stats.backend,
        model=answer.stats.model,
        where=answer.stats.where,
        finish_reason=answer.finish_reason,
        notes=answer_notes(answer),
        direct=direct_json(answer.direct),
    )


def direct_json(direct: Direct | None) -> schemas.Direct | None:
    """What was looked up or computed, as data."""
    return schemas.Direct.model_validate(asdict(direct)) if direct is not None else None


def _sentence(sentence: Sentence) -> schemas.Sentence:
    return schemas.Sentence(
        text=sentence.text,
        citations=list(sentence.citations),
        verdict=sentence.verdict.value,
        reason=str(sentence.reason),
        shown=not sentence.left_out,
    )


def citation_json(citation: Citation) -> schemas.Citation:
    return schemas.Citation(
        marker=citation.marker,
        document_id=citation.document_id,
        document=plain(citation.document),
        page=citation.page,
        page_label=plain(citation.page_label),
        where=page_name(citation.page, citation.page_label),
        quote=citation.quote,
        start=citation.start,
        end=citation.end,
        rects=[_rect(rect) for rect in citation.rects],
    )


def span_json(span: EvidenceSpan, marker: int, names: Mapping[str, str]) -> schemas.Citation:
    """What a marker of words that are still being written points at so far."""
    return schemas.Citation(
        marker=marker,
        document_id=span.document_id,
        document=plain(names.get(span.document_id, "")),
        page=span.page,
        page_label="",
        where=page_name(span.page, ""),
        quote=span.text,
        start=span.start,
        end=span.end,
        rects=[],
    )


def spans_json(spans: Sequence[EvidenceSpan], names: Mapping[str, str]) -> list[schemas.Citation]:
    return [span_json(span, marker, names) for marker, span in enumerate(spans, start=1)]


def written_markdown(text: str, spans: Sequence[EvidenceSpan]) -> str:
    """A model's words so far."""
    return inert(text, range(1, len(spans) + 1))


def turn_json(turn: TurnView, answer: Answer, thread_id: str) -> schemas.ChatAnswer:
    """A finished answer as one object."""
    return schemas.ChatAnswer(
        thread_id=thread_id,
        message_id=turn.id,
        question=turn.question,
        done=turn.done,
        **dict(answer_json(answer)),
        error=str(turn.error),
        tokens=tokens(turn),
        elapsed_s=round(turn.timings.get("total_s", 0.0), 3),
        timings=rounded(turn.timings),
    )


def messages_json(turn: TurnView) -> tuple[schemas.Message, schemas.Message]:
    """The question, and its answer, which is empty while it is being made."""
    asked = schemas.Message(role="user", content=turn.question, message_id=turn.id, done=True)
    told = answer_json(turn.answer) if turn.answer else None
    return asked, schemas.Message(
        role="assistant",
        content=told.markdown if told else "",
        message_id=turn.id,
        done=turn.done,
        citations=told.citations if told else [],
        sentences=told.sentences if told else [],
        notes=told.notes if told else [],
        error=str(turn.error),
        engine=told.engine if told else turn.engine or "",
        model=told.model if told else turn.model,
        where=told.where if told else turn.where,
    )


def tokens(turn: TurnView) -> int:
    """Written by a model for this answer; 0 where none wrote."""
    reported = turn.answer.stats.output_tokens if turn.answer else None
    return turn.output_tokens if reported is None else reported


def rounded(timings: Mapping[str, float]) -> dict[str, float]:
    return {name: round(seconds, 3) for name, seconds in timings.items()}


def _rect(rect: Rect) -> list[float]:
    return [round(edge, 2) for edge in rect]


# ------------------------------------------------------------------------------------------------ documents, threads


def document_json(view: DocumentView) -> schemas.Document:
    return schemas.Document(
        id=view.document_id,
        name=plain(view.name),
        title=plain(view.title),
        state=view.state.value,
        searchable=view.searchable,
        progress=round(document_progress(view), 3),
        seconds_left=view.seconds_left,
        pages=view.pages,
        pages_read=len(view.page_verdicts),
        pages_unread=view.pages_unread,
        passages=view.chunks,
        line=describe_document(view),
        reason=str(view.reason),
        needs_password=view.needs_password,
    )


def file_json(view: DocumentView, size: int, added_at: int) -> schemas.FileObject:
    """A document as OpenAI's clients know a file: `size` in bytes, `added_at` in seconds since 1970."""
    failed = view.state is DocumentState.FAILED
    return schemas.FileObject(
        id=view.document_id,
        bytes=size,
        created_at=added_at,
        filename=plain(view.name),
        status="error" if failed else "processed" if view.settled else "uploaded",
        status_details=str(view.reason) or describe_document(view),
    )


def conversation_json(view: ConversationView) -> schemas.Thread:
    return schemas.Thread(thread_id=view.id, title=view.title, turns=view.turns)
