"""Which names a server answers to when nobody has said more, and when somebody has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.asgi import names_of
from src.edge.hosts import is_welcome
from src.settings import Settings


@pytest.mark.parametrize(
    "host",
    [
        "",  # no browser leaves it out
        "localhost",
        "LOCALHOST:8501",
        "127.0.0.1:8501",
        "[::1]:8501",
        "192.0.2.7:7860",
        "[2001:db8::7]",
        "footnote:7860",  # a container's name
        "mybox.local:7860",
        "mybox.lan",
        "footnote.localhost:8443",
        "mybox.local.",
    ],
)
def test_what_nobody_elsewhere_can_name_is_welcome(host: str) -> None:
    assert is_welcome(host, (), own="box")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8501",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "footnote.local.evil.example",
        "evil.example.",
        "127.0.0.1@evil.example",
        "evil.example#.local",
        "evil.example/.local",
        "evil.example:port",
        "a.example.org.evil.example",
    ],
)
def test_a_name_that_somebody_elsewhere_can_have_is_not(host: str) -> None:
    assert not is_welcome(host, ("a.example.org", "*.b.example.org"), own="box")


@given(st.ip_addresses(), st.integers(1, 65_535))
def test_every_address_is_welcome(address: object, port: int) -> None:
    host = f"[{address}]" if ":" in str(address) else str(address)
    assert is_welcome(f"{host}:{port}", (), own="box")


def test_the_machines_own_name_and_those_set_are_welcome() -> None:
    assert is_welcome("box.example.org:8501", (), own="Box.example.org")
    assert is_welcome("A.example.org", ("a.example.org",), own="box")
    assert is_welcome("a.b.example.org", ("*.b.example.org",), own="box")
    assert not is_welcome("b.example.org", ("*.b.example.org",), own="box")
    assert is_welcome("whatever.example", ("*",), own="box")


def test_behind_a_proxy_any_name_will_do_until_some_are_set() -> None:
    assert names_of(Settings()) == ()
    assert names_of(Settings(proxies=1)) is None
    assert names_of(Settings(proxies=1, hosts=("a.example.org",))) == ("a.example.org",)


def test_a_space_knows_its_own_name() -> None:
    environ = {"SPACE_ID": "owner/name", "SPACE_HOST": "owner-name.hf.space"}
    assert names_of(Settings.from_env(environ)) is None  # the platform's proxy is in front
    alone = names_of(Settings.from_env(environ | {"FOOTNOTE_HOSTS": "docs.example.org"}))
    assert alone is not None
    assert is_welcome("owner-name.hf.space", alone)
    assert is_welcome("docs.example.org", alone)
    assert not is_welcome("evil.example", alone)
