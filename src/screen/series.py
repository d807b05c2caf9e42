"""A figure through the years on the page: a chart, then its values as a table, each a link that opens its cell."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from src.presentation.escaping import html_text
from src.presentation.series_chart import Bar, Chart
from src.presentation.vega import HEIGHT, Spec, figure_spec

Anchor = Callable[[int], str]
"""The fragment of the link that opens a citation's page."""


def draw_figure(chart: Chart, anchor: Anchor) -> None:
    draw_chart(figure_spec(chart, lambda marker: f"#{anchor(marker)}"), chart.title, chart.said)


def draw_chart(spec: Spec, title: str, said: str) -> None:
    """By Streamlit's own Vega-Lite. The same values stand beside it in words, for whoever does not see or point."""
    st.vega_lite_chart(dict(spec), width="stretch", height=HEIGHT, alt=f"{title}: {said}")


def series_html(chart: Chart, anchor: Anchor) -> str:
    head = "".join(f'<th scope="col">{html_text(head)}</th>' for head in chart.heads)
    rows = "".join(_row(bar, anchor, has_earlier=chart.has_earlier) for bar in chart.bars)
    return (
        f'<table class="fn-series"><caption dir="auto">{html_text(chart.title)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(bar: Bar, anchor: Anchor, *, has_earlier: bool) -> str:
    title = html_text(bar.said)
    value = html_text(bar.value)
    if bar.marker:
        value = (
            f'<a href="#{escape(anchor(bar.marker), quote=True)}" title="{title}">'
            f'<span class="fn-number fn-hidden">{bar.marker}</span>{value}</a>'
        )
    more = f"<td>{html_text(bar.earlier)}</td>" if has_earlier else ""
    return (
        f'<tr title="{title}"><th scope="row">{html_text(bar.label)}</th>'
        f"<td>{value}</td><td>{html_text(bar.change)}</td>{more}</tr>"
    )
