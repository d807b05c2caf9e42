"""POST /api/timeline: a figure, a theme or the themes, by date; dates are kept; what is missing is said."""

from __future__ import annotations

import httpx
import pytest

from tests.editions_of_a_port import REVENUE, YEARS, report
from tests.src.api.conftest import Join


@pytest.fixture
def port(server: str, join: Join) -> httpx.Client:
    client = join(server)
    files = [("file", (f"port-{year}.pdf", report(year))) for year in YEARS]
    client.post("/api/documents", params={"wait_s": 60}, files=files)
    return client


def test_a_figure_through_the_years_of_several_reports(port: httpx.Client) -> None:
    told = port.post("/api/timeline", json={"figure": "Total revenue"}).json()
    operands = told["figure"]["direct"]["operands"]
    assert {one["period"]: one["value"] for one in operands} == REVENUE
    cited = {one["marker"]: one for one in told["figure"]["citations"]}
    for one in operands:
        place = cited[one["citations"][0]]
        page = port.get(f"/api/documents/{place['document_id']}/pages/{place['page']}").json()
        assert one["value"] in page["text"][place["start"] : place["end"]]
        assert place["rects"]


def test_themes_and_one_theme_by_its_words(port: httpx.Client) -> None:
    told = port.post("/api/timeline", json={}).json()
    assert [one["date"] for one in told["documents"]] == [f"{year}-12-31" for year in YEARS]
    assert {"Coal Terminal", "Shore Power"} <= {one["name"] for one in told["themes"]}
    (one,) = port.post("/api/timeline", json={"theme": "shore power"}).json()["themes"]
    assert [(share["period"], share["pages"]) for share in one["shares"]] == [("2018", 0), ("2019", 0), ("2020", 1)]
    assert one["shares"][-1]["places"][0]["quote"].lower() == "shore power"


def test_a_date_that_is_corrected_holds_from_then_on(port: httpx.Client) -> None:
    newest = port.post("/api/timeline", json={}).json()["documents"][-1]["document_id"]
    port.post("/api/timeline", json={"dates": {newest: "1999-01"}})
    first = port.post("/api/timeline", json={}).json()["documents"][0]
    assert (first["document_id"], first["date"], first["date_from"]) == (newest, "1999-01", "corrected")


def test_what_is_not_there_is_said_with_what_can_be_shown(port: httpx.Client) -> None:
    told = port.post("/api/timeline", json={"figure": "Unicorns"}).json()
    assert told["figure"] is None
    assert told["notes"][0].startswith("“Unicorns” was not found by year")
    assert len(told["documents"]) == 3
    assert "speaks of “unicorns”" in port.post("/api/timeline", json={"theme": "unicorns"}).json()["notes"][0]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"dates": {"0" * 64: "2019"}}, 404),
        ({"document_ids": ["0" * 64]}, 404),
        ({"dates": {"0" * 64: "yesterday"}}, 422),
        ({"figure": 7}, 422),
        ({"theme": "x" * 500}, 422),
    ],
)
def test_what_is_wrong_is_refused(port: httpx.Client, body: dict[str, object], status: int) -> None:
    assert port.post("/api/timeline", json=body).status_code == status


def test_an_empty_library_says_what_it_needs(server: str, join: Join) -> None:
    told = join(server).post("/api/timeline", json={}).json()
    assert told["themes"] == []
    assert "at least two dates" in told["notes"][0]
