"""A timeline in words and as data: dates with where they come from, themes with their share by period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from shared_utils.message import Message, message
from shared_utils.timeline.collection import DatedDocument, Timeline
from shared_utils.timeline.dated import DateSource
from shared_utils.timeline.themes import Share, Theme
from src.i18n import ENGLISH, Say
from src.presentation.escaping import plain
from src.presentation.plain_text import plain_answer

Pages = Mapping[tuple[str, int], str]
"""(document id, page number) -> the page's text, for the words of a mention."""

_SOURCES = {
    DateSource.CORRECTED: message("as you said"),
    DateSource.PERIOD: message("the period it reports on"),
    DateSource.FIRST_PAGES: message("on its first pages"),
    DateSource.TITLE: message("guessed from its title or name"),
    DateSource.FILE: message("guessed from the day its file was made"),
    DateSource.YEARS: message("guessed from the years it names"),
    DateSource.NOTHING: message("no date found"),
}


def date_source(document: DatedDocument) -> Message:
    """Where a date comes from, in words."""
    return _SOURCES[document.dated.source]


def share_in_words(share: Share, say: Say = ENGLISH) -> str:
    """ "11 of 105 pages"."""
    return say("{pages} of {read} pages", pages=share.pages, read=share.read)


def span_of(theme: Theme, say: Say = ENGLISH) -> str:
    """When a theme appears and disappears: "from 2019", "until 2017", "2018 to 2019", "throughout"."""
    first, last = theme.shares[0].period, theme.shares[-1].period
    appears, goes = theme.first != first, theme.last != last
    if appears and goes:
        return (
            say("only {period}", period=theme.first)
            if theme.first == theme.last
            else say("{first} to {last}", first=theme.first, last=theme.last)
        )
    if appears:
        return say("from {period}", period=theme.first)
    return say("until {period}", period=theme.last) if goes else say("throughout")


def timeline_text(found: Timeline, say: Say = ENGLISH) -> str:
    """For a terminal and for assistants."""
    lines = [say(note) for note in found.notes]
    if found.figure is not None:
        lines.append(plain_answer(found.figure, say))
    for theme in found.themes:
        shares = ", ".join(f"{share.period}: {share_in_words(share, say)}" for share in theme.shares)
        lines.append(f"{plain(theme.name)} ({span_of(theme, say)}): {shares}")
    lines.append("")
    lines += [f"{one.dated.iso or '?'}  {plain(one.name)} ({say(date_source(one))})" for one in found.documents]
    return "\n".join(lines).strip()


def timeline_json(found: Timeline, texts: Pages) -> dict[str, object]:
    """What `POST /api/timeline` and `timeline --json` tell."""
    names = {one.document_id: plain(one.name) for one in found.documents}
    return {
        "documents": [
            {
                "document_id": one.document_id,
                "document": plain(one.name),
                "date": one.dated.iso,
                "date_from": str(one.dated.source),
                "guessed": one.dated.is_guessed,
                "page": one.dated.page,
                "period": one.period,
            }
            for one in found.documents
        ],
        "figure": _figure(found),
        "themes": [_theme(theme, names, texts) for theme in found.themes],
        "notes": [str(note) for note in found.notes],
    }


def _figure(found: Timeline) -> dict[str, object] | None:
    answer = found.figure
    if answer is None or answer.direct is None:
        return None
    return {
        "direct": asdict(answer.direct),
        "sentences": [{"text": s.text, "citations": list(s.citations)} for s in answer.sentences],
        "citations": [
            {
                "marker": c.marker,
                "document_id": c.document_id,
                "document": plain(c.document),
                "page": c.page,
                "page_label": c.page_label,
                "quote": c.quote,
                "start": c.start,
                "end": c.end,
                "rects": [list(rect) for rect in c.rects],
            }
            for c in answer.citations
        ],
        "notes": [str(note) for note in answer.notes],
    }


def _theme(theme: Theme, names: Mapping[str, str], texts: Pages) -> dict[str, object]:
    return {
        "name": plain(theme.name),
        "first": theme.first,
        "last": theme.last,
        "shares": [
            {
                "period": share.period,
                "pages": share.pages,
                "read": share.read,
                "share": round(share.share, 4),
                "places": [
                    {
                        "document_id": place.document_id,
                        "document": names.get(place.document_id, ""),
                        "page": place.page,
                        "start": place.span.start,
                        "end": place.span.end,
                        "quote": texts.get((place.document_id, place.page), "")[place.span.start : place.span.end],
                    }
                    for place in share.places
                ],
            }
            for share in theme.shares
        ],
    }
