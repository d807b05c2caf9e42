"""What a comparison shows first: the figures that both editions speak of most, each a way to its cell; sections."""

from __future__ import annotations

from html import escape

from shared_utils.editions.model import Comparison, Figure, Opening, Side
from shared_utils.types import Document
from src.i18n import Say
from src.library.shelf import Shelf
from src.presentation.digest import FigureRow, ShownFigure, digest_of
from src.presentation.escaping import html_text
from src.screen.citations import Source
from src.screen.compare_places import places_of
from src.screen.compare_state import Compared


def digest_html(compared: Compared, say: Say) -> str:
    """Tables of figures and of sections; "" where there is nothing to show first."""
    digest = digest_of(compared.comparison, compared.before, compared.after, say)
    parts = []
    if digest.figures:
        heads = "".join(f'<th scope="col">{html_text(head)}</th>' for head in digest.heads)
        rows = "".join(_row(n, one) for n, one in enumerate(digest.figures))
        parts.append(
            f'<div class="fn-wide" tabindex="0" role="region" aria-label="{escape(digest.title, quote=True)}">'
            f'<table class="fn-digest"><caption>{html_text(digest.title)}</caption>'
            f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        )
    for side, title, lines in digest.sections:
        listed = "".join(
            f'<li><span dir="auto">{html_text(line.title)}</span> <small>{html_text(line.passages)}</small> '
            f'<a class="fn-page-chip" href="#cite-section.{n}.{side}">{html_text(line.page)}</a></li>'
            for n, line in enumerate(lines)
        )
        parts.append(f'<h2 class="fn-section">{html_text(title)}</h2><ul class="fn-openings">{listed}</ul>')
    return "".join(parts)


def _row(n: int, one: FigureRow) -> str:
    sides = _cell(one.before, f"figure.{n}.b") + _cell(one.after, f"figure.{n}.a")
    scale = f"<br><small>{html_text(one.scale)}</small>" if one.scale else ""
    return (
        f'<tr><th scope="row" dir="auto">{html_text(one.label)}{scale}</th>{sides}<td>{html_text(one.growth)}</td></tr>'
    )


def _cell(shown: ShownFigure, anchor: str) -> str:
    of = f"<small>{html_text(shown.of)}</small> " if shown.of else ""
    chip = f'<a class="fn-page-chip" href="#cite-{anchor}">{html_text(shown.page)}</a>'
    return f"<td><b>{html_text(shown.text)}</b> {chip}<br>{of}</td>"


def digest_sources(comparison: Comparison, shelf: Shelf, before: Document, after: Document) -> list[list[Source]]:
    """What the viewer needs to open both cells of every figure, and where each section begins."""
    figures = [
        [(f"figure.{n}.b", _side(one.before), before), (f"figure.{n}.a", _side(one.after), after)]
        for n, one in enumerate(comparison.figures)
    ]
    sections = [
        [(f"section.{n}.{kind}", _beginning(one), document)]
        for kind, found, document in (("a", comparison.added, after), ("b", comparison.dropped, before))
        for n, one in enumerate(found)
    ]
    return places_of([*figures, *sections], shelf)


def _side(figure: Figure) -> Side:
    return Side(figure.text, figure.places, ())


def _beginning(one: Opening) -> Side:
    return Side(one.title, (one.place,), ())
