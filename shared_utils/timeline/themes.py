"""What a dated collection speaks of, and when: themes from headings and recurring terms, no model.

A theme is one to three words in a row, as a heading or recurring prose has them; function words, figures, tables and
running heads are left out. Its share in a period is how many of the pages of that period speak of it. Of all candidates
those are themes whose share changes most from period to period, headings before other words.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from shared_utils.text.dates import MONTH_OF
from shared_utils.text.folding import fold_in_place
from shared_utils.text.languages import FUNCTION_WORDS, told_language
from shared_utils.types import Page, Span

Gram = tuple[str, ...]

MOST = 12
_LONGEST = 3  # words
_LEAST_PAGES = 3  # of all periods, for a theme that no heading tells
_ON_MOST = 0.35  # share of the pages of every period from which on it is what all is about, not a theme of it
_PLACES = 3  # kept of a theme and period
_OF_A_HEADING = 2.5  # what counts a candidate that a heading tells
_LASTING = 0.3  # what counts a share that stays, against one that changes
_BY_LENGTH = (0.4, 1.3, 1.6)  # what counts a theme of one, two, three words
_LONG_WORD = 5  # letters of a single word that is a theme
_HEADING_CHARS = 90
_BETWEEN = re.compile(r"[^\w\s'’-]+|\d+|_|\n\s*\n")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# Words that say that there is a report, not what it speaks of.
_WORDS_OF_FORM = """
part item note section page table contents annex figure chapter form total company information fiscal refer management
percent result statement following include year quarter million billion inc ltd see used
"""
_OF_FORM = frozenset(_WORDS_OF_FORM.split())


@dataclass(frozen=True, slots=True)
class Source:
    """A document with the period it is counted in, such as "2019"; "" where that is not known."""

    document_id: str
    period: str
    pages: Sequence[Page]


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a theme is spoken of: `page.text[span]`."""

    document_id: str
    page: int
    span: Span
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Share:
    """`pages` of the `read` pages of a period speak of a theme; the first `places` that do, headings before others."""

    period: str
    pages: int
    read: int
    places: tuple[Mention, ...]

    @property
    def share(self) -> float:
        return self.pages / self.read if self.read else 0.0


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme with its share in every period, oldest first."""

    name: str
    shares: tuple[Share, ...]

    @property
    def first(self) -> str:
        """The period in which it appears."""
        return next((share.period for share in self.shares if share.pages), "")

    @property
    def last(self) -> str:
        """The period after which it is gone, or the newest."""
        return next((share.period for share in reversed(self.shares) if share.pages), "")


def themes(sources: Sequence[Source], most: int = MOST) -> tuple[Theme, ...]:
    """The themes of a collection: those that last, that appear and that disappear, by when they first appear.

    () where fewer than two periods are told.
    """
    counted = _Counted(sources)
    if len(counted.periods) < 2:
        return ()
    chosen = _chosen(counted, most)
    found = [counted.theme(gram) for gram in chosen]
    return tuple(sorted(found, key=lambda theme: (theme.first, theme.last, -max(s.share for s in theme.shares))))


def theme(words: str, sources: Sequence[Source]) -> Theme | None:
    """One theme that is asked for by its words; None where no page speaks of it.

    Where the words nowhere stand in a row, pages that hold all of them speak of it.
    """
    counted = _Counted(sources)
    gram = tuple(word for run in _runs(words, FUNCTION_WORDS["english"]) for word in run)
    if not gram or not counted.periods:
        return None
    found = counted.theme(gram, name=" ".join(words.split()))
    if not found.first:
        found = counted.theme(gram, name=" ".join(words.split()), in_a_row=False)
    return found if found.first else None


# ------------------------------------------------------------------------------------------------ counting


class _Counted:
    """Which grams the pages of every period hold."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.sources = [source for source in sources if source.period]
        self.periods = sorted({source.period for source in self.sources})
        self.read = Counter[str]()
        self.holding: dict[str, Counter[Gram]] = {period: Counter() for period in self.periods}
        self.headed: Counter[Gram] = Counter()
        self._words: dict[tuple[str, int], frozenset[str]] = {}
        for source in self.sources:
            dropped = _function_words(source.pages)
            for page in source.pages:
                self._count(source, page, dropped)

    def _count(self, source: Source, page: Page, dropped: Set[str]) -> None:
        text = _prose(page)
        if not text.strip():
            return
        self.read[source.period] += 1
        runs = list(_runs(text, dropped))
        self._words[source.document_id, page.number] = frozenset(word for run in runs for word in run)
        self.holding[source.period].update({gram for run in runs for gram in _grams(run)})
        for heading in page.headings:
            if heading.end - heading.start <= _HEADING_CHARS:
                for run in _runs(page.text[heading.start : heading.end], dropped):
                    self.headed.update({gram for gram in _grams(run) if len(gram) == min(len(run), _LONGEST)})

    def shares(self, gram: Gram) -> list[float]:
        return [self.holding[period][gram] / self.read[period] for period in self.periods if self.read[period]]

    def theme(self, gram: Gram, *, name: str = "", in_a_row: bool = True) -> Theme:
        """A gram as a theme: its pages are looked at once more, for where it stands on them."""
        pages: Counter[str] = Counter()
        found: dict[str, list[Mention]] = defaultdict(list)
        for source in self.sources:
            for page in source.pages:
                held = self._words.get((source.document_id, page.number), frozenset[str]())
                if not held.issuperset(gram):
                    continue
                mention = _mention(gram, source, page, in_a_row=in_a_row)
                if mention is not None:
                    pages[source.period] += 1
                    found[source.period].append(mention)
        name = name or self._name(found)
        shares = []
        for period in self.periods:
            places = sorted(found[period], key=lambda one: not one.is_heading)[:_PLACES]
            shares.append(Share(period, pages[period], self.read[period], tuple(places)))
        return Theme(name, tuple(shares))

    def _name(self, found: Mapping[str, Sequence[Mention]]) -> str:
        """As it is printed: in a heading, else where it first stands, in small letters as a rule."""
        mentions = [one for period in self.periods for one in found[period]]
        first = next((one for one in mentions if one.is_heading), mentions[0] if mentions else None)
        if first is None:
            return ""
        pages = next(source.pages for source in self.sources if source.document_id == first.document_id)
        page = next(page for page in pages if page.number == first.page)
        words = " ".join(page.text[first.span.start : first.span.end].split())
        return words.capitalize() if words.isupper() or words.islower() else words


def _chosen(counted: _Counted, most: int) -> list[Gram]:
    """The grams that are shown: a third of them each that last, appear and disappear, then the best of the others."""
    scored: list[tuple[float, Gram]] = []
    total: Counter[Gram] = Counter()
    for held in counted.holding.values():
        total.update(held)
    for gram, count in total.items():
        heading = counted.headed[gram] > 0
        shares = counted.shares(gram)
        if not _is_candidate(gram, count, min(shares), is_heading=heading):
            continue
        changes = max(shares) - min(shares)
        score = (changes + _LASTING * min(shares)) * (_OF_A_HEADING if heading else 1.0) * _BY_LENGTH[len(gram) - 1]
        scored.append((score, gram))
    scored.sort(reverse=True)
    kinds: dict[str, list[Gram]] = {"lasts": [], "appears": [], "disappears": []}
    chosen: list[Gram] = []
    for _, gram in scored:
        kind = _kind(counted.shares(gram))
        if len(chosen) < most and len(kinds[kind]) < -(-most // 3) and _is_another(gram, chosen):
            kinds[kind].append(gram)
            chosen.append(gram)
    rest = (gram for _, gram in scored if gram not in chosen)
    for gram in rest:
        if len(chosen) >= most:
            break
        if _is_another(gram, chosen):
            chosen.append(gram)
    return chosen


def _is_candidate(gram: Gram, count: int, share: float, *, is_heading: bool) -> bool:
    if share > _ON_MOST or (len(gram) == 1 and (not is_heading or len(gram[0]) < _LONG_WORD)):
        return False
    return is_heading or count >= _LEAST_PAGES


def _kind(shares: Sequence[float]) -> str:
    if shares[-1] == 0:
        return "disappears"
    return "appears" if shares[0] == 0 else "lasts"


def _is_another(gram: Gram, chosen: Collection[Gram]) -> bool:
    """Whether a gram shares no word with those chosen."""
    return not any(set(gram) & set(other) for other in chosen)


# ------------------------------------------------------------------------------------------------ words


def _prose(page: Page) -> str:
    """The page's text, its tables, running heads and hidden words blanked: every offset stays."""
    text = page.text
    for span in (*page.boilerplate, *page.hidden, *page.table_rows):
        text = f"{text[: span.start]}{'.' * (span.end - span.start)}{text[span.end :]}"
    return text


def _function_words(pages: Sequence[Page]) -> frozenset[str]:
    told = Counter(filter(None, (told_language(page.text) for page in pages[:6])))
    own = FUNCTION_WORDS[told.most_common(1)[0][0]] if told else frozenset[str]()
    return frozenset(own | FUNCTION_WORDS["english"] | MONTH_OF.keys() | _OF_FORM)


def _runs(text: str, dropped: Set[str]) -> Iterator[list[str]]:
    """Words that stand in a row with nothing between them that is dropped, folded, without the ending of a plural."""
    for part in _BETWEEN.split(fold_in_place(text)):
        run: list[str] = []
        for word in part.split():
            if word in dropped or len(word) < 3 or _singular(word) in dropped:
                if run:
                    yield run
                run = []
            else:
                run.append(_singular(word))
        if run:
            yield run


@lru_cache(maxsize=65_536)
def _singular(word: str) -> str:
    word = word.strip("'’-").removesuffix("'s").removesuffix("’s")
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def _grams(run: Sequence[str]) -> Iterator[Gram]:
    for size in range(1, _LONGEST + 1):
        for at in range(len(run) - size + 1):
            yield tuple(run[at : at + size])


def _mention(gram: Gram, source: Source, page: Page, *, in_a_row: bool) -> Mention | None:
    """Where a page first speaks of a theme, in a heading if one does."""
    spans = list(_spans(gram, page, in_a_row=in_a_row))
    heading = next((s for s in spans if any(h.start <= s.start < h.end for h in page.headings)), None)
    if not spans:
        return None
    return Mention(source.document_id, page.number, heading or spans[0], heading is not None)


def _spans(gram: Gram, page: Page, *, in_a_row: bool) -> Iterator[Span]:
    prose = fold_in_place(_prose(page))
    words = [(match.start(), match.end(), _singular(match[0])) for match in _WORD.finditer(prose)]
    size = len(gram) if in_a_row else 1
    for at in range(len(words) - size + 1):
        if in_a_row and tuple(word for _, _, word in words[at : at + size]) != gram:
            continue
        if not in_a_row and words[at][2] != gram[0]:
            continue
        start, end = words[at][0], words[at + size - 1][1]
        if not _BETWEEN.search(prose[start:end]):
            yield Span(start, end)
