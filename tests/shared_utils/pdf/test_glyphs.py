"""What a glyph means: marks, ligatures that a font gives no meaning, letters from right to left, hard spaces."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from shared_utils.pdf.composition import clean
from shared_utils.pdf.ligatures import MEANINGLESS, with_ligatures
from shared_utils.pdf.pages import RawPage, draft
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from tests.shared_utils.pdf.pdfs import Draw, pdf, written

RAISED, LOWERED = 5.0, -3.0


def text_of(folder: Path, draw: Draw) -> str:
    events = list(read_pdf(written(folder, pdf(draw)), ReadingLimits(max_bytes=10_000_000)))
    return "\n".join(page.text for event in events if isinstance(event, PagesRevised) for page in event.pages)


def pieces(*parts: tuple[str, float], font: str = "Helvetica") -> Draw:
    """Parts of a line, each raised by so many points; what is raised or lowered is smaller."""

    def draw(canvas: Canvas) -> None:
        x = 72.0
        for text, rise in parts:
            size = 7 if rise else 12
            canvas.setFont(font, size)
            canvas.drawString(x, 700 + rise, text)
            x += stringWidth(text, font, size)

    return draw


@pytest.mark.parametrize("font", ["Helvetica", "Times-Roman", "Courier"])
@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((("There are 45,201", 0), ("2", RAISED), (" people", 0)), "There are 45,201² people"),
        ((("It holds 10", 0), ("-6", RAISED), (" metres", 0)), "It holds 10⁻⁶ metres"),
        ((("It holds 10", 0), ("12", RAISED), (" cells", 0)), "It holds 10¹² cells"),
        ((("The rise of prices", 0), ("3", RAISED), (" went on", 0)), "The rise of prices³ went on"),
        ((("It is enough.", 0), ("14", RAISED), (" Then", 0)), "It is enough.¹⁴ Then"),
        ((("An area of 30 km", 0), ("2", RAISED), (" is", 0)), "An area of 30 km² is"),
        ((("The base of 101", 0), ("2", LOWERED), (" is two", 0)), "The base of 101₂ is two"),
        ((("The gas is CO", 0), ("2", LOWERED), (" here", 0)), "The gas is CO2 here"),
        ((("Rooms 5 and 12 of 2020-21", 0),), "Rooms 5 and 12 of 2020-21"),
    ],
)
def test_raised_and_lowered_digits_are_no_digits_of_the_number(
    tmp_path: Path, font: str, parts: tuple[tuple[str, float], ...], expected: str
) -> None:
    assert text_of(tmp_path, pieces(*parts, font=font)) == expected


def test_an_accent_that_is_drawn_over_a_letter_is_read_with_it_and_one_beside_it_is_not(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        font, size, x = "Helvetica", 12, 72.0
        canvas.setFont(font, size)
        for part in ("The apresenta", "¸c", "˜a", "o of a c", "´a", "mara and `a sign´ beside"):
            accent, rest = (part[0], part[1:]) if part[0] in "¸˜´" else ("", part)
            if accent:
                middle = x + stringWidth(rest[0], font, size) / 2
                canvas.drawString(middle - stringWidth(accent, font, size) / 2, 700, accent)
            canvas.drawString(x, 700, rest)
            x += stringWidth(rest, font, size)

    assert text_of(tmp_path, draw) == "The apresentação of a cámara and `a sign´ beside"


# ------------------------------------------------------------------------------------------------ ligatures

_WIDTHS = {"f": 0.3, "i": 0.25, "l": 0.25, "ff": 0.58, "fi": 0.52, "fl": 0.52, "ffi": 0.8, "ffl": 0.8}


@pytest.mark.parametrize(
    "text",
    [
        "The o[ffi]ce found it di[ff]erent after the a[ffl]uent [fi]rm moved the [fi]lter of the [fl]ood.",
        "Sta[ff] costs [fl]uctuate, the [fi]eld was speci[fi]ed and modi[fi]es the [fl]exible [fl]eet of his.",
        "Die [fl]ut war häu[fi]g, der Ka[ff]ee o[ff]en, die P[fl]anze einfach zu [fi]nden.",
        "Le béné[fi]ce o[ffi]ciel, une [fl]eur modi[fi]ée, il est [fi]er d’a[ffi]rmer.",
    ],
)
def test_ligatures_without_a_meaning_are_told_by_width_and_by_their_neighbours(text: str) -> None:
    given, true, at = "", [], 0
    while at < len(text):
        if text[at] == "[":
            end = text.index("]", at)
            true.append(text[at + 1 : end])
            given, at = given + MEANINGLESS, end + 1
        else:
            given, at = given + text[at], at + 1
    names = iter(true)
    widths = [_WIDTHS[next(names)] if char == MEANINGLESS else _WIDTHS.get(char, 0.5) for char in given]
    given, widths = f"{given} if l", [*widths, 0.5, *(_WIDTHS[char] for char in "if"), 0.5, 0.25]

    told = with_ligatures(given, lambda i: ("Times", widths[i]))

    assert len(told) == len(given)
    assert clean(told) == clean(f"{text.replace('[', '').replace(']', '')} if l")


def test_a_glyph_without_a_meaning_that_is_no_ligature_is_left() -> None:
    given = f"A sum {MEANINGLESS} of if {MEANINGLESS}rst and wo{MEANINGLESS}rd"
    assert with_ligatures(given, lambda i: ("Times", 2.0 if given[i] == MEANINGLESS else 0.3)) == given


# ------------------------------------------------------------------------------------------------ spaces, order


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009"])
def test_a_hard_space_within_a_number_is_kept_and_another_is_a_blank(space: str) -> None:
    raw = f"cost{space}12{space}345{space}kr"
    page = RawPage(1, "1", 600, 800, raw, "pdfium", words=((0, 4, 0, 0, 200, 100), (5, len(raw), 230, 0, 600, 100)))
    assert draft(page).composed.text == f"cost 12{space}345 kr"
    assert clean(raw) == f"cost 12{space}345 kr"
