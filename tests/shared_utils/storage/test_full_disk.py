from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from shared_utils.errors import StorageError
from shared_utils.storage.database import Database
from shared_utils.storage.document_store import DocumentStore
from tests.shared_utils.storage import full_disk
from tests.shared_utils.storage.samples import ANNA, pdf

_ROOT = Path(__file__).parents[3]
_OWN_NAME_SPACES = ("unshare", "--user", "--map-root-user", "--mount")


def _may_mount() -> bool:
    try:
        mount = subprocess.run([*_OWN_NAME_SPACES, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    except FileNotFoundError:
        return False
    return mount.returncode == 0


@pytest.mark.skipif(not _may_mount(), reason="this machine lets no user mount a small file system to fill")
def test_a_disk_full_to_the_last_block_can_be_read_and_emptied_again(tmp_path: Path) -> None:
    command = [*_OWN_NAME_SPACES, sys.executable, "-m", full_disk.__name__, str(tmp_path)]
    process = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True)
    assert process.returncode == 0, process.stderr
    full, readable, removed, left = process.stdout.splitlines()
    assert "disk that holds the data is full" in full
    assert (readable, removed, left) == ("readable pages: 20", "removed: 1", "left: 0")


def test_a_full_database_is_a_sentence_and_loses_nothing_saved_before(tmp_path: Path) -> None:
    database = Database(tmp_path / "small.sqlite")

    def add_people(names: Iterable[str]) -> None:
        with database.write() as db:
            db.executemany("INSERT INTO workspace (id, seen_at) VALUES (?, 0)", [(name,) for name in names])

    add_people(["anna"])
    with database.read() as db:
        db.execute("PRAGMA max_page_count = 40")
    with pytest.raises(StorageError, match=r"disk .* is full"):
        add_people(f"{number:0>1000}" for number in range(1_000))
    add_people(["ben"])
    with database.read() as db:
        assert db.execute("SELECT id FROM workspace").fetchall() == [("anna",), ("ben",)]
    database.close()


def test_a_file_that_does_not_fit_is_refused_and_leaves_no_half(tmp_path: Path) -> None:
    with DocumentStore(tmp_path) as store:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
        try:
            with pytest.raises(StorageError, match=r"disk .* is full"):
                store.put_file(pdf(1, 2_000_000))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert list((tmp_path / "files").iterdir()) == []
        assert store.usage(ANNA).files == store.total_usage().files == 0


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder")
    with pytest.raises(StorageError, match="data folder"):
        DocumentStore(tmp_path / "taken")
