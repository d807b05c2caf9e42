"""No violation of WCAG A and AA in any of the main states, light and dark; the keyboard reaches everything."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from src.library.sample import sample_pdf
from tests.e2e.conftest import NARROW, WIDE, Open, Screen
from tests.e2e.pdfs import WATER, Line, pdf
from tests.e2e.test_page import violations
from tests.fake_ollama import FakeOllama, Script

QUESTION = "How did cargo develop in 2025, and how often did the tide gates close?"
SENTENCE = "Nordhaven handled 2.84 million tonnes of cargo in 2025 [1]. It handled 99 million in 1950 [1]. "
LONG = tuple((Line(f"Page {n} tells of the harbour and of what it costs to keep it.", 700),) for n in range(400))
SAYS = Script(models=["llama3.2:3b"], answer=SENTENCE)
Scheme = Literal["light", "dark"]

pytestmark = pytest.mark.parametrize("scheme", ["light", "dark"])


@pytest.fixture
def says(model: FakeOllama) -> Iterator[Script]:
    usual = model.script
    model.script = replace(SAYS)
    yield model.script
    model.script = usual


@pytest.fixture(scope="module")
def reader(chromium: Browser, address_with_model: str, model: FakeOllama) -> StorageState:
    """A person who has an answer about the sample report; for tests that only look."""
    usual, model.script = model.script, SAYS
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address_with_model)
    screen = Screen(page)
    read_and_ask(screen)
    screen.answered()
    person = context.storage_state()
    context.close()
    model.script = usual
    return person


@pytest.fixture
def answered(visit: Open, address_with_model: str, scheme: Scheme, reader: StorageState) -> Screen:
    screen = visit(address_with_model, WIDE, scheme, reader)
    screen.answered()
    return screen


@pytest.fixture
def screen(visit: Open, address_with_model: str, scheme: Scheme, says: Script) -> Screen:
    return visit(address_with_model, WIDE, scheme)


def read_and_ask(screen: Screen, question: str = QUESTION) -> None:
    screen.add(*sample_pdf())
    screen.wait_ready("Nordhaven")
    screen.ask(question)


def assert_accessible(page: Page) -> None:
    assert violations(page) == []


def test_the_first_visit(screen: Screen) -> None:
    assert_accessible(screen.page)


def test_while_a_file_is_read(screen: Screen) -> None:
    screen.add("long.pdf", pdf(LONG))
    expect(screen.page.get_by_placeholder("Ask about your documents")).to_be_enabled()  # it does not change meanwhile
    expect(screen.card("long.pdf").get_by_role("progressbar")).to_have_accessible_name("Progress of long.pdf")
    assert_accessible(screen.page)


def test_while_an_answer_is_written(screen: Screen, says: Script) -> None:
    says.token_s, says.answer = 0.5, SENTENCE * 4
    read_and_ask(screen)
    expect(screen.page.locator(".st-key-foot")).to_be_visible()
    assert_accessible(screen.page)
    screen.page.get_by_role("button", name="Stop").click()
    screen.answered()


def test_an_answer_with_what_was_left_out_and_its_times(answered: Screen) -> None:
    answered.page.get_by_text("1 sentence of the model is not on the pages").click()
    expect(answered.page.locator(".fn-aside li")).to_be_visible()
    answered.page.locator(".fn-about summary").click()
    assert_accessible(answered.page)
    answered.sources().first.hover()
    assert_accessible(answered.page)


def test_a_refusal(screen: Screen) -> None:
    read_and_ask(screen, "Which team won the ice hockey championship in Ottawa?")
    expect(screen.page.get_by_role("button", name="Ask anyway")).to_be_visible()
    assert_accessible(screen.page)


def test_the_viewer_as_a_drawer(visit: Open, address_with_model: str, scheme: Scheme, says: Script) -> None:
    phone = visit(address_with_model, NARROW, scheme)
    phone.add("water.pdf", pdf(WATER))
    phone.ask("How far did leakage fall after mains were renewed?")
    phone.answered()
    assert_accessible(phone.page)
    phone.sources().first.click()
    expect(phone.page.get_by_role("dialog")).to_contain_text(re.compile(r"Page \d of 3"))
    assert_accessible(phone.page)


def test_the_settings(answered: Screen) -> None:
    answered.page.get_by_role("button", name="Settings").click()
    expect(answered.page.get_by_role("dialog")).to_be_visible()
    assert_accessible(answered.page)


def test_the_keyboard_goes_from_the_question_through_the_answer_into_the_page(answered: Screen) -> None:
    answered.page.locator(".fn-about summary").focus()
    reached = []
    for _ in range(40):
        answered.page.keyboard.press("Tab")
        reached.append(
            answered.page.evaluate(
                "(document.activeElement.ariaLabel || document.activeElement.innerText || '').trim()"
            )
        )
        outline = "getComputedStyle(document.activeElement)"
        assert answered.page.evaluate(f"{outline}.outlineStyle !== 'none' || {outline}.boxShadow !== 'none'"), reached[
            -1
        ]
        if reached[-1] == "The page":
            break
    wanted = ["Source 1", "Copy", "Good answer", "Next source", "Page number", "Larger", "Download the PDF", "The page"]
    assert [name for name in wanted if not any(name in seen for seen in reached)] == []
