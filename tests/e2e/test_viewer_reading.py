"""Reading in the page viewer: words selected and found, pages below one another, what is drawn when, its room."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Locator, StorageState, expect

from tests.e2e.conftest import NARROW, Open, Screen
from tests.e2e.pdfs import WATER, Line, pdf
from tests.e2e.test_page import violations
from tests.waiting import until


@pytest.fixture
def screen(visit: Open, address: str, reader: StorageState) -> Screen:
    screen = visit(address, person=reader)
    screen.answered()
    expect(screen.viewer()).to_contain_text(re.compile(r"Source 1 of \d"))
    return screen


def box_px(at: Locator) -> FloatRect:
    box = at.bounding_box()
    assert box is not None
    return box


def sheet_of(screen: Screen) -> Locator:
    return screen.viewer().get_by_role("region", name="The page")


# The page has scrolled to its place and been drawn at its size: it stands where it stood 150 ms before.
AT_REST = """selector => {
  const { x, y, width } = document.querySelector(selector).getBoundingClientRect();
  const now = `${x} ${y} ${width}`, before = window.stoodAt;
  window.stoodAt = now;
  return now === before;
}"""


def select_words(screen: Screen, first: str, last: str) -> None:
    """As a mouse does it: from the first letter of a word on the page to the last of another."""
    expect(screen.marks().first).to_be_in_viewport()
    screen.page.wait_for_function(AT_REST, arg=".fn-paper:has(.fn-mark)", polling=150)
    layer = screen.viewer().locator(".fn-paper:has(.fn-mark) .fn-layer span")
    word = layer.filter(has_text=first).first
    word.hover(position={"x": 1, "y": box_px(word)["height"] / 2})  # waits until the word itself is under the pointer
    mouse = screen.page.mouse
    mouse.down()
    end = box_px(layer.filter(has_text=last).first)
    mouse.move(end["x"] + end["width"] / 2, end["y"] + end["height"] / 2, steps=5)
    mouse.move(end["x"] + end["width"] - 1, end["y"] + end["height"] / 2)
    mouse.up()


def test_a_place_opens_large_enough_to_be_read_with_its_words_in_view(screen: Screen) -> None:
    expect(screen.marks().first).to_be_in_viewport()
    room = box_px(sheet_of(screen))

    def is_as_large_as_fits() -> bool:
        boxes = [box_px(mark) for mark in screen.marks().all()]
        is_large = boxes[0]["height"] >= 10.5 or max(box["width"] for box in boxes) >= 0.85 * room["width"]
        return is_large and boxes[0]["x"] >= room["x"]  # its first word

    until(is_as_large_as_fits)


def test_words_can_be_selected_and_asked_about(screen: Screen) -> None:
    expect(screen.viewer().locator(".fn-paper .fn-layer span").first).to_be_attached()
    select_words(screen, "lifeboat", "launched")
    screen.page.get_by_role("button", name="Ask about this").click()
    box = screen.page.get_by_placeholder("Ask about your documents")
    expect(box).to_have_value("About “lifeboat was launched”: ")
    expect(box).to_be_focused()
    expect(screen.page.get_by_role("button", name="Ask about this")).to_have_count(0)


def test_selected_words_are_copied_as_they_stand_and_with_their_place(screen: Screen) -> None:
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    expect(screen.viewer().locator(".fn-paper .fn-layer span").first).to_be_attached()
    select_words(screen, "lifeboat", "launched")
    screen.page.keyboard.press("Control+c")
    assert screen.page.evaluate("navigator.clipboard.readText()") == "lifeboat was launched"
    screen.page.get_by_role("button", name="Copy with its place").click()
    expect(screen.page.locator(".fn-said")).to_have_text("Copied")
    copied = screen.page.evaluate("navigator.clipboard.readText()")
    assert copied == "“lifeboat was launched” (Nordhaven annual report 2025.pdf, p. 2)"


def test_words_are_found_in_the_whole_document_and_marked(screen: Screen) -> None:
    sheet_of(screen).focus()
    screen.page.keyboard.press("Control+f")
    box = screen.viewer().get_by_role("searchbox", name="Find in the document")
    expect(box).to_be_focused()
    box.fill("TIDE  gates")
    place, now = screen.viewer().locator("output"), screen.viewer().locator(".fn-found.fn-now")
    expect(place).to_have_text(re.compile(r"^\d+ of \d+$"))
    expect(now).to_have_count(1)
    expect(now).to_be_in_viewport()
    count = int(place.inner_text().split(" of ")[1])
    pages = set()
    for _ in range(count):
        pages.add(screen.viewer().get_by_role("textbox", name="Page number").input_value())
        before = place.inner_text()
        box.press("Enter")
        expect(place).not_to_have_text(before)
        expect(now).to_have_count(1)  # the one before is none any more, on a page out of sight either
        expect(now).to_be_in_viewport()
    assert len(pages) > 1
    expect(box).to_be_focused()
    box.fill("no such word stands here")
    expect(place).to_have_text("Not in this document")
    expect(screen.viewer().locator(".fn-found")).to_have_count(0)
    box.press("Escape")
    expect(sheet_of(screen)).to_be_focused()


def test_pages_stand_below_one_another_and_scrolling_tells_which_is_in_sight(screen: Screen) -> None:
    screen.viewer().get_by_role("button", name="The whole page").click()
    expect(screen.viewer().locator(".fn-leaf")).to_have_count(4)
    sheet_of(screen).hover()
    screen.page.mouse.wheel(0, 600)
    expect(screen.viewer()).to_contain_text("Page 4 of 4")
    expect(screen.viewer().get_by_alt_text(re.compile("Page 4 of"))).to_be_in_viewport()
    screen.page.mouse.wheel(0, -600)
    expect(screen.viewer()).to_contain_text("Page 3 of 4")


def test_the_page_that_is_read_stays_where_the_window_becomes_narrower(screen: Screen) -> None:
    screen.page.set_viewport_size({"width": 1900, "height": 900})
    screen.viewer().get_by_role("button", name="As wide as the viewer").click()
    screen.viewer().get_by_label("Page number").fill("3")
    screen.page.keyboard.press("Enter")
    expect(screen.viewer().get_by_alt_text(re.compile("Page 3 of"))).to_be_in_viewport()
    screen.page.set_viewport_size({"width": 1024, "height": 900})
    screen.page.wait_for_timeout(500)
    expect(screen.viewer()).to_contain_text("Page 3 of 4")
    expect(screen.viewer().get_by_alt_text(re.compile("Page 3 of"))).to_be_in_viewport()


def test_only_pages_near_the_one_in_sight_are_fetched_and_kept(visit: Open, address: str) -> None:
    screen, asked = visit(address), set[str]()
    note_page = re.compile(r"/page/[0-9a-f]+/(\d+)\.jpg")
    screen.page.on("request", lambda request: asked.update(note_page.findall(request.url)))
    screen.add("long.pdf", pdf(tuple((Line(f"Sentence of page {n}.", 700),) for n in range(1, 61))))
    screen.wait_ready("long.pdf")
    expect(screen.viewer().locator(".fn-leaf")).to_have_count(60)
    expect(screen.viewer().locator(".fn-paper > img")).to_be_visible()
    assert asked <= {"1", "2", "3", "4"}
    screen.viewer().get_by_role("textbox", name="Page number").fill("40")
    screen.page.keyboard.press("Enter")
    expect(screen.viewer().get_by_alt_text(re.compile("Page 40 of"))).to_be_in_viewport()
    expect(screen.viewer().get_by_alt_text(re.compile("Page 41 of"))).to_be_attached()
    expect(screen.viewer().get_by_alt_text(re.compile("Page 1 of"))).to_have_count(0)
    assert asked <= {"1", "2", "3", "4", *(str(n) for n in range(36, 45))}


def test_a_page_larger_than_a_picture_may_be_is_drawn_in_tiles_where_it_is_seen(
    visit: Open, address: str, reader: StorageState
) -> None:
    screen = visit(address, {"width": 1920, "height": 1080}, person=reader)
    screen.answered()
    sheet_of(screen).focus()
    screen.page.keyboard.press("0")
    expect(screen.viewer().locator(".fn-tile")).to_have_count(0)
    for _ in range(5):
        screen.page.keyboard.press("+")
    expect(screen.viewer()).to_contain_text("400 %")
    tile = screen.viewer().locator(".fn-tile").first
    expect(tile).to_have_attribute("src", re.compile(r"width=\d{4}&tile=\d+\.\d+$"))
    expect(tile).to_have_js_property("naturalWidth", 1100)
    shown = box_px(tile)["width"]
    assert shown <= 1100 * 1.1
    screen.page.keyboard.press("0")
    expect(screen.viewer().locator(".fn-tile")).to_have_count(0)


def test_back_closes_the_page_on_a_phone_and_stays_in_the_conversation(
    visit: Open, address: str, reader: StorageState
) -> None:
    phone = visit(address, NARROW, person=reader)
    phone.answered()
    before = phone.page.url
    phone.sources().first.click()
    drawer = phone.page.get_by_role("dialog", name="Page viewer")
    expect(drawer).to_be_visible()
    phone.page.go_back()
    expect(drawer).to_have_count(0)
    assert phone.page.url == before
    expect(phone.sources().first).to_be_visible()


def test_the_list_of_pages_opens_a_page(screen: Screen) -> None:
    opener = screen.viewer().get_by_role("button", name="Contents and pages")
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    screen.viewer().get_by_role("button", name="Page 2 of 4").click()
    expect(screen.viewer().locator(".fn-sheet")).to_contain_text("Page 2 of 4")
    expect(screen.viewer().get_by_role("button", name="Page 2 of 4")).to_have_attribute("aria-current", "page")
    assert violations(screen.page) == []


def test_the_divider_is_moved_by_mouse_and_keys_and_stays_where_it_was_left(screen: Screen) -> None:
    divider = screen.viewer().get_by_role("separator", name="Width of the page viewer")
    before, at = box_px(screen.viewer())["width"], box_px(divider)
    screen.page.mouse.move(at["x"] + 8, at["y"] + 300)
    screen.page.mouse.down()
    screen.page.mouse.move(at["x"] - 92, at["y"] + 300, steps=4)
    screen.page.mouse.up()
    dragged = box_px(screen.viewer())["width"]
    assert dragged == pytest.approx(before + 100, abs=30)
    expect(divider).to_be_focused()
    screen.page.keyboard.press("ArrowRight")
    narrower = box_px(screen.viewer())["width"]
    assert narrower < dragged - 10
    screen.page.reload()
    screen.answered()
    assert box_px(screen.viewer())["width"] == pytest.approx(narrower, abs=3)


def test_the_whole_screen_and_back(screen: Screen) -> None:
    button = screen.viewer().get_by_role("button", name="Full screen")
    button.click()
    expect(screen.page.locator(".fn-viewer:fullscreen")).to_have_count(1)
    button.click()
    expect(screen.page.locator(":fullscreen")).to_have_count(0)


def test_nobody_else_gets_the_words_of_a_page(screen: Screen, visit: Open, address: str) -> None:
    file = screen.viewer().get_by_role("link", name="Download the PDF").get_attribute("href") or ""
    document = file.removeprefix("file/").partition(".pdf")[0]
    stranger = visit(address)
    for path in (f"page/{document}/3.json", f"find/{document}.json?q=tide", f"contents/{document}.json"):
        assert screen.page.request.get(f"{address}/{path}").ok
        assert stranger.page.request.get(f"{address}/{path}").status == 404


def test_a_source_whose_document_was_removed_says_so(visit: Open, address: str) -> None:
    screen = visit(address)
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    screen.ask("How far did leakage fall after mains were renewed?")
    screen.answered()
    screen.card("water.pdf").get_by_role("button", name="Remove").click()
    expect(screen.card("water.pdf")).to_have_count(0)
    screen.sources().first.click()
    expect(screen.page.get_by_text("This leads to a document that was removed")).to_be_visible()
