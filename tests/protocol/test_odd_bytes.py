"""Bytes from outside that no type foresees end in a client error with a sentence, never in a failure of the server."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.harness.site import Site
from tests.protocol.speakers import Speaker


async def raw(site: Site, head: str, *fields: bytes) -> bytes:
    """Ask with header fields as they stand; the whole answer."""
    where = urlsplit(site.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    lines = (head.encode(), b"Host: " + where.netloc.encode(), *fields, b"Connection: close")
    writer.write(b"\r\n".join(lines) + b"\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@pytest.mark.parametrize("head", ["GET /api/v1/token/list HTTP/1.1", "GET /account HTTP/1.1"])
async def test_a_session_cookie_that_is_no_text_is_nobodys(site: Site, head: str) -> None:
    assert status(await raw(site, head, b"Cookie: pratique=\xff\xfe")) in (302, 303, 401)


@pytest.mark.parametrize(
    "field", [b"Authorization: Bearer prq_\xff\xfe", b"Authorization: \xff\xfe", b"Authorization: Basic \xff\xfe"]
)
@pytest.mark.parametrize("path", ["/main/npm/left", "/api/v1/token/list"])
async def test_a_credential_that_is_no_text_is_401(site: Site, path: str, field: bytes) -> None:
    assert status(await raw(site, f"GET {path} HTTP/1.1", field)) == 401


async def test_a_range_beyond_any_file_is_416(site: Site, client: Speaker) -> None:
    await client.upload(site, "mine", "1.0.0", site.token)
    path = client.path("mine", "1.0.0")
    assert (await site.get(path, site.token, Range="bytes=" + "9" * 5000 + "-")).status == 416
    assert (await site.get(path, site.token, Range="bytes=1-" + "9" * 5000)).status == 206


async def test_a_range_of_more_last_bytes_than_there_are_is_the_whole_file(site: Site, client: Speaker) -> None:
    await client.upload(site, "mine", "1.0.0", site.token)
    whole = await site.get(client.path("mine", "1.0.0"), site.token)
    answer = await site.get(client.path("mine", "1.0.0"), site.token, Range="bytes=-" + "9" * 5000)
    assert (answer.status, answer.body) == (200, whole.body)


async def test_a_number_beyond_any_id_is_a_client_error(site: Site) -> None:
    answer = await site.ask(
        "POST", "/api/v1/token/revoke", site.admin, data=b'{"id": %d}' % 2**70, Content_Type="application/json"
    )
    assert answer.status == 400
    assert "number" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/main/npm/mine", "/main/pypi/legacy/", "/api/v1/token/create", "/login"])
async def test_a_body_that_is_not_what_its_encoding_says_is_a_client_error(site: Site, path: str) -> None:
    content = "application/x-www-form-urlencoded" if path == "/login" else "application/json"
    method = "PUT" if "npm" in path else "POST"
    answer = await site.ask(
        method, path, site.token, data=b"not gzip at all", Content_Type=content, Content_Encoding="gzip"
    )
    assert 400 <= answer.status < 500, answer
    assert answer.text
