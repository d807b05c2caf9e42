"""The report in a real browser, opened as a file, as a colleague would."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from src.presentation.html_report import conversation_report
from src.rag_with_generation import Rag
from tests.src.presentation import conversations
from tests.src.presentation.conversations import Conversation

pytestmark = [pytest.mark.browser, pytest.mark.enable_socket]

WIDE, NARROW = ViewportSize(width=1440, height=900), ViewportSize(width=390, height=844)
Opened = Callable[..., Page]


def written(folder: Path, conversation: Conversation) -> Path:
    path = folder / "report.html"
    html = conversation_report(conversation.turns, conversation.pages.views(), conversation.pages)
    path.write_text(html, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def sample(rag: Rag, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    asked = conversations.about_the_sample(rag, folder)
    first, *others = asked.turns
    return written(folder, Conversation((conversations.as_if_written(first), *others), asked.pages, asked.document))


@pytest.fixture
def show(chromium: Browser) -> Iterator[Opened]:
    """Opens the file. At the end: nothing in the console, no dialog, nothing asked of anybody."""
    troubles: list[str] = []
    contexts = []

    def open_file(path: Path, viewport: ViewportSize = WIDE, scheme: Literal["light", "dark"] = "light") -> Page:
        context = chromium.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: troubles.append(said.text))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "request",
            lambda request: None if request.url.startswith(("file:", "data:")) else troubles.append(request.url),
        )
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible_and_never_wider_than_its_window(
    show: Opened, sample: Path, viewport: ViewportSize, scheme: str
) -> None:
    page = show(sample, viewport, scheme)
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert [violation["id"] for violation in found.response["violations"]] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_footnote_leads_to_its_words_marked_on_the_page(show: Opened, sample: Path) -> None:
    page = show(sample)
    page.locator(".answer a.chip").first.click()
    assert page.url.endswith("#c1")
    page.locator("#c1 a.strip").click()
    mark = page.locator("#m1 rect").first
    box = mark.bounding_box()
    assert box is not None
    assert -1 <= box["y"] < WIDE["height"]  # a scroll ends at a whole pixel
    picture = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    pixels = [colour for _, colour in picture.getcolors(picture.width * picture.height) or []]
    colours = [colour for colour in pixels if isinstance(colour, tuple)]
    # once, or twice where two footnotes meet
    assert any(red > 240 and green > 150 and blue < 140 for red, green, blue in colours)
    assert any(sum(colour) < 200 for colour in colours)  # the letters are there, dark


def test_strips_and_pages_show_the_same_picture(show: Opened, sample: Path) -> None:
    page = show(sample)
    strip = page.locator("#c1 a.strip svg")
    shot = Image.open(io.BytesIO(strip.screenshot())).convert("L")
    dark = sum(count for count, value in shot.getcolors() or [] if isinstance(value, int | float) and value < 100)
    assert dark > 200  # letters of the page, not an empty frame


def test_hostile_text_from_everywhere_is_shown_and_does_nothing(show: Opened, rag: Rag, tmp_path: Path) -> None:
    pdf = conversations.hostile_pdf(tmp_path)
    page = show(written(tmp_path, conversations.hostile(rag, pdf)))
    assert page.title() != "taken"
    assert page.locator("script, iframe, object, form, img").count() == 0
    assert page.locator("a:not([href^='#'])").count() == 0
    assert "<script>document.title='taken'</script>" in page.inner_text("main")
    assert page.locator("body").is_visible()
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_even_a_script_that_got_in_would_not_run(chromium: Browser, sample: Path, tmp_path: Path) -> None:
    taken = tmp_path / "taken.html"
    html = sample.read_text(encoding="utf-8")
    taken.write_text(html.replace("</main>", "<script>document.title='taken'</script></main>"), encoding="utf-8")
    context = chromium.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(taken.as_uri())
    assert page.title() != "taken"
    assert any("Content Security Policy" in line for line in said)
    context.close()
