"""A conversation as one HTML file that a colleague can check without the app: answers, verdicts, quotes, pages, hashes.

Nothing in it runs and nothing is loaded from anywhere: pictures and fonts are inside, and a policy forbids the rest.
Here is what it says, in the reader's language; report.html lays it out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared_utils.errors import FootnoteError
from shared_utils.types import Answer, Citation, Verdict
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Block, blocks, cautions, dagger, is_quoted, left_out, set_as_text, shown
from src.presentation.cited import Entry, capitalised, entries, moment, provenance, remarks, title_of
from src.presentation.describe import describe_left_out, describe_unheld, describe_verdict
from src.presentation.lead import with_lead
from src.presentation.pages import Pages
from src.presentation.report_pages import CitedPage, PageKey, cited_pages
from src.presentation.series_chart import Chart, series_chart
from src.views import DocumentView, TurnView


@dataclass(frozen=True, slots=True)
class Question:
    number: int  # 1 = the first of the conversation
    count: str  # "Question 1"
    words: str
    state: str  # how it ended, for the contents
    to_check: bool
    blocks: tuple[Block, ...]  # what a model wrote; where none did, the quotes with their sources are the answer
    chart: Chart | None  # of a figure through the years
    doubts: tuple[tuple[str, str], ...]  # (sign, why)
    aside_label: str  # "" where nothing was left out
    aside: tuple[str, ...]  # what a model wrote that is no part of the answer, each with its reason
    sources_label: str
    sources: tuple[tuple[Citation, CitedPage], ...]  # footnotes with the pages they lead to
    remarks: tuple[str, ...]
    failed: bool
    about: tuple[str, ...]  # how many sentences stand, who wrote it, what it cost


@dataclass(frozen=True, slots=True)
class Row:
    """Something that can be checked: a document or a model."""

    name: str
    about: str
    digest: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    id: str
    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Report:
    language: str
    title: str
    facts: tuple[str, ...]
    contents_label: str
    answer_heading: str  # stands in for the question where the title is it already; "" elsewhere
    doubts_label: str
    questions: tuple[Question, ...]
    listings: tuple[Listing, ...]
    pages_heading: str
    pages: tuple[CitedPage, ...]
    hints: tuple[str, ...]


def conversation_report(
    turns: Sequence[TurnView],
    documents: Sequence[DocumentView],
    pages: Pages,
    *,
    title: str = "",
    version: str = "",
    models: Mapping[str, str] | None = None,
    made_on: float = 0.0,
    remark: str = "",
    say: Say = ENGLISH,
) -> str:
    """The whole file. Draws every cited page once, which takes about a fifth of a second each.

    `title`: "" = the first question. `models`: name -> digest, as far as they are known. `made_on`: seconds since the
    epoch, 0 leaves the date out. `remark` stands behind the date. A page that cannot be drawn says why in
    its place; nothing is raised for it.
    """
    from src.presentation.report_style import laid_out  # a template engine, a tenth of a second: the app starts without

    listed = entries(turns)
    notes = [note for entry in listed for note in entry.notes]
    drawn = cited_pages(notes, pages, say)
    report = Report(
        language=say.language,
        title=title or title_of(turns, say),
        facts=_line(
            say.n(len(listed), "{n:,} question", "{n:,} questions"),
            say.n(len(documents), "{n:,} document", "{n:,} documents"),
            f"Footnote {version}".strip(),
            moment(made_on),
            remark,
        ),
        contents_label=say("Contents"),
        answer_heading=say("Answer") if len(listed) == 1 and not title else "",
        doubts_label=say("Sentences to check"),
        questions=tuple(_question(entry, drawn, say) for entry in listed),
        listings=(
            Listing("documents", say("Documents"), tuple(_documents(documents, notes, pages, say))),
            Listing("models", say("Language models"), tuple(Row(name, "", it) for name, it in (models or {}).items())),
        ),
        pages_heading=say("The cited pages"),
        pages=tuple(drawn.values()),
        hints=(
            say("The yellow words are those that an answer cites, drawn from the PDF itself."),
            say(
                "To be sure that you hold the same file, compare its sha256: “sha256sum file.pdf” on Linux, “shasum -a "
                "256 file.pdf” on a Mac, “Get-FileHash file.pdf” in PowerShell."
            ),
            say("This file is complete: it loads nothing and runs nothing."),
        ),
    )
    return laid_out(report)


def _line(*facts: str) -> tuple[str, ...]:
    """Those that are there; the first begins the line."""
    first, *others = [*filter(None, facts)] or [""]
    return (capitalised(first), *others) if first else ()


# ------------------------------------------------------------------------------------------------ questions


def _question(entry: Entry, drawn: Mapping[PageKey, CitedPage], say: Say) -> Question:
    turn, answer = entry.turn, entry.turn.answer
    state, to_check = _state(turn, say)
    return Question(
        number=entry.number,
        count=say("Question {number}", number=entry.number),
        words=turn.question,
        state=state,
        to_check=to_check,
        blocks=_blocks(answer, say) if answer else (),
        chart=series_chart(answer, say),
        doubts=tuple((dagger(i), describe_verdict(s, say)) for i, s in enumerate(cautions(answer))) if answer else (),
        aside_label=describe_left_out(answer, say) if answer else "",
        aside=tuple(describe_unheld(s, say) for s in left_out(answer)) if answer else (),
        sources_label=say("Sources") if answer and answer.answerable else say("The closest passages"),
        sources=tuple((note, drawn[note.document_id, note.page]) for note in entry.notes),
        remarks=remarks(turn, say),
        failed=turn.done and answer is None,
        about=_line(_checked(answer, say), *provenance(turn, say)),
    )


def _blocks(answer: Answer, say: Say) -> tuple[Block, ...]:
    told = set_as_text(answer)
    return with_lead(blocks(told, say), told, say)


def _state(turn: TurnView, say: Say) -> tuple[str, bool]:
    """How a question ended, and whether a reader should look there."""
    answer = turn.answer
    if answer is None:
        return say("not answered") if turn.done else say("still being answered"), True
    if not answer.answerable:
        return say("not in the documents"), False
    if doubts := len(cautions(answer)):
        return say.n(doubts, "{n:,} sentence to check", "{n:,} sentences to check"), True
    return say("quoted") if is_quoted(answer) else say("supported"), False


def _checked(answer: Answer | None, say: Say) -> str:
    """How many sentences stand on what they cite."""
    if answer is None or not answer.answerable or not (sentences := shown(answer)):
        return ""
    if is_quoted(answer):
        return say("quoted word for word")
    sound = sum(sentence.verdict is Verdict.SUPPORTED for sentence in sentences)
    return say("{sound} of {n} sentences supported", sound=sound, n=len(sentences))


# ------------------------------------------------------------------------------------------------ what was read


def _documents(documents: Sequence[DocumentView], notes: Sequence[Citation], pages: Pages, say: Say) -> Iterator[Row]:
    """Every document on the shelf, and those that were cited and have been removed since."""
    for view in documents:
        yield _document(view.document_id, view.name, say.n(view.pages, "{n:,} page", "{n:,} pages"), pages, say)
    known = {view.document_id for view in documents}
    gone = {note.document_id: note.document for note in notes if note.document_id not in known}
    for document_id, name in gone.items():
        yield _document(document_id, name, say("removed since"), pages, say)


def _document(document_id: str, name: str, about: str, pages: Pages, say: Say) -> Row:
    """With the sha256 of the file as it is kept; of a locked one, that is the copy without its password."""
    try:
        with pages.file_path(document_id).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (FootnoteError, OSError):
        digest = document_id
    remark = "" if digest == document_id else say("(of the copy without its password)")
    return Row(name, f"{about} · sha256", digest, remark)
