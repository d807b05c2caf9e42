"""Sections of a document, by outline and by headings."""

from __future__ import annotations

from shared_utils.retrieval.sections import Section, named, sections
from shared_utils.types import Chunk, Heading, OutlineEntry, Page, PageVerdict


def page(number: int, *lines: tuple[str, int] | str) -> Page:
    """Lines given with a level are headings."""
    text, headings = "", []
    for line in lines:
        words, level = line if isinstance(line, tuple) else (line, 0)
        if level:
            headings.append(Heading(len(text), len(text) + len(words), level))
        text += f"{words}\n"
    return Page(number, str(number), text, PageVerdict.TEXT, headings=tuple(headings))


def titles(found: tuple[Section, ...]) -> list[str]:
    return [section.title for section in found]


REPORT = [
    page(1, ("PART I", 5), ("Item 1. Business", 5), "We sell.", ("Competitors", 5), "Many."),
    page(2, ("Item 1A. Risk Factors", 5), "Some.", ("Storms", 5), "They come."),
    page(3, "More of them.", ("Item 2. Properties", 5), "A harbour."),
]


def test_an_item_goes_on_over_captions_that_look_alike_until_the_next_item() -> None:
    (risks,) = named("risk factors", sections(REPORT))
    assert risks.start == (2, 0)
    assert risks.end[0] == 3
    assert risks.holds(Chunk("x", "d", 2, 30, 40, "They come."))
    assert risks.holds(Chunk("x", "d", 3, 0, 10, "More"))
    assert not risks.holds(Chunk("x", "d", 3, REPORT[2].text.index("A harbour"), 99, "A harbour."))


def test_a_numbered_section_holds_its_subsections() -> None:
    paper = [page(1, ("3 Methods", 4), ("3.1 Data", 5), "x"), page(2, ("3.2 Model", 5), ("4 Results", 4), "y")]
    found = sections(paper)
    assert [section.end for section in named("3", found)] == [(2, paper[1].text.index("4 Results"))]
    assert [section.end for section in named("3.1", found)] == [(2, 0)]
    assert titles(named("methods", found)) == ["3 Methods"]


def test_the_last_section_reaches_to_the_end() -> None:
    assert sections(REPORT)[-1].end == (4, 0)


def test_an_outline_counts_more_than_headings_and_is_found_on_its_page() -> None:
    outline = [OutlineEntry("Business", 1, 1), OutlineEntry("Storms", 2, 2), OutlineEntry("Properties", 1, 3)]
    found = sections(REPORT, outline)
    assert titles(found) == ["Business", "Storms", "Properties"]
    assert found[1].start == (2, REPORT[1].text.index("Storms"))
    assert found[0].end == found[2].start


def test_a_name_means_the_title_that_is_nearest_to_it() -> None:
    found = sections([page(1, ("Risk", 1), ("Risk management", 1), ("Credit risk management", 1))])
    assert titles(named("risk", found)) == ["Risk"]
    assert titles(named("Risk Management", found)) == ["Risk management"]
    assert titles(named("credit", found)) == ["Credit risk management"]
    assert named("man", found) == ()
    assert named("", found) == ()


def test_pages_without_headings_have_no_sections() -> None:
    assert sections([page(1, "words")]) == ()
    assert sections([]) == ()
