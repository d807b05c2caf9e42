"""How much one person, and everybody together, may keep."""

from __future__ import annotations

from shared_utils.errors import PdfTooLarge
from shared_utils.storage.store import Usage
from src.settings import MEGABYTE, Settings


def refuse_beyond_limits(limits: Settings, name: str, size: int, used: Usage, total: Usage) -> None:
    """Raises PdfTooLarge where a file of `size` bytes goes beyond what this person, or everybody, may keep."""
    if size > limits.max_file_mb * MEGABYTE:
        raise PdfTooLarge(
            "{name} has {size:.0f} MB; at most {limit} MB can be taken. Split it, or save it with smaller pictures.",
            name=name,
            size=size / MEGABYTE,
            limit=limits.max_file_mb,
        )
    if used.files >= limits.max_files:
        raise PdfTooLarge(
            "You keep {n} files, the most there may be. Remove one to add {name}.", n=used.files, name=name
        )
    if used.bytes + size > limits.max_person_mb * MEGABYTE:
        raise PdfTooLarge(
            "With {name} your files would have more than {limit} MB together. Remove some first.",
            name=name,
            limit=limits.max_person_mb,
        )
    if used.pages >= limits.max_person_pages:
        raise PdfTooLarge(
            "Your files have {n:,} pages, the most there may be. Remove some to add {name}.", n=used.pages, name=name
        )
    if total.bytes + size > limits.max_total_mb * MEGABYTE or total.pages >= limits.max_total_pages:
        raise PdfTooLarge(
            "This server is full, so {name} was not taken. Try again later, or run your own copy.", name=name
        )
