"""Documents by date: in years, or in months and days where all are of one year; what is guessed or missing is said."""

from __future__ import annotations

from shared_utils.timeline.collection import dated_documents, notes_on_dates
from shared_utils.types import Document, Page, PageVerdict


def document(name: str, text: str) -> Document:
    return Document(name[0] * 64, name, name, (Page(1, "1", text, PageVerdict.TEXT),))


def test_the_oldest_comes_first_and_what_has_no_date_last() -> None:
    told = dated_documents(
        [document("new.pdf", "5 May 2020"), document("lost.pdf", "nothing"), document("old.pdf", "5 May 2018")], {}
    )
    assert [(one.name, one.period) for one in told] == [("old.pdf", "2018"), ("new.pdf", "2020"), ("lost.pdf", "")]


def test_documents_of_one_year_are_told_apart_by_month_and_those_of_one_month_by_day() -> None:
    months = dated_documents([document("a.pdf", "5 May 2020"), document("b.pdf", "5 June 2020")], {})
    assert [one.period for one in months] == ["2020-05", "2020-06"]
    days = dated_documents([document("a.pdf", "5 May 2020"), document("b.pdf", "6 May 2020")], {})
    assert [one.period for one in days] == ["2020-05-05", "2020-05-06"]


def test_a_correction_holds_and_guessed_and_missing_dates_are_said() -> None:
    documents = [document("report_2019.pdf", "nothing"), document("lost.pdf", "nothing")]
    told = dated_documents(documents, {})
    assert [str(note) for note in notes_on_dates(told)] == [
        "The dates of report_2019.pdf are guessed; they can be corrected.",
        "No date was found for lost.pdf; give one, and it is counted, too.",
    ]
    corrected = dated_documents(documents, {one.id: "2017" for one in documents})
    assert {one.dated.iso for one in corrected} == {"2017"}
    assert notes_on_dates(corrected) == ()
