"""What comes back of a damaged database: every document whose file is there, whatever happened to the tables."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared_utils.message import NOTHING
from shared_utils.storage import owners
from shared_utils.storage.document_store import DocumentStore
from shared_utils.storage.repair import DATABASE, finish
from shared_utils.storage.salvage import sort_out
from shared_utils.storage.schema import MIGRATIONS, migrate
from shared_utils.storage.sql_store import content_id
from shared_utils.storage.sqlite_pages import records
from shared_utils.storage.workspaces import workspace_id
from tests.shared_utils.storage.samples import ANNA, BEN, OUTLINE, page, pdf, save_turn, vectors

_PAGE = 4096
_DOCUMENTS = range(1, 9)  # those that three divides are Ben's too
_PAGES = 6
# what was freed is read, too: a link that was stopped must not lead somewhere again
_ENDED_BY_A_REPAIR = ("share", "share_part", "share_source", "collection", "collection_entry")

Damage = Callable[[bytearray, random.Random], object]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with documents of two people, shared ones among them, and their conversations."""
    root = tmp_path_factory.mktemp("sound")
    with DocumentStore(root) as store:
        for seed in _DOCUMENTS:
            document_id = store.put_file(pdf(seed))
            store.add_to_workspace(ANNA, document_id, f"anna {seed}.pdf")
            if seed % 3 == 0:
                store.add_to_workspace(BEN, document_id, f"ben {seed}.pdf")
            store.save_opened(document_id, f"Title {seed}", OUTLINE, _PAGES)
            store.save_pages(document_id, [page(number, seed) for number in range(1, _PAGES + 1)])
            store.save_vectors(document_id, "m", vectors(seed))
            store.save_reading_finished(document_id, "ready", NOTHING, 1.0)
            save_turn(store, ANNA, f"talk {seed % 2}", f'{{"id": "t{seed}", "question": "Why {seed}?"}}')
        store.save_preferences(BEN, "in German")
    return root


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "store"))


def _rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(database)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {table: sorted(db.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}  # noqa: S608


def test_every_column_of_every_row_is_found_without_the_help_of_sqlite(root: Path) -> None:
    """Also says so when a table gets a column that salvage does not know."""
    found = sort_out(records(root / DATABASE))
    kept = _rows(root / DATABASE)
    assert kept.keys() - found.rows.keys() == {"remote_day", *_ENDED_BY_A_REPAIR}
    for table in found.rows:
        rows = kept[table]
        columns = [tuple(row.values()) for row in found.of(table)]
        # rows that were written before a column was added lack it; its default is filled in when they are written
        assert sorted(map(repr, (row[: len(c)] for row, c in zip(rows, sorted(columns, key=repr), strict=True)))) == (
            sorted(map(repr, columns))
        )
    with closing(sqlite3.connect(root / DATABASE)) as db:
        for table in found.rows:
            names = [column[1] for column in db.execute(f"PRAGMA table_info({table})")]
            assert {name for row in found.of(table) for name in row} == set(names)


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """What a process left that was killed: all it wrote is in the log alone."""
    with DocumentStore(tmp_path / "open") as store:
        for seed in _DOCUMENTS:
            store.add_to_workspace(ANNA, store.put_file(pdf(seed)), f"{seed}.pdf")
            save_turn(store, ANNA, "talk", f'{{"id": "t{seed}"}}')
        first, second, *_ = store.workspace_documents(ANNA)
        store.mark_removed(ANNA, first.id)
        store.mark_removed(ANNA, second.id)
        store.unmark_removed(ANNA, second.id)
        copy = Path(shutil.copytree(tmp_path / "open", tmp_path / "killed"))
    assert (copy / f"{DATABASE}-wal").stat().st_size > 0
    return copy


def test_what_was_committed_to_the_log_alone_is_found_too(killed: Path) -> None:
    found = sort_out(records(killed / DATABASE))
    assert [row["name"] for row in found.of("entry")] == [f"{seed}.pdf" for seed in _DOCUMENTS]


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.9, 0.99])
def test_a_log_that_was_cut_costs_no_document_and_brings_none_back(killed: Path, share: float) -> None:
    log = killed / f"{DATABASE}-wal"
    log.write_bytes(log.read_bytes()[: int(log.stat().st_size * share)])
    with DocumentStore(killed) as store:
        assert [entry.name for entry in store.workspace_documents(ANNA)] == [f"{seed}.pdf" for seed in _DOCUMENTS][1:]
        assert len(store.removed_documents(ANNA)) == 1
        assert "Some earlier answers may be missing" in str(store.notice(ANNA))
        for seed in _DOCUMENTS:
            assert store.file_path(content_id(pdf(seed), "")).read_bytes() == pdf(seed)
    assert _rows(killed / owners.NAME)["held"] == _rows(killed / DATABASE)["entry"]


def test_what_was_logged_behind_a_damaged_part_of_the_log_is_found(killed: Path) -> None:
    log = killed / f"{DATABASE}-wal"
    data = bytearray(log.read_bytes())
    data[32 + 24 + 100] ^= 1  # in the first page that it holds
    log.write_bytes(data)
    with DocumentStore(killed) as store:
        assert store.moved_aside is not None
        assert len(store.workspace_documents(ANNA)) == len(_DOCUMENTS) - 1
        assert len(store.conversations.turns(ANNA, "talk")) == len(_DOCUMENTS)


def test_the_end_of_a_log_that_a_kill_cut_short_is_no_damage(killed: Path) -> None:
    log = killed / f"{DATABASE}-wal"
    log.write_bytes(log.read_bytes()[:-1000])
    with DocumentStore(killed) as store:
        assert store.moved_aside is None


def test_a_kill_alone_is_told_to_nobody(killed: Path) -> None:
    with DocumentStore(killed) as store:
        assert len(store.workspace_documents(ANNA)) == len(_DOCUMENTS) - 1
        assert store.notice(ANNA) == NOTHING


def test_a_database_that_another_version_went_on_with_is_believed_before_its_copy(root: Path) -> None:
    with closing(sqlite3.connect(root / DATABASE, isolation_level=None)) as db:  # without triggers
        db.execute("DELETE FROM entry WHERE name = 'anna 1.pdf'")
        db.execute("UPDATE workspace SET revision = revision + 1 WHERE id = ?", (workspace_id(ANNA),))
    with DocumentStore(root) as store:
        assert "anna 1.pdf" not in [entry.name for entry in store.workspace_documents(ANNA)]


def test_a_changed_letter_in_a_row_about_an_owner_costs_them_nothing(root: Path) -> None:
    data = (root / DATABASE).read_bytes()
    person = workspace_id(ANNA).encode()
    changed = person.replace(person[:1], b"0" if person[:1] != b"0" else b"1", 1)
    at = data.index(person, data.index(b"anna 1.pdf") - 300)  # in that row, or one beside it
    (root / DATABASE).write_bytes(data[:at] + changed + data[at + 64 :])
    _damaged(root / DATABASE, "page 0 zeroed")
    with DocumentStore(root) as store:
        assert len(store.workspace_documents(ANNA)) == len(_DOCUMENTS)
        assert len(store.workspace_documents(BEN)) == 2
        assert "documents brought back 10," in str(store.trouble())


def _flip(bits: int) -> Damage:
    def damage(data: bytearray, chance: random.Random) -> None:
        for _ in range(bits):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)

    return damage


def _zero(first: int, pages: int = 1) -> Damage:
    def damage(data: bytearray, chance: random.Random) -> None:
        data[first * _PAGE : (first + pages) * _PAGE] = bytes(pages * _PAGE)

    return damage


def _cut(share: float) -> Damage:
    def damage(data: bytearray, chance: random.Random) -> None:
        del data[int(len(data) * share) :]

    return damage


def _noise(data: bytearray, chance: random.Random) -> None:
    data[:] = chance.randbytes(len(data))


def _header_bit(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(16)] ^= 1 << chance.randrange(8)


def _description(data: bytearray, chance: random.Random) -> None:
    at = data.index(b"CREATE TABLE content")
    data[at + 8] ^= 1


_DAMAGES: dict[str, Damage] = {
    **{f"{bits} bits {seed}": _flip(bits) for bits in (1, 20, 400) for seed in (1, 2, 3)},
    **{f"page {number} zeroed": _zero(number) for number in range(14)},
    "ten pages zeroed": _zero(1, 10),
    **{f"cut to {share}": _cut(share) for share in (0.9, 0.5, 0.1, 0.003, 0.0)},
    "noise": _noise,
    "a bit of the header": _header_bit,
    "a letter of the tables' description": _description,
}


def _damaged(database: Path, name: str) -> None:
    data = bytearray(database.read_bytes())
    _DAMAGES[name](data, random.Random(name))
    database.write_bytes(data)


@pytest.mark.parametrize("damage", _DAMAGES)
def test_nobody_loses_a_document(root: Path, damage: str) -> None:
    _damaged(root / DATABASE, damage)
    with DocumentStore(root) as store:
        for key, who in ((ANNA, "anna"), (BEN, "ben")):
            held = {entry.name: entry.document_id for entry in store.workspace_documents(key)}
            seeds = [seed for seed in _DOCUMENTS if who == "anna" or seed % 3 == 0]
            # a bit within a name is not damage that anybody could see: the file is there all the same
            assert sorted(held.values()) == sorted(content_id(pdf(seed), "") for seed in seeds)
            assert len(set(held) & {f"{who} {seed}.pdf" for seed in seeds}) >= len(seeds) - 1
            for seed in seeds:
                assert store.file_path(content_id(pdf(seed), "")).read_bytes() == pdf(seed)
        for seed in _DOCUMENTS:
            _assert_true_or_to_be_read(store, seed)
    _assert_usable(root)


def _assert_true_or_to_be_read(store: DocumentStore, seed: int) -> None:
    """Nothing that was read is changed, and what is missing is known to be missing."""
    document_id = content_id(pdf(seed), "")
    state = store.reading_state(document_id)
    assert state is not None
    if state.status is not None:
        assert state.pages_read == tuple(range(1, _PAGES + 1))
    if state.page_count is not None and store.moved_aside is not None:
        document = store.load_document(document_id, "")
        assert document is not None
        assert set(document.pages) <= {page(number, seed) for number in range(1, _PAGES + 1)}


def _assert_usable(root: Path) -> None:
    with DocumentStore(root) as store:
        store.add_to_workspace(ANNA, store.put_file(pdf(99)), "new.pdf")
    with DocumentStore(root) as again:
        assert again.moved_aside is None
        assert "new.pdf" in [entry.name for entry in again.workspace_documents(ANNA)]


@pytest.mark.parametrize("damage", ["400 bits 1", "cut to 0.0", "noise", "page 0 zeroed"])
def test_damage_to_both_databases_costs_only_what_is_unreadable_in_both(root: Path, damage: str) -> None:
    _damaged(root / DATABASE, "400 bits 2")
    _damaged(root / owners.NAME, damage)
    with DocumentStore(root) as store:
        assert len(store.workspace_documents(ANNA)) >= len(_DOCUMENTS) - 1
    _assert_usable(root)


@pytest.mark.parametrize("damage", ["400 bits 1", "cut to 0.0", "noise", "page 0 zeroed"])
def test_a_damaged_copy_beside_a_sound_database_is_made_again(root: Path, damage: str) -> None:
    before = _rows(root / owners.NAME)["held"]
    _damaged(root / owners.NAME, damage)
    with DocumentStore(root) as store:
        assert store.moved_aside is None
    assert _rows(root / owners.NAME)["held"] == before
    assert not list(root.glob(f"{owners.SET_ASIDE}*"))


def test_conversations_preferences_and_readings_outside_the_damage_are_as_they_were(root: Path) -> None:
    before = _rows(root / DATABASE)
    _damaged(root / DATABASE, "page 0 zeroed")  # the tables' description alone
    with DocumentStore(root) as store:
        assert [entry.name for entry in store.workspace_documents(BEN)] == ["ben 3.pdf", "ben 6.pdf"]
        assert store.preferences(BEN) == "in German"
        assert [len(store.conversations.turns(ANNA, f"talk {n}")) for n in (0, 1)] == [4, 4]
        assert store.load_vectors(content_id(pdf(1), ""), "m") is not None
        assert "read anew 0; lost 0" in str(store.trouble())
    after = _rows(root / DATABASE)
    for table in ("page", "vectors", "entry", "turn"):
        assert after[table] == before[table]
    # pages are called anew: what was made of them on this machine is made again
    assert [row[:-1] for row in after["content"]] == [row[:-1] for row in before["content"]]


def test_people_are_told_until_they_have_read_it(root: Path) -> None:
    (root / "files" / f"{content_id(pdf(3), '')}.pdf").unlink()
    _damaged(root / DATABASE, "noise")
    with DocumentStore(root) as store:
        assert "7 documents are read anew" in str(store.notice(ANNA))
        assert "One document is read anew" in str(store.notice(BEN))
        assert "add it again: ben 3.pdf" in str(store.notice(BEN))
        assert store.notice("somebody who came later") == NOTHING
        store.clear_notice(ANNA)
        assert store.notice(ANNA) == NOTHING
        assert store.notice(BEN)


def test_whoever_runs_it_is_told_until_the_remains_are_moved_away(root: Path) -> None:
    with DocumentStore(root) as store:
        assert store.trouble() == NOTHING
    _damaged(root / DATABASE, "noise")
    DocumentStore(root).close()
    with DocumentStore(root) as store:
        assert "documents brought back 10, of them read anew 10; lost 0" in str(store.trouble())
        assert str(root) not in str(store.trouble())
        for aside in root.glob("damaged-*"):
            shutil.rmtree(aside)
        assert store.trouble() == NOTHING


def test_what_was_removed_does_not_come_back(root: Path) -> None:
    with DocumentStore(root) as store:
        first, second, *_ = store.workspace_documents(ANNA)
        store.remove_from_workspace(ANNA, first.id)
        store.mark_removed(ANNA, second.id)
    _damaged(root / DATABASE, "noise")
    with DocumentStore(root) as store:
        assert len(store.workspace_documents(ANNA)) == len(_DOCUMENTS) - 2
        assert store.removed_documents(ANNA) == {second.id}


def test_the_copy_of_who_holds_what_follows_every_way_in_and_out(root: Path) -> None:
    def agree() -> bool:
        copy, rows = _rows(root / owners.NAME), _rows(root / DATABASE)
        people = [(row[0], row[2]) for row in rows["workspace"]]
        return copy["held"] == rows["entry"] and copy["person"] == people

    with DocumentStore(root) as store:
        assert agree()
        entry = store.workspace_documents(ANNA)[0]
        steps: Iterator[object] = (
            step()
            for step in (
                lambda: store.add_to_workspace(ANNA, entry.document_id, "renamed.pdf"),
                lambda: store.mark_removed(ANNA, entry.id),
                lambda: store.unmark_removed(ANNA, entry.id),
                lambda: store.remove_from_workspace(ANNA, entry.id),
                lambda: store.delete_workspace(BEN),
                lambda: store.expire_workspaces(0, now=1e12),
            )
        )
        for _ in steps:
            assert agree()
    assert _rows(root / owners.NAME)["held"] == []


@pytest.mark.parametrize("moment", ["before", "moved", "placed"])
def test_a_repair_that_is_killed_is_finished_by_the_next_start(
    root: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    class Killed(BaseException):
        pass

    _damaged(root / DATABASE, "page 2 zeroed")
    renamed, rename = [], Path.rename

    def killed(path: Path, to: Path) -> Path:
        renamed.append(path.name)
        if (moment, path.parent.name) in (("before", root.name), ("moved", "repair")) or path.name == "report.json":
            raise Killed
        return rename(path, to)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", killed)
        with pytest.raises(Killed):
            DocumentStore(root)
    assert renamed
    with DocumentStore(root) as store:
        assert store.moved_aside is not None
        assert len(store.workspace_documents(ANNA)) == len(_DOCUMENTS)
        assert (store.moved_aside / DATABASE).exists()
    assert finish(root) is None
    assert not (root / "repair").exists()


def test_a_database_of_an_older_version_is_repaired_too(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    document_id = content_id(pdf(1), "")
    (tmp_path / "files" / f"{document_id}.pdf").write_bytes(pdf(1))
    with closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as db:
        migrate(db, MIGRATIONS[:1])
        person = workspace_id(ANNA)
        db.execute("INSERT INTO content (id, bytes, stored_at) VALUES (?, ?, 1)", (document_id, len(pdf(1))))
        db.execute("INSERT INTO workspace VALUES (?, 1)", (person,))
        db.execute("INSERT INTO entry VALUES ('e', ?, ?, 'old.pdf', 1)", (person, document_id))
        db.execute("INSERT INTO turn VALUES (?, 'c', 1, 1, ?)", (person, b'{"id": "t1"}'))
    data = bytearray((tmp_path / DATABASE).read_bytes())
    data[:100] = bytes(100)
    (tmp_path / DATABASE).write_bytes(data)
    with DocumentStore(tmp_path) as store:
        assert [(entry.id, entry.name) for entry in store.workspace_documents(ANNA)] == [("e", "old.pdf")]
        assert store.conversations.turns(ANNA, "c") == ('{"id": "t1"}',)
        store.conversations.rewrite(ANNA, "t1", '{"id": "t1", "rated": 1}')
        assert store.conversations.turns(ANNA, "c") == ('{"id": "t1", "rated": 1}',)
