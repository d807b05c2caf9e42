from __future__ import annotations

from dataclasses import replace

import pytest

from shared_utils.storage.better_page import takes_place
from shared_utils.types import PageVerdict
from tests.shared_utils.storage.samples import page

WORDS = page(1)
READINGS = {
    "unreadable": replace(WORDS, verdict=PageVerdict.UNREADABLE, text="\x01\x02 what no one can read"),
    "scan": replace(WORDS, verdict=PageVerdict.SCANNED, text=""),
    "scan with a few words": replace(WORDS, verdict=PageVerdict.SCANNED, text="Printed on Monday"),
    "empty": replace(WORDS, verdict=PageVerdict.EMPTY, text=""),
    "words": replace(WORDS, verdict=PageVerdict.TEXT),
    "other words": replace(WORDS, verdict=PageVerdict.TEXT, text="read by a newer version"),
    "words beside a picture": replace(WORDS, verdict=PageVerdict.MIXED),
    "nonsense": replace(WORDS, verdict=PageVerdict.UNREADABLE, text="", reader="ocr"),
}


@pytest.mark.parametrize(
    ("new", "stored", "while_reading", "afterwards"),
    [
        ("words", "unreadable", True, True),
        ("words", "scan", True, True),
        ("words", "empty", True, True),
        ("words", "scan with a few words", True, False),  # somebody may have quoted these
        ("scan", "unreadable", True, True),
        ("other words", "words", True, False),
        ("scan", "words", False, False),
        ("words beside a picture", "words", False, False),  # of which the picture was read
        ("words", "words beside a picture", True, False),
        ("nonsense", "scan", True, False),
        ("empty", "words", False, False),
        ("unreadable", "scan", False, False),
        ("scan", "scan", True, False),
    ],
)
def test_what_takes_the_place_of_what(new: str, stored: str, while_reading: bool, afterwards: bool) -> None:
    assert takes_place(READINGS[new], READINGS[stored], finished=False) is while_reading
    assert takes_place(READINGS[new], READINGS[stored], finished=True) is afterwards
