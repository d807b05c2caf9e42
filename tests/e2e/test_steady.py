"""What a person reads stays where it stands: when a question follows, when a conversation is opened or loaded again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, expect

from src.library.sample import sample_pdf
from tests.e2e.conftest import NARROW, WIDE, Open, Screen

QUESTIONS = (
    "How many ships called at the port, and how much cargo was handled?",
    "What did dredging cost in 2025?",
    "How long did the storm close the gates?",
)
# How far the conversation moved, 1 = the whole page; also what moved soon after a click: who clicked, reads on.
WATCH = """() => {
  window.moved = 0;
  const within = node => (node?.nodeType === 1 ? node : node?.parentElement)?.closest('.st-key-room-conversation');
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (entry.sources.some(source => within(source.node))) window.moved += entry.value;
  })).observe({ type: 'layout-shift', buffered: true });
}"""


def answered(screen: Screen, count: int) -> None:
    expect(screen.page.locator(".fn-copy")).to_have_count(count)
    expect(screen.page.get_by_role("button", name="Answer again")).to_have_count(1)


def stands_at_its_latest_question(page: Page) -> bool:
    """Below the title, and there it stays: what draws the page must not take it away again."""
    top = "document.querySelector('.st-key-turns > :last-child').getBoundingClientRect().top"
    page.wait_for_function(f"() => {top} < 130")
    page.wait_for_timeout(1_000)
    return bool(page.evaluate(f"{top} > 0 && {top} < 130"))


@pytest.fixture
def screen(visit: Open, address: str) -> Screen:
    """Of a person who has asked three questions."""
    screen = visit(address)
    screen.add(*sample_pdf())
    screen.wait_ready("Nordhaven")
    for count, question in enumerate(QUESTIONS, 1):
        screen.ask(question)
        answered(screen, count)
    return screen


def test_an_answer_stays_where_it_stands_when_a_question_follows_it(screen: Screen) -> None:
    screen.page.evaluate(WATCH)
    screen.ask("What did wages cost in 2025?")
    answered(screen, 4)
    assert stands_at_its_latest_question(screen.page)
    assert screen.page.evaluate("window.moved") < 0.02
    expect(screen.viewer()).to_be_in_viewport(ratio=0.95)  # it stays in sight, however far the conversation has gone


def test_a_conversation_that_is_opened_stands_at_its_latest_question_and_nothing_of_it_moves(screen: Screen) -> None:
    screen.page.get_by_role("button", name="New", exact=True).click()
    expect(screen.page.locator(".fn-copy")).to_have_count(0)
    screen.page.get_by_text("Conversations", exact=True).click()
    screen.page.evaluate(WATCH)
    screen.page.locator('[class*="st-key-conversation-"] button').first.click()
    answered(screen, 3)
    assert stands_at_its_latest_question(screen.page)
    assert screen.page.evaluate("window.moved") < 0.02


@pytest.mark.parametrize("window", [WIDE, ViewportSize(width=1024, height=768)])
def test_a_conversation_that_is_loaded_again_stands_at_its_latest_question(
    screen: Screen, window: ViewportSize
) -> None:
    screen.page.set_viewport_size(window)
    moved = list[float]()
    for _ in range(3):  # on busy cores the library may come late once
        screen.page.reload()
        screen.page.evaluate(WATCH)
        answered(screen, 3)
        assert stands_at_its_latest_question(screen.page)
        moved.append(screen.page.evaluate("window.moved"))
    assert sorted(moved)[1] < 0.05, moved


TOO_SMALL = """within => [...document.querySelectorAll(within)].flatMap(e => [...e.querySelectorAll('button, summary')])
  .filter(e => e.getClientRects().length && getComputedStyle(e).visibility !== 'hidden')
  .filter(e => Math.round(e.getBoundingClientRect().height) < 44).map(e => e.textContent)"""


def test_what_a_finger_opens_is_44_pixels_high(chromium: Browser, address: str, reader: StorageState) -> None:
    phone = chromium.new_context(viewport=NARROW, storage_state=reader, has_touch=True, is_mobile=True)
    page = phone.new_page()
    page.goto(address)
    expect(page.locator(".fn-copy")).to_have_count(1)
    assert page.evaluate(TOO_SMALL, ".st-key-bar, .st-key-turns") == []
    page.get_by_test_id("stExpandSidebarButton").tap()
    expect(page.get_by_role("button", name="Timeline")).to_be_visible()
    assert page.evaluate(TOO_SMALL, ".st-key-more, [data-testid=stSidebarHeader]") == []
    width = "document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().width"
    page.wait_for_function(f"() => {width} >= 320")  # names can be read
    page.wait_for_timeout(300)
    assert page.evaluate(width) <= 390 - 44  # beside it a finger closes it
    phone.close()


def test_no_frame_stands_around_the_page_that_has_the_keys(visit: Open, address: str, reader: StorageState) -> None:
    page = visit(address, person=reader).page
    page.keyboard.press("Tab")  # from now on the browser shows what has them
    page.get_by_test_id("stMain").evaluate("main => main.focus({ preventScroll: true })")
    frame = "main => [main.matches(':focus-visible'), getComputedStyle(main, '::before').boxShadow]"
    assert page.get_by_test_id("stMain").evaluate(frame) == [True, "none"]


def test_the_page_stays_in_sight_however_far_the_conversation_is_scrolled(
    visit: Open, address: str, reader: StorageState
) -> None:
    screen = visit(address, {"width": 1440, "height": 480}, person=reader)
    screen.answered()
    main = screen.page.get_by_test_id("stMain")
    for where in ("0", "element.scrollHeight / 2", "element.scrollHeight"):
        main.evaluate(f"element => element.scrollTo(0, {where})")
        screen.page.wait_for_timeout(100)
        box = screen.viewer().bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 480
    assert main.evaluate("element => element.scrollTop") > 100
