"""Lists that no page prints as one: the headings of a section about what is asked, and a column of tables.

"Which risks does it name?" is answered by the headings under "Risk factors" that speak of risks; "List the roles" by
what stands under "Role" in the tables of the pages found. Every item is cited to where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from shared_utils.message import Message, literal, message
from shared_utils.retrieval.together import asks_for_all
from shared_utils.structure.waste import is_contents
from shared_utils.text.folding import fold
from shared_utils.text.words import terms
from shared_utils.types import (
    Answer,
    Direct,
    DirectKind,
    DirectOperand,
    Page,
    Passage,
    RowKind,
    Sentence,
    Span,
    Verdict,
)
from src.answering.direct import Pages, led_by
from src.answering.groups import rows_asked
from src.answering.ingestion import IndexedDocument
from src.answering.places import citations_of

_ASKS = re.compile(
    r"^\W*(?:(?:please |bitte )?(?:list|name|enumerate|give me|show me|nenne|liste|énumère|enumera|elenca|noem)"
    r"(?: all| the| alle| die| les| las| los| le| i| gli)*"
    r"|(?:which|what|welche|quel(?:le)?s|qué|quali|quais|welke)(?: are the| are| sind die)?"
    r"(?!\s+[\w-]+\s+(?:an?|the|this|that|it|its)\b))\s+"  # "What causes the noise?" lists no causes
    r"(?P<thing>[^\W\d_][\w-]*)",
    re.IGNORECASE,
)
_ENGLISH = re.compile(r"\W*(?:please |list|name|enumerate|give|show|which|what)\b", re.IGNORECASE)
_SHORT = 3  # letters
_HEADED = frozenset(  # what a section has a heading for each of
    terms("risks opportunities") + terms("Risiken und die Chancen") + terms("les risques") + terms("los riesgos")
    + terms("gli rischi") + terms("os riscos") + terms("het risico's voor")
)  # fmt: skip
_LEAST, _MOST = 3, 60  # items
_LONGEST = 160  # characters of a heading
_REACH = 12  # pages on either side of the pages found that belong to the same tables
_OVER = 2  # words of a heading that is over all of them
_OF_A_PART = re.compile(r"\W*(?:item|part|note)\s", re.IGNORECASE)
_FOLLOWING = re.compile(
    r"\bfollowing\s+(?P<n>three|four|five|six|seven|eight|nine|ten|\d{1,2})\s+(?:\w+\s+)?(?P<thing>[^\W\d_]+s)\b",
    re.IGNORECASE,
)
_COUNTS = {word: n for n, word in enumerate(["three", "four", "five", "six", "seven", "eight", "nine", "ten"], start=3)}
_PAGES_BELOW = 2
_FIRST = 6  # pages found first that are looked at


@dataclass(frozen=True, slots=True)
class _Item:
    """One item: `page.text[span]` as it stands there."""

    document_id: str
    page: Page
    span: Span

    @property
    def text(self) -> str:
        return " ".join(self.page.text[self.span.start : self.span.end].split())


def asked_items(question: str) -> frozenset[str]:
    """The stems of what a question wants listed, a plural; none where it wants no list.

    >>> sorted(asked_items("Which risks does the report name?")), asked_items("Which year was best?")
    (['risk'], frozenset())
    """
    match = _ASKS.match(question)
    if match is None:
        return frozenset()
    word = match["thing"]
    is_english = _ENGLISH.match(question) is not None
    is_plural = fold(word).endswith("s" if is_english else ("s", "n", "i", "e"))
    return frozenset(terms(word)) if is_plural and len(word) > _SHORT else frozenset()


def with_items(
    question: str,
    typed: str,
    answer: Answer,
    passages: Sequence[Passage],
    documents: Sequence[IndexedDocument],
    names: Mapping[str, str],
    pages: Pages,
) -> Answer | None:
    """The answer led by the items that are asked for; None where no list is asked for or none was found."""
    first = list(dict.fromkeys((p.chunk.document_id, p.chunk.page) for p in passages))[:_FIRST]
    keys = [key for key in first if not is_contents(pages[key])]
    announced, thing = _announced(question, keys, pages)
    if announced:
        said = message("{n} of {n} on p. {pages}", n=len(announced), pages=_pages_of(announced))
        return _with(announced, said, answer, names, thing)
    found, of = rows_asked(question, keys, pages)
    if rows := [_Item(*row) for row in found]:
        said = message("{n} of {n} on p. {pages}", n=len(rows), pages=_pages_of(rows))
        return _with(rows, said, answer, names, of)
    wanted = asked_items(typed)
    if wanted and typed != question and (translated := _ASKS.match(question)) is not None:
        wanted = frozenset(terms(translated["thing"])) or wanted
    if not wanted:
        return None
    named = frozenset(term for word in typed.split()[1:] if word[:1].isupper() for term in terms(word))
    cells = _of_column(wanted, named, keys, pages)
    items = cells or _headings(wanted, keys, documents)
    if not _LEAST <= len(items) <= _MOST:
        return None
    n, on = len(items), _pages_of(items)
    said = (
        message("{n} of {n} on p. {pages}", n=n, pages=on)
        if cells
        else message("{n} headings speak of it, on p. {pages}:", n=n, pages=on)
    )
    return _with(items, said, answer, names, next(iter(wanted)))


def _pages_of(items: Sequence[_Item]) -> str:
    first, last = items[0].page.number, items[-1].page.number
    return str(first) if first == last else f"{first}–{last}"


def _with(items: Sequence[_Item], said: Message, answer: Answer, names: Mapping[str, str], name: str) -> Answer:
    cited = citations_of([(item.document_id, item.page, item.span) for item in items], names)
    counted = Sentence(str(said), (1,), Verdict.SUPPORTED, message("counted on the page"), said=said)
    reason = message("quoted word for word")
    lines = [
        Sentence(item.text, (c.marker,), Verdict.SUPPORTED, reason, item="-", said=literal(item.text))
        for item, c in zip(items, cited, strict=True)
    ]
    operands = tuple(DirectOperand("-", line.text, "", line.citations) for line in lines)
    direct = Direct(DirectKind.LIST, name, str(len(items)), "", operands)
    return led_by(answer, [counted, *lines], cited, direct, cited)


def _announced(question: str, keys: Sequence[tuple[str, int]], pages: Pages) -> tuple[list[_Item], str]:
    """The headings below a sentence that says how many follow ("the following five questions"), and what they are."""
    asked = set(terms(question)) if asks_for_all(question) else set()
    for document_id, number in keys if asked else ():
        text = pages[document_id, number].text
        for match in _FOLLOWING.finditer(text):
            wanted = _COUNTS.get(match["n"].lower()) or int(match["n"])
            if set(terms(match["thing"])) <= asked and wanted >= _LEAST:
                found = list(islice(_headings_below(document_id, number, match.end(), pages), wanted))
                if len(found) == wanted:
                    return found, match["thing"]
    return [], ""


def _headings_below(document_id: str, number: int, at: int, pages: Pages) -> Iterator[_Item]:
    """The headings of one level below a place, on its page and the next ones."""
    level = None
    for other in range(number, number + _PAGES_BELOW + 1):
        page = pages.get((document_id, other))
        for heading in page.headings if page is not None else ():
            is_below = other > number or heading.start >= at
            if is_below and level is None and heading.start - at > _LONGEST:
                return  # what was announced is no heading
            level = heading.level if is_below and level is None else level
            if page is not None and is_below and heading.level == level:
                yield _Item(document_id, page, Span(heading.start, heading.end))


def _of_column(
    wanted: frozenset[str], named: frozenset[str], keys: Sequence[tuple[str, int]], pages: Pages
) -> list[_Item]:
    """What stands under a head that is called so, in the tables of one document on the pages around the first found."""
    for document_id, number in keys:
        items = []
        near = range(number - _REACH, number + _REACH + 1)
        if not _cells(wanted, named, document_id, pages[document_id, number]):
            continue
        for other in near:
            page = pages.get((document_id, other))
            items += _cells(wanted, named, document_id, page) if page is not None else []
        return list({item.text: item for item in reversed(items)}.values())[::-1]
    return []


def _cells(wanted: frozenset[str], named: frozenset[str], document_id: str, page: Page) -> list[_Item]:
    """The cells of a page under a head that is called so, of tables that have no row for a name that is asked of."""
    found = []
    for table in page.tables:
        if any(named & set(terms(cell.text)) for cell in table.cells):
            continue
        heads = [c for c in table.cells if table.kinds[c.row] is RowKind.HEAD and set(terms(c.text)) == wanted]
        columns = {c.column for c in heads if c.column == c.column_end}
        for cell in sorted(table.cells, key=lambda c: c.row):
            is_body = table.kinds[cell.row] not in (RowKind.HEAD, RowKind.GROUP) and cell.column in columns
            if is_body and cell.spans and any(map(str.isalpha, cell.text)):
                found.append(_Item(document_id, page, Span(cell.spans[0].start, cell.spans[-1].end)))
    return found


def _headings(
    wanted: frozenset[str], keys: Sequence[tuple[str, int]], documents: Sequence[IndexedDocument]
) -> list[_Item]:
    """The headings that speak of it, of the document found first; without the one over all of them."""
    if not wanted <= _HEADED:
        return []
    for document_id in dict.fromkeys(document_id for document_id, _ in keys):
        one = next(d for d in documents if d.document.id == document_id)
        found = [
            _Item(document_id, page, Span(start, end))
            for page in one.document.pages
            for heading in page.headings
            for start, end in [_first_line(page, heading.start, heading.end)]
            if wanted <= set(terms(page.text[start:end])) and end - start <= _LONGEST
        ]
        first = list({fold(item.text): item for item in reversed(found)}.values())[::-1]
        told = [item for item in first if len(item.text.split()) > _OVER and not _OF_A_PART.match(item.text)]
        if len(told) >= _LEAST:
            return told
    return []


def _first_line(page: Page, start: int, end: int) -> tuple[int, int]:
    """The line of a heading that names it: what is set in bold below it is another one."""
    cut = page.text.find("\n", start, end)
    return start, cut if cut > start and page.text[cut + 1 : cut + 2].isupper() else end
