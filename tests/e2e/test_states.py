"""Every state of the page, wide and narrow: what a person must read in it, and a picture to look at.

The pictures are under tests/out/states, one a state and look; with FOOTNOTE_LOOKS=all also in dark colours, which the
page takes three seconds each time to put on. How a state comes about and passes is tested in the other files: here each
is stood still in.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Locator, Page, expect

from src.library.sample import sample_pdf
from tests.e2e.conftest import NARROW, OUT, WIDE, Open, Screen, serve
from tests.e2e.pdfs import BRIDGES, Line, pdf
from tests.fake_ollama import FakeOllama, Script

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, str], ...] = (("light", "1440"), ("light", "390"))
if os.environ.get("FOOTNOTE_LOOKS") == "all":
    LOOKS = (*LOOKS, ("dark", "390"), ("dark", "1440"))
SIZES = {"1440": WIDE, "390": NARROW}

# The page has taken the colours over, every line of it, and nothing is fading.
SETTLED = """([scheme, drawn]) => {
  const light = colour => { const [r, g, b] = colour.match(/[\\d.]+/g).map(Number); return (r + g + b) / 765; };
  const app = document.querySelector('[data-testid=stApp]');
  const paper = light(getComputedStyle(app).backgroundColor);
  const seen = [...document.querySelectorAll('[data-testid=stMain] :is(p, h1, h2, h3):not([class*=fn-])')];
  return (paper > .5) === (scheme === 'light')
    && (!drawn || getComputedStyle(document.documentElement).colorScheme === scheme)
    && seen.every(line => Math.abs(light(getComputedStyle(line).color) - paper) > .3)
    && [...document.images].every(image => image.complete)
    && !document.querySelector('.fn-scroll[aria-busy=true]')
    && document.getAnimations().every(animation => animation.playState !== 'running');
}"""

QUESTION = "How did cargo develop in 2025, and how often did the tide gates close?"
ANSWER = (  # its last number is wrong: the page says 23
    "Nordhaven handled 2.84 million tonnes of cargo in 2025, 6.2 % more than in 2024 [2]. "
    "Parts for offshore wind rose to 912,000 tonnes and overtook timber [2]. "
    "The tide gates closed 31 times in 2025, against 15 times in 2024 [4]."
)
SILENT_S = 240.0  # longer than all looks at a state take; every such test ends with Stop
COSTS = "Page {n} tells of the harbour and of what it costs to keep line {k} of it."
LONG = tuple(tuple(Line(COSTS.format(n=n, k=k), 700 - 20 * k) for k in range(3)) for n in range(2900))


# ------------------------------------------------------------------------------------------------ people


@pytest.fixture
def says(model: FakeOllama) -> Iterator[Script]:
    usual = model.script
    model.script = Script(models=["llama3.2:3b", "llama3.2:1b"], answer=ANSWER)
    yield model.script
    model.script = usual


def with_the_sample(screen: Screen) -> Screen:
    screen.add(*sample_pdf())
    screen.wait_ready("Nordhaven")
    return screen


@pytest.fixture
def reader(visit: Open, address_with_model: str, says: Script) -> Screen:
    """A new person each time: what one state leaves behind is in no other's picture."""
    return with_the_sample(visit(address_with_model))


# ------------------------------------------------------------------------------------------------ looking


def look(
    screen: Screen,
    state: str,
    *reads: Callable[[Page], Locator],
    sizes: Sequence[str] = tuple(SIZES),
    drawn_again: bool = True,
) -> None:
    """In every look: each of `reads` is in sight, nothing is wider than the window; and its picture.

    `drawn_again`: the server has drawn the page in the new colours; without one, they are the browser's alone.
    """
    (OUT / "states").mkdir(parents=True, exist_ok=True)
    page = screen.page
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    looks = reversed(LOOKS) if is_dark else LOOKS
    for scheme, size in (entry for entry in looks if entry[1] in sizes):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.set_viewport_size(SIZES[size])
        page.wait_for_function(SETTLED, arg=[scheme, drawn_again])
        for read in reads:
            expect(read(page)).to_be_visible()
        assert not screen.is_wider_than_its_window(), (state, scheme, size)
        page.screenshot(path=OUT / "states" / f"{state}-{size}-{scheme}.png")


def text(words: str | re.Pattern[str]) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_text(words).first


def button(name: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_role("button", name=name).first


def library(page: Page) -> Locator:
    """Opened, where it is a drawer."""
    button = page.get_by_test_id("stExpandSidebarButton")
    if button.is_visible():
        button.click()
    return page.get_by_test_id("stSidebarContent")


# ------------------------------------------------------------------------------------------------ before a question


def test_first_visit(visit: Open, address: str) -> None:
    look(visit(address), "first-visit", text("Ask your documents"), text("Your files stay"), button("Choose files"))


def test_german(visit: Open, address: str) -> None:
    look(visit(address, language="de-DE"), "german", text("Dokumente befragen"), button("Dateien auswählen"))


def test_ingesting(visit: Open, address: str) -> None:
    screen = visit(address, trouble="404")  # pictures that were still to come when it was removed
    screen.add("A long report of everything.pdf", pdf(LONG))
    look(screen, "ingesting", library, lambda page: page.get_by_role("progressbar").first)
    screen.page.get_by_role("button", name="Remove A long report").click()  # or it takes the cores of the tests to come
    expect(screen.card("A long report")).to_have_count(0)


def test_files_that_need_somebody(visit: Open, address: str) -> None:
    screen = visit(address)
    screen.add("holiday.pdf", b"PK\x03\x04 this is a zip archive")
    expect(screen.card("holiday.pdf").locator(".fn-error")).to_be_visible()
    screen.add("locked.pdf", pdf(BRIDGES, password="open sesame"))
    expect(screen.page.get_by_placeholder("Password of this PDF")).to_be_visible()
    with_the_sample(screen)
    look(screen, "failed-file", library, text("is not a PDF"))


def test_ready(reader: Screen) -> None:
    look(reader, "ready", text("New conversation"), text("How long did the storm of 14 January"))
    look(reader, "ready-library", library, text("4 pages"))


# ------------------------------------------------------------------------------------------------ an answer on its way


def test_reading(reader: Screen, says: Script) -> None:
    says.first_token_s = SILENT_S
    reader.ask(QUESTION)
    expect(reader.page.get_by_role("timer")).to_contain_text("Reading")
    look(reader, "reading", text("Found in your documents"), text("Reading the passages"), stop)
    stop(reader.page).click()
    look(reader, "stopped-early", button("Answer again"))


def test_waiting_in_line(reader: Screen, visit: Open, address_with_model: str, says: Script) -> None:
    says.first_token_s = SILENT_S
    other = with_the_sample(visit(address_with_model))
    other.ask(QUESTION)
    expect(other.page.get_by_role("timer")).to_contain_text("Reading")
    reader.ask(QUESTION)
    look(reader, "queue", text(re.compile("Waiting for the model · next in line")), stop)
    stop(reader.page).click()
    stop(other.page).click()


def test_writing_and_stopped(reader: Screen, says: Script) -> None:
    says.answer, says.token_s = ANSWER * 10, 0.5
    reader.ask(QUESTION)
    expect(reader.page.locator(".st-key-foot")).to_be_visible()
    look(reader, "writing", text("Writing · not yet checked"), stop)
    stop(reader.page).click()
    look(reader, "stopped", text("stopped"))


def test_on_a_phone_on_its_side_the_quotes_do_not_cover_the_words(reader: Screen, says: Script) -> None:
    says.answer, says.token_s = ANSWER * 10, 0.5
    reader.page.set_viewport_size({"width": 844, "height": 390})
    reader.ask(QUESTION)
    foot = reader.page.locator(".st-key-foot")
    expect(foot).to_be_visible()
    line = reader.page.get_by_role("timer").bounding_box()
    quotes = foot.bounding_box()
    assert line is not None
    assert quotes is not None
    assert line["y"] + line["height"] <= quotes["y"]
    stop(reader.page).click()
    reader.answered()


def test_without_the_last_document_the_box_asks_for_one(visit: Open, address_with_model: str, says: Script) -> None:
    reader = with_the_sample(visit(address_with_model, trouble="404"))  # for pictures that were still to come
    reader.page.get_by_role("button", name="Remove Nordhaven").click()
    expect(reader.page.get_by_placeholder("Add a document to begin")).to_be_disabled()


def stop(page: Page) -> Locator:
    return page.get_by_role("button", name="Stop")


# ------------------------------------------------------------------------------------------------ what became of it


def test_answered_and_what_was_left_out(reader: Screen, says: Script) -> None:
    reader.ask(QUESTION)
    reader.answered()
    reader.page.get_by_text("1 sentence of the model is not on the pages").click()
    look(reader, "answered", text("on this machine"), lambda page: page.locator(".fn-aside li").get_by_text("23"))
    expect(reader.page.get_by_role("button", name="Answer again")).to_have_attribute("title", "Answer again")
    left_out = reader.page.locator(".fn-aside li")
    reader.page.locator(".fn-aside summary").click()
    expect(left_out).to_be_hidden()
    reader.page.emulate_media(media="print")
    expect(left_out).to_be_visible()


def test_refused(reader: Screen) -> None:
    reader.ask("Which team won the ice hockey championship in Ottawa?")
    expect(reader.page.locator(".fn-quote").filter(has_text=re.compile("^.{0,9}$"))).to_have_count(0)  # no page number
    look(reader, "refused", text("do not seem to answer this"), text("The closest passages"), button("Ask anyway"))


def test_interrupted(reader: Screen, says: Script) -> None:
    says.fault, says.fault_after = "drop", 8
    reader.ask(QUESTION)
    look(reader, "interrupted", text("The model stopped in the middle"), button("Answer again"))


def test_nobody_wrote(reader: Screen, says: Script) -> None:
    says.fault = "500"
    reader.ask(QUESTION)
    expect(reader.page.get_by_text("could not answer")).to_have_count(1)  # said once
    reader.page.get_by_text("1 more remark").click()
    look(reader, "fallback", text("No language model wrote this"))


def test_right_to_left(reader: Screen, says: Script) -> None:
    says.answer = "تعاملت نوردهافن مع 2.84 مليون طن من البضائع في عام 2025 [1]."
    reader.ask("كم بلغت البضائع cargo in 2025 Nordhaven؟")
    reader.answered()
    look(reader, "right-to-left", text("تعاملت"))


# ------------------------------------------------------------------------------------------------ dialogs and lists


def test_viewer_drawer(reader: Screen) -> None:
    reader.ask(QUESTION)
    reader.answered()
    reader.page.set_viewport_size(NARROW)
    expect(reader.page.get_by_test_id("stExpandSidebarButton")).to_be_visible()  # laid out for the narrow window
    reader.sources().first.click()
    drawer = reader.page.get_by_role("dialog").get_by_role("img", name="2.84 million tonnes")
    look(reader, "drawer", lambda _: drawer, sizes=("390",))


def test_settings(reader: Screen) -> None:
    reader.page.get_by_role("button", name="Settings").click()
    look(reader, "settings", text("Everything stays on this server"), text("Show this library’s key"))


def test_export(reader: Screen) -> None:
    reader.ask(QUESTION)
    reader.answered()
    reader.page.get_by_role("button", name="Export", exact=True).click()
    look(reader, "export", text("Markdown"), text("with highlights"))


def test_batch(reader: Screen) -> None:
    reader.page.get_by_role("button", name="Ask a list of questions").click()
    look(reader, "batch-dialog", text("One question a line"), button("Ask them all"))
    dialog = reader.page.get_by_role("dialog")
    dialog.get_by_label("One question a line").fill(f"{QUESTION}\nWho designed the Eiffel Tower?")
    dialog.get_by_role("button", name="Ask them all").click()
    expect(reader.page.get_by_text("2 of 2 answered")).to_be_visible()
    look(reader, "batch", text("2 of 2 answered"), text("do not seem to answer this"))


def test_offline(visit: Open, tmp_path: Path) -> None:
    with serve(tmp_path, "http://127.0.0.1:9") as address:
        screen = visit(address, trouble="*")
        with_the_sample(screen)
        screen.ask(QUESTION)
        screen.answered()
    look(screen, "offline", text("The connection to the server is lost"), drawn_again=False)
