"""A value that was looked up or worked out, on the page: the value large, its name quiet, its cells below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from src.presentation.escaping import html_text
from src.presentation.lead import Lead


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
    has_units = any(row.unit for row in lead.rows)
    rows = "".join(
        f'<tr><th scope="row" dir="auto">{html_text(row.name)} {chips(row.citations)}</th>'
        f"<td>{html_text(row.value)}</td>"
        f"{f'<td>{html_text(row.unit)}</td>' if has_units else ''}</tr>"
        for row in lead.rows
    )
    if rows:
        words = any(not _is_figure(row.value) for row in lead.rows)
        parts.append(f'<table class="fn-rows{" fn-in-words" if words else ""}"><tbody>{rows}</tbody></table>')
    if lead.hint:
        parts.append(f'<p class="fn-note fn-quiet">{html_text(lead.hint)}</p>')
    return f'<div class="fn-lead-block">{"".join(parts)}</div>'


def _is_figure(value: str) -> bool:
    """Figures stand below one another at their end; where one of the values is words, all stand at their beginning."""
    return any(sign.isdecimal() for sign in value)
