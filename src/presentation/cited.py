"""A conversation as every export tells it: questions in order, footnotes numbered through the whole of it.

So [7] is the same place in the Markdown, in the report and in the annotated copy of a PDF.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from shared_utils.types import Answer, Citation, Direct, Where
from src.i18n import Say
from src.presentation.blocks import Block, BlockKind, Piece, Run, blocks, unplaced
from src.presentation.describe import ending, engine_name, how_long
from src.presentation.lead import with_lead
from src.presentation.series_chart import Chart, series_chart
from src.views import TurnView


@dataclass(frozen=True, slots=True)
class Entry:
    """A question of the conversation; the markers of its answer are the conversation's footnote numbers."""

    number: int  # 1 = the first question
    turn: TurnView

    @property
    def notes(self) -> tuple[Citation, ...]:
        return self.turn.answer.citations if self.turn.answer else ()


def entries(turns: Sequence[TurnView]) -> tuple[Entry, ...]:
    """The questions, their citations numbered through in reading order."""
    numbered: list[Entry] = []
    count = 0
    for number, turn in enumerate(turns, start=1):
        entry = Entry(number, replace(turn, answer=turn.answer and renumbered(turn.answer, count)))
        numbered.append(entry)
        count += len(entry.notes)
    return tuple(numbered)


def renumbered(answer: Answer, after: int) -> Answer:
    """The answer with its citations numbered from `after` + 1 on; markers that point at nothing are left out."""
    numbers = {citation.marker: number for number, citation in enumerate(answer.citations, start=after + 1)}
    sentences = (
        replace(s, citations=tuple(numbers[marker] for marker in s.citations if marker in numbers))
        for s in answer.sentences
    )
    citations = (replace(citation, marker=numbers[citation.marker]) for citation in answer.citations)
    return replace(
        answer, sentences=tuple(sentences), citations=tuple(citations), direct=_direct(answer.direct, numbers)
    )


def _direct(direct: Direct | None, numbers: Mapping[int, int]) -> Direct | None:
    if direct is None:
        return None
    operands = (
        replace(one, citations=tuple(numbers[marker] for marker in one.citations if marker in numbers))
        for one in direct.operands
    )
    return replace(direct, operands=tuple(operands))


def text_blocks(answer: Answer, say: Say) -> tuple[Block, ...]:
    """The answer's blocks for a file that shows text alone: every footnote stands in one of them, so citations that no
    sentence carries get a line of their own."""
    made, left = _with_table(with_lead(blocks(answer, say), answer, say), series_chart(answer, say)), unplaced(answer)
    if not left:
        return made
    lead = say("Sources") if answer.answerable else say("The closest passages")
    return (*made, Block(BlockKind.PARAGRAPH, (Piece((Run(f"{lead}:"),), left),)))


def _with_table(made: tuple[Block, ...], chart: Chart | None) -> tuple[Block, ...]:
    """The lines that tell a figure through the years as a table of theirs, the text's way of a chart."""
    if chart is None or len(made) <= len(chart.bars):
        return made
    lead, lines, others = made[0], made[1 : 1 + len(chart.bars)], made[1 + len(chart.bars) :]
    rows = [tuple(Piece((Run(head),)) for head in chart.heads)]
    for bar, line in zip(chart.bars, lines, strict=True):
        told = (bar.value, bar.change, *((bar.earlier,) if chart.has_earlier else ()))
        markers = line.pieces[0].markers
        values = (Piece((Run(text),) if text else (), markers if n == 0 else ()) for n, text in enumerate(told))
        rows.append((Piece((Run(bar.label),)), *values))
    pieces = tuple(piece for line in lines for piece in line.pieces)
    return lead, Block(BlockKind.TABLE, pieces, rows=tuple(rows)), *others


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
        return (say(turn.error) or say("This answer was stopped before it began."),)
    told = [*map(say, turn.changes), ending(turn.answer, say), *map(say, turn.answer.notes)]
    return tuple(line for line in told if line)


def provenance(turn: TurnView, say: Say) -> tuple[str, ...]:
    """Who wrote it, what left this machine, what it cost, when it was asked."""
    if turn.answer is None:
        return tuple(filter(None, [moment(turn.asked_on)]))
    stats = turn.answer.stats
    who = engine_name(stats.backend, stats.model, stats.where, say)
    wrote = say("Written by {who}", who=who) if stats.model else ""
    return tuple(
        filter(
            None,
            [
                wrote,
                sent_away(turn, say),
                say.n(stats.prompt_tokens, "{n:,} token read", "{n:,} tokens read") if stats.prompt_tokens else "",
                say.n(stats.output_tokens, "{n:,} written", "{n:,} written") if stats.output_tokens else "",
                *how_long(turn, say, wrote=bool(wrote)),
                moment(turn.asked_on),
            ],
        )
    )


def sent_away(turn: TurnView, say: Say) -> str:
    """Whether passages of the documents were sent to another machine for this question; "" where it is not known."""
    if turn.passages_left:
        return _counted(turn.passages_left, turn.sent_to, say)
    match turn.answer.stats.where if turn.answer else None:
        case Where.THIS_MACHINE:
            return say("nothing left this machine")
        case Where.OWN_NETWORK:
            return say("passages were sent to another machine in your network")
        case Where.ELSEWHERE:
            return say("passages were sent to another machine")
        case None:
            return ""


def _counted(passages: int, sent_to: Where | None, say: Say) -> str:
    if sent_to is Where.OWN_NETWORK:
        return say.n(
            passages,
            "{n:,} passage was sent to another machine in your network",
            "{n:,} passages were sent to another machine in your network",
        )
    return say.n(passages, "{n:,} passage was sent to another machine", "{n:,} passages were sent to another machine")
