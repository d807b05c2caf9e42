from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from shared_utils.citations.conflicts import Conflict, find_conflicts
from shared_utils.pdf.reader import PagesRevised, ReadingLimits, read_pdf
from shared_utils.table import Cell, RowKind, Span, Table
from shared_utils.types import EvidenceSpan, Page, PageVerdict

NAMES = {"a": "handbook.pdf", "b": "contract.pdf", "c": "notice.pdf"}


def span(marker: int, document_id: str, text: str, *, start: int = 0) -> EvidenceSpan:
    return EvidenceSpan(marker, document_id, marker + 2, start, start + len(text), text, 1.0)


def conflicts(question: str, *texts: str, names: dict[str, str] | None = None) -> tuple[Conflict, ...]:
    """One document a text."""
    spans = [span(i, document_id, text) for i, (document_id, text) in enumerate(zip("abc", texts, strict=False), 1)]
    return find_conflicts(question, spans, names or NAMES)


CONTRADICTIONS = [
    ("How long is the warranty?", "The warranty period is 12 months.", "The warranty lasts 24 months."),
    ("How long is the warranty?", "The warranty period is one year.", "The warranty lasts 24 months."),
    ("How long is the notice period?", "The notice period is three months.", "The notice period is six weeks."),
    ("Notice period?", "Notice period: 3 months", "The notice period is six months."),
    ("What is the rent?", "The monthly rent is 900 euros.", "The monthly rent amounts to € 950."),
    (
        "How many ships called?",
        "In 2025, 2,840 ships called at Nordhaven.",
        "In 2025, 2,480 ships called at Nordhaven.",
    ),
    (
        "What discount is granted?",
        "A discount of 5 % is granted on orders above 1,000 euros.",
        "A discount of 10 % is granted on orders above 1,000 euros.",
    ),
    (
        "At what pressure does the valve open?",
        "The valve must open at a pressure of at least 4.2 bar.",
        "The valve must open at a pressure of at least 5 bar.",
    ),
    (
        "How much leave is there?",
        "Annual leave\nEmployees receive 25 days.",
        "Employees receive 28 days of annual leave.",
    ),
    (
        "How many days of leave do employees have?",
        "Welcome to the team. Employees have 25 days of annual leave. Coffee is free.",
        "All desks are adjustable. Employees receive 28 days of annual leave.",
    ),
    ("At what temperature?", "The temperature must be -5 °C.", "The temperature must be 5 °C."),
    ("Wie lange gilt die Garantie?", "Die Garantie gilt 12 Monate.", "Die Garantie beträgt 24 Monate."),
]

NO_CONTRADICTIONS = [
    ("the same in other units", "The warranty period is 12 months.", "The warranty period is one year."),
    ("the same in other words", "The warranty period is 12 months.", "The warranty lasts twelve months."),
    ("a rounded figure", "About 100 ships called.", "104 ships called."),
    ("another thing", "The warranty period is 12 months.", "The warranty period for batteries is 6 months."),
    ("other people", "Employees receive 25 days of leave.", "Contractors receive 12 days of leave."),
    ("a part of the people", "Employees receive 25 days of leave.", "Part-time employees receive 12 days of leave."),
    (
        "a part of the people, of whom the other document speaks elsewhere",
        "Employees receive 25 days of leave. Part-time employees eat at noon.",
        "Part-time employees receive 12 days of leave.",
    ),
    ("another place", "Employees in Spain receive 25 days of leave.", "Employees in Malta receive 28 days of leave."),
    ("under other headings", "Leave\nEmployees receive 25 days.", "Sick leave\nEmployees receive 28 days."),
    ("another case", "After 5 years employees receive 25 days.", "After 10 years employees receive 30 days."),
    ("years named", "In 2023 employees received 25 days of leave.", "In 2024 employees received 28 days of leave."),
    ("one year named", "Employees receive 25 days of leave.", "In 2024 employees received 28 days of leave."),
    ("years over them", "Plan of 2023. Employees receive 25 days.", "Plan of 2024. Employees receive 28 days."),
    ("two bounds", "Employees receive at least 20 days of leave.", "Employees receive at most 28 days of leave."),
    ("a bound and a value", "Employees receive at least 20 days of leave.", "Employees receive 28 days of leave."),
    ("a denial", "Employees receive 25 days of leave.", "Employees do not receive 28 days of leave."),
    ("other units", "The warranty covers 12 months.", "The warranty covers 5,000 km."),
    ("another currency", "The warranty costs 90 euros.", "The warranty costs 100 dollars."),
    ("each its own author", "Our warranty lasts 12 months.", "Our warranty lasts 24 months."),
    ("the author of one", "Our warranty lasts 12 months.", "The warranty lasts 24 months."),
    ("the author of the other", "The warranty lasts 12 months.", "Our warranty lasts 24 months."),
    ("other models", "The X200 has a warranty of 12 months.", "The X300 has a warranty of 24 months."),
    ("sections", "The warranty is set out in section 4.", "The warranty is set out in section 7."),
    ("list numbers", "3. The warranty covers batteries.", "7. The warranty covers batteries."),
    ("days of the calendar", "The warranty begins on 3 May.", "The warranty begins on 7 May."),
    ("cells of a table", "Employees 25 28\nLeave 12 months 24 months", "Employees 23 22\nLeave 10 months 11 months"),
    ("a cell on its own line", "Total leave of employees\n$ 30,986", "Total leave of employees\n$ 55,021"),
    ("a swap of two values", "Employees get 25 days and 5 hours.", "Employees get 26 days and 6 hours."),
    ("something nobody asked", "Parking costs 9 euros.", "Parking costs 12 euros."),
]
ASKED = "How long is the warranty, and how many days of leave do employees receive, and how many ships called?"


@pytest.mark.parametrize(("question", "one", "other"), CONTRADICTIONS)
def test_documents_that_give_different_quantities_for_the_same_thing_are_flagged(
    question: str, one: str, other: str
) -> None:
    assert len(conflicts(question, one, other)) == 1


@pytest.mark.parametrize(
    ("one", "other"), [case[1:] for case in NO_CONTRADICTIONS], ids=[c[0] for c in NO_CONTRADICTIONS]
)
def test_what_may_both_be_true_is_not_flagged(one: str, other: str) -> None:
    assert conflicts(ASKED, one, other) == ()


def test_both_places_are_exact_and_the_reason_names_them_in_words() -> None:
    prose = "Goods travel by rail. "
    sentence = "The warranty period is 12 months."
    spans = [span(1, "a", prose + sentence, start=40), span(2, "b", "The warranty lasts 24 months.")]
    (conflict,) = find_conflicts("How long is the warranty?", spans, NAMES)
    assert (conflict.first.start, conflict.first.end) == (40 + len(prose), 40 + len(prose + sentence))
    assert (conflict.first.document_id, conflict.first.page, conflict.first.quote) == ("a", 3, sentence)
    assert (conflict.first.value, conflict.second.value) == ("12 months", "24 months")
    assert str(conflict.reason) == "handbook.pdf p. 3 says 12 months, contract.pdf p. 4 says 24 months"


def test_one_document_does_not_contradict_itself() -> None:
    spans = [span(1, "a", "The warranty period is 12 months."), span(2, "a", "The warranty period is 24 months.")]
    assert find_conflicts("How long is the warranty?", spans, NAMES) == ()


def test_of_three_documents_the_one_that_differs_is_held_against_each_of_the_others() -> None:
    twelve, also_twelve = "The warranty period is 12 months.", "The warranty lasts one year."
    found = conflicts("How long is the warranty?", twelve, also_twelve, "The warranty period is 24 months.")
    assert [(c.first.document_id, c.second.document_id) for c in found] == [("a", "c"), ("b", "c")]


def test_a_document_that_says_both_is_not_held_against_one_that_says_either() -> None:
    both = "The warranty period is 12 months. The warranty period is 24 months."
    assert conflicts("How long is the warranty?", "The warranty period is 12 months.", both) == ()


@pytest.mark.parametrize(
    ("names", "flagged"),
    [
        (("policy 2023.pdf", "policy 2024.pdf"), 0),
        (("policy a 2024.pdf", "policy b 2024.pdf"), 1),
        (("policy.pdf", "policy 2024.pdf"), 1),
        (("policy 2023.pdf", "policy.pdf"), 1),
    ],
)
def test_documents_named_for_different_years_speak_of_different_things(names: tuple[str, str], flagged: int) -> None:
    texts = "The warranty period is 12 months.", "The warranty period is 24 months."
    found = conflicts("How long is the warranty?", *texts, names=dict(zip("ab", names, strict=True)))
    assert len(found) == flagged


@pytest.mark.corpus
def test_two_reports_of_one_company_for_different_years_are_never_flagged() -> None:
    """Every page against every page of the smallest such pair, asked about everything that stands in them."""
    folder = Path(__file__).parents[4] / "shared" / "retrieval-dev" / "pdfs"
    if not folder.is_dir():
        pytest.skip("the measured PDFs are not beside this checkout")
    reports = [path for path in folder.glob("*_20*.pdf") if path.stat().st_size < 2_000_000]
    pairs = [
        pair for pair in combinations(sorted(reports), 2) if pair[0].name.split("_")[0] == pair[1].name.split("_")[0]
    ]
    pair = min(pairs, key=lambda pair: sum(path.stat().st_size for path in pair))
    spans = [
        EvidenceSpan(1, path.name, page.number, 0, len(page.text), page.text, 1.0)
        for path in pair
        for page in pages_of(path)
    ]
    assert len(spans) > 10
    everything = " ".join(span.text for span in spans)
    assert find_conflicts(everything, spans, {path.name: path.name for path in pair}) == ()


def pages_of(path: Path) -> tuple[Page, ...]:
    revised = [event for event in read_pdf(path, ReadingLimits(max_bytes=2_000_000)) if isinstance(event, PagesRevised)]
    return revised[-1].pages


def _notice(days: int) -> str:
    return f"Either party may end this contract with {days} days of notice."


def test_papers_of_one_form_about_several_firms_do_not_contradict_each_other() -> None:
    question = "What is the notice period?"
    firms = {"a": "contract_miller.pdf", "b": "contract_okafor.pdf"}
    assert conflicts(question, _notice(20), _notice(90), names=firms) == ()
    drafts = {"a": "contract_old.pdf", "b": "contract_new.pdf"}
    assert len(conflicts(question, _notice(20), _notice(90), names=drafts)) == 1


def test_three_documents_with_three_values_each_speak_of_a_case_of_their_own() -> None:
    assert conflicts("What is the notice period?", _notice(20), _notice(90), _notice(150)) == ()
    assert len(conflicts("What is the notice period?", _notice(20), _notice(90), _notice(90))) == 1


def test_only_documents_that_hold_a_name_of_the_question_are_held_against_each_other() -> None:
    question = "What is the notice period of the contract with Miller?"
    ours = f"The firm is Miller Cleaning. {_notice(20)}"
    assert conflicts(question, ours, _notice(90)) == ()
    assert len(conflicts(question, ours, f"The firm is Miller Cleaning. {_notice(90)}")) == 1


def test_at_most_three_disagreements_are_told() -> None:
    pairs = [(word, i) for i, word in enumerate(("rent", "deposit", "heating fee", "parking fee", "garden fee"))]
    one = " ".join(f"The {word} is {100 + i} euros." for word, i in pairs)
    other = " ".join(f"The {word} is {200 + i} euros." for word, i in pairs)
    asked = "What are the rent, the deposit, the heating fee, the parking fee and the garden fee?"
    assert len(conflicts(asked, one, other)) == 3


def page_of_a_table(text: str) -> Page:
    """The first line is the title; cells stand apart by two blanks, the first row of them names the columns."""
    rows = [line.split("  ") for line in text.splitlines()[1:]]
    cells, at = [], len(text.splitlines()[0])
    for r, row in enumerate(rows):
        for c, word in enumerate(row):
            at = text.index(word, at)
            cells.append(Cell(r, r, c, c, word, (Span(at, at + len(word)),), (0.0, 0.0, 1.0, 1.0)))
            at += len(word)
    kinds = (RowKind.HEAD, *[RowKind.DATA] * (len(rows) - 1))
    box = (0.0, 0.0, 1.0, 1.0)
    table = Table(tuple(cells), len(rows), len(rows[0]), box, 1, 1, (0,), kinds, ((),) * len(rows))
    return Page(1, "1", text, PageVerdict.TEXT, tables=(table,))


def told_of(question: str, one: str, other: str, *, tables: bool = True) -> int:
    """How many disagreements of two documents of one page each are told."""
    made = page_of_a_table if tables else lambda text: Page(1, "1", text, PageVerdict.TEXT)
    pages = {("a", 1): made(one), ("b", 1): made(other)}
    spans = [EvidenceSpan(n, d, 1, 0, len(t), t, 1.0) for n, (d, t) in enumerate((("a", one), ("b", other)), 1)]
    return len(find_conflicts(question, spans, {"a": "one.pdf", "b": "other.pdf"}, pages))


_ONE = "Report 2023\nin EUR million  2023  2022\nRevenue  41.2  38.4\nProfit  4.2  3.9"


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ("Report 2024\nin EUR million  2024  2023\nRevenue  44.0  40.7\nProfit  4.6  4.2", 1),  # restated
        ("Report 2024\nin EUR million  2024  2023\nRevenue  44.0  41.2\nProfit  4.6  4.2", 0),
        ("Report 2022\nin EUR million  2022  2021\nRevenue  38.4  35.0\nProfit  3.9  3.3", 0),  # they share one year
        ("Filing\nin EUR thousand  2023  2022\nRevenue  41,207  38,391\nProfit  4,198  3,911", 0),  # rounded
        ("Report 2024\nin USD million  2024  2023\nRevenue  48.0  44.7\nProfit  5.6  4.9", 0),
        ("Half-year report\nsix months, in EUR million  2023  2022\nRevenue  20.2  18.4\nProfit  2.2  1.9", 0),
    ],
)
def test_a_value_of_a_table_is_held_against_the_same_row_and_year_in_another(other: str, told: int) -> None:
    assert told_of("What was the revenue in 2023?", _ONE, other) == told


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        ("Staff handbook", "Employment contract", 1),
        ("Tender for the crane", "Contract for the crane", 1),
        ("Lease of a mill in Ashford", "Costs of a mill in Ashford", 1),
        ("Contract with Alder Cleaning Ltd", "Contract with Okafor Catering Ltd", 0),
        ("Plant in Stavanger", "Plant in Bergen", 0),
        ("Motor MX 200", "Motor MX 400", 0),
        ("Leave", "Sick leave", 0),
        ("Order\nPlaced by Brandt Maschinen GmbH.", "Order\nPlaced by Lindqvist Verktyg AB.", 0),
    ],
)
def test_titles_and_firms_tell_whether_two_documents_are_about_one_case(one: str, other: str, told: int) -> None:
    texts = (f"{title}\nThe notice period is {months} months." for title, months in ((one, 3), (other, 6)))
    assert told_of("How long is the notice period?", *texts, tables=False) == told


def test_a_day_that_holds_now_is_held_against_another_one() -> None:
    question, said = "When is the deadline for applications?", "The deadline for applications is"
    assert len(conflicts(question, f"{said} 31 March 2025.", f"{said} 30 April 2025.")) == 1
    assert conflicts(question, f"{said} 31 March 2025.", f"{said} 31.03.2025.") == ()
    assert conflicts("When was the meeting?", "The meeting was on 3 May 2024.", "The meeting was on 7 June 2024.") == ()
