"""Fill a small disk with documents to its last block, then delete them all. `test_full_disk` runs it.

    python -m tests.shared_utils.storage.full_disk FOLDER

FOLDER is mounted as a file system of 16 MiB in name spaces of this process's own. Prints what the store said.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from shared_utils.errors import StorageError
from shared_utils.storage.document_store import DocumentStore
from tests.shared_utils.storage.samples import ANNA, page, pdf


def fill(store: DocumentStore) -> None:
    """Add documents until one does not fit."""
    for seed in itertools.count():
        document_id = store.put_file(pdf(seed, 100_000))
        store.add_to_workspace(ANNA, document_id, f"{seed}.pdf")
        store.save_opened(document_id, "", (), 20)
        for number in range(1, 21):
            store.save_page(document_id, page(number, seed))


def fill_to_the_last_block(folder: Path) -> None:
    with (folder / "of another program").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 512)


def main(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=True)
    with DocumentStore(folder / "data") as store:
        try:
            fill(store)
        except StorageError as exc:
            print(exc)
        fill_to_the_last_block(folder)
        entries = store.workspace_documents(ANNA)
        document = store.load_document(entries[0].document_id, "")
        print("readable pages:", document and len(document.pages))
        store.remove_from_workspace(ANNA, entries[0].id)
        print("removed:", len(entries) - len(store.workspace_documents(ANNA)))
        fill_to_the_last_block(folder)
    with DocumentStore(folder / "data") as store:
        store.delete_workspace(ANNA)
        print("left:", store.total_usage().files)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
