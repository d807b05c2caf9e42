"""What a comparison tells first: figures that both editions speak of, each of its newest year; sections of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from shared_utils.editions.compare import compare
from shared_utils.editions.model import FactKind
from shared_utils.types import Document, Scale
from tests.shared_utils.editions.made import LEASE, document, edition


def report(year: int, rows: Sequence[Sequence[str]], name: str, said: str, factor: int = 1) -> Document:
    """A table of this year and the one before, and two pages of text that say a figure again."""
    made = edition([str(year), str(year - 1)], rows, name)
    page = made.pages[0]
    if factor > 1:
        tables = tuple(replace(table, scale=Scale("in thousands", factor)) for table in page.tables)
        page = replace(page, tables=tables)
    told = f"The harbour took {said} in this year, more than ever since it was opened for ships.\n"
    others = [replace(page, number=n, label=str(n), text=told, tables=()) for n in (2, 3)]
    return replace(made, pages=(page, *others))


OLD = report(2018, [["Port dues", "4,118", "3,902"], ["Total", "88,400", "91,250"]], "a.pdf", "4,118")


def test_a_figure_that_both_speak_of_is_told_of_the_newest_year_of_each_with_its_growth() -> None:
    new = report(2019, [["Port dues", "4,530", "4,118"], ["Total", "90,100", "88,400"]], "b.pdf", "4,530")
    (figure,) = compare(OLD, new).figures
    assert (figure.label, figure.before.text, figure.after.text) == ("Port dues", "4,118", "4,530")
    assert (figure.before.head, figure.after.head) == ("2018", "2019")
    assert figure.growth == Decimal("10.0")
    (place,) = figure.after.places
    assert new.pages[0].text[place.start : place.end] == "4,530"


def test_growth_is_of_what_the_tables_count() -> None:
    new = report(2019, [["Port dues", "8.236", "4.118"], ["Total", "90", "88"]], "b.pdf", "8.236", factor=1000)
    assert [figure.growth for figure in compare(OLD, new).figures] == [Decimal("100.0")]


def test_a_figure_that_is_counted_otherwise_or_printed_once_is_none() -> None:
    percent = report(2019, [["Port dues", "45.30 %", "41.18 %"], ["Total", "90,100", "88,400"]], "b.pdf", "45.30")
    once = report(2019, [["Port dues", "4,530", "4,118"], ["Total", "90,100", "88,400"]], "b.pdf", "a lot")
    older = report(2017, [["Port dues", "3,902", "3,800"], ["Total", "91,250", "90,000"]], "b.pdf", "3,902")
    assert [compare(OLD, other).figures for other in (percent, once, older)] == [(), (), ()]


NIGHT = (
    "# 5 Works at night",
    "Works at night are announced to the Landlord two days before they begin.",
    "The porter keeps the keys of the goods lift and hands them out against a signature.",
    "Noise that can be heard in the neighbouring houses ends at ten in the evening.",
    "The Tenant pays for the light in the yard while its works go on.",
)


def test_a_section_that_one_edition_alone_has_is_named_with_its_page() -> None:
    short, long = document(LEASE, "2019.pdf"), document((*LEASE, *NIGHT), "2021.pdf")
    found = compare(short, long)
    assert [(one.title, one.place.page) for one in found.added] == [("5 Works at night", 1)]
    assert found.dropped == ()
    assert [one.title for one in compare(long, short).dropped] == ["5 Works at night"]


def test_what_a_document_without_headings_lost_stands_under_the_heading_it_would_stand_under() -> None:
    bare = [sentence for sentence in LEASE if not sentence.startswith("#")]
    before = document(
        [*bare[:5], "The bicycle shed behind the house belongs to the Tenant alone.", *bare[5:]], "old.pdf"
    )
    (removed,) = [change for change in compare(before, document(LEASE, "new.pdf")).changes if change.after is None]
    assert removed.section == "2 Rent"


def test_the_month_of_may_is_no_obligation() -> None:
    said = "The accounts that the auditors have seen {} by the board of the Trust {}."
    old = document([said.format("were closed", "on April 30")], "a.pdf")
    new = document([said.format("were closed", "in late May")], "b.pdf")
    allowed = document([said.format("may be closed", "on April 30")], "c.pdf")
    kinds = [{fact.kind for change in compare(old, other).changes for fact in change.facts} for other in (new, allowed)]
    assert FactKind.OBLIGATION not in kinds[0]
    assert FactKind.OBLIGATION in kinds[1]
