"""A process that reads documents into a store for ever and says what it has saved. `test_kill` kills it.

    python -m tests.shared_utils.storage.writer FOLDER KEY FIRST_SEED DOCUMENTS

Prints one line after each call that returned: "added ID SEED", "page ID NUMBER", "revised ID", "vectors ID",
"finished ID", "removed ID".
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from shared_utils.message import NOTHING, literal
from shared_utils.storage.document_store import DocumentStore
from shared_utils.types import Page
from tests.shared_utils.storage.samples import OUTLINE, page, pdf, vectors

PAGES = 12
MODEL = "m"
FILE_SIZE = 300_000  # bytes: writing it takes long enough to be killed in


def revised(page: Page) -> Page:
    return replace(page, boilerplate=(), reason=literal("revised"))


def write_document(store: DocumentStore, key: str, seed: int) -> None:
    document_id = store.put_file(pdf(seed, FILE_SIZE))
    entry_id = store.add_to_workspace(key, document_id, f"{seed}.pdf")
    print("added", document_id, seed, flush=True)
    store.save_opened(document_id, "", OUTLINE, PAGES)
    pages = [page(number, seed) for number in range(1, PAGES + 1)]
    for one in pages:
        store.save_page(document_id, one)
        print("page", document_id, one.number, flush=True)
    store.save_pages(document_id, map(revised, pages))
    print("revised", document_id, flush=True)
    store.save_vectors(document_id, MODEL, vectors(seed, rows=400, dimension=64))
    print("vectors", document_id, flush=True)
    store.save_reading_finished(document_id, "ready", NOTHING, 1.0)
    print("finished", document_id, flush=True)
    if seed % 3 == 0:
        store.remove_from_workspace(key, entry_id)
        print("removed", document_id, flush=True)


def main(folder: str, key: str, first_seed: str, documents: str) -> None:
    with DocumentStore(Path(folder)) as store:
        for seed in range(int(first_seed), int(first_seed) + int(documents)):
            write_document(store, key, seed)


if __name__ == "__main__":
    main(*sys.argv[1:])
