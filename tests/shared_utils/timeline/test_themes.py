"""Themes by date: when one appears and disappears, its share, where it stands."""

from __future__ import annotations

from shared_utils.timeline.themes import Source, Theme, theme, themes
from shared_utils.types import Heading, Page, PageVerdict, Span


def page(number: int, text: str, *headings: str) -> Page:
    found = tuple(Heading(text.index(h), text.index(h) + len(h), 1) for h in headings)
    return Page(number, str(number), text, PageVerdict.TEXT, headings=found)


def source(period: str, *pages: Page) -> Source:
    return Source(period * 16, period, pages)


FILLING = "The pilots wrote every ship into a book before noon."
OLD = source(
    "2018", page(1, f"Coal Terminal\nThe coal terminal was kept open.\n\n{FILLING}", "Coal Terminal"), page(2, FILLING)
)
MIDDLE = source(
    "2019", page(1, f"{FILLING}"), page(2, "The coal terminal closes. Shore power is planned."), page(3, FILLING)
)
NEW = source(
    "2020",
    page(1, f"Shore Power\nShore power came to berth two.\n\n{FILLING}", "Shore Power"),
    page(2, "More shore power."),
)


def named(found: tuple[Theme, ...]) -> dict[str, Theme]:
    return {one.name: one for one in found}


def test_themes_appear_and_disappear_with_their_share_of_the_pages() -> None:
    found = named(themes([OLD, MIDDLE, NEW]))
    coal, power = found["Coal Terminal"], found["Shore Power"]
    assert (coal.first, coal.last) == ("2018", "2019")
    assert (power.first, power.last) == ("2019", "2020")
    assert [(share.pages, share.read) for share in coal.shares] == [(1, 2), (1, 3), (0, 2)]
    assert [(share.pages, share.read) for share in power.shares] == [(0, 2), (1, 3), (2, 2)]


def test_a_point_leads_to_its_words_a_heading_first() -> None:
    power = named(themes([OLD, MIDDLE, NEW]))["Shore Power"]
    first = power.shares[-1].places[0]
    assert (first.page, first.is_heading) == (1, True)
    assert NEW.pages[0].text[first.span.start : first.span.end] == "Shore Power"


def test_what_all_pages_speak_of_is_no_theme() -> None:
    assert not any("pilot" in name.lower() for name in named(themes([OLD, MIDDLE, NEW])))


def test_tables_running_heads_and_hidden_words_tell_no_theme() -> None:
    text = "Quay Repair\nA line of prose."
    blank = (Span(0, len("Quay Repair")),)
    for name in ("boilerplate", "hidden", "table_rows"):
        pages = [Page(n, str(n), text, PageVerdict.TEXT, **{name: blank}) for n in range(1, 5)]  # type: ignore[arg-type]
        assert themes([source("2018", *pages), source("2019", page(1, FILLING))]) == ()


def test_a_theme_is_found_by_its_words_in_any_form() -> None:
    found = theme("coal terminals", [OLD, MIDDLE, NEW])
    assert found is not None
    assert [share.pages for share in found.shares] == [1, 1, 0]


def test_words_that_never_stand_in_a_row_are_found_on_one_page() -> None:
    found = theme("terminal open", [OLD, MIDDLE, NEW])
    assert found is not None
    assert [share.pages for share in found.shares] == [1, 0, 0]


def test_nothing_is_found_of_what_nobody_speaks_of_and_of_documents_without_a_date() -> None:
    assert theme("unicorns", [OLD, MIDDLE, NEW]) is None
    assert theme("", [OLD, NEW]) is None
    assert themes([OLD]) == ()
    assert themes([Source("x" * 64, "", OLD.pages), NEW]) == ()
    assert themes([]) == ()
