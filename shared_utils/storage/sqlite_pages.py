"""What stands in a SQLite file whose own engine no longer reads it: every record of every page that is whole.

Tables lie in pages that each say where their records are, so one damaged page costs its own records alone, however
little is left of the tree above it. https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

Value = None | int | float | str | bytes
Record = tuple[Value, ...]

_PAGE = 4096  # SQLite's default, which ours have
_FILE_HEADER = 100  # on the first page only
_LEAF_HEADER = 8
_LOG_HEADER, _FRAME_HEADER = 32, 24
_MOST_LOCAL = _PAGE - 35  # of a record; the rest of a longer one lies in pages of its own
_LEAST_LOCAL = (_PAGE - 12) * 32 // 255 - 23
_NOT_A_RECORD = (ValueError, IndexError, struct.error, OverflowError, MemoryError)


def records(database: Path) -> Iterator[Record]:
    """The records of all tables, in the order of their pages; keys that SQLite gives by itself (rowid) are left out.

    What its write-ahead log holds counts as written. A file that is not there, or nothing like a database, has none.
    """
    pages = _Pages(database)
    for number in range(1, pages.count + 1):
        for cell in _cells(pages.page(number), _FILE_HEADER if number == 1 else 0):
            with suppress(*_NOT_A_RECORD):
                yield _record(_payload(pages, number, cell))


class _Pages:
    """The pages of a file with those of its log laid over them. Numbers are 1-based; what is missing is zeros."""

    def __init__(self, database: Path) -> None:
        self._data = database.read_bytes() if database.exists() else b""
        log = database.with_name(f"{database.name}-wal")
        self._newer = _logged(log.read_bytes()) if log.exists() else {}
        self.count = max(-(-len(self._data) // _PAGE), *self._newer, 0)

    def page(self, number: int) -> bytes:
        if number in self._newer:
            return self._newer[number]
        return self._data[(number - 1) * _PAGE : number * _PAGE].ljust(_PAGE, b"\0") if number > 0 else bytes(_PAGE)


def log_is_broken(database: Path) -> bool:
    """Whether something was written to the log behind what is damaged in it, which SQLite takes for its end."""
    log = database.with_name(f"{database.name}-wal")
    sound = [is_sound for _, _, _, is_sound in _frames(log.read_bytes())] if log.exists() else []
    return any(after and not before for before, after in pairwise(sound))


def _logged(log: bytes) -> dict[int, bytes]:
    """Page number -> its newest committed version. A frame that is not what was written is left out."""
    committed: dict[int, bytes] = {}
    waiting: dict[int, bytes] = {}
    for number, size, body, is_sound in _frames(log):
        if is_sound:
            waiting[number] = body
        if size:  # the last frame of a transaction says how large the file is after it
            committed |= waiting
            waiting = {}
    return committed


def _frames(log: bytes) -> Iterator[tuple[int, int, bytes, bool]]:
    """Of each page that was logged since the log was begun anew: its number, the file's size in pages where a
    transaction ends with it, else 0, its bytes, and whether these are the ones that were written."""
    if len(log) < _LOG_HEADER:
        return
    order = ">" if log[3] & 1 else "<"
    salts, before = log[16:24], struct.unpack(">2I", log[24:32])
    for at in range(_LOG_HEADER, len(log) - _FRAME_HEADER - _PAGE + 1, _FRAME_HEADER + _PAGE):
        number, size = struct.unpack(">2I", log[at : at + 8])
        after = struct.unpack(">2I", log[at + 16 : at + 24])
        body = log[at + _FRAME_HEADER : at + _FRAME_HEADER + _PAGE]
        if log[at + 8 : at + 16] == salts:
            yield number, size, body, _summed(log[at : at + 8] + body, before, order) == after
        before = after  # a frame's sum goes on from that of the one before, as it says itself


def _summed(data: bytes, before: Sequence[int], order: str) -> tuple[int, int]:
    """The log's checksum of `data`, continued from `before`."""
    first, second = before
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for left, right in zip(words[::2], words[1::2], strict=True):
        first = (first + left + second) & 0xFFFFFFFF
        second = (second + right + first) & 0xFFFFFFFF
    return first, second


def _cells(page: bytes, start: int) -> list[int]:
    """Where the records of a page begin, if it is one that holds some. Its kind may be damaged: it is not asked."""
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    end = start + _LEAF_HEADER + 2 * count
    if end > _PAGE:
        return []
    pointers = struct.unpack(f">{count}H", page[start + _LEAF_HEADER : end])
    return [at for at in pointers if end <= at < _PAGE]


def _payload(pages: _Pages, number: int, at: int) -> bytes:
    """A record's bytes, gathered from the pages that they continue on."""
    page = pages.page(number)
    length, at = _varint(page, at)
    _, at = _varint(page, at)  # the rowid
    if length > pages.count * _PAGE:
        raise ValueError("longer than the file")
    if length <= _MOST_LOCAL:
        return _exactly(page[at : at + length], length)
    local = _LEAST_LOCAL + (length - _LEAST_LOCAL) % (_PAGE - 4)
    local = local if local <= _MOST_LOCAL else _LEAST_LOCAL
    parts = [_exactly(page[at : at + local], local)]
    left, following = length - local, int.from_bytes(page[at + local : at + local + 4], "big")
    while left > 0:
        if not 0 < following <= pages.count:
            raise ValueError("it does not go on")
        page = pages.page(following)
        parts.append(page[4 : 4 + left])
        left -= len(parts[-1])
        following = int.from_bytes(page[:4], "big")
    return b"".join(parts)


def _exactly(data: bytes, length: int) -> bytes:
    if len(data) != length:
        raise ValueError("it reaches beyond its page")
    return data


def _record(payload: bytes) -> Record:
    end, at = _varint(payload, 0)
    if end > len(payload):
        raise ValueError("a header longer than the record")
    kinds = []
    while at < end:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        width = _width(kind)
        values.append(_value(kind, _exactly(payload[at : at + width], width)))
        at += width
    if at != len(payload):
        raise ValueError("another length than its columns have")
    return tuple(values)


def _width(kind: int) -> int:
    if kind >= 12:
        return (kind - 12) // 2
    return (0, 1, 2, 3, 4, 6, 8, 8, 0, 0)[kind]


def _value(kind: int, data: bytes) -> Value:
    if kind >= 12:
        return data.decode() if kind % 2 else data
    if kind == 0:
        return None
    if kind == 7:
        return float(struct.unpack(">d", data)[0])
    return kind - 8 if kind >= 8 else int.from_bytes(data, "big", signed=True)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where it ends."""
    value = 0
    for length in range(1, 9):
        byte = data[at + length - 1]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + length
    return value << 8 | data[at + 8], at + 9
