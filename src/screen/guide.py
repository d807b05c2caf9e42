"""A guide to the documents, where a conversation has no question yet: what each is, its outline, where to begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from src.i18n import Say
from src.library.guide import Guide, Heading
from src.library.shelf import Shelf
from src.presentation.describe import legible_name, says_something
from src.presentation.escaping import html_text, plain
from src.screen.scope import among
from src.screen.session import Session

_MOST_ROWS = 12
_OPEN_HEADINGS = 12  # the rest of an outline is folded


def draw_guide(shelf: Shelf, session: Session) -> None:
    """Of the documents that would be asked."""
    asked = among(shelf, session)
    pages = {view.document_id: view.pages for view in shelf.documents()}  # those that are still to be read, too
    guides = [
        replace(guide, pages=max(guide.pages, pages.get(guide.document_id, 0)))
        for guide in shelf.guides()
        if not asked or guide.document_id in asked
    ]
    if not guides:
        return
    with st.container(key="guide"):
        st.html(guide_html(guides[0], session.say) if len(guides) == 1 else rows_html(guides[::-1], session.say))


def guide_html(guide: Guide, say: Say) -> str:
    """One document: its title, what is known of it, its outline as links into the viewer."""
    name, file = _names(guide)
    below = f'<p class="fn-note fn-quiet">{html_text(file)}</p>' if file else ""
    outline = _outline(guide, say)
    return (
        f'<section class="fn-guide" aria-label="{html_text(say("About this document"))}">'
        f'<h2 dir="auto">{html_text(name)}</h2>{below}<p class="fn-facts">{_facts(guide, say)}</p>{outline}</section>'
    )


def rows_html(guides: Sequence[Guide], say: Say) -> str:
    """Several documents: a line each, the latest first."""
    rows, rest = _rows(guides[:_MOST_ROWS], say), guides[_MOST_ROWS:]
    more = html_text(say.n(len(rest), "and {n:,} more", "and {n:,} more"))
    folded = f"<details><summary>{more}</summary>{_rows(rest, say)}</details>" if rest else ""
    head = html_text(say("About these documents"))
    return f'<section class="fn-guide" aria-label="{head}">{rows}{folded}</section>'


def _rows(guides: Sequence[Guide], say: Say) -> str:
    rows = "".join(
        f'<li><a href="#page-{guide.document_id}:1" title="{html_text(plain(guide.name))}">'
        f'<b dir="auto">{html_text(_names(guide)[0])}</b> <span>{_facts(guide, say)}</span></a></li>'
        for guide in guides
    )
    return f'<ul class="fn-guides">{rows}</ul>'


def _names(guide: Guide) -> tuple[str, str]:
    """What the document is called, and the name of its file where that is another."""
    title = plain(guide.title)
    name = title if says_something(title) else legible_name(guide.name, title)
    file = plain(guide.name)
    return (name, file) if name != file else (file, "")


def _facts(guide: Guide, say: Say) -> str:
    facts = (
        say(guide.kind),
        plain(guide.author),
        plain(guide.date),
        say.n(guide.pages, "{n:,} page", "{n:,} pages"),
        say(guide.language),
    )
    return " · ".join(f"<span>{html_text(fact)}</span>" for fact in facts if fact)


def _outline(guide: Guide, say: Say) -> str:
    if not guide.headings:
        return ""
    first, rest = guide.headings[:_OPEN_HEADINGS], guide.headings[_OPEN_HEADINGS:]
    more = say.n(len(rest), "{n:,} more section", "{n:,} more sections")
    folded = f"<details><summary>{html_text(more)}</summary>{_lines(guide, rest, say)}</details>" if rest else ""
    return f"<h3>{html_text(say('Contents'))}</h3>{_lines(guide, first, say)}{folded}"


def _lines(guide: Guide, headings: Sequence[Heading], say: Say) -> str:
    top = min(heading.level for heading in guide.headings)
    lines = "".join(
        f'<li class="fn-level-{min(heading.level - top, 1)}"><a href="#page-{guide.document_id}:{heading.page}">'
        f'<span dir="auto">{html_text(heading.title)}</span>'
        f'<span class="fn-of-page"><span class="fn-hidden">{html_text(say("page"))} </span>{heading.page}</span>'
        "</a></li>"
        for heading in headings
    )
    return f'<ol class="fn-outline">{lines}</ol>'
