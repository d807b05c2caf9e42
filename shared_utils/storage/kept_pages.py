"""The pages of a document in a file: each is decoded when it is looked at, and a bounded number of them is remembered.

What many pages are asked for at once (verdicts, labels, shapes) lies beside them and needs no decoding
(docs/adr/0134-pages-are-read-when-they-are-looked-at.md).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload
from weakref import ref

import numpy as np
from numpy.typing import NDArray

from shared_utils.errors import DamagedDocument
from shared_utils.storage.page_codec import decode_page, encode_page
from shared_utils.types import Page, PageVerdict

REMEMBERED = 4_000  # pages; 29 kB each
_VERDICTS = tuple(PageVerdict)

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is known of a page without its words. Fields are those of `Page`."""

    number: int
    label: str
    verdict: PageVerdict
    width: float
    height: float
    reader: str
    has_letters: bool  # whether any character of its text is a letter or a digit


class PageMemory:
    """The pages that were looked at last, of all documents together. Thread-safe."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._order: OrderedDict[tuple[int, int], ref[KeptPages]] = OrderedDict()
        self._lock = threading.Lock()

    def looked_at(self, pages: KeptPages, place: int) -> None:
        """Note the use of a page that `pages` remembers; what was used longest ago is forgotten where there are too
        many."""
        key = id(pages), place
        forgotten: list[tuple[KeptPages | None, int]] = []
        with self._lock:
            self._order[key] = ref(pages)
            self._order.move_to_end(key)
            while len(self._order) > self._most:
                (_, old_place), old = self._order.popitem(last=False)
                forgotten.append((old(), old_place))
        for owner, old_place in forgotten:
            if owner is not None:
                owner.forget(old_place)


class KeptPages(Sequence[Page]):
    """Pages as `page_arrays` made them. Equal to the pages that they were made of.

    Raises DamagedDocument where one is looked at that is no longer what was written; `damaged` is called before.
    """

    def __init__(self, arrays: Arrays, memory: PageMemory, damaged: Callable[[], object] = lambda: None) -> None:
        self._arrays = arrays
        self._memory = memory
        self._damaged = damaged
        self._remembered: dict[int, Page] = {}
        self._facts: tuple[PageFacts, ...] | None = None

    def __len__(self) -> int:
        return len(self._arrays["ends"])

    @overload
    def __getitem__(self, place: int) -> Page: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Page, ...]: ...

    def __getitem__(self, place: int | slice) -> Page | tuple[Page, ...]:
        if isinstance(place, slice):
            return tuple(self._page(at) for at in range(*place.indices(len(self))))
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return self._page(int(place) % len(self))

    def __iter__(self) -> Iterator[Page]:
        return (self._page(at) for at in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Sequence) or len(other) != len(self):
            return False
        return all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def facts(self) -> tuple[PageFacts, ...]:
        """Of every page, in order."""
        if self._facts is None:
            self._facts = _facts(self._arrays)
        return self._facts

    def forget(self, place: int) -> None:
        """Let go of a page; it is decoded anew when it is looked at again."""
        self._remembered.pop(place, None)

    def _page(self, place: int) -> Page:
        page = self._remembered.get(place)
        if page is None:
            page = self._remembered[place] = self._decoded(place)
        self._memory.looked_at(self, place)
        return page

    def _decoded(self, place: int) -> Page:
        try:
            return decode_page(_slice(self._arrays, "bodies", "ends", place))
        except ValueError as exc:
            self._damaged()
            raise DamagedDocument(
                "What was kept of a document on this machine is damaged. Open the page anew: it is made again from the "
                "store."
            ) from exc


def page_arrays(pages: Sequence[Page]) -> dict[str, NDArray[Any]]:
    """What `KeptPages` reads, as arrays of one dimension."""
    bodies = [encode_page(page) for page in pages]
    labels = [page.label.encode("utf-8", "surrogatepass") for page in pages]
    readers = [page.reader.encode() for page in pages]
    return {
        **_joined("bodies", "ends", bodies),
        **_joined("labels", "label_ends", labels),
        **_joined("readers", "reader_ends", readers),
        "numbers": np.array([page.number for page in pages], dtype=np.int32),
        "verdicts": np.array([_VERDICTS.index(page.verdict) for page in pages], dtype=np.uint8),
        "shapes": np.array([side for page in pages for side in (page.width, page.height)], dtype=np.float64),
        "letters": np.array([any(map(str.isalnum, page.text)) for page in pages], dtype=np.uint8),
    }


def facts_of(pages: Sequence[Page]) -> Sequence[PageFacts]:
    """What is known of pages without their words; where they are kept in a file, none is decoded for it."""
    if isinstance(pages, KeptPages):
        return pages.facts()
    return [
        PageFacts(p.number, p.label, p.verdict, p.width, p.height, p.reader, any(map(str.isalnum, p.text)))
        for p in pages
    ]


def page_numbered(pages: Sequence[Page], number: int) -> Page | None:
    """The page of that number (1-based). Pages may be missing, and stand in the order of their numbers."""
    if 0 < number <= len(pages) and (page := pages[number - 1]).number == number:
        return page
    return next((pages[place] for place, facts in enumerate(facts_of(pages)) if facts.number == number), None)


def _facts(arrays: Arrays) -> tuple[PageFacts, ...]:
    shapes = arrays["shapes"].tolist()
    rows = zip(arrays["numbers"].tolist(), arrays["verdicts"].tolist(), arrays["letters"].tolist(), strict=True)
    return tuple(
        PageFacts(
            number,
            _slice(arrays, "labels", "label_ends", place).decode("utf-8", "surrogatepass"),
            _VERDICTS[verdict],
            shapes[2 * place],
            shapes[2 * place + 1],
            _slice(arrays, "readers", "reader_ends", place).decode(),
            bool(letters),
        )
        for place, (number, verdict, letters) in enumerate(rows)
    )


def _joined(name: str, ends: str, parts: Sequence[bytes]) -> dict[str, NDArray[Any]]:
    return {
        name: np.frombuffer(b"".join(parts), dtype=np.uint8),
        ends: np.cumsum([len(part) for part in parts], dtype=np.int64),
    }


def _slice(arrays: Arrays, name: str, ends: str, place: int) -> bytes:
    begin = int(arrays[ends][place - 1]) if place else 0
    return arrays[name][begin : int(arrays[ends][place])].tobytes()
