"""What a person takes along, and a list of questions: from the click to the file."""

from __future__ import annotations

import csv
import io

import pypdf
from playwright.sync_api import Download, expect

from tests.e2e.conftest import NARROW, Open, Screen
from tests.e2e.pdfs import WATER, pdf

QUESTION = "How far did leakage fall after mains were renewed?"


def ready(visit: Open, address: str) -> Screen:
    screen = visit(address)
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    return screen


def downloaded(screen: Screen, name: str) -> tuple[Download, bytes]:
    expect(screen.page.get_by_test_id("stStatusWidget")).to_have_count(
        0
    )  # a page drawn anew lets go of what it offered
    with screen.page.expect_download() as waiting:
        screen.page.get_by_role("dialog").get_by_role("button", name=name).click()
    return waiting.value, waiting.value.path().read_bytes()


def test_a_conversation_leaves_as_a_report_as_markdown_as_a_table_and_as_a_highlighted_pdf(
    visit: Open, address: str
) -> None:
    screen = ready(visit, address)
    export = screen.page.get_by_role("button", name="Export", exact=True)
    expect(export).to_be_disabled()
    screen.ask(QUESTION)
    screen.answered()
    export.click()
    screen.picture("export-light")
    report, html = downloaded(screen, "Report")
    assert report.suggested_filename == f"{QUESTION.rstrip('?')}.html"
    assert b"18.6 percent to 14.9 percent" in html
    assert b"data:image/" in html
    _, markdown = downloaded(screen, "Markdown")
    assert b"[^1]: water.pdf" in markdown
    _, table = downloaded(screen, "Table")
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert [row["question"] for row in rows] == [QUESTION]
    _, copy = downloaded(screen, "water.pdf with highlights")
    marks = [mark for page in pypdf.PdfReader(io.BytesIO(copy)).pages for mark in page.get("/Annots", [])]
    assert {mark.get_object()["/Subtype"] for mark in marks} == {"/Highlight"}


def test_a_report_opened_by_a_colleague_asks_nothing_of_anybody(visit: Open, address: str) -> None:
    screen = ready(visit, address)
    screen.ask(QUESTION)
    screen.answered()
    screen.page.get_by_role("button", name="Export", exact=True).click()
    with screen.page.expect_download() as waiting:
        screen.page.get_by_role("dialog").get_by_role("button", name="Report").click()
    colleague = screen.page.context.new_page()
    asked: list[str] = []
    colleague.on("request", lambda request: asked.append(request.url))
    colleague.set_content(waiting.value.path().read_text(encoding="utf-8"))
    expect(colleague.get_by_role("heading", name=QUESTION)).to_be_visible()
    assert colleague.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert all(url.startswith("data:") for url in asked)


def test_a_list_of_questions_becomes_a_table_of_cited_answers_that_lead_to_their_pages(
    visit: Open, address: str
) -> None:
    screen = ready(visit, address)
    screen.page.get_by_role("button", name="Ask a list of questions").click()
    dialog = screen.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Ask them all").click()
    expect(dialog.get_by_role("alert")).to_contain_text("no question in this list")
    dialog.get_by_label("One question a line").fill(f"{QUESTION}\nWho designed the Eiffel Tower?\n\n{QUESTION}")
    dialog.get_by_role("button", name="Ask them all").click()
    table = screen.page.locator(".fn-answers")
    expect(table.locator("tbody tr")).to_have_count(2)
    expect(screen.page.get_by_text("2 of 2 answered")).to_be_visible()
    expect(table).to_contain_text("do not seem to answer this")
    chip = table.get_by_role("button", name="Source 1").first
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    screen.picture("list-light")
    screen.ask(QUESTION.replace("?", " in 2025?"))
    screen.page.wait_for_function(
        "() => document.querySelector('.st-key-turns > :last-child')?.getBoundingClientRect().top < 120"
    )
    screen.page.set_viewport_size(NARROW)
    expect(table).to_be_visible()
    assert not screen.is_wider_than_its_window()
