"""A real writer, really killed. What it had said was saved is there; at most the page in hand is not."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import numpy as np

from shared_utils.storage.document_store import DocumentStore
from tests.shared_utils.storage import writer
from tests.shared_utils.storage.samples import ANNA, BEN, OUTLINE, page, pdf, vectors

_ROOT = Path(__file__).parents[3]
_KILLS = 10


def _start_writer(folder: Path, key: str, first_seed: int, documents: int) -> subprocess.Popen[str]:
    arguments = [str(folder), key, str(first_seed), str(documents)]
    return subprocess.Popen(
        [sys.executable, "-m", writer.__name__, *arguments], cwd=_ROOT, stdout=subprocess.PIPE, text=True
    )


def _kill_after(process: subprocess.Popen[str], lines: int) -> list[list[str]]:
    """Read so many lines, kill at whatever the writer does next; returns all it had said by then."""
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(lines)]
    process.kill()
    said += process.stdout.readlines()
    process.stdout.close()
    process.wait()
    return [line.split() for line in said if line.endswith("\n")]


def test_a_kill_at_any_moment_costs_at_most_the_page_in_hand(tmp_path: Path) -> None:
    moments = random.Random(20)
    facts: dict[str, set[str]] = defaultdict(set)  # document id -> what the writer said of it
    seeds: dict[str, int] = {}
    for kill in range(_KILLS):
        process = _start_writer(tmp_path, ANNA, first_seed=1000 * kill, documents=500)
        for fact, document_id, *detail in _kill_after(process, moments.randint(1, 4 * writer.PAGES)):
            facts[document_id].add(fact if fact != "page" else f"page {detail[0]}")
            if fact == "added":
                seeds[document_id] = int(detail[0])
        with DocumentStore(tmp_path) as store:
            assert store.moved_aside is None
            for document_id, said in facts.items():
                _assert_kept(store, document_id, seeds[document_id], said)
            _assert_nothing_left_over(store, tmp_path)
    assert len(facts) > _KILLS


def _assert_kept(store: DocumentStore, document_id: str, seed: int, said: set[str]) -> None:
    state = store.reading_state(document_id)
    if state is None:
        # The removal came through, though the writer may have died before it could say so.
        assert seed % 3 == 0
        assert "finished" in said
        return
    assert "removed" not in said
    assert store.file_path(document_id).read_bytes() == pdf(seed, writer.FILE_SIZE)
    told = sum(fact.startswith("page") for fact in said)
    assert state.pages_read in (tuple(range(1, told + 1)), tuple(range(1, told + 2)))
    if "finished" in said:
        assert state.status == "ready"
    if state.page_count is None:
        assert told == 0
        return
    document = store.load_document(document_id, "")
    assert document is not None
    assert document.outline == OUTLINE
    raw = tuple(page(number, seed) for number in state.pages_read)
    assert document.pages == tuple(map(writer.revised, raw)) or (document.pages == raw and "revised" not in said)
    kept = store.load_vectors(document_id, writer.MODEL)
    assert kept is not None or "vectors" not in said
    if kept is not None:
        np.testing.assert_array_equal(kept, vectors(seed, rows=400, dimension=64))


def _assert_nothing_left_over(store: DocumentStore, root: Path) -> None:
    held = {entry.document_id for entry in store.workspace_documents(ANNA)}
    assert store.total_usage().files == len(held)
    assert {path.name for path in (root / "files").iterdir()} == {f"{document_id}.pdf" for document_id in held}
    assert {path.stem for path in (root / "vectors").iterdir()} <= held


def test_processes_share_a_folder_and_lose_nothing(tmp_path: Path) -> None:
    """Two writers, on overlapping files, beside this process: the worst a rolling restart can do."""
    with DocumentStore(tmp_path) as store:
        writers = [_start_writer(tmp_path, key, first_seed, 8) for key, first_seed in ((ANNA, 1), (BEN, 5))]
        mine = store.put_file(pdf(99))
        store.add_to_workspace("a third person, in this process", mine, "mine.pdf")
        for number in range(1, 60):
            store.save_page(mine, page(number))
        for process in writers:
            output, _ = process.communicate()
            assert process.returncode == 0
            assert output.count("finished") == 8
        state = store.reading_state(mine)
        assert state is not None
        assert state.pages_read == tuple(range(1, 60))
        annas = [entry.name for entry in store.workspace_documents(ANNA)]
        bens = [entry.name for entry in store.workspace_documents(BEN)]
        assert annas == ["1.pdf", "2.pdf", "4.pdf", "5.pdf", "7.pdf", "8.pdf"]
        assert bens == ["5.pdf", "7.pdf", "8.pdf", "10.pdf", "11.pdf"]
        for key in (ANNA, BEN):
            for entry in store.workspace_documents(key):
                assert store.file_path(entry.document_id).read_bytes() == pdf(int(entry.name[:-4]), writer.FILE_SIZE)
