"""PDFs with words at known places."""

from __future__ import annotations

import io
from dataclasses import dataclass

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

_FONT, _SIZE, _LEFT = "Helvetica", 12, 72.0
WIDTH, HEIGHT = A4


@dataclass(frozen=True, slots=True)
class Line:
    """Words on a page and where their baseline stands, in points from the bottom."""

    text: str
    baseline: float

    def box(self) -> tuple[float, float, float, float]:
        """(x0, y0, x1, y1) in points from the top left: from the ascenders to the descenders."""
        right = _LEFT + stringWidth(self.text, _FONT, _SIZE)
        return _LEFT, HEIGHT - self.baseline - 0.76 * _SIZE, right, HEIGHT - self.baseline + 0.22 * _SIZE


LEAKAGE = Line("Leakage fell from 18.6 percent to 14.9 percent after 212 km of mains were renewed.", 600)
REPAIRS = Line("The average repair of a burst took 9.4 hours against a target of 12 hours.", 380)
WATER = (
    (Line("This report describes the water supply of the town of Brunnstadt.", 700),),
    (LEAKAGE, REPAIRS),
    (Line("The board met eleven times and thanks everybody who works for it.", 700),),
)
BRIDGES = ((Line("The old stone bridge was closed for repairs between April and June.", 700),),)


def pdf(pages: tuple[tuple[Line, ...], ...], password: str = "") -> bytes:
    """One page a tuple of lines; the second is labelled "ii" like the others in front matter."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=StandardEncryption(password, canPrint=1) if password else None)
    for number, lines in enumerate(pages):
        canvas.setFont(_FONT, _SIZE)
        for line in lines:
            canvas.drawString(_LEFT, line.baseline, line.text)
        canvas.addPageLabel(number, style="ROMAN_LOWER", start=number + 1)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
