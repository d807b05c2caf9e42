"""A conversation as one HTML file that a colleague can check without the app: answers, verdicts, quotes, pages, hashes.

Nothing in it runs and nothing is loaded from anywhere: pictures and fonts are inside, and a policy forbids the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from html import escape

from shared_utils.errors import FootnoteError
from shared_utils.types import Answer, Verdict
from src.i18n import ENGLISH, Say
from src.presentation.blocks import Piece, as_html, blocks, cautions, dagger, is_quoted
from src.presentation.cited import Entry, capitalised, entries, moment, provenance, remarks, title_of
from src.presentation.describe import describe_verdict, page_name
from src.presentation.escaping import html_text, plain, plain_within
from src.presentation.pages import Pages
from src.presentation.report_pages import CitedPage, PageKey, cited_pages, figure, strip
from src.presentation.report_style import brand_mark, policy, style_sheet
from src.views import DocumentView, TurnView


def conversation_report(
    turns: Sequence[TurnView],
    documents: Sequence[DocumentView],
    pages: Pages,
    *,
    title: str = "",
    version: str = "",
    models: Mapping[str, str] | None = None,
    made_on: float = 0.0,
    say: Say = ENGLISH,
) -> str:
    """The whole file. Draws every cited page once, which takes about a fifth of a second each.

    `title`: "" = the first question. `models`: name -> digest, as far as they are known. `made_on`: seconds since the
    epoch, 0 leaves the date out. A page that cannot be drawn says why in its place; nothing is raised for it.
    """
    listed = entries(turns)
    notes = [note for entry in listed for note in entry.notes]
    drawn = cited_pages(notes, pages, say)
    name = plain(title or title_of(turns, say))
    single = len(listed) == 1 and not title
    body = [
        _head(name, listed, documents, version, made_on, say),
        _contents(listed, say) if len(listed) > 1 else "",
        "<main>",
        *(_question(entry, drawn, say, single=single) for entry in listed),
        _documents(documents, listed, pages, say),
        _models(models or {}, say),
        _pages(drawn, listed, say),
        "</main>",
        _footer(say),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{say.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="generator" content="Footnote">\n'
        f"<title>{html_text(name)}</title>\n<style>{style_sheet()}</style>\n</head>\n<body>\n"
        + "\n".join(part for part in body if part)
        + "\n</body>\n</html>\n"
    )


def _head(
    name: str, listed: Sequence[Entry], documents: Sequence[DocumentView], version: str, made_on: float, say: Say
) -> str:
    facts = [
        say.n(len(listed), "{n:,} question", "{n:,} questions"),
        say.n(len(documents), "{n:,} document", "{n:,} documents"),
        " ".join(part for part in ("Footnote", version) if part),
        moment(made_on),
    ]
    return (
        f'<header class="top"><p class="brand">{brand_mark()}Footnote</p><h1 dir="auto">{html_text(name)}</h1>'
        f'<p class="meta">{_facts([fact for fact in facts if fact])}</p></header>'
    )


def _facts(facts: Sequence[str]) -> str:
    """One line that breaks between its facts."""
    return " · ".join(f"<span>{html_text(fact)}</span>" for fact in [capitalised(facts[0]), *facts[1:]])


def _contents(listed: Sequence[Entry], say: Say) -> str:
    rows = "".join(
        f'<li><span>{entry.number}</span><a href="#q{entry.number}" dir="auto">{html_text(entry.turn.question)}</a>'
        f"{_state(entry, say)}</li>"
        for entry in listed
    )
    return f'<nav aria-label="{html_text(say("Contents"))}"><ol>{rows}</ol></nav>'


def _state(entry: Entry, say: Say) -> str:
    answer = entry.turn.answer
    if answer is None:
        words, kind = say("not answered") if entry.turn.done else say("still being answered"), "check"
    elif not answer.answerable:
        words, kind = say("not in the documents"), ""
    elif doubts := len(cautions(answer)):
        words, kind = say.n(doubts, "{n:,} sentence to check", "{n:,} sentences to check"), "check"
    else:
        words, kind = (say("quoted") if is_quoted(answer) else say("supported")), ""
    return f'<span class="state {kind}">{html_text(words)}</span>'


# ------------------------------------------------------------------------------------------------ questions


def _question(entry: Entry, drawn: Mapping[PageKey, CitedPage], say: Say, *, single: bool) -> str:
    answer = entry.turn.answer
    count = html_text(say("Question {number}", number=entry.number))
    asked = f'<span class="count">{count}</span><span dir="auto">{html_text(entry.turn.question)}</span>'
    head = f"<h2>{html_text(say('Answer'))}</h2>" if single else f"<h2>{asked}</h2>"
    parts = [head]
    if answer is not None:
        parts += [_words(entry, answer, say), _doubts(entry, answer, say), _sources(entry, answer, drawn, say)]
    kind = "remark error" if entry.turn.done and answer is None else "remark"
    parts += [f'<p class="{kind}">{html_text(remark)}</p>' for remark in remarks(entry.turn, say)]
    about = [*_checked(answer, say), *provenance(entry.turn, say)]
    parts.append(f'<p class="about">{_facts(about)}</p>' if about else "")
    return f'<section id="q{entry.number}">{"".join(parts)}</section>'


def _words(entry: Entry, answer: Answer, say: Say) -> str:
    """What a model wrote. Where none did, the quotes with their sources are the answer."""
    if is_quoted(answer):
        return ""
    return f'<div class="answer">{as_html(blocks(answer, say), lambda piece: _piece(piece, entry.number))}</div>'


def _piece(piece: Piece, question: int) -> str:
    words = "".join(f"<b>{_within(run.text)}</b>" if run.bold else _within(run.text) for run in piece.runs)
    chips = "".join(f'<a class="chip" href="#c{note}">{note}</a>' for note in piece.markers)
    if piece.doubt is None:
        return words + chips
    sign = f'<a class="sign" href="#d{question}-{piece.doubt}">{piece.sign}</a>'
    return f'<span class="doubtful">{words}</span>{sign}{chips}'


def _within(text: str) -> str:
    return escape(plain_within(text), quote=True)


def _doubts(entry: Entry, answer: Answer, say: Say) -> str:
    rows = "".join(
        f'<li id="d{entry.number}-{i}"><b>{dagger(i)}</b><span>{html_text(describe_verdict(sentence, say))}</span></li>'
        for i, sentence in enumerate(cautions(answer))
    )
    return f'<ul class="doubts" aria-label="{html_text(say("Sentences to check"))}">{rows}</ul>' if rows else ""


def _sources(entry: Entry, answer: Answer, drawn: Mapping[PageKey, CitedPage], say: Say) -> str:
    if not entry.notes:
        return ""
    rows = []
    for note in entry.notes:
        page = drawn[note.document_id, note.page]
        where = html_text(page_name(note.page, note.page_label, say))
        rows.append(
            f'<li id="c{note.marker}"><a class="chip" href="#{page.id}">{note.marker}</a><div>'
            f'<p class="where"><b>{html_text(note.document)}</b> {where}</p>'
            f'<p class="quote" dir="auto">“{html_text(note.quote)}”</p>{strip(page, note.marker, say)}</div></li>'
        )
    label = html_text(say("Sources") if answer.answerable else say("The closest passages"))
    return f'<p class="label">{label}</p><ol class="sources" aria-label="{label}">{"".join(rows)}</ol>'


def _checked(answer: Answer | None, say: Say) -> list[str]:
    """How many sentences stand on what they cite."""
    if answer is None or not answer.answerable or not answer.sentences:
        return []
    if is_quoted(answer):
        return [say("quoted word for word")]
    sound = sum(sentence.verdict is Verdict.SUPPORTED for sentence in answer.sentences)
    return [say("{sound} of {n} sentences supported", sound=sound, n=len(answer.sentences))]


# ------------------------------------------------------------------------------------------------ what was read


def _documents(documents: Sequence[DocumentView], listed: Sequence[Entry], pages: Pages, say: Say) -> str:
    """Every document on the shelf, and those that were cited and have been removed since."""
    rows = [(view.document_id, view.name, say.n(view.pages, "{n:,} page", "{n:,} pages")) for view in documents]
    known = {view.document_id for view in documents}
    gone = {n.document_id: n.document for entry in listed for n in entry.notes if n.document_id not in known}
    rows += [(document_id, name, say("removed since")) for document_id, name in gone.items()]
    if not rows:
        return ""
    items = "".join(
        f'<div><dt dir="auto">{html_text(name)}</dt><dd>{html_text(about)} '
        f"· {_digest(document_id, pages, say)}</dd></div>"
        for document_id, name, about in rows
    )
    return f'<section id="documents"><h2>{html_text(say("Documents"))}</h2><dl>{items}</dl></section>'


def _digest(document_id: str, pages: Pages, say: Say) -> str:
    """The sha256 of the file as it is kept; of a locked one, that is the copy without its password."""
    try:
        with pages.file_path(document_id).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except (FootnoteError, OSError):
        digest = document_id
    kept = "" if digest == document_id else f" {html_text(say('(of the copy without its password)'))}"
    return f"sha256 <code>{html_text(digest)}</code>{kept}"


def _models(models: Mapping[str, str], say: Say) -> str:
    if not models:
        return ""
    items = "".join(
        f"<div><dt>{html_text(name)}</dt><dd>{f'<code>{html_text(digest)}</code>' if digest else ''}</dd></div>"
        for name, digest in models.items()
    )
    return f'<section id="models"><h2>{html_text(say("Language models"))}</h2><dl>{items}</dl></section>'


def _pages(drawn: Mapping[PageKey, CitedPage], listed: Sequence[Entry], say: Say) -> str:
    if not drawn:
        return ""
    figures = []
    for key, page in drawn.items():
        notes = [n.marker for entry in listed for n in entry.notes if (n.document_id, n.page) == key]
        figures.append(figure(page, notes, say))
    return f'<section id="pages" class="pages"><h2>{html_text(say("The cited pages"))}</h2>{"".join(figures)}</section>'


def _footer(say: Say) -> str:
    lines = (
        say("The yellow words are those that an answer cites, drawn from the PDF itself."),
        say(
            "To be sure that you hold the same file, compare its sha256: “sha256sum file.pdf” on Linux, “shasum -a 256 "
            "file.pdf” on a Mac, “Get-FileHash file.pdf” in PowerShell."
        ),
        say("This file is complete: it loads nothing and runs nothing."),
    )
    return "<footer>" + "".join(f'<p class="hint">{html_text(line)}</p>' for line in lines) + "</footer>"
