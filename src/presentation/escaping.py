"""Text from documents, models and file names is never markup: here it becomes one harmless line."""

from __future__ import annotations

import re
import unicodedata
from html import escape

_BOUND = "\u00a0\u202f"  # spaces at which no line ends: within a number, before a sign in French


def plain(text: str) -> str:
    """One line without control characters or marks that turn the writing direction ("fdp.exe" posing as a PDF). A space
    that does not break stays one where it stands alone.

    >>> plain("annual\\n report\\x1b[31m.pdf")
    'annual report[31m.pdf'
    >>> plain("1\\u202f234 pages\\u00a0 ")
    '1\\u202f234 pages'
    """
    kept = (
        " " if c.isspace() and c not in _BOUND else c for c in text if c.isspace() or unicodedata.category(c) != "Cc"
    )
    shown = re.sub("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", "", "".join(kept))
    return re.sub(f"[ {_BOUND}]{{2,}}", " ", shown).strip()


def form_name(name: str) -> str:
    """A file's name as it was before a form carried it: browsers write three characters of it as escapes.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data

    >>> form_name("the %22final%22 report 100%25.pdf")
    'the "final" report 100%25.pdf'
    """
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def html_text(text: str) -> str:
    """Text from anywhere as HTML text or a quoted attribute."""
    return escape(plain(text), quote=True)


def plain_within(text: str) -> str:
    """As `plain`; the blanks at its ends stay, one each: they part it from its neighbours.

    >>> plain_within("a \\n"), plain_within(" ")
    ('a ', ' ')
    """
    if not text.strip():
        return " " if text else ""
    return (" " if text[0].isspace() else "") + plain(text) + (" " if text[-1].isspace() else "")
