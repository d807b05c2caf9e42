"""What a book in EPUB says, chapter by chapter in the order of its spine. Used in the child alone.

https://www.w3.org/TR/epub-33/
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from html.parser import HTMLParser
from urllib.parse import unquote

from shared_utils.conversion.blocks import Block, CannotConvert, Content, PageEnd
from shared_utils.conversion.html_blocks import html_content
from shared_utils.conversion.text_blocks import declared_encoding, decoded

_MOST_BYTES = 64 * 2**20  # of what is packed, when unpacked
_MOST_CHAPTERS = 5_000
_CHAPTERS = ("application/xhtml+xml", "text/html")
_SCRAMBLED_FONT = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # no protection of words


def book_content(data: bytes) -> Content:
    """Raises CannotConvert ("damaged", "password", "protected", "unfolds")."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return _content(_Packed(packed))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ValueError, OSError) as error:
        raise CannotConvert("damaged") from error


class _Packed:
    """Files in a ZIP, read one by one under a limit for all of them: what is told of their sizes is not relied on."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._left = _MOST_BYTES
        self.names = set(packed.namelist())

    def read(self, name: str) -> bytes:
        info = self._packed.getinfo(name)
        if info.flag_bits & 1:
            raise CannotConvert("password")
        with self._packed.open(info) as file:
            data = file.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise CannotConvert("unfolds")
        return data


class _Tags(HTMLParser):
    """Start tags of an XML file with what they are given, and the words of its title. Entities are not expanded."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []
        self.title = ""
        self._in_title = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rsplit(":", 1)[-1]
        self._in_title = name == "title" and not self.title.strip()
        self.found.append((name, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, _: str) -> None:
        self._in_title = False

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def named(self, name: str) -> list[dict[str, str]]:
        return [given for tag, given in self.found if tag == name]


def _content(packed: _Packed) -> Content:
    if "META-INF/encryption.xml" in packed.names:
        used = _Tags(decoded(packed.read("META-INF/encryption.xml"))).named("encryptionmethod")
        if any(given.get("algorithm") not in _SCRAMBLED_FONT for given in used):
            raise CannotConvert("protected")
    roots = _Tags(decoded(packed.read("META-INF/container.xml"))).named("rootfile")
    if not roots:
        raise CannotConvert("damaged")
    root = roots[0].get("full-path", "")
    package = _Tags(decoded(packed.read(root)))
    listed = {given.get("id", ""): given for given in package.named("item")}
    chapters: list[bytes] = []  # all are unpacked before one is read: what is too much is told at once
    for given in package.named("itemref")[:_MOST_CHAPTERS]:
        item = listed.get(given.get("idref", ""), {})
        name = posixpath.normpath(posixpath.join(posixpath.dirname(root), unquote(item.get("href", ""))))
        if item.get("media-type") not in _CHAPTERS or name not in packed.names:
            continue
        chapters.append(packed.read(name))
    blocks: list[Block] = []
    for data in chapters:
        chapter = html_content(decoded(data, declared_encoding(data))).blocks
        blocks += [*([PageEnd()] if blocks and chapter else []), *chapter]
    return Content(" ".join(package.title.split()), tuple(blocks))
