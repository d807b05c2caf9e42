"""Tables without heads, with heads over their frame, beside a chart: what other publishers print."""

from __future__ import annotations

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tests.shared_utils.tables.drawn import read_one, rows, rules, texts

PORTS = (
    ("Berg", "4,601", "11.5", "2021"),
    ("Dahl", "5,574", "19.5", "2011"),
    ("Elv", "3,915", "8.9", "2011"),
    ("Fjord", "3,656", "8.1", "2010"),
)
FRAME = rules(*[(68, y, 530, y) for y in (664, 645, 629, 613, 597)], *[(x, 664, x, 597) for x in (68, 296, 530)])
NAMES = ("Port", "Ships", "Share", "Year")


def test_commands_and_what_they_do_have_no_head(tmp_path: Path) -> None:
    entries = (
        ("buoy list", "Show all buoys that are known here."),
        ("buoy move NAME", "Move a buoy to another place."),
        ("buoy lift NAME", "Take a buoy out of the water."),
        ("buoy paint NAME", "Paint a buoy in another colour."),
    )
    table = read_one(tmp_path, FRAME, rows(*entries, right_aligned=9)).table
    assert table.head_rows == 0
    assert texts(table) == [list(entry) for entry in entries]


def test_two_names_over_such_entries_are_their_head(tmp_path: Path) -> None:
    entries = (
        ("Command", "Meaning"),
        ("buoy list", "Show all buoys that are known here."),
        ("buoy move NAME", "Move a buoy to another place."),
        ("buoy lift NAME", "Take a buoy out of the water."),
    )
    table = read_one(tmp_path, FRAME, rows(*entries, right_aligned=9)).table
    assert table.head_rows == 1


def test_names_over_a_grid_are_its_head(tmp_path: Path) -> None:
    ys = (645, 629, 613, 597, 581)
    grid = rules(*[(68, y, 530, y) for y in ys], *[(x, ys[0], x, ys[-1]) for x in (68, 298, 372, 452, 530)])
    table = read_one(tmp_path, grid, rows(NAMES, *PORTS, pitch=16, bold_rows=1)).table
    assert table.head_rows == 1
    assert texts(table) == [list(NAMES), *map(list, PORTS)]


def test_a_title_over_a_grid_is_no_head(tmp_path: Path) -> None:
    ys = (645, 629, 613, 597, 581)
    grid = rules(*[(68, y, 530, y) for y in ys], *[(x, ys[0], x, ys[-1]) for x in (68, 298, 372, 452, 530)])
    table = read_one(tmp_path, grid, rows(("Ports of the coast", "", "", ""), *PORTS)).table
    assert texts(table) == list(map(list, PORTS))


def test_a_label_broken_over_lines_is_one_among_full_rows(tmp_path: Path) -> None:
    """Each row fills every column, and the first line of one label has no figures."""
    ys = (664, 648, 550)
    grid = rules(*[(68, y, 530, y) for y in ys], *[(x, ys[0], x, ys[-1]) for x in (68, 298, 372, 452, 530)])
    broken = (*PORTS[:1], ("Mooring and", "", "", ""), ("anchoring", "1,000", "0.9", "2012"), *PORTS[1:])
    table = read_one(tmp_path, grid, rows(NAMES, *broken, pitch=13)).table
    assert ["Mooring and anchoring", "1,000", "0.9", "2012"] in texts(table)
    assert all(not over for over in table.parents)


def test_a_range_stays_in_its_field(tmp_path: Path) -> None:
    def prices(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        for line, (label, low, high) in enumerate(
            (("Berg", "1.27", "1.42"), ("Dahl", "1.23", "1.39"), ("Elv", "1.36", "1.41"))
        ):
            y = 634 - 16 * line
            canvas.drawString(72, y, label)
            for x in (320, 420):
                canvas.drawString(x, y, f"{low} -")
                canvas.drawRightString(x + 50, y, high)

    table = read_one(tmp_path, rows(("Port", "Week", "Year")), prices, rows(("Foss", "1.50", "1.60"), y=586)).table
    assert texts(table)[1] == ["Berg", "1.27 - 1.42", "1.27 - 1.42"]


def test_a_table_beside_charts_is_read(tmp_path: Path) -> None:
    def chart(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 7)
        for tick in range(5):
            canvas.drawString(548, 590 + 14 * tick, f"{tick}.00")
            canvas.drawString(745, 592 + 14 * tick, f"line {tick}")
        for shift in (0, 9, 18):
            path = canvas.beginPath()
            path.moveTo(570, 600 + shift)
            for step in range(1, 9):
                path.lineTo(570 + 20 * step, 600 + shift + 13 * (step % 3))
            canvas.drawPath(path)

    found = read_one(tmp_path, rows(NAMES, *PORTS, *PORTS), chart, size=(792, 612 + 180))
    assert texts(found.table)[:2] == [list(NAMES), list(PORTS[0])]


def test_types_over_columns_are_names_and_no_figures(tmp_path: Path) -> None:
    kinds = (("Model", "GP-1000", "NP-1000"), ("Weight", "260", "240"), ("Height", "124", "126"), ("Width", "80", "81"))
    assert read_one(tmp_path, rows(*kinds)).table.head_rows == 1


def test_names_of_two_lines_begin_on_the_line_above_where_others_stand_amid_them(tmp_path: Path) -> None:
    def heads(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 9)
        for y, names in ((712, ((200, "Length"), (300, "Draught"))), (706, ((72, "Port"), (400, "Berths")))):
            for x, name in names:
                canvas.drawString(x, y, name)
        for x, unit in ((200, "(m)"), (300, "(dm)")):
            canvas.drawString(x, 700, unit)
        for row, (port, *figures) in enumerate(PORTS):
            canvas.drawString(72, 684 - 14 * row, port)
            for x, figure in zip((200, 300, 400), figures, strict=True):
                canvas.drawString(x, 684 - 14 * row, figure)

    table = read_one(tmp_path, heads).table
    assert texts(table)[0] == ["Port", "Length (m)", "Draught (dm)", "Berths"]


def test_the_entries_of_an_account_are_a_table_without_a_rule(tmp_path: Path) -> None:
    entries = (
        ("02/07", "HARBOUR CAFE", "BERGEN", "4.20"),
        ("03/07", "QUAY MARKET", "BERGEN", "17.16"),
        ("03/07", "FERRY TICKETS", "DAHL", "238.79"),
        ("05/07", "BOAT YARD", "DAHL", "12.00"),
        ("06/07", "CHANDLER", "BERGEN", "9.90"),
    )
    table = read_one(tmp_path, rows(*entries)).table
    assert texts(table) == [list(entry) for entry in entries]
