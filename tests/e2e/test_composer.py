"""The question box, the guide, the rows of a library and the keys of the page, in a real browser."""

from __future__ import annotations

from playwright.sync_api import FilePayload, expect

from src.library.sample import sample_pdf
from tests.e2e.conftest import NARROW, Open, Screen
from tests.e2e.pdfs import BRIDGES, WATER, Line, pdf
from tests.e2e.test_page import violations

QUESTION = "How far did leakage fall after mains were renewed?"
NEXT = "How many hours did the average repair of a burst take?"
LAST = "How many kilometres of mains were renewed?"


def with_water(screen: Screen) -> Screen:
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    return screen


def test_a_question_that_is_too_long_is_counted_and_stays_where_it_is(visit: Open, address: str) -> None:
    page = with_water(visit(address)).page
    box = page.get_by_placeholder("Ask about your documents")
    box.fill("x" * 1700)
    expect(page.locator(".fn-counter")).to_contain_text("characters left")
    box.fill("x" * 2100)
    expect(page.locator(".fn-counter")).to_contain_text("100 characters too many")
    box.press("Enter")
    page.get_by_test_id("stChatInputSubmitButton").click()
    expect(box).to_have_value("x" * 2100)
    expect(page.locator(".fn-question")).to_have_count(0)
    box.fill(QUESTION)
    expect(page.locator(".fn-counter")).to_have_count(0)
    page.reload()
    expect(box).to_have_value(QUESTION)  # what was being typed is not lost


def test_ones_own_words_stand_there_before_the_server_has_heard_of_them(visit: Open, address: str) -> None:
    screen = with_water(visit(address))
    at_once = screen.page.evaluate(
        """question => {
          const box = document.querySelector('[data-testid="stChatInputTextArea"]');
          Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(box, question);
          box.dispatchEvent(new Event('input', { bubbles: true }));
          box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
          return document.querySelector('.fn-coming')?.textContent;
        }""",
        QUESTION,
    )
    assert at_once == QUESTION
    box = screen.page.get_by_test_id("stChatInputTextArea")
    for question in (NEXT, LAST):  # before the server has drawn the one before
        expect(box).to_have_value("")
        box.fill(question)
        box.press("Enter")
    expect(screen.page.locator('[class*="st-key-question-"] .fn-question')).to_have_text([QUESTION, NEXT, LAST])
    screen.answered()


def test_the_guide_opens_its_sections_and_goes_when_a_question_comes(visit: Open, address: str) -> None:
    screen = visit(address)
    screen.add(*sample_pdf())
    screen.wait_ready("Nordhaven")
    guide = screen.page.get_by_role("region", name="About this document")
    expect(guide.get_by_role("heading", level=2)).to_have_text("Harbour Trust of Nordhaven: annual report 2025")
    guide.get_by_role("link", name="2. Safety").click()
    expect(screen.viewer()).to_contain_text("Page 3 of 4")
    assert violations(screen.page) == []
    screen.ask("How long did the storm of 14 January close the gates?")
    screen.answered()
    expect(guide).to_have_count(0)


def test_the_rows_of_many_files_are_narrow_and_what_is_chosen_stands_at_the_box(visit: Open, address: str) -> None:
    screen = visit(address)
    files = {f"report {n}.pdf": pdf(((Line(f"Report number {n} is about rivers.", 700),),)) for n in range(8)}
    screen.chooser().set_input_files(
        [
            FilePayload(name=name, mimeType="application/pdf", buffer=data)
            for name, data in (files | {"bridges.pdf": pdf(BRIDGES)}).items()
        ]
    )
    expect(screen.page.get_by_text("9 of 9 ready")).to_be_visible()
    rows = screen.page.locator('[class*="st-key-doc-"]')
    expect(rows).to_have_count(9)
    assert all((row.bounding_box() or {"height": 99})["height"] <= 40 for row in rows.all())
    screen.page.get_by_label("Search the documents by name").fill("bridges")
    screen.page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    screen.page.locator('[class*="st-key-pick-"] label').click()
    expect(screen.page.get_by_role("checkbox", name="Choose bridges.pdf")).to_be_checked()
    chip = screen.page.locator(".st-key-scope").get_by_role("button")
    expect(chip).to_contain_text("bridges.pdf")
    screen.page.get_by_role("button", name="Keep as a collection").click()
    screen.page.get_by_label("Name of the collection").fill("Bridges")
    screen.page.keyboard.press("Enter")
    expect(chip).to_contain_text("Collection: Bridges")
    screen.page.reload()
    expect(chip).to_contain_text("Collection: Bridges")
    screen.page.get_by_text("Where to look").click()
    expect(screen.page.get_by_role("checkbox", name="Bridges · 1")).to_be_checked()
    assert violations(screen.page) == []
    chip.click()
    expect(chip).to_have_count(0)


def test_the_keys_of_the_page(visit: Open, address: str) -> None:
    screen = with_water(visit(address))
    screen.ask(QUESTION)
    screen.answered()
    page, box = screen.page, screen.page.get_by_placeholder("Ask about your documents")
    box.press("ArrowUp")
    expect(box).to_have_value(QUESTION)
    box.fill("")
    box.press("Escape")
    expect(page.get_by_test_id("stMain")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_contain_text("Write a question")
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("]")
    expect(page.locator(".fn-notes .fn-here")).to_have_count(1)
    page.evaluate("document.activeElement.blur()")
    before = page.get_by_label("Page number").input_value()
    page.keyboard.press("ArrowRight" if before == "1" else "ArrowLeft")
    expect(page.get_by_label("Page number")).not_to_have_value(before)
    page.keyboard.press("/")
    expect(box).to_be_focused()


def test_who_arrives_can_type_at_once_and_the_first_tab_stop_leads_back_to_the_box(visit: Open, address: str) -> None:
    page = with_water(visit(address)).page
    box = page.get_by_test_id("stChatInputTextArea")
    page.reload()
    expect(box).to_be_focused()
    page.get_by_role("button", name="Choose files").focus()  # what somebody chose keeps the keys
    page.get_by_text("Where to look").click()
    expect(box).not_to_be_focused()
    page.get_by_role("link", name="Skip to the question box").focus()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()


def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_window(visit: Open, address: str) -> None:
    screen = visit(address, NARROW, "dark", language="de-DE")
    assert violations(screen.page) == []
    screen.page.get_by_role("button", name="Beispielbericht").click()
    expect(screen.page.get_by_role("region", name="Über dieses Dokument")).to_contain_text("Jahresbericht")
    expect(screen.page.get_by_test_id("stChatInputTextArea")).to_be_enabled()
    expect(screen.page.get_by_test_id("stChatInputTextArea")).not_to_be_focused()  # no keyboard over the page
    assert screen.page.get_by_role("button", name="Neu", exact=True).inner_text()  # said, though its word has no room
    assert not screen.is_wider_than_its_window()
    assert violations(screen.page) == []


def test_a_conversation_is_renamed_and_an_answer_kept_among_the_notes(visit: Open, address: str) -> None:
    screen = with_water(visit(address))
    screen.ask(QUESTION)
    screen.answered()
    page = screen.page
    page.get_by_role("button", name="Keep among the notes").click()
    expect(page.get_by_role("button", name="Take from the notes")).to_be_visible()
    page.locator('[class*="st-key-rate-"] button').nth(1).click()
    page.get_by_label("What was wrong with this answer?").fill("The wrong year.")
    page.keyboard.press("Enter")
    page.get_by_text("Conversations").click()
    page.get_by_role("button", name="Rename the conversation").click()
    expect(page.get_by_label("Name of the conversation")).to_be_focused()
    # its former name is selected: what is typed takes its place
    page.wait_for_function("() => getSelection().toString() !== ''")
    page.keyboard.type("Something else")
    expect(page.get_by_label("Name of the conversation")).to_have_value("Something else")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Name of the conversation")).to_have_count(0)
    page.get_by_role("button", name="Rename the conversation").click()
    page.get_by_label("Name of the conversation").fill("Leaks")
    page.get_by_role("button", name="Keep the name").click()
    expect(page.get_by_role("heading", name="Leaks")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Notes", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("18.6 percent to 14.9 percent")
    assert violations(page) == []
    page.reload()
    expect(page.get_by_role("heading", name="Leaks")).to_be_visible()
    expect(page.get_by_label("What was wrong with this answer?")).to_have_value("The wrong year.")
    copied = page.locator(".fn-copy").get_attribute("data-html") or ""
    assert "<blockquote" in copied
    assert "<ol><li>water.pdf, p. 2" in copied
    page.get_by_role("button", name="Edit and ask again").click()
    expect(page.get_by_placeholder("Ask about your documents")).to_have_value(QUESTION)
    expect(page.get_by_placeholder("Ask about your documents")).to_be_focused()
    page.keyboard.type("!")
    expect(page.get_by_placeholder("Ask about your documents")).to_have_value(f"{QUESTION}!")


def test_printed_is_the_conversation_alone(visit: Open, address: str) -> None:
    screen = with_water(visit(address))
    screen.ask(QUESTION)
    screen.answered()
    screen.page.emulate_media(media="print")
    expect(screen.page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(screen.viewer()).to_be_hidden()
    expect(screen.page.get_by_test_id("stBottom")).to_be_hidden()
    expect(screen.page.locator(".fn-question")).to_be_visible()
