"""What a person lives through while an answer is made: nothing jumps, everything is said once, nothing is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NARROW, Open, Screen, serve
from tests.e2e.pdfs import WATER, pdf
from tests.fake_ollama import FakeOllama, Script

QUESTION = "How far did leakage fall after mains were renewed?"
EXPLAIN = "Why did leakage fall after mains were renewed?"  # a look-up's answer ends after two sentences
EXPLAIN_MORE = "Why did the average repair of a burst take so many hours?"
SENTENCE = "Leakage fell from 18.6 percent to 14.9 percent after 212 km of mains were renewed [1]. "
LONG_WORD = "".join("انخفضالتسربمياه"[(n * n + n // 5) % 15] for n in range(150))
_FRAMES = [
    "Indeed",
    "Moreover",
    "Further",
    "Also",
    "Notably",
    "Besides",
    "Overall",
    "Again",
    "Altogether",
    "Certainly",
    "Clearly",
    "Now",
    "Then",
    "Thus",
    "Therefore",
    "Accordingly",
    "Meanwhile",
    "Likewise",
    "Lastly",
    "Finally,",
]


def sentences(count: int) -> str:
    """So many sentences that hold, no two alike: a model that only repeats itself is stopped."""
    return "".join(f"{frame.rstrip(',')}, l{SENTENCE[1:]}" for frame in _FRAMES[:count])


# Where the first words of the answer and the line above them stand on the screen, and whatever else moved.
WATCH = """() => {
  window.moved = { tops: [], shift: 0 };
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (!entry.hadRecentInput) window.moved.shift += entry.value;
  })).observe({ type: 'layout-shift' });
  const top = selector => {
    const found = document.querySelector('.st-key-turns > :last-child')?.querySelector(selector);
    return found ? Math.round(found.getBoundingClientRect().top) : null;
  };
  const look = () => {
    const words = top(':is([data-testid=stMarkdown], .fn-written) p');
    const tops = JSON.stringify([words, top('.fn-stage, .fn-about summary')]);
    if (tops !== window.moved.tops.at(-1)) window.moved.tops.push(tops);
    requestAnimationFrame(look);
  };
  look();
}"""


@pytest.fixture
def says(model: FakeOllama) -> Iterator[Script]:
    usual = model.script
    model.script = Script(models=["llama3.2:3b"])
    yield model.script
    model.script = usual


@pytest.fixture
def screen(visit: Open, address_with_model: str) -> Screen:
    screen = visit(address_with_model)
    screen.add("water.pdf", pdf((WATER[1], WATER[0], WATER[2])))
    screen.wait_ready("water.pdf")
    return screen


def test_nothing_jumps_while_a_long_answer_comes_and_when_its_last_word_has_come(screen: Screen, says: Script) -> None:
    says.token_s, says.answer = 0.05, sentences(17)
    for answered, question in enumerate((EXPLAIN, EXPLAIN_MORE), 1):
        screen.ask(question)
        expect(screen.page.locator(".st-key-foot")).to_be_visible()
        screen.page.evaluate(WATCH)
        expect(screen.page.locator(".fn-copy")).to_have_count(answered, timeout=60_000)
        screen.answered()
        moved = screen.page.evaluate("window.moved")
        assert moved["shift"] < 0.01
        tops = [json.loads(seen) for seen in moved["tops"]]
        assert max(top for top, _ in tops) - min(top for top, _ in tops) <= 1
        assert max(line for _, line in tops) - min(line for _, line in tops) <= 1


def test_who_scrolled_up_stays_there(screen: Screen, says: Script) -> None:
    screen.page.set_viewport_size({"width": 1280, "height": 480})
    says.answer = sentences(20)
    screen.ask(QUESTION)
    screen.answered()
    says.token_s = 0.05
    screen.ask(EXPLAIN_MORE)
    expect(screen.page.locator(".st-key-foot")).to_be_visible()
    screen.page.mouse.move(600, 240)
    screen.page.mouse.wheel(0, -150)
    main = screen.page.get_by_test_id("stMain")
    screen.page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollTop > 0")
    place = main.evaluate("main => new Promise(done => setTimeout(() => done(main.scrollTop), 300))")
    expect(screen.page.get_by_role("button", name="Stop")).to_have_count(0, timeout=60_000)
    expect(screen.page.locator(".fn-copy")).to_have_count(2)
    assert main.evaluate("main => main.scrollTop") == pytest.approx(place, abs=2)


def test_the_end_of_an_answer_is_said_once(screen: Screen, says: Script) -> None:
    says.answer = SENTENCE
    screen.page.evaluate(
        """() => { window.heard = []; new MutationObserver(() => {
            const said = document.querySelector('.fn-said')?.textContent;
            if (said) window.heard.push(said);
        }).observe(document.body, { subtree: true, childList: true, characterData: true }); }"""
    )
    screen.ask(QUESTION)
    screen.answered()
    screen.page.wait_for_function("() => window.heard.length > 0")
    screen.sources().first.focus()
    assert set(screen.page.evaluate("window.heard")) == {"The answer is there, with 1 source."}


def test_an_answer_is_copied_with_its_footnotes(screen: Screen, says: Script) -> None:
    says.answer = SENTENCE
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.ask(QUESTION)
    screen.answered()
    screen.page.get_by_role("button", name="Copy").click()
    expect(screen.page.get_by_role("button", name="Copied")).to_be_visible()
    copied = screen.page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Leakage fell from 18.6 percent to 14.9 percent")
    assert "[1] water.pdf, p. 1, printed i: “Leakage fell" in copied


def test_a_thumb_is_kept(screen: Screen, says: Script) -> None:
    says.answer = SENTENCE
    screen.ask(QUESTION)
    screen.answered()
    screen.page.get_by_role("radio", name="Bad answer").click()
    expect(screen.page.get_by_role("radio", name="Bad answer")).to_be_checked()  # in the browser, before it is kept
    expect(screen.page.get_by_label("What was wrong with this answer?")).to_be_visible()  # asked once it is
    screen.page.reload()
    expect(screen.page.get_by_role("radio", name="Bad answer")).to_be_checked()


def test_what_the_time_went_into_is_behind_the_line_above_the_answer(screen: Screen, says: Script) -> None:
    says.answer, says.first_token_s = SENTENCE, 0.5
    screen.ask(QUESTION)
    screen.answered()
    screen.page.locator(".fn-about summary").press("Enter")
    expect(screen.page.locator(".fn-times")).to_contain_text(re.compile(r"Read\s*\d+\.\d s"))
    expect(screen.page.locator(".fn-times")).to_contain_text(re.compile(r"Write\s*\d+\.\d s"))


def test_a_cut_answer_explains_itself_and_offers_another(screen: Screen, says: Script) -> None:
    says.answer, says.fault, says.fault_after = SENTENCE, "drop", 8
    screen.ask(QUESTION)
    expect(screen.page.get_by_text("The model stopped in the middle. What had been written is kept.")).to_be_visible()
    says.fault = ""
    screen.page.get_by_role("button", name="Answer again").click()
    expect(screen.page.get_by_text("The model stopped in the middle")).to_have_count(0)
    screen.answered()
    expect(screen.page.get_by_test_id("stMarkdown").filter(has_text="212 km of mains were renewed")).to_be_visible()


def test_words_from_right_to_left_stand_on_their_side(visit: Open, address_with_model: str, says: Script) -> None:
    phone = visit(address_with_model, NARROW)
    phone.add("water.pdf", pdf(WATER))
    says.answer = f"انخفض التسرب من 18.6 إلى 14.9 بالمئة {LONG_WORD} [1].\n\n{SENTENCE}"
    phone.ask("كم انخفض التسرب leakage mains renewed؟")
    phone.answered()
    words = phone.page.get_by_test_id("stMarkdown").locator("p")
    expect(words.filter(has_text="التسرب")).to_have_css("direction", "rtl")
    expect(words.filter(has_text="212 km of mains")).to_have_css("direction", "ltr")
    expect(phone.page.locator(".fn-question")).to_have_css("direction", "rtl")
    assert not phone.is_wider_than_its_window()


def test_a_lost_connection_is_told_and_the_page_comes_back(
    visit: Open, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("restarted")
    with serve(folder, "http://127.0.0.1:9") as address:
        screen = visit(address, trouble="*")
        screen.add("water.pdf", pdf(WATER))
        screen.wait_ready("water.pdf")
        screen.ask(QUESTION)
        screen.answered()
        expect(screen.sources().first).to_have_attribute("aria-pressed", "true")  # the page is drawn to its end
    told = screen.page.get_by_role("alert").filter(has_text="The connection to the server is lost")
    expect(told).to_be_visible()
    screen.viewer().get_by_role("button", name="Previous page").click()  # what is on the page goes on working
    expect(screen.viewer()).to_contain_text("Page 1 of")
    screen.sources().last.click()
    expect(screen.viewer()).to_contain_text("Page 2 of")
    port = int(address.rsplit(":", 1)[1])
    with serve(folder, "http://127.0.0.1:9", port):
        expect(told).to_have_count(0, timeout=60_000)
        expect(screen.page.locator(".fn-question")).to_have_text(QUESTION)
