"""A conversation as every export tells it: questions in order, footnotes numbered through, answers as blocks of words.

Footnotes are counted through the whole conversation, so that [7] is the same place in the Markdown, in the report and
in the annotated copy of a PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from shared_utils.types import Answer, Citation, Sentence
from src.presentation import cautions, dagger, ending, engine_name
from src.views import TurnView
from src.words import Say


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of the conversation. `notes` are its citations under the numbers of the whole conversation."""

    number: int  # 1 = the first question
    turn: TurnView
    notes: tuple[Citation, ...]

    def note(self, marker: int) -> int | None:
        """The conversation's number for a marker of this answer; None for one that points at nothing."""
        citations = self.turn.answer.citations if self.turn.answer else ()
        return next((n.marker for n, c in zip(self.notes, citations, strict=True) if c.marker == marker), None)


def entries(turns: Sequence[TurnView]) -> tuple[Entry, ...]:
    """The questions, their citations numbered through in reading order."""
    numbered, count = [], 0
    for number, turn in enumerate(turns, start=1):
        citations = turn.answer.citations if turn.answer else ()
        notes = tuple(replace(c, marker=count + i) for i, c in enumerate(citations, start=1))
        numbered.append(Entry(number, turn, notes))
        count += len(notes)
    return tuple(numbered)


# ------------------------------------------------------------------------------------------------ words


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence as it is set: its words, which of the answer's cautions it is, its footnotes by the conversation's
    numbers."""

    text: str
    doubt: int | None  # 0 = the first caution; None = none
    notes: tuple[int, ...]

    @property
    def sign(self) -> str:
        return "" if self.doubt is None else dagger(self.doubt)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (`mark` ""), an item of a list (`mark` "-" or "3."), or the words of a document (`mark` ">")."""

    mark: str
    pieces: tuple[Piece, ...]


_LIST_ITEM = re.compile(r"\s*(?:[-*•]|(?P<number>\d{1,2})[.)])\s+")


def is_quoted(answer: Answer) -> bool:
    """No model wrote it: the quotes are the answer."""
    return answer.answerable and answer.stats.backend == "extractive"


def blocks(entry: Entry, answer: Answer, say: Say) -> tuple[Block, ...]:
    """The answer's paragraphs, list items and quotations. Every footnote stands in one of them."""
    if is_quoted(answer):
        return tuple(Block(">", (Piece(f"“{note.quote}”", None, (note.marker,)),)) for note in entry.notes)
    doubts = {id(sentence): i for i, sentence in enumerate(cautions(answer))}
    made = []
    for _, group in groupby(answer.sentences, key=lambda sentence: sentence.paragraph):
        sentences = list(group)
        item = _LIST_ITEM.match(sentences[0].text)
        texts = [sentence.text for sentence in sentences]
        texts[0] = texts[0][item.end() :] if item else texts[0]
        pieces = [
            Piece(_said(text, answer, say), doubts.get(id(sentence)), _notes(entry, sentence))
            for text, sentence in zip(texts, sentences, strict=True)
        ]
        made.append(Block(_mark(item), tuple(pieces)))
    told = {note for block in made for piece in block.pieces for note in piece.notes}
    untold = tuple(note.marker for note in entry.notes if note.marker not in told)
    if untold:
        lead = say("Sources") if answer.answerable else say("The closest passages")
        made.append(Block("", (Piece(f"{lead}:", None, untold),)))
    return tuple(made)


def _said(text: str, answer: Answer, say: Say) -> str:
    """What a refusal says is ours and is translated; other sentences are a model's or a document's."""
    return text.strip() if answer.answerable else say.message(text.strip())


def _notes(entry: Entry, sentence: Sentence) -> tuple[int, ...]:
    found = (entry.note(marker) for marker in sentence.citations)
    return tuple(number for number in found if number is not None)


def _mark(item: re.Match[str] | None) -> str:
    if item is None:
        return ""
    return f"{item['number']}." if item["number"] else "-"


_BOLD = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*")


def bold_runs(text: str) -> Iterator[tuple[str, bool]]:
    """(words, whether they are bold): the one kind of markup that a model's words may carry.

    >>> list(bold_runs("a **b** c"))
    [('a ', False), ('b', True), (' c', False)]
    """
    position = 0
    for found in _BOLD.finditer(text):
        if found.start() > position:
            yield text[position : found.start()], False
        yield found[1], True
        position = found.end()
    if position < len(text):
        yield text[position:], False


# ------------------------------------------------------------------------------------------------ how it came about


def title_of(turns: Sequence[TurnView], say: Say) -> str:
    """What the conversation is called: its first question."""
    return turns[0].question if turns else say("New conversation")


def moment(seconds: float) -> str:
    """Seconds since the epoch, the same for readers everywhere; "" where it is not known.

    >>> moment(1795260948.0)
    '2026-11-21 11:35 UTC'
    """
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC") if seconds else ""


def capitalised(text: str) -> str:
    """The beginning of a line."""
    return text[:1].upper() + text[1:]


def remarks(turn: TurnView, say: Say) -> tuple[str, ...]:
    """What else a reader should know of a question: what failed, how the answer ended, what it may have missed."""
    if not turn.done:
        return (say("This question was still being answered when it was exported."),)
    if turn.answer is None:
        return (say.message(turn.error) or say("This answer was stopped before it began."),)
    told = [*map(say.message, turn.changes), ending(turn.answer, say), *map(say.message, turn.answer.notes)]
    return tuple(line for line in told if line)


def provenance(turn: TurnView, say: Say) -> tuple[str, ...]:
    """Who wrote it, what left this machine, what it cost, when it was asked."""
    if turn.answer is None:
        return tuple(filter(None, [moment(turn.asked_on)]))
    stats, times = turn.answer.stats, turn.timings
    wrote = say("Written by {who}", who=engine_name(stats.backend, stats.model, say)) if stats.model else ""
    first, total = times.get("first_token_s"), times.get("total_s")
    return tuple(
        filter(
            None,
            [
                wrote,
                sent_away(turn, say),
                say.n(stats.prompt_tokens, "{n:,} token read", "{n:,} tokens read") if stats.prompt_tokens else "",
                say.n(stats.output_tokens, "{n:,} written", "{n:,} written") if stats.output_tokens else "",
                say("first words {seconds:.1f} s", seconds=first) if first is not None and wrote else "",
                say("{seconds:.1f} s in total", seconds=total) if total is not None else "",
                moment(turn.asked_on),
            ],
        )
    )


def sent_away(turn: TurnView, say: Say) -> str:
    """Whether passages of the documents were sent to another machine for this question."""
    if turn.passages_left:
        return say.n(
            turn.passages_left,
            "{n:,} passage was sent to another machine",
            "{n:,} passages were sent to another machine",
        )
    if turn.answer is not None and turn.answer.stats.backend == "remote":
        return say("passages were sent to another machine")
    return say("nothing left this machine")
