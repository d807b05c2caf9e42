"""Draws the sample report that the first visit offers: `python -m tests.sample_report` writes
src/library/sample_report.pdf."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate, Paragraph, Spacer, Table, TableStyle

SAMPLE = Path(__file__).parent.parent / "src" / "library" / "sample_report.pdf"

_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=10.5, leading=15.5, spaceAfter=9)
_TITLE = ParagraphStyle("title", fontName="Times-Bold", fontSize=26, leading=32, spaceAfter=10)
_HEAD = ParagraphStyle("head", fontName="Times-Bold", fontSize=16, leading=22, spaceBefore=4, spaceAfter=8)
_SUB = ParagraphStyle("sub", fontName="Helvetica-Bold", fontSize=11.5, leading=16, spaceBefore=4, spaceAfter=4)

FOREWORD = [
    "The Harbour Trust of Nordhaven keeps the quays, the lifeboat and the tide gates of a town of 31,400 people. "
    "This report tells what the Trust did in 2025, what it cost, and what it will do next.",
    "Two things stood out. The storm of 14 January closed the outer gates for 61 hours, the longest closure since they "
    "were built in 1987, and no house behind them was flooded. And for the first time the Trust handled more "
    "offshore wind parts than timber.",
    "The board thanks the 148 employees and the 39 volunteers of the lifeboat crew.",
    "Ingrid Solberg, chair of the board",
]
TRAFFIC = [
    "Nordhaven handled 2.84 million tonnes of cargo in 2025, 6.2 % more than in 2024. Parts for offshore wind rose to "
    "912,000 tonnes and overtook timber, which fell to 774,000 tonnes after two sawmills closed in the spring.",
    "A total of 1,206 ships called at the port. The largest was the heavy-lift vessel Aurora Fjord, 223 metres long, "
    "which needed the new mooring dolphins at the East Quay.",
    "Cruise ships stayed away on purpose: since March 2025 the Trust admits no more than 40 calls a season, and "
    "37 were made.",
]
TRAFFIC_TABLE = [
    ["Cargo (thousand tonnes)", "2023", "2024", "2025"],
    ["Offshore wind parts", "486", "655", "912"],
    ["Timber", "981", "902", "774"],
    ["Grain", "612", "590", "601"],
    ["Other", "498", "527", "553"],
    ["Total", "2,577", "2,674", "2,840"],
]
SAFETY = [
    "The tide gates closed 23 times in 2025, against 15 times in 2024. Every closure was announced at least four hours "
    "ahead by siren and text message.",
    "The lifeboat was launched 52 times and brought 71 people ashore. The average time from alarm to launch was "
    "8 minutes and 40 seconds; the target is 10 minutes.",
    "One employee was seriously injured when a mooring line parted on 3 June. Since then no one may stand in the "
    "snap-back zone, and all lines older than five years were replaced.",
]
RULES = [
    "The outer gates are closed when the forecast water level is above 1.90 metres. The duty engineer decides; the "
    "harbour master is informed but cannot overrule the decision.",
    "Ships longer than 180 metres must take two tugs when the wind is above 12 metres a second.",
    "Dogs are welcome on the promenade but not on the working quays.",
]
MONEY = [
    "Income was 41.6 million crowns and expenditure 38.9 million crowns, which leaves a surplus of 2.7 million crowns. "
    "The surplus goes to the gate fund, which now holds 19.3 million crowns.",
    "Replacing the seals of the inner gate is planned for the summer of 2027 and should cost 14 million crowns. "
    "The Trust has not borrowed money since 2011.",
]
MONEY_TABLE = [
    ["Million crowns", "2024", "2025"],
    ["Quay dues", "21.8", "23.9"],
    ["Pilotage", "9.4", "10.1"],
    ["Rents", "7.2", "7.6"],
    ["Income", "38.4", "41.6"],
    ["Wages", "17.9", "18.8"],
    ["Dredging", "8.3", "9.7"],
    ["Gates and lifeboat", "6.1", "7.2"],
    ["Other costs", "3.4", "3.2"],
    ["Expenditure", "35.7", "38.9"],
]


def _table(rows: list[list[str]]) -> Table:
    table = Table(rows, colWidths=[190, *[75] * (len(rows[0]) - 1)], hAlign="LEFT")
    rules = [
        ("FONT", (0, 0), (-1, -1), "Helvetica", 9.5),
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 9.5),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, colors.HexColor("#1f5b52")),
        ("LINEBELOW", (0, 1), (-1, -1), 0.25, colors.HexColor("#d9d3c7")),
    ]
    table.setStyle(TableStyle(rules))
    return table


def _page(canvas: Canvas, document: BaseDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.setFillGray(0.4)
    canvas.drawString(72, A4[1] - 46, "Harbour Trust of Nordhaven · Annual report 2025")
    canvas.drawRightString(A4[0] - 72, 40, "i" if document.page == 1 else str(document.page - 1))


def draw(path: Path) -> None:
    """Write the report to `path`; the same call writes the same bytes."""
    document = BaseDocTemplate(
        str(path),
        pagesize=A4,
        title="Harbour Trust of Nordhaven: annual report 2025",
        author="Harbour Trust of Nordhaven (invented)",
        invariant=1,
        leftMargin=72,
        rightMargin=72,
        topMargin=70,
        bottomMargin=60,
    )
    frame = Frame(document.leftMargin, document.bottomMargin, document.width, document.height)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=_page))

    def text(paragraphs: list[str]) -> list[Paragraph]:
        return [Paragraph(paragraph, _BODY) for paragraph in paragraphs]

    story = [
        Paragraph("Annual report 2025", _TITLE),
        Paragraph("Foreword", _HEAD),
        *text(FOREWORD),
        PageBreak(),
        Paragraph("1. Traffic", _HEAD),
        *text(TRAFFIC),
        Spacer(1, 6),
        _table(TRAFFIC_TABLE),
        PageBreak(),
        Paragraph("2. Safety", _HEAD),
        *text(SAFETY),
        Paragraph("Rules of the harbour", _SUB),
        *text(RULES),
        PageBreak(),
        Paragraph("3. Money", _HEAD),
        *text(MONEY),
        Spacer(1, 6),
        _table(MONEY_TABLE),
    ]

    class Labelled(Canvas):  # type: ignore[misc]
        def save(self) -> None:
            self.addPageLabel(0, "ROMAN_LOWER", 1)
            self.addPageLabel(1, "ARABIC", 1)
            super().save()

    document.build(story, canvasmaker=Labelled)


if __name__ == "__main__":
    draw(SAMPLE)
