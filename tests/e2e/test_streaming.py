"""An answer while it is being written: a real page, a real server, and Ollama's protocol spoken by a stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from src.library.sample import sample_pdf
from tests.e2e.conftest import Open, Screen
from tests.e2e.pdfs import WATER, pdf
from tests.fake_ollama import FakeOllama, Script

OF_A_PLACE = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
ALL_WITHIN = """room => { const { left, right } = room.getBoundingClientRect();
  return [...room.querySelectorAll('.fn-mark')].map(mark => mark.getBoundingClientRect())
    .every(mark => mark.left >= left && mark.right <= right); }"""
QUESTION = "How far did leakage fall after mains were renewed?"
HOSTILE = (
    "Leakage fell to 14.9 percent [1]. ![x](https://evil.example/a.png) <img src=x onerror=alert(1)> "
    "[here](https://evil.example) https://evil.example/b :red[red] $x^2$."
)


@pytest.fixture
def says(model: FakeOllama) -> Iterator[Script]:
    """What the stand-in will say; as before at the end."""
    usual = model.script
    model.script = Script(models=["llama3.2:3b"])
    yield model.script
    model.script = usual


@pytest.fixture
def screen(visit: Open, address_with_model: str) -> Screen:
    screen = visit(address_with_model)
    screen.add("water.pdf", pdf((WATER[1], WATER[0], WATER[2])))  # what answers comes first, as marker 1
    screen.wait_ready("water.pdf")
    return screen


def test_the_documents_own_words_are_there_before_the_model_says_anything(screen: Screen, says: Script) -> None:
    says.first_token_s = 4.0
    says.answer = "Leakage fell to 14.9 percent [1]."
    screen.ask(QUESTION)
    expect(screen.page.get_by_text("Found in your documents")).to_be_visible()
    expect(screen.page.get_by_role("timer")).to_contain_text("Reading the passages")
    expect(screen.page.locator(".fn-quote").first).to_contain_text("Leakage fell from 18.6 percent")
    screen.answered()
    expect(screen.page.locator(".fn-about")).to_contain_text("llama3.2:3b on this machine")


@pytest.mark.parametrize("answer", ["Leakage fell to 14.9 percent [1].", "The documents do not say."])
def test_the_line_under_the_box_tells_who_would_answer_when_an_answer_is_done(
    screen: Screen, says: Script, answer: str
) -> None:
    line = screen.page.locator("p.fn-engine")
    before = line.inner_text()
    says.first_token_s, says.answer = 2.0, answer
    screen.ask(QUESTION)
    expect(line).not_to_have_text(before)
    screen.answered()
    expect(line).to_have_text(before)


def test_words_that_stand_in_sight_already_stay_where_they_are_when_the_check_lands(
    visit: Open, address_with_model: str, says: Script
) -> None:
    """What the model wrote cites a part of the paragraph that was opened as a first quote."""
    screen = visit(address_with_model)
    screen.add(*sample_pdf())
    screen.wait_ready("Nordhaven")
    says.first_token_s, says.answer = 2.0, "Timber fell to 774,000 tonnes after two sawmills closed in the spring [1]."
    screen.ask("What fell to 774,000 tonnes?")
    expect(screen.marks()).to_have_count(7)
    room = screen.page.locator(".fn-scroll")
    opened = (screen.viewer().locator("[data-do=zoom-fit]").inner_text(), room.evaluate("e => e.scrollTop"))
    assert room.evaluate(ALL_WITHIN)  # no line of it is cut
    screen.answered()
    expect(screen.marks()).to_have_count(3)
    assert opened == (screen.viewer().locator("[data-do=zoom-fit]").inner_text(), room.evaluate("e => e.scrollTop"))
    assert room.evaluate(ALL_WITHIN)


def test_a_first_quote_opens_its_page_and_the_whole_page_is_not_drawn_for_it(screen: Screen, says: Script) -> None:
    page, whole = screen.page, list[int]()

    def count(frame: str | bytes) -> None:
        told = ForwardMsg.FromString(frame if isinstance(frame, bytes) else frame.encode())
        if told.WhichOneof("type") == "script_finished" and told.script_finished != OF_A_PLACE:
            whole.append(told.script_finished)

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", count)

    page.on("websocket", listen)
    page.reload()
    screen.wait_ready("water.pdf")
    says.first_token_s = 2.0
    says.token_s = 0.5  # until Stop
    says.answer = "Leakage fell to 14.9 percent [1]. " + "The rest of the answer takes its time. " * 3
    page.wait_for_timeout(1_000)  # what the arrival makes the page draw
    drawn = 0
    for _ in range(3):  # a busy machine may hear of a quote twice
        whole.clear()
        screen.ask(QUESTION)
        expect(screen.marks().first).to_be_visible()
        expect(page.locator(".fn-notes a.fn-here").last).to_be_visible()  # of the quotes the one that is opened
        expect(page.locator(".fn-written").last).to_contain_text("Leakage fell")
        drawn = whole.count(ForwardMsg.FINISHED_SUCCESSFULLY)  # to its end: a run may begin again at once
        page.get_by_role("button", name="Stop").click()
        screen.answered()
        if drawn == 1:
            break
    assert drawn == 1, "the page is drawn for the question, what follows in places of its own"


def test_a_source_opens_while_the_answer_is_still_being_written(screen: Screen, says: Script) -> None:
    says.token_s = 0.5  # until Stop
    says.answer = "Leakage fell to 14.9 percent [1]. " + "The rest of the answer takes its time. " * 3
    screen.ask(QUESTION)
    chip = screen.page.locator(".fn-written").get_by_role("button", name="Source 1: water.pdf, page 1")
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(screen.page.get_by_role("button", name="Stop")).to_be_visible()
    screen.picture("streaming-light")
    screen.page.get_by_role("button", name="Stop").click()
    screen.answered()


def test_stop_keeps_what_was_written_and_frees_the_model(screen: Screen, says: Script, model: FakeOllama) -> None:
    says.token_s = 0.5  # until Stop
    says.answer = "Leakage fell to 14.9 percent [1]. " + "And so on and on. " * 200
    left_before = model.hang_ups
    screen.ask(QUESTION)
    expect(screen.page.get_by_role("timer")).to_contain_text("Writing")
    expect(screen.page.get_by_text("Leakage fell to 14.9").first).to_be_visible()
    screen.page.get_by_role("button", name="Stop").click()
    screen.answered()
    expect(screen.page.get_by_test_id("stMarkdown").filter(has_text="Leakage fell to 14.9")).to_be_visible()
    assert model.hang_ups == left_before + 1


def test_a_refresh_in_mid_answer_goes_on_with_it(screen: Screen, says: Script) -> None:
    says.token_s = 0.2
    says.answer = "Leakage fell to 14.9 percent [1]. " + "A few more words follow here. " * 4
    screen.ask(QUESTION)
    expect(screen.page.get_by_role("timer")).to_contain_text("Writing")
    screen.page.reload()
    screen.answered()
    expect(screen.page.locator(".fn-question")).to_have_text(QUESTION)


def test_a_question_asked_meanwhile_waits_in_line_and_can_be_taken_back(screen: Screen, says: Script) -> None:
    says.token_s, says.answer = 1.0, "The rest of the answer takes its time. " * 20
    screen.ask(QUESTION)
    expect(screen.page.get_by_role("button", name="Stop")).to_be_visible()
    too_early = "And how many kilometres were renewed?"
    screen.ask(too_early)
    expect(screen.page.locator(".fn-queued")).to_have_text(too_early)
    expect(screen.page.locator(".fn-coming .fn-question")).to_have_count(0)
    screen.page.get_by_role("button", name="Take back").click()
    expect(screen.page.locator(".fn-queued")).to_have_count(0)
    box = screen.page.get_by_placeholder("Ask about your documents")
    expect(box).to_have_value(too_early)
    box.press("Enter")
    expect(screen.page.locator(".fn-queued")).to_have_text(too_early)
    screen.page.get_by_role("button", name="Stop").click()
    expect(screen.page.locator('[class*="st-key-question-"] .fn-question')).to_have_text([QUESTION, too_early])
    expect(screen.page.get_by_role("button", name="Stop")).to_have_count(1)  # the former answer's is gone
    screen.page.get_by_role("button", name="Stop").click()
    screen.answered()


def test_a_models_markup_is_shown_as_the_characters_it_is(screen: Screen, says: Script) -> None:
    says.answer = HOSTILE
    screen.ask(QUESTION)
    screen.answered()
    screen.page.locator(".fn-aside summary").click()  # none of it is on the pages
    text = screen.page.locator(".fn-aside")
    expect(text).to_contain_text("<img src=x onerror=alert(1)>")
    expect(text).to_contain_text(":red[red] $x^2$")
    answer = screen.page.locator('[class*="st-key-answer-"]')
    expect(answer.locator("img, .katex, a:not([href^='#'])")).to_have_count(0)


def test_a_sentence_the_pages_contradict_is_left_out_and_said_why(screen: Screen, says: Script) -> None:
    says.answer = "Leakage fell from 18.6 percent to 99.9 percent [1]."
    screen.ask(QUESTION)
    screen.answered()
    expect(screen.page.locator('[class*="st-key-answer-"] [data-testid="stMarkdown"]')).not_to_contain_text(["99.9"])
    screen.page.locator(".fn-aside summary").click()
    expect(screen.page.locator(".fn-aside li")).to_contain_text("99.9")
