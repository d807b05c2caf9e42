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


def test_a_numbered_line_does_not_end_an_item_and_an_item_does_not_end_a_part() -> None:
    report = [
        page(1, ("PART I", 5), ("Item 1. Business", 5), ("1. Lamps", 5), "x", ("2. Chairs", 5), "y"),
        page(2, ("Item 2. Properties", 5), "z"),
        page(3, ("PART II", 5), ("Item 5. Shares", 5), "s"),
    ]
    found = sections(report)
    ends = {section.title: section.end for section in found}
    assert ends["PART I"] == (3, 0)
    assert ends["Item 1. Business"] == (2, 0)
    assert ends["1. Lamps"] == (1, report[0].text.index("2. Chairs"))
    assert ends["2. Chairs"] == (2, 0)
    assert ends["Item 2. Properties"] == (3, 0)
    assert ends["Item 5. Shares"] == (4, 0)


def test_a_numbered_section_ends_with_the_next_of_its_depth_and_not_at_a_caption() -> None:
    paper = page(
        1, ("1 Data", 1), "a", ("Storms", 1), "b", ("1.1 Sources", 1), "c", ("1.2 Gaps", 1), "d", ("2 Model", 1)
    )
    ends = {section.title: section.end[1] for section in sections([paper])}
    assert ends["1 Data"] == paper.text.index("2 Model")
    assert ends["1.1 Sources"] == paper.text.index("1.2 Gaps")
    assert ends["1.2 Gaps"] == paper.text.index("2 Model")


def test_an_outline_of_two_entries_says_less_than_the_headings() -> None:
    outline = [OutlineEntry("Cover", 1, 1), OutlineEntry("Body", 1, 2)]
    assert "Storms" in titles(sections(REPORT, outline))


def test_a_number_means_the_section_of_that_number_and_no_title_that_holds_it() -> None:
    found = sections([page(1, ("3 Methods", 1), ("4 The 3 gates", 1), ("Appendix B Tables", 1), ("B.1 Rates", 1))])
    assert titles(named("3", found)) == ["3 Methods"]
    assert titles(named("4", found)) == ["4 The 3 gates"]
    assert titles(named("appendix b", found)) == ["Appendix B Tables"]
    assert titles(named("B.1", found)) == ["B.1 Rates"]
    assert named("5", found) == ()


def test_a_title_that_begins_with_a_name_goes_before_one_that_only_holds_it() -> None:
    found = sections([page(1, ("Credit risk", 1), ("Risk management", 1))])
    assert titles(named("risk", found)) == ["Risk management"]
    assert titles(named("management", found)) == ["Risk management"]


def test_pages_without_headings_have_no_sections() -> None:
    assert sections([page(1, "words")]) == ()
    assert sections([]) == ()
