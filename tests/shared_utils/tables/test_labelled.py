"""Labels with their values beside them, without rules: told by bold, colons or white; columns of text are none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from shared_utils.structure.model import words as words_of
from shared_utils.structure.pairs import pairs
from tests.shared_utils.tables.drawn import Draw, paths, read_one, rows, texts, words

BOX = (
    ("Born", ("Ada Maria Hill", "6 May 1989", "Hale, Kent")),
    ("Alma mater", ("Central School of", "Speech and Drama")),
    ("Occupation", ("Actress",)),
    ("Height", ("1.67 m (5 ft 6 in)",)),
)
PROSE = (
    "Ada Maria Hill is an actress who is known for her roles",
    "in three series, of which the second was shown all over",
    "the country. She was born in Hale as the youngest of",
    "four children and went to school there until she was",
    "sixteen. She has an older brother and an older sister",
    "who both work in the theatre that her mother founded",
    "and that is still open in the summer of every year.",
)


def block(
    x: float, value_x: float, rows: Sequence[tuple[str, Sequence[str]]], bold: bool = True, y: float = 690
) -> Draw:
    def draw(canvas: Canvas) -> None:
        at = y
        for label, lines in rows:
            canvas.setFont("Helvetica-Bold" if bold else "Helvetica", 9)
            canvas.drawString(x, at, label)
            canvas.setFont("Helvetica", 9)
            for line in lines:
                canvas.drawString(value_x, at, line)
                at -= 13

    return draw


def prose(x: float, y: float = 690) -> Draw:
    return words(*((x, y - 12 * number, line) for number, line in enumerate(PROSE)))


def test_a_box_of_labels_beside_running_text_is_read_in_rows_of_several_lines(tmp_path: Path) -> None:
    page = read_one(tmp_path, prose(60), block(380, 442, BOX))
    assert paths(page.table) == [
        "Born = Ada Maria Hill 6 May 1989 Hale, Kent",
        "Alma mater = Central School of Speech and Drama",
        "Occupation = Actress",
        "Height = 1.67 m (5 ft 6 in)",
    ]
    told = {words_of(page.page, pair.label): words_of(page.page, pair.value) for pair in pairs(page.page)}
    assert told["Alma mater"] == "Central School of Speech and Drama"


def test_a_label_close_to_its_value_is_parted_where_the_values_begin(tmp_path: Path) -> None:
    page = read_one(tmp_path, block(72, 130, [*BOX[:1], ("Years active", ("2011 to 2020",)), *BOX[2:]]))
    assert "Years active = 2011 to 2020" in paths(page.table)


def test_colons_tell_labels_that_are_not_bold(tmp_path: Path) -> None:
    rows = [(f"{label}:", lines) for label, lines in BOX]
    page = read_one(tmp_path, block(72, 150, rows, bold=False))
    assert paths(page.table)[2] == "Occupation = Actress"


def test_white_tells_labels_of_short_values(tmp_path: Path) -> None:
    rows = [
        ("Owner", ("The parish",)),
        ("Architect", ("Ina Roth",)),
        ("Builder", ("Hale and Sons",)),
        ("Style", ("Plain",)),
    ]
    page = read_one(tmp_path, block(72, 190, rows, bold=False))
    assert paths(page.table) == [
        "Owner = The parish",
        "Architect = Ina Roth",
        "Builder = Hale and Sons",
        "Style = Plain",
    ]


def test_two_columns_of_text_are_no_labels_and_values(tmp_path: Path) -> None:
    assert read_one(tmp_path, prose(60), prose(330)).tables == ()


def test_two_labels_are_no_block_and_contents_are_none(tmp_path: Path) -> None:
    assert read_one(tmp_path, block(72, 150, BOX[2:])).tables == ()
    contents = [
        (title, (page,)) for title, page in (("Scope", "3"), ("Terms", "9"), ("Prices", "12"), ("Delivery", "31"))
    ]
    assert read_one(tmp_path, block(72, 300, contents)).tables == ()


def test_columns_of_a_wider_table_are_no_labels_with_values(tmp_path: Path) -> None:
    rows = (
        ("Post", "Early", "Late", "Night"),
        ("Gate house", "Ekberg", "Lund", "Sato"),
        ("Crane", "Okoye", "Ferrari", "Nunez"),
        ("Pilot boat", "Hansen", "Petrov", "Keane"),
    )
    page = read_one(
        tmp_path,
        words(*((72 + 110 * c, 690 - 16 * n, word) for n, row in enumerate(rows) for c, word in enumerate(row))),
    )
    assert not any(table.columns == 2 for table in page.tables)


def test_values_below_labels_that_stand_side_by_side(tmp_path: Path) -> None:
    head = [("Invoice Date:", "Due Date:", "Reference:"), ("03/20/2023", "04/04/2023", "CUST 12")]
    table = read_one(tmp_path, rows(*head, lefts=(72, 240, 400), right_aligned=9)).table
    assert texts(table) == [["Invoice Date:", "03/20/2023"], ["Due Date:", "04/04/2023"], ["Reference:", "CUST 12"]]
