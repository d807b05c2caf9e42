"""What kind of file it is, by its name, as far as its first bytes allow."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePosixPath

HEAD_BYTES = 4096
_STRAY = 2  # control characters that may stand in the shortest text


class Kind(StrEnum):
    """A kind of file that pages can be made of. A PDF is none: it has its own."""

    TEXT = "text"
    MARKDOWN = "markdown"
    CSV = "csv"
    HTML = "html"
    MAIL = "mail"
    BOOK = "book"
    PICTURE = "picture"
    HEIC = "heic"
    OFFICE = "office"


SUFFIXES = {
    Kind.TEXT: ("txt", "text"),
    Kind.MARKDOWN: ("md", "markdown"),
    Kind.CSV: ("csv", "tsv"),
    Kind.HTML: ("html", "htm", "xhtml"),
    Kind.MAIL: ("eml",),
    Kind.BOOK: ("epub",),
    Kind.PICTURE: ("png", "jpg", "jpeg", "tif", "tiff"),
    Kind.HEIC: ("heic", "heif", "hif"),
    Kind.OFFICE: ("docx", "pptx", "xlsx", "odt", "odp", "ods", "rtf", "doc", "ppt", "xls", "docm", "pptm", "xlsm"),
}
_BEGINNINGS = {  # of the kinds that are no text
    Kind.BOOK: (b"PK\x03\x04",),
    Kind.PICTURE: (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*"),
    Kind.OFFICE: (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf"),
}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")  # at 8, behind "ftyp" at 4
_BY_SUFFIX = {suffix: kind for kind, suffixes in SUFFIXES.items() for suffix in suffixes}


def kind_of(name: str, head: bytes) -> Kind | None:
    """The kind; None for a PDF, and for what no pages can be made of. `head` is the first `HEAD_BYTES`.

    A text is taken for what its name says: its bytes cannot tell; others have to begin as their kind does. What is a
    PDF, whatever its name, is left to those who read PDFs, and so is what is none but has no such name: they say what
    it is instead.

    >>> kind_of("notes.md", b"Dear all,"), kind_of("a.txt", bytes(range(256))), kind_of("a.pdf", b"Dear all,")
    (<Kind.MARKDOWN: 'markdown'>, None, None)
    """
    kind = _BY_SUFFIX.get(suffix_of(name))
    if kind is None or not head or head.startswith(b"%PDF-"):
        return None
    return kind if _begins_as(kind, head) else None


def _begins_as(kind: Kind, head: bytes) -> bool:
    if kind is Kind.HEIC:
        return head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS
    return head.startswith(_BEGINNINGS[kind]) if kind in _BEGINNINGS else is_text(head)


def suffix_of(name: str) -> str:
    """What stands behind the last dot of a name, in small letters."""
    return PurePosixPath(name).suffix.removeprefix(".").lower()


def is_text(head: bytes) -> bool:
    """Whether these bytes can be the beginning of a text, in whichever encoding.

    >>> is_text(b"a,b\\n"), is_text("Größe".encode("utf-16")), is_text(b"\\x00\\x01\\x02\\x03" * 9)
    (True, True, False)
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\r\v\f\x1b" for byte in head) + head.count(127) - _STRAY
    return not head.count(0) and controls <= len(head) // 100
