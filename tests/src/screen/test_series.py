"""A chart on the page, drawn by Streamlit's own Vega-Lite."""

from __future__ import annotations

import json

from streamlit.testing.v1 import AppTest


def test_a_chart_is_drawn_with_its_words_beside_it() -> None:
    def page() -> None:
        from src.screen.series import draw_chart

        draw_chart({"layer": [{"data": {"values": [{"at": "2020"}]}, "mark": "bar"}]}, "Cargo", "2020: 7")

    run = AppTest.from_function(page).run(timeout=20)
    assert not run.exception
    (chart,) = run.get("vega_lite_chart")
    assert json.loads(chart.proto.spec)["layer"][0]["data"]["values"] == [{"at": "2020"}]
    assert chart.proto.alt == "Cargo: 2020: 7"
