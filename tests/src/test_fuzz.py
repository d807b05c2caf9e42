"""A hundred damaged files, one after the other, through the whole ingest: none may end in anything but its report."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from src.events import FileFinished, FileStatus
from src.rag_with_generation import Rag
from tests.conftest import source
from tests.fakes import never

CORPUS = Path(__file__).parents[3] / "shared" / "pdf-corpus" / "files"
MUTANTS = 100
_LARGEST = 60_000  # bytes: damage in a small file hits its structure, not its pictures


def mutated(data: bytes, dice: random.Random) -> bytes:
    """`data` with a few bytes changed, a piece cut out, doubled or moved, or its end missing."""
    damaged = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at, length = dice.randrange(len(damaged)), dice.randint(1, 64)
        match dice.randrange(5):
            case 0:
                damaged[at] = dice.randrange(256)
            case 1:
                del damaged[at : at + length]
            case 2:
                damaged[at:at] = damaged[at : at + length]
            case 3:
                damaged[at : at + length] = dice.randbytes(length)
            case _ if len(damaged) > 200:
                del damaged[-dice.randint(1, len(damaged) // 4) :]
    return bytes(damaged)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="the PDF corpus does not lie beside this checkout")
def test_a_hundred_damaged_files_each_end_in_a_report(rag: Rag, tmp_path: Path) -> None:
    dice = random.Random(20261121)
    originals = sorted(path for path in CORPUS.glob("*.pdf") if path.stat().st_size < _LARGEST)
    path = tmp_path / "mutant.pdf"
    ended = []
    for _ in range(MUTANTS):
        path.write_bytes(mutated(dice.choice(originals).read_bytes(), dice))
        *_, last = rag.ingest(source(path), lambda _: None, cancelled=never)
        assert isinstance(last, FileFinished)
        assert last.reason or last.status is FileStatus.READY
        ended.append(last.status)
    assert len(set(ended)) > 1, "the damage did none"
