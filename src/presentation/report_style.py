"""How the report is laid out: its template, and its style sheet with the fonts inside."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from src.presentation.blocks import as_html
from src.presentation.escaping import plain_within

_HERE = Path(__file__).resolve().parent
_STATIC = _HERE.parents[1] / "static"
_FACES = (
    ("Newsreader", "200 800", "newsreader-latin-wght-normal.woff2"),
    ("Inter", "100 900", "inter-latin-wght-normal.woff2"),
)


def laid_out(report: object) -> str:
    """The file, of a `html_report.Report`."""
    return environment().get_template("report.html").render(report=report)


@cache
def environment() -> Environment:
    """Whatever a template shows is made plain and escaped; it need not ask for that, and so cannot forget it."""
    made = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        finalize=_harmless,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style_sheet = _style_sheet()
    made.filters["base64"] = _base64
    made.globals |= {
        "as_html": as_html,
        "brand_mark": _brand_mark(),
        "style_sheet": style_sheet,
        "style_digest": _base64(hashlib.sha256(style_sheet.encode()).digest()),
    }
    return made


def _harmless(value: object) -> object:
    """What a value becomes before it is escaped: plain text; of a drawing's numbers, hundredths of a point.

    What has `__html__` was drawn by a template, of values for which that was done.
    """
    if hasattr(value, "__html__"):
        return value
    return plain_within(f"{value:.2f}" if isinstance(value, float) else str(value))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _style_sheet() -> str:
    """Some 145 KB, most of it the two fonts. A font that is not there is left out: the reader's own take its place."""
    faces = "".join(_face(*face) for face in _FACES if (_STATIC / "fonts" / face[2]).exists())
    return faces + (_HERE / "report.css").read_text(encoding="utf-8")


def _face(family: str, weights: str, file: str) -> str:
    return (
        f"@font-face{{font-family:{family};font-weight:{weights};font-display:swap;"
        f"src:url(data:font/woff2;base64,{_base64((_STATIC / 'fonts' / file).read_bytes())}) format('woff2')}}\n"
    )


def _brand_mark() -> str:
    """The little page of the app, as SVG; "" where its file is not there."""
    file = _STATIC / "mark-light.svg"
    drawing = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    return drawing.replace("<title>Footnote</title>", "").replace("<svg ", '<svg aria-hidden="true" ', 1)
