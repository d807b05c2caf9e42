"""Languages, settings, addresses of conversations, and a second tab, in a real browser."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NARROW, WIDE, Open, Screen
from tests.e2e.pdfs import BRIDGES, WATER, pdf

QUESTION = "How far did leakage fall after mains were renewed?"
ANOTHER = "How long did the average repair of a burst take?"


@pytest.fixture
def screen(visit: Open, address: str) -> Screen:
    return visit(address)


def ask_about_water(screen: Screen) -> None:
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    screen.ask(QUESTION)
    screen.answered()


def open_settings(page: Page, name: str = "Settings") -> None:
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("dialog")).to_contain_text(name)
    expect(page.get_by_role("radiogroup")).to_have_count(2)


def conversation(page: Page) -> str:
    return page.url.partition("?c=")[2]


# ------------------------------------------------------------------------------------------------ languages


def test_a_german_browser_gets_a_german_page(visit: Open, address: str) -> None:
    german = visit(address, language="de-DE")
    expect(german.page.locator("html")).to_have_attribute("lang", "de")
    expect(german.page.get_by_role("heading", name="Dokumente befragen")).to_be_visible()
    expect(german.page.get_by_role("button", name="Dateien auswählen")).to_be_visible()
    german.add("urlaub.pdf", b"PK\x03\x04 zip")
    expect(german.card("urlaub.pdf")).to_contain_text("Die Datei ist kein PDF, sondern ein ZIP-Archiv")


@pytest.mark.parametrize("language", ["de-DE", "fr-FR"])
def test_the_words_of_the_button_that_takes_files_stand_on_one_line_on_a_phone(
    visit: Open, address: str, language: str
) -> None:
    choose = visit(address, NARROW, language=language).page.get_by_test_id("stFileUploaderDropzone").locator("button")
    assert (choose.bounding_box() or {"height": 99})["height"] <= 48


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["de-DE", "en-US"])
def test_a_phone_shows_every_room_without_scrolling_sideways(
    visit: Open, address: str, language: str, scheme: Literal["light", "dark"]
) -> None:
    phone = visit(address, NARROW, scheme, language=language)
    assert not phone.is_wider_than_its_window()
    phone.picture(f"welcome-{language[:2]}-390-{scheme}")
    phone.add("Donaudampfschifffahrtsgesellschaftskapitänsgehaltsabrechnungen.pdf", pdf(BRIDGES))
    expect(phone.page.locator('textarea[data-testid="stChatInputTextArea"]:enabled')).to_have_count(1)
    assert not phone.is_wider_than_its_window()
    phone.page.get_by_test_id("stExpandSidebarButton").click()
    expect(phone.card("Donaudampf")).to_contain_text("bereit" if language == "de-DE" else "ready")
    phone.picture(f"library-{language[:2]}-390-{scheme}")
    assert not phone.is_wider_than_its_window()


# ------------------------------------------------------------------------------------------------ settings


def test_the_language_is_changed_with_the_settings_open(screen: Screen) -> None:
    page = screen.page
    open_settings(page)
    page.get_by_role("combobox", name="Language").click()
    page.get_by_role("option", name="Deutsch", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Einstellungen")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.reload()
    expect(page.get_by_role("heading", name="Dokumente befragen")).to_be_visible()


def test_the_theme_is_the_chosen_one_and_stays(screen: Screen) -> None:
    page = screen.page
    open_settings(page)
    with page.expect_navigation():
        page.get_by_role("radio", name="Dark").click()
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(20, 24, 26)")
    page.reload()
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(20, 24, 26)")
    open_settings(page)
    expect(page.get_by_role("radio", name="Dark")).to_be_checked()
    with page.expect_navigation():
        page.get_by_role("radio", name="As the system").click()
    expect(page.locator(".stApp")).to_have_css("background-color", "rgb(253, 252, 250)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_settings_can_be_read_and_worked_by_everybody(
    visit: Open, address: str, scheme: Literal["light", "dark"]
) -> None:
    page = visit(address, WIDE, scheme).page
    open_settings(page)
    page.wait_for_function("() => document.getAnimations().every(animation => animation.playState !== 'running')")
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
    found = Axe().run(page, context=".st-key-about-model, [role=dialog]", options=options).response["violations"]
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found] == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_settings_stay_open_while_a_document_is_read(screen: Screen) -> None:
    open_settings(screen.page)
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    expect(screen.page.get_by_role("dialog")).to_contain_text("Settings")


def test_the_key_of_a_library_is_shown_on_demand_and_opens_it_to_a_program(screen: Screen, address: str) -> None:
    page = screen.page
    screen.add("water.pdf", pdf(WATER))
    screen.wait_ready("water.pdf")
    open_settings(page)
    page.get_by_role("button", name="Show this library’s key").click()
    key = page.get_by_role("dialog").locator("code").inner_text().strip()
    listed = page.request.get(f"{address}/api/documents", headers={"Authorization": f"Bearer {key}", "Cookie": ""})
    assert "water.pdf" in listed.text()
    page.keyboard.press("Escape")
    open_settings(page)
    expect(page.get_by_role("dialog").locator("code")).to_have_count(0)


# ------------------------------------------------------------------------------------------------ conversations


def test_an_address_leads_back_to_its_conversation(screen: Screen, address: str) -> None:
    page = screen.page
    ask_about_water(screen)
    expect(page).to_have_url(re.compile(r"\?c="))
    first = conversation(page)
    page.get_by_role("button", name="New").click()
    expect(page.locator(".fn-question")).to_have_count(0)
    screen.ask(ANOTHER)
    screen.answered()
    expect(page.locator(".fn-question")).to_have_text(ANOTHER)
    assert conversation(page) not in ("", first)
    page.goto(f"{address}/?c={first}")
    expect(page.locator(".fn-question")).to_have_text(QUESTION)
    assert conversation(page) == first


def test_the_browsers_way_back_leads_to_the_earlier_conversation(screen: Screen) -> None:
    page = screen.page
    ask_about_water(screen)
    page.get_by_role("button", name="New").click()
    expect(page.locator(".fn-question")).to_have_count(0)
    page.go_back()
    expect(page.locator(".fn-question")).to_have_text(QUESTION)


def test_a_link_of_somebody_else_opens_nothing(screen: Screen, visit: Open, address: str) -> None:
    ask_about_water(screen)
    expect(screen.page).to_have_url(re.compile(r"\?c="))
    stranger = visit(address)
    stranger.page.goto(screen.page.url)
    expect(stranger.page.get_by_text("leads to a conversation that is not here")).to_be_visible()
    expect(stranger.page.get_by_text(QUESTION)).to_have_count(0)
    assert conversation(stranger.page) == ""


def test_a_conversation_is_deleted_for_good(screen: Screen) -> None:
    page = screen.page
    ask_about_water(screen)
    page.get_by_text("Conversations").click()
    page.get_by_role("button", name="Delete the conversation").click()
    expect(page.get_by_text("This is for good.")).to_be_visible()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.locator(".fn-question")).to_have_count(0)
    expect(page.get_by_text("Conversations")).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="New conversation")).to_be_visible()


# ------------------------------------------------------------------------------------------------ a second tab


def test_what_one_tab_does_appears_in_the_other(screen: Screen, address: str) -> None:
    other = Screen(screen.page.context.new_page())
    other.page.goto(address)
    expect(other.page.get_by_role("heading", name="Ask your documents")).to_be_visible()
    screen.add("water.pdf", pdf(WATER))
    other.wait_ready("water.pdf")  # nobody touched it
    screen.wait_ready("water.pdf")
    screen.ask(QUESTION)
    screen.answered()
    expect(screen.page).to_have_url(re.compile(r"\?c="))
    expect(other.page.get_by_text("Conversations")).to_be_visible()
    expect(other.page.locator(".fn-question")).to_have_count(0)  # it has a conversation of its own
    other.page.goto(screen.page.url)
    expect(other.page.locator(".fn-question")).to_have_text(QUESTION)
    screen.ask(ANOTHER)
    expect(other.page.locator(".fn-question")).to_have_count(2)
    other.answered()
