"""A figure through the years on the page: a table whose rows carry bars, each value a link that opens its cell."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from src.presentation.escaping import html_text
from src.presentation.series_chart import Bar, Chart


def series_html(chart: Chart, anchor: Callable[[int], str]) -> str:
    """`anchor` gives the fragment of the link that opens a citation's page."""
    first, *others = (f'<th scope="col">{html_text(head)}</th>' for head in chart.heads)
    head = f'{first}<td aria-hidden="true"></td>{"".join(others)}'
    rows = "".join(_row(bar, anchor, has_earlier=chart.has_earlier) for bar in chart.bars)
    return (
        f'<table class="fn-series"><caption dir="auto">{html_text(chart.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(bar: Bar, anchor: Callable[[int], str], *, has_earlier: bool) -> str:
    title = html_text(bar.said)
    value = html_text(bar.value)
    if bar.marker:
        value = (
            f'<a href="#{escape(anchor(bar.marker), quote=True)}" title="{title}">'
            f'<span class="fn-number fn-hidden">{bar.marker}</span>{value}</a>'
        )
    more = f"<td>{html_text(bar.earlier)}</td>" if has_earlier else ""
    place = f"margin-inline-start:{100 * bar.start:.1f}%;width:{100 * (bar.end - bar.start):.1f}%"
    return (
        f'<tr title="{title}"><th scope="row">{html_text(bar.label)}</th>'
        f'<td class="fn-length" aria-hidden="true"><i style="{place}"></i></td>'
        f"<td>{value}</td><td>{html_text(bar.change)}</td>{more}</tr>"
    )
