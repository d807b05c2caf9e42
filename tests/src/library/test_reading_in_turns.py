"""Reading and embedding for many at once: nobody's small file waits for somebody's big one, nor one for the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shared_utils.errors import NotFailed
from shared_utils.types import Embedder, Page, PageVerdict, Vectors
from src.library import reading
from src.library.reading import Reading
from src.library.sample import sample_pdf
from src.library.shelf import Shelf
from src.views import DocumentState
from src.wiring import OcrWithinBudget
from tests.shared_utils.pdf import pdfs
from tests.src.library.shelves import MINE, THEIRS, OpenLibrary, settled, shelf_with_sample
from tests.waiting import PATIENCE_S, until

OTHERS = "o" * 24
DENSE_PAGES, SENTENCES = 1500, 600  # minutes of reading and indexing, from some kilobytes


def begun(shelf: Shelf, mark: str) -> str:
    """A file that takes minutes, whose first page has been read; returns its entry's id."""
    entry = shelf.add("big.pdf", pdfs.dense(DENSE_PAGES, SENTENCES, mark))
    until(lambda: shelf.documents()[0].page_verdicts)
    return entry


@pytest.mark.parametrize("networks", [("192.0.2.1", "192.0.2.2"), ("192.0.2.1", "192.0.2.1"), ("", "")])
def test_a_small_file_is_searchable_while_two_strangers_big_ones_are_being_read(
    open_library: OpenLibrary, networks: tuple[str, str]
) -> None:
    library = open_library()
    strangers = [library.shelf(key, network=network) for key, network in zip((THEIRS, OTHERS), networks, strict=True)]
    for number, stranger in enumerate(strangers):
        stranger.add("big.pdf", pdfs.dense(DENSE_PAGES, SENTENCES, str(number)))
    until(lambda: any(stranger.documents()[0].page_verdicts for stranger in strangers))
    mine = library.shelf(MINE, network="192.0.2.3")
    mine.add(*sample_pdf())
    until(lambda: mine.documents()[0].searchable)
    assert not any(settled(stranger) for stranger in strangers)
    for stranger in strangers:
        stranger.remove(stranger.documents()[0].entry_id)


def test_a_removed_file_is_worked_on_no_longer(open_library: OpenLibrary) -> None:
    library = open_library()
    shelf = library.shelf(MINE)
    entry = begun(shelf, "x")
    assert library._services.readers._running
    shelf.remove(entry)
    until(lambda: not library._services.readers._running, within_s=10)  # a second, on a machine that is not busy


def test_a_small_file_gets_its_vectors_while_a_big_one_gets_its_own(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = open_library()
    embedder = library.rag.embedder.wait()
    begun_, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(library.rag.embedder, "wait", lambda: Held(embedder, begun_, go_on.wait))
    theirs, mine = library.shelf(THEIRS), library.shelf(MINE)
    theirs.add("big.pdf", pdfs.dense(60, 60))
    assert begun_.wait(PATIENCE_S)
    mine.add(*sample_pdf())
    until(lambda: mine.documents()[0].state is DocumentState.EMBEDDING)
    go_on.set()
    until(lambda: mine.documents()[0].state is DocumentState.READY)
    (big,) = theirs.documents()
    assert big.state is DocumentState.EMBEDDING
    assert 0 < big.embedded < big.chunks
    theirs.remove(big.entry_id)


class Held:
    """The embedding model, whose first batch takes as long as a test wants."""

    def __init__(self, embedder: Embedder, begun: threading.Event, wait: Callable[[float], bool]) -> None:
        self._embedder, self._begun, self._wait = embedder, begun, wait

    def embed_passages(self, texts: list[str]) -> Vectors:
        self._begun.set()
        assert self._wait(PATIENCE_S)
        return self._embedder.embed_passages(texts)


# ------------------------------------------------------------------------------------------------ once more


def test_a_file_whose_pictures_are_read_gives_way_to_another_after_a_page(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun_, all_began, whole = set[Path](), threading.Event(), list[bool]()

    def recognise(_: object, path: Path, pages: Sequence[Page], *__: object) -> Iterator[Page]:
        """Goes on until all three files were begun, for two workers."""
        begun_.add(path)
        if len(begun_) == 3:
            all_began.set()
        until_s = time.monotonic() + PATIENCE_S
        while not all_began.wait(0.01) and time.monotonic() < until_s:
            yield replace(pages[0], text="Recognised words.", verdict=PageVerdict.TEXT)
        whole.append(all_began.is_set())
        yield from (replace(page, text="Recognised words.", verdict=PageVerdict.TEXT) for page in pages)

    monkeypatch.setattr(OcrWithinBudget, "recognise", recognise)
    monkeypatch.setattr(reading, "_RECOGNISING_TURN_S", 0.0)
    library = open_library()
    shelves = [library.shelf(key) for key in (MINE, THEIRS, OTHERS)]
    for number, shelf in enumerate(shelves):
        shelf.add("scan.pdf", pdfs.pdf(pdfs.picture_of(pdfs.lines(f"Scan {number}"))))
    until(lambda: len(whole) == 3, within_s=2 * PATIENCE_S)
    assert whole == [True] * 3
    until(lambda: all(settled(shelf) for shelf in shelves))
    assert {shelf.documents()[0].state for shelf in shelves} == {DocumentState.READY}


def test_only_what_has_failed_is_tried_again(open_library: OpenLibrary) -> None:
    shelf = shelf_with_sample(open_library())
    (ready,) = shelf.documents()
    with pytest.raises(NotFailed, match="has not failed, so there is nothing to try again"):
        shelf.retry(ready.entry_id)
    assert shelf.documents() == (ready,)


def test_what_is_being_read_is_not_begun_anew(open_library: OpenLibrary) -> None:
    shelf = open_library().shelf(MINE)
    entry = begun(shelf, "x")
    with pytest.raises(NotFailed):
        shelf.retry(entry)
    shelf.remove(entry)


def test_a_flood_of_retries_reads_a_failed_file_no_two_times_at_once(
    open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most, counting, read = 0, 0, threading.Lock(), Reading._read

    def counted(*args: object) -> object:
        nonlocal at_once, most
        with counting:
            at_once += 1
            most = max(most, at_once)
        try:
            return read(*args)  # type: ignore[arg-type]
        finally:
            with counting:
                at_once -= 1

    monkeypatch.setattr(Reading, "_read", counted)
    shelf = open_library().shelf(MINE)
    entry = shelf.add("broken.pdf", b"%PDF-1.7 and nothing more")
    refused = 0
    for _ in range(50):
        try:
            shelf.retry(entry)
        except NotFailed:
            refused += 1
    until(lambda: settled(shelf))
    assert most == 1
    assert refused
