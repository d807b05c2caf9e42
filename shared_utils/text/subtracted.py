"""What a label leaves out of what it names: "Receivables, net of allowances" are no allowances."""

from __future__ import annotations

import re

_LEAVING_OUT = re.compile(
    r"\b(?:net of|exclud(?:ing|es)|exclusive of|before|other than|less(?! than\b)|without|except(?: for)?|apart from"
    r"|abzüglich|ohne|vor|ausgenommen|mit ausnahme|hors|avant|sauf|hormis|nets? de|excepté)\b",
    re.IGNORECASE,
)
_LEAVES_OUT = re.compile(r"\b(?:pre|ex|non)-?(?=\w)|\bvorsteuer", re.IGNORECASE)
_NAMES = re.compile(r"[^\W\d_]{2}")
_ENDS = re.compile(r"[);\d]")


def left_out(label: str) -> str:
    """What a label says that it leaves out; "" where it leaves nothing out, or tells the amount that it leaves out.

    >>> left_out("Deferred tax assets, net of valuation allowances"), left_out("Less: valuation allowance")
    ('valuation allowances', '')
    >>> left_out("Receivables, net of allowances of $52"), left_out("Due in less than one year")
    ('', '')
    """
    found = next((one for one in _LEAVING_OUT.finditer(label) if _NAMES.search(label[: one.start()])), None)
    if found is None:
        return ""
    end = _ENDS.search(label, found.end())
    if end is not None and end.group().isdigit():
        return ""
    return label[found.end() : end.start() if end else len(label)].strip()


def asks_without(question: str) -> bool:
    """Whether a question itself asks for something without a part of it: "income before taxes", "pre-tax income"."""
    return bool(_LEAVING_OUT.search(question) or _LEAVES_OUT.search(question))
