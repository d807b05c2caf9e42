"""Events and views in words: pure functions that the page, the command line and the HTTP API share. `say` is whose
language they are said in.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from shared_utils.types import Answer, Citation, EngineKind, PageVerdict, Sentence, Verdict, Where
from src.i18n import ENGLISH, Say, phrase
from src.presentation.blocks import left_out
from src.presentation.escaping import plain
from src.views import DocumentState, DocumentView, TurnView

_STRIP_CELLS = 48  # what fits into the side bar, each still wide enough to be seen
_WORST_FIRST = (PageVerdict.UNREADABLE, PageVerdict.SCANNED, PageVerdict.MIXED, PageVerdict.EMPTY, PageVerdict.TEXT)
_PAGE_WORDS = {
    PageVerdict.TEXT: phrase("{n:,} with text"),
    PageVerdict.SCANNED: phrase("{n:,} scanned"),
    PageVerdict.MIXED: phrase("{n:,} with text and a large image"),
    PageVerdict.EMPTY: phrase("{n:,} blank"),
    PageVerdict.UNREADABLE: phrase("{n:,} unreadable"),
}

_PAGE_RANGE = re.compile(r"\s*(\d{1,4})(?:\s*(?:-|–|—|to|bis)\s*(\d{1,4}))?\s*")


_HAS_A_WORD = re.compile(r"[^\W\d_]*[g-zà-ÿ][^\W\d_]*", re.IGNORECASE)
_SHORTEST_WORD = 3
_FEWEST_TITLE_WORDS = 2


def within_part(question: str, pages: str, section: str, say: Say = ENGLISH) -> str:
    """The question confined to a section and to pages chosen beside it.

    >>> within_part("What is said of noise?", "", "Night flights")
    'What is said of noise? (in section “Night flights”)'
    """
    if section:
        question = say("{question} (in section “{section}”)", question=question, section=section)
    return within_pages(question, pages, say)


def legible_name(name: str, title: str) -> str:
    """A file's name, or its title where the name tells a person nothing, as hashes and numbers do.

    >>> legible_name("3f9a1c77d0b2.pdf", "Annual Report 2025"), legible_name("report-7.pdf", "Annual Report 2025")
    ('Annual Report 2025', 'report-7.pdf')
    """
    stem, shown = plain(name).rsplit(".", 1)[0], plain(title)
    return plain(name) if says_something(stem) or len(shown.split()) < _FEWEST_TITLE_WORDS else shown


def says_something(name: str) -> bool:
    """Whether a name has a word in it, as neither hashes nor numbers of files have.

    >>> says_something("Annual Report 2025"), says_something("0000764478-19-000009"), says_something("3f9a1c77d0b2")
    (True, False, False)
    """
    return any(len(word) >= _SHORTEST_WORD for word in _HAS_A_WORD.findall(name))


def document_name(view: DocumentView) -> str:
    """What a document is called where it is listed."""
    return legible_name(view.name, view.title)


def within_pages(question: str, pages: str, say: Say = ENGLISH) -> str:
    """The question confined to the pages chosen beside it, in the words that anybody could have typed.

    >>> within_pages("What is said of noise?", "10-20")
    'What is said of noise? (pages 10–20)'
    >>> within_pages("What is said of noise?", "all")
    'What is said of noise?'
    """
    chosen = _PAGE_RANGE.fullmatch(pages)
    if chosen is None:
        return question
    if chosen[2]:
        return say("{question} (pages {first}–{last})", question=question, first=chosen[1], last=chosen[2])
    return say("{question} (page {page})", question=question, page=chosen[1])


# ------------------------------------------------------------------------------------------------ answers


def place_of(citation: Citation, say: Say = ENGLISH) -> str:
    """Where a citation leads, in words: "report.pdf, page 3"."""
    return say("{document}, page {page}", document=plain(citation.document), page=citation.page)


def page_name(page: int, label: str, say: Say = ENGLISH) -> str:
    """How a page is referred to; the printed label is added where it differs.

    >>> page_name(7, "v")
    'p. 7, printed v'
    """
    shown = plain(label)
    if shown in ("", str(page)):
        return say("p. {page}", page=page)
    return say("p. {page}, printed {label}", page=page, label=shown)


_VERDICTS = {
    Verdict.SUPPORTED: phrase("Supported"),
    Verdict.PARTLY: phrase("Only partly supported"),
    Verdict.NOT_FOUND: phrase("Not found in the documents"),
    Verdict.CONTRADICTED: phrase("The documents say otherwise"),
}


def describe_verdict(sentence: Sentence, say: Say = ENGLISH) -> str:
    """Why a sentence carries a sign: "Not found in the documents: no passage mentions 2019"."""
    head, reason = say(_VERDICTS[sentence.verdict]), plain(say(sentence.reason))
    return f"{head}: {reason}" if reason else head


def growth_figure(growth: Decimal, say: Say = ENGLISH) -> str:
    """Growth with its sign and one decimal, as the person writes numbers.

    >>> growth_figure(Decimal("7.8")), growth_figure(Decimal("-2.1"))
    ('+7.8', '−2.1')
    """
    return say.number(float(growth), "+,.1f").replace("-", "−")


def describe_left_out(answer: Answer, say: Say = ENGLISH) -> str:
    """What stands over the sentences that are no part of the answer; "" where there are none."""
    aside = left_out(answer)
    if any(sentence.verdict is Verdict.SUPPORTED for sentence in aside):  # beside the point, though on the pages
        one, many = (
            "{n} sentence of the model is no part of the answer",
            "{n} sentences of the model are no part of the answer",
        )
        return say.n(len(aside), one, many)
    if any(sentence.verdict is Verdict.PARTLY for sentence in aside):  # true of each: some are there, but not like this
        return say.n(
            len(aside),
            "{n} sentence of the model is not on the pages as it stands",
            "{n} sentences of the model are not on the pages as they stand",
        )
    one, many = "{n} sentence of the model is not on the pages", "{n} sentences of the model are not on the pages"
    return say.n(len(aside), one, many) if aside else ""


def describe_unheld(sentence: Sentence, say: Say = ENGLISH) -> str:
    """One of them and why: "“Sales fell.” The documents say otherwise: the page says “rose”, the answer “fell”"."""
    return f"“{plain(sentence.text)}” {describe_verdict(sentence, say)}"


def ending(answer: Answer, say: Say) -> str:
    """A sentence where an answer is not all that it could have been; "" where it is."""
    match answer.finish_reason:
        case "cancelled":
            return say("You stopped this answer. What had been written is kept.") if answer.stats.model else ""
        case "length":
            return say("The answer reached the greatest length this server allows and ends here.")
        case "interrupted":
            return say("The model stopped in the middle. What had been written is kept.")
        case _:
            return ""


# ------------------------------------------------------------------------------------------------ documents


def about(seconds: float, say: Say = ENGLISH) -> str:
    """An estimate, as rough as it deserves.

    >>> [about(s) for s in (0.4, 11.7, 48.0, 130.0)]
    ['1 s', '12 s', '50 s', '2 min']
    """
    if seconds < 20:
        return say("{n} s", n=max(1, round(seconds)))
    if seconds < 90:
        return say("{n} s", n=round(seconds / 10) * 10)
    return say("{n} min", n=round(seconds / 60))


def _pages(number: int, say: Say) -> str:
    return say.n(number, "{n:,} page", "{n:,} pages")


def describe_document(view: DocumentView, say: Say = ENGLISH) -> str:
    """The line under a document's name: what is being done to it, what it holds, or what went wrong."""
    seconds = view.seconds_left
    left = " · " + say("about {time} left", time=about(seconds, say)) if seconds is not None else ""
    match view.state:
        case DocumentState.QUEUED:
            return plain(say(view.reason)) if view.reason else say("Waiting to be read")
        case DocumentState.READING:
            page = min(len(view.page_verdicts) + 1, view.pages)
            opening = say("Reading page {page} of {pages}", page=page, pages=view.pages) if page else say("Opening")
            return opening + left
        case DocumentState.RECOGNISING:
            return say("Recognising the words on scanned pages") + left
        case DocumentState.EMBEDDING:
            percent = 100 * view.embedded // max(1, view.chunks)
            return say("Can be asked; indexing by meaning, {percent} %", percent=percent) + left
        case DocumentState.FAILED:
            return plain(say(view.reason))
        case DocumentState.READY:
            return say("{pages} · ready", pages=_pages(view.pages, say))
        case DocumentState.PARTIAL:
            return say("{pages} · ready in part", pages=_pages(view.pages, say))


def document_progress(view: DocumentView) -> float:
    """How far reading and indexing are, 0 … 1. Reading is the first half: on our machines they take about as long."""
    if view.settled:
        return 1.0
    read = len(view.page_verdicts) / view.pages if view.pages else 0.0
    embedded = view.embedded / view.chunks if view.chunks and view.state is DocumentState.EMBEDDING else 0.0
    return min(1.0, (read + embedded) / 2)


def page_strip(view: DocumentView, cells: int = _STRIP_CELLS) -> tuple[PageVerdict | None, ...]:
    """One cell a page, None = not read yet; of a long document one cell a run of pages, showing the worst of them."""
    pages: list[PageVerdict | None] = [*view.page_verdicts]
    pages += [None] * (view.pages - len(pages))
    if len(pages) <= cells:
        return tuple(pages)
    edges = [round(i * len(pages) / cells) for i in range(cells + 1)]
    return tuple(_worst(pages[a:b]) for a, b in pairwise(edges))


def _worst(pages: Sequence[PageVerdict | None]) -> PageVerdict | None:
    if None in pages:
        return None
    return next(verdict for verdict in _WORST_FIRST if verdict in pages)


def describe_pages(view: DocumentView, say: Say = ENGLISH) -> str:
    """The strip in words: "12 pages: 10 with text, 2 scanned"."""
    parts = [
        say(_PAGE_WORDS[verdict], n=view.page_verdicts.count(verdict))
        for verdict in PageVerdict
        if verdict in view.page_verdicts
    ]
    unread = view.pages - len(view.page_verdicts)
    parts += [say("{n:,} not read yet", n=unread)] if unread > 0 else []
    return f"{_pages(view.pages, say)}: {', '.join(parts)}" if parts else _pages(view.pages, say)


# ------------------------------------------------------------------------------------------------ turns


def engine_name(engine: EngineKind | None, model: str, where: Where | None, say: Say = ENGLISH) -> str:
    """Who writes and where, for the status line. Nothing is said of a place that is not known."""
    match engine:
        case EngineKind.REMOTE:
            return say("{model} at Hugging Face", model=plain(model))
        case EngineKind.EXTRACTIVE:
            return say("the documents’ own sentences")
        case EngineKind.OLLAMA | EngineKind.ENDPOINT | None:
            return _model_name(plain(model), where, say)


def _model_name(model: str, where: Where | None, say: Say) -> str:
    match where:
        case Where.THIS_MACHINE:
            return say("{model} on this machine", model=model)
        case Where.OWN_NETWORK:
            return say("{model} on a server in your network", model=model)
        case Where.ELSEWHERE:
            return say("{model} on a model server elsewhere", model=model)
        case None:
            return model


def describe_answer(turn: TurnView, say: Say = ENGLISH) -> str:
    """The line under a finished answer: sources, who wrote it, how long it took. A refusal has none, and neither has
    what was told of the files themselves."""
    if turn.answer is None or not turn.answer.answerable:
        return ""
    stats, cited = turn.answer.stats, len(turn.answer.citations)
    quoted = stats.backend is EngineKind.EXTRACTIVE  # its notes say so
    if quoted and not cited:
        return ""
    sources = say.n(cited, "{n:,} source", "{n:,} sources")
    wrote = "" if quoted else engine_name(stats.backend, stats.model, stats.where, say)
    return " · ".join(part for part in (sources, wrote, *how_long(turn, say, wrote=bool(wrote))) if part)


def how_long(turn: TurnView, say: Say, *, wrote: bool) -> list[str]:
    """The seconds to the first words, where a model `wrote` some, and in total, as far as they were measured."""
    first, total = turn.timings.get("first_token_s"), turn.timings.get("total_s")
    said = [say("first words {seconds:.1f} s", seconds=first)] if first is not None and wrote else []
    return said + ([say("{seconds:.1f} s in total", seconds=total)] if total is not None else [])


def nothing_shared(say: Say) -> str:
    """What a shared link says that leads nowhere, for whatever reason: the reasons are the owner's alone."""
    return say(
        "Nothing is shared under this address. The link may have ended or been taken back, or a part of it is missing: "
        "ask whoever sent it for a new one."
    )
