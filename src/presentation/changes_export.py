"""A comparison of two editions to take along: one HTML file, Markdown, a table."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from shared_utils.editions.model import Change, Comparison, FactChange, Piece, Side
from shared_utils.editions.selection import sections_of
from shared_utils.types import Citation
from src.i18n import ENGLISH, Say
from src.presentation.changes import Edition, fact_name, fact_sides, kind_name, notes_of, summary, where
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
    pieces: tuple[Piece, ...]
    missing: str  # what stands in its place where an edition has no such passage
    drawn: Drawn | None = None  # None where its page is not in the file


@dataclass(frozen=True, slots=True)
class ShownChange:
    kind: str
    sides: tuple[ShownSide, ShownSide]
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
    sections: tuple[tuple[str, tuple[ShownChange, ...]], ...]
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
    notes = _notes(changes[:_PICTURED], before, after) if pages is not None else {}
    drawn = cited_pages(notes.values(), pages, say) if pages is not None else {}
    hints = [say("Marked words differ. Text that only stands elsewhere, page breaks and line breaks are no change.")]
    if pages is not None and len(changes) > _PICTURED:
        hints.append(say("The pages of the first {n} changes are drawn.", n=_PICTURED))
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
                tuple(
                    _shown(change, before, after, notes, drawn, say) for change in changes if change.section == title
                ),
            )
            for title in titles
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


def _notes(changes: Sequence[Change], before: Edition, after: Edition) -> dict[int, Citation]:
    """Each side as a citation of the page it begins on, by the identity of the side, numbered in reading order."""
    found: dict[int, Citation] = {}
    for change in changes:
        for side, edition in ((change.before, before), (change.after, after)):
            if side is not None:
                here = [place for place in side.places if place.page == side.page]
                start, end = min(place.start for place in here), max(place.end for place in here)
                label, number = edition.labels.get(side.page, ""), len(found) + 1
                found[id(side)] = Citation(
                    number, edition.document_id, edition.name, side.page, label, side.text, start, end
                )
    return found


def _shown(
    change: Change,
    before: Edition,
    after: Edition,
    notes: Mapping[int, Citation],
    drawn: Mapping[PageKey, CitedPage],
    say: Say,
) -> ShownChange:
    def side_of(side: Side | None, edition: Edition, label: str) -> ShownSide:
        note = notes.get(id(side))
        page = drawn.get((note.document_id, note.page)) if note else None
        shown = _side(side, edition, label, say("Not in this edition"), say)
        return replace(shown, drawn=Drawn(note.marker, page)) if note and page else shown

    return ShownChange(
        kind_name(change, say),
        (side_of(change.before, before, say("Before")), side_of(change.after, after, say("After"))),
        tuple((fact_name(fact, say), *fact_sides(fact)) for fact in change.facts),
    )


def _side(side: Side | None, edition: Edition, label: str, missing: str, say: Say) -> ShownSide:
    if side is None:
        return ShownSide(label, (), missing)
    return ShownSide(f"{label}, {where(side, edition, say)}", side.pieces, "")


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
    for change in changes:
        if change.section != section:
            section = change.section
            lines += ["", f"## {_inert(section or say('Without a heading'))}"]
        lines += ["", f"**{kind_name(change, say)}**"]
        for label, side, edition in ((say("Before"), change.before, before), (say("After"), change.after, after)):
            if side is not None:
                lines += ["", f"> {label}, {where(side, edition, say)}: {_marked(side)}"]
        lines += ["", *(_fact_line(fact, say) for fact in change.facts)]
    return "\n".join(lines).strip() + "\n"


def _digest_lines(digest: Digest) -> list[str]:
    lines: list[str] = []
    if digest.figures:
        lines += ["", f"## {_inert(digest.title)}", "", _cells(*digest.heads), "| --- | ---: | ---: | ---: |"]
        for one in digest.figures:
            sides = (f"{_inert(side.text)} ({_inert(side.page)})" for side in (one.before, one.after))
            lines.append(_cells(_inert(one.label), *sides, _inert(one.growth)))
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
