"""Whether two documents are editions of one another: the words, the headings and the titles they share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from zlib import crc32

from rapidfuzz import fuzz

from shared_utils.editions.model import Kinship
from shared_utils.editions.passages import Passage, Passages, passages_of, tokens_of
from shared_utils.text.folding import fold
from shared_utils.types import Document

_RUN = 6  # words of a run that is looked for in the other document
_KEPT = 8  # one run of so many is kept, chosen by its hash: the same ones in either document (Manber 1994)
_SURE = 0.2  # of the shorter one's runs: editions, whatever they are called
_LIKELY = 0.08  # where headings or titles agree as well
_SAME_HEADINGS = 0.4
_SAME_TITLE = 0.75
_FEWEST_HEADINGS = 4
_SAMPLED = 400  # runs: a fifth is told to within two hundredths
_LEAST = 0.14  # of those sampled, where a fifth of all is sure
_LEAST_LIKELY, _LEAST_HEADINGS = 0.03, 0.3  # where titles or headings, as the pages have them, agree
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_FIRST_PAGES = 2


@dataclass(frozen=True, slots=True)
class Sketch:
    """What kinship is judged by, small enough to keep: some of a document's runs of words, its headings, its names."""

    document_id: str
    runs: frozenset[int]
    headings: frozenset[str]
    names: tuple[str, ...]  # its file's name and its title, without years and numbers
    year: int  # 0 where none is told


def sketch(document: Document, passages: Passages | None = None) -> Sketch:
    """The sketch of a document, in some milliseconds a page where its passages are not at hand."""
    found = passages or passages_of(document)
    return Sketch(
        document.id,
        frozenset(_runs(found.passages)),
        frozenset(filter(None, (_heading(passage) for passage in found.passages if passage.is_heading))),
        _names(document),
        year_of(document),
    )


def kinship(one: Sketch, other: Sketch) -> Kinship:
    """How much two documents have of one another."""
    text = _share(one.runs, other.runs)
    few = min(len(one.headings), len(other.headings)) < _FEWEST_HEADINGS
    headings = 0.0 if few else _share(one.headings, other.headings)
    title = _alike(one.names, other.names)
    agree = headings >= _SAME_HEADINGS or title >= _SAME_TITLE
    return Kinship(text, headings, title, are_editions=text >= _SURE or (text >= _LIKELY and agree))


def may_be_editions(one: Document, other: Document) -> bool:
    """Whether two documents may be editions of one another, in a hundredth of the time that being sure takes: by some
    runs of words of the shorter one, spread over it, and whether the other has them."""
    shorter, longer = sorted((_words(one), _words(other)), key=len)
    text = " ".join(longer)
    starts = range(0, max(1, len(shorter) - _RUN + 1), max(1, len(shorter) // _SAMPLED))
    share = sum(" ".join(shorter[start : start + _RUN]) in text for start in starts) / len(starts)
    if share >= _LEAST or share < _LEAST_LIKELY:
        return share >= _LEAST
    headings = _share(_headings(one), _headings(other))
    return headings >= _LEAST_HEADINGS or _alike(_names(one), _names(other)) >= _SAME_TITLE


def kinship_of(before: Document, after: Document, old: Passages, new: Passages) -> Kinship:
    return kinship(sketch(before, old), sketch(after, new))


def suggested_pairs(sketches: Sequence[Sketch]) -> list[tuple[str, str]]:
    """(id of the earlier, id of the later) of every two that are editions of one another, the likest first.

    The earlier one is that of the lower year; where years do not tell, the one that comes first.
    """
    found = []
    for one, other in combinations(sketches, 2):
        kin = kinship(one, other)
        if kin.are_editions:
            first, second = in_order(one, other)
            found.append((-kin.text - kin.title / 4, first.document_id, second.document_id))
    return [(before, after) for _, before, after in sorted(found)]


def in_order(one: Sketch, other: Sketch) -> tuple[Sketch, Sketch]:
    """The earlier edition and the later one, as far as years tell; else as they are given."""
    return (other, one) if one.year and other.year and other.year < one.year else (one, other)


def _runs(passages: Sequence[Passage]) -> Iterable[int]:
    """Hashes of runs of words, one of eight: running on over passages, which two settings may cut otherwise."""
    number = cache(lambda key: crc32(key.encode()))
    numbers = [number(key) for passage in passages for key in passage.keys]
    for run in zip(*(numbers[n:] for n in range(_RUN)), strict=False):
        if not (code := hash(run)) % _KEPT:  # of numbers: the same in every process
            yield code


def _share(one: frozenset[int] | frozenset[str], other: frozenset[int] | frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def _alike(some: Sequence[str], others: Sequence[str]) -> float:
    return max((fuzz.token_sort_ratio(a, b) / 100 for a in some for b in others if a and b), default=0.0)


def _names(document: Document) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_plain(name) for name in (document.name, document.title)))


def _words(document: Document) -> list[str]:
    return [word for page in document.pages for word in page.text.lower().split()]


def _headings(document: Document) -> frozenset[str]:
    found = (page.text[heading.start : heading.end] for page in document.pages for heading in page.headings)
    return frozenset(" ".join(word for word in fold(text).split() if word[0].isalpha()) for text in found) - {""}


def _heading(passage: Passage) -> str:
    return " ".join(key for key in passage.keys if not key[0].isdigit())


def _plain(name: str) -> str:
    """Without its ending, years and numbers."""
    stem = re.sub(r"\.[a-z0-9]{2,4}\Z", "", fold(name))
    return " ".join(token.key for token in tokens_of(re.sub(r"[\d_]+", " ", stem)))


def year_of(document: Document) -> int:
    """The latest year in a document's name, else in its title, else the latest on its first pages; 0 without any."""
    first = " ".join(page.text for page in document.pages[:_FIRST_PAGES])
    for text in (document.name, document.title, first):
        years = [int(year) for year in _YEAR.findall(text.replace("_", " "))]
        if years:
            return max(years)
    return 0
