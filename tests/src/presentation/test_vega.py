"""Charts as Vega-Lite: valid by its own schema, every point with its words and its link."""

from __future__ import annotations

import altair
import pytest

from shared_utils.timeline.themes import Mention, Share, Theme
from shared_utils.types import Span
from src.i18n import ENGLISH, Say
from src.presentation.series_chart import series_chart
from src.presentation.vega import Spec, figure_spec, themes_spec
from tests.src.presentation.test_series_chart import THREE, answer, told

_PLACE = Mention("d" * 64, 2, Span(0, 4), is_heading=False)
_THEMES = (
    Theme("Shore Power", (Share("2019", 0, 12, ()), Share("2020", 3, 12, (_PLACE,)))),
    Theme("Coal", (Share("2019", 6, 12, (_PLACE,)), Share("2020", 0, 12, ()))),
)


def a_figure(years: int) -> Spec:
    chart = series_chart(answer(*(told(str(2000 + n), str(100 + n), n + 1) for n in range(years))))
    assert chart is not None
    return figure_spec(chart, lambda marker: f"#cite-t.{marker}")


def themes(say: Say = ENGLISH) -> Spec:
    return themes_spec(_THEMES, lambda number, period: f"#cite-{number}.{period}", say)


@pytest.mark.parametrize("spec", [a_figure(3), a_figure(12), themes()], ids=["bars", "line", "themes"])
def test_a_chart_is_valid_by_the_schema_of_vega_lite(spec: Spec) -> None:
    altair.Chart.from_dict(dict(spec), validate=True)


def test_a_bar_tells_the_newest_reading_of_its_year_and_opens_its_cell() -> None:
    chart = series_chart(THREE)
    assert chart is not None
    (layer,) = figure_spec(chart, lambda marker: f"#cite-t.{marker}")["layer"]
    assert [(p["at"], p["amount"], p["link"]) for p in layer["data"]["values"]] == [
        ("2018", 200.0, "#cite-t.1"),
        ("2019", 240.0, "#cite-t.3"),
        ("2021", -60.0, "#cite-t.4"),
    ]
    assert layer["mark"]["type"] == "bar"


def test_many_periods_are_a_line() -> None:
    assert [a_figure(n)["layer"][0]["mark"]["type"] for n in (8, 9)] == ["bar", "line"]


def test_a_theme_is_a_line_through_every_period_and_leads_only_where_a_page_speaks_of_it() -> None:
    (layer,) = themes()["layer"]
    assert [(p["theme"], p["at"], p["share"], p["link"]) for p in layer["data"]["values"]] == [
        ("Shore Power", "2019", 0.0, None),
        ("Shore Power", "2020", 0.25, "#cite-0.2020"),
        ("Coal", "2019", 0.5, "#cite-1.2019"),
        ("Coal", "2020", 0.0, None),
    ]
    assert layer["data"]["values"][1]["said"] == "Shore Power, 2020: 3 of 12 pages"


def test_no_data_is_left_for_streamlit_to_send_as_arrow() -> None:
    assert not {"data", "datasets"} & (set(a_figure(3)) | set(themes()))


def test_the_menu_that_leads_to_another_site_is_off() -> None:
    assert themes()["usermeta"]["embedOptions"]["actions"] is False
