"""The timeline as a person uses it: themes and a figure, points that open their page, dates that are corrected."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, StorageState, expect

from tests.e2e.conftest import NARROW, WIDE, Open, Screen
from tests.e2e.test_page import violations
from tests.editions_of_a_port import YEARS, report


def with_reports(screen: Screen) -> Screen:
    screen.chooser().set_input_files(
        [FilePayload(name=f"port-{year}.pdf", mimeType="application/pdf", buffer=report(year)) for year in YEARS]
    )
    ready = screen.page.locator('[class*="st-key-doc-"]').filter(has_text="· ready")
    expect(ready).to_have_count(len(YEARS))  # while rows change places, one may be there twice
    return screen


_WATCH = """() => {
    window.together = false;
    const seen = where => document.querySelector(where)?.checkVisibility() ?? false;
    const look = () => {
        window.together ||= seen('.st-key-room-compare') && seen('.st-key-timeline');
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.fixture(scope="module")
def keeper(chromium: Browser, address: str) -> StorageState:
    """A person with the reports of a port; for tests that leave their dates as they are."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    with_reports(Screen(page))
    person = context.storage_state()
    context.close()
    return person


def to_the_timeline(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Timeline").click()
    expect(screen.page.locator(".fn-themes")).to_be_visible()


def show_figure(screen: Screen, words: str) -> None:
    screen.page.get_by_role("radio", name="A figure").click()
    box = screen.page.get_by_label("Which figure, as its row is called")
    box.fill(words)
    box.press("Enter")


def points(screen: Screen) -> Locator:
    """Of the chart: its bars, or where its lines have values."""
    return screen.page.locator('.vega-embed svg path:is([aria-roledescription="bar"], [aria-roledescription="point"])')


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_themes_and_a_figure_are_accessible(
    visit: Open, address: str, keeper: StorageState, scheme: Literal["light", "dark"]
) -> None:
    screen = visit(address, WIDE, scheme, keeper)
    to_the_timeline(screen)
    assert violations(screen.page) == []
    screen.picture(f"timeline-themes-{scheme}")
    show_figure(screen, "Total revenue")
    expect(screen.page.locator(".fn-series tbody tr")).to_have_count(5)
    expect(points(screen)).to_have_count(5)
    expect(screen.page.get_by_test_id("stStatusWidget")).to_have_count(0)  # drawn to the end: nothing is faded any more
    expect(screen.viewer().locator(".fn-scroll")).not_to_have_attribute("aria-busy", "true")
    expect(screen.page.locator('[data-stale="true"]')).to_have_count(0)
    assert violations(screen.page) == []
    screen.picture(f"timeline-figure-{scheme}")


def test_points_open_their_page_with_the_words_marked(visit: Open, address: str, keeper: StorageState) -> None:
    screen = visit(address, WIDE, person=keeper)
    to_the_timeline(screen)
    row = screen.page.locator(".fn-themes tbody tr").filter(has_text="Shore Power")
    row.locator("a").last.click()
    expect(screen.viewer()).to_contain_text("port-2020.pdf")
    expect(screen.viewer()).to_contain_text("Page 2 of 3")
    expect(screen.viewer().locator(".fn-mark").first).to_be_visible()
    screen.page.evaluate(_WATCH)
    screen.page.get_by_role("button", name="Compare two editions").click()
    expect(screen.page.get_by_role("heading", name="Compare")).to_be_visible()
    assert screen.page.evaluate("window.together") is False, "a room shows what another held"


def test_an_answer_has_its_chart_and_a_question_leads_back_to_the_conversation(
    visit: Open, address: str, keeper: StorageState
) -> None:
    screen = visit(address, WIDE, person=keeper)
    to_the_timeline(screen)
    screen.ask("How did total revenue develop?")
    bars = points(screen)
    expect(bars).to_have_count(5)
    bars.nth(0).click()
    expect(screen.viewer()).to_contain_text("port-2018.pdf")
    expect(screen.page).to_have_url(re.compile(r"^[^#]*$"))  # the point's link does not stay in the address
    screen.page.go_back()
    expect(screen.page.locator(".fn-themes")).to_be_visible()
    screen.page.go_forward()
    expect(screen.page.locator(".fn-question")).to_have_count(1)
    assert violations(screen.page) == []


def test_a_date_that_is_corrected_moves_its_column(visit: Open, address: str) -> None:
    screen = with_reports(visit(address))
    to_the_timeline(screen)
    screen.page.get_by_text("Dates of the documents").click()
    box = screen.page.get_by_role("textbox", name="Date of port-2020.pdf")
    box.fill("2023-01-31")
    box.press("Enter")
    expect(screen.page.locator(".fn-themes thead th").nth(3)).to_have_text("2023")
    screen.page.reload()
    screen.page.get_by_role("button", name="Timeline").click()
    expect(screen.page.locator(".fn-themes thead th").nth(3)).to_have_text("2023")


def test_on_a_phone_nothing_is_wider_than_the_window(visit: Open, address: str, keeper: StorageState) -> None:
    screen = visit(address, WIDE, person=keeper)
    to_the_timeline(screen)
    screen.page.set_viewport_size(NARROW)
    expect(screen.page.locator(".fn-themes")).to_be_visible()
    assert not screen.is_wider_than_its_window()
    assert violations(screen.page) == []
    screen.picture("timeline-themes-narrow")
