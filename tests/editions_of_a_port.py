"""Reports of one port, a year each: a row that goes on, themes that appear and disappear."""

from __future__ import annotations

from reportlab.pdfgen.canvas import Canvas

from tests.shared_utils.pdf import pdfs

YEARS = ("2018", "2019", "2020")
REVENUE = {"2016": "1,010", "2017": "1,060", "2018": "1,100", "2019": "1,180", "2020": "1,250"}
_THEME = {"2018": "Coal Terminal", "2019": "Coal Terminal", "2020": "Shore Power"}


def report(year: str) -> bytes:
    """Three pages: the date, a heading with its theme, a table of three years."""
    theme = _THEME[year]

    def head(canvas: Canvas) -> None:
        pdfs.lines("Annual report of the port", size=20, font="Helvetica-Bold")(canvas)
        pdfs.lines(f"For the year ended 31 December {year}", "The pilots write every ship into the book.", y=640)(
            canvas
        )

    def middle(canvas: Canvas) -> None:
        pdfs.lines(theme, size=16, font="Helvetica-Bold")(canvas)
        pdfs.lines(f"The {theme.lower()} was visited by the board, and its quay was mended.", y=660)(canvas)

    years = [str(int(year) - back) for back in range(3)]
    rows = [
        ("", *years),
        ("Total revenue", *(REVENUE[one] for one in years)),
        ("Pilotage", "97", "83", "81"),
        ("Net income", "41", "52", "47"),
    ]
    accounts = pdfs.together(pdfs.lines("Accounts (in millions)"), pdfs.cells(*rows))
    return pdfs.pdf(head, middle, accounts)
