"""Sharing on the page: offered where it is allowed, its state in words, ended by one click."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from shared_utils.storage.share_store import SharedLink
from src.screen.share_dialog import address_of
from src.screen.shared_library import shared_library
from tests.e2e.pdfs import WATER, pdf
from tests.src.screen.conftest import ask, press, read, serve_anew, shown

QUESTION = "How far did leakage fall after mains were renewed?"


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def press_in_dialog(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_it_is_offered_only_where_the_operator_allows_it(app: AppTest) -> None:
    ask(read(app, "water.pdf", pdf(WATER)), QUESTION)
    assert not labels(app) & {"Share", "Shared"}
    assert app.button(key="bare-export")  # beside which it would stand


def test_a_conversation_is_shared_shown_as_shared_and_stopped(app: AppTest) -> None:
    serve_anew(share=True)
    ask(read(app.run(), "water.pdf", pdf(WATER)), QUESTION)
    press(app, "Share")
    assert "reach nothing else of yours" in shown(app)
    press_in_dialog(app, "make-link")
    (address,) = re.findall(r'data-copy="([^"]*/shared/[^"]+)"', shown(app))  # seen and copied without a pointer
    token = address.rpartition("/")[2]
    links = shared_library().open().links
    assert links.part(token) is not None
    assert "Shared" in labels(app)
    press_in_dialog(app, "stop-sharing")
    assert links.part(token) is None
    assert "Share" in labels(app)
    assert address not in shown(app)


def test_an_address_is_of_the_server_that_shows_the_page() -> None:
    link = SharedLink("token", 0.0, None)
    assert address_of(link, "https://docs.example.org:8443/?c=1") == "https://docs.example.org:8443/shared/token"
    assert address_of(link, "") == "/shared/token"
