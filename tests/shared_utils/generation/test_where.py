"""Where a model server runs, read off its address. What is claimed of an answer stands on this."""

from __future__ import annotations

import doctest
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.generation import where as module
from shared_utils.generation.where import farthest, where_is
from shared_utils.types import Where


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:11434",
        "http://127.8.9.10",
        "http://[::1]:11434",
        "http://[::ffff:127.0.0.1]:11434",
        "http://0.0.0.0:11434",
        "http://[::]:11434",
        "http://localhost:11434/v1",
        "http://LOCALHOST.",
        "http://ollama.localhost",
        "localhost",
        "127.0.0.1:11434",
        ":11434",
        "http://127.1",
        "http://2130706433",
        "unix:///run/ollama.sock",
        "unix:/run/ollama.sock",
        "http+unix://%2Frun%2Follama.sock",
        "/run/ollama.sock",
    ],
)
def test_loopback_sockets_and_localhost_are_this_machine(url: str) -> None:
    assert where_is(url) is Where.THIS_MACHINE


@pytest.mark.parametrize(
    "url",
    [
        "http://ollama:11434",
        "gpu1:8000",
        "http://10.0.0.7:8000/v1",
        "http://172.16.0.1",
        "http://192.168.1.5",
        "http://169.254.1.1",
        "http://100.64.0.1",  # shared address space, as of a private network between machines
        "https://[fd00::1]/v1",
        "http://[fe80::1%25eth0]/",
        "http://[::ffff:192.168.1.5]",
        "http://box.local",
        "http://BOX.LAN.",
        "http://host.docker.internal:11434",
        "http://gpu.home.arpa",
        "http://vllm.default.svc",
        "http://vllm.default.svc.cluster.local",
    ],
)
def test_neighbours_and_addresses_that_mean_something_else_in_every_network_are_the_own_network(url: str) -> None:
    assert where_is(url) is Where.OWN_NETWORK


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1",
        "https://box.example",
        "http://8.8.8.8:8000",
        "http://134744072",  # 8.8.8.8, as whoever connects reads it
        "http://[2606:4700::1111]",
        "http://[::ffff:8.8.8.8]",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com/",
        "http://example.com#@127.0.0.1",
        "http://example.com/127.0.0.1",
        "http://notlocal.example",
        "http://[broken",
    ],
)
def test_everything_else_is_elsewhere(url: str) -> None:
    assert where_is(url) is Where.ELSEWHERE


@given(st.ip_addresses(v=4))
def test_an_address_of_one_kind_is_where_the_same_of_the_other_is(address: IPv4Address) -> None:
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    assert where_is(f"http://{address}:1") is where_is(f"http://[{mapped}]:1")
    assert (where_is(str(address)) is Where.ELSEWHERE) == address.is_global


@given(st.text())
def test_whatever_stands_there_something_is_said_of_it(text: str) -> None:
    assert where_is(text) in Where


def test_the_farthest_place_is_the_one_that_counts() -> None:
    assert farthest(*Where) is Where.ELSEWHERE
    assert farthest(None) is None
