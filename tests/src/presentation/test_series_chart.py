"""The chart of a figure through the years: what its bars say, where they stand, and as SVG in a report."""

from __future__ import annotations

import re
from dataclasses import replace

from shared_utils.message import literal, message
from shared_utils.types import (
    QUOTED,
    Answer,
    Citation,
    Direct,
    DirectKind,
    DirectOperand,
    Sentence,
    Verdict,
)
from src.i18n import Say
from src.presentation.blocks import BlockKind
from src.presentation.cited import renumbered, text_blocks
from src.presentation.markdown import conversation_markdown
from src.presentation.report_style import environment
from src.presentation.series_chart import HEIGHT, WIDTH, series_chart
from src.presentation.word_document import conversation_docx
from src.screen.series import series_html
from tests.src.presentation.conversations import Conversation
from tests.src.presentation.test_word_document import _W, part, words

HOSTILE = "<img src=x onerror=alert(1)>"


def told(period: str, amount: str, marker: int) -> DirectOperand:
    return DirectOperand(f"Cargo, {period}", amount, "in thousands", (marker,), period, amount)


def answer(*operands: DirectOperand, name: str = "Cargo") -> Answer:
    periods = list(dict.fromkeys(one.period for one in operands))
    lead = Sentence("Cargo went up.", (1,), Verdict.SUPPORTED, message("computed from the cited values"))
    lines = [
        Sentence(
            f"{year}: so much",
            tuple(one.citations[0] for one in operands if one.period == year),
            Verdict.SUPPORTED,
            literal("r"),
            paragraph=number,
            item="-",
            said=literal(f"{year}: so much"),
        )
        for number, year in enumerate(periods, start=1)
    ]
    cited = tuple(Citation(one.citations[0], "d" * 64, "a.pdf", 1, "1", one.value, 0, 1) for one in operands)
    direct = Direct(DirectKind.SERIES, name, "", "", operands)
    return Answer("q", True, (lead, *lines), cited, "stop", QUOTED, "", direct=direct)


THREE = answer(told("2018", "200", 1), told("2019", "230", 2), told("2019", "240", 3), told("2021", "-60", 4))


def test_the_last_of_several_readings_of_a_year_counts_and_the_one_before_is_told() -> None:
    chart = series_chart(THREE)
    assert chart is not None
    assert [(bar.label, bar.value, bar.earlier) for bar in chart.bars] == [
        ("2018", "200", ""),
        ("2019", "240", "230"),
        ("2021", "−60", ""),
    ]
    assert [bar.marker for bar in chart.bars] == [1, 3, 4]
    assert chart.heads == ("Year", "Value", "Change", "Told before")


def test_growth_is_told_over_the_year_before_and_over_no_gap() -> None:
    chart = series_chart(THREE)
    assert chart is not None
    assert [bar.change for bar in chart.bars] == ["", "+20.0 %", ""]


def test_bars_stand_on_one_line_and_a_loss_hangs_below_it() -> None:
    chart = series_chart(THREE)
    assert chart is not None
    assert [(bar.start, bar.end) for bar in chart.bars] == [(0.2, 200 / 300 + 0.2), (0.2, 1.0), (0.0, 0.2)]
    for column in chart.columns():
        assert 0 <= column.x <= WIDTH - column.width
        assert 0 < column.y <= column.y + column.height < HEIGHT


def test_only_a_series_has_a_chart() -> None:
    assert THREE.direct is not None
    assert series_chart(replace(THREE, direct=replace(THREE.direct, kind=DirectKind.VALUE))) is None
    assert series_chart(None) is None


def test_a_series_that_another_version_kept_without_amounts_has_none() -> None:
    assert series_chart(answer(DirectOperand("Cargo, 2018", "200", "", (1,), "2018", ""))) is None


def test_the_text_alternative_says_every_year() -> None:
    chart = series_chart(THREE)
    assert chart is not None
    assert chart.said == "2018: so much; 2019: so much; 2021: so much"


def test_on_the_page_every_value_opens_its_cell_and_nothing_is_markup() -> None:
    chart = series_chart(answer(told("2018", "200", 1), told("2019", "230", 2), name=HOSTILE))
    assert chart is not None
    html = series_html(chart, lambda marker: f"cite-t.a.{marker}")
    assert re.findall(r'href="#(cite-[^"]+)"', html) == ["cite-t.a.1", "cite-t.a.2"]
    assert "<img" not in html


def test_a_report_draws_it_as_svg_with_words_and_a_table() -> None:
    template = environment().from_string('{% import "report_parts.html" as draw %}{{ draw.chart(chart) }}')
    html = template.render(chart=series_chart(THREE))
    assert html.count("<rect ") == 3
    assert 'role="img" aria-label="Cargo: 2018: so much; 2019: so much; 2021: so much"' in html
    assert html.count('<th scope="row">') == 3
    assert "230" in html
    hostile = template.render(chart=series_chart(answer(told("2018", "200", 1), told("2019", "9", 2), name=HOSTILE)))
    assert "<img" not in hostile


def test_its_markers_are_numbered_with_those_of_the_conversation() -> None:
    chart = series_chart(renumbered(THREE, 10))
    assert chart is not None
    assert [bar.marker for bar in chart.bars] == [11, 13, 14]


def test_numbers_are_written_as_the_language_does() -> None:
    chart = series_chart(answer(told("2018", "1200.5", 1), told("2019", "1320.55", 2)), Say("de"))
    assert chart is not None
    assert [bar.value for bar in chart.bars] == ["1\u202f200,5", "1\u202f320,55"]
    assert chart.bars[1].change == "+10,0 %"


def test_text_that_holds_no_chart_has_its_table_with_every_citation() -> None:
    _, table = text_blocks(THREE, Say("en"))
    assert table.kind is BlockKind.TABLE
    assert [[piece.text for piece in row] for row in table.rows] == [
        ["Year", "Value", "Change", "Told before"],
        ["2018", "200", "", ""],
        ["2019", "240", "+20.0 %", "230"],
        ["2021", "−60", "", ""],
    ]
    assert [row[1].markers for row in table.rows[1:]] == [(1,), (2, 3), (4,)]


def test_a_word_file_and_markdown_have_the_table(sample: Conversation) -> None:
    turns = [replace(sample.turns[0], answer=THREE)]
    body = part(conversation_docx(turns), "word/document.xml")
    rows = [[words(cell) for cell in row.iter(f"{_W}tc")] for row in body.iter(f"{_W}tr")]
    assert rows[0] == ["Year", "Value", "Change", "Told before"]
    assert rows[3] == ["2021", "−60", "", ""]
    assert "| 2019 | 240[^2][^3] |" in conversation_markdown(turns)
