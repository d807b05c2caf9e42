"""Runs in a child (see confined.py): sets a text, a web page, a table, a mail, a book or pictures on pages of a PDF.

Unlike the workers that read PDFs it has modules of ours: they are loaded here, before the sandbox closes. What stays on
the path could be read in there, so the path is as it was afterwards.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

_ROOT = str(Path(sys.argv[1]).parents[2])  # confined.py is told where this file lies
sys.path.append(_ROOT)
try:
    from shared_utils.conversion.blocks import CannotConvert, Content
    from shared_utils.conversion.books import book_content
    from shared_utils.conversion.html_blocks import html_content
    from shared_utils.conversion.mails import mail_content
    from shared_utils.conversion.pictures import picture_pages
    from shared_utils.conversion.text_blocks import (
        csv_content,
        declared_encoding,
        decoded,
        markdown_content,
        text_content,
    )
    from shared_utils.conversion.typeset import Typeset, typeset
finally:
    sys.path.remove(_ROOT)


def answers(document: int, requests: Iterator[object]) -> Iterator[tuple[dict[str, object], bytes]]:
    """One request, {"kind", "max_pages"}: {"bytes", "pages", "lost"} and the PDF, or {"error"} with a code."""
    for request in requests:
        assert isinstance(request, dict)  # noqa: S101 - the parent wrote it
        with os.fdopen(os.dup(document), "rb") as file:
            data = file.read()
        try:
            made = _made(str(request["kind"]), data, int(request["max_pages"]))
        except CannotConvert as error:
            yield {"error": error.code.split()[-1]}, b""  # reportlab puts where it was in front
            continue
        except RecursionError:
            yield {"error": "too_complex"}, b""
            continue
        yield {"bytes": len(made.data), "pages": made.pages, "lost": made.lost}, made.data


def _made(kind: str, data: bytes, most_pages: int) -> Typeset:
    return picture_pages(data, most_pages) if kind == "picture" else typeset(_content(kind, data), most_pages)


def _content(kind: str, data: bytes) -> Content:
    match kind:
        case "html":
            return html_content(decoded(data, declared_encoding(data)))
        case "mail":
            return mail_content(data)
        case "book":
            return book_content(data)
        case "markdown":
            return markdown_content(decoded(data))
        case "csv":
            return csv_content(decoded(data))
        case _:
            return text_content(decoded(data))
