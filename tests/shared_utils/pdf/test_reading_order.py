"""The order in which words are read, whatever the order in which a file draws them."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from shared_utils.pdf.columns import gutters
from shared_utils.pdf.layout import lay_out
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from tests.shared_utils.pdf.pdfs import Draw, lines, pdf, together, written

LEFT = (
    "The steering group met in the old town hall on 4 March and agreed that the pumping station will be kept in "
    "service until the spring flood has passed. Its diesel engine is to be overhauled by the workshop for 318,000 "
    "kroner, and the spare rotor stays on site. The inspector asked for a second gauge at the weir."
)
RIGHT = (
    "Residents of the lake shore complained about noise at night. A measurement on 12 May found 47 decibels at the "
    "nearest window, two more than the permit allows. A sound wall of larch will be built along the fence before "
    "October; the cost of 92,500 kroner is shared equally between the municipality and the operator."
)
THIRD = (
    "The ferry to the island leaves at seven in the morning and returns before dark, unless the harbour master "
    "closes the narrow channel because of drifting ice. Tickets are sold on board, children travel free of charge, "
    "and bicycles need a place that has to be booked a day ahead at the kiosk by the pier."
)
Line = tuple[float, float, str]


def text_of(folder: Path, *draws: Draw) -> str:
    path = written(folder, pdf(together(*draws)))
    events = list(read_pdf(path, ReadingLimits(max_bytes=10_000_000)))
    return "\n".join(page.text for event in events if isinstance(event, PagesRevised) for page in event.pages)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def wrapped(text: str, width: float, size: float) -> list[str]:
    made = [""]
    for word in text.split():
        longer = f"{made[-1]} {word}".strip()
        if stringWidth(longer, "Helvetica", size) > width:
            made.append(word)
        else:
            made[-1] = longer
    return made


def columns(texts: Sequence[str], widths: Sequence[float], gutter: float, shift: float = 0) -> list[list[Line]]:
    """The lines of columns, each lower by `shift` than the one before."""
    made, x = [], 60.0
    for number, (text, width) in enumerate(zip(texts, widths, strict=True)):
        made.append([(x, 700 - 12.5 * i - shift * number, line) for i, line in enumerate(wrapped(text, width, 10))])
        x += width + gutter
    return made


def row_by_row(found: Sequence[Sequence[Line]]) -> list[Line]:
    return [column[i] for i in range(max(map(len, found))) for column in found if i < len(column)]


def drawn(found: Iterable[Line], size: float = 10) -> Draw:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", size)
        for x, y, text in found:
            canvas.drawString(x, y, text)

    return draw


def words_of(found: Iterable[Line], size: float = 10) -> list[Line]:
    made = []
    for x, y, text in found:
        at = x
        for word in text.split():
            made.append((at, y, word))
            at += stringWidth(f"{word} ", "Helvetica", size)
    return made


# ------------------------------------------------------------------------------------------------ columns


@pytest.mark.parametrize("gutter", [9, 12, 14, 24])
def test_columns_drawn_row_by_row_are_read_one_after_the_other(tmp_path: Path, gutter: float) -> None:
    text = squeezed(text_of(tmp_path, drawn(row_by_row(columns((LEFT, RIGHT), (225, 225), gutter)))))
    assert text == f"{LEFT} {RIGHT}"


def test_so_are_three_columns_and_columns_that_are_not_level(tmp_path: Path) -> None:
    three = row_by_row(columns((LEFT, RIGHT, THIRD), (150, 150, 150), 12))
    assert squeezed(text_of(tmp_path, drawn(three))) == f"{LEFT} {RIGHT} {THIRD}"
    shifted = row_by_row(columns((LEFT, RIGHT), (225, 225), 14, shift=5))
    assert squeezed(text_of(tmp_path, drawn(shifted))) == f"{LEFT} {RIGHT}"


def test_a_sidebar_is_read_by_itself(tmp_path: Path) -> None:
    found = row_by_row(columns((f"{LEFT} {RIGHT}", THIRD), (330, 110), 14))
    assert squeezed(text_of(tmp_path, drawn(found))) == f"{LEFT} {RIGHT} {THIRD}"


def test_gutters_in_two_places_of_a_page_are_both_found(tmp_path: Path) -> None:
    above = row_by_row(columns((LEFT, RIGHT), (225, 225), 14))
    below = [(x, y - 250, text) for x, y, text in row_by_row(columns((RIGHT, THIRD), (280, 160), 14))]
    between = lines("A line that runs from one side of the page to the other, over both columns of text.", x=60, y=470)
    text = squeezed(text_of(tmp_path, drawn(above), between, drawn(below)))
    assert f"{LEFT} {RIGHT} A line that runs" in text
    assert text.endswith(f"{RIGHT} {THIRD}")


def test_a_table_of_words_with_narrow_gaps_keeps_its_rows(tmp_path: Path) -> None:
    people = ["Anna Lindqvist", "Bertil Ekman", "Carla Nowakova", "Dieter Vogtmann", "Elsa Bergstrom", "Finn Larsen"]
    tasks = ["Head of the harbour office", "Deputy, dredging works", "Accountant of the board", "Engineer of the locks"]
    table = [
        (x, 700 - 14 * i, text)
        for i, (name, task) in enumerate(zip(people, [*tasks, *tasks], strict=False))
        for x, text in ((60, name), (142, task))
    ]
    text = text_of(tmp_path, drawn(table))
    assert [" ".join(line.split()) for line in text.splitlines()][3] == "Dieter Vogtmann Engineer of the locks"


def test_words_of_one_text_that_happen_to_stand_below_each_other_make_no_column(tmp_path: Path) -> None:
    options = [
        f"{letter}) The hall that is toured on {day} is also" for letter, day in zip("ABCDE", "MTWTF", strict=True)
    ]
    assert text_of(tmp_path, lines(*options)).splitlines() == options


# ------------------------------------------------------------------------------------------------ any order


@pytest.mark.parametrize("order", ["shuffled words", "words from behind", "shuffled lines", "lines from below"])
def test_words_are_read_by_their_lines_in_whatever_order_they_are_drawn(tmp_path: Path, order: str) -> None:
    found = columns((f"{LEFT} {RIGHT}",), (400,), 0)[0]
    if order == "shuffled words":
        found = words_of(found)
        random.Random(2).shuffle(found)
    elif order == "words from behind":
        found = [word for line in found for word in words_of([line])[::-1]]
    elif order == "shuffled lines":
        random.Random(1).shuffle(found)
    else:
        found = found[::-1]
    assert squeezed(text_of(tmp_path, drawn(found))) == f"{LEFT} {RIGHT}"


# ------------------------------------------------------------------------------------------------ directions


def turned(degrees: int, x: float, y: float, draw: Draw) -> Draw:
    def draw_turned(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(degrees)
        draw(canvas)
        canvas.restoreState()

    return draw_turned


@pytest.mark.parametrize("pieces", [1, 3])
def test_a_page_upside_down_is_read_as_it_is_turned(tmp_path: Path, pieces: int) -> None:
    found = columns((LEFT,), (400,), 0)[0]
    if pieces > 1:
        found = words_of(found)
    assert squeezed(text_of(tmp_path, turned(180, 612, 792, drawn(found)))) == LEFT


@pytest.mark.parametrize("degrees", [90, 270])
def test_a_line_along_the_margin_is_one_line_and_breaks_no_paragraph(tmp_path: Path, degrees: int) -> None:
    found = columns((LEFT,), (400,), 0)[0]
    margin = turned(degrees, 30, 400, drawn([(0, 0, "Downloaded by a guest on 23 May 2024")]))
    text = text_of(tmp_path, drawn(found[:3]), margin, drawn(found[3:]))
    assert LEFT in squeezed(text)
    assert "Downloaded by a guest on 23 May 2024" in text.splitlines()


def test_a_level_line_on_a_page_with_a_sideways_table_is_one_line(tmp_path: Path) -> None:
    rows = [("Fluid", "Capacity"), ("Engine oil", "5.7"), ("Rear axle", "1.8"), ("Power steering", "0.9")]
    table = drawn([(x, -20 * i, cell) for i, row in enumerate(rows) for x, cell in zip((0, 140), row, strict=True)])
    text = text_of(tmp_path, lines("Annex C. The table is turned.", y=740), turned(90, 100, 100, table))
    assert text.splitlines()[0] == "Annex C. The table is turned."
    assert "Rear axle   1.8" in text.splitlines()


def laid_out(raw: str, words: list[tuple[int, int, int, int, int, int]]) -> list[str]:
    rows = lay_out(raw, words, frozenset())
    return ["".join(raw[segment.start : segment.end] for segment in row) for row in rows]


def test_japanese_columns_are_read_from_the_right_in_whatever_order_they_are_drawn() -> None:
    columns_of = [
        "港の灯台は建て",
        "られました。塔",
        "は三十メートル",
        "です。管理人は",
        "二人で、家族と",
        "島で暮らしまし",
        "た。",
    ]
    drawn_so = [3, 1, 4, 0, 5, 2, 6]
    raw = "\n".join(columns_of[i] for i in drawn_so)
    words, start = [], 0
    for i in drawn_so:
        length = len(columns_of[i])
        words.append((start, start + length, 900 - 200 * i, 0, 1000 - 200 * i, 120 * length))
        start += length + 1
    assert laid_out(raw, words) == columns_of


def test_a_hebrew_row_is_read_from_the_right_and_its_latin_words_from_the_left() -> None:
    raw = "אבג Word Office 2019 דהו"
    words = [
        (0, 3, 900, 0, 1000, 100),
        (16, 20, 780, 0, 880, 100),
        (9, 15, 560, 0, 760, 100),
        (4, 8, 400, 0, 540, 100),
        (21, 24, 280, 0, 380, 100),
    ]
    assert [row.replace(" ", "") for row in laid_out(raw, sorted(words))] == ["אבגWordOffice2019דהו"]


# ------------------------------------------------------------------------------------------------ letters


def one_by_one(text: str, step: float, y: float = 700) -> Draw:
    return drawn([(60 + step * i, y, letter) for i, letter in enumerate(text) if letter != " "], size=14)


@pytest.mark.parametrize("text", ["OPENING HOURS", "Winter Season 2025", "WARNING", "MILK AND WIMMIL"])
def test_letters_set_one_by_one_are_words(tmp_path: Path, text: str) -> None:
    found = text_of(tmp_path, one_by_one(text, 18), lines("Monday to Friday from 7:30 to 18:15.", y=650))
    assert found.splitlines()[0] == text


@pytest.mark.parametrize("letters", ["ABCDEF", "JFMAMJ", "MTWTFSS", "YNNYNY"])
def test_letters_that_are_a_list_or_heads_of_columns_stay_apart(tmp_path: Path, letters: str) -> None:
    assert text_of(tmp_path, one_by_one(letters, 18)).split() == list(letters)


def test_words_of_a_typewriter_that_begin_below_each_other_are_no_column() -> None:
    """On a page of letters of one width, blanks stand one below the other by chance, line after line."""
    halves = (
        ("the ferry leaves the old", "harbour at seven in the"),
        ("morning and it takes all", "who wait on the quay for"),
        ("it, unless the ice is so", "thick that no pilot will"),
        ("take her out. Tickets of", "the day before are valid"),
        ("on her next run. No dogs", "are taken, but in winter"),
        ("they may go to the upper", "deck with their keepers."),
    )
    assert len({len(left) for left, _ in halves}) == 1
    joined = [" ".join(half) for half in halves]
    assert gutters(typed(joined)) == []
    assert gutters(typed(joined, narrower=60)) != []  # where letters are of many widths, such white is a gutter


def typed(lines_: Sequence[str], narrower: int = 0) -> list[tuple[int, int, int, int, int, int]]:
    """Words with boxes, each letter 60 wide, as a typewriter sets them; every other word as much `narrower`."""
    words: list[tuple[int, int, int, int, int, int]] = []
    at = 0
    for number, line in enumerate(lines_):
        for match in re.finditer(r"\S+", line):
            start, end = match.span()
            words.append(
                (
                    at + start,
                    at + end,
                    60 * start,
                    114 * number,
                    60 * end - narrower * (len(words) % 2),
                    114 * number + 72,
                )
            )
        at += len(line) + 1
    return words
