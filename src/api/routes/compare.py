"""Two editions of a document, compared."""

from __future__ import annotations

import time
from functools import partial

from fastapi import APIRouter

from shared_utils.editions.kept import compared
from shared_utils.editions.model import ChangeKind, FactKind
from shared_utils.editions.selection import selected
from src.api.edition_schemas import CompareRequest, CompareResponse
from src.api.routes.visit import CurrentVisit, Visit
from src.api.schemas import Error
from src.presentation.changes import edition_of
from src.presentation.changes_json import comparison_json
from src.presentation.escaping import plain

router = APIRouter(tags=["compare"])


@router.post("/api/compare", responses={404: {"model": Error}})
async def compare(visit: CurrentVisit, request: CompareRequest) -> CompareResponse:
    """What changed from one edition to the next: passages added, removed and reworded, and the facts that differ in
    them, with the places of both. Text that only stands elsewhere, page breaks and line breaks are no change."""
    await visit.documents_loaded()
    return await visit.search(partial(changes, visit, request))


def changes(visit: Visit, request: CompareRequest) -> CompareResponse:
    """Keeps a core for some milliseconds a page. Raises DocumentGone where one of the two is not there."""
    began = time.monotonic()
    before, after = visit.shelf.document(request.before), visit.shelf.document(request.after)
    comparison = compared(before, after)
    chosen = selected(
        comparison.changes,
        kinds=[ChangeKind(kind) for kind in request.kinds],
        facts=[FactKind(kind) for kind in request.facts],
        section=request.section,
        about=request.about,
    )
    told = comparison_json(
        comparison, chosen, edition_of(before), edition_of(after), offset=request.offset, limit=request.limit
    )
    told["elapsed_ms"] = round((time.monotonic() - began) * 1000, 1)
    return CompareResponse.model_validate(told)


def comparison_text(result: CompareResponse) -> str:
    """The changes in lines, for clients that show text alone."""
    lines = [*result.notes, *filter(None, [result.summary])]
    for change in result.changes:
        lines.append(f"\n{change.number}. {change.kind} — {change.section or 'without a heading'}")
        for sign, side, document in (("-", change.before, result.before), ("+", change.after, result.after)):
            if side is not None:
                page = side.places[0].page
                lines.append(f"{sign} {plain(side.text)} ({document.document}, page {page})")
        for fact in change.facts:
            old, new = (side.text if side else "–" for side in (fact.before, fact.after))
            lines.append(f"  {' · '.join(filter(None, [fact.kind, fact.about]))}: {plain(old)} → {plain(new)}")
    if (left := result.counts.total - len(result.changes)) > 0:
        lines.append(f"\n{left} more changes.")
    return "\n".join(lines).strip()
