"""The block of a value that leads an answer."""

from __future__ import annotations

from dataclasses import replace

from shared_utils.message import message
from shared_utils.types import (
    Answer,
    Citation,
    Direct,
    DirectKind,
    DirectOperand,
    EngineKind,
    GenerationStats,
    Sentence,
    Verdict,
)
from src.api.as_json import answer_markdown
from src.presentation.blocks import blocks
from src.presentation.lead import Lead, lead_of, with_lead
from src.presentation.plain_text import plain_answer
from src.screen.direct import lead_html

A, B = (
    DirectOperand("Wages, 2024", "17.9", "in millions", (1,)),
    DirectOperand("Wages, 2025", "18.8", "in millions", (2,)),
)


def answer(direct: Direct, *said: str) -> Answer:
    sentences = tuple(
        Sentence(
            text, (1, 2), Verdict.SUPPORTED, message("computed from the cited values"), said=message("{v}", v=text)
        )
        for text in said
    )
    cited = tuple(Citation(n, "d", "d.pdf", n, "", "Wages", 0, 5) for n in (1, 2))
    stats = GenerationStats(EngineKind.EXTRACTIVE, "")
    return Answer("?", True, sentences, cited, "stop", stats, "")


def led(kind: DirectKind, name: str, value: str, operands: tuple[DirectOperand, ...], *said: str) -> Lead | None:
    direct = Direct(kind, name, value, "", operands)
    return lead_of(replace(answer(direct, *said), direct=direct))


def test_a_value_stands_alone_with_its_name() -> None:
    lead = led(DirectKind.VALUE, "Wages, 2025", "18.8", (B,), "Wages, 2025: $18.8 (in millions)")
    assert lead == Lead("Wages, 2025", "$18.8 (in millions)", "", (1, 2), (), 1)


def test_a_long_unit_stands_with_the_name_not_with_the_figure() -> None:
    unit = "In millions, except per share data and percentages"
    lead = led(DirectKind.VALUE, B.name, B.value, (replace(B, unit=unit),), f"Wages, 2025: 18.8 ({unit})")
    assert lead == Lead(f"Wages, 2025 ({unit})", "18.8", "", (1, 2), (), 1)


def test_a_calculation_has_its_result_its_formula_and_a_row_for_each_cell() -> None:
    lead = led(DirectKind.CALCULATION, "Wages, change", "0.9", (A, B), "Wages, change, 2024–2025: 18.8 − 17.9 = 0.9")
    assert lead == Lead("Wages, change, 2024–2025", "0.9", "18.8 − 17.9 = 0.9", (), (A, B), 1)


def test_values_side_by_side_are_a_table_in_place_of_their_sentences() -> None:
    lead = led(DirectKind.COMPARISON, "", "2", (A, B), "Wages, 2024: 17.9", "Wages, 2025: 18.8", "More.")
    assert lead == Lead("", "", "", (), (A, B), 2)


def test_values_under_names_of_their_own_have_a_row_each_without_what_all_share() -> None:
    lead = led(DirectKind.VALUE, "Wages", "", (A, B), "Wages: 2024 17.9 · 2025 18.8 (in millions)")
    rows = tuple(replace(one, name=year) for one, year in ((A, "2024"), (B, "2025")))
    assert lead == Lead("Wages", "", "", (), rows, 1)


def test_values_that_no_name_tells_apart_stand_in_one_row_and_it_is_said() -> None:
    headless = tuple(replace(one, name="Wages") for one in (A, B))
    lead = led(DirectKind.VALUE, "Wages", "", headless, "Wages: 17.9 · 18.8 (in millions)")
    assert lead is not None
    assert lead.rows == (DirectOperand("Wages", "17.9 · 18.8", "in millions", (1, 2)),)
    assert "which column" in lead.hint
    assert lead.hint in lead_html(lead, "cite-{}".format, {})


def test_a_sentence_that_says_more_than_the_value_stays_a_sentence() -> None:
    assert led(DirectKind.VALUE, "Wages, 2025", "18.8", (B,), "Wages, 2025: 18.8: the highest of 2 values.") is None
    assert led(DirectKind.YES_NO, "", "yes", (B,), "Yes.") is None
    assert led(DirectKind.FILE, "a.pdf", "4", (), "a.pdf has 4 pages.") is None


def test_names_and_values_are_text_and_every_known_marker_leads_to_its_place() -> None:
    hostile = DirectOperand("<script>", "<b>1</b>", "", (1, 9))
    drawn = lead_html(Lead("<i>", "1", "", (2,), (hostile,), 1), "cite-{}".format, {1: "d.pdf, page 1", 2: '"x"'})
    assert not any(tag in drawn for tag in ("<script>", "<b>", "<i>"))
    assert drawn.count("<a ") == 2
    assert 'href="#cite-1" title="d.pdf, page 1"' in drawn


def test_where_text_is_drawn_the_value_is_bold_and_every_cell_has_its_row_and_its_markers() -> None:
    direct = Direct(DirectKind.CALCULATION, "Wages, change", "0.9", "", (A, B), "18.8 − 17.9")
    told = replace(answer(direct, "Wages, change: 18.8 − 17.9 = 0.9", "And before."), direct=direct)
    told = replace(told, sentences=tuple(replace(s, paragraph=n) for n, s in enumerate(told.sentences)))
    line, cells, other = with_lead(blocks(told), told)
    assert [(run.text, run.bold) for run in line.pieces[0].runs] == [
        ("Wages, change: 18.8 − 17.9 = ", False),
        ("0.9", True),
    ]
    assert line.pieces[0].markers == ()  # they stand at the cells
    assert [[piece.text for piece in row] for row in cells.rows] == [
        ["Row", "As printed", "Unit"],
        ["Wages, 2024", "17.9", "in millions"],
        ["Wages, 2025", "18.8", "in millions"],
    ]
    assert [row[1].markers for row in cells.rows[1:]] == [(1,), (2,)]
    assert other.pieces[0].text == "And before."
    assert answer_markdown(told) == (
        "Wages, change: 18.8 − 17.9 = **0.9**\n\n"
        "| Row | As printed | Unit |\n| --- | ---: | ---: |\n"
        "| Wages, 2024 | 17.9 [1] | in millions |\n| Wages, 2025 | 18.8 [2] | in millions |\n\n"
        "And before. [1][2]"
    )
    assert plain_answer(told).startswith(
        "Wages, change: 18.8 − 17.9 = 0.9\n\nWages, 2024: 17.9 (in millions) [1]\nWages, 2025: 18.8 (in millions) [2]\n"
    )


def test_what_no_value_leads_is_drawn_as_it_is() -> None:
    direct = Direct(DirectKind.LIST, "Steps", "2", "", (A, B))
    told = replace(answer(direct, "Steps: 2 of 2 on p. 1"), direct=direct)
    assert with_lead(blocks(told), told) == blocks(told)


def test_words_stand_at_their_beginning_and_a_column_without_units_is_none() -> None:
    age, post = (DirectOperand(name, value, "", (1,)) for name, value in (("Age", "59"), ("Position", "Director")))
    drawn = lead_html(Lead("Kamy Scarlett", "", "", (), (age, post), 1), str, {})
    assert 'class="fn-rows fn-in-words"' in drawn
    assert drawn.count("<td>") == 2
