"""`timeline` on the command line: a figure, themes, a date given by hand, a report in one file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from src.cli.commands import main
from src.settings import Settings
from tests.editions_of_a_port import REVENUE, YEARS, report


@pytest.fixture(autouse=True)
def _data_folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_DATA_DIR", str(settings.data_dir))


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for year in YEARS:
        (tmp_path / f"port-{year}.pdf").write_bytes(report(year))
    return [str(tmp_path / f"port-{year}.pdf") for year in YEARS]


def test_a_figure_as_json_and_as_a_report(files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.html"
    assert main(["timeline", *files, "--figure", "Total revenue", "--json", "--report", str(out)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["period"]: one["value"] for one in told["figure"]["direct"]["operands"]} == REVENUE
    html = out.read_text(encoding="utf-8")
    assert html.count("<title>2") == len(REVENUE)  # each bar says its year
    assert "<script" not in html
    assert "Total revenue" in html


def test_themes_are_pleasant_to_read_and_make_a_report(
    files: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.html"
    assert main(["timeline", *files]) == 0
    assert "Shore Power (from 2020): 2018: 0 of" in capsys.readouterr().out
    assert main(["timeline", *files, "--report", str(out)]) == 0
    html = out.read_text(encoding="utf-8")
    assert '<th scope="row" dir="auto">Coal Terminal</th>' in html
    assert 'id="c1"' in html


def test_a_date_is_given_by_hand(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", *files, "--date", "port-2018.pdf=2021-05", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"][-1]["date"] == "2021-05"
    assert main(["timeline", *files, "--date", "port-2018.pdf=soon"]) == 1
    assert "expected FILE=DATE" in capsys.readouterr().err


def test_what_no_table_tells_is_said(files: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["timeline", *files, "--figure", "Unicorns"]) == 1
    assert "“Unicorns” was not found by year" in capsys.readouterr().out
