"""HTTPS_PROXY, HTTP_PROXY and NO_PROXY lead the way out; credentials reach the proxy and nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream, Invalid
from pratique.upstream.locations import Endpoint
from pratique.upstream.proxies import ProxySettings
from tests.harness.certificates import make_authority
from tests.harness.lying_upstream import LyingUpstream, redirects, says
from tests.harness.tiny_proxy import TinyProxy
from tests.unit.upstream.conftest import Phonebook

LEFT = UpstreamRequest("left", {})
AUTHORIZATION = "Basic bWU6czNjcmV0"


async def test_plain_http_goes_through_http_proxy(upstream, make_client):
    upstream.behaviours["/left"] = says(b"{}")
    async with TinyProxy(upstream.port, authorization=AUTHORIZATION) as proxy:
        with_password = proxy.url.replace("://", "://me:s3cret@")
        client = make_client(environment={"HTTP_PROXY": with_password})

        fetched = await client.document("http://registry.test/base", LEFT)

        assert fetched.status == 404
        assert proxy.asked == ["GET http://registry.test/base/left HTTP/1.1"]


async def test_https_goes_through_a_tunnel_and_the_proxy_never_sees_the_request(tmp_path, make_client):
    authority, tls = make_authority(tmp_path, "registry.test")
    async with LyingUpstream(tls) as upstream, TinyProxy(upstream.port, authorization=AUTHORIZATION) as proxy:
        upstream.behaviours["/left"] = says(b"{}")
        with_password = proxy.url.replace("://", "://me:s3cret@")
        client = make_client(environment={"https_proxy": with_password}, ca_file=str(authority))

        fetched = await client.document("https://registry.test", LEFT)

        assert fetched.status == 200
        assert proxy.asked == ["CONNECT registry.test:443 HTTP/1.1"]
        assert "Proxy-Authorization" not in upstream.asked[0].headers


async def test_a_proxy_that_wants_a_password_gets_a_sentence(tmp_path, make_client):
    async with TinyProxy(9, authorization=AUTHORIZATION) as proxy:
        client = make_client(environment={"HTTPS_PROXY": proxy.url, "HTTP_PROXY": proxy.url})

        for url in ("https://registry.test", "http://registry.test"):
            with pytest.raises(BadUpstream, match=r"registry.test cannot be reached: the proxy answered 407"):
                await client.document(url, LEFT)


async def test_a_proxy_that_is_not_there_gets_a_sentence(make_client):
    client = make_client(environment={"HTTPS_PROXY": "http://127.0.0.1:9"})

    with pytest.raises(BadUpstream, match=r"the proxy does not answer .* check HTTPS_PROXY"):
        await client.document("https://registry.test", LEFT)


async def test_a_stranger_cannot_use_the_proxy_to_reach_a_private_address(make_client, upstream):
    upstream.behaviours["/left"] = redirects("https://inside.test/left")
    async with TinyProxy(9) as proxy:
        names = Phonebook(inside_test=["10.0.0.1"])
        client = make_client(environment={"HTTPS_PROXY": proxy.url}, resolver=names)

        with pytest.raises(BadUpstream, match=r"inside.test, which is not on the public internet"):
            await client.document(upstream.url, LEFT)
        upstream.behaviours["/left"] = redirects("https://10.0.0.1/left")
        with pytest.raises(BadUpstream, match=r"10.0.0.1, which is not on the public internet"):
            await client.document(upstream.url, LEFT)

        assert proxy.asked == []


@pytest.mark.parametrize(
    ("environment", "host", "through"),
    [
        ({}, "registry.test", None),
        ({"HTTPS_PROXY": "http://a.test:1"}, "registry.test", "http://a.test:1"),
        ({"HTTPS_PROXY": "a.test:1"}, "registry.test", "http://a.test:1"),
        ({"HTTPS_PROXY": "http://a.test:1", "https_proxy": "http://b.test:1"}, "registry.test", "http://b.test:1"),
        ({"ALL_PROXY": "http://a.test:1"}, "registry.test", "http://a.test:1"),
        ({"HTTP_PROXY": "http://a.test:1"}, "registry.test", None),
        ({"HTTPS_PROXY": "http://a.test:1", "NO_PROXY": "*"}, "registry.test", None),
        ({"HTTPS_PROXY": "http://a.test:1", "NO_PROXY": "other.test, .registry.test"}, "registry.test", None),
        ({"HTTPS_PROXY": "http://a.test:1", "NO_PROXY": "registry.test:443"}, "registry.test", None),
        ({"HTTPS_PROXY": "http://a.test:1", "NO_PROXY": "test.registry"}, "registry.test", "http://a.test:1"),
        ({"HTTPS_PROXY": "http://a.test:1"}, "localhost", None),
        ({"HTTPS_PROXY": "http://a.test:1"}, "127.0.0.9", None),
        ({"HTTPS_PROXY": "http://a.test:1"}, "::1", None),
        ({"HTTPS_PROXY": ""}, "registry.test", None),
    ],
)
def test_which_proxy(environment, host, through):
    proxy = ProxySettings(environment).proxy_for(Endpoint("https", host, 443))

    assert (proxy and str(proxy.url).rstrip("/")) == through


def test_in_cgi_a_clients_header_sets_no_proxy():
    settings = ProxySettings({"REQUEST_METHOD": "GET", "HTTP_PROXY": "http://evil.test:1"})

    assert settings.proxy_for(Endpoint("http", "registry.test", 80)) is None


@pytest.mark.parametrize("text", ["socks5://me:secret@a.test:1", "http://", "http://a.test:99999", "http://[::1"])
def test_a_proxy_that_cannot_be_used_is_refused_without_showing_its_password(text):
    with pytest.raises(Invalid, match=r"HTTPS_PROXY is not the URL of an HTTP proxy") as raised:
        ProxySettings({"HTTPS_PROXY": text})

    assert "secret" not in str(raised.value)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_environment_makes_it_fail_otherwise(proxy, exceptions):
    try:
        settings = ProxySettings({"HTTPS_PROXY": proxy, "NO_PROXY": exceptions})
    except Invalid:
        return
    settings.proxy_for(Endpoint("https", "registry.test", 443))
