"""A value that was looked up or worked out, as a block: the value set out, its formula, its cells, each cited."""

from __future__ import annotations

from dataclasses import dataclass, replace

from shared_utils.types import Answer, Direct, DirectKind, DirectOperand, Sentence, Verdict
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Block, BlockKind, Piece, Run
from src.presentation.escaping import plain

_LONGEST_VALUE = 40  # characters that are set large


@dataclass(frozen=True, slots=True)
class Lead:
    """What leads an answer, and how many of its first sentences it stands for."""

    name: str  # of the value; "" where several stand side by side
    value: str
    formula: str  # "" of a value that is printed
    markers: tuple[int, ...]  # of the value, where no rows carry them
    rows: tuple[DirectOperand, ...]
    sentences: int
    hint: str = ""  # what the rows leave open


def lead_of(answer: Answer, say: Say = ENGLISH) -> Lead | None:
    """None where the answer is not led by a value, or its first sentences say more than the value and its name."""
    direct, sentences = answer.direct, answer.sentences
    if direct is None or not direct.operands or not answer.answerable:
        return None
    count = len(direct.operands) if direct.kind is DirectKind.COMPARISON else 1
    led = sentences[:count]
    if len(led) < count or not all(s.said and s.verdict is Verdict.SUPPORTED and not s.left_out for s in led):
        return None
    match direct.kind:
        case DirectKind.COMPARISON:
            return Lead("", "", "", (), direct.operands, count) if count > 1 else None
        case DirectKind.VALUE:
            return _value(direct, led[0], say)
        case DirectKind.CALCULATION:
            return _calculation(direct, led[0], say)
        case _:
            return None


def _value(direct: Direct, sentence: Sentence, say: Say) -> Lead | None:
    name, _, value = _said(sentence, say).partition(": ")
    operands = direct.operands
    if len(operands) > 1:
        rows = _told_apart(direct)
        several = say("Several values stand under one name here; which column each is of, the page shows.")
        return Lead(name, "", "", (), rows, 1, several if len(rows) < len(operands) else "")
    if name != direct.name or operands[0].value not in value or ": " in value:
        return None
    if len(value) > _LONGEST_VALUE and value == f"{operands[0].value} ({operands[0].unit})":  # a long unit is no figure
        name, value = f"{name} ({operands[0].unit})", operands[0].value
    return Lead(name, value, "", sentence.citations, (), 1) if len(value) <= _LONGEST_VALUE else None


def _told_apart(direct: Direct) -> tuple[DirectOperand, ...]:
    """A row for each name, without what all of them share. Where the columns have no names of their own, the values
    stand in one row, as they do on the page: nothing would tell their rows apart."""
    rows: dict[tuple[str, str], DirectOperand] = {}
    for one in direct.operands:
        own = one.name.removeprefix(direct.name).lstrip(" ,") or one.name
        same = rows.get((own, one.unit))
        value = f"{same.value} · {one.value}" if same else one.value
        cited = tuple(dict.fromkeys((*(same.citations if same else ()), *one.citations)))
        rows[own, one.unit] = replace(one, name=own, value=value, citations=cited)
    return tuple(rows.values())


def _calculation(direct: Direct, sentence: Sentence, say: Say) -> Lead | None:
    name, _, formula = _said(sentence, say).rpartition(": ")
    _, equals, value = formula.rpartition(" = ")
    if not (name and equals) or len(value) > _LONGEST_VALUE:
        return None
    return Lead(name, value, formula, (), direct.operands, 1)


def _said(sentence: Sentence, say: Say) -> str:
    return plain(say(sentence.said)).replace("\u00a0:", ":")


# ------------------------------------------------------------------------------------------------ where text is drawn


def with_lead(made: tuple[Block, ...], answer: Answer, say: Say = ENGLISH) -> tuple[Block, ...]:
    """The blocks, what leads them set out: the value bold in its line, and a table of the cells that it is made of.

    As they are where no value leads the answer, or its line stands among others."""
    lead = lead_of(answer, say)
    if lead is None or any(b.kind is not BlockKind.PARAGRAPH or len(b.pieces) != 1 for b in made[: lead.sentences]):
        return made
    first, others = made[0].pieces[0], made[lead.sentences :]
    if not lead.rows:
        return _line(lead, first.markers), *others
    named = (_line(lead, ()),) if lead.name else ()
    hint = (Block(BlockKind.PARAGRAPH, (Piece((Run(lead.hint),)),)),) if lead.hint else ()
    return *named, _cells(lead, say), *hint, *others


def _line(lead: Lead, markers: tuple[int, ...]) -> Block:
    formula = lead.formula.removesuffix(lead.value)
    runs = (Run(f"{lead.name}: {formula}"), Run(lead.value, bold=True)) if lead.value else (Run(lead.name, bold=True),)
    return Block(BlockKind.PARAGRAPH, (Piece(runs, markers),))


def _cells(lead: Lead, say: Say) -> Block:
    """A row for each cell: its name, its value as it is printed, with its markers, and its unit where one has any."""
    has_units = any(row.unit for row in lead.rows)
    heads = [say("Row"), say("As printed"), *([say("Unit")] if has_units else [])]
    rows = [tuple(Piece((Run(head),)) for head in heads)]
    for row in lead.rows:
        unit = (Piece((Run(row.unit),)),) if has_units else ()
        rows.append((Piece((Run(row.name),)), Piece((Run(row.value),), row.citations), *unit))
    told = (f"{r.name}: {r.value} ({r.unit})" if r.unit else f"{r.name}: {r.value}" for r in lead.rows)
    pieces = (Piece((Run(text),), row.citations) for text, row in zip(told, lead.rows, strict=True))
    return Block(BlockKind.TABLE, tuple(pieces), rows=tuple(rows))
