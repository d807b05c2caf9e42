"""Files from web addresses: off unless the operator allows them, one at a time for each person."""

from __future__ import annotations

import threading

import pytest

from shared_utils.errors import ShareUsedUp, WebAddressError
from shared_utils.web_address import Fetched
from src.library.web import WebAddresses
from src.settings import Settings
from src.wiring import web_addresses

PAGE = b"<html><p>The quay is 412 metres long.</p></html>"


def test_nothing_is_fetched_unless_the_operator_allows_it() -> None:
    web = web_addresses(Settings.from_env({}))
    assert not web.allowed
    with pytest.raises(WebAddressError, match="fetches nothing"):
        web.file_at("somebody", "https://harbour.example/")
    assert web_addresses(Settings.from_env({"FOOTNOTE_WEB_ADDRESSES": "1"})).allowed


def test_a_person_has_one_fetched_at_a_time_and_another_is_not_kept_waiting() -> None:
    asked, held = threading.Event(), threading.Event()

    def fetch(address: str) -> Fetched:
        if address.endswith("slow"):
            asked.set()
            held.wait(20)
        return Fetched(address, "text/html", PAGE)

    web = WebAddresses(fetch)
    slow = threading.Thread(target=web.file_at, args=("one", "https://harbour.example/slow"))
    slow.start()
    assert asked.wait(20)
    with pytest.raises(ShareUsedUp, match="for you"):
        web.file_at("one", "https://harbour.example/quay")
    assert web.file_at("other", "https://harbour.example/quay") == ("quay.html", PAGE)
    held.set()
    slow.join()
    assert web.file_at("one", "https://harbour.example/quay") == ("quay.html", PAGE)
