"""A figure and themes through the years as Vega-Lite: what a chart shows, not how a library draws it.

A specification is a plain mapping (https://vega.github.io/vega-lite/docs/spec.html). The values stand in its layers: as
data of the whole chart, Streamlit would send them as Arrow tables, which need packages that a run leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shared_utils.timeline.themes import Theme
from src.i18n import Say
from src.presentation.series_chart import Chart
from src.presentation.timeline import share_in_words

Spec = Mapping[str, Any]

_MOST_BARS = 8  # more of them are a line
HEIGHT = 240  # pixels


def figure_spec(chart: Chart, link: Callable[[int], str]) -> Spec:
    """Bars, or from nine periods on a line: a value is told where a pointer rests, a click follows `link(marker)`."""
    points = [
        {
            "at": bar.label,
            "amount": bar.amount,
            "said": bar.said,
            "link": link(bar.marker) if bar.marker else None,
        }
        for bar in chart.bars
    ]
    mark: Spec = (
        {"type": "bar", "width": {"band": 0.5}, "cornerRadiusEnd": 2, "cursor": "pointer"}
        if len(points) <= _MOST_BARS
        else {"type": "line", "point": {"size": 70, "cursor": "pointer"}}
    )
    encoding = {
        "x": _periods(),
        "y": {"field": "amount", "type": "quantitative", "axis": {"title": None, "tickCount": 4}},
        "tooltip": {"field": "said", "type": "nominal"},
        "description": {"field": "said", "type": "nominal"},
        "href": {"field": "link", "type": "nominal"},
    }
    return _spec([_layer(points, mark, encoding)])


def themes_spec(themes: Sequence[Theme], link: Callable[[int, str], str], say: Say) -> Spec:
    """A line a theme: its share of the pages of each period. A click on a point follows `link(theme, period)`."""
    points = [
        {
            "at": share.period,
            "theme": theme.name,
            "share": share.share,
            "said": f"{theme.name}, {share.period}: {share_in_words(share, say)}",
            "link": link(number, share.period) if share.places else None,
        }
        for number, theme in enumerate(themes)
        for share in theme.shares
    ]
    legend = {"title": None, "orient": "bottom", "columns": 2, "labelLimit": 150, "symbolType": "stroke"}
    encoding = {
        "x": _periods(),
        "y": {"field": "share", "type": "quantitative", "axis": {"title": None, "format": "~%", "tickCount": 4}},
        "color": {"field": "theme", "type": "nominal", "sort": None, "legend": legend},
        "tooltip": {"field": "said", "type": "nominal"},
        "description": {"field": "said", "type": "nominal"},
        "href": {"field": "link", "type": "nominal"},
    }
    return _spec([_layer(points, {"type": "line", "point": {"size": 60, "cursor": "pointer"}}, encoding)])


def _periods() -> Spec:
    return {
        "field": "at",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "labelAngle": 0, "labelOverlap": True},
    }


def _layer(values: Sequence[Mapping[str, object]], mark: Spec, encoding: Spec) -> Spec:
    return {"data": {"values": list(values)}, "mark": mark, "encoding": encoding}


def _spec(layers: Sequence[Spec]) -> Spec:
    """SVG, so that it is sharp and printed as it is; without the menu, which leads to another site's editor."""
    return {
        "layer": list(layers),
        "usermeta": {"embedOptions": {"renderer": "svg", "actions": False}},
    }
