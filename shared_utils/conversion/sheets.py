"""Spreadsheets whose rows stay whole: each page as wide as the sheet, set smaller where it has to be.

What a program prints of a sheet is cut into columns of A4. A row that is torn has no labels any more, so the sheet is
written as flat XML first, in which the pages' layout is told, and set on pages from there.
https://docs.oasis-open.org/office/OpenDocument/v1.3/os/part3-schema/OpenDocument-v1.3-os-part3-schema.html
"""

from __future__ import annotations

import re

FLAT = "fods"
MOST_FLAT_BYTES = 64_000_000  # beyond that, a sheet is set on pages as its program would

_LAYOUT = re.compile(r"<style:page-layout-properties\b[^>]*?(/?)>")
_SCALES = re.compile(r'\sstyle:(?:scale-to(?:-pages|-X|-Y)?|print-page-order)="[^"]*"')
_PRINTED = re.compile(r'\stable:(?:print-ranges|print)="[^"]*"')
_TABLE = re.compile(r"<table:table\b[^>]*>")


def fitted(flat: str) -> str:
    """The same spreadsheet: all columns on one page, as many pages as its rows need; all of it, not only what somebody
    chose to print.

    >>> fitted('<style:page-layout-properties style:scale-to="100%"/>')
    '<style:page-layout-properties style:scale-to-X="1" style:scale-to-Y="0"/>'
    >>> fitted('<table:table table:name="a" table:print-ranges="a.A1:a.B2">')
    '<table:table table:name="a">'
    """
    flat = _TABLE.sub(lambda found: _PRINTED.sub("", found[0]), flat)
    return _LAYOUT.sub(_wide, flat)


def _wide(found: re.Match[str]) -> str:
    kept = _SCALES.sub("", found[0]).removesuffix(">").removesuffix("/").rstrip()
    return f'{kept} style:scale-to-X="1" style:scale-to-Y="0"{found[1]}>'
