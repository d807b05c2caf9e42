"""Named arrays in one file, opened without being read: what is looked at is mapped into memory, and let go of again.

    8 bytes   FNARRAY1
    4 bytes   length of the header, little-endian
    4 bytes   CRC-32 of the header
    header    JSON: {"told": {...}, "arrays": {name: [dtype, length, offset]}, "bytes": size of the whole file}
    arrays    each at a multiple of 64 bytes

A file is written beside and renamed, so it is whole or absent. One that was cut, or whose header was changed, is none;
of the arrays no checksum is kept, since to compare one the whole file would have to be read.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import os
import tempfile
import weakref
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

_libc = ctypes.CDLL(None, use_errno=True)
_mmap, _munmap = _libc.mmap, _libc.munmap
_mmap.restype = ctypes.c_void_p
_mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
_munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_FAILED = ctypes.c_void_p(-1).value

_MAGIC = b"FNARRAY1"
_ALIGNED = 64
_MOST_HEADER = 2**20
TEMPORARY_SUFFIX = ".part"

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """What lies in a file. Arrays are of one dimension and read-only; they keep the file mapped."""

    told: Mapping[str, Any]  # what was said of them
    arrays: Arrays


def save_arrays(path: Path, told: Mapping[str, Any], arrays: Arrays) -> None:
    """Write arrays of one dimension to `path`, replacing what is there. Raises OSError; then nothing has changed."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.", suffix=TEMPORARY_SUFFIX)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, told, arrays)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def open_arrays(path: Path) -> ArrayFile | None:
    """The arrays of a file; None where there is none, or it is damaged. Reads its header only."""
    try:
        with path.open("rb") as file:
            return _mapped(file)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def unnamed_arrays(told: Mapping[str, Any], arrays: Arrays, folder: Path | None = None) -> ArrayFile:
    """The same arrays, in a file without a name that is gone with whoever maps it. Raises OSError."""
    with tempfile.TemporaryFile(dir=folder) as file:
        _write(file, told, arrays)
        file.flush()
        found = _mapped(file)
    if found is None:
        raise OSError("an array file could not be read back")
    return found


def _write(file: BinaryIO | Any, told: Mapping[str, Any], arrays: Arrays) -> None:
    ready = {name: np.ascontiguousarray(array) for name, array in arrays.items()}

    def header(begin: int) -> tuple[bytes, int]:
        at, described = begin, {}
        for name, array in ready.items():
            at = -(-at // _ALIGNED) * _ALIGNED
            described[name] = [array.dtype.str, len(array), at]
            at += array.nbytes
        return json.dumps({"told": dict(told), "arrays": described, "bytes": at}).encode(), at

    guess = len(header(10**12)[0]) + 16  # offsets are shorter then, never longer
    text, size = header(guess)
    text = text.ljust(guess - 16)
    file.write(_MAGIC + len(text).to_bytes(4, "little") + zlib.crc32(text).to_bytes(4, "little") + text)
    position = guess
    for array in ready.values():
        begin = -(-position // _ALIGNED) * _ALIGNED
        file.write(bytes(begin - position))
        file.write(array.data if array.nbytes else b"")
        position = begin + array.nbytes
    if position != size:
        raise OSError("an array file has another length than was worked out")


def _mapped(file: BinaryIO | Any) -> ArrayFile | None:
    file.seek(0)
    head = file.read(16)
    length = int.from_bytes(head[8:12], "little")
    if head[:8] != _MAGIC or length > _MOST_HEADER:
        return None
    text = file.read(length)
    if zlib.crc32(text) != int.from_bytes(head[12:16], "little"):
        return None
    header = json.loads(text)
    if os.fstat(file.fileno()).st_size != header["bytes"]:
        return None
    mapped = _memory(file.fileno(), header["bytes"])
    arrays = {
        name: np.frombuffer(mapped, dtype=np.dtype(kind), count=count, offset=at if count else 0)
        for name, (kind, count, at) in header["arrays"].items()
    }
    for array in arrays.values():
        array.flags.writeable = False
    return ArrayFile(header["told"], arrays)


def _memory(handle: int, size: int) -> memoryview:
    """A file's bytes, mapped for as long as anybody holds them. Raises OSError.

    Python's own mmap keeps a handle open for each, and a thousand open documents are as many as a process may have.
    """
    address = _mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, handle, 0)
    if address in (None, _FAILED):
        raise OSError(ctypes.get_errno(), "a file cannot be mapped into memory")
    mapped = (ctypes.c_ubyte * size).from_address(address)
    weakref.finalize(mapped, _munmap, address, size).atexit = False
    return memoryview(mapped)
