"""A comparison of two editions to take along: one HTML file, Markdown, a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared_utils.editions.model import Change, Comparison, FactChange, Piece, Side
from shared_utils.editions.selection import in_runs, sections_of
from shared_utils.types import Citation
from src.i18n import ENGLISH, Say
from src.presentation.changes import (
    Edition,
    fact_name,
    fact_sides,
    kind_name,
    notes_of,
    run_name,
    summary,
    where,
)
from src.presentation.cited import moment
from src.presentation.csv_table import harmless
from src.presentation.digest import Digest, digest_of
from src.presentation.escaping import plain
from src.presentation.pages import Pages
from src.presentation.report_pages import CitedPage, PageKey, cited_pages

_PICTURED = 60  # changes whose pages are drawn


@dataclass(frozen=True, slots=True)
class Drawn:
    """A side on the picture of its page, by its number there."""

    note: int
    page: CitedPage


@dataclass(frozen=True, slots=True)
class ShownSide:
    label: str  # "Before, page 12"
    missing: str  # what stands in its place where an edition has no such passage; "" where it has
    drawn: tuple[Drawn, ...] = ()  # a page each; none where its pages are not in the file


Passage = tuple[Piece, ...]
Line = tuple[tuple[Passage, ...], tuple[Passage, ...]]
"""Passages that stand side by side, of the earlier and the later edition."""


@dataclass(frozen=True, slots=True)
class ShownRun:
    """Changes that are read together (`in_runs`): line by line, what they are called, the facts that differ."""

    kind: str
    sides: tuple[ShownSide, ShownSide]
    lines: tuple[Line, ...]
    facts: tuple[tuple[str, str, str], ...]  # what it is, before, after


@dataclass(frozen=True, slots=True)
class ChangesReport:
    language: str
    title: str
    facts: tuple[str, ...]
    summary: str
    notes: tuple[str, ...]
    digest: Digest | None  # None where only some of the changes are told
    editions: tuple[tuple[str, str, str], ...]  # "Before", name, pages
    contents_label: str
    heads: tuple[str, str, str]  # of the table of facts
    sections: tuple[tuple[str, int, tuple[ShownRun, ...]], ...]  # heading, number of changes
    pages_heading: str
    pages: tuple[CitedPage, ...]
    hints: tuple[str, ...]


def changes_html(
    comparison: Comparison,
    changes: Sequence[Change],
    before: Edition,
    after: Edition,
    *,
    pages: Pages | None = None,
    version: str = "",
    made_on: float = 0.0,
    say: Say = ENGLISH,
) -> str:
    """One file that loads and runs nothing: `changes` section by section, both sides with their pages.

    With `pages`, those of the first changes are drawn, the words that changed marked: a fifth of a second each.
    """
    from src.presentation.report_style import environment  # a template engine: the app starts without

    titles = [title for title, _ in sections_of(changes)]
    runs = {title: in_runs([change for change in changes if change.section == title]) for title in titles}
    pictured = [run for some in runs.values() for run in some][:_PICTURED]
    notes = _notes(pictured, before, after) if pages is not None else {}
    drawn = cited_pages([note for some in notes.values() for note in some], pages, say) if pages is not None else {}
    hints = [say("Marked words differ. Text that only stands elsewhere, page breaks and line breaks are no change.")]
    if pages is not None and sum(map(len, runs.values())) > _PICTURED:
        hints.append(say("The pages of the first {n} changes are drawn.", n=sum(map(len, pictured))))
    report = ChangesReport(
        language=say.language,
        title=say("What changed from {before} to {after}", before=before.name, after=after.name),
        facts=tuple(filter(None, (f"Footnote {version}".strip(), moment(made_on)))),
        summary=summary(changes, say),
        notes=tuple(say(note) for note in notes_of(comparison, before, after)),
        digest=_digest(comparison, changes, before, after, say),
        editions=tuple(
            (label, edition.name, say.n(edition.pages, "{n:,} page", "{n:,} pages"))
            for label, edition in ((say("Before"), before), (say("After"), after))
        ),
        contents_label=say("Contents"),
        heads=(say("What"), say("Before"), say("After")),
        sections=tuple(
            (
                title or say("Without a heading"),
                sum(map(len, some)),
                tuple(_shown(run, before, after, notes, drawn, say) for run in some),
            )
            for title, some in runs.items()
        ),
        pages_heading=say("The pages"),
        pages=tuple(drawn.values()),
        hints=tuple(hints),
    )
    return environment().get_template("changes.html").render(report=report)


def _digest(
    comparison: Comparison, changes: Sequence[Change], before: Edition, after: Edition, say: Say
) -> Digest | None:
    """What matters first, where all is told."""
    found = digest_of(comparison, before, after, say)
    return found if found and len(changes) == len(comparison.changes) else None


_Key = tuple[int, str]
"""A run by its identity, and one of its sides: "b" or "a"."""


def _notes(runs: Sequence[Sequence[Change]], before: Edition, after: Edition) -> dict[_Key, list[Citation]]:
    """Each side of a run as a citation of every page on which a passage of it begins, numbered in reading order."""
    found: dict[_Key, list[Citation]] = {}
    number = 0
    for run in runs:
        for key, edition in (("b", before), ("a", after)):
            sides = _sides(run, key)
            for page in dict.fromkeys(side.page for side in sides):
                here = [side for side in sides if side.page == page]
                places = [place for side in here for place in side.places if place.page == page]
                start, end = min(place.start for place in places), max(place.end for place in places)
                label, number = edition.labels.get(page, ""), number + 1
                text = " ".join(side.text for side in here)
                cited = Citation(number, edition.document_id, edition.name, page, label, text, start, end)
                found.setdefault((id(run), key), []).append(cited)
    return found


def _sides(run: Sequence[Change], key: str) -> list[Side]:
    sides = (change.before if key == "b" else change.after for change in run)
    return [side for side in sides if side is not None]


def _shown(
    run: Sequence[Change],
    before: Edition,
    after: Edition,
    notes: Mapping[_Key, Sequence[Citation]],
    drawn: Mapping[PageKey, CitedPage],
    say: Say,
) -> ShownRun:
    def side_of(key: str, edition: Edition, label: str) -> ShownSide:
        sides = _sides(run, key)
        if not sides:
            return ShownSide(label, say("Not in this edition"))
        on_pages = [
            Drawn(note.marker, page)
            for note in notes.get((id(run), key), ())
            if (page := drawn.get((note.document_id, note.page))) is not None
        ]
        places = tuple(place for side in sides for place in side.places)
        return ShownSide(f"{label}, {where(replace(sides[0], places=places), edition, say)}", "", tuple(on_pages))

    return ShownRun(
        run_name(run, say),
        (side_of("b", before, say("Before")), side_of("a", after, say("After"))),
        _lines(run),
        tuple((fact_name(fact, say), *fact_sides(fact)) for change in run for fact in change.facts),
    )


def _lines(run: Sequence[Change]) -> tuple[Line, ...]:
    """Rows of tables each on a line of its own; else all that was removed beside all that was added."""
    if run[0].is_row:
        return tuple((_passages([change], "b"), _passages([change], "a")) for change in run)
    return ((_passages(run, "b"), _passages(run, "a")),)


def _passages(run: Sequence[Change], key: str) -> tuple[Passage, ...]:
    return tuple(side.pieces for side in _sides(run, key))


def changes_markdown(
    comparison: Comparison, changes: Sequence[Change], before: Edition, after: Edition, say: Say = ENGLISH
) -> str:
    """The same for notes and wikis; words that differ are bold."""
    title = say("What changed from {before} to {after}", before=before.name, after=after.name)
    lines = [f"# {_inert(title)}", ""]
    lines += [text for text in (summary(changes, say), *(say(n) for n in notes_of(comparison, before, after))) if text]
    if digest := _digest(comparison, changes, before, after, say):
        lines += _digest_lines(digest)
    section: str | None = None
    for run in in_runs(changes):
        if run[0].section != section:
            section = run[0].section
            lines += ["", f"## {_inert(section or say('Without a heading'))}"]
        lines += ["", f"**{run_name(run, say)}**"]
        for change in run:
            for label, side, edition in ((say("Before"), change.before, before), (say("After"), change.after, after)):
                if side is not None:
                    lines += ["", f"> {label}, {where(side, edition, say)}: {_marked(side)}"]
        lines += ["", *(_fact_line(fact, say) for change in run for fact in change.facts)]
    return "\n".join(lines).strip() + "\n"


def _digest_lines(digest: Digest) -> list[str]:
    lines: list[str] = []
    if digest.figures:
        lines += ["", f"## {_inert(digest.title)}", "", _cells(*digest.heads), "| --- | ---: | ---: | ---: |"]
        for one in digest.figures:
            sides = (f"{_inert(side.text)} ({_inert(side.page)})" for side in (one.before, one.after))
            label = f"{one.label} ({one.scale})" if one.scale else one.label
            lines.append(_cells(_inert(label), *sides, _inert(one.growth)))
    for _, title, sections in digest.sections:
        lines += ["", f"## {_inert(title)}", ""]
        lines += [f"- {_inert(one.title)} ({_inert(one.page)}, {one.passages})" for one in sections]
    return lines


def _cells(*texts: str) -> str:
    return f"| {' | '.join(texts)} |"


def _fact_line(fact: FactChange, say: Say) -> str:
    old, new = fact_sides(fact)
    return f"- {_inert(fact_name(fact, say))}: {_inert(old)} → {_inert(new)}"


def _marked(side: Side) -> str:
    return (
        "".join(
            f" **{_inert(piece.text)}** " if piece.differs and piece.text.strip() else f" {_inert(piece.text)} "
            for piece in side.pieces
        )
        .replace("  ", " ")
        .strip()
    )


def _inert(text: str) -> str:
    """Words from outside that are no markup."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|!~" else sign for sign in plain(text))


def changes_csv(changes: Sequence[Change], say: Say = ENGLISH) -> bytes:
    """A row for every fact that differs, and one for every other change. UTF-8 with the mark by which Excel knows it.

    Columns: section, change, what, value before, value after, page before, page after, text before, text after.
    """
    out = io.StringIO()
    table = csv.writer(out, delimiter=";" if say.language == "de" else ",", quoting=csv.QUOTE_ALL)
    table.writerow(
        (
            say("section"),
            say("change"),
            say("what"),
            say("value before"),
            say("value after"),
            say("page before"),
            say("page after"),
            say("text before"),
            say("text after"),
        )
    )
    for change in changes:
        sides = (
            str(change.before.page) if change.before else "",
            str(change.after.page) if change.after else "",
            plain(change.before.text) if change.before else "",
            plain(change.after.text) if change.after else "",
        )
        told = [(fact_name(fact, say), *_values(fact)) for fact in change.facts] or [("", "", "")]
        for what in told:
            table.writerow(harmless(cell) for cell in (plain(change.section), kind_name(change, say), *what, *sides))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _values(fact: FactChange) -> tuple[str, str]:
    return plain(fact.before.text) if fact.before else "", plain(fact.after.text) if fact.after else ""
