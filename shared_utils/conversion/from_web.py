"""What was fetched from a web address as a file with a name: told by what it is, not by what the server calls it."""

from __future__ import annotations

import re
from email.message import Message as Headers
from urllib.parse import unquote, urlsplit

from shared_utils.conversion.convert import is_taken
from shared_utils.conversion.kinds import HEAD_BYTES, is_text
from shared_utils.errors import WebAddressError
from shared_utils.web_address import Fetched

_PDF_BYTES = 1024  # a PDF says what it is within these (ISO 32000-2, 7.5.2)
_PAGE = re.compile(r"(?>\s+|<\?[^>]*>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body|title|meta)\b", re.I | re.S)
_PAGE_ENDINGS = (".html", ".htm", ".xhtml")
_LONGEST_NAME = 120


def file_of(fetched: Fetched) -> tuple[str, bytes]:
    """Its name and bytes, as if it had been saved and added. A web page that its server declares to be in another
    encoding than UTF-8 is put into that: its bytes alone do not tell. Raises WebAddressError for what is not taken."""
    data, head = fetched.data, fetched.data[:HEAD_BYTES]
    name = _name_in(fetched.address)
    if b"%PDF-" in data[:_PDF_BYTES]:
        return _ending(name, (".pdf",)), data
    if is_text(head) and _PAGE.match(head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").decode("latin-1")):
        return _ending(name, _PAGE_ENDINGS), _in_utf8(data, fetched.content_type)
    if is_taken(name, head):
        return name, data
    raise WebAddressError(
        "What lies at this address is no PDF, no web page and no other file that is taken. Please save it in your "
        "browser and, where it can be printed, print it as PDF, then add that."
    )


def _name_in(address: str) -> str:
    """The last part of its path, else the host.

    >>> _name_in("https://example.org/a/report%202020.pdf?x=1"), _name_in("https://example.org/")
    ('report 2020.pdf', 'example.org')
    """
    parts = urlsplit(address)
    last = unquote(parts.path).rstrip("/").rpartition("/")[2].strip()
    return (last or parts.hostname or "page")[-_LONGEST_NAME:]


def _ending(name: str, endings: tuple[str, ...]) -> str:
    return name if name.lower().endswith(endings) else name + endings[0]


def _in_utf8(data: bytes, content_type: str) -> bytes:
    headers = Headers()
    headers["Content-Type"] = content_type or "text/html"
    charset = headers.get_content_charset("")
    if charset in ("", "utf-8", "us-ascii"):
        return data
    try:
        return data.decode(charset).encode("utf-8-sig")
    except (UnicodeError, LookupError):
        return data
