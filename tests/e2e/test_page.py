"""What a person does and sees, in a real browser against the real server, without a language model."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, StorageState, expect

from tests.e2e.conftest import NARROW, Open, Screen
from tests.e2e.pdfs import BRIDGES, LEAKAGE, REPAIRS, WATER, WIDTH, Line, pdf

QUESTION = "How far did leakage fall after mains were renewed?"
HOSTILE_NAME = "<img src=x onerror=alert(1)> ![y](https:evil.example) [z](#cite-1) $x$ :red[hi].pdf"


@pytest.fixture
def screen(visit: Open, address: str) -> Screen:
    return visit(address)


def ask_about_water(screen: Screen) -> None:
    """The water report is read and a question about its second page is answered."""
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    screen.ask(QUESTION)
    screen.answered()


@pytest.fixture(scope="module")
def reader(chromium: Browser, address: str) -> StorageState:
    """A person who has asked about the water report; for tests that only look."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    ask_about_water(Screen(page))
    person = context.storage_state()
    context.close()
    return person


@pytest.fixture
def answered(visit: Open, address: str, reader: StorageState) -> Screen:
    screen = visit(address, person=reader)
    screen.answered()
    return screen


def marked_box(image: Image.Image) -> tuple[float, float, float, float] | None:
    """The box of everything yellow, in points from the top left of an A4 page."""
    pixels = np.asarray(image).astype(int)
    red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
    rows, columns = np.nonzero((red > 180) & (green > 150) & (blue < 140) & (red - blue > 90))
    if not len(rows):
        return None
    scale = WIDTH / image.width
    return columns.min() * scale, rows.min() * scale, columns.max() * scale, rows.max() * scale


def assert_marks(image: Image.Image, quote: str) -> None:
    """What is yellow on the second page of the water report is what was quoted: no line less, no line more."""
    boxes = [line.box() for line in (LEAKAGE, REPAIRS) if line.text[:30] in quote]
    expected = (boxes[0][0], boxes[0][1], max(box[2] for box in boxes), boxes[-1][3])
    assert marked_box(image) == pytest.approx(expected, abs=5)  # the final full stop may or may not be quoted


def entry_of(screen: Screen, line: Line) -> Locator:
    """The last list entry that quotes `line`."""
    entry = screen.page.locator("a.fn-entry").filter(has_text=line.text[:30]).last
    expect(entry).to_be_visible()
    return entry


def open_source(screen: Screen, source: Locator) -> None:
    """Until the page shows it: on a busy machine an answer may stand before the viewer has heard of its places."""
    source.click()
    expect(source).to_have_attribute("aria-pressed", "true")
    expect(screen.marks().first).to_be_visible()


# ------------------------------------------------------------------------------------------------ reading and asking


def test_a_file_dropped_anywhere_can_be_asked_and_its_citation_marks_the_very_words(screen: Screen) -> None:
    screen.drop("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    screen.ask(QUESTION)
    screen.answered()
    source = entry_of(screen, LEAKAGE)
    open_source(screen, source)
    expect(screen.page.locator(".st-key-viewer")).to_contain_text("Page 2 of 3 · printed ii")
    assert_marks(screen.shown_page(), source.inner_text())
    screen.picture("answer-light")


def test_a_conversation_goes_on_and_the_newest_question_comes_into_view(screen: Screen) -> None:
    ask_about_water(screen)
    title = screen.page.locator(".fn-title")
    expect(title).to_have_css("opacity", "0")  # its words stand in the bubble below
    screen.ask("How many hours did the average repair of a burst take?")
    expect(screen.page.locator(".fn-question")).to_have_count(2)
    screen.answered()
    expect(title).to_have_css("opacity", "1")  # the first question has left the window
    expect(screen.page.locator(".fn-question").last).to_be_in_viewport()
    source = entry_of(screen, REPAIRS)
    open_source(screen, source)
    expect(screen.page.get_by_alt_text(re.compile(r"9\.4 hours"))).to_be_visible()
    assert_marks(screen.shown_page(), source.inner_text())
    screen.ask("Which team won the ice hockey championship in Ottawa?")
    expect(screen.page.get_by_text("The closest passages")).to_be_visible()
    expect(screen.page.get_by_role("button", name="Ask anyway")).to_be_visible()
    closest = screen.page.locator(".st-key-turns > :last-child .fn-entry").first
    expect(closest).to_have_attribute("aria-pressed", "true")  # the page shows it, and not the answer before


def test_a_page_beside_the_cited_one_is_shown_without_marks(answered: Screen) -> None:
    entry_of(answered, LEAKAGE).click()
    answered.page.get_by_role("button", name="Next page").click()
    expect(answered.page.locator(".st-key-viewer")).to_contain_text("Page 3 of 3")
    assert marked_box(answered.shown_page()) is None
    expect(answered.page.get_by_role("button", name="Next page")).to_be_disabled()


def test_without_a_model_the_answer_says_so(answered: Screen) -> None:
    expect(answered.page.locator('[class*="st-key-answer-"]')).to_contain_text("No language model")


def test_a_document_opens_from_the_library(answered: Screen) -> None:
    answered.card("water.pdf").get_by_role("button", name="water.pdf").first.click()
    expect(answered.page.locator(".st-key-viewer")).to_contain_text("Page 1 of 3")


def test_the_original_file_can_be_downloaded(answered: Screen) -> None:
    with answered.page.expect_download() as download:
        answered.page.get_by_role("link", name="Download the PDF").click()
    assert download.value.suggested_filename == "water.pdf"
    assert download.value.path().read_bytes().startswith(b"%PDF-")


# ------------------------------------------------------------------------------------------------ whose files


def test_a_refresh_keeps_library_and_conversation(answered: Screen) -> None:
    answered.page.reload()
    expect(answered.page.locator(".fn-question")).to_have_text(QUESTION)
    expect(answered.sources().first).to_be_visible()
    answered.wait_ready("water.pdf")


def test_two_people_are_strangers(answered: Screen, visit: Open, address: str) -> None:
    stranger = visit(address)
    expect(stranger.page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    expect(stranger.page.get_by_text("water.pdf")).to_have_count(0)
    expect(stranger.page.get_by_text(QUESTION)).to_have_count(0)


def test_the_key_to_a_shelf_is_out_of_reach_of_scripts(answered: Screen) -> None:
    assert "footnote_shelf" not in answered.page.evaluate("document.cookie")


# ------------------------------------------------------------------------------------------------ files that fail


def test_a_file_that_is_no_pdf_says_why_beside_the_others(screen: Screen) -> None:
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    screen.add("holiday.pdf", b"PK\x03\x04 this is a zip archive")
    card = screen.card("holiday.pdf")
    expect(card.locator(".fn-error")).not_to_be_empty()
    expect(card.get_by_role("button", name="Try again")).to_have_count(0)  # it is no PDF the next time either
    expect(screen.page.get_by_text("1 of 2 ready")).to_be_visible()


def test_a_locked_file_opens_with_its_password(screen: Screen) -> None:
    screen.add("locked.pdf", pdf(BRIDGES, password="open sesame"))
    field = screen.page.get_by_placeholder("Password of this PDF")
    field.fill("wrong")
    field.press("Enter")
    expect(screen.card("locked.pdf").locator(".fn-error")).to_contain_text("does not open")
    screen.page.get_by_placeholder("Password of this PDF").fill("open sesame")
    screen.page.get_by_role("button", name="Open", exact=True).click()
    screen.wait_ready("locked.pdf")


def test_a_removed_file_can_be_brought_back(answered: Screen) -> None:
    answered.page.get_by_role("button", name="Remove water.pdf").click()
    expect(answered.card("water.pdf")).to_have_count(0)
    undo = answered.page.get_by_role("button", name="Undo")
    expect(undo).to_be_focused()
    undo.click()
    answered.wait_ready("water.pdf")


def test_a_hostile_file_name_is_only_text(screen: Screen) -> None:
    screen.add(HOSTILE_NAME, pdf(WATER))
    expect(screen.page.locator(".st-key-beside .fn-sheet b")).to_have_text(HOSTILE_NAME)
    screen.wait_ready("onerror")
    screen.ask(QUESTION)
    screen.answered()
    expect(screen.page.locator(".fn-where b").first).to_have_text(HOSTILE_NAME)
    assert screen.page.locator('img[src="x"], a[href*="evil"], .katex').count() == 0


# ------------------------------------------------------------------------------------------------ small screens, keys


def test_on_a_phone_nothing_scrolls_sideways_and_a_source_opens_as_a_drawer(visit: Open, address: str) -> None:
    phone = visit(address, NARROW)
    assert not phone.is_wider_than_its_window()
    phone.picture("welcome-390")
    phone.add("water.pdf", pdf(WATER))
    phone.ask(QUESTION)
    phone.answered()
    assert not phone.is_wider_than_its_window()
    phone.picture("answer-390")
    source = entry_of(phone, LEAKAGE)
    quote = source.inner_text()
    open_source(phone, source)
    drawer = phone.page.get_by_role("dialog")
    expect(drawer).to_contain_text("Page 2 of 3")
    assert_marks(phone.shown_page(), quote)
    phone.picture("drawer-390")
    phone.page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    phone.page.get_by_test_id("stExpandSidebarButton").click()
    phone.picture("library-390")
    phone.card("water.pdf").get_by_role("button", name="water.pdf").first.click()
    expect(drawer).to_contain_text("Page 1 of 3")
    drawer.get_by_role("button", name="Next page").click()
    expect(drawer).to_contain_text("Page 2 of 3")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_source_is_a_button_that_the_keyboard_opens(answered: Screen, key: str) -> None:
    answered.page.get_by_role("button", name="Next page").click()
    expect(answered.page.locator(".st-key-viewer")).to_contain_text("Page 3 of 3")
    source = answered.page.get_by_role("button", name="Source 1: water.pdf, page 2").first
    source.focus()
    answered.page.keyboard.press(key)
    expect(answered.page.locator(".st-key-viewer")).to_contain_text("Page 2 of 3")
    expect(source).to_have_attribute("aria-pressed", "true")


# ------------------------------------------------------------------------------------------------ look


def violations(page: Page) -> list[str]:
    """WCAG A and AA violations outside of Streamlit's own widgets."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
        if "stFileUploader" not in node["html"] and not _in_uploader(page, node["target"][0])
    ]


def _in_uploader(page: Page, selector: str) -> bool:
    return bool(
        page.evaluate("s => !!document.querySelector(s)?.closest('[data-testid=\"stFileUploader\"]')", selector)
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_passes_the_accessibility_rules_in_both_themes(
    visit: Open, address: str, scheme: Literal["light", "dark"]
) -> None:
    screen = visit(address, scheme=scheme)
    screen.picture(f"welcome-{scheme}")
    assert violations(screen.page) == []
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    screen.add("broken.pdf", b"not a pdf at all")
    expect(screen.card("broken.pdf").locator(".fn-error")).to_be_visible()
    screen.ask(QUESTION)
    screen.answered()
    screen.picture(f"answer-{scheme}")
    assert violations(screen.page) == []


def test_the_dark_theme_is_dark(visit: Open, address: str) -> None:
    screen = visit(address, scheme="dark")
    colour = screen.page.get_by_test_id("stApp").evaluate("app => getComputedStyle(app).backgroundColor")
    red, green, blue = (int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(","))
    assert max(red, green, blue) < 60


def test_the_fonts_come_from_this_server(answered: Screen) -> None:
    loaded = answered.page.evaluate(
        "document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded').map(x => x.family))"
    )
    assert {"Inter", "Newsreader"} <= {family.strip('"') for family in loaded}


def test_a_folder_dropped_anywhere_brings_what_can_be_read_in_it_and_in_its_folders(
    screen: Screen, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    (folder / "older").mkdir(parents=True)
    (folder / "water.pdf").write_bytes(pdf(WATER))
    (folder / "older" / "bridges.pdf").write_bytes(pdf(BRIDGES))
    (folder / "notes.txt").write_text("The bridge was closed for nine days.")
    (folder / "holiday.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    browser = screen.page.context.new_cdp_session(screen.page)
    data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}

    def drag(kind: str) -> None:
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 700, "y": 700, "data": data})

    expect(screen.page.get_by_role("region", name="anywhere on this page")).to_be_visible()  # its script runs
    body = screen.page.locator("body")
    expect(body).to_have_attribute("data-fn-begun", "")
    drag("dragEnter")
    for _ in range(300):
        drag("dragOver")  # as a browser tells it again and again while something is held over the page
        if "fn-dropping" in (body.get_attribute("class") or ""):
            break
    expect(body).to_have_class(re.compile("fn-dropping"))  # the page takes files
    drag("dragOver")
    drag("drop")
    screen.wait_ready("water.pdf")
    screen.wait_ready("bridges.pdf")
    screen.wait_ready("notes.txt")
    expect(screen.page.locator('[class*="st-key-doc-"]')).to_have_count(3)


def test_with_the_library_put_away_the_title_and_what_stands_beside_it_can_be_used(answered: Screen) -> None:
    page = answered.page
    page.get_by_test_id("stSidebar").hover()
    page.get_by_test_id("stSidebarCollapseButton").click()
    expect(page.get_by_test_id("stExpandSidebarButton")).to_be_visible()
    title = page.locator(".fn-title").bounding_box()
    way_back = page.get_by_test_id("stExpandSidebarButton").bounding_box()
    assert title is not None
    assert way_back is not None
    assert title["x"] >= way_back["x"] + way_back["width"]
    page.get_by_role("button", name="New", exact=True).click()  # nothing lies over it
    expect(page.locator(".fn-title")).to_contain_text("New conversation")


def test_the_viewers_controls_stay_where_they_are_at_every_size_and_place(answered: Screen) -> None:
    larger = answered.viewer().get_by_role("button", name="Larger")
    before = larger.bounding_box()
    larger.click()
    answered.page.locator('[data-testid="stMain"]').evaluate("main => main.scrollTo(0, main.scrollHeight)")
    assert larger.bounding_box() == before


def test_on_a_phone_the_library_goes_away_at_a_choice_and_at_a_tap_beside_it(
    visit: Open, address: str, reader: StorageState
) -> None:
    phone = visit(address, NARROW, person=reader).page
    sidebar, way_back = phone.get_by_test_id("stSidebar"), phone.get_by_test_id("stExpandSidebarButton")
    way_back.click()
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    phone.mouse.click(NARROW["width"] - 8, 300)
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    assert phone.locator("dialog[open]").count() == 0
    way_back.click()
    phone.get_by_text("Conversations").click()
    phone.locator('[class*="st-key-conversation-"] button').first.click()
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    way_back.click()
    phone.get_by_role("button", name="Timeline").click()
    expect(sidebar).to_have_attribute("data-collapsed", "true")
