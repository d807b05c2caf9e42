"""An index in a file is the one it was made of, is opened without being read, and is whole or absent."""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from shared_utils.retrieval.array_file import open_arrays, save_arrays, unnamed_arrays
from shared_utils.retrieval.index import DocumentIndex, build_index
from shared_utils.retrieval.kept_index import open_index, save_index, texts_of
from shared_utils.retrieval.search import search
from shared_utils.retrieval.stored_words import StoredWords, stored_words
from shared_utils.types import Chunk

TEXTS = ["The effective tax rate was 21 %.", "Umsätze stiegen; 营业收入", "a lone \ud800 surrogate", "", "tax tax tax"]


def made(context: str = "", texts: list[str] = TEXTS) -> DocumentIndex:
    chunks = [Chunk(f"d:{n}:0", "d", n, 0, len(text), text, "Heading", context) for n, text in enumerate(texts, 1)]
    return build_index("d", chunks)


def kept(path: Path, index: DocumentIndex) -> DocumentIndex:
    save_index(path, index, "pages")
    opened = open_index(path, "d", "pages")
    assert opened is not None
    return opened


def test_words_of_passages_come_without_the_passages(tmp_path: Path) -> None:
    index = made("over the rows")
    opened = kept(tmp_path / "d.index", index)
    assert list(texts_of(opened.chunks)) == list(texts_of(index.chunks)) == TEXTS


def test_whether_one_of_many_words_is_a_term_is_told_as_by_a_look_at_each(tmp_path: Path) -> None:
    index = made()
    for lexicon in (index.chunk_words.lexicon, kept(tmp_path / "d.index", index).chunk_words.lexicon):
        assert lexicon.has_any(["nothing", "tax"])
        assert not lexicon.has_any(["nothing", "taxx"])
        assert not lexicon.has_any([])
    empty = kept(tmp_path / "e.index", made(texts=[])).chunk_words.lexicon
    assert not empty.has_any(["tax"])


@pytest.mark.parametrize("index", [made(), made("over the rows"), made(texts=[])], ids=["plain", "context", "empty"])
def test_what_is_opened_is_what_was_kept(index: DocumentIndex, tmp_path: Path) -> None:
    opened = kept(tmp_path / "d.index", index)
    assert opened.chunks == index.chunks
    assert opened.chunks[1:3] == index.chunks[1:3]
    assert opened.page_of.tolist() == index.page_of.tolist()
    for one, other in ((opened.chunk_words, index.chunk_words), (opened.page_words, index.page_words)):
        assert dict(one.lexicon.words) == dict(other.lexicon.words)
        for name in ("offsets", "units", "counts", "lengths"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert (one.idf_sum, one.vocabulary) == (other.idf_sum, other.vocabulary)
        np.testing.assert_array_equal(one.lexicon.pairs, other.lexicon.pairs)
    for question in ("effective tax rate", "营业收入", "Umsätze", "nothing of it"):
        assert search(question, [opened], {}, None, 5) == search(question, [index], {}, None, 5)


def test_an_opened_index_is_kept_again_as_it_was(tmp_path: Path) -> None:
    opened = kept(tmp_path / "d.index", made("over"))
    assert kept(tmp_path / "again.index", opened).chunks == opened.chunks
    assert (tmp_path / "again.index").read_bytes() == (tmp_path / "d.index").read_bytes()


def test_passages_with_names_of_their_own_keep_them(tmp_path: Path) -> None:
    chunks = [replace(chunk, id=f"own {n}") for n, chunk in enumerate(made().chunks)]
    assert kept(tmp_path / "d.index", build_index("d", chunks)).chunks[2].id == "own 2"


def test_what_was_made_of_other_pages_or_for_another_document_is_none(tmp_path: Path) -> None:
    path = tmp_path / "d.index"
    save_index(path, made(), "pages")
    assert open_index(path, "d", "other pages") is None
    assert open_index(path, "e", "pages") is None
    assert open_index(tmp_path / "absent", "d", "pages") is None


@pytest.mark.parametrize(
    "damage", [lambda b: b[:-1], lambda b: b[:40], lambda b: b"", lambda b: b[:30] + b"x" + b[31:]]
)
def test_a_file_that_was_cut_or_whose_header_was_changed_is_none(damage: object, tmp_path: Path) -> None:
    path = tmp_path / "d.index"
    save_index(path, made(), "pages")
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert open_index(path, "d", "pages") is None


def test_what_ends_in_the_middle_of_writing_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "d.index"
    save_index(path, made(), "first")

    def power_cut(handle: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(OSError, match="no space left"):
        save_index(path, made("other"), "second")
    assert os.listdir(tmp_path) == ["d.index"]
    assert open_index(path, "d", "first") is not None


def test_an_index_outlives_its_file(tmp_path: Path) -> None:
    opened = kept(tmp_path / "d.index", made())
    (tmp_path / "d.index").unlink()
    gc.collect()
    assert opened.chunks[0].text == TEXTS[0]
    assert opened.chunk_words.document_frequency("tax") == 2


def test_opening_reads_the_header_only(tmp_path: Path) -> None:
    save_arrays(tmp_path / "a", {"n": 1}, {"large": np.arange(2_000_000), "none": np.array([], dtype=np.uint8)})
    before = _read_bytes()
    opened = open_arrays(tmp_path / "a")
    assert opened is not None
    assert _read_bytes() - before < 20_000
    assert int(opened.arrays["large"][1_999_999]) == 1_999_999
    assert len(opened.arrays["none"]) == 0


def _read_bytes() -> int:
    """What this process has asked of files so far."""
    return int(Path("/proc/self/io").read_text().split("rchar: ")[1].split()[0])


def test_a_file_without_a_name_leaves_none_behind(tmp_path: Path) -> None:
    opened = unnamed_arrays({}, {"a": np.arange(5)}, tmp_path)
    assert os.listdir(tmp_path) == []
    assert opened.arrays["a"].tolist() == [0, 1, 2, 3, 4]


def test_words_of_one_hash_are_told_apart() -> None:
    words = stored_words(["net", "sale", "tax"])
    same = StoredWords(words.text, words.ends, np.repeat(words.hashes[:1], 3), words.ranked)
    wanted = next(word for word in words if words.hashes[0] == stored_words([word]).hashes[0])
    assert same[wanted] == words[wanted]
    assert same.get("other") is None


def test_an_opened_file_takes_no_handle_and_its_memory_is_given_back(tmp_path: Path) -> None:
    path = tmp_path / "d.index"
    save_index(path, made(), "pages")
    handles = len(os.listdir("/proc/self/fd"))
    opened = [open_index(path, "d", "pages") for _ in range(20)]
    assert len(os.listdir("/proc/self/fd")) == handles
    assert Path("/proc/self/maps").read_text().count(str(path)) == 20
    opened.clear()
    gc.collect()
    assert str(path) not in Path("/proc/self/maps").read_text()


def test_what_is_mapped_cannot_be_written_to(tmp_path: Path) -> None:
    opened = kept(tmp_path / "d.index", made())
    with pytest.raises(ValueError, match="read-only"):
        opened.chunk_words.counts[0] = 3
