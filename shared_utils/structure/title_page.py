"""A document's title and who wrote it, as they stand on its first page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from operator import attrgetter

from shared_utils.structure.lines import Line, lines_of
from shared_utils.structure.pairs import pairs
from shared_utils.text.dates import dates
from shared_utils.types import Page, Span

_LINES = 25  # from the top of a page
_MOST = 6  # lines of names
_LONG = 95  # characters: a line of running text
_LABEL = re.compile(
    r"(?:authors?|author\(s\)|written by|prepared by|by|autor(?:en|in|es|a)?|verfasser(?:in)?|auteurs?|autore|autori|"
    r"autores|redacteur|redigé par|scritto da|escrito por)",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?i:(?:written |prepared |edited )?(?:by|von|par|por|di|door)\s*:?\s+)(?=[A-ZÀ-ÞŠŽ])"
    r"|(?i:authors?|autor(?:en|in)?|verfasser(?:in)?|auteurs?)\s*:\s*"
)
_MADE = r"(?:prepared|compiled|issued|published|drawn up|produced)"
_MADE_BY = re.compile(
    rf"(?i:{_MADE}(?: and {_MADE})? by\s*:?\s+(?:the\s+)?|(?:erstellt|herausgegeben|zusammengestellt) (?:von|vom)\s+"
    r"(?:der\s+)?|(?:préparé|établi|publié) par\s+(?:la |le |les )?)(?P<who>[A-ZÀ-ÞŠŽ][^.\d]{3,80})(?:\d.*)?$"
)
_NAME = re.compile(
    r"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.?\s+)?[A-ZÀ-ÞŠŽ][\w’'.-]*(?:\s+(?:[A-ZÀ-ÞŠŽ][\w’'.-]*|de|van|von|der|den|la|del|da|di|bin))*"
    r"\s+[A-ZÀ-ÞŠŽ][\w’'-]+"
)
_BEGINS = re.compile(
    r"(?:abstract|summary|introduction|contents|table of contents|zusammenfassung|einleitung|inhalt\w*|résumé|resumen|"
    r"resumo|riassunto|sommario|samenvatting)\b|\d+(?:\.\d+)*\s+\w",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"\b(?:inc|ltd|llc|plc|corp(?:oration)?|gmbh|company|report|form|table|page|commission|department|act|item|"
    r"copyright|version|issue|edition|volume|street|road|avenue|association|society|council|committee|foundation|verein)\b|\d\d|www\.|[:!?]",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"\W*(?:\w+[.]?\s+)?(?:edition|auflage|édition|edición|edizione|edição|editie|version|versión|versione)\b.{0,12}$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"(?:abstract|zusammenfassung|résumé|resumen|resumo|riassunto|samenvatting)\b", re.IGNORECASE)
_AFFILIATION = re.compile(
    r"@|\b(?:universit\w+|institut\w*|college|school|department|laborator\w+|hochschule|ministry|faculty)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"[,;&*†‡§¶∗✉⁰¹²³⁴-⁹\d()]|\s{3,}|\b(?:and|und|et|y|e|en)\b")
_AFFILIATION_LINES, _AFFILIATION_MOST = 2, 4  # under a name: in which it begins, and that it takes
_TITLE_LINES = 4
_TITLE_PAGE_LINES = 12  # on a page with no more, all is the title's
_TITLE_WITHIN = 8  # lines from the top
_LONGEST_NAME = 5  # words


def title(page: Page) -> Span | None:
    """The lines set as headings on top of a page that stand together; None where there are none."""
    lines = lines_of(page)[:_TITLE_WITHIN]
    run = _title_run(page, lines)
    if run is None:
        return None
    found = Span(lines[run[0]].start, lines[run[1] - 1].end)
    highest = min(page.headings, key=attrgetter("level"))  # a title may be drawn last
    is_lower = all(h.level > highest.level for h in page.headings if h.start < found.end and found.start < h.end)
    return Span(highest.start, highest.end) if is_lower and highest.start > found.end else found


def byline(page: Page) -> Span | None:
    """The stretch of a page's text that names its authors: beside a label, behind "by", or between title and text; None
    where nothing there is known to."""
    for pair in pairs(page):
        label = page.text[pair.label.start : pair.label.end].strip(" :")
        value = page.text[pair.value.start : pair.value.end]
        if _LABEL.fullmatch(label) and _NAME.search(value):
            return pair.value
    lines = lines_of(page)[:_LINES]
    for line in lines:
        behind = _BY.match(line.text)
        if behind and len(line.text) < _LONG and _NAME.match(line.text, behind.end()):
            return Span(line.start + behind.end(), line.end)
    return _under_title(page, lines) or _imprint(page)


def _imprint(page: Page) -> Span | None:
    """Who made it, where a line anywhere on the page says so: "Compiled and issued by the Port Authority"."""
    for line in lines_of(page):
        if (behind := _MADE_BY.match(line.text)) is not None:
            who = behind["who"].rstrip(" ,;–—-|·")
            return Span(line.start + behind.start("who"), line.start + behind.start("who") + len(who))
    return None


def _title_run(page: Page, lines: Sequence[Line]) -> tuple[int, int] | None:
    """(first, end) of the headings on top, none lower than the first; without names and the name of a part."""
    levels = [
        next((h.level for h in page.headings if h.start < line.end and line.start < h.end), None) for line in lines
    ]
    heads = (n for n, line in enumerate(lines) if levels[n] is not None and not _BEGINS.match(line.text))
    first = next(heads, None)
    if first is None:
        return None
    top = levels[first]
    end = first + 1
    while end < min(len(lines), first + _TITLE_LINES) and not _ends_title(lines[end].text):
        level = levels[end]
        is_capitals = lines[end - 1].text.isupper() and lines[end].text.isupper()
        if not is_capitals and (level is None or top is None or level > top):
            break
        end += 1
    return first, end


def _ends_title(text: str) -> bool:
    return _BEGINS.match(text) is not None or _people(text) > 1


def _under_title(page: Page, lines: Sequence[Line]) -> Span | None:
    """Lines of names directly under the title: of several people, or of one with where they work."""
    run = _title_run(page, lines[:_TITLE_WITHIN])
    if run is None:
        return None
    names: list[Line] = []
    people = 0
    begin = run[1] + (len(lines) > run[1] and _EDITION.match(lines[run[1]].text) is not None)
    for line, after in zip_longest(below := lines[begin : begin + _MOST], below[1:]):
        here = 0 if _BEGINS.match(line.text) else _people_with(names[-1:], line, after)
        if not here:
            break
        names.append(line)
        people += here
    below_names = [line.text for line in below[len(names) : len(names) + _AFFILIATION_LINES]]
    is_somebody = people > 1 or any(map(_AFFILIATION.search, below_names))
    if not names or not (is_somebody or (_is_alone(below_names) and _is_only_a_name(names[0].text, page))):
        return None
    last = _last_name(names[-1], lines[begin + len(names) :])
    is_told = not is_somebody or _is_for_names(lines) or _is_alone(below_names)
    return Span(names[0].start, last.end) if is_told else None


def _is_alone(below: Sequence[str]) -> bool:
    """Whether names are followed by what stands under an author's: an address of the web, a date, the text."""
    return any("://" in text or dates(text) for text in below) or any(_BEGINS.match(text) for text in below[:1])


def _is_only_a_name(text: str, page: Page) -> bool:
    """Whether a line is a full name no word of which the page has as another word: "User Manual" is none."""
    words = [word for word in re.findall(r"[^\W\d_]+", text) if len(word) > 1]
    return len(words) > 1 and not any(re.search(rf"\b{re.escape(word.lower())}\b", page.text) for word in words)


def _last_name(last: Line, below: Sequence[Line]) -> Line:
    """The last line of names before the text begins, where each group of authors is followed by where they work."""
    opening = next((n for n, line in enumerate(below) if _OPENING.match(line.text)), 0)
    between: list[Line] = []
    for line in below[:opening]:
        if _people(line.text) and any(_AFFILIATION.search(other.text) for other in between):
            last, between = line, []
        elif len(between) < _AFFILIATION_MOST:
            between.append(line)
        else:
            break
    return last


def _people_with(before: Sequence[Line], line: Line, after: Line | None) -> int:
    """How many people a line names, by itself or where a name is broken between it and a line beside it."""
    if people := _people(line.text):
        return people
    if before and (people := _people(f"{before[-1].text} {line.text}")) > 1:
        return people
    return people if after and not before and (people := _people(f"{line.text} {after.text}")) > 1 else 0


def _is_for_names(lines: Sequence[Line]) -> bool:
    """Whether people are named on such a page: it is a title page, or goes on with where they work or with a part."""
    if len(lines) <= _TITLE_PAGE_LINES:
        return True
    return any(_AFFILIATION.search(line.text) or _OPENING.match(line.text) for line in lines)


def _people(text: str) -> int:
    """How many people a line names, two for more than can be told apart; 0 where it says anything else."""
    if _NO_NAME.search(text) or _AFFILIATION.search(text):
        return 0
    parts = [" ".join(part.split()) for part in _APART.split(text)]
    names = [part for part in parts if part]
    if not names or not all(_NAME.fullmatch(name) for name in names):
        return 0
    return max(len(names), 2 if any(len(name.split()) > _LONGEST_NAME for name in names) else 1)
