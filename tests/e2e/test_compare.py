"""The room that compares two editions, as a person uses it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, StorageState, expect

from tests.e2e.conftest import NARROW, Open, Screen
from tests.e2e.pdfs import BRIDGES, LEAKAGE, REPAIRS, WATER, Line, pdf
from tests.e2e.test_page import violations

LATER = (
    WATER[0],
    (replace(LEAKAGE, text=LEAKAGE.text.replace("14.9", "13.2")), REPAIRS, Line("A new main crosses the river.", 300)),
    WATER[2],
)


@pytest.fixture(scope="module")
def keeper(chromium: Browser, address: str) -> StorageState:
    """A person with two editions of one report."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    screen = Screen(page)
    for name, pages in (("water 2023.pdf", WATER), ("water 2024.pdf", LATER)):
        screen.add(name, pdf(pages))
        screen.wait_ready(name)
    person = context.storage_state()
    context.close()
    return person


def enter(screen: Screen, *, narrow: bool = False) -> None:
    """Into the room; where the window is narrow, through the drawer that the library is in."""
    if narrow:
        screen.page.get_by_test_id("stExpandSidebarButton").click()
    screen.page.get_by_role("button", name="Compare two editions").click()
    expect(screen.page.get_by_role("heading", name="Compare")).to_be_visible()
    expect(screen.page.locator(".fn-change")).to_have_count(2)


def changes(screen: Screen) -> Locator:
    return screen.page.locator(".fn-change")


def test_what_changed_stands_side_by_side_and_a_chip_opens_its_page(
    visit: Open, address: str, keeper: StorageState
) -> None:
    screen = visit(address, person=keeper)
    enter(screen)
    expect(screen.page.locator(".fn-summary")).to_have_text("1 passage reworded and 1 added. Changed facts: 1 number.")
    reworded = changes(screen).first
    expect(reworded.locator("mark")).to_have_text(["14.9", "13.2"])
    expect(reworded.locator(".fn-facts-changed")).to_contain_text("14.9 percent → 13.2 percent")
    reworded.get_by_role("button").first.click()
    expect(screen.viewer()).to_contain_text("water 2023.pdf")
    expect(screen.viewer()).to_contain_text("Source 1 of 2")
    expect(screen.viewer().locator(".fn-mark")).not_to_have_count(0)
    screen.viewer().get_by_role("button", name="Next source").click()
    expect(screen.viewer()).to_contain_text("water 2024.pdf")
    expect(screen.viewer().locator(".fn-mark")).not_to_have_count(0)


def test_both_pages_are_shown_with_the_words_marked(visit: Open, address: str, keeper: StorageState) -> None:
    screen = visit(address, person=keeper)
    enter(screen)
    screen.page.get_by_role("button", name="Show the pages side by side").first.click()
    pictures = screen.page.get_by_test_id("stImage").locator("img")
    expect(pictures).to_have_count(2)
    expect(pictures.first).to_have_attribute("alt", "Page 2 of water 2023.pdf.")
    screen.page.get_by_role("button", name="Hide the pages").click()
    expect(pictures).to_have_count(0)


def test_filters_leave_the_changes_that_are_meant(visit: Open, address: str, keeper: StorageState) -> None:
    screen = visit(address, person=keeper)
    enter(screen)
    screen.page.get_by_role("button", name=re.compile("Added 1")).click()
    expect(changes(screen)).to_have_count(1)
    expect(changes(screen)).to_contain_text("A new main crosses the river.")
    screen.page.get_by_role("button", name=re.compile("Added 1")).click()
    box = screen.page.get_by_role("textbox", name="About")
    box.fill("leakage")
    box.press("Enter")
    expect(changes(screen)).to_have_count(1)
    box.fill("grebes")
    box.press("Enter")
    expect(screen.page.locator(".fn-summary")).to_have_text("No change is like that.")


def test_a_report_is_taken_along_and_the_conversation_comes_back(
    visit: Open, address: str, keeper: StorageState, tmp_path: Path
) -> None:
    screen = visit(address, person=keeper)
    enter(screen)
    with screen.page.expect_download() as download:
        screen.page.get_by_role("button", name="Report").click()
    download.value.save_as(tmp_path / "report.html")
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<mark>14.9</mark>" in report
    assert download.value.suggested_filename == "Changes in water 2024.html"
    screen.page.get_by_role("button", name="Back to the conversation").click()
    expect(screen.page.get_by_placeholder("Ask about your documents")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("narrow", [False, True], ids=["wide", "narrow"])
def test_the_room_passes_the_accessibility_rules(
    visit: Open, address: str, keeper: StorageState, scheme: Literal["light", "dark"], narrow: bool
) -> None:
    screen = visit(address, NARROW, scheme, keeper) if narrow else visit(address, scheme=scheme, person=keeper)
    enter(screen, narrow=narrow)
    if narrow:
        expect(screen.page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")  # chosen in it
    screen.page.get_by_role("button", name="Show the pages side by side").first.scroll_into_view_if_needed()
    screen.picture(f"compare-{'narrow' if narrow else 'wide'}-{scheme}")
    assert violations(screen.page) == []
    assert not screen.is_wider_than_its_window()


def test_with_one_document_there_is_nothing_to_compare_yet(visit: Open, address: str) -> None:
    screen = visit(address)
    screen.add("bridges.pdf", pdf(BRIDGES))
    screen.wait_ready("bridges.pdf")
    expect(screen.page.get_by_role("button", name="Compare two editions")).to_be_disabled()
