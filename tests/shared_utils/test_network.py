"""Whose connection it is, whatever its header claims."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_utils.network import address_of, network_of


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),  # nobody in front: the header is the client's own invention
        (1, "6.6.6.6, 7.7.7.7", "7.7.7.7"),
        (2, "6.6.6.6, 7.7.7.7, 8.8.8.8", "7.7.7.7"),
        (2, "6.6.6.6", "10.0.0.1"),  # too few have signed: it did not come through them
        (1, "", "10.0.0.1"),
        (1, " , ,", "10.0.0.1"),
        (1, "7.7.7.7:51234", "7.7.7.7"),
        (1, "[2001:db8::1]:51234", "2001:db8::1"),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_only_as_many_proxies_are_believed_as_there_are(proxies: int, forwarded: str, address: str) -> None:
    assert address_of("10.0.0.1", forwarded, proxies) == address


@given(st.text(max_size=60), st.ip_addresses(v=4))
def test_what_a_client_puts_before_its_proxys_word_changes_nothing(invented: str, seen: IPv4Address) -> None:
    assert address_of("10.0.0.1", f"{invented}, {seen}", 1) == str(seen)


@given(st.ip_addresses(v=6, network="2001:db8:1:2::/64"))
def test_one_lines_addresses_are_one_sender(address: IPv6Address) -> None:
    assert network_of(str(address)) == "2001:db8:1:2::/64"
    assert network_of(address.exploded.upper()) == "2001:db8:1:2::/64"


@given(st.ip_addresses(v=4))
def test_an_address_is_itself_however_it_is_written(address: IPv4Address) -> None:
    assert network_of(str(address)) == network_of(f"::ffff:{address}") == str(address)


def test_neighbours_are_two() -> None:
    assert network_of("192.0.2.7") != network_of("192.0.2.8")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")


@pytest.mark.parametrize("name", ["", "testclient", "unknown", "fe80::x"])
def test_what_is_no_address_stands_for_itself(name: str) -> None:
    assert network_of(name) == name


def test_the_interface_beside_a_local_address_is_none_of_it() -> None:
    assert network_of("fe80::1%eth0") == "fe80::/64"
