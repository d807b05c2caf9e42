"""A question's kind, part and language, with a confidence that says how often it is right."""

from __future__ import annotations

import pytest

from src.answering.classify import CONFIDENCE, classified, kind_of
from src.events import AskedKind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Who signed the lease?", AskedKind.LOOK_UP),
        ("What was total revenue in 2022?", AskedKind.VALUE),
        ("By how much did revenue grow from 2021 to 2022 in percent?", AskedKind.CALCULATION),
        ("What is the difference between net sales and cost of sales in 2020?", AskedKind.CALCULATION),
        ("How did total revenue develop?", AskedKind.SERIES),
        ("Entwicklung der Mitarbeiterzahl", AskedKind.SERIES),
        ("Darf ich einen Hund halten?", AskedKind.YES_NO),
        ("What are the steps to reset the device?", AskedKind.LIST),
        ("Compare the revenue of the port and the airport", AskedKind.COMPARISON),
        ("Worum geht es?", AskedKind.SUMMARY),
        ("How many pages does this document have?", AskedKind.FILES),
        ("Merci", AskedKind.SMALL_TALK),
    ],
)
def test_kinds(question: str, kind: AskedKind) -> None:
    assert kind_of(question) is kind


def test_every_kind_has_a_confidence_that_is_no_certainty() -> None:
    assert set(CONFIDENCE) == set(AskedKind)
    assert all(0.5 < confidence < 1 for confidence in CONFIDENCE.values())


def test_the_language_is_told_where_its_words_tell_it() -> None:
    assert classified("Wie hoch ist der Umsatz des Hafens?").language == "german"
    assert classified("Revenue 2022").language == ""
    assert classified("Wie hoch ist der Umsatz?").elapsed_ms > 0
