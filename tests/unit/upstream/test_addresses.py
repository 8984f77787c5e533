"""Addresses that a stranger may send us to."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import BadUpstream
from pratique.upstream.addresses import is_public, literal_address, read_address


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_not_on_the_public_internet(text):
    assert not is_public(read_address(text))


@pytest.mark.parametrize("text", ["1.1.1.1", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2606:4700::1111", "2002:101:101::"])
def test_on_the_public_internet(text):
    assert is_public(read_address(text))


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0177.0.0.1", "0x7f000001", "0x7f.1", "1.2.3.4.", "::g", "1:2"]
)
def test_a_number_that_is_no_plain_address_is_no_host(host):
    with pytest.raises(BadUpstream, match=r"no plain IP address"):
        literal_address(host)


@pytest.mark.parametrize("host", ["example.test", "1password.test", "3m", "xn--p1ai.test", "a.1.2.3.4.test"])
def test_a_name_is_no_address(host):
    assert literal_address(host) is None


@given(st.ip_addresses(v=4))
def test_a_private_address_stays_private_in_every_disguise(inner: IPv4Address):
    disguises = [
        IPv6Address(f"::ffff:{inner}"),
        IPv6Address(f"64:ff9b::{inner}"),
        IPv6Address((0x2002 << 112) | (int(inner) << 80)),
    ]

    assert {is_public(one) for one in disguises} == {is_public(inner)}


@given(st.text(max_size=50))
def test_any_text_is_an_address_a_name_or_refused(host):
    refusal = ""
    try:
        literal_address(host)
    except BadUpstream as error:
        refusal = str(error)
    assert refusal.isascii()
