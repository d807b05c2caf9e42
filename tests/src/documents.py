"""Documents as the library shows them, for tests of what is said and drawn of one."""

from __future__ import annotations

from shared_utils.message import NOTHING
from shared_utils.types import PageVerdict
from src.views import DocumentState, DocumentView

DOCUMENT = DocumentView(
    entry_id="e",
    document_id="d",
    name="report.pdf",
    title="Report",
    state=DocumentState.READY,
    pages=3,
    page_verdicts=(PageVerdict.TEXT,) * 3,
    chunks=14,
    embedded=14,
    seconds_left=None,
    reason=NOTHING,
)
