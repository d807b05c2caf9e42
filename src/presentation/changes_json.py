"""A comparison of two editions as data, for the API, assistants and the command line."""

from __future__ import annotations

from collections.abc import Sequence

from shared_utils.editions.model import Change, Comparison, Fact, FactChange, Figure, KeyFigure, Opening, Side
from shared_utils.editions.selection import counts_of, sections_of
from shared_utils.structure.model import Place
from src.presentation.changes import Edition, notes_of, summary
from src.presentation.escaping import plain

Json = dict[str, object]


def comparison_json(
    comparison: Comparison,
    chosen: Sequence[Change],
    before: Edition,
    after: Edition,
    *,
    offset: int = 0,
    limit: int | None = None,
) -> Json:
    """What was chosen of a comparison's changes, `limit` of them behind `offset`; the counts are of all chosen."""
    counts, kin = counts_of(chosen), comparison.kinship
    shown = chosen[offset : None if limit is None else offset + limit]
    return {
        "before": _document(before),
        "after": _document(after),
        "are_editions": kin.are_editions,
        "is_partial": comparison.is_partial,
        "kinship": {"text": round(kin.text, 4), "headings": round(kin.headings, 4), "title": round(kin.title, 4)},
        "summary": summary(chosen),
        "notes": [str(note) for note in notes_of(comparison, before, after)],
        "counts": {
            "total": counts.total,
            "changes": {str(kind): n for kind, n in counts.changes.items()},
            "facts": {str(kind): n for kind, n in counts.facts.items()},
            "unchanged": comparison.unchanged,
            "moved": comparison.moved,
        },
        "figures": [_figure(one, before, after) for one in comparison.figures],
        "added_sections": [_opening(one, after) for one in comparison.added],
        "dropped_sections": [_opening(one, before) for one in comparison.dropped],
        "sections": [{"title": plain(title), "changes": n} for title, n in sections_of(chosen)],
        "changes": [_change(n, change, before, after) for n, change in enumerate(shown, start=offset + 1)],
    }


def _document(edition: Edition) -> Json:
    return {"document_id": edition.document_id, "document": edition.name, "pages": edition.pages}


def _change(number: int, change: Change, before: Edition, after: Edition) -> Json:
    return {
        "number": number,
        "kind": str(change.kind),
        "section": plain(change.section),
        "is_row": change.is_row,
        "is_moved": change.is_moved,
        "before": _side(change.before, before),
        "after": _side(change.after, after),
        "facts": [_fact(fact, before, after) for fact in change.facts],
    }


def _side(side: Side | None, edition: Edition) -> Json | None:
    if side is None:
        return None
    return {
        "text": side.text,
        "section": plain(side.section),
        "places": [_place(place, edition) for place in side.places],
        "pieces": [{"text": piece.text, "differs": piece.differs} for piece in side.pieces],
    }


def _figure(one: KeyFigure, before: Edition, after: Edition) -> Json:
    return {
        "label": plain(one.label),
        "before": _figure_side(one.before, before),
        "after": _figure_side(one.after, after),
        "growth": None if one.growth is None else str(one.growth),
        "is_share": one.is_share,
    }


def _figure_side(figure: Figure, edition: Edition) -> Json:
    places = [_place(place, edition) for place in figure.places]
    return {"text": plain(figure.text), "head": plain(figure.head), "scale": plain(figure.scale), "places": places}


def _opening(one: Opening, edition: Edition) -> Json:
    return {"title": plain(one.title), "place": _place(one.place, edition), "passages": one.passages}


def _fact(fact: FactChange, before: Edition, after: Edition) -> Json:
    return {
        "kind": str(fact.kind),
        "about": plain(fact.about),
        "before": _fact_side(fact.before, before),
        "after": _fact_side(fact.after, after),
    }


def _fact_side(fact: Fact | None, edition: Edition) -> Json | None:
    if fact is None:
        return None
    return {"text": fact.text, "places": [_place(place, edition) for place in fact.places]}


def _place(place: Place, edition: Edition) -> Json:
    label = plain(edition.labels.get(place.page, ""))
    return {"page": place.page, "page_label": label, "start": place.start, "end": place.end}
