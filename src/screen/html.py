"""The page's own HTML. Every text that comes from outside passes `html_text`, quotes included."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from itertools import groupby

from shared_utils.types import Answer, Citation, PageVerdict
from src.i18n import ENGLISH, Say
from src.presentation.blocks import cautions, dagger, left_out
from src.presentation.describe import (
    describe_document,
    describe_left_out,
    describe_pages,
    describe_unheld,
    describe_verdict,
    document_progress,
    page_name,
    page_strip,
    place_of,
)
from src.presentation.escaping import html_text, plain
from src.views import DocumentState, DocumentView

Anchor = Callable[[int], str]
"""Marker -> the fragment of the link that opens its page."""


_UNSAFE_IN_CSS = re.compile(r"""["'\\<>&]""")
_SEPARATE_CELLS = 30  # more of them, and the gaps would be all one sees


def note(text: str, kind: str = "quiet", *, role: str = "") -> str:
    """A line in words. `kind`: quiet, warning or error."""
    spoken = f' role="{role}"' if role else ""
    return f'<p class="fn-note fn-{kind}"{spoken}>{html_text(text)}</p>'


def root_style(theme: str, words: Mapping[str, str], *, gone: Iterable[str] = ()) -> str:
    """What the style sheet depends on: "light" or "dark", also for dialogs, which stand outside Streamlit's own root,
    words for it to show, name -> text: `content: var(--fn-say-<name>)`, and the rooms that are not shown: what they
    held is gone at once, not when the page has been drawn to its end."""
    rules = "".join(f"--fn-say-{name}:{_css_string(text)};" for name, text in words.items())
    # Each by its name: what is told by a part of a class is asked for whenever any element's class changes.
    left = ",".join(f".st-key-room-{room}" for room in gone)
    hidden = f"[data-testid=stLayoutWrapper]:has(>:is({left})){{display:none}}" if left else ""
    return f"<style>:root{{color-scheme:{theme};{rules}}}{hidden}</style>"


def _css_string(text: str) -> str:
    r"""`text` as a CSS string that nothing in it can end. https://www.w3.org/TR/CSS21/syndata.html#strings

    >>> print(_css_string('up to "100" </style>'))
    "up to \22 100\22  \3c /style\3e "
    """
    return '"' + _UNSAFE_IN_CSS.sub(lambda sign: f"\\{ord(sign[0]):x} ", plain(text)) + '"'


def still_of_an_answer(say: Say = ENGLISH) -> str:
    """What an answer looks like, for a first visit: a sentence, its footnote, the marked words of the page."""
    question = html_text(say("How long did the storm close the gates?"))
    answer = html_text(say("For 61 hours, the longest closure since they were built."))
    page = "The storm of 14 January closed the outer gates for 61 hours, the longest closure since they were built,"
    caption, where = html_text(say("What an answer looks like")), html_text(page_name(1, "", say))
    return (
        f'<figure class="fn-still"><figcaption>{caption}</figcaption><p class="fn-question">{question}</p>'
        f'<p>{answer} <span class="fn-chip">1</span></p><blockquote><span class="fn-where"><b>Annual report 2025</b> '
        f"{where}</span><mark>{html_text(page)}</mark> and no house behind them was flooded.</blockquote></figure>"
    )


# ------------------------------------------------------------------------------------------------ documents


def document_card(view: DocumentView, say: Say = ENGLISH) -> str:
    """The strip of pages, the bar while something is being done, and the line in words."""
    kind = "error" if view.state is DocumentState.FAILED else "quiet"
    lines = [note(describe_document(view, say), kind)]
    if view.state is DocumentState.PARTIAL and view.reason:
        lines.append(note(say(view.reason), "warning"))
    bar = "" if view.settled else _bar(view, say)
    return f'<div class="fn-card" data-entry="{escape(view.entry_id)}">{_strip(view, say)}{bar}{"".join(lines)}</div>'


def _strip(view: DocumentView, say: Say) -> str:
    """Page by page, while they are read and where one is unlike the others: full, it would look like work going on."""
    if not view.pages or view.state is DocumentState.FAILED:
        return ""
    strip = page_strip(view)
    if view.settled and set(strip) == {PageVerdict.TEXT}:
        return ""
    fine = " fn-fine" if len(strip) > _SEPARATE_CELLS else ""
    cells = "".join(_run(cell, n) for cell, n in (_runs(strip) if fine else ((cell, 1) for cell in strip)))
    words = html_text(describe_pages(view, say))
    return f'<div class="fn-strip{fine}" role="img" aria-label="{words}" title="{words}">{cells}</div>'


def _runs(strip: Iterable[PageVerdict | None]) -> Iterator[tuple[PageVerdict | None, int]]:
    """Where no gaps part them, cells that are alike are one: the page draws twenty such strips at a time."""
    return ((cell, len(tuple(same))) for cell, same in groupby(strip))


def _run(cell: PageVerdict | None, pages: int) -> str:
    wide = f' style="flex-grow:{pages}"' if pages > 1 else ""
    return f'<i class="fn-cell fn-{_css(cell)}"{wide}></i>'


def _css(cell: PageVerdict | None) -> str:
    return "unread" if cell is None else cell.value


def _bar(view: DocumentView, say: Say) -> str:
    percent, label = round(100 * document_progress(view)), html_text(say("Progress of {name}", name=view.name))
    return (
        f'<div class="fn-bar" role="progressbar" aria-valuemin="0" aria-valuemax="100" aria-valuenow="{percent}" '
        f'aria-label="{label}"><i style="width:{percent}%"></i></div>'
    )


# ------------------------------------------------------------------------------------------------ answers


def footnotes(
    citations: Iterable[Citation], anchor: Anchor, label: str = "", *, full: bool = False, say: Say = ENGLISH
) -> str:
    """The list under an answer; every entry opens the page it quotes. `full`: long quotes are not cut."""
    entries = "".join(_footnote(c, anchor(c.marker), say) for c in citations)
    kind = "fn-notes fn-full" if full else "fn-notes"
    return f'<ol class="{kind}" aria-label="{html_text(label or say("Sources"))}">{entries}</ol>' if entries else ""


def _footnote(citation: Citation, anchor: str, say: Say) -> str:
    where = html_text(page_name(citation.page, citation.page_label, say))
    name = html_text(citation.document)
    title = html_text(place_of(citation, say))
    return (
        f'<li><a class="fn-entry" href="#{escape(anchor)}" title="{title}">'
        f'<span class="fn-number">{citation.marker}</span><span class="fn-words">'
        f'<span class="fn-where"><b>{name}</b> {where}</span> '
        f'<q class="fn-quote">{html_text(citation.quote)}</q></span></a></li>'
    )


def aside(answer: Answer, say: Say = ENGLISH) -> str:
    """What is no part of the answer, folded: each sentence of the model with why it was left out."""
    entries = "".join(f'<li dir="auto">{html_text(describe_unheld(s, say))}</li>' for s in left_out(answer))
    head = html_text(describe_left_out(answer, say))
    return f'<details class="fn-aside"><summary>{head}</summary><ul>{entries}</ul></details>' if entries else ""


def doubts(answer: Answer, say: Say = ENGLISH) -> str:
    """What the daggers in the text mean."""
    entries = "".join(
        f'<li><span class="fn-sign">{dagger(i)}</span><span>{html_text(describe_verdict(s, say))}</span></li>'
        for i, s in enumerate(cautions(answer))
    )
    return (
        f'<ul class="fn-doubts" aria-label="{html_text(say("Sentences to check"))}">{entries}</ul>' if entries else ""
    )
