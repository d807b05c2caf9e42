"""What an export asks of the documents. A shelf answers it; so do the command line's open files."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from shared_utils.pdf.viewer import PageImage
from shared_utils.types import Citation, Rect


class Pages(Protocol):
    """Every method raises DocumentGone for a document that is not there any more."""

    def rects(self, citation: Citation) -> tuple[Rect, ...]:
        """Where its words are drawn, points from the top left of the displayed page; () where that is not known."""
        ...

    def page_size(self, document_id: str, page: int) -> tuple[float, float]:
        """Width and height in points as displayed; 0 where it is not known."""
        ...

    def page_image(self, document_id: str, page: int, *, width_px: int, is_small: bool = False) -> PageImage:
        """Raises FootnoteError where it cannot be drawn. `is_small`: in as few bytes as it takes."""
        ...

    def file_path(self, document_id: str) -> Path: ...
