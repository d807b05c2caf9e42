"""A timeline as one HTML file: the chart of a figure as SVG, themes as a table with bars, each point with its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared_utils.timeline.collection import Timeline
from shared_utils.timeline.themes import Share, Theme
from shared_utils.types import Citation
from src.i18n import ENGLISH, Say
from src.presentation.cited import moment
from src.presentation.describe import page_name
from src.presentation.series_chart import Chart, series_chart
from src.presentation.timeline import date_source, share_in_words, span_of

_QUOTE = 160  # characters around a mention
_BAR = 100.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A theme in a period: `length` of its bar out of 100, its share in words, its place as a note; 0 = none."""

    words: str
    length: float
    note: int


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    span: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """The words that a point stands on."""

    number: int
    document: str
    where: str
    quote: str


@dataclass(frozen=True, slots=True)
class Report:
    language: str
    title: str
    facts: tuple[str, ...]
    remarks: tuple[str, ...]
    chart: Chart | None
    lines: tuple[str, ...]  # what the figure's answer says, line by line
    heads: tuple[str, ...]  # over the columns of the themes
    rows: tuple[Row, ...]
    notes_label: str
    notes: tuple[Note, ...]
    documents_label: str
    documents: tuple[tuple[str, str, str], ...]  # (name, date, where that comes from)


def timeline_report(
    found: Timeline,
    texts: Mapping[tuple[str, int], str],
    *,
    version: str = "",
    made_on: float = 0.0,
    say: Say = ENGLISH,
) -> str:
    """The whole file; nothing in it runs and nothing is loaded. `made_on`: seconds since the epoch, 0 leaves it out."""
    from src.presentation.report_style import environment  # a template engine: the app starts without

    answer = found.figure
    names = {one.document_id: one.name for one in found.documents}
    notes = [_cited(citation, say) for citation in (answer.citations if answer else ())]
    rows = [_row(theme, names, texts, notes, say) for theme in found.themes]
    report = Report(
        language=say.language,
        title=answer.direct.name if answer and answer.direct else say("Through the years"),
        facts=tuple(
            filter(
                None,
                (
                    say.n(len(found.documents), "{n:,} document", "{n:,} documents"),
                    f"Footnote {version}".strip(),
                    moment(made_on),
                ),
            )
        ),
        remarks=tuple(say(note) for note in (*found.notes, *(answer.notes if answer else ()))),
        chart=series_chart(answer, say),
        lines=tuple(say(sentence.said or sentence.text) for sentence in answer.sentences[:1]) if answer else (),
        heads=(say("Theme"), *found.periods, say("When")) if found.themes else (),
        rows=tuple(rows),
        notes_label=say("Sources"),
        notes=tuple(notes),
        documents_label=say("Documents"),
        documents=tuple((one.name, one.dated.iso or "–", say(date_source(one))) for one in found.documents),
    )
    return environment().get_template("timeline.html").render(report=report)


def _cited(citation: Citation, say: Say) -> Note:
    where = page_name(citation.page, citation.page_label, say)
    return Note(citation.marker, citation.document, where, " ".join(citation.quote.split()))


def _row(
    theme: Theme, names: Mapping[str, str], texts: Mapping[tuple[str, int], str], notes: list[Note], say: Say
) -> Row:
    most = max(share.share for share in theme.shares) or 1.0
    cells = []
    for share in theme.shares:
        note = _noted(share, names, texts, len(notes) + 1, say)
        if note is not None:
            notes.append(note)
        cells.append(Cell(share_in_words(share, say), _BAR * share.share / most, note.number if note else 0))
    return Row(theme.name, span_of(theme, say), tuple(cells))


def _noted(
    share: Share, names: Mapping[str, str], texts: Mapping[tuple[str, int], str], number: int, say: Say
) -> Note | None:
    if not share.places:
        return None
    place = share.places[0]
    text = texts.get((place.document_id, place.page), "")
    start, end = max(0, place.span.start - _QUOTE // 2), place.span.end + _QUOTE // 2
    around = " ".join(text[start:end].split())
    return Note(number, names.get(place.document_id, ""), page_name(place.page, "", say), f"… {around} …")
