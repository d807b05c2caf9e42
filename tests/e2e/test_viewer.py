"""The page viewer: citations, pages and sizes by hand and by keys, the original, and what it does without help."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, StorageState, expect

from tests.e2e.conftest import NARROW, Open, Screen
from tests.e2e.pdfs import WATER, pdf


@pytest.fixture
def screen(visit: Open, address: str, reader: StorageState) -> Screen:
    screen = visit(address, person=reader)
    screen.answered()
    expect(screen.viewer()).to_contain_text(re.compile(r"Source 1 of \d"))
    return screen


def test_arrow_keys_on_a_citation_go_to_the_next_and_back(screen: Screen) -> None:
    first = screen.sources().first
    first.focus()
    expect(first).to_have_attribute("aria-pressed", "true")
    screen.page.keyboard.press("ArrowRight")
    expect(screen.viewer()).to_contain_text(re.compile(r"Source 2 of \d"))
    expect(screen.sources().nth(1)).to_be_focused()
    expect(screen.sources().nth(1)).to_have_attribute("aria-pressed", "true")
    expect(screen.marks()).not_to_have_count(0)
    screen.page.keyboard.press("ArrowLeft")
    expect(first).to_be_focused()
    expect(screen.viewer()).to_contain_text(re.compile(r"Source 1 of \d"))


def test_arrow_keys_in_the_question_box_stay_there(screen: Screen) -> None:
    box = screen.page.get_by_placeholder("Ask about your documents")
    box.fill("words")
    box.press("ArrowLeft")
    box.press("PageDown")
    expect(screen.viewer()).to_contain_text(re.compile(r"Source 1 of \d"))
    expect(box).to_be_focused()


def test_buttons_go_through_the_sources_and_end_at_the_last(screen: Screen) -> None:
    on = screen.viewer().get_by_role("button", name="Next source")
    expect(screen.viewer().get_by_role("button", name="Previous source")).to_be_disabled()
    for _ in range(screen.sources().count() - 1):
        on.click()
    expect(on).to_be_disabled()
    expect(screen.sources().last).to_have_attribute("aria-pressed", "true")


def test_page_keys_turn_pages_and_a_number_jumps_to_one(screen: Screen) -> None:
    screen.viewer().get_by_role("textbox", name="Page number").fill("3")
    screen.page.keyboard.press("Enter")
    expect(screen.viewer()).to_contain_text("Page 3 of 4 · printed 2")
    screen.viewer().get_by_role("region", name="The page").focus()
    screen.page.keyboard.press("PageDown")
    expect(screen.viewer()).to_contain_text("Page 4 of 4 · printed 3")
    expect(screen.viewer().get_by_role("button", name="Next page")).to_be_disabled()
    screen.page.keyboard.press("PageUp")
    expect(screen.viewer().get_by_alt_text("Page 3 of Nordhaven annual report 2025.pdf.")).to_be_visible()


def test_a_page_that_is_not_there_changes_nothing(screen: Screen) -> None:
    number = screen.viewer().get_by_role("textbox", name="Page number")
    before = number.input_value()
    for typed in ("0", "999", "x", ""):
        number.fill(typed)
        number.press("Enter")
        expect(number).to_have_value(before)


def test_zooming_keeps_the_marked_line_in_view(screen: Screen) -> None:
    expect(screen.marks().first).to_be_in_viewport()  # what is kept in view has come into it
    sheet = screen.viewer().get_by_role("region", name="The page")
    sheet.focus()
    screen.page.keyboard.press("0")
    for _ in range(4):
        screen.page.keyboard.press("+")
    expect(screen.viewer()).to_contain_text("300 %")
    expect(screen.marks().first).to_be_in_viewport()
    expect(screen.viewer().locator(".fn-paper > img")).to_have_attribute("src", re.compile("width=1650"))
    screen.page.keyboard.press("0")
    expect(screen.viewer()).to_contain_text("100 %")
    screen.page.keyboard.press("-")
    expect(screen.viewer()).to_contain_text("75 %")


def test_the_original_opens_in_a_new_tab_at_the_page(screen: Screen) -> None:
    screen.viewer().get_by_role("textbox", name="Page number").fill("3")
    screen.page.keyboard.press("Enter")
    link = screen.viewer().get_by_role("link", name="Open the PDF in a new tab")
    expect(link).to_have_attribute("href", re.compile(r"^file/[0-9a-f]{64}\.pdf#page=3$"))
    answer = screen.page.request.get(link.evaluate("link => link.href"))
    assert answer.ok
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.body().startswith(b"%PDF-")


def test_nobody_else_gets_a_page_or_a_file(screen: Screen, visit: Open, address: str) -> None:
    expect(screen.viewer().locator(".fn-paper > img")).to_have_attribute("src", re.compile("^page/"))
    picture = screen.viewer().locator(".fn-paper > img").get_attribute("src") or ""
    file = screen.viewer().get_by_role("link", name="Download the PDF").get_attribute("href") or ""
    assert screen.page.request.get(f"{address}/{picture}").ok
    stranger = visit(address)
    for path in (picture, file):
        assert stranger.page.request.get(f"{address}/{path}").status == 404


def test_a_source_of_an_answer_needs_no_server_to_be_shown(visit: Open, address: str, reader: StorageState) -> None:
    """Its page was fetched when the answer came; under load the server may take its time."""
    screen = visit(address, person=reader, trouble="net::ERR_FAILED")  # of the words to be selected
    expect(screen.viewer()).to_have_attribute("data-ahead", re.compile("."))
    screen.page.route("**/page/**", lambda route: route.abort())
    screen.sources().filter(has_text="p. 2").last.click()
    expect(screen.viewer()).to_contain_text("Page 2 of 4")
    expect(screen.marks().first).to_be_visible()
    expect(screen.viewer().get_by_role("alert")).to_be_hidden()


def test_a_picture_that_comes_when_its_document_is_gone_is_let_go(visit: Open, address: str) -> None:
    screen, held = visit(address, trouble="404"), list[Route]()
    screen.page.route(re.compile(r"/page/.*\.jpg"), lambda route: held.append(route))
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    expect(screen.viewer()).to_contain_text("Page 1 of")
    screen.page.get_by_role("button", name="Remove water.pdf").click()
    expect(screen.page.get_by_placeholder("Add a document to begin")).to_be_disabled()
    assert held
    for picture in held:
        picture.fulfill(status=404)
    screen.page.unroute_all()
    # One that is asked for after them fails after them; `visit` tells whether that made trouble.
    screen.page.evaluate("() => Object.assign(new Image(), { src: 'page/none/1.jpg' }).decode().catch(() => {})")


def test_a_page_that_cannot_be_drawn_says_why_in_its_place(visit: Open, address: str, reader: StorageState) -> None:
    screen = visit(address, person=reader, trouble="422")
    said = "Page 4 cannot be drawn: it stalled."
    screen.page.route(re.compile(r"/page/.*/4\.jpg"), lambda route: route.fulfill(status=422, body=said))
    screen.page.reload()  # a page beside the one that is shown may have been fetched before the route stood
    screen.viewer().get_by_role("textbox", name="Page number").fill("4")
    screen.page.keyboard.press("Enter")
    expect(screen.viewer().get_by_role("alert")).to_have_text(said)
    screen.viewer().get_by_role("button", name="Previous page").click()
    expect(screen.viewer().get_by_role("alert")).to_be_hidden()
    expect(screen.viewer().get_by_alt_text(re.compile("Page 3 of"))).to_be_visible()


def test_a_document_opens_from_the_library_and_the_viewer_stays_there(screen: Screen) -> None:
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    screen.card("water.pdf").get_by_role("button", name="water.pdf").first.click()
    expect(screen.viewer()).to_contain_text("Page 1 of 3")
    screen.viewer().get_by_role("button", name="Next page").click()
    expect(screen.viewer()).to_contain_text("Page 2 of 3")
    screen.card("water.pdf").get_by_role("button", name="water.pdf").first.click()
    expect(screen.viewer()).to_contain_text("Page 1 of 3")
    screen.card("water.pdf").get_by_role("button", name="Remove water.pdf").click()
    expect(screen.viewer().locator(".fn-sheet b")).to_contain_text("Nordhaven")


def test_on_a_phone_the_drawer_takes_the_keys_and_gives_them_back(
    visit: Open, address: str, reader: StorageState
) -> None:
    phone = visit(address, NARROW, person=reader)
    phone.answered()
    chip = phone.sources().first
    chip.click()
    drawer = phone.page.get_by_role("dialog", name="Page viewer")
    expect(drawer).to_contain_text(re.compile(r"Source 1 of \d"))
    phone.page.keyboard.press("]")
    expect(drawer).to_contain_text(re.compile(r"Source 2 of \d"))
    drawer.get_by_role("button", name="Larger").click()
    assert not phone.is_wider_than_its_window()
    above = phone.viewer().locator(".fn-body").bounding_box()
    drawer.get_by_role("button", name="Find in the document").click()
    expect(drawer.get_by_role("button", name="Larger")).to_be_hidden()  # the page has its room meanwhile
    below = phone.viewer().locator(".fn-body").bounding_box()
    assert above
    assert below
    assert below["height"] > above["height"]
    assert not phone.is_wider_than_its_window()
    phone.page.keyboard.press("Escape")
    drawer.get_by_role("button", name="Close", exact=True).click()
    expect(drawer).to_have_count(0)
    expect(chip).to_be_focused()
