"""Whose shelf a tab looks at, and whose shares are counted."""

from __future__ import annotations

import pytest
import streamlit as st
from streamlit.runtime.context import StreamlitHeaders

from src.screen.session import network_of_visitor


@pytest.mark.parametrize(
    ("proxies", "network"),
    [(0, "192.0.2.1"), (1, "2001:db8:1:2::/64"), (2, "6.6.6.6"), (3, "192.0.2.1")],
)
def test_the_page_counts_the_client_that_the_outermost_proxy_saw(
    monkeypatch: pytest.MonkeyPatch, proxies: int, network: str
) -> None:
    lines = [("X-Forwarded-For", "6.6.6.6"), ("X-Forwarded-For", "2001:db8:1:2::3")]  # a client may send the first
    monkeypatch.setattr(type(st.context), "headers", StreamlitHeaders(lines))
    monkeypatch.setattr(type(st.context), "ip_address", "192.0.2.1")
    assert network_of_visitor(proxies) == network


def test_whoever_sits_at_the_machine_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "headers", StreamlitHeaders([]))
    monkeypatch.setattr(type(st.context), "ip_address", None)  # what Streamlit tells of a loopback address
    assert network_of_visitor(0) == ""
