"""URLs of upstreams and of what they name: read once, by one parser, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from pratique.core.errors import BadUpstream, Invalid
from pratique.upstream.locations import below, endpoint_of, read_named_url, read_upstream_url

BASE = URL("https://registry.test/npm/left")


@pytest.mark.parametrize(
    ("named", "reached"),
    [
        ("https://files.test/a%2Fb/c.tgz?sig=a%2Bb&x=%7E", "https://files.test/a%2Fb/c.tgz?sig=a%2Bb&x=%7E"),
        ("//files.test/c.tgz", "https://files.test/c.tgz"),
        ("../files/c.tgz#sha256=00", "https://registry.test/files/c.tgz"),
        ("/c.tgz", "https://registry.test/c.tgz"),
        ("https://[2001:db8::1]:8443/c.tgz", "https://[2001:db8::1]:8443/c.tgz"),
        ("https://b\u00fccher.test/c.tgz", "https://xn--bcher-kva.test/c.tgz"),
        ("https://files.test/with blank.tgz", "https://files.test/with%20blank.tgz"),
        ("https://files.test/caf\u00e9.tgz", "https://files.test/caf%C3%A9.tgz"),
    ],
)
def test_what_is_named_is_reached_as_it_is_written(named, reached):
    assert str(read_named_url(named, BASE)) == reached


@pytest.mark.parametrize(
    "named",
    [
        "ftp://files.test/c.tgz",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://files.test:0/c.tgz",
        "https://files.test:99999/c.tgz",
        "https://[::1/c.tgz",
        "https://./c.tgz",
        "https://a%2eb/c.tgz",
        "https://[fe80::1%25eth0]/c.tgz",
        "https://me@files.test/c.tgz",
        "https://good.test\\@evil.test/c.tgz",
        "https://files.test/" + "x" * 10_000,
    ],
)
def test_what_cannot_be_fetched_is_refused(named):
    with pytest.raises(BadUpstream, match=r"registry.test"):
        read_named_url(named, BASE)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://Registry.TEST/a", "https://registry.test:443/b"),
        ("https://registry.test./a", "https://registry.test/a"),
        ("http://registry.test:80", "http://registry.test"),
    ],
)
def test_the_same_server_under_another_spelling(one, other):
    assert endpoint_of(read_upstream_url(one)) == endpoint_of(read_upstream_url(other))


@pytest.mark.parametrize("other", ["http://registry.test", "https://registry.test:8443", "https://x.registry.test"])
def test_another_server(other):
    assert endpoint_of(read_upstream_url(other)) != endpoint_of(BASE)


URLISH = st.text(alphabet=":/?#[]@!$&'()*+,;=%.-_\\ \r\n\tabcAB019\u00e9\u3002\uff0e", max_size=40)


@given(st.one_of(URLISH, URLISH.map("https://{}".format), st.text(max_size=40)))
def test_no_text_leads_anywhere_but_over_http_to_a_host_without_a_password(text):
    refusal = ""
    try:
        url = read_named_url(text, BASE)
    except BadUpstream as error:
        refusal = str(error)
    assert refusal.isascii()
    assert refusal.isprintable()
    if refusal:
        return
    assert url.scheme in {"http", "https"}
    assert endpoint_of(url).host
    assert url.user is None
    assert url.password is None
    assert all("!" <= char <= "~" for char in str(url))


@given(st.text(max_size=60))
def test_no_text_makes_the_settings_fail_without_a_sentence(text):
    try:
        url = read_upstream_url(text)
    except Invalid:
        return
    assert not str(url).endswith("/")
    assert read_upstream_url(str(url)) == url


@given(st.one_of(URLISH, st.text(max_size=40)))
def test_every_path_stays_below_its_base(path):
    base = URL("https://registry.test/base")
    try:
        url = below(base, path)
    except Invalid:
        return
    assert endpoint_of(url) == endpoint_of(base)
    assert url.raw_path.startswith("/base/")
    assert ".." not in url.path.split("/")
