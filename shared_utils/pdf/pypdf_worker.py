"""The child process for what PDFium does not do: forms and annotations, decrypted copies, a second try at lost pages.

For `reader.py`; run under `confined.py`, never imported. It speaks the protocol of `pdfium_worker.py`.
"""

from __future__ import annotations

import codecs
import io
import logging
import os
from collections.abc import Iterator
from importlib import import_module
from importlib.machinery import SourceFileLoader
from itertools import islice
from types import ModuleType
from typing import Any, BinaryIO

import pypdf

FIELDS_AT_MOST = 3_000


def neighbour(name: str) -> ModuleType:
    """A file beside this one: under `python -I` it is no import."""
    module = ModuleType(name)
    folder = os.path.dirname(neighbour.__code__.co_filename)
    SourceFileLoader(name, os.path.join(folder, f"{name}.py")).exec_module(module)
    return module


annotated = neighbour("annotated")


def open_document(file: BinaryIO, password: str | None) -> pypdf.PdfReader | str:
    """The open document, or why not: "password" or "damaged"."""
    try:
        document = pypdf.PdfReader(file, strict=False)
        if document.is_encrypted and not document.decrypt(password or ""):
            return "password"
    except Exception as error:  # noqa: BLE001 - pypdf lets RecursionError, KeyError, … through on damaged files
        return "password" if isinstance(error, pypdf.errors.FileNotDecryptedError) else "damaged"
    return document


def outline(document: pypdf.PdfReader) -> list[tuple[str, int, int]]:
    entries: list[tuple[str, int, int]] = []
    pending: list[tuple[object, int]] = [(document.outline, 0)]
    while pending and len(entries) < FIELDS_AT_MOST:
        node, level = pending.pop()
        if isinstance(node, list):
            pending += [(child, level + 1) for child in reversed(node)]
        elif isinstance(node, pypdf.generic.Destination):
            page = document.get_destination_page_number(node)
            if node.title and page is not None and page >= 0:
                entries.append((str(node.title), level, page + 1))
    return entries


def claimed_pages(document: pypdf.PdfReader) -> int:
    """/Count of the page tree: counting the leaves of a tree built as a trap never ends."""
    try:
        return int(document.root_object["/Pages"]["/Count"])  # type: ignore[index]
    except Exception:  # noqa: BLE001 - as above
        return 0


def describe(document: pypdf.PdfReader, max_pages: int) -> dict[str, object]:
    claimed = claimed_pages(document)
    if claimed > max_pages:
        return {"pages": claimed}
    described: dict[str, object] = {"pages": len(document.pages), "form": False}
    for key, value_of in (
        ("title", lambda: str(document.metadata.title or "") if document.metadata else ""),
        ("created", lambda: str(document.metadata.get("/CreationDate") or "") if document.metadata else ""),
        ("outline", lambda: outline(document)),
        ("attachments", lambda: [str(name) for name in document.attachments]),
    ):
        try:
            described[key] = value_of()
        except Exception:  # noqa: BLE001 - as above; the words matter more than the bookmarks
            described[key] = "" if key in ("title", "created") else []
    return described


def label_of(document: pypdf.PdfReader, number: int) -> str:
    try:
        return str(document.page_labels[number - 1])
    except Exception:  # noqa: BLE001 - as above
        return ""


def read_page(document: pypdf.PdfReader, number: int, max_chars: int) -> dict[str, object]:
    try:
        page = document.pages[number - 1]
        text = page.extract_text()
        box = page.cropbox
        width, height = float(box.width), float(box.height)
        if page.rotation % 180:
            width, height = height, width
    except Exception:  # noqa: BLE001 - as above
        return {"page": number, "lost": "undecodable"}
    return {
        "page": number,
        "width": width,
        "height": height,
        "text": text[:max_chars],
        "cut": len(text) > max_chars,
    }


def written(document: pypdf.PdfReader, wanted: list[list[int]]) -> Iterator[tuple[int, int, str, str, str]]:
    """(page, number of the annotation, kind, name, value), of these annotations: each page number with theirs."""
    for number, *indices in wanted:
        try:
            found = list(annotated.entries(document.pages[number - 1], indices))
        except Exception:  # noqa: BLE001, S112 - as above; the other pages may be fine
            continue
        yield from ((number, *entry) for entry in found)


def decrypted(document: pypdf.PdfReader) -> bytes:
    copy = io.BytesIO()
    pypdf.PdfWriter(clone_from=document).write(copy)
    return copy.getvalue()


def answers(document_file: int, requests: Iterator[Any]) -> Iterator[tuple[dict[str, object], bytes]]:
    request = next(requests)
    pypdf.overwrite_configuration(jbig2dec_binary=None)  # never start a program because a file wants it
    logging.disable()
    document = open_document(os.fdopen(document_file, "rb"), request["password"])
    if isinstance(document, str):
        yield {"error": document}, b""
        return
    if request["task"] == "decrypt":
        data = decrypted(document)
        yield {"bytes": len(data)}, data
    elif request["task"] == "annotations":
        yield {"entries": list(islice(written(document, request["wanted"]), FIELDS_AT_MOST))}, b""
    else:
        described = describe(document, request["max_pages"])
        yield described, b""
        for number in request["pages"] or range(1, int(str(described["pages"])) + 1):
            yield read_page(document, number, request["max_chars"]) | {"label": label_of(document, number)}, b""
        yield {"done": True}, b""


# Whatever is imported at its first use is imported before no file can be opened: filters, metrics, CJK encodings.
for lazy in ("pypdf.filters", "pypdf._codecs.core_font_metrics"):
    import_module(lazy)
for encoding in ("utf-16-be", "utf-16-le", "gbk", "gb2312", "gb18030", "cp950", "cp932", "charmap"):
    codecs.lookup(encoding)
