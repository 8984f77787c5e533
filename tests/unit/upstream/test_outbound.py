"""Where an upstream may send us: what a stranger names is reached only if it is safe."""

import pytest

from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream, Invalid
from pratique.upstream.access import UpstreamAccess
from tests.harness.certificates import make_authority
from tests.harness.lying_upstream import LyingUpstream, redirects, says
from tests.unit.upstream.conftest import Phonebook

LEFT = UpstreamRequest("left", {})


@pytest.fixture
async def files(tmp_path):
    """An https host `files.test` with a certificate of our own authority."""
    authority, tls = make_authority(tmp_path / "tls", "files.test", "other.test")
    async with LyingUpstream(tls) as host:
        host.behaviours["/left"] = says(b"{}")
        host.authority = str(authority)
        yield host


async def test_a_configured_upstream_may_be_on_a_private_address(upstream, make_client):
    upstream.behaviours["/left"] = says(b"{}")
    client = make_client(resolver=Phonebook(registry_internal=["127.0.0.1"]))

    fetched = await client.document(f"http://registry.internal:{upstream.port}", LEFT)

    assert fetched.status == 200


async def test_a_redirect_to_a_name_with_a_private_address_is_refused(upstream, make_client):
    upstream.behaviours["/left"] = redirects("https://metadata.test/left")
    client = make_client(resolver=Phonebook(metadata_test=["169.254.169.254"]))

    with pytest.raises(BadUpstream, match=r"metadata.test, which is not on the public internet; .* file_hosts"):
        await client.document(upstream.url, LEFT)


async def test_a_file_on_a_name_with_a_private_address_is_refused(upstream, make_client):
    client = make_client(resolver=Phonebook(files_test=["10.0.0.8"]))

    with pytest.raises(BadUpstream, match=r"files.test, which is not on the public internet"):
        await client.open_file(upstream.url, "https://files.test/f.tgz")


async def test_a_name_is_resolved_once_and_connected_to_at_the_address_that_was_checked(upstream, files, make_client):
    """DNS rebinding: a second answer would lead elsewhere; nobody asks a second time."""
    upstream.behaviours["/left"] = redirects(f"https://files.test:{files.port}/left")
    names = Phonebook(files_test=["127.0.0.1", "127.0.0.99"])

    fetched = await make_client(resolver=names, ca_file=files.authority).document(upstream.url, LEFT)

    assert fetched.status == 200
    assert names.asked.count("files.test") == 1


async def test_a_host_at_the_upstreams_own_address_is_reached_over_https(upstream, files, make_client):
    upstream.behaviours["/left"] = redirects(f"https://files.test:{files.port}/left")
    client = make_client(resolver=Phonebook(files_test=["127.0.0.1"]), ca_file=files.authority)

    fetched = await client.document(upstream.url, LEFT)

    assert fetched.url == f"https://files.test:{files.port}/left"


async def test_a_host_at_the_address_of_an_upstream_known_by_name_is_reached(upstream, files, make_client):
    upstream.behaviours["/left"] = redirects(f"https://files.test:{files.port}/left")
    names = Phonebook(files_test=["127.0.0.1"], registry_internal=["127.0.0.1"])
    client = make_client(resolver=names, ca_file=files.authority)

    assert (await client.document(f"http://registry.internal:{upstream.port}", LEFT)).status == 200


async def test_a_listed_file_host_is_reached_wherever_it_is(upstream, files, make_client):
    upstream.behaviours["/left"] = redirects(f"https://files.test:{files.port}/left")
    names = Phonebook(files_test=["127.0.0.1"], registry_internal=["127.0.0.1", "127.0.0.2"])
    url = f"http://registry.internal:{upstream.port}"
    access = {url: UpstreamAccess(file_hosts=("files.test",))}

    fetched = await make_client(access, resolver=names, ca_file=files.authority).document(url, LEFT)

    assert fetched.status == 200


async def test_what_one_upstream_may_reach_another_may_not(upstream, files, make_client):
    upstream.behaviours["/left"] = redirects(f"https://files.test:{files.port}/left")
    names = Phonebook(files_test=["127.0.0.1"], far_internal=["127.0.0.1"], near_internal=["127.0.0.1", "127.0.0.2"])
    near, far = f"http://near.internal:{upstream.port}", f"http://far.internal:{upstream.port}"
    client = make_client({near: UpstreamAccess(file_hosts=("files.test",))}, resolver=names, ca_file=files.authority)
    assert (await client.document(near, LEFT)).status == 200

    names.names["far.internal"] = ["127.0.0.1", "127.0.0.2"]
    with pytest.raises(BadUpstream, match=r"not on the public internet"):
        await client.document(far, LEFT)


async def test_a_certificate_that_is_not_trusted_gets_a_sentence_about_the_ca_file(upstream, files, make_client):
    upstream.behaviours["/left"] = redirects(f"https://files.test:{files.port}/left")

    with pytest.raises(BadUpstream, match=r"files.test:.* certificate that is not trusted .* ca_file or SSL_CERT_FILE"):
        await make_client(resolver=Phonebook(files_test=["127.0.0.1"])).document(upstream.url, LEFT)


async def test_the_system_bundle_named_by_ssl_cert_file_is_trusted(upstream, files, make_client, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", files.authority)
    upstream.behaviours["/left"] = redirects(f"https://files.test:{files.port}/left")

    client = make_client(resolver=Phonebook(files_test=["127.0.0.1"]))

    assert (await client.document(upstream.url, LEFT)).status == 200


def test_a_ca_file_that_cannot_be_read_is_named(make_client):
    with pytest.raises(Invalid, match=r'ca_file "/nowhere.pem" cannot be read'):
        make_client(ca_file="/nowhere.pem")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("ftp://example.test", "is not the URL of an upstream"),
        ("example.test/simple", "is not the URL of an upstream"),
        ("https://me:secret@example.test", "fields of their own"),
        ("https://example.test/?a=b", "query or fragment"),
        ("https://", "is not the URL of an upstream"),
        ("https://example.test:99999", "is not the URL of an upstream"),
    ],
)
def test_a_setting_that_is_no_upstream_is_refused_without_showing_secrets(make_client, url, sentence):
    with pytest.raises(Invalid, match=sentence) as raised:
        make_client({url: UpstreamAccess()})

    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("host", ["files.test/path", "", "ftp://files.test", "https://me:secret@files.test"])
def test_a_file_host_that_is_none_is_refused_at_start(make_client, host):
    with pytest.raises(Invalid):
        make_client({"https://registry.test": UpstreamAccess(file_hosts=(host,))})
