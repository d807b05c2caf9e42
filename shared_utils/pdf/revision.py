"""The final pages: each one written again with what only the whole document tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_utils.message import NOTHING
from shared_utils.pdf.headings import headings
from shared_utils.pdf.hyphens import keep_hyphen_by
from shared_utils.pdf.page_tables import carried_heads
from shared_utils.pdf.pages import Draft, page_of, rewrite
from shared_utils.pdf.running_heads import running_lines
from shared_utils.types import Page, PageVerdict


def revise(drafts: Sequence[Draft], values: Mapping[int, Sequence[tuple[str, str]]]) -> tuple[Page, ...]:
    """The final pages. `values` are (field name, value) of the form's fields, by page."""
    keep = keep_hyphen_by([draft.raw.text for draft in drafts])
    final = [rewrite(draft, keep) for draft in drafts]
    boilerplate = running_lines([(draft.raw.number, draft.raw.frame_height, draft.composed) for draft in final])
    found = headings([draft.composed for draft in final], boilerplate)
    pages = (
        replace(page_of(draft), boilerplate=running, headings=heads)
        for draft, running, heads in zip(final, boilerplate, found, strict=True)
    )
    whole = [_with_form(page, values.get(page.number, ())) for page in pages]
    tables = carried_heads([page.tables for page in whole])
    return tuple(
        replace(page, tables=own) if own != page.tables else page for page, own in zip(whole, tables, strict=True)
    )


def _with_form(page: Page, fields: Sequence[tuple[str, str]]) -> Page:
    """Add what is filled into the page's form fields, unless it is drawn as words already."""
    drawn = "".join(page.text.split())
    missing = [(name, value) for name, value in fields if "".join(value.split()) not in drawn]
    if not missing:
        return page
    lines = (f"{name}: {' '.join(value.split())}" if name else value for name, value in missing)
    text = "\n".join(filter(None, [page.text, *lines]))
    if page.verdict in (PageVerdict.EMPTY, PageVerdict.UNREADABLE):
        return replace(page, text=text, verdict=PageVerdict.TEXT, reason=NOTHING)
    return replace(page, text=text)
