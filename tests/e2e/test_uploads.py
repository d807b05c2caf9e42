"""Many files at once, as the browser sends them: what fits is read, and what does not is told in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import Open, Screen, serve
from tests.e2e.pdfs import Line, pdf


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose memory for what comes in holds two files of one page, four of one address."""
    limits = {"FOOTNOTE_MAX_FILE_MB": "2", "FOOTNOTE_MAX_UPLOADING_MB": "16"}
    with serve(tmp_path_factory.mktemp("narrow"), "http://127.0.0.1:9", 0, **limits) as address:
        yield address


def files(folder: Path, number: int, size: int) -> list[Path]:
    """PDFs of so many bytes each, of one page that says which it is."""
    made = []
    for i in range(number):
        data = pdf(((Line(f"This is page number {i} of all.", 700),),))
        made.append(folder / f"file-{i}.pdf")
        made[-1].write_bytes(data + b"%" * (size - len(data)))
    return made


def choose(screen: Screen, paths: list[Path]) -> None:
    screen.chooser().set_input_files(paths)


def test_twenty_files_of_four_megabytes_are_all_taken_in(visit: Open, address: str, tmp_path: Path) -> None:
    screen = visit(address)
    choose(screen, files(tmp_path, 20, 4_000_000))
    expect(screen.page.get_by_text("of 20 ready")).to_be_visible(timeout=60_000)
    expect(screen.page.get_by_text("taken in")).to_have_count(0)


def test_what_does_not_fit_is_told_and_the_rest_is_read(visit: Open, narrow: str, tmp_path: Path) -> None:
    screen = visit(narrow, trouble="*")
    choose(screen, files(tmp_path, 5, 1_900_000))
    expect(screen.page.get_by_text("2 of 2 ready")).to_be_visible()
    expect(screen.page.get_by_role("alert").filter(has_text="3 files were not taken in")).to_be_visible()


def test_a_file_that_was_refused_can_be_added_again(visit: Open, narrow: str, tmp_path: Path) -> None:
    screen = visit(narrow, trouble="*", language="de-DE")
    paths = files(tmp_path, 3, 1_900_000)
    choose(screen, paths)
    expect(screen.page.get_by_role("alert").filter(has_text="1 Datei wurde nicht angenommen")).to_be_visible()
    expect(screen.card("file-")).to_have_count(2)
    (missing,) = [path for path in paths if screen.card(path.name).count() == 0]
    choose(screen, [missing])
    expect(screen.card(missing.name)).to_be_visible()
    expect(screen.page.get_by_role("alert").filter(has_text="angenommen")).to_have_count(0)


def test_a_file_that_came_though_the_browser_never_heard_of_it_is_read(
    visit: Open, address: str, tmp_path: Path
) -> None:
    screen = visit(address, trouble="*")

    def without_answer(route: Route) -> None:
        if route.request.method == "PUT":
            route.fetch()
        route.abort()

    screen.page.route("**/_stcore/upload_file/**", without_answer)
    (path,) = files(tmp_path, 1, 50_000)
    choose(screen, [path])
    expect(screen.card(path.name)).to_be_visible()


def test_a_file_dropped_before_the_page_is_there_is_held_and_taken(chromium: Browser, address: str) -> None:
    context = chromium.new_context()
    page = context.new_page()
    held: list[Route] = []
    page.route(  # Streamlit's own script is long in coming
        "**/static/js/index.*.js", lambda route: route.continue_() if held else held.append(route)
    )
    page.goto(address, wait_until="commit")
    expect(page.locator("body")).to_be_attached()
    Screen(page).let_fall("early.pdf", pdf(((Line("This page came before the script did.", 700),),)), "body")
    held[0].continue_()
    expect(Screen(page).card("early.pdf")).to_be_visible()
    context.close()
