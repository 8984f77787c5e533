from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.web.client_address import address_behind

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1/128"))


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        ("192.0.2.1", [], "192.0.2.1"),
        ("192.0.2.1", ["203.0.113.9"], "192.0.2.1"),  # nobody vouches for this peer
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.7, 203.0.113.9"], "203.0.113.9"),  # the left one is the client's own claim
        ("10.0.0.1", ["198.51.100.7, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.7", "203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.9:4711"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("10.0.0.1", ["unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, <script>"], "10.0.0.1"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_the_client_is_the_first_address_that_no_trusted_proxy_vouches_for(peer, forwarded_for, address):
    assert address_behind(peer, forwarded_for, TRUSTED) == address


def test_without_trusted_proxies_the_header_counts_nothing():
    assert address_behind("10.0.0.1", ["203.0.113.9"], ()) == "10.0.0.1"


@given(st.lists(st.text(max_size=60), max_size=4))
def test_any_header_leaves_an_address_or_the_peer(headers):
    from ipaddress import ip_address

    assert ip_address(address_behind("10.0.0.1", headers, TRUSTED))
