"""How much one person, one network, and everybody together, may keep."""

from __future__ import annotations

from dataclasses import dataclass

from shared_utils.errors import PdfTooLarge
from shared_utils.storage.store import Usage
from src.library.networks import NETWORK_SHARE
from src.settings import MEGABYTE, Settings


@dataclass(frozen=True, slots=True)
class Used:
    """What is kept, and what is about to be."""

    person: Usage
    network: Usage | None  # None where networks are not counted
    total: Usage


def refuse_beyond_limits(limits: Settings, name: str, size: int, used: Used) -> None:
    """Raises PdfTooLarge where a file of `size` bytes goes beyond what may be kept."""
    if size > limits.max_file_mb * MEGABYTE:
        raise PdfTooLarge(
            "{name} has {size:.0f} MB; at most {limit} MB can be taken. Split it, or save it with smaller pictures.",
            name=name,
            size=size / MEGABYTE,
            limit=limits.max_file_mb,
        )
    if used.person.files >= limits.max_files:
        raise PdfTooLarge(
            "You keep {n} files, the most there may be. Remove one to add {name}.", n=used.person.files, name=name
        )
    if used.person.bytes + size > limits.max_person_mb * MEGABYTE:
        raise PdfTooLarge(
            "With {name} your files would have more than {limit} MB together. Remove some first.",
            name=name,
            limit=limits.max_person_mb,
        )
    if used.person.pages >= limits.max_person_pages:
        raise PdfTooLarge(
            "Your files have {n:,} pages, the most there may be. Remove some to add {name}.",
            n=used.person.pages,
            name=name,
        )
    if used.network is not None and (
        used.network.bytes + size > limits.max_person_mb * MEGABYTE * NETWORK_SHARE
        or used.network.pages >= limits.max_person_pages * NETWORK_SHARE
    ):
        raise _network_is_full(name)
    if used.total.bytes + size > limits.max_total_mb * MEGABYTE or used.total.pages >= limits.max_total_pages:
        raise _server_is_full(name)


def refuse_pages_beyond_limits(limits: Settings, name: str, pages: int, used: Used) -> None:
    """Raises PdfTooLarge where `pages` more go beyond what may be kept."""
    if used.person.pages + pages > limits.max_person_pages:
        raise PdfTooLarge(
            "{name} has {pages:,} pages; with it your files would have more than {limit:,} pages together. Remove "
            "some, then try it again.",
            name=name,
            pages=pages,
            limit=limits.max_person_pages,
        )
    if used.network is not None and used.network.pages + pages > limits.max_person_pages * NETWORK_SHARE:
        raise _network_is_full(name)
    if used.total.pages + pages > limits.max_total_pages:
        raise _server_is_full(name)


def refuse_network_beyond_limits(name: str, pages: int, left: int | None) -> None:
    """Raises PdfTooLarge where `pages` are more than those who share a network may still keep; None: not counted."""
    if left is not None and pages > left:
        raise _network_is_full(name)


def _network_is_full(name: str) -> PdfTooLarge:
    return PdfTooLarge(
        "Those who share your network keep as much here as they may together, so {name} was not taken. Remove some "
        "files first, or run your own copy.",
        name=name,
    )


def _server_is_full(name: str) -> PdfTooLarge:
    return PdfTooLarge(
        "This server is full, so {name} was not taken. Try again later, or run your own copy.", name=name
    )
