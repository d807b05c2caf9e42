"""Events and views in words: pure functions that the page, the command line and the HTTP API share. `say` is whose
language they are said in.

Text from documents, models and file names is never markup. `plain` makes it one harmless line, `escape_markdown`
makes it literal Markdown; the page's own HTML goes through `html.escape` (src/screen/pieces.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from shared_utils.types import Answer, Citation, PageVerdict, Sentence, Verdict
from src.events import Stage
from src.views import DocumentState, DocumentView, TurnView
from src.words import ENGLISH, Say, phrase

Chip = Callable[[int], str | None]
"""The Markdown of a citation marker; None where the number points at nothing and is only text."""

_DAGGERS = "†‡§¶"  # the printers' order of footnote signs, after which they are doubled
_STRIP_CELLS = 48  # what fits into the side bar, each still wide enough to be seen
_WORST_FIRST = (PageVerdict.UNREADABLE, PageVerdict.SCANNED, PageVerdict.MIXED, PageVerdict.EMPTY, PageVerdict.TEXT)
_PAGE_WORDS = {
    PageVerdict.TEXT: phrase("{n:,} with text"),
    PageVerdict.SCANNED: phrase("{n:,} scanned"),
    PageVerdict.MIXED: phrase("{n:,} with text and a large image"),
    PageVerdict.EMPTY: phrase("{n:,} blank"),
    PageVerdict.UNREADABLE: phrase("{n:,} unreadable"),
}

# ------------------------------------------------------------------------------------------------ text from outside


def plain(text: str) -> str:
    """One line without control characters or marks that turn the writing direction ("fdp.exe" posing as a PDF).

    >>> plain("annual\\n report\\x1b[31m.pdf")
    'annual report[31m.pdf'
    """
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) != "Cc")
    return re.sub(r" +", " ", re.sub("[\u202a-\u202e\u2066-\u2069\u200e\u200f]", "", "".join(kept))).strip()


_ASCII_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit's renderer looks for these in finished text, where a backslash no longer protects them:
# addresses, e-mail, :emoji: and :material/icons:, and the arrows and dashes it sets typographically.
_REWRITTEN_LATER = re.compile(
    r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=[\w-])|(?<=:)(?=[\w+-]+:|material/)|(?<=[<>~-])(?=[>=-])", re.IGNORECASE
)
_WORD_JOINER = "\u2060"  # invisible, no width, no break


def _backslashed(text: str) -> str:
    return _ASCII_PUNCTUATION.sub(r"\\\1", text)


def escape_markdown(text: str) -> str:
    """`text` as Markdown that shows exactly these characters: no links, images, HTML, LaTeX, directives or emoji.

    >>> escape_markdown("![x](https://a.b) costs $5")
    '\\\\!\\\\[x\\\\]\\\\(https\\\\:\u2060\\\\/\\\\/a\\\\.b\\\\) costs \\\\$5'
    """
    return _backslashed(_REWRITTEN_LATER.sub(_WORD_JOINER, plain(text)))


_BOLD_OR_MARKER = re.compile(r"\*\*(?=\S)([^*]+?)(?<=\S)\*\*|\[(\d{1,3})\]")
_LIST_ITEM = re.compile(r"\s*(?:(?P<bullet>[-*•–])|(?P<number>\d{1,2})[.)])\s+")
_HEADING = re.compile(r"\s*#{1,6}\s+")


def _inline(text: str, chip: Chip) -> str:
    """Literal text, except `**bold**` and the markers that `chip` knows."""
    out, position = [], 0
    for token in _BOLD_OR_MARKER.finditer(text):
        before = text[position : token.start()]
        out.append(_escape_keeping_ends(before))
        if token[1] is not None:
            out.append(f"**{_inline(token[1], chip)}**")
        else:
            out.append(chip(int(token[2])) or escape_markdown(token[0]))
        position = token.end()
    return "".join([*out, _escape_keeping_ends(text[position:])])


def _escape_keeping_ends(text: str) -> str:
    """As `escape_markdown`, but the blanks at both ends stay: they part words from bold ones and from chips."""
    if not text.strip():
        return " " if text else ""
    head = " " if text[0].isspace() else ""
    tail = " " if text[-1].isspace() else ""
    return head + escape_markdown(text) + tail


def written_markdown(text: str, chip: Chip) -> str:
    """A model's words so far: paragraphs, lists and bold are kept, known markers become chips, the rest is literal."""
    lines = []
    for line in text.splitlines():
        item, heading = _LIST_ITEM.match(line), _HEADING.match(line)
        body = line[(item or heading).end() :] if item or heading else line  # type: ignore[union-attr]
        shown = _inline(_closed(body.strip()), chip)
        lines.append(f"**{shown}**" if heading and shown else _bullet(item) + shown)
    return "\n".join(lines)


def _closed(line: str) -> str:
    """Bold that is still being written is bold already."""
    if line.count("**") % 2 == 0:
        return line
    return line.removesuffix("**").rstrip() if line.endswith("**") else f"{line}**"


def _bullet(item: re.Match[str] | None) -> str:
    if item is None:
        return ""
    return f"{item['number']}. " if item["number"] else "- "


_PAGE_RANGE = re.compile(r"\s*(\d{1,4})(?:\s*(?:-|–|—|to|bis)\s*(\d{1,4}))?\s*")


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


def page_name(page: int, label: str, say: Say = ENGLISH) -> str:
    """How a page is referred to; the printed label is added where it differs.

    >>> page_name(7, "v")
    'p. 7, printed v'
    """
    shown = plain(label)
    if shown in ("", str(page)):
        return say("p. {page}", page=page)
    return say("p. {page}, printed {label}", page=page, label=shown)


def chip_link(citation: Citation, anchor: str, say: Say = ENGLISH) -> str:
    """A marker as a link the page catches; its title is what a screen reader adds."""
    title = _backslashed(say("{document}, page {page}", document=plain(citation.document), page=citation.page))
    return f'[{citation.marker}](#{anchor} "{title}")'


def dagger(index: int) -> str:
    """The sign of the n-th caution, 0-based: † ‡ § ¶ †† ‡‡ …"""
    return _DAGGERS[index % len(_DAGGERS)] * (index // len(_DAGGERS) + 1)


def cautions(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences that do not fully stand on what they cite, in reading order. A refusal claims nothing."""
    return tuple(s for s in answer.sentences if answer.answerable and s.verdict is not Verdict.SUPPORTED)


_VERDICTS = {
    Verdict.SUPPORTED: phrase("Supported"),
    Verdict.PARTLY: phrase("Only partly supported"),
    Verdict.NOT_FOUND: phrase("Not found in the documents"),
    Verdict.CONTRADICTED: phrase("The documents say otherwise"),
}


def describe_verdict(sentence: Sentence, say: Say = ENGLISH) -> str:
    """Why a sentence carries a sign: "Not found in the documents: no passage mentions 2019"."""
    head, reason = say(_VERDICTS[sentence.verdict]), plain(say.message(sentence.reason))
    return f"{head}: {reason}" if reason else head


_END = re.compile(r"(?:\\?[.!?]|…)+$")


def _with_marks(text: str, marks: str) -> str:
    """Marks stand before a sentence's full stop and never begin a line: "renewed [1]."."""
    end = _END.search(text)
    if not marks or end is None:
        return f"{text}\u00a0{marks}" if marks else text
    return f"{text[: end.start()].rstrip()}\u00a0{marks}{end[0]}"


def _composed(
    answer: Answer,
    shown: Callable[[str], str],
    chip: Chip,
    sign: Callable[[int], str],
    heading: Callable[[str], str] = str,
) -> str:
    """Paragraphs, lists and headings as they were written; `shown` draws words, `chip` markers, `sign` the n-th
    caution, `heading` the drawn words of a heading."""
    doubts = {id(sentence): sign(i) for i, sentence in enumerate(cautions(answer))}
    blocks: list[str] = []
    for _, group in groupby(answer.sentences, key=lambda s: s.paragraph):
        sentences = list(group)
        mark, item = sentences[0].item, _LIST_ITEM.match(sentences[0].text)
        words = []
        for sentence in sentences:
            text = sentence.text[item.end() :] if item and sentence is sentences[0] and not mark else sentence.text
            marks = [*(chip(n) or "" for n in sentence.citations), doubts.get(id(sentence), "")]
            drawn = heading(shown(text.strip())) if mark == "#" else shown(text.strip())
            words.append(_with_marks(drawn, "\u00a0".join(filter(None, marks))))
        bullet = f"{mark.removeprefix('#')} ".lstrip() if mark else _bullet(item)
        joined = "\n" if bullet and blocks and _LIST_ITEM.match(blocks[-1]) else "\n\n"
        blocks += [joined] if blocks else []
        blocks.append(bullet + " ".join(words))
    return "".join(blocks)


def answer_markdown(
    answer: Answer, chip: Chip | None = None, sign: Callable[[int], str] = dagger, say: Say = ENGLISH
) -> str:
    """The answer as Markdown. `chip` draws a marker, `sign` the n-th caution; else both are plain characters."""
    chip = chip or (lambda n: f"\\[{n}\\]")
    return _composed(
        _in_language(answer, say), lambda text: _inline(text, lambda _: None), chip, sign, lambda text: f"**{text}**"
    )


def _in_language(answer: Answer, say: Say) -> Answer:
    """What a refusal says is ours, and is translated; other sentences are a model's or a document's."""
    if answer.answerable:
        return answer
    return replace(answer, sentences=tuple(replace(s, text=say.message(s.text)) for s in answer.sentences))


def terminal_answer(answer: Answer, say: Say = ENGLISH) -> str:
    """The answer and its footnotes for a terminal: no colours, no control characters from anywhere."""
    body = _composed(_in_language(answer, say), plain, lambda n: f"[{n}]", dagger).replace("\u00a0", " ")
    notes = [
        f"[{c.marker}] {plain(c.document)}, {page_name(c.page, c.page_label, say)}: “{plain(c.quote)}”"
        for c in answer.citations
    ]
    doubts = [f"{dagger(i)} {describe_verdict(s, say)}" for i, s in enumerate(cautions(answer))]
    blocks = [body, "\n".join(notes), "\n".join(doubts), "\n".join(plain(say.message(n)) for n in answer.notes)]
    return "\n\n".join(block for block in blocks if block)


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


def _passages(number: int, say: Say) -> str:
    return say.n(number, "{n:,} passage", "{n:,} passages")


def describe_document(view: DocumentView, say: Say = ENGLISH) -> str:
    """The line under a document's name: what is being done to it, what it holds, or what went wrong."""
    seconds = view.seconds_left
    left = " · " + say("about {time} left", time=about(seconds, say)) if seconds is not None else ""
    match view.state:
        case DocumentState.QUEUED:
            return say("Waiting to be read")
        case DocumentState.READING:
            page = min(len(view.page_verdicts) + 1, view.pages)
            opening = say("Reading page {page} of {pages}", page=page, pages=view.pages) if page else say("Opening")
            return opening + left
        case DocumentState.RECOGNISING:
            return say("Recognising the words on scanned pages") + left
        case DocumentState.EMBEDDING:
            done = view.embedded
            return (
                say.n(
                    view.chunks, "Indexing {done:,} of {n:,} passage", "Indexing {done:,} of {n:,} passages", done=done
                )
                + left
            )
        case DocumentState.FAILED:
            return plain(say.message(view.reason))
        case DocumentState.READY | DocumentState.PARTIAL:
            return f"{_pages(view.pages, say)} · {_passages(view.chunks, say)}"


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


def engine_name(engine: str, model: str, say: Say = ENGLISH) -> str:
    """Who writes and where, for the status line."""
    match engine:
        case "ollama":
            return say("{model} on this machine", model=plain(model))
        case "remote":
            return say("{model} at Hugging Face", model=plain(model))
        case "extractive":
            return say("the documents’ own sentences")
        case _:
            return plain(model)


def describe_stage(turn: TurnView, now: float, say: Say = ENGLISH) -> str:
    """The status line of a running answer; `now` is seconds on the monotonic clock of the view."""
    since = max(0.0, now - turn.stage_started_at)
    left = turn.seconds_left - since if turn.seconds_left is not None else None
    by = [engine_name(turn.engine, turn.model, say)] if turn.engine else []
    match turn.stage:
        case Stage.RETRIEVING | Stage.CHECKING:
            return say("Searching your documents")
        case Stage.WAITING:
            place = [say("number {n} in line", n=turn.position)] if turn.position else []
            soon = [say("about {time}", time=about(left, say))] if left and left > 0 else []
            return " · ".join([say("Waiting for the model"), *place, *soon])
        case Stage.READING:
            return " · ".join([say("Reading the passages"), _first_words(left, since, say), *by])
        case Stage.WRITING:
            return " · ".join([say("Writing"), say("{seconds:.1f} s", seconds=max(0.0, now - turn.asked_at)), *by])
        case Stage.VERIFYING:
            return say("Checking every sentence against the pages")
        case None:
            return describe_answer(turn, say)


def _first_words(left: float | None, since: float, say: Say) -> str:
    if left is None:
        return say("{seconds:.0f} s", seconds=since)
    return (
        say("first words in about {time}", time=about(left, say)) if left > 0.5 else say("first words any moment now")
    )


def describe_answer(turn: TurnView, say: Say = ENGLISH) -> str:
    """The line under a finished answer: sources, who wrote it, how long it took. A refusal has none."""
    if turn.answer is None or not turn.answer.answerable:
        return ""
    sources = say.n(len(turn.answer.citations), "{n:,} source", "{n:,} sources")
    stats = turn.answer.stats
    wrote = engine_name(stats.backend, stats.model, say) if stats.backend != "extractive" else ""  # its notes say so
    first, total = turn.timings.get("first_token_s"), turn.timings.get("total_s")
    timed = [say("first words {seconds:.1f} s", seconds=first)] if first is not None and wrote else []
    timed += [say("{seconds:.1f} s in total", seconds=total)] if total is not None else []
    return " · ".join(part for part in (sources, wrote, *timed) if part)
