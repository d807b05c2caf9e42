"""The final pages: each one written again with what only the whole document tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shared_utils.message import NOTHING
from shared_utils.pdf.entries import Entry, Labels, lines
from shared_utils.pdf.headings import headings
from shared_utils.pdf.hyphens import keep_hyphen_by
from shared_utils.pdf.page_tables import carried_heads
from shared_utils.pdf.pages import Draft, page_of, rewrite
from shared_utils.pdf.running_heads import repeated, running_lines
from shared_utils.tables.broken_words import with_whole_words
from shared_utils.types import Page, PageVerdict


def revise(
    drafts: Sequence[Draft], told: Mapping[int, Page], entries: Mapping[int, Sequence[Entry]]
) -> tuple[Page, ...]:
    """The final pages. `told` are the drafts' pages as far as they could be known by themselves, `entries` what is
    written in forms and annotations, both by page."""
    keep = keep_hyphen_by([draft.raw.text for draft in drafts])
    final = [rewrite(draft, keep) for draft in drafts]
    running = running_lines([(draft.raw.number, draft.raw.frame_height, draft.composed) for draft in final])
    found = headings([draft.composed for draft in final], running)
    boilerplate = repeated([draft.composed for draft in final], running)
    pages = (
        replace(told[own.raw.number] if own is draft else page_of(own), boilerplate=again, headings=heads)
        for draft, own, again, heads in zip(drafts, final, boilerplate, found, strict=True)
    )
    whole = [
        _with_entries(page, entries.get(page.number, ()), draft.labels)
        for page, draft in zip(pages, final, strict=True)
    ]
    tables = carried_heads(whole)
    return with_whole_words(
        [replace(page, tables=own) if own != page.tables else page for page, own in zip(whole, tables, strict=True)]
    )


def _with_entries(page: Page, entries: Sequence[Entry], beside: Mapping[int, Labels]) -> Page:
    """Add what is filled into the page's form fields and written in its annotations, unless it is drawn as words
    already."""
    missing = list(lines(entries, beside, page.text))
    if not missing:
        return page
    if page.verdict is PageVerdict.UNREADABLE:  # what else stands there is not known
        nothing = replace(page, runs=(), hidden=(), boilerplate=(), headings=(), table_rows=(), tables=())
        return replace(nothing, text="\n".join(missing), verdict=PageVerdict.MIXED)
    text = "\n".join(filter(None, [page.text, *missing]))
    if page.verdict is PageVerdict.EMPTY:
        return replace(page, text=text, verdict=PageVerdict.TEXT, reason=NOTHING)
    return replace(page, text=text)
