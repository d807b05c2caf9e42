"""What a numbered part of a document is called: "What is the topic of unit 14?" is answered by its heading.

A part is named by its word and its number at the beginning of a line, "UNIT 14: Financial information", or by its
number alone in a heading, "3.1 Clustering". Read off the pages without a search; headings before other lines, tables of
contents last.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from shared_utils.message import message
from shared_utils.text.folding import fold
from shared_utils.text.sentences import split_sentences
from shared_utils.types import QUOTED, Answer, Direct, DirectKind, DirectOperand, Page, Sentence, Span, Verdict
from src.answering.ingestion import IndexedDocument
from src.answering.places import citations_of

THE_HEADINGS = message("the headings of the documents")
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_PART = rf"(?:{'|'.join(word for line in _WORDS['parts'] for word in line.split())})"
_NUMBER = r"(?:\d{1,3}(?:[.-]\d{1,3})*[a-z]?|[ivxlc]{1,7}|[a-z](?:\.\d{1,3})*)"
_NAMED = rf"(?P<word>{_PART})(?:e?s)?\s?(?:no\.? |nr\.? )?(?P<number>{_NUMBER})"
_ASKS = re.compile("|".join(f"(?:{ask})" for ask in _WORDS["asks"]).replace("PART", "\0"))
_BY_NUMBER = re.compile("|".join(_WORDS["by_number"].split()))
_PLURAL = re.compile(r"e?s$")
_LEADERS = re.compile(r"(?:\s*(?:\.\s?|·\s?|…|_){3,}\s*|\s{3,}|\t)\d{0,4}\s*$")
_SEPARATOR = r"\s*(?P<sign>[:.)—–-]?)\s*"
_LONGEST = 140  # characters of a title
_HEADING_WORDS = 8
_LINES_MORE = 2
_MOST_PAGES = 3_000  # that are looked through
_MOST = 4  # documents that are told side by side
_HEADING, _SIGN, _ALONE, _IN_CONTENTS = 3, 2, 1, 0


def asked_title(question: str) -> tuple[str, str] | None:
    """The word and the number of the part whose title is asked for, folded; None where something else is asked.

    >>> asked_title("What's the topic of UNIT 14?"), asked_title("Wie heißt Kapitel 3?")
    (('unit', '14'), ('kapitel', '3'))
    >>> asked_title("What does unit 14 say of tax?") is None, asked_title("What is the title of the report?") is None
    (True, True)
    """
    bare = " ".join(fold(question).replace("’", "'").split()).strip(" ?!.¿\"'")
    part = next(iter(re.finditer(rf"(?<![\w.]){_NAMED}(?![\w.])", bare)), None)
    if part is None:
        return None
    form = f"{bare[: part.start()]}\0{bare[part.end() :]}"
    return (part["word"], part["number"]) if _ASKS.fullmatch(form.strip(" ,")) else None


def about_a_part(question: str, documents: Sequence[IndexedDocument]) -> Answer | None:
    """The heading of the part that is asked for, of each document that has one; None where none has."""
    asked = asked_title(question)
    if asked is None or sum(len(one.document.pages) for one in documents) > _MOST_PAGES:
        return None
    found = [(one, *best) for one in documents if (best := _best(*asked, one.document.pages)) is not None]
    if not 0 < len(found) <= _MOST:
        return None
    names = {one.document.id: one.document.name for one, _, _ in found}
    cited = citations_of([(one.document.id, page, span) for one, page, span in found], names)
    reason = message("quoted word for word")
    sentences = tuple(
        Sentence(" ".join(c.quote.split()), (c.marker,), Verdict.SUPPORTED, reason, n) for n, c in enumerate(cited)
    )
    operands = tuple(DirectOperand(c.document, " ".join(c.quote.split()), "", (c.marker,)) for c in cited)
    return Answer(
        question=question,
        answerable=True,
        sentences=sentences,
        citations=tuple(cited),
        finish_reason="stop",
        stats=QUOTED,
        raw_text="\n".join(f"{s.text} [{s.citations[0]}]" for s in sentences),
        direct=Direct(DirectKind.VALUE, " ".join(asked), operands[0].value, "", operands),
    )


def _best(word: str, number: str, pages: Sequence[Page]) -> tuple[Page, Span] | None:
    """Where the part's title stands: the surest place, of places as sure the first."""
    found = [(rank, page, span) for page in pages for rank, span in _titles(word, number, page)]
    surest = max((rank for rank, _, _ in found), default=0)
    return next(((page, span) for rank, page, span in found if rank == surest), None)


def _titles(word: str, number: str, page: Page) -> Iterator[tuple[int, Span]]:
    """The lines of a page that name the part and what it is called, and how sure each is."""
    stem = re.escape(_PLURAL.sub("", word) if len(word) > 3 else word)
    called = rf"(?:{stem}\w{{0,3}}\s?|{stem}\s){re.escape(number)}"
    forms = [called, re.escape(number)] if _BY_NUMBER.fullmatch(word) else [called]
    headings = {heading.start for heading in page.headings}
    at = 0
    for line in page.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        folded = fold(line.strip())
        for form in forms if folded else ():
            match = re.match(rf"\W{{0,2}}{form}(?![\w]|\.\d){_SEPARATOR}", folded)
            if match is None:
                continue
            is_heading = any(start <= place < at for place in headings)
            begin = start + len(line) - len(line.lstrip())
            title = line.strip()[_shift(line.strip(), match.end()) :]
            if not title and is_heading:
                yield from _on_next_line(page, begin, at)
            elif (
                form == called
                or is_heading
                or _looks_like_a_heading(number, title, page.text[max(0, start - 40) : start])
            ):
                yield from _title(page, begin, line.strip(), title, match["sign"], is_heading)
            break


def _looks_like_a_heading(number: str, title: str, before: str) -> bool:
    """Whether a few words behind a bare number are a heading that no larger letters tell: "3.1 Clustering"."""
    last = before.rstrip()[-1:]
    is_short = len(title.split()) <= _HEADING_WORDS and not any(map(str.isdigit, title))
    is_apart = "." in number or not last or last in (".", "!", "?", ":")
    return is_short and is_apart and (number[0].isdigit() or title.isupper())


def _shift(line: str, folded_end: int) -> int:
    """Where in a line the place is that its folded text has at `folded_end`."""
    return next((n for n in range(len(line) + 1) if len(fold(line[:n])) >= folded_end), len(line))


def _title(
    page: Page, begin: int, line: str, title: str, sign: str, is_heading: bool
) -> Iterator[tuple[int, Span]]:  # fmt: skip
    """How sure a title is that stands behind the number in a line, and where both stand; nothing where it is none."""
    leaders = _LEADERS.search(line)
    bare = title[: len(title) - (len(line) - leaders.start())] if leaders else title
    first = bare.lstrip("\"“„«'")[:1]
    goes_on = not first.isupper() and not (sign in (":", "—", "–") and first.isalnum())  # "Section 5 describes …"
    leads_on = bare.rstrip().endswith((":", ";")) or (bare.rstrip().endswith(".") and not sign)
    if goes_on or leads_on or len(bare) > _LONGEST or not any(map(str.isalpha, bare)):
        return
    first_sentence = split_sentences(bare)[0].end
    if leaders:
        yield _IN_CONTENTS, Span(begin, begin + leaders.start())
        return
    says_more = first_sentence < len(bare.rstrip())  # a caption
    end = begin + len(line) - len(title) + first_sentence if says_more else _to_its_end(page.text, begin + len(line))
    yield _HEADING if is_heading else _SIGN if sign else _ALONE, Span(begin, end)


def _to_its_end(text: str, end: int) -> int:
    """Where a title ends that goes on in small letters on the next lines."""
    for _ in range(_LINES_MORE):
        after = re.match(r"\s*\n\s*(?=[^\W\d_])(?P<line>[^\n]+)", text[end : end + 2 * _LONGEST])
        line = text[text.rfind("\n", 0, end) + 1 : end]
        goes_on = after is not None and (after["line"][:1].islower() or (after["line"].isupper() and line.isupper()))
        if after is None or not goes_on or line.rstrip()[-1:] in (".", "!", "?", ":", ";"):
            return end
        stop = re.search(r"[.!?](?=\s|$)", after["line"])
        end += after.start("line") + (stop.end() if stop else len(after["line"].rstrip()))
    return end


def _on_next_line(page: Page, begin: int, at: int) -> Iterator[tuple[int, Span]]:
    """The title below "Chapter 3", where the page sets it on a line of its own."""
    line, _, _ = page.text[at:].lstrip("\n").partition("\n")
    first = at + len(page.text[at:]) - len(page.text[at:].lstrip("\n"))
    is_other = re.match(rf"{_PART}\s?{_NUMBER}\b", fold(line.strip())) is not None
    is_title = (
        not is_other
        and line.strip()[:1].isupper()
        and len(line) <= _LONGEST
        and not line.rstrip().endswith((".", ";", ","))
    )
    if is_title:
        yield _HEADING, Span(begin, first + len(line.rstrip()))
