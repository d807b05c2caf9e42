"""The field for a web address: there where it is allowed, and what it names is fetched while the page goes on."""

from __future__ import annotations

import threading

from streamlit.testing.v1 import AppTest

from shared_utils.errors import WebAddressError
from shared_utils.web_address import Fetched
from src.library.web import WebAddresses
from src.screen.shared_library import shared_library
from tests.src.screen.conftest import new_tab, press, shown, until


def labels(app: AppTest) -> list[str]:
    return [field.label for field in app.text_input]


def test_where_it_is_not_allowed_there_is_no_field(app: AppTest) -> None:
    assert labels(app) == []


def test_an_address_is_fetched_in_the_background_and_told_of(app: AppTest) -> None:
    held, asked = threading.Event(), list[str]()

    def fetch(address: str) -> Fetched:
        asked.append(address)
        held.wait(20)
        if address.endswith("inside"):
            raise WebAddressError("There is no {host} on the web. Please check the address.", host="harbour.example")
        return Fetched(address, "text/html", b"<html><p>The quay is 412 metres long.</p></html>")

    shared_library().open().web = WebAddresses(fetch)
    tab = new_tab().run()
    tab.text_input[0].set_value("harbour.example/quay")
    press(tab, "Add")
    assert "Fetching from harbour.example" in shown(tab)
    held.set()
    until(tab, lambda p: "1 page · ready" in shown(p))
    assert asked == ["https://harbour.example/quay"]
    assert "quay.html" in shown(tab)
    for address, said in (("https://harbour.example/quay", "is here already"), ("http://inside", "There is no")):
        tab.text_input[0].set_value(address)
        until(press(tab, "Add"), lambda p, said=said: said in shown(p))  # type: ignore[misc] # said alone
    assert not tab.exception
