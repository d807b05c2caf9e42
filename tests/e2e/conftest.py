"""A real server process, a real Chromium, and the few gestures the tests are made of."""

from __future__ import annotations

import base64
import io
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, StorageState, ViewportSize, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from src.library.sample import sample_pdf
from tests.fake_ollama import FakeOllama, Script

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "tests" / "out"
# The one without windows opens a page with two thirds of the work.
_CHROMIUMS = (os.environ.get("CHROMIUM", ""), "/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
WIDE: ViewportSize = {"width": 1440, "height": 900}
NARROW: ViewportSize = {"width": 390, "height": 844}
_LOOKS_FOR_MS = 30_000  # a busy machine draws late, and late is not lost
expect.set_options(timeout=_LOOKS_FOR_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.enable_socket)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed tells what stood on its pages then: what is left of a run elsewhere is its words alone."""
    report = yield
    if report.when == "call" and report.failed and (browser := getattr(item, "funcargs", {}).get("chromium")):
        for page in (page for context in browser.contexts for page in context.pages):
            try:
                report.sections.append((page.url, page.inner_text("body", timeout=2_000)))
            except PlaywrightError as exc:
                report.sections.append((page.url, str(exc)))
    return report


# ------------------------------------------------------------------------------------------------ servers


@contextmanager
def serve(
    folder: Path, ollama: str, port: int = 0, *, under: Sequence[str] = (), **more_settings: str
) -> Iterator[str]:
    """`python -m src.asgi` on `port`, or a free one, as an argument of the command `under`; yields its address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        port = probe.getsockname()[1]
    settings = {
        "PORT": str(port),
        "FOOTNOTE_DATA_DIR": str(folder / "data"),
        "OLLAMA_HOST": ollama,
        "FOOTNOTE_START_OLLAMA": "no",
        "HF_TOKEN": "",
        **more_settings,
    }
    log = folder / "server.log"
    with log.open("w") as lines:
        server = subprocess.Popen(
            [*under, sys.executable, "-m", "src.asgi"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=lines,
            stderr=lines,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(address, server, log)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310 - our own server
                if b'"ok"' in answer.read():
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


@pytest.fixture(scope="package")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server without a language model: answers quote the documents."""
    with serve(tmp_path_factory.mktemp("server"), "http://127.0.0.1:9") as at:
        yield at


@pytest.fixture(scope="package")
def model() -> Iterator[FakeOllama]:
    with FakeOllama(Script(models=["llama3.2:3b"])) as ollama:
        yield ollama


@pytest.fixture(scope="package")
def address_with_model(tmp_path_factory: pytest.TempPathFactory, model: FakeOllama) -> Iterator[str]:
    """A server whose model may be silent for as long as a test looks at it."""
    folder = tmp_path_factory.mktemp("server-with-model")
    with serve(folder, model.url, FOOTNOTE_FIRST_TOKEN_DEADLINE_S="300") as at:
        yield at


# ------------------------------------------------------------------------------------------------ browser


@pytest.fixture(scope="package")  # not longer: while Playwright runs, no other test can run an event loop
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        executable = next((one for one in _CHROMIUMS if Path(one).is_file()), None)  # else Playwright's own
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        yield browser
        browser.close()


class Screen:
    """Footnote as a person uses it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def add(self, name: str, data: bytes) -> None:
        """Choose a file with the button."""
        self.chooser().set_input_files({"name": name, "mimeType": "application/pdf", "buffer": data})

    def chooser(self) -> Locator:
        """What takes files, once the page has been drawn to the end: while it is, there may be two."""
        chooser = self.page.get_by_test_id("stFileUploaderDropzoneInput")
        expect(self.page.get_by_test_id("stChatInput").filter(visible=True)).to_have_count(1)
        expect(chooser).to_have_count(1)
        return chooser

    def drop(self, name: str, data: bytes) -> None:
        """Drop a file onto the middle of the page, far from any drop zone; its script takes it."""
        expect(self.page.locator("body[data-fn-begun]")).to_be_attached()  # no script may be evaluated time and again
        self.let_fall(name, data, '[data-testid="stMain"]')

    def let_fall(self, name: str, data: bytes, target: str) -> None:
        """As `drop`, onto what is there already."""
        self.page.evaluate(
            """([name, data, where]) => {
                const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
                const carried = new DataTransfer();
                carried.items.add(new File([bytes], name, { type: 'application/pdf' }));
                const target = document.querySelector(where);
                const about = { dataTransfer: carried, bubbles: true, cancelable: true };
                for (const type of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(type, about));
            }""",
            [name, base64.b64encode(data).decode(), target],
        )

    def card(self, name: str) -> Locator:
        return self.page.locator('[class*="st-key-doc-"]').filter(has_text=name)

    def wait_ready(self, name: str) -> None:
        # for a moment there may be two: one that Streamlit is about to take away
        expect(self.card(name).filter(has_text="· ready")).to_have_count(1)
        expect(self.card(name).get_by_role("progressbar")).to_have_count(0)

    def ask(self, question: str) -> None:
        box = self.page.get_by_placeholder("Ask about your documents")
        expect(box).to_be_enabled()
        box.fill(question)
        box.press("Enter")

    def sources(self) -> Locator:
        """The chips and the list entries that lead to a page."""
        return self.page.locator('a[href^="#cite-"]')

    def answered(self) -> None:
        expect(self.page.get_by_role("button", name="Stop")).to_have_count(0)
        expect(self.sources().first).to_be_visible()
        expect(self.sources().first).to_have_attribute("role", "button")  # the viewer's script has taken them over

    def viewer(self) -> Locator:
        """The page viewer: the right column, or what is in the drawer."""
        return self.page.locator(".fn-viewer")

    def marks(self) -> Locator:
        """What is marked on the page that is shown."""
        return self.viewer().locator(".fn-mark")

    def shown_page(self) -> Image.Image:
        """The page as it is seen, marks and all, as wide as its room."""
        self.viewer().get_by_role("button", name="As wide as the viewer").click()
        expect(self.viewer().locator(".fn-scroll")).not_to_have_attribute("aria-busy", "true")
        expect(self.viewer().locator(".fn-paper img")).to_have_js_property("complete", True)
        return Image.open(io.BytesIO(self.viewer().locator(".fn-paper").screenshot())).convert("RGB")

    def picture(self, name: str) -> None:
        OUT.mkdir(exist_ok=True)
        self.page.screenshot(path=OUT / f"{name}.png")

    def is_wider_than_its_window(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


Open = Callable[..., Screen]


@pytest.fixture
def visit(chromium: Browser) -> Iterator[Open]:
    """Opens a page as a new person. At the end: nothing in the console, nothing asked of another site."""
    troubles: list[str] = []
    contexts = []

    def note_foreign(url: str, own: str) -> None:
        if not url.startswith((own, own.replace("http", "ws", 1), "data:", "blob:")):
            troubles.append(f"asked {url}")

    def note_error(text: str, expected: str) -> None:
        if not expected or (expected != "*" and expected not in text):
            troubles.append(text)

    def open_page(
        address: str,
        viewport: ViewportSize = WIDE,
        scheme: Literal["light", "dark"] = "light",
        person: StorageState | None = None,
        trouble: str = "",
        language: str = "en-US",
    ) -> Screen:
        """`trouble`: a part of what the console may say in this test; "*" for anything."""
        context = chromium.new_context(
            viewport=viewport, color_scheme=scheme, reduced_motion="reduce", storage_state=person, locale=language
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_LOOKS_FOR_MS)
        page.on("console", lambda said: note_error(said.text, trouble) if said.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: note_foreign(request.url, address))
        page.goto(address)
        expect(page.get_by_test_id("stChatInput").filter(visible=True)).to_have_count(1)
        return Screen(page)

    yield open_page
    for context in contexts:
        for page in context.pages:
            expect(page.get_by_test_id("stException")).to_have_count(0)
        context.close()
    assert troubles == []


READERS_QUESTION = "How often did the tide gates close when cargo grew in 2025?"


@pytest.fixture(scope="package")
def reader(chromium: Browser, address: str) -> StorageState:
    """A person who has asked about the sample report."""
    context = chromium.new_context()
    page = context.new_page()
    page.goto(address)
    screen = Screen(page)
    screen.add(*sample_pdf())
    screen.wait_ready("Nordhaven")
    screen.ask(READERS_QUESTION)
    screen.answered()
    person = context.storage_state()
    context.close()
    return person
