"""A vocabulary as arrays: words and their rows without an object for each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class StoredWords(Mapping[str, int]):
    """Word -> row, found by a hash of 64 bits and compared with the word itself. Words are in the order of rows."""

    text: NDArray[np.uint8]  # all words, in UTF-8, one after the other
    ends: NDArray[np.uint32]  # (words,) where each ends in `text`
    hashes: NDArray[np.uint64]  # (words,) ascending
    ranked: NDArray[np.int32]  # (words,) the rows in the order of `hashes`

    def __getitem__(self, word: str) -> int:
        wanted, encoded = hash_of(word), word.encode("utf-8", "surrogatepass")
        place = int(np.searchsorted(self.hashes, np.uint64(wanted)))
        while place < len(self.hashes) and int(self.hashes[place]) == wanted:
            row = int(self.ranked[place])
            if self._bytes(row) == encoded:
                return row
            place += 1
        raise KeyError(word)

    def likely(self, words: Sequence[str]) -> list[str]:
        """Those of some words whose hash is known: all that are here, and hardly another. One look for all of them."""
        wanted = np.array([hash_of(word) for word in words], dtype=np.uint64)
        places = np.searchsorted(self.hashes, wanted)
        known = self.hashes[np.minimum(places, max(0, len(self.hashes) - 1))] if len(self.hashes) else ~wanted
        return [word for word, same in zip(words, known == wanted, strict=True) if same]

    def __len__(self) -> int:
        return len(self.ends)

    def __iter__(self) -> Iterator[str]:
        whole, begin = self.text.tobytes(), 0
        for end in self.ends.tolist():
            yield whole[begin:end].decode("utf-8", "surrogatepass")
            begin = end

    def _bytes(self, row: int) -> bytes:
        begin = int(self.ends[row - 1]) if row else 0
        return self.text[begin : int(self.ends[row])].tobytes()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """To be kept; `StoredWords(**arrays)` brings them back."""
        return {"text": self.text, "ends": self.ends, "hashes": self.hashes, "ranked": self.ranked}


@lru_cache(maxsize=4096)  # a question's words are looked up in each part of a large library
def hash_of(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def stored_words(words: Sequence[str]) -> StoredWords:
    """The vocabulary of some different words, in the order of their rows.

    >>> words = stored_words(["net", "sale"])
    >>> words["sale"], words.get("tax"), list(words)
    (1, None, ['net', 'sale'])
    """
    encoded = [word.encode("utf-8", "surrogatepass") for word in words]
    hashes = np.array([hash_of(word) for word in words], dtype=np.uint64)
    ranked = np.argsort(hashes, kind="stable")
    return StoredWords(
        text=np.frombuffer(b"".join(encoded), dtype=np.uint8),
        ends=np.cumsum([len(word) for word in encoded], dtype=np.uint32),
        hashes=hashes[ranked],
        ranked=ranked.astype(np.int32),
    )
