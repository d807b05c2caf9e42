"""Runs in a child (see confined.py): sets the pictures of a HEIC file, as phones take them, on pages of a PDF.

A child of its own, because libde265 decodes in a thread of its own, and no setting keeps it from that; the threads of
libheif, one a tile, are switched off. It is loaded as conversion_worker.py is.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pi_heif

_ROOT = str(Path(sys.argv[1]).parents[2])  # confined.py is told where this file lies
sys.path.append(_ROOT)
try:
    from shared_utils.conversion.blocks import CannotConvert
    from shared_utils.conversion.pictures import picture_pages
finally:
    sys.path.remove(_ROOT)

STARTS_THREADS = True
pi_heif.register_heif_opener(decode_threads=0, thumbnails=False, depth_images=False, aux_images=False)


def answers(document: int, requests: Iterator[object]) -> Iterator[tuple[dict[str, object], bytes]]:
    """One request, {"max_pages"}: {"bytes", "pages", "lost"} and the PDF, or {"error"} with a code."""
    for request in requests:
        assert isinstance(request, dict)  # noqa: S101 - the parent wrote it
        with os.fdopen(os.dup(document), "rb") as file:
            data = file.read()
        try:
            made = picture_pages(data, int(request["max_pages"]), ("HEIF",))
        except CannotConvert as error:
            yield {"error": error.code}, b""
            continue
        yield {"bytes": len(made.data), "pages": made.pages, "lost": made.lost}, made.data
