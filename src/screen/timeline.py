"""The timeline beside the conversation: a figure or a theme through the years, every point a way to its page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape

import streamlit as st

from shared_utils.errors import FootnoteError
from shared_utils.timeline.collection import DatedDocument, Timeline
from shared_utils.timeline.dated import is_iso
from shared_utils.timeline.themes import Mention, Share, Theme
from shared_utils.types import Citation
from src import VERSION
from src.i18n import Say
from src.library.shelf import Shelf
from src.library.timeline import timeline
from src.presentation.escaping import html_text, plain
from src.presentation.series_chart import series_chart
from src.presentation.timeline import date_source, share_in_words, span_of
from src.presentation.timeline_report import timeline_report
from src.presentation.vega import themes_spec
from src.screen.citations import Source, shares
from src.screen.html import note
from src.screen.markdown import answer_markdown
from src.screen.scope import among
from src.screen.series import draw_chart, draw_figure, series_html
from src.screen.session import Session
from src.screen.shared_library import shared_library

VIEW = "timeline"
_KEY = "timeline-made"
_MOST_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class _Made:
    """What is shown, and what it was made from."""

    of: tuple[object, ...]
    found: Timeline
    groups: tuple[tuple[Source, ...], ...]  # a figure's places, or those of each theme


def draw_timeline_button(session: Session, *, ready: bool) -> None:
    """In the library: to the timeline."""
    st.button(
        session.say("Timeline"),
        icon=":material/timeline:",
        key="open-timeline",
        type="tertiary",
        disabled=not ready,
        on_click=_show,
        args=(session, VIEW),
    )


def timeline_sources(session: Session) -> list[list[Source]]:
    """What the viewer opens from here, a group for a figure or each theme, in the order of time; [] while the
    conversation is shown."""
    made = st.session_state.get(_KEY)
    return [list(group) for group in made.groups] if session.view == VIEW and isinstance(made, _Made) else []


def _prepare(shelf: Shelf, session: Session) -> None:
    """Make what is to be shown, if that has changed."""
    documents = [one for one in shelf.searchable() if _is_asked(one.document.id, among(shelf, session))]
    dates = shelf.corrected_dates()
    asked = (st.session_state.get("timeline-of", "themes"), str(st.session_state.get("timeline-words", "")).strip())
    of = (asked, tuple((d.document.id, len(d.document.pages)) for d in documents), tuple(sorted(dates.items())))
    made = st.session_state.get(_KEY)
    if isinstance(made, _Made) and made.of == of:
        return
    kind, words = asked
    found = timeline(
        shared_library().open().rag,
        documents,
        figure=words if kind == "figure" else "",
        about=words if kind == "themes" else "",
        corrected=dates,
    )
    st.session_state[_KEY] = _Made(of, found, tuple(_groups(found, shelf)))


def draw_timeline(shelf: Shelf, session: Session) -> None:
    say = session.say
    with st.container(key="timeline", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", key="bar", wrap=False):
            st.html(f'<h1 class="fn-title">{html_text(say("Timeline"))}</h1>', width="stretch")
            st.button(
                say("Back to the conversation"),
                icon=":material/arrow_back:",
                key="close-timeline",
                type="tertiary",
                on_click=_show,
                args=(session, ""),
            )
        kinds = {"themes": say("Themes"), "figure": say("A figure")}
        kind = st.segmented_control(
            say("What to show"), [*kinds], default="themes", format_func=kinds.__getitem__, key="timeline-of"
        )
        is_figure = kind == "figure"
        st.text_input(
            say("Which figure, as its row is called") if is_figure else say("One theme, in words"),
            key="timeline-words",
            max_chars=_MOST_CHARACTERS,
            placeholder=say("Total revenue") if is_figure else say("Those that change most"),
        )
        with st.spinner(say("Looking through the documents …")):
            _prepare(shelf, session)
        made = st.session_state.get(_KEY)
        if isinstance(made, _Made):
            _draw_found(made.found, shelf, session)


def _show(session: Session, view: str) -> None:
    session.view = view


def _is_asked(document_id: str, chosen: Sequence[str]) -> bool:
    return not chosen or document_id in chosen


# ------------------------------------------------------------------------------------------------ what was found


def _draw_found(found: Timeline, shelf: Shelf, session: Session) -> None:
    say = session.say
    answer = found.figure
    told = [*found.notes, *(answer.notes if answer else ())]
    for said in told:
        st.html(note(say(said)))
    if answer is not None:
        lead = replace(answer, sentences=answer.sentences[:1])  # the table below tells the rest
        st.markdown(answer_markdown(lead, _chip, say=say))
        if (chart := series_chart(answer, say)) is not None:
            draw_figure(chart, _figure_anchor)
            st.html(series_html(chart, _figure_anchor))
    if found.themes:
        spec = themes_spec(found.themes, lambda number, period: f"#cite-{_theme_anchor(number, period)}", say)
        title = say("Themes through the years")
        draw_chart(spec, title, "; ".join(f"{theme.name}: {span_of(theme, say)}" for theme in found.themes))
        st.html(themes_html(found.themes, found.periods, say))
    _draw_dates(found.documents, shelf, session)
    if found.themes or answer is not None:
        texts = {(d.document.id, p.number): p.text for d in shelf.searchable() for p in d.document.pages}
        st.download_button(
            say("Report as HTML"),
            lambda: timeline_report(found, texts, version=VERSION, say=say).encode("utf-8", "replace"),
            file_name=f"{say('Timeline')}.html",
            mime="text/html",
            icon=":material/download:",
            key="download-timeline",
            type="tertiary",
            on_click="ignore",
        )


def _chip(marker: int) -> str:
    return f"[{marker}](#cite-{_figure_anchor(marker).removeprefix('cite-')})"


def _figure_anchor(marker: int) -> str:
    return f"cite-timeline.f.{marker}"


def themes_html(found: Sequence[Theme], periods: Sequence[str], say: Say) -> str:
    """A table: a theme a row, a period a column, in every field its share, which opens the first place."""
    heads = "".join(f'<th scope="col">{html_text(period)}</th>' for period in periods)
    rows = "".join(_row(number, theme, say) for number, theme in enumerate(found))
    label = html_text(say("Themes through the years"))
    return (
        f'<div class="fn-wide" tabindex="0" role="group" aria-label="{label}"><table class="fn-themes">'
        f"<caption>{label}</caption><thead><tr>"
        f'<th scope="col">{html_text(say("Theme"))}</th>{heads}<th scope="col">{html_text(say("When"))}</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(number: int, theme: Theme, say: Say) -> str:
    fields = "".join(_field(_theme_anchor(number, share.period), share, say) for share in theme.shares)
    name = html_text(theme.name)
    return f'<tr><th scope="row" dir="auto">{name}</th>{fields}<td>{html_text(span_of(theme, say))}</td></tr>'


def _field(anchor: str, share: Share, say: Say) -> str:
    words = html_text(share_in_words(share, say))
    if not share.places:
        return f'<td title="{words}"><span class="fn-quiet">–</span></td>'
    figure = html_text(say.number(100 * share.share, ".1f"))
    hidden = f'<span class="fn-number fn-hidden">{html_text(share.period)}</span>'
    return f'<td title="{words}"><a href="#cite-{escape(anchor)}" title="{words}">{hidden}{figure} %</a></td>'


def _theme_anchor(number: int, period: str, place: int = 0) -> str:
    return f"timeline.t{number}.{period}{f'.{place}' if place else ''}"


# ------------------------------------------------------------------------------------------------ where it stands


def _groups(found: Timeline, shelf: Shelf) -> Iterator[tuple[Source, ...]]:
    """The places that the points lead to, as the viewer opens them: a point opens its first, its others come next."""
    if found.figure is not None and found.figure.citations:
        yield tuple(_of_citation(citation, shelf) for citation in found.figure.citations)
    for number, theme in enumerate(found.themes):
        yield tuple(
            _of_mention(_theme_anchor(number, share.period, n), place, shelf)
            for share in theme.shares
            for n, place in enumerate(share.places)
        )


def _of_citation(citation: Citation, shelf: Shelf) -> Source:
    size = shelf.page_size(citation.document_id, citation.page)
    anchor = _figure_anchor(citation.marker).removeprefix("cite-")
    boxes = shares(citation.rects, size)
    return Source(anchor, citation.document_id, citation.page, citation.quote, boxes)


def _of_mention(anchor: str, place: Mention, shelf: Shelf) -> Source:
    """Without where it is drawn, if that cannot be told any more: the page opens all the same."""
    try:
        page = next(p for p in shelf.document(place.document_id).pages if p.number == place.page)
        boxes = shares(shelf.places(place.document_id, page, [place.span])[0], (page.width, page.height))
        return Source(anchor, place.document_id, place.page, page.text[place.span.start : place.span.end], boxes)
    except (FootnoteError, StopIteration):
        return Source(anchor, place.document_id, place.page, "", ())


# ------------------------------------------------------------------------------------------------ dates


def _draw_dates(documents: Sequence[DatedDocument], shelf: Shelf, session: Session) -> None:
    say = session.say
    needs = any(not one.dated.iso or one.dated.is_guessed for one in documents)
    with st.expander(say("Dates of the documents"), expanded=needs, key="timeline-dates"):
        for one in documents:
            _draw_date(one, shelf, session)


def _draw_date(one: DatedDocument, shelf: Shelf, session: Session) -> None:
    say, key = session.say, f"date-{one.document_id}"
    name = plain(one.name)

    def told() -> None:
        typed = str(st.session_state[key]).strip()
        if typed and not is_iso(typed):
            session.notices.append(say("“{typed}” is no date: write 2019, 2019-12 or 2019-12-31.", typed=typed))
            return
        try:
            shelf.correct_dates({one.document_id: typed})
        except FootnoteError as exc:
            session.notices.append(say(exc.message))

    st.html(f'<p class="fn-note" dir="auto">{html_text(name)} · {html_text(say(date_source(one)))}</p>')
    st.text_input(
        say("Date of {name}", name=name),
        one.dated.iso,
        key=key,
        max_chars=10,
        placeholder=say("2019 or 2019-12-31"),
        label_visibility="collapsed",
        on_change=told,
    )
