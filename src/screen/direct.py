"""A value that was looked up or worked out, as a block: the value large, its name quiet, its cells below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from shared_utils.types import Answer, Direct, DirectKind, DirectOperand, Sentence, Verdict
from src.i18n import ENGLISH, Say
from src.presentation.escaping import html_text, plain

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
        return Lead(name, "", "", (), operands, 1)
    is_whole = name == direct.name and operands[0].value in value and ": " not in value
    return Lead(name, value, "", sentence.citations, (), 1) if is_whole and len(value) <= _LONGEST_VALUE else None


def _calculation(direct: Direct, sentence: Sentence, say: Say) -> Lead | None:
    name, _, formula = _said(sentence, say).rpartition(": ")
    _, equals, value = formula.rpartition(" = ")
    if not (name and equals) or len(value) > _LONGEST_VALUE:
        return None
    return Lead(name, value, formula, (), direct.operands, 1)


def _said(sentence: Sentence, say: Say) -> str:
    return plain(say(sentence.said)).replace("\u00a0:", ":")


def lead_html(lead: Lead, anchor: Callable[[int], str], titles: Mapping[int, str]) -> str:
    """The block. `anchor` gives a marker's address, `titles` say where it leads: marker -> document and page."""

    def chips(markers: tuple[int, ...]) -> str:
        return " ".join(
            f'<a href="#{escape(anchor(n))}" title="{html_text(titles[n])}">{n}</a>' for n in markers if n in titles
        )

    parts = []
    if lead.value:
        parts.append(f'<p class="fn-value" dir="auto">{html_text(lead.value)}</p>')
    if lead.name:
        parts.append(f'<p class="fn-named" dir="auto">{html_text(lead.name)} {chips(lead.markers)}</p>')
    if lead.formula:
        parts.append(f'<p class="fn-formula">{html_text(lead.formula)}</p>')
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{html_text(row.name)} {chips(row.citations)}</th>'
        f"<td>{html_text(row.value)}</td><td>{html_text(row.unit)}</td></tr>"
        for row in lead.rows
    )
    if rows:
        parts.append(f'<table class="fn-rows"><tbody>{rows}</tbody></table>')
    return f'<div class="fn-lead-block">{"".join(parts)}</div>'
