"""The screen against its bars, in a real browser: `make bench-screen`, or `python -m benchmarks.screen`.

The language model is the stand-in of the tests, which costs the machine next to nothing: what is measured is the page,
the server and the browser, on the same cores.
"""

from __future__ import annotations

import math
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, CDPSession, FilePayload, Page, sync_playwright

from benchmarks.main_job import CHROMIUM, FLAGS, server, server_pids
from src.library.sample import sample_pdf
from tests.e2e.pdfs import Line, pdf
from tests.fake_ollama import FakeOllama, Script

PEOPLE = 10
NO_BAR = math.inf  # told for what it is: ten browsers share the two cores with the server
QUESTION = "How many ships called at the port, and how much cargo was handled?"
ALL_IN_FRONT = [  # else the browser lets pages behind others tick once a second, and that would be measured
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
]
WIDE = {"width": 1440, "height": 900}
LONG_NAME = "long.pdf"
FILES = 20
_MOST_CLICKS = 40
STREAMED = 400  # tokens
ANSWER = " ".join(f"Nordhaven handled 2.84 million tonnes in 2025 [{n % 4 + 1}]." for n in range(STREAMED // 10))

# How long the page stood still: between two frames, and between two changes of the line that tells the time.
WATCH = """() => {
  const seen = window.fnSeen = { frame: 0, line: 0, shift: 0, checked: 0, said: '' };
  let frame = performance.now(), line = performance.now();
  const tick = now => { seen.frame = Math.max(seen.frame, now - frame); frame = now; requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  setInterval(() => {
    const said = document.querySelector('.fn-stage')?.textContent ?? '', now = performance.now();
    if (said !== seen.said || !said) { if (seen.said && said) seen.line = Math.max(seen.line, now - line);
      line = now; seen.said = said; }
  }, 20);
  new PerformanceObserver(list => list.getEntries().forEach(entry => {
    if (!entry.hadRecentInput) seen[document.querySelector('.fn-stage') ? 'shift' : 'checked'] += entry.value;
  })).observe({ type: 'layout-shift', buffered: false });
}"""


def main() -> int:
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; medians\n")
    wanted = sys.argv[1:]  # names of the functions below; all of them where none is named
    parts = (opening, answering, long_document, while_files_are_read, crowd)
    rows = [row for part in parts if not wanted or part.__name__ in wanted for row in part()]
    for name, value, bar, unit in rows:
        verdict = f"bar {bar:g} {unit}  {'holds' if value <= bar else 'MISSED'}" if bar != NO_BAR else ""
        print(f"{name:<62} {value:8.3f} {unit:<3} {verdict}".rstrip())
    return int(any(value > bar for _, value, bar, _ in rows))


Row = tuple[str, float, float, str]


def opening() -> list[Row]:
    """First paint and a page that can be used, with the browser's cache filled."""
    painted, ready = [], []
    with world(Script(models=["llama3.2:3b"])) as (url, browser):
        page = browser.new_context(viewport=WIDE).new_page()  # type: ignore[arg-type]
        page.goto(url)
        page.locator("input[type=file]").first.wait_for(state="attached")
        for _ in range(9):
            began = time.perf_counter()
            page.goto(url)
            page.locator("input[type=file]").first.wait_for(state="attached")
            ready.append(time.perf_counter() - began)
            painted.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"))
    return [
        ("first paint, warm", statistics.median(painted), 1.5, "s"),
        ("ready for a file, warm", statistics.median(ready), 3.0, "s"),
    ]


def answering() -> list[Row]:
    """One person: an answer of 400 tokens, then its citations."""
    with world(Script(models=["llama3.2:3b"], answer=ANSWER, token_s=0.02, first_token_s=0.5)) as (url, browser):
        page = with_sample(browser, url)
        page.evaluate(WATCH)
        ask(page)
        page.locator('[class*="st-key-answer-"] [data-testid="stMarkdown"]').first.wait_for()
        page.evaluate("window.fnSeen.shift = 0")  # that a question takes its place is meant
        until_answered(page)
        seen = page.evaluate("window.fnSeen")
        clicks = [citation_click_ms(page, at) for at in range(12)]
    return [
        (f"layout shift while {STREAMED} tokens stream (1 = the whole page)", seen["shift"], 0.05, ""),
        ("… when the checked answer, half of its footnotes moved, stands", seen["checked"], 0.05, ""),
        ("the page stands still while one answer streams", seen["frame"] / 1000, 1.0, "s"),
        ("click on a citation to its words highlighted", statistics.median(clicks), 300.0, "ms"),
    ]


def long_document() -> list[Row]:
    """From the click on a document of 300 pages to the picture of its first one."""
    taken = []
    with world(Script(models=["llama3.2:3b"])) as (url, browser):
        page = with_sample(browser, url)
        told = "tells of the harbour and of what it costs to keep it."
        sheets = tuple((Line(f"Sheet {n} {told}", 700),) for n in range(300))
        add(page, LONG_NAME, pdf(sheets))
        page.locator('[class*="st-key-doc-"]').filter(has_text=LONG_NAME).get_by_text("· ready").wait_for()
        for _ in range(5):
            for name in (LONG_NAME, sample_pdf()[0]):
                ms = opened_ms(page, name)
                taken += [ms] if name == LONG_NAME else []
    return [("first page of a document of 300 pages", statistics.median(taken) / 1000, 1.0, "s")]


def while_files_are_read() -> list[Row]:
    """From a click to what it opens, time and again, while twenty files of 60 pages are read and indexed."""
    taken: list[float] = []
    with world(Script(models=["llama3.2:3b"])) as (url, browser):
        page = browser.new_context(viewport=WIDE).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(120_000)
        page.goto(url)
        chooser = page.locator("input[type=file]").first
        chooser.wait_for(state="attached")
        page.locator("body[data-fn-begun]").wait_for(state="attached")
        added: list[FilePayload] = [
            {"name": f"log {n}.pdf", "mimeType": "application/pdf", "buffer": log_book(n)} for n in range(FILES)
        ]
        chooser.set_input_files(added)
        page.get_by_text(f"of {FILES} ready").wait_for()
        at_work = page.locator(".fn-head + .fn-bar")
        asked = page.context.new_cdp_session(page)
        asked.send("Performance.setTimeDomain", {"timeDomain": "threadTicks"})  # seconds of computing
        asked.send("Performance.enable")
        browser_s, server_s = task_s(asked), cpu_s(url)
        began = time.perf_counter()
        while at_work.count() and len(taken) < _MOST_CLICKS:
            taken.append(settings_ms(page))
            time.sleep(0.5)
        passed = time.perf_counter() - began
        browser_s, server_s = task_s(asked) - browser_s, cpu_s(url) - server_s
    return [
        (
            f"click to what it opens, {FILES} files being read: median of {len(taken)}",
            statistics.median(taken),
            500.0,
            "ms",
        ),
        ("… 95 % of them within", float(np.quantile(taken, 0.95)), 500.0, "ms"),
        ("… the slowest", max(taken), NO_BAR, "ms"),
        ("… of a core, the page in the browser", browser_s / passed, NO_BAR, ""),
        ("… of a core, the web process", server_s / passed, NO_BAR, ""),
    ]


def crowd() -> list[Row]:
    """Ten people with an answer each, at once."""
    script = Script(models=["llama3.2:3b"], answer=ANSWER, token_s=0.005, first_token_s=0.2)
    with world(script) as (url, browser):
        pages = [with_sample(browser, url)]
        base = sum(map(resident_mb, server_pids(url)))
        pages += [with_sample(browser, url) for _ in range(PEOPLE - 1)]
        for page in pages:
            page.evaluate(WATCH)
        for page in pages:
            ask(page)
        resident = []
        for page in pages:
            until_answered(page)
            resident.append(sum(map(resident_mb, server_pids(url))))
        stood = [page.evaluate("window.fnSeen") for page in pages]
        memory = max(resident) - base
    return [
        (f"{PEOPLE} people stream at once: longest still frame", max(s["frame"] for s in stood) / 1000, 1.0, "s"),
        (f"{PEOPLE} people stream at once: longest still clock", max(s["line"] for s in stood) / 1000, NO_BAR, "s"),
        ("memory a session over the base", memory / (PEOPLE - 1), 60.0, "MB"),
    ]


# ------------------------------------------------------------------------------------------------ gestures


@contextmanager
def world(script: Script) -> Iterator[tuple[str, Browser]]:
    """A server with a model, and a browser."""
    with (
        tempfile.TemporaryDirectory() as folder,
        FakeOllama(script) as ollama,
        server(Path(folder), ollama.url) as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *ALL_IN_FRONT])
        yield url, browser
        browser.close()


def with_sample(browser: Browser, url: str) -> Page:
    """A new person, whose document is ready."""
    page = browser.new_context(viewport=WIDE).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(120_000)
    page.goto(url)
    add(page, *sample_pdf())
    page.locator('[class*="st-key-doc-"]').get_by_text("· ready").wait_for()
    page.locator("textarea:not([disabled])").first.wait_for()
    return page


def add(page: Page, name: str, data: bytes) -> None:
    chooser = page.locator("input[type=file]").first
    chooser.wait_for(state="attached")
    chooser.set_input_files({"name": name, "mimeType": "application/pdf", "buffer": data})


def log_book(number: int) -> bytes:
    """A report of 60 full pages; no two are alike."""
    told = "Valve {} of line {} was checked before the shift, and its pressure of {} bar noted in the log."
    sheets = (
        tuple(Line(told.format(30 * sheet + row, number, sheet * row % 97), 760 - 22 * row) for row in range(30))
        for sheet in range(60)
    )
    return pdf(tuple(sheets))


def settings_ms(page: Page) -> float:
    """From the click on the settings to their dialog; it is closed again."""
    ms = page.locator('[class*="st-key-status-line"] button').first.evaluate(
        """button => new Promise(done => {
          const began = performance.now();
          const shown = () => document.querySelector('[role=dialog]')
            ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(shown);
          button.click();
          shown();
        })"""
    )
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    return float(ms)


def task_s(asked: CDPSession) -> float:
    """Seconds that the page's main thread has computed."""
    told = asked.send("Performance.getMetrics")["metrics"]
    return float(next(each["value"] for each in told if each["name"] == "TaskDuration"))


def cpu_s(url: str) -> float:
    """Seconds that the server's own processes have computed, without those that read files."""
    ticks = [Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13] for pid in server_pids(url)[:1]]
    return sum(int(user) + int(system) for user, system in ticks) / os.sysconf("SC_CLK_TCK")


def opened_ms(page: Page, name: str) -> float:
    """From the click on a document of the library to the picture of its first page, decoded and shown."""
    row = page.locator('[class*="st-key-open-"] button').filter(has_text=name)
    return float(
        row.evaluate(
            """(row, name) => new Promise(done => {
              const began = performance.now();
              const shown = () => {
                const room = document.querySelector('.fn-viewer'), image = room.querySelector('.fn-paper img');
                const there = room.querySelector('.fn-sheet b')?.textContent === name && image?.complete;
                if (there && room.querySelector('.fn-scroll').ariaBusy !== 'true') image.decode().then(() =>
                  requestAnimationFrame(() => done(performance.now() - began)));
                else requestAnimationFrame(shown);
              };
              row.click();
              shown();
            })""",
            name,
        )
    )


def ask(page: Page) -> None:
    box = page.locator("textarea").first
    box.fill(QUESTION)
    box.press("Enter")
    page.locator(".fn-stage").wait_for()


def until_answered(page: Page) -> None:
    page.locator('[class*="st-key-actions-"]').wait_for()


def citation_click_ms(page: Page, at: int) -> float:
    """From the click to the picture of the page with its words marked, decoded and shown."""
    entries = page.locator(".fn-notes a")
    closed = entries.nth(at % entries.count())
    if closed.get_attribute("aria-pressed") == "true":
        closed = entries.nth((at + 1) % entries.count())
    return float(
        closed.evaluate(
            """entry => new Promise(done => {
              const began = performance.now();
              const shown = () => {
                const room = document.querySelector('.fn-viewer'), image = room.querySelector('.fn-paper img');
                const drawn = room.querySelector('.fn-scroll').ariaBusy !== 'true' && room.querySelector('.fn-mark');
                if (entry.ariaPressed === 'true' && drawn && image.complete) image.decode().then(() =>
                  requestAnimationFrame(() => done(performance.now() - began)));
                else requestAnimationFrame(shown);
              };
              entry.click();
              shown();
            })"""
        )
    )


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1000


if __name__ == "__main__":
    sys.exit(main())
