from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from shared_utils.message import literal
from src.i18n import Say
from src.presentation.csv_table import answers_csv, harmless
from tests.src.presentation.conversations import CARGO, FORMULA, FRANCE, SHIPS, Conversation


def rows(data: bytes, delimiter: str = ",") -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def test_a_question_a_row_with_its_verdict_sources_engine_and_seconds(sample: Conversation) -> None:
    head, *table = rows(answers_csv(sample.turns))
    assert head == ["question", "answer", "verdict", "sources", "engine", "seconds"]
    assert [row[0] for row in table] == [CARGO, SHIPS, FRANCE]
    written, quoted, refused = table
    assert written[1].startswith("Nordhaven handled 2.84 million tonnes in 2025.[1] Timber fell")
    assert written[2].splitlines() == [
        "5 of 8 sentences supported",
        "† Only partly supported: the page gives another reason",
        "‡ The documents say otherwise: the page says 601, the answer 710",
        "§ Not found in the documents: no passage mentions 2031",
    ]
    assert written[3].startswith("[1] report.pdf p. 2, printed 1 “Nordhaven handled 2.84 million tonnes")
    assert written[4:] == ["llama3.2:3b on this machine", "21.4"]
    assert (quoted[2], refused[2]) == ("supported", "not in the documents")
    assert "1,206 ships" in quoted[1]


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-2", "@SUM(A1)", " =1", "\t=1", "＝1", "\r=1"])
def test_a_cell_that_would_be_a_formula_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert harmless(f"a{cell}") == f"a{cell}"


def test_formulas_from_documents_and_questions_are_text(hostile: Conversation) -> None:
    _, _, row = rows(answers_csv(hostile.turns))
    assert row[0] == f"'{FORMULA}"
    table = [cell for row in rows(answers_csv(hostile.turns)) for cell in row]
    assert not [cell for cell in table if cell.lstrip().startswith(("=", "+", "-", "@"))]


def test_a_question_that_failed_says_so(sample: Conversation) -> None:
    failed = replace(sample.turns[0], answer=None, error=literal("There is no document to ask yet."))
    assert rows(answers_csv([failed]))[1] == [CARGO, "There is no document to ask yet.", "not answered", "", "", ""]


def test_where_the_comma_is_a_decimal_sign_cells_are_parted_as_excel_does_there(sample: Conversation) -> None:
    head, row, *_ = rows(answers_csv(sample.turns, Say("de")), delimiter=";")
    assert head[0] == "Frage"
    assert row[5] == "21,4"
