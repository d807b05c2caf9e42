"""A document's index in a file: opened in a millisecond, searched where it lies, and equal to the one it was made of.

Its words, its postings and its passages' text are mapped into memory where a question looks at them; the process holds
little more than the names of the arrays (docs/adr/0122-words-of-large-libraries-on-disk.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from shared_utils.retrieval.array_file import ArrayFile, Arrays, open_arrays, save_arrays
from shared_utils.retrieval.bm25 import Lexicon, Postings
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.stored_words import StoredWords, stored_words
from shared_utils.types import Chunk

_FORM = 2  # of what is in a file; another one is made anew


class Texts:
    """Some texts, one after the other in UTF-8."""

    def __init__(self, text: NDArray[np.uint8], ends: NDArray[np.integer]) -> None:
        self._text, self._ends = text, ends

    def __getitem__(self, place: int) -> str:
        begin = int(self._ends[place - 1]) if place else 0
        return self._text[begin : int(self._ends[place])].tobytes().decode("utf-8", "surrogatepass")


class KeptChunks(Sequence[Chunk]):
    """The passages of a document, each made when it is looked at."""

    def __init__(self, document_id: str, arrays: Arrays) -> None:
        self._document_id = document_id
        self._pages, self._starts, self._ends = arrays["page"], arrays["start"], arrays["end"]
        self._heading_of, self._context_of = arrays["heading_of"], arrays["context_of"]
        self._texts = Texts(arrays["texts"], arrays["text_ends"])
        self._over = Texts(arrays["over"], arrays["over_ends"])  # headings, and what stands over rows
        self._ids = Texts(arrays["ids"], arrays["id_ends"]) if len(arrays["id_ends"]) else None

    def __len__(self) -> int:
        return len(self._pages)

    @overload
    def __getitem__(self, place: int) -> Chunk: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Chunk, ...]: ...

    def __getitem__(self, place: int | slice) -> Chunk | tuple[Chunk, ...]:
        if isinstance(place, slice):
            return tuple(self._chunk(row) for row in range(*place.indices(len(self))))
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._chunk(int(place) % len(self))

    def __iter__(self) -> Iterator[Chunk]:
        return (self._chunk(row) for row in range(len(self)))

    def texts(self) -> Iterator[str]:
        """The passages' own words alone, in order: a fifth of what the passages cost."""
        return (self._texts[row] for row in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]

    def _chunk(self, row: int) -> Chunk:
        page, start = int(self._pages[row]), int(self._starts[row])
        return Chunk(
            id=self._ids[row] if self._ids else _id(self._document_id, page, start),
            document_id=self._document_id,
            page=page,
            start=start,
            end=int(self._ends[row]),
            text=self._texts[row],
            heading=self._over[int(self._heading_of[row])],
            context=self._over[int(self._context_of[row])],
        )


def texts_of(chunks: Sequence[Chunk]) -> Iterator[str]:
    """What some passages say, in order."""
    return chunks.texts() if isinstance(chunks, KeptChunks) else (chunk.text for chunk in chunks)


def save_index(
    path: Path, index: DocumentIndex, made_of: str, *, called: str = "", beside: Arrays | None = None
) -> None:
    """Keep an index without its vectors. `made_of` names what it was made of. Raises OSError; then nothing has changed.

    `called` names the same where that is known without looking at it, and `beside` is kept with it; see `open_called`.
    About 5 kB a passage of ninety words.
    """
    shares = index.page_words.lexicon is index.chunk_words.lexicon
    arrays: dict[str, NDArray[Any]] = {
        **_chunk_arrays(index.document_id, index.chunks),
        **_under("chunk", _postings_arrays(index.chunk_words)),
        **_under("chunk", _lexicon_arrays(index.chunk_words.lexicon)),
        **_under("pages", _postings_arrays(index.page_words)),
        **({} if shares else _under("pages", _lexicon_arrays(index.page_words.lexicon))),
        "page_of": index.page_of,
        **_under("beside", beside or {}),
    }
    sums = {"chunk": index.chunk_words.idf_sum, "pages": index.page_words.idf_sum}
    told = {"form": _FORM, "document": index.document_id, "made_of": made_of, "shares": shares, "idf_sums": sums}
    save_arrays(path, {**told, "called": called}, arrays)


def open_index(path: Path, document_id: str, made_of: str) -> DocumentIndex | None:
    """The index that `save_index` was given, without vectors; None where there is none that was made of that."""
    kept = _kept(path, document_id)
    return _index(kept, document_id) if kept is not None and kept.told.get("made_of") == made_of else None


def open_called(path: Path, document_id: str, called: str) -> tuple[DocumentIndex, Arrays] | None:
    """The index of that name, and what was kept beside it; None where there is none, or `called` is ""."""
    kept = _kept(path, document_id)
    if kept is None or not called or kept.told.get("called") != called:
        return None
    prefix = "beside."
    beside = {name.removeprefix(prefix): array for name, array in kept.arrays.items() if name.startswith(prefix)}
    return _index(kept, document_id), beside


def _kept(path: Path, document_id: str) -> ArrayFile | None:
    kept = open_arrays(path)
    is_ours = kept is not None and (kept.told.get("form"), kept.told.get("document")) == (_FORM, document_id)
    return kept if is_ours else None


def _index(kept: ArrayFile, document_id: str) -> DocumentIndex:
    lexicon = _lexicon(kept.arrays, "chunk")
    of_pages = lexicon if kept.told["shares"] else _lexicon(kept.arrays, "pages")
    sums: Mapping[str, float] = kept.told["idf_sums"]
    return DocumentIndex(
        document_id=document_id,
        chunks=KeptChunks(document_id, kept.arrays),
        chunk_words=_postings(kept.arrays, "chunk", lexicon, sums["chunk"]),
        page_words=_postings(kept.arrays, "pages", of_pages, sums["pages"]),
        page_of=kept.arrays["page_of"],
    )


def small_integers(values: NDArray[Any]) -> NDArray[Any]:
    """The same whole numbers, none below 0, in as few bytes each as the largest takes.

    >>> small_integers(np.array([1.0, 255.0])).dtype, small_integers(np.array([0, 70_000])).dtype
    (dtype('uint8'), dtype('uint32'))
    """
    return values.astype(np.min_scalar_type(int(values.max(initial=0))))


def _id(document_id: str, page: int, start: int) -> str:
    return f"{document_id}:{page}:{start}"


def _chunk_arrays(document_id: str, chunks: Sequence[Chunk]) -> dict[str, NDArray[Any]]:
    over = {text: place for place, text in enumerate(dict.fromkeys(t for c in chunks for t in (c.heading, c.context)))}
    as_usual = all(chunk.id == _id(document_id, chunk.page, chunk.start) for chunk in chunks)
    texts, text_ends = _texts([chunk.text for chunk in chunks])
    over_text, over_ends = _texts(list(over))
    ids, id_ends = _texts([] if as_usual else [chunk.id for chunk in chunks])

    def numbers(values: list[int]) -> NDArray[Any]:
        return small_integers(np.array(values, dtype=np.int64))

    return {
        "page": numbers([chunk.page for chunk in chunks]),
        "start": numbers([chunk.start for chunk in chunks]),
        "end": numbers([chunk.end for chunk in chunks]),
        "heading_of": numbers([over[chunk.heading] for chunk in chunks]),
        "context_of": numbers([over[chunk.context] for chunk in chunks]),
        "texts": texts,
        "text_ends": text_ends,
        "over": over_text,
        "over_ends": over_ends,
        "ids": ids,
        "id_ends": id_ends,
    }


def _texts(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[Any]]:
    encoded = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([len(text) for text in encoded], dtype=np.int64)
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), small_integers(ends)


def _postings_arrays(postings: Postings) -> dict[str, NDArray[Any]]:
    return {
        "offsets": small_integers(postings.offsets),
        "units": small_integers(postings.units),
        "counts": small_integers(postings.counts),
        "lengths": postings.lengths.astype(np.float32),
    }


def _lexicon_arrays(lexicon: Lexicon) -> dict[str, NDArray[Any]]:
    words = lexicon.words
    in_order = words if isinstance(words, StoredWords) else stored_words(sorted(words, key=words.__getitem__))
    return {**in_order.arrays(), "pairs": lexicon.pairs}


def _postings(arrays: Arrays, name: str, lexicon: Lexicon, idf_sum: float) -> Postings:
    offsets = arrays[f"{name}.offsets"]
    return Postings(
        lexicon=lexicon,
        offsets=offsets,
        units=arrays[f"{name}.units"],
        counts=arrays[f"{name}.counts"],
        lengths=arrays[f"{name}.lengths"],
        idf_sum=idf_sum,
        vocabulary=len(offsets) - 1,
    )


def _lexicon(arrays: Arrays, name: str) -> Lexicon:
    parts = ("text", "ends", "hashes", "ranked")
    return Lexicon(StoredWords(**{part: arrays[f"{name}.{part}"] for part in parts}), arrays[f"{name}.pairs"])


def _under(name: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    return {f"{name}.{part}": array for part, array in arrays.items()}
