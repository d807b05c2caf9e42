"""What a web process holds of one large library: `python -m benchmarks.large_library [--passages 1000000]`.

The real store on disk, opened as a person's shelf is, and searched. Its pages are those of the retrieval benchmark's
documents, which has to have run before, one after the other in documents of 130 and more; twenty are kept, the others
are copies of these under ids of their own. Vectors are those of real passages, each moved a little. Told against what
the process held with nothing open: memory of its own beside the vectors (at most 1 GB), files that are mapped, which
the machine may take back, and what a question takes of a core.
"""

from __future__ import annotations

import argparse
import pickle
import sqlite3
import sys
import time
import zlib
from contextlib import closing
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.retrieval_set import OUT
from benchmarks.search_speed import MOST_GB, NOISE, TopicVectors, held_memory, unit
from shared_utils.message import NOTHING
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.repair import DATABASE
from shared_utils.storage.sql_store import content_id
from shared_utils.types import Document, Page, Vectors
from src.answering.ingestion import index_document
from src.answering.keeping import Keeping, keep_index
from src.library.library import Library
from src.settings import Settings
from src.wiring import build_library, build_rag
from tests.fakes import FakeEngines

KEY = "the key of whoever measures"
PAGES = 130  # of a document, at least
DOCUMENTS = 20  # that are not copies
QUESTIONS = (
    "How did net sales change compared with the year before?",
    "What is the maximum operating temperature?",
    "Who is liable for damage in transit?",
    "How many employees did the company have?",
    "What does the warranty not cover?",
)
ASKED, REST_S = 6, 10.0  # rounds, and seconds after each


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--passages", type=int, default=1_000_000)
    options.add_argument("--folder", type=Path, help="where it is kept; by default a temporary one")
    given = options.parse_args()
    with TemporaryDirectory(dir=given.folder) as folder:
        settings = Settings(data_dir=Path(folder), ollama_url="http://127.0.0.1:9", max_files=10_000)
        rag = build_rag(settings)
        # in a process of its own: what making it took is not held by the one that is measured
        child = get_context("spawn").Process(target=made, args=(settings, rag.vector_model, given.passages))
        child.start()
        child.join()
        assert child.exitcode == 0
        rag.viewer.close()
        library = build_library(settings, FakeEngines())
        library.rag.embedder.wait().embed_query("ready")
        beside = told(library)
        library.close()
    return int(beside > MOST_GB)


def told(library: Library) -> float:
    """Prints what is held; gives the GB of its own beside the vectors."""
    idle, began, cpu = held_memory(), time.monotonic(), time.process_time()
    shelf = library.shelf(KEY)
    while any(not view.settled for view in shelf.documents()):
        time.sleep(0.5)
    print(f"opened in {time.monotonic() - began:.0f} s, {time.process_time() - cpu:.0f} s of a core", flush=True)
    vectors = sum(view.chunks for view in shelf.documents()) * 384 * 4 / 1e9
    taken_ms = list[float]()
    for _ in range(ASKED):
        for question in QUESTIONS:
            cpu = time.thread_time()  # what large libraries are searched by is made beside meanwhile
            library.rag.search(question, shelf.searchable())
            taken_ms.append(1000 * (time.thread_time() - cpu))
        time.sleep(REST_S)
        now = held_memory()
        beside = now["RssAnon"] - idle["RssAnon"] - vectors
        print(
            f"vectors {vectors:.2f} GB, beside them {beside:.2f} GB, mapped {now['RssFile'] - idle['RssFile']:.2f} GB; "
            f"a question {median(taken_ms[-len(QUESTIONS) :]):.0f} ms of a core",
            flush=True,
        )
    return beside


def made(settings: Settings, model: str, wanted: int) -> None:
    """Fill the store with so many passages, for whoever holds KEY; prints how many there are."""
    originals = documents_of_the_benchmark()
    assert originals, "python -m benchmarks.retrieval has to have run before"
    random = np.random.default_rng(7)
    real = [np.load(path).astype(np.float32) for path in sorted(OUT.glob("vectors-*.npy"))]
    among = np.concatenate(real) if real else TopicVectors(random).embed_passages([""] * 50_000)
    passages = pages = count = 0
    with DocumentStore(settings.data_dir / "store") as store:
        kept = [(document, keep(store, document)) for document in originals]
        while passages < wanted:
            original, chunks = kept[count % len(kept)]
            document_id = copied(store, settings.data_dir / "store" / DATABASE, original, count)
            store.save_vectors(document_id, model, drawn(among, chunks, random))
            passages, pages, count = passages + chunks, pages + len(original.pages), count + 1
    print(f"{passages:,} passages, {pages:,} pages, {count} documents", flush=True)


def documents_of_the_benchmark() -> list[Document]:
    """Its pages, as many as PAGES or more in a document."""
    found: list[Document] = []
    gathered: list[Page] = []
    for path in sorted(OUT.glob("pages-*.pickle")):
        read: tuple[Page, ...] = pickle.loads(path.read_bytes())  # noqa: S301 - our own file
        gathered += read[: 2 * PAGES]
        if len(gathered) >= PAGES:
            pages = tuple(replace(page, number=number) for number, page in enumerate(gathered, start=1))
            found.append(Document("", f"{len(found)}.pdf", f"{len(found)}.pdf", pages))
            gathered = []
    return found[:DOCUMENTS]


def keep(store: DocumentStore, document: Document) -> int:
    """Store an original's pages and index; how many passages it has."""
    document_id = store.put_file(f"original {document.name}".encode())
    store.add_to_workspace(f"originals of {KEY}", document_id, document.name)
    store.save_opened(document_id, "", (), len(document.pages))
    store.save_pages(document_id, document.pages)
    store.save_reading_finished(document_id, "ready", NOTHING, 0.0)
    head = store.load_opened(document_id, document.name)
    assert head is not None
    whole = replace(head[0], pages=document.pages)
    keeping = Keeping(store.index_path(document_id), head[1])
    kept = keep_index(index_document(whole, store.local_path(document_id)), keeping)
    return len(kept.index.chunks)


def copied(store: DocumentStore, database: Path, original: Document, number: int) -> str:
    """A document of the same pages under an id of its own, in the library of whoever holds KEY."""
    origin = content_id(f"original {original.name}".encode(), "")
    document_id = store.put_file(f"copy {number}".encode())
    store.add_to_workspace(KEY, document_id, f"{number}.pdf")
    columns = "title, outline, page_count, status, reason, read_s, made_on, pages_called"
    with closing(sqlite3.connect(database)) as beside, beside:
        beside.execute(
            f"UPDATE content SET ({columns}) = (SELECT {columns} FROM content WHERE id = ?) WHERE id = ?",  # noqa: S608
            (origin, document_id),
        )
        beside.execute("INSERT INTO page SELECT ?, number, body FROM page WHERE document_id = ?", (document_id, origin))
    store.index_path(document_id).write_bytes(renamed(store.index_path(origin).read_bytes(), origin, document_id))
    return document_id


def renamed(index: bytes, origin: str, document_id: str) -> bytes:
    """A file of `save_arrays` with another document's id in its head, which is as long."""
    length = int.from_bytes(index[8:12], "little")
    head = index[16 : 16 + length].replace(origin.encode(), document_id.encode())
    return index[:12] + zlib.crc32(head).to_bytes(4, "little") + head + index[16 + length :]


def drawn(among: Vectors, count: int, random: np.random.Generator) -> Vectors:
    """Vectors of passages that follow one another in a document, each moved a little."""
    begin = int(random.integers(0, len(among) - count)) if len(among) > count else 0
    near = among[begin : begin + count]
    return unit(near + random.standard_normal(near.shape) * NOISE)


if __name__ == "__main__":
    sys.exit(main())
