"""The words of many documents as if they were one's: one posting list a term, instead of one a term and document.

Documents are joined some at a time, up to 65,536 passages, so that a number of a passage takes two bytes and joining
takes little memory; what is joined lies in a file without a name, mapped into memory, and is gone with the process.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.array_file import unnamed_arrays
from shared_utils.retrieval.bm25 import Lexicon, Okapi, Postings, Rows
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.kept_index import small_integers
from shared_utils.retrieval.stored_words import StoredWords, stored_words

MOST_UNITS = 2**16  # passages of one part


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Postings of several documents, and what was counted of each. Units of document i: begins[i] … begins[i + 1]."""

    postings: Postings
    begins: NDArray[np.int64]  # (documents + 1,)
    idf_sums: NDArray[np.float64]  # (documents,)
    vocabularies: NDArray[np.int64]  # (documents,)

    def among(self, asked: NDArray[np.bool_]) -> Postings:
        """The postings, searched for some of the documents only; `asked` is (documents,)."""
        if asked.all():
            return self.postings
        return replace(
            self.postings,
            asked=np.repeat(asked, np.diff(self.begins)),
            idf_sum=float(self.idf_sums[asked].sum()),
            vocabulary=int(self.vocabularies[asked].sum()),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some of the documents that are searched together, joined; or one that is not joined yet."""

    chunks: Counted
    pages: Counted
    page_of: NDArray[np.integer]  # (chunks,) the page of each, counted through all documents of the part

    def document_frequencies(self, known: Okapi, pages: Postings) -> Rows:
        """On how many pages of each document each term of the question stands, int64 (documents, terms)."""
        rows = known.held_rows(pages)
        found = np.zeros((len(self.pages.begins) - 1, len(rows)), dtype=np.int64)
        inner = self.pages.begins[1:-1].astype(pages.units.dtype)  # of another kind, all units would be copied
        for place, row in enumerate(rows.tolist()):
            if row >= 0:
                begin, end = pages.offsets[row : row + 2].tolist()
                among = np.searchsorted(pages.units[begin:end], inner)
                found[:, place] = np.diff(np.concatenate([[0], among, [end - begin]]))
        return found


def alone(index: DocumentIndex) -> Part:
    """A document by itself."""

    def counted(postings: Postings) -> Counted:
        return Counted(
            postings,
            np.array([0, len(postings.lengths)]),
            np.array([postings.idf_sum]),
            np.array([postings.vocabulary]),
        )

    return Part(counted(index.chunk_words), counted(index.page_words), index.page_of)


def joined(indexes: Sequence[DocumentIndex], folder: Path | None = None) -> Part:
    """Some documents joined, in order. `folder`: where the file lies. Raises OSError where there is no room for it.

    About a second of a core for 65,536 passages.
    """
    lexicons = list({id(p.lexicon): p.lexicon for i in indexes for p in (i.chunk_words, i.page_words)}.values())
    words, pairs, mapped = _joined_terms(lexicons)
    rows = len(words) + len(pairs)
    row_of = {id(one): rows for one, rows in zip(lexicons, mapped, strict=True)}
    page_begins = _begins([index.page_words for index in indexes])
    chunks = _joined_postings([index.chunk_words for index in indexes], rows, row_of)
    pages = _joined_postings([index.page_words for index in indexes], rows, row_of)
    page_of = [index.page_of + begin for index, begin in zip(indexes, page_begins, strict=False)]
    arrays = {
        **words.arrays(),
        "pairs": pairs,
        "page_of": small_integers(np.concatenate(page_of)),
        **{f"chunks.{name}": array for name, array in chunks.items()},
        **{f"pages.{name}": array for name, array in pages.items()},
    }
    kept = unnamed_arrays({}, arrays, folder).arrays
    lexicon = Lexicon(StoredWords(**{part: kept[part] for part in words.arrays()}), kept["pairs"])
    return Part(
        _counted([index.chunk_words for index in indexes], lexicon, kept, "chunks"),
        _counted([index.page_words for index in indexes], lexicon, kept, "pages"),
        kept["page_of"],
    )


def _counted(members: Sequence[Postings], lexicon: Lexicon, kept: Any, name: str) -> Counted:
    sums = np.array([member.idf_sum for member in members])
    vocabularies = np.array([member.vocabulary for member in members], dtype=np.int64)
    postings = Postings(
        lexicon=lexicon,
        offsets=kept[f"{name}.offsets"],
        units=kept[f"{name}.units"],
        counts=kept[f"{name}.counts"],
        lengths=kept[f"{name}.lengths"],
        idf_sum=float(sums.sum()),
        vocabulary=int(vocabularies.sum()),
    )
    return Counted(postings, _begins(members), sums, vocabularies)


def _begins(members: Iterable[Postings]) -> NDArray[np.int64]:
    return np.cumsum([0, *(len(member.lengths) for member in members)])


def _joined_terms(lexicons: Sequence[Lexicon]) -> tuple[StoredWords, NDArray[np.int64], list[NDArray[np.int64]]]:
    """All terms of some vocabularies, and for each of these the row there of each of its own rows."""
    known: dict[str, int] = {}
    words = [np.array([known.setdefault(w, len(known)) for w in _in_order(one)], dtype=np.int64) for one in lexicons]
    keys = [
        (rows[one.pairs >> 32] << 32) + rows[one.pairs & 0xFFFFFFFF] if len(one.pairs) else one.pairs
        for one, rows in zip(lexicons, words, strict=True)
    ]
    pairs = np.unique(np.concatenate(keys)) if keys else np.array([], dtype=np.int64)
    mapped = [np.concatenate([rows, len(known) + _places(own, pairs)]) for rows, own in zip(words, keys, strict=True)]
    return stored_words(list(known)), pairs, mapped


def _places(keys: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each of some keys stands in an ascending array that has them all; quicker where they are looked for in
    order, since neighbours are in the cache."""
    order = np.argsort(keys)
    found = np.empty(len(keys), dtype=np.int64)
    found[order] = np.searchsorted(among, keys[order])
    return found


def _in_order(lexicon: Lexicon) -> Iterable[str]:
    words = lexicon.words
    return words if isinstance(words, StoredWords) else sorted(words, key=words.__getitem__)


def _held(member: Postings) -> NDArray[np.int64]:
    """In how many units each term stands."""
    offsets = member.offsets.astype(np.int64)
    return offsets[1:] - offsets[:-1]


def _joined_postings(
    members: Sequence[Postings], terms: int, row_of: dict[int, NDArray[np.int64]]
) -> dict[str, NDArray[Any]]:
    """The arrays of all postings, each term's units ascending through the members in order."""
    frequencies = np.zeros(terms, dtype=np.int64)
    for member in members:
        frequencies[row_of[id(member.lexicon)]] += _held(member)
    offsets = np.concatenate([[0], np.cumsum(frequencies)])
    free = offsets[:-1].astype(np.int32 if offsets[-1] < 2**31 else np.int64)  # of each term, where the next goes
    lengths = np.concatenate([member.lengths for member in members])
    units = np.empty(int(offsets[-1]), dtype=np.min_scalar_type(max(0, len(lengths) - 1)))
    counts = np.empty(int(offsets[-1]), dtype=np.float32)
    for member, begin in zip(members, _begins(members), strict=False):
        own, rows = member.offsets.astype(free.dtype), row_of[id(member.lexicon)]
        held = _held(member).astype(free.dtype)
        places = np.repeat(free[rows] - own[:-1], held) + np.arange(own[-1], dtype=free.dtype)
        units[places] = member.units + begin
        counts[places] = member.counts
        free[rows] = free[rows] + held
    return {
        "offsets": small_integers(offsets),
        "units": units,
        "counts": small_integers(counts),
        "lengths": lengths.astype(np.float32),
    }
