"""A figure that only sentences tell: each amount with its year, and nothing that merely stands near it."""

from __future__ import annotations

import pytest

from shared_utils.timeline.development import Series
from shared_utils.timeline.prose import prose_series
from shared_utils.types import Page, PageVerdict

OLD, NEW = "a" * 64, "b" * 64


def told(name: str, *texts: str) -> Series | None:
    """Of documents that say these texts, oldest first."""
    ids = (OLD, NEW)[: len(texts)]
    pages = [(id_, Page(1, "1", text, PageVerdict.TEXT)) for id_, text in zip(ids, texts, strict=True)]
    return prose_series(name, pages, {id_: str(2019 + n) for n, id_ in enumerate(ids)})


def points(series: Series | None) -> list[tuple[str, str, int]]:
    assert series is not None
    return [(one.year, str(one.told.value), one.told.scale or 0) for one in series.points]


@pytest.mark.parametrize(
    "text",
    [
        "In 2018 cargo was 3,100 tonnes. The quay was mended. Cargo reached 3,400 tonnes in 2019.",
        "Cargo rose from 3,100 tonnes in 2018 to 3,400 tonnes in 2019.",
        "The port handled 3,100 tonnes of cargo in 2018. It handled 3,400 tonnes of cargo in 2019.",
        "Cargo was 3,100 tonnes and 3,400 tonnes in 2018 and 2019, respectively.",
        "Cargo was 3,100 tonnes in 2018. Cargo rose by 300 tonnes in 2019. Cargo was 3,400 tonnes in 2019.",
        "Cargo was 3,100 tonnes in 2018. In 2019 cargo rose by 9.7 % to 3,400 tonnes. Cargo may be 9 in 2021.",
    ],
)
def test_amounts_have_the_years_that_their_sentences_give_them(text: str) -> None:
    assert points(told("cargo", text)) == [("2018", "3100", 1), ("2019", "3400", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "The cargo terminal employed 40 people in 2018. The cargo terminal employed 41 people in 2019.",
        "Cargo rose by 300 tonnes in 2018. Cargo rose by 200 tonnes in 2019.",
        "Cargo was 3,100 tonnes in 2018. Cargo is expected to be 3,400 tonnes in 2019.",
        "Cargo was 3,100 tonnes in 2018. Cargo was 40 % in 2019.",
        "Cargo was 3,100 tonnes in 2018. Cargo was 3,400 tonnes in 2019. Cargo was 900 tonnes in 2019.",
    ],
)
def test_what_is_no_amount_of_it_makes_no_series(text: str) -> None:
    assert told("cargo", text) is None


def test_a_later_document_restates_and_words_of_scale_count() -> None:
    series = told(
        "Net sales",
        "Net sales were $3.1 million in 2018.",
        "Net sales were $3.2 million in 2018 and $3.9 million in 2019.",
    )
    assert points(series) == [("2018", "3.2", 1_000_000), ("2019", "3.9", 1_000_000)]
    assert series is not None
    assert [str(one.value) for one in series.points[0].restated] == ["3.1"]


def test_its_place_is_the_sentence() -> None:
    words = "For the reasons that the board has given, cargo rose from 3,100 tonnes in 2018"
    text = f"The port told its figures anew.\n\n{words}\nto 3,400 tonnes in 2019."
    series = told("cargo", text)
    assert series is not None
    fact = series.points[1].told.fact
    assert text[fact.labels[0].spans[0].start :].startswith("For the reasons")
    assert text[fact.value.spans[0].start : fact.value.spans[0].end].startswith("3,400")
