"""Forms, letters, invoices and CVs: what is printed under a label that the question does not say."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from shared_utils.text.folding import fold
from shared_utils.types import QUOTED, Answer, Cell, Document, Heading, Page, PageVerdict, RowKind, Span, Table
from src.answering import fields
from src.answering.asked_fields import asked_field
from src.answering.field_questions import QUESTIONS, field_questions
from src.answering.fields import fields_of, value_in, with_field
from src.answering.ingestion import IndexedDocument, SourceFile, index_document
from src.i18n import ENGLISH, GERMAN, Say
from src.settings import Settings
from src.wiring import build_rag
from tests.fakes import never
from tests.prepared_models import MODELS
from tests.shared_utils.pdf import pdfs

INVOICE = (
    "Tidewater Ropes Ltd\n2 Quay Road\nINVOICE\nInvoice No: TR-118\nDue date: 3 May 2031\n"
    "Bill to\nMara Holm\nThe Blue Boat\n8 Pier Street\nDeliver to\nBack gate\nItem   Qty   Price\nRope   2   £40.00\n"
    "Subtotal   £40.00\nTotal due £48.00\n"
)
TICKET = "PASSENGER\nODE BERG\nDEPARTURE\n11:25\nTO\nHarstad\nGATE\nB4\nBoarding closes early. Bring a passport.\n"
MINUTES = (
    "Date: 4 June 2031\nPresent: A. Lund, B. Ek\nApologies: C. Moe\nMinutes by: B. Ek\nNext meeting: 2 July 2031\n"
)
CV = (
    "Education\nMSc in Hydrology, studied at Lund, 2009 – 2011\nInterests\nRowing, chess\n"
    "Keeper, Northern Buoys\n2019 – present\nMinds 40 buoys.\n"
)
YEARS_FIRST = "Berufserfahrung\nseit 2022 – heute\nBootsbauerin, Werft Nord\n"
LETTER = (
    "Hafenamt Nordsund\nHerrn\nOle Berg\nDeichweg 3\n26500 Norden\nSehr geehrter Herr Berg,\ndie Boje ist da.\n"
    "Mit freundlichen Grüßen\nInge Falk\nHafenmeisterin\n"
)
SIDE_BY_SIDE = "SELLER NAME   CLIENT :\nTidewater Ropes\n2 Quay Road\n"
COLUMNS = "Item   Date   Total\nRope   1 May 2031   40.00\nBuoy   2 May 2031   30.00\nTotal   70.00\n"
OF_A_ROW = "Invoice no   Date   Customer no\n4711   3 May 2031   88\n"


def page_of(text: str, *heads: str, tables: tuple[Table, ...] = ()) -> Page:
    headings = tuple(Heading(start := text.index(head), start + len(head), 2) for head in heads)
    return Page(1, "1", text, PageVerdict.TEXT, headings=headings, tables=tables)


def told(question: str, text: str, *heads: str) -> str | None:
    """The value that a page prints for a question; None where it prints none."""
    page = page_of(text, *heads)
    field = asked_field(question)
    value = value_in(field, "d", [page]) if field is not None else None
    return " ".join(page.text[value.span.start : value.span.end].split()) if value is not None else None


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("Who is the customer?", INVOICE, "Mara Holm The Blue Boat 8 Pier Street"),
        ("Who was this invoice sent to?", INVOICE, "Mara Holm The Blue Boat 8 Pier Street"),
        ("Where should the goods be delivered?", INVOICE, "Back gate"),
        ("How much do I have to pay?", INVOICE, "£48.00"),
        ("When is it due?", INVOICE, "3 May 2031"),
        ("What is the invoice number?", INVOICE, "TR-118"),
        ("Who sent this invoice?", INVOICE, "Tidewater Ropes Ltd"),
        ("When does the flight leave?", TICKET, "11:25"),
        ("Where am I flying to?", TICKET, "Harstad"),
        ("What is my gate?", TICKET, "B4"),
        ("Who was absent?", MINUTES, "C. Moe"),
        ("Who took the minutes?", MINUTES, "B. Ek"),
        ("When is the next meeting?", MINUTES, "2 July 2031"),
        ("Which university did Ida attend?", "Ida\n" + CV, "MSc in Hydrology, studied at Lund, 2009 – 2011"),
        ("What are her hobbies?", CV, "Rowing, chess"),
        ("Where does she work now?", CV, "Keeper, Northern Buoys 2019 – present"),
        ("Wo arbeitet sie jetzt?", YEARS_FIRST, "seit 2022 – heute Bootsbauerin, Werft Nord"),
        ("How much do I have to pay?", "Total price   CHF 642.00, with breakfast\n", "CHF 642.00, with breakfast"),
        ("Wer ist der Kunde?", LETTER, "Herrn Ole Berg Deichweg 3 26500 Norden"),
        ("Wer hat den Brief geschrieben?", LETTER, "Inge Falk Hafenmeisterin"),
        ("What is the customer number?", OF_A_ROW, "88"),
        ("Who is the landlord?", "Landlord: Ida Holm, 2 Quay Road\nand\nTenant: Ole Berg\n", "Ida Holm, 2 Quay Road"),
        ("How much do I have to pay?", COLUMNS, "70.00"),
        ("How much do I have to pay?", COLUMNS.replace("Buoy   2 May 2031   30.00\n", ""), "70.00"),
    ],
)
def test_what_stands_beside_or_under_a_label_is_told(question: str, text: str, value: str) -> None:
    names = ("Education", "Interests", "Keeper, Northern Buoys", "Berufserfahrung")
    heads = [name for name in names if name in text]
    assert told(question, text, *heads) == value


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("What is the IBAN?", INVOICE),
        ("When was I paid?", INVOICE),
        ("Who was absent?", INVOICE),
        ("When does the flight arrive?", TICKET),
        ("Which university did Nils attend?", "Ida\n" + CV),  # another one's
        ("Who is the customer?", SIDE_BY_SIDE),  # what stands under two labels may be either's
        ("Who signed this?", INVOICE),
        ("When was the invoice issued?", COLUMNS),
    ],
)
def test_nothing_is_told_that_no_label_names(question: str, text: str) -> None:
    assert told(question, text) is None


@pytest.mark.parametrize(
    "question",
    ["Why did the customer leave?", "How many customers were there?", "Who is Mara Holm?", "Who wrote Hamlet?"],
)
def test_other_questions_ask_for_no_field(question: str) -> None:
    assert asked_field(question) is None


def test_a_value_of_a_table_is_left_to_its_row_with_its_heads() -> None:
    text = "Test   Result   Unit\nFerritin   11   µg/L\n"
    nowhere = (0.0, 0.0, 1.0, 1.0)
    cells = tuple(
        Cell(row, row, column, column, word, (Span(text.index(word), text.index(word) + len(word)),), nowhere)
        for row, line in enumerate(text.strip().split("\n"))
        for column, word in enumerate(line.split("   "))
    )
    kinds = (RowKind.HEAD, RowKind.DATA)
    table = Table(cells, 2, 3, nowhere, 1, 1, (0,), kinds, ((), ()))
    field = asked_field("What was my ferritin?")
    assert field is not None
    assert value_in(field, "d", [page_of(text)]) is not None
    assert value_in(field, "d", [page_of(text, tables=(table,))]) is None


def test_the_answer_is_led_by_the_label_and_its_value_both_cited() -> None:
    page = page_of(INVOICE)
    document = index_document(Document("d" * 64, "invoice.pdf", "Invoice", (page,), ()), Path("invoice.pdf"))
    answer = Answer("Who is the customer?", True, (), (), "stop", QUOTED, "")
    led = with_field("Who is the customer?", answer, [], [document], {document.document.id: "invoice.pdf"})
    assert led is not None
    assert led.sentences[0].text == "Bill to: Mara Holm, The Blue Boat, 8 Pier Street"
    assert [citation.quote for citation in led.citations] == ["Bill to", "Mara Holm\nThe Blue Boat\n8 Pier Street"]
    assert led.direct is not None
    assert led.direct.value == "Mara Holm, The Blue Boat, 8 Pier Street"


def test_long_documents_are_not_read_so() -> None:
    pages = tuple(Page(n, str(n), INVOICE, PageVerdict.TEXT) for n in range(1, 9))
    document = index_document(Document("e" * 64, "report.pdf", "Report", pages, ()), Path("report.pdf"))
    assert fields_of("Who is the customer?", [], [document]) == []


def test_a_word_of_the_question_that_a_short_document_writes_otherwise_is_searched_as_it_does(tmp_path: Path) -> None:
    path = tmp_path / "kettle.pdf"
    texts = ("Blue kettle", "The lever of the blue kettle is 9 cm long.", "We give a guarantee of 24 months.")
    path.write_bytes(pdfs.pdf(pdfs.lines(*texts)))
    rag = build_rag(Settings(models_dir=MODELS, data_dir=tmp_path))
    versions: list[IndexedDocument] = []
    for _ in rag.read(SourceFile("a" * 64, path.name, path), versions.append, cancelled=never):
        pass
    found = rag.search("How long is the warranty of the blue kettle?", versions[-1:])
    rag.viewer.close()
    assert found.answerable
    assert found.route.searched == "How long is the guarantee of the blue kettle?"


def offered(text: str) -> list[str]:
    return [str(one) for one in field_questions(Document("d" * 64, "form.pdf", "Form", (page_of(text),), ()))]


def test_a_form_is_offered_what_it_prints() -> None:
    money = ["Who is the customer?", "How much do I have to pay?", "When is the payment due?"]
    assert offered(INVOICE) == [*money, "What is the delivery address?", "What is the invoice number?"]
    assert offered(MINUTES) == ["Who was present?", "Who was absent?", "When is the next meeting?"]
    assert offered("Nothing is printed here but a sentence.") == []


def test_what_is_offered_is_understood_in_each_language() -> None:
    for asked in QUESTIONS:
        field = asked_field(str(ENGLISH(asked)))
        assert field is not None
        assert [asked_field(str(say(asked))) for say in (GERMAN, Say("fr"))] == [field, field]


def test_labels_are_written_as_they_are_compared() -> None:
    data = tomllib.loads(Path(fields.__file__).with_name("fields.toml").read_text(encoding="utf-8"))
    labels = [label for one in data.values() if isinstance(one, dict) for label in one.get("labels", ())]
    assert [label for label in labels if label != fold(label)] == []
