"""What a page, a passage and a search cost in both stores: `python -m benchmarks.scaling [--write]`.

The numbers that docs/scaling.md multiplies. Pages are those of the measured documents; passages for the searches are
drawn at random as in `benchmarks.search_speed`. PostgreSQL is a real one with its default durability, on the same
machine, started by tests/postgres.py.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import numpy as np
import psycopg

from benchmarks.retrieval_set import DEFAULT_SET, ROOT, RetrievalSet, clock, write_section
from benchmarks.search_speed import TopicVectors, document, words
from shared_utils.message import NOTHING
from shared_utils.retrieval.index import DocumentIndex
from shared_utils.retrieval.search import search
from shared_utils.storage.postgres_store import PostgresStore
from shared_utils.storage.store import Store
from shared_utils.types import Vectors
from src.answering.ingestion import IndexedDocument, SourceFile
from src.answering.keeping import Keeping, keep_index, open_kept
from src.answering.line_items import line_items
from src.settings import Settings
from src.wiring import build_rag, open_store
from tests.postgres import fresh_database, running_postgres

KEY = "the key of whoever measures"
MODEL = "measured"
QUESTIONS = 40
CALLERS = 8
SEARCHED = (10, 60)  # documents of 1,000 passages each; the larger is what one person may keep at most
_DURABLE = ("shared_buffers=512MB",)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    options.add_argument("--resident", metavar="WHAT", help=argparse.SUPPRESS)  # a child of this program
    given = options.parse_args()
    if given.resident:
        print(json.dumps(resident(**json.loads(given.resident))))
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(running_postgres(_DURABLE))
        pages = stack.enter_context(fresh_database(url))
        lines = [*page_costs(folder, pages), "", *search_costs(stack.enter_context(fresh_database(url)), folder)]
    print("\n".join(lines))
    if given.write:
        machine = f"{platform.machine()}, {os.cpu_count()} cores shared with other work"
        head = f"## Scaling\n\n`python -m benchmarks.scaling --write`, {machine}.\n"
        write_section("scaling", "\n".join([head, *lines]))


# ------------------------------------------------------------------------------------------------ pages


def page_costs(folder: Path, url: str) -> list[str]:
    """Every measured document goes into both stores; sizes are what the disk and the database say."""
    settings = Settings(data_dir=folder, ollama_url="http://127.0.0.1:9")
    shared = Settings(data_dir=folder / "shared", store=url, ollama_url="http://127.0.0.1:9")
    documents, read_s, embed_s, answer_s = ingested(settings)
    pages = sum(len(indexed.document.pages) for indexed in documents)
    chunks = sum(len(indexed.index.chunks) for indexed in documents)
    pdf_bytes = sum(indexed.path.stat().st_size for indexed in documents)
    kept_s = {}
    for name, where in (("folder", settings), ("PostgreSQL", shared)):
        store = open_store(where)
        kept_s[name] = elapsed(lambda: keep(store, documents))  # noqa: B023 - called at once
        store.close()
    on_disk = sum(path.stat().st_size for path in (folder / "store").rglob("*") if path.name != "reserve")
    in_database = database_bytes(url)
    memory = [measured_child(data_dir=str(folder), url=there) for there in ("", url)]
    both = [
        ("kept, all told", on_disk, sum(in_database.values()), "kB"),
        ("… its part of the PDF", pdf_bytes, in_database["file_part"], "kB"),
        ("… its text and where it is drawn", database_part(folder), in_database["page"], "kB"),
        ("… its vectors", vector_part(folder), in_database["passage_vector"], "kB"),
        ("written", kept_s["folder"], kept_s["PostgreSQL"], "ms"),
        ("brought back, ready to be searched", memory[0]["load_s"], memory[1]["load_s"], "ms"),
        ("in a web process's memory while it is open", memory[0]["bytes"], memory[1]["bytes"], "kB"),
    ]
    return [
        f"{len(documents)} documents, {pages:,} pages, {chunks:,} passages: {chunks / pages:.1f} a page. Read with "
        f"{pages / read_s:.0f} pages a second, embedded with {chunks / embed_s:.0f} passages a second. "
        f"A web process with nobody's documents takes {memory[0]['idle'] / 1e6:.0f} MB. Everything of an answer but "
        f"the model's part (search, evidence, the documents' own sentences, their check) takes "
        f"{1000 * answer_s:.0f} ms of one core, asked of all {pages:,} pages at once.",
        "",
        "| a page | SQLite and files | PostgreSQL |",
        "|---|---:|---:|",
        *(f"| {what} | {a_page(one, pages, unit)} | {a_page(other, pages, unit)} |" for what, one, other, unit in both),
    ]


def a_page(amount: float, pages: int, unit: str) -> str:
    """Bytes as kB, seconds as ms."""
    return f"{amount / pages / 1000:.1f} kB" if unit == "kB" else f"{1000 * amount / pages:.2f} ms"


def ingested(settings: Settings) -> tuple[list[IndexedDocument], float, float, float]:
    """The measured documents, read and embedded; the seconds that each took, and the processor seconds of an answer."""
    rag = build_rag(settings)
    rag.embedder.wait()
    documents: list[IndexedDocument] = []
    read_s = embed_s = 0.0
    for path in sorted((DEFAULT_SET / "pdfs").glob("*.pdf")):
        versions: list[IndexedDocument] = []
        source = SourceFile(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, path)
        read_s += elapsed(lambda: [*rag.read(source, versions.append, cancelled=lambda: False)])  # noqa: B023
        embed_s += elapsed(lambda: [*rag.embed(versions[-1], versions.append, cancelled=lambda: False)])  # noqa: B023
        documents.append(versions[-1])
    questions = [question.question for question in RetrievalSet(DEFAULT_SET).questions if question.library_ok][
        :QUESTIONS
    ]
    began = time.process_time()
    for question in questions:
        for _ in rag.ask(question, documents, writers=lambda: (), cancelled=lambda: False):
            pass
    answer_s = (time.process_time() - began) / len(questions)
    rag.viewer.close()
    return documents, read_s, embed_s, answer_s


def keep(store: Store, documents: Sequence[IndexedDocument]) -> None:
    for indexed in documents:
        document_id = store.put_file(indexed.path.read_bytes())
        store.add_to_workspace(KEY, document_id, indexed.document.name)
        store.save_opened(document_id, "", indexed.document.outline, len(indexed.document.pages))
        store.save_pages(document_id, indexed.document.pages)
        store.save_reading_finished(document_id, "ready", NOTHING, 0.0)
        vectors = indexed.index.vectors
        if vectors is not None:
            store.save_vectors(document_id, MODEL, vectors)
        name = store.load_opened(document_id, "")
        keep_index(indexed, Keeping(store.index_path(document_id), name[1] if name else ""))


def database_bytes(url: str) -> dict[str, int]:
    """Table -> bytes with its indexes, after a vacuum."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        rows = connection.execute(
            "SELECT relname, pg_total_relation_size(oid) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
        )
        return {str(name): int(size) for name, size in rows}


def database_part(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "store").glob("footnote.sqlite*"))


def vector_part(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "store" / "vectors").iterdir())


# ------------------------------------------------------------------------------------------------ memory


def measured_child(**what: str) -> dict[str, float]:
    """What `resident` measures, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.scaling", "--resident", json.dumps(what)]
    return dict(json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout))


def resident(data_dir: str, url: str) -> dict[str, float]:
    """Bytes and seconds that it takes to have every kept document ready, as a web process has them."""
    settings = Settings(data_dir=Path(data_dir), store=url, ollama_url="http://127.0.0.1:9")
    rag = build_rag(settings)
    rag.embedder.wait().embed_query("ready")
    store = open_store(settings)
    idle = memory_bytes()
    open_: list[IndexedDocument] = []
    load_s = elapsed(lambda: open_.extend(opened(store, entry.document_id) for entry in store.workspace_documents(KEY)))
    taken = memory_bytes() - idle
    assert open_
    store.close()
    rag.viewer.close()
    return {"idle": idle, "bytes": taken, "load_s": load_s}


def opened(store: Store, document_id: str) -> IndexedDocument:
    head = store.load_opened(document_id, "measured.pdf")
    assert head is not None
    indexed = open_kept(head[0], store.local_path(document_id), Keeping(store.index_path(document_id), head[1]))
    assert indexed is not None
    source, vectors = store.vector_source(MODEL), None
    if source is None:
        vectors = store.load_vectors(document_id, MODEL)
        index = indexed.index.with_vectors(vectors) if vectors is not None else indexed.index
    else:
        index = indexed.index.with_stored_vectors(source)
    return dataclasses.replace(indexed, index=index)


def memory_bytes() -> int:
    """Resident now. Linux only, as the numbers are."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


# ------------------------------------------------------------------------------------------------ searches


class OneQuestion:
    """Stands where the embedding model stands, so that both searches are asked the very same."""

    def __init__(self, random: TopicVectors) -> None:
        self._vector = random.embed_query("")

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        raise NotImplementedError("only questions are asked")

    def embed_query(self, text: str) -> Vectors:  # noqa: ARG002
        vector: Vectors = self._vector
        return vector


def search_costs(url: str, folder: Path) -> list[str]:
    random = np.random.default_rng(7)
    drawn = TopicVectors(random)
    rows = [
        "| passages | FAISS in the process, median (95 %) | pgvector, median (95 %) | the same 40 passages, in order "
        f"| searches a second, {CALLERS} callers: FAISS | pgvector |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    here: list[DocumentIndex] = []
    with PostgresStore(url, folder / "copies") as store:
        for count in SEARCHED:
            while len(here) < count:
                here.append(document(len(here), random, drawn))
                put_vectors(store, url, here[-1])
            there = [index.with_stored_vectors(store.vector_source(MODEL)) for index in here]
            asked = [(" ".join(words(random, 9)), OneQuestion(drawn)) for _ in range(QUESTIONS)]
            timed = {name: measured(indexes, asked) for name, indexes in (("here", here), ("there", there))}
            same = sum(a == b for a, b in zip(timed["here"][1], timed["there"][1], strict=True))
            speeds = f"{together(here, asked):.0f} | {together(there, asked):.0f}"
            rows.append(
                f"| {count * 1000:,} | {in_ms(timed['here'][0])} | {in_ms(timed['there'][0])} | "
                f"{same} of {QUESTIONS} | {speeds} |"
            )
    return rows


def put_vectors(store: PostgresStore, url: str, index: DocumentIndex) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO content (id, bytes, stored_at) VALUES (%s, 1, 0)", (index.document_id,))
    vectors = index.vectors
    assert vectors is not None
    store.save_vectors(index.document_id, MODEL, vectors)


Asked = Sequence[tuple[str, OneQuestion]]


def measured(indexes: Sequence[DocumentIndex], asked: Asked) -> tuple[list[float], list[list[str]]]:
    """Seconds of each search after three that warm up, and the ids that each found."""
    glossary = line_items()
    taken, found = [], []
    for question, embedder in [*asked[:3], *asked]:
        began = clock()
        passages = search(question, indexes, {}, embedder, 40, glossary=glossary)
        taken.append(clock() - began)
        found.append([passage.chunk.id for passage in passages])
    return taken[3:], found[3:]


def together(indexes: Sequence[DocumentIndex], asked: Asked) -> float:
    """Searches a second when several people ask one web process at once."""
    glossary = line_items()
    with ThreadPoolExecutor(CALLERS) as pool:
        began = clock()
        for _ in pool.map(lambda each: search(each[0], indexes, {}, each[1], 40, glossary=glossary), [*asked, *asked]):
            pass
        return 2 * len(asked) / (clock() - began)


def in_ms(taken: Sequence[float]) -> str:
    ordered = sorted(taken)
    return f"{1000 * median(ordered):.1f} ms ({1000 * ordered[int(0.95 * len(ordered))]:.1f})"


def elapsed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
