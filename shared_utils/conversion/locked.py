"""Whether an Office document that cannot be read is protected by a password. Asked after it failed: a guess is enough.

Word, Excel and PowerPoint: MS-OFFCRYPTO 1.3; their older kinds: MS-DOC 2.5.2, MS-XLS 2.4.117; OpenDocument 1.3, part 2.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STREAMS = tuple(name.encode("utf-16-le") for name in ("EncryptedPackage", "EncryptedSummary"))
_WORD, _WORD_AT, _WORD_LOCKED = b"\xec\xa5", 512, 0x01  # the first sector holds the text's head; a bit of its byte 11
_EXCEL = re.compile(rb"\x09\x08\x10\x00\x00\x06.{14}\x2f\x00", re.S)  # FILEPASS behind the beginning of a workbook
_MANIFEST = "META-INF/manifest.xml"
_MOST_MANIFEST = 2**20


def is_locked(data: bytes) -> bool:
    """`data`: the whole file."""
    if data.startswith(_COMPOUND):
        word = data[_WORD_AT : _WORD_AT + 12]
        is_word = word.startswith(_WORD) and len(word) == 12 and bool(word[11] & _WORD_LOCKED)
        return is_word or any(name in data for name in _STREAMS) or _EXCEL.search(data) is not None
    return _is_locked_package(data)


def _is_locked_package(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if "encrypted-package" in packed.namelist() or any(info.flag_bits & 1 for info in packed.infolist()):
                return True
            with packed.open(_MANIFEST) as manifest:
                return b"encryption-data" in manifest.read(_MOST_MANIFEST)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError, OSError, RuntimeError):
        return False
