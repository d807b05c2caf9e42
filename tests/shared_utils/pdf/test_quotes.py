from __future__ import annotations

import pytest

from shared_utils.pdf.quotes import find_quote

PAGE = (
    "Inspection report\nThe turbine bearing was inspected after each season because salt air shortens the life of "
    "its outer ring.\nNet operating revenues   41,207   38,655\nThe efﬁcient pump’s tem-\nperature is 4.2 °C at noon. "
    "Café owners re-elected the harbour board in 2019."
)


def found(quote: str, page: str = PAGE) -> str | None:
    span = find_quote(page, quote)
    return None if span is None else page[span.start : span.end]


@pytest.mark.parametrize(
    ("quote", "words"),
    [
        ("salt air shortens the life", "salt air shortens the life"),
        ("Net operating revenues 41,207 38,655", "Net operating revenues   41,207   38,655"),
        ("the efficient pump’s temperature is 4.2", "The efﬁcient pump’s tem-\nperature is 4.2"),
        ("CAFE OWNERS REELECTED", "Café owners re-elected"),
    ],
)
def test_a_quote_is_found_whatever_its_spacing_case_hyphens_and_ligatures(quote: str, words: str) -> None:
    assert found(quote) == words


def test_a_quote_with_a_word_replaced_is_found_from_its_first_to_its_last_word() -> None:
    quote = "The turbine bearing was checked after each season because salt air shortens the life of its outer ring."
    assert found(quote) == PAGE.splitlines()[1]


def test_a_longer_word_does_not_pull_the_neighbouring_number_in() -> None:
    page = "Revenues 41,207\nThe crew logs every reading in the station book.\n38,655 more"
    assert found("The crew photographs every reading in the station book.", page) == page.splitlines()[1]


@pytest.mark.parametrize(
    "quote",
    [
        "Net operating revenues were 42,207 and 38,655",
        "The efficient pump's own temperature is 4.3 °C at noon",
        "Café owners re-elected the old harbour board in 2018.",
    ],
)
def test_no_number_may_differ(quote: str) -> None:
    assert found(quote) is None


@pytest.mark.parametrize(
    "quote", ["", "   ", "…", "the deposit is 500 crowns", "Every claim must be filed within thirty days."]
)
def test_what_is_not_on_the_page_is_not_found(quote: str) -> None:
    assert found(quote) is None
