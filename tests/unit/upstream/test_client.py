"""An upstream that lies gets a sentence that names it and says what to do; nothing it sent is believed."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream, UpstreamRefused
from pratique.core.limits import UpstreamLimits
from pratique.upstream.access import Credentials, UpstreamAccess
from pratique.upstream.answers import refusal_in, unpack
from pratique.upstream.locations import Endpoint
from tests.harness.lying_upstream import (
    breaks_off,
    drips,
    hangs_up,
    misstates_length,
    never_ends,
    redirects,
    says,
)
from tests.unit.upstream.conftest import IMPATIENT

LEFT = UpstreamRequest("left", {"Accept": "application/json"})


async def whole(stream):
    try:
        return b"".join([chunk async for chunk in stream.chunks()])
    finally:
        stream.close()


async def test_a_document_arrives_unpacked_with_what_is_needed_to_ask_again(upstream, client):
    packed = gzip.compress(b'{"name": "left"}')
    upstream.behaviours["/left"] = says(packed, Content_Encoding="gzip", ETag='"1"', Last_Modified="yesterday")

    fetched = await client.document(upstream.url, LEFT)

    assert fetched.status == 200
    assert fetched.content == b'{"name": "left"}'
    assert fetched.etag == '"1"'
    assert fetched.last_modified == "yesterday"
    assert fetched.url == f"{upstream.url}/left"
    assert upstream.asked[0].headers["Accept"] == "application/json"


async def test_what_still_holds_is_not_sent_again(upstream, client):
    upstream.behaviours["/left"] = says(b"{}", ETag='"1"')

    fetched = await client.document(upstream.url, LEFT, etag='"1"')

    assert fetched.status == 304
    assert fetched.content == b""


async def test_not_modified_without_a_question_is_no_answer(upstream, client):
    upstream.behaviours["/left"] = says(b"", status=304)

    with pytest.raises(BadUpstream, match=r"no answer"):
        await client.document(upstream.url, LEFT)


@pytest.mark.parametrize("status", [404, 410, 451])
async def test_nothing_of_that_name(upstream, client, status):
    upstream.behaviours["/left"] = says(b"gone", status=status)

    assert (await client.document(upstream.url, LEFT)).status == 404


async def test_an_escaped_slash_in_a_name_stays_escaped(upstream, client):
    await client.document(upstream.url + "/base/", UpstreamRequest("@acme%2fx", {}))

    assert upstream.paths() == ["/base/@acme%2fx"]


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (says(b"oh no", status=500), r"127.0.0.1:\d+ answered 500 Internal Server Error: .* try again later"),
        (says(b"wait", status=429), "too often; try again in some minutes"),
        (says(b"who are you", status=401), "check the credentials"),
        (says(b"not you", status=403), "check the credentials"),
        (says(b"tea", status=418), "check its address"),
        (breaks_off(b"{}" * 500, 300), "broke off in the middle"),
        (misstates_length(b"{}" * 500, 1_500), "broke off in the middle"),
        (hangs_up(), "hung up without an answer"),
        (drips(b"{}" * 500, 0.05), "took too long"),
        (drips(b"{}" * 500, 5), "sent nothing for 0 seconds"),
        (never_ends(), "larger than 100000 bytes; if that is right, raise max_document"),
        (says(b" " * 100_001), "larger than 100000 bytes; if that is right, raise max_document"),
        (says(gzip.compress(b" " * 50_000_000), Content_Encoding="gzip"), "raise max_document"),
        (says(gzip.compress(b"{}")[:-4], Content_Encoding="gzip"), "broken gzip data"),
        (says(gzip.compress(b"{}") + b"more", Content_Encoding="gzip"), "broken gzip data"),
        (says(b"{}", Content_Encoding="gzip"), "broken gzip data"),
        (says(b"{}", Content_Encoding="br"), "encoding br, which was not asked for"),
        (redirects("/left"), "redirects more than 5 times; check its address"),
        (redirects(""), "redirects to nowhere"),
        (redirects("ftp://example.test/left"), "cannot be fetched"),
        (redirects("https://user:secret@example.test/left"), "user or password"),
        (redirects("https://127.1/left"), "no plain IP address"),
        (redirects("https://10.1.2.3/left"), "10.1.2.3, which is not on the public internet; .* file_hosts"),
        (redirects("https://[::1]/left"), "not on the public internet"),
        (redirects("https://[::ffff:10.0.0.1]/left"), "not on the public internet"),
        (redirects("http://example.test/left"), "without https"),
        (redirects("http://169.254.169.254/left"), "without https"),
    ],
)
async def test_a_lie_gets_a_sentence_that_names_the_upstream(upstream, client, behaviour, sentence):
    upstream.behaviours["/left"] = behaviour

    with pytest.raises(BadUpstream, match=sentence) as raised:
        await client.document(upstream.url, LEFT)

    assert "pstream" in str(raised.value)
    assert "secret" not in str(raised.value)
    assert len(str(raised.value)) <= 200
    assert str(raised.value).isascii()


async def test_an_upstream_that_is_not_there_gets_a_sentence(client):
    with pytest.raises(BadUpstream, match=r"127.0.0.1:9 cannot be reached .* check its address"):
        await client.document("http://127.0.0.1:9", LEFT)


async def test_an_upstream_without_an_address_gets_a_sentence(make_client):
    with pytest.raises(BadUpstream, match=r"registry.invalid is a name without an address"):
        await make_client().document("http://registry.invalid", LEFT)


async def test_a_refusal_of_a_server_like_ours_is_passed_on_in_its_own_words(upstream, client):
    upstream.behaviours["/left"] = says(
        b'{"error": "Blocked by policy denylist: left is bad\\r\\nX: y; see http://far.test/r/A",'
        b' "decision_id": "A", "rule": "denylist", "allowed_versions": ["1.0.0"], "retry": false, "secret": "x"}',
        status=403,
    )

    with pytest.raises(UpstreamRefused) as raised:
        await client.document(upstream.url, LEFT)

    assert str(raised.value) == "Blocked by policy denylist: left is bad X: y; see http://far.test/r/A"
    assert raised.value.status == 403
    assert raised.value.fields == {
        "error": str(raised.value),
        "decision_id": "A",
        "rule": "denylist",
        "allowed_versions": ["1.0.0"],
        "retry": False,
    }


@given(st.binary(max_size=200))
def test_no_body_makes_reading_a_refusal_fail(body):
    refusal = refusal_in(body)

    assert refusal is None or str(refusal)


REFUSALISH = st.dictionaries(
    st.sampled_from(["error", "decision_id", "rule", "allowed_versions", "retry", "request_approval_url", "x"]),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)),
)


@given(REFUSALISH)
def test_what_is_passed_on_of_a_refusal_is_one_clean_line_and_harmless_fields(said):
    refusal = refusal_in(json.dumps(said).encode())

    if refusal is None:
        return
    assert 0 < len(str(refusal)) <= 200
    assert str(refusal).isascii()
    assert str(refusal).isprintable()
    assert "x" not in refusal.fields
    assert json.dumps(refusal.fields).isprintable()


@given(st.binary(max_size=2_000), st.integers(0, 3_000))
def test_unpacking_gives_back_what_was_packed_or_says_that_it_is_too_much(content, limit):
    at = Endpoint("https", "registry.test", 443)
    if len(content) <= limit:
        assert unpack(gzip.compress(content), "gzip", at, limit) == content
    else:
        with pytest.raises(BadUpstream, match=r"raise max_document"):
            unpack(gzip.compress(content), "gzip", at, limit)


@given(st.binary(max_size=300))
def test_unpacking_anything_else_is_refused(content):
    at = Endpoint("https", "registry.test", 443)
    with pytest.raises(BadUpstream, match=r"registry\.test"):
        unpack(b"\x1f\x8b" + content, "gzip", at, 1_000)


async def test_long_headers_are_read(upstream, client):
    upstream.behaviours["/left"] = says(b"{}", Content_Security_Policy="x" * 20_000)

    assert (await client.document(upstream.url, LEFT)).status == 200


async def test_credentials_go_to_the_upstream_and_not_where_it_redirects(upstream, make_client):
    from tests.harness.lying_upstream import LyingUpstream

    async with LyingUpstream() as other:
        other.behaviours["/left"] = says(b"{}")
        upstream.behaviours["/left"] = redirects(f"{other.url}/left")
        access = UpstreamAccess(Credentials("s3cret", user="me"), file_hosts=(other.url,))
        client = make_client({upstream.url: access})

        fetched = await client.document(upstream.url, LEFT)

        assert fetched.url == f"{other.url}/left"
        assert upstream.asked[0].headers["Authorization"] == "Basic bWU6czNjcmV0"
        assert "Authorization" not in other.asked[0].headers
        assert "s3cret" not in repr(access)


async def test_a_file_arrives_as_it_stands_on_the_wire(upstream, client):
    packed = gzip.compress(b"artefact")
    upstream.behaviours["/f.tgz"] = says(packed, "application/x-gzip", Content_Encoding="gzip")

    stream = await client.open_file(upstream.url, f"{upstream.url}/f.tgz#sha256=ignored")

    assert stream.size == len(packed)
    assert await whole(stream) == packed
    assert upstream.asked[0].headers["Accept-Encoding"] == "identity"
    assert upstream.paths() == ["/f.tgz"]


async def test_a_file_that_its_index_lists_and_its_host_lacks(upstream, client):
    with pytest.raises(BadUpstream, match=r"lists this file and does not have it"):
        await client.open_file(upstream.url, f"{upstream.url}/f.tgz")


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        (breaks_off(b"x" * 1_000, 300), "broke off in the middle"),
        (misstates_length(b"x" * 1_000, 2_000), "broke off in the middle"),
        (never_ends(), "a file larger than 1000000 bytes; if that is right, raise max_file"),
        (drips(b"x" * 1_000, 5), "sent nothing for 0 seconds"),
    ],
)
async def test_a_file_that_ends_badly(upstream, client, behaviour, sentence):
    upstream.behaviours["/f.tgz"] = behaviour

    stream = await client.open_file(upstream.url, f"{upstream.url}/f.tgz")

    with pytest.raises(BadUpstream, match=sentence):
        await whole(stream)


async def test_a_file_that_says_that_it_is_too_large_is_not_begun(upstream, client):
    upstream.behaviours["/f.tgz"] = misstates_length(b"", 1_000_001)

    with pytest.raises(BadUpstream, match=r"raise max_file"):
        await client.open_file(upstream.url, f"{upstream.url}/f.tgz")


async def test_a_file_that_crawls_is_given_up(upstream, make_client, monkeypatch):
    monkeypatch.setattr("pratique.upstream.answers._PATIENCE", 0.1)
    upstream.behaviours["/f.tgz"] = drips(b"x" * 1_000, 0.05)
    client = make_client(limits=UpstreamLimits(silence=IMPATIENT.silence, slowest_file=1_000_000))

    stream = await client.open_file(upstream.url, f"{upstream.url}/f.tgz")

    with pytest.raises(BadUpstream, match=r"less than 1000000 bytes a second"):
        await whole(stream)


async def test_a_path_that_would_leave_the_upstream_is_not_asked_for(upstream, client):
    from pratique.core.errors import Invalid

    for path in ("../admin", "a/%2E%2E/b".lower(), "a/..%2fb", "x y", "\r\nX: y"):
        with pytest.raises(Invalid):
            await client.document(upstream.url + "/base", UpstreamRequest(path, {}))
    assert upstream.asked == []
