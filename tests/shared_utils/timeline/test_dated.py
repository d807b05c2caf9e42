"""When a document is from, and whether that is stated or guessed."""

from __future__ import annotations

import pytest

from shared_utils.timeline.dated import DateSource, dated
from shared_utils.types import Page, PageVerdict


def page(text: str, number: int = 1) -> Page:
    return Page(number, str(number), text, PageVerdict.TEXT)


@pytest.mark.parametrize(
    ("text", "iso", "source"),
    [
        (
            "Form 10-K\nFor the fiscal year ended December 31, 2019\nPrinted 4 March 2020",
            "2019-12-31",
            DateSource.PERIOD,
        ),
        ("Hausordnung\n12. Mai 2021\nDas Treppenhaus ist frei zu halten.", "2021-05-12", DateSource.FIRST_PAGES),
        ("Minutes of the board\n2018-03-07", "2018-03-07", DateSource.FIRST_PAGES),
        ("In 2016 the pier was built. In 2016 the crane came. The lamp was lit in 2016.", "2016", DateSource.YEARS),
        ("Nothing here tells a day.", "", DateSource.NOTHING),
    ],
)
def test_what_a_document_says_of_its_date(text: str, iso: str, source: DateSource) -> None:
    told = dated([page(text)])
    assert (told.iso, told.source) == (iso, source)


def test_the_place_that_tells_the_date_is_kept() -> None:
    text = "Report\nFor the year ended 30 June 2020"
    told = dated([page(text)])
    assert told.span is not None
    assert text[told.span.start : told.span.end] == "30 June 2020"


def test_a_year_in_a_name_is_a_guess_and_a_stated_date_is_none() -> None:
    assert dated([page("The port.")], name="report_2019.pdf").is_guessed
    assert not dated([page("The port.\n5 May 2019")], name="report_2020.pdf").is_guessed


def test_what_the_person_says_counts_and_what_is_no_date_does_not() -> None:
    assert dated([page("The port.\n5 May 2019")], corrected="2017").iso == "2017"
    assert dated([page("The port.\n5 May 2019")], corrected="soon").iso == "2019-05-05"


def test_a_birthday_is_no_date_of_the_document() -> None:
    assert dated([page("Curriculum vitae\nborn\n5 May 1980")]).iso == ""


def test_the_day_a_file_was_made_is_a_guess_where_nothing_else_tells() -> None:
    told = dated([page("The port.")], made_on="2019-11-04")
    assert (told.iso, told.source, told.is_guessed) == ("2019-11-04", DateSource.FILE, True)
    assert dated([page("The port.\n5 May 2018")], made_on="2019-11-04").iso == "2018-05-05"
    assert dated([page("The port.")], name="port_2017.pdf", made_on="2019-11-04").iso == "2017"


def test_a_file_made_long_after_what_it_speaks_of_was_made_anew() -> None:
    years = "In 2001 the pier was built. In 2001 the crane came. The lamp was lit in 2001."
    assert dated([page(years)], made_on="2019-11-04").source is DateSource.YEARS
    assert dated([page(years)], made_on="2002-01-30").source is DateSource.FILE
