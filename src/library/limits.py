"""How much one person, and everybody together, may keep."""

from __future__ import annotations

from shared_utils.errors import PdfTooLarge
from shared_utils.storage.store import Usage
from src.settings import MEGABYTE, Settings


def refuse_beyond_limits(limits: Settings, name: str, size: int, used: Usage, total: Usage) -> None:
    """Raises PdfTooLarge where a file of `size` bytes goes beyond what this person, or everybody, may keep."""
    if size > limits.max_file_mb * MEGABYTE:
        raise PdfTooLarge(
            f"{name} has {size / MEGABYTE:.0f} MB; at most {limits.max_file_mb} MB can be taken. "
            "Split it, or save it with smaller pictures."
        )
    if used.files >= limits.max_files:
        raise PdfTooLarge(f"You keep {used.files} files, the most there may be. Remove one to add {name}.")
    if used.bytes + size > limits.max_person_mb * MEGABYTE:
        raise PdfTooLarge(
            f"With {name} your files would have more than {limits.max_person_mb} MB together. Remove some first."
        )
    if used.pages >= limits.max_person_pages:
        raise PdfTooLarge(f"Your files have {used.pages:,} pages, the most there may be. Remove some to add {name}.")
    if total.bytes + size > limits.max_total_mb * MEGABYTE or total.pages >= limits.max_total_pages:
        raise PdfTooLarge(f"This server is full, so {name} was not taken. Try again later, or run your own copy.")
