"""The report's look: its style sheet with the fonts inside, and the policy under which a browser opens it."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

_STATIC = Path(__file__).resolve().parents[2] / "static"
_FACES = (
    ("Newsreader", "200 800", "newsreader-latin-wght-normal.woff2"),
    ("Inter", "100 900", "inter-latin-wght-normal.woff2"),
)


@cache
def style_sheet() -> str:
    """Some 145 KB, most of it the two fonts. A font that is not there is left out: the reader's own take its place."""
    faces = "".join(_face(*face) for face in _FACES if (_STATIC / "fonts" / face[2]).exists())
    return faces + Path(__file__).with_name("report.css").read_text(encoding="utf-8")


def _face(family: str, weights: str, file: str) -> str:
    data = base64.b64encode((_STATIC / "fonts" / file).read_bytes()).decode()
    return (
        f"@font-face{{font-family:{family};font-weight:{weights};font-display:swap;"
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}\n"
    )


@cache
def policy() -> str:
    """Nothing is loaded from anywhere, nothing runs, nothing is sent; this one style sheet and no other."""
    digest = base64.b64encode(hashlib.sha256(style_sheet().encode()).digest()).decode()
    return (
        "default-src 'none'; img-src data:; font-src data:; "
        f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


@cache
def brand_mark() -> str:
    """The little page of the app, as SVG; "" where its file is not there."""
    file = _STATIC / "mark-light.svg"
    drawing = file.read_text(encoding="utf-8").strip() if file.exists() else ""
    return drawing.replace("<title>Footnote</title>", "").replace("<svg ", '<svg aria-hidden="true" ', 1)
