"""Events and views in words: pure functions that the page, the command line and the HTTP API share.

Text from documents, models and file names is never markup. `plain` makes it one harmless line, `escape_markdown`
makes it literal Markdown; the page's own HTML goes through `html.escape` (src/screen/pieces.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

from shared_utils.types import Answer, Citation, PageVerdict, Sentence, Verdict
from src.events import Stage
from src.views import DocumentState, DocumentView, TurnView

Chip = Callable[[int], str | None]
"""The Markdown of a citation marker; None where the number points at nothing and is only text."""

_DAGGERS = "†‡§¶"  # the printers' order of footnote signs, after which they are doubled
_STRIP_CELLS = 48  # what fits into the side bar, each still wide enough to be seen
_WORST_FIRST = (PageVerdict.UNREADABLE, PageVerdict.SCANNED, PageVerdict.MIXED, PageVerdict.EMPTY, PageVerdict.TEXT)
_PAGE_WORDS = {
    PageVerdict.TEXT: "with text",
    PageVerdict.SCANNED: "scanned",
    PageVerdict.MIXED: "with text and a large image",
    PageVerdict.EMPTY: "blank",
    PageVerdict.UNREADABLE: "unreadable",
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
_LIST_ITEM = re.compile(r"\s*(?:(?P<bullet>[-*•])|(?P<number>\d{1,2})[.)])\s+")
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


_PAGE_RANGE = re.compile(r"\s*(\d{1,4})(?:\s*(?:-|–|—|to)\s*(\d{1,4}))?\s*")


def within_pages(question: str, pages: str) -> str:
    """The question confined to the pages chosen beside it, in the words that anybody could have typed.

    >>> within_pages("What is said of noise?", "10-20")
    'What is said of noise? (pages 10–20)'
    >>> within_pages("What is said of noise?", "all")
    'What is said of noise?'
    """
    chosen = _PAGE_RANGE.fullmatch(pages)
    if chosen is None:
        return question
    return f"{question} (pages {chosen[1]}–{chosen[2]})" if chosen[2] else f"{question} (page {chosen[1]})"


# ------------------------------------------------------------------------------------------------ answers


def page_name(page: int, label: str) -> str:
    """How a page is referred to; the printed label is added where it differs.

    >>> page_name(7, "v")
    'p. 7, printed v'
    """
    shown = plain(label)
    return f"p. {page}" if shown in ("", str(page)) else f"p. {page}, printed {shown}"


def chip_link(citation: Citation, anchor: str) -> str:
    """A marker as a link the page catches; its title is what a screen reader adds."""
    title = _backslashed(f"{plain(citation.document)}, page {citation.page}")
    return f'[{citation.marker}](#{anchor} "{title}")'


def dagger(index: int) -> str:
    """The sign of the n-th caution, 0-based: † ‡ § ¶ †† ‡‡ …"""
    return _DAGGERS[index % len(_DAGGERS)] * (index // len(_DAGGERS) + 1)


def cautions(answer: Answer) -> tuple[Sentence, ...]:
    """The sentences that do not fully stand on what they cite, in reading order. A refusal claims nothing."""
    return tuple(s for s in answer.sentences if answer.answerable and s.verdict is not Verdict.SUPPORTED)


def describe_verdict(sentence: Sentence) -> str:
    """Why a sentence carries a sign: "Not found in the documents: no passage mentions 2019"."""
    head = {
        Verdict.SUPPORTED: "Supported",
        Verdict.PARTLY: "Only partly supported",
        Verdict.NOT_FOUND: "Not found in the documents",
        Verdict.CONTRADICTED: "The documents say otherwise",
    }[sentence.verdict]
    reason = plain(sentence.reason)
    return f"{head}: {reason}" if reason else head


_END = re.compile(r"(?:\\?[.!?]|…)+$")


def _with_marks(text: str, marks: str) -> str:
    """Marks stand before a sentence's full stop and never begin a line: "renewed [1]."."""
    end = _END.search(text)
    if not marks or end is None:
        return f"{text}\u00a0{marks}" if marks else text
    return f"{text[: end.start()].rstrip()}\u00a0{marks}{end[0]}"


def _composed(answer: Answer, shown: Callable[[str], str], chip: Chip, sign: Callable[[int], str]) -> str:
    """Paragraphs and lists of the answer; `shown` draws words, `chip` markers, `sign` the n-th caution."""
    doubts = {id(sentence): sign(i) for i, sentence in enumerate(cautions(answer))}
    blocks: list[str] = []
    for _, group in groupby(answer.sentences, key=lambda s: s.paragraph):
        sentences = list(group)
        item = _LIST_ITEM.match(sentences[0].text)
        words = []
        for sentence in sentences:
            text = sentence.text[item.end() :] if item and sentence is sentences[0] else sentence.text
            marks = [*(chip(n) or "" for n in sentence.citations), doubts.get(id(sentence), "")]
            words.append(_with_marks(shown(text.strip()), "\u00a0".join(filter(None, marks))))
        joined = "\n" if item and blocks and _LIST_ITEM.match(blocks[-1]) else "\n\n"
        blocks += [joined] if blocks else []
        blocks.append(_bullet(item) + " ".join(words))
    return "".join(blocks)


def answer_markdown(answer: Answer, chip: Chip | None = None, sign: Callable[[int], str] = dagger) -> str:
    """The answer as Markdown. `chip` draws a marker, `sign` the n-th caution; else both are plain characters."""
    return _composed(answer, lambda text: _inline(text, lambda _: None), chip or (lambda n: f"\\[{n}\\]"), sign)


def terminal_answer(answer: Answer) -> str:
    """The answer and its footnotes for a terminal: no colours, no control characters from anywhere."""
    body = _composed(answer, plain, lambda n: f"[{n}]", dagger).replace("\u00a0", " ")
    notes = [
        f"[{c.marker}] {plain(c.document)}, {page_name(c.page, c.page_label)}: “{plain(c.quote)}”"
        for c in answer.citations
    ]
    doubts = [f"{dagger(i)} {describe_verdict(s)}" for i, s in enumerate(cautions(answer))]
    blocks = [body, "\n".join(notes), "\n".join(doubts), "\n".join(plain(n) for n in answer.notes)]
    return "\n\n".join(block for block in blocks if block)


# ------------------------------------------------------------------------------------------------ documents


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}".replace(",", "\u202f")


def about(seconds: float) -> str:
    """An estimate, as rough as it deserves.

    >>> [about(s) for s in (0.4, 11.7, 48.0, 130.0)]
    ['1 s', '12 s', '50 s', '2 min']
    """
    if seconds < 20:
        return f"{max(1, round(seconds))} s"
    if seconds < 90:
        return f"{round(seconds / 10) * 10} s"
    return f"{round(seconds / 60)} min"


def describe_document(view: DocumentView) -> str:
    """The line under a document's name: what is being done to it, what it holds, or what went wrong."""
    left = f" · about {about(view.seconds_left)} left" if view.seconds_left is not None else ""
    match view.state:
        case DocumentState.QUEUED:
            return "Waiting to be read"
        case DocumentState.READING:
            page = min(len(view.page_verdicts) + 1, view.pages)
            return (f"Reading page {page} of {view.pages}" if page else "Opening") + left
        case DocumentState.RECOGNISING:
            return f"Recognising the words on scanned pages{left}"
        case DocumentState.EMBEDDING:
            return f"Indexing {view.embedded} of {_count(view.chunks, 'passage')}{left}"
        case DocumentState.FAILED:
            return plain(view.reason)
        case DocumentState.READY | DocumentState.PARTIAL:
            return f"{_count(view.pages, 'page')} · {_count(view.chunks, 'passage')}"


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


def describe_pages(view: DocumentView) -> str:
    """The strip in words: "12 pages: 10 with text, 2 scanned"."""
    parts = [
        f"{view.page_verdicts.count(verdict)} {_PAGE_WORDS[verdict]}"
        for verdict in PageVerdict
        if verdict in view.page_verdicts
    ]
    unread = view.pages - len(view.page_verdicts)
    parts += [f"{unread} not read yet"] if unread > 0 else []
    return f"{_count(view.pages, 'page')}: {', '.join(parts)}" if parts else _count(view.pages, "page")


# ------------------------------------------------------------------------------------------------ turns


def engine_name(engine: str, model: str) -> str:
    """Who writes and where, for the status line."""
    match engine:
        case "ollama":
            return f"{plain(model)} on this machine"
        case "remote":
            return f"{plain(model)} at Hugging Face"
        case "extractive":
            return "the documents’ own sentences"
        case _:
            return plain(model)


def describe_stage(turn: TurnView, now: float) -> str:
    """The status line of a running answer; `now` is seconds on the monotonic clock of the view."""
    since = max(0.0, now - turn.stage_started_at)
    left = turn.seconds_left - since if turn.seconds_left is not None else None
    by = f" · {engine_name(turn.engine, turn.model)}" if turn.engine else ""
    match turn.stage:
        case Stage.RETRIEVING:
            return "Searching your documents"
        case Stage.WAITING:
            place = f" · number {turn.position} in line" if turn.position else ""
            return f"Waiting for the model{place}" + (f" · about {about(left)}" if left and left > 0 else "")
        case Stage.READING:
            if left is None:
                return f"Reading the passages · {since:.0f} s{by}"
            soon = f"in about {about(left)}" if left > 0.5 else "any moment now"
            return f"Reading the passages · first words {soon}{by}"
        case Stage.WRITING:
            return f"Writing · {max(0.0, now - turn.asked_at):.1f} s{by}"
        case Stage.VERIFYING:
            return "Checking every sentence against the pages"
        case None:
            return describe_answer(turn)


def describe_answer(turn: TurnView) -> str:
    """The line under a finished answer: sources, who wrote it, how long it took. A refusal has none."""
    if turn.answer is None or not turn.answer.answerable:
        return ""
    sources = _count(len(turn.answer.citations), "source")
    stats = turn.answer.stats
    wrote = engine_name(stats.backend, stats.model) if stats.backend != "extractive" else ""  # its notes say so
    first, total = turn.timings.get("first_token_s"), turn.timings.get("total_s")
    timed = [f"first words {first:.1f} s"] if first is not None and stats.backend != "extractive" else []
    timed += [f"{total:.1f} s in total"] if total is not None else []
    return " · ".join(part for part in (sources, wrote, *timed) if part)
