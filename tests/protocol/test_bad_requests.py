"""What no honest client sends: each gets a clear refusal in the client's form, and nothing is stored or asked."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.tokens import ListTokens, RevokeToken, list_tokens, revoke_token
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token, running_site
from tests.protocol.speakers import NpmSpeaker, Speaker

NPM_PATHS = (
    "/main/npm/..%2f..%2fetc%2fpasswd",
    "/main/npm/%2e%2e",
    "/main/npm/@scope%2f..%2fx",
    "/main/npm/a%00b",
    "/main/npm/a%0d%0aSet-Cookie:x",
    "/main/npm/%ff%fe",
    "/main/npm/.hidden",
    "/main/npm/a/b/c/d",
    "/main/npm/left/-/..%2fleft-1.0.0.tgz",
    "/main/npm/" + "a" * 300,
)
PYPI_PATHS = (
    "/main/pypi/simple/..%2f..%2fetc/",
    "/main/pypi/simple/%2e%2e/",
    "/main/pypi/simple/a%00b/",
    "/main/pypi/simple/a%0d%0ab/",
    "/main/pypi/simple/%ff/",
    "/main/pypi/simple/-x-/",
    "/main/pypi/simple/p%D0%B0ypal/",
    "/main/pypi/files/left/..%2f..%2fx.whl",
    "/main/pypi/files/left/left-1.0.0.tar.gz%2f..",
)


CARGO_PATHS = (
    "/main/cargo/index/..%2f..%2fetc",
    "/main/cargo/index/%2e%2e/%2e%2e/etc",
    "/main/cargo/index/3/b/abc",
    "/main/cargo/index/ab/cd/left",
    "/main/cargo/index/LE/FT/LEFT",
    "/main/cargo/index/le/ft/left%00",
    "/main/cargo/index/p%D0%B0/yp/paypal",
    "/main/cargo/files/left/..%2f..%2fleft-1.0.0.crate",
    "/main/cargo/files/left/left-1.0.0.crate%0d%0aSet-Cookie:x",
    "/main/cargo/api/v1/crates?per_page=many",
    "/main/cargo/api/v1/crates/..%2fetc/owners",
)


@pytest.mark.parametrize("path", NPM_PATHS + PYPI_PATHS + CARGO_PATHS, ids=lambda path: path[6:40])
async def test_a_hostile_path_is_a_clear_client_error_and_asks_nothing(
    site: Site, registry: PlainRegistry, path: str
) -> None:
    answer = await site.get(path)
    assert 400 <= answer.status < 405, answer
    assert answer.text
    assert "\n" not in answer.reason
    assert "Set-Cookie" not in answer.headers
    assert not [asked for asked in registry.asked if ".." in asked or "etc" in asked]


WRONG = {
    ("GET", "/main/pypi/left/"): (404, "the index of pip and uv is {url}/main/pypi/simple/"),
    ("POST", "/main/pypi/"): (405, "uploads go to {url}/main/pypi/legacy/"),
    ("POST", "/main/pypi/simple/"): (405, "uploads go to {url}/main/pypi/legacy/"),
    ("POST", "/main/pypi/upload/"): (404, "uploads go to {url}/main/pypi/legacy/"),
    ("GET", "/main/npm"): (404, "npm's registry is {url}/main/npm/"),
    ("GET", "/main/cargo/config.json"): (404, "cargo's index is sparse+{url}/main/cargo/index/"),
    ("GET", "/pypi/simple/"): (404, "lacks the repository; the index of pip and uv is {url}/main/pypi/simple/"),
    ("GET", "/pypi/simple/left/"): (404, "the index of pip and uv is {url}/main/pypi/simple/"),
    ("PUT", "/npm/left"): (404, "this address lacks the repository; npm's registry is {url}/main/npm/"),
    ("GET", "/npm"): (404, "npm's registry is {url}/main/npm/"),
}
"""What people mistype, and what they are told."""


@pytest.mark.parametrize(("method", "path"), list(WRONG), ids=lambda said: said.strip("/").replace("/", "-"))
async def test_a_wrong_address_is_told_the_right_one_where_the_client_shows_it(
    site: Site, registry: PlainRegistry, method: str, path: str
) -> None:
    status, right = WRONG[method, path]

    answer = await site.ask(method, path, site.token)

    assert answer.status == status
    assert answer.reason.endswith(right.format(url=site.url))
    assert right.format(url=site.url) in answer.text
    assert registry.asked == []


async def test_a_wrong_address_tells_outsiders_no_name_of_a_closed_repository(tmp_path: Path) -> None:
    async with running_site(tmp_path, "[repositories.main]\nanonymous_read = false\n") as site:
        answers = [await site.get(path) for path in ("/npm/left", "/pypi/simple/", "/cargo/index/config.json")]

    assert [one.status for one in answers] == [404, 404, 404]
    assert all("/REPOSITORY/" in one.reason for one in answers)
    assert not any("/main/" in one.text + one.reason for one in answers)


async def test_a_foreign_host_gets_421(site: Site, client: Speaker) -> None:
    answer = await site.get(client.path("left", "1.0.0"), Host="evil.example.test")
    assert answer.status == 421
    assert "evil" not in answer.text


async def test_another_method_is_told_which_there_is(site: Site) -> None:
    answer = await site.ask("DELETE", "/main/npm/left")
    assert answer.status == 405
    assert "GET" in answer.json()["error"]


@pytest.mark.parametrize(
    "token", ["prq_wrong", "hello", "prq_" + "a" * 40, "Bearer", "x" * 5000], ids=["short", "word", "form", "b", "long"]
)
async def test_a_credential_that_is_none_is_401_even_where_anyone_may_read(
    site: Site, registry: PlainRegistry, client: Speaker, token: str
) -> None:
    client.released(registry, "left", "1.0.0")
    answer = await client.listing(site, "left", token)
    assert answer.status == 401
    assert token not in answer.text
    assert registry.asked == []


async def test_an_expired_token_is_told_so(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    token = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.READ}), expires_in="1h")
    assert (await client.listing(site, "left", token)).status == 200
    site.clock.set("+61min")
    answer = await client.listing(site, "left", token)
    assert answer.status == 401
    assert "expired" in answer.text


async def test_a_revoked_token_is_refused_within_a_second(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    token = await new_token(site, "ann", ActorKind.SERVICE, frozenset({Operation.READ}))
    assert (await client.listing(site, "left", token)).status == 200
    tokens = (await list_tokens(site.ports, ListTokens(user="ann"), OPERATOR)).tokens
    await revoke_token(site.ports, RevokeToken(id=max(one.id for one in tokens)), OPERATOR)
    async with asyncio.timeout(1):
        while (await client.listing(site, "left", token)).status != 401:
            await asyncio.sleep(0.05)


BODIES = {
    "empty": b"",
    "no json": b"hello",
    "list": b"[]",
    "nothing in it": b"{}",
    "no attachment": json.dumps({"name": "ours", "versions": {"1.0.0": {"name": "ours", "version": "1.0.0"}}}).encode(),
    "broken": b'{"name": "ours", "versions": {"1.0',
    "deep": b"[" * 100_000,
    "bad base64": b'{"name":"ours","versions":{"1.0.0":{"name":"ours","version":"1.0.0","dist":{}}},'
    b'"_attachments":{"ours-1.0.0.tgz":{"data":"!!!!","length":3}}}',
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_publish_body_that_is_none_is_refused_with_a_sentence(site: Site, body: bytes) -> None:
    answer = await site.ask("PUT", "/main/npm/ours", site.token, data=body, Content_Type="application/json")
    assert answer.status == 400, answer.text
    assert answer.json()["error"]
    assert not list((site.data / "tmp").glob("*"))


async def test_an_upload_over_the_limit_is_refused_with_the_settings_name(site: Site) -> None:
    object.__setattr__(site.ports.publish_limits, "max_upload", 100_000)
    npm = NpmSpeaker("full", "application/json")
    answer = await npm.upload(site, "ours", "1.0.0", site.token, content=b"x" * 200_000)
    assert answer.status == 413
    assert "publish.max_upload" in answer.text
    assert not list((site.data / "tmp").glob("*"))


async def test_without_anonymous_read_401_comes_before_any_look_up(
    tmp_path_factory: pytest.TempPathFactory, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    settings = "[repositories.main]\nanonymous_read = false\n" + registry.settings
    async with running_site(tmp_path_factory.mktemp("closed"), settings) as closed:
        there = await client.listing(closed, "left")
        missing = await client.listing(closed, "nobody-has-this")
        assert (there.status, missing.status) == (401, 401)
        assert there.body == missing.body
        assert registry.asked == []
        assert (await client.listing(closed, "left", closed.token)).status == 200


async def test_where_a_repository_is_closed_nobody_can_tell_an_unknown_one_from_it(
    tmp_path: Path, client: Speaker
) -> None:
    settings = "[repositories.main]\n[repositories.secret]\nanonymous_read = false\n"
    path = client.path("left", "1.0.0")
    async with running_site(tmp_path / "closed", settings) as site:
        answers = [await site.get(path.replace("/main/", f"/{name}/")) for name in ("secret", "nope")]
        assert [one.status for one in answers] == [401, 401]
        assert answers[0].body == answers[1].body
        assert (await site.get(path.replace("/main/", "/nope/"), site.token)).status == 404
        assert (await site.get(path)).status == 404


async def _expecting(site: Site, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = site.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = (
        f"PUT /main/npm/ours HTTP/1.1\r\nHost: {host}:{port}\r\nExpect: 100-continue\r\n{token}"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n"
    )
    writer.write(head.encode())
    return reader, writer


async def test_a_client_that_waits_to_send_is_refused_before_it_sends(site: Site) -> None:
    reader, writer = await _expecting(site, "")
    assert b" 401 " in await asyncio.wait_for(reader.readline(), 20)
    writer.close()


async def test_a_client_that_waits_to_send_is_told_when_it_may(site: Site) -> None:
    reader, writer = await _expecting(site, f"Authorization: Bearer {site.token}\r\n")
    assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20) == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"{}")
    assert b" 400 " in await asyncio.wait_for(reader.readline(), 20)
    writer.close()


async def test_an_upload_that_falls_silent_is_given_up_with_a_sentence_and_leaves_nothing(
    tmp_path: Path, registry: PlainRegistry
) -> None:
    settings = registry.settings + '[web]\nbody_silence = "300 ms"\n'
    async with running_site(tmp_path / "impatient", settings) as site:
        host, port = site.url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            f"PUT /main/npm/ours HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {site.token}\r\n"
            "Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
        )
        writer.write(head.encode() + b'{"name": "ours", ')
        await writer.drain()

        answer = await asyncio.wait_for(reader.readline(), 20)

        assert answer.split()[1] == b"408"
        assert b"nothing arrived for" in answer
        assert not list((site.data / "tmp").glob("*"))
        writer.close()
        await writer.wait_closed()


async def test_a_client_that_hangs_up_in_the_middle_leaves_nothing(site: Site) -> None:
    host, port = site.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    body = json.dumps(packages.npm_publish_body("ours", "1.0.0", packages.npm_tarball("ours", "1.0.0"))).encode()
    head = (
        f"PUT /main/npm/ours HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: Bearer {site.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body[:-1])
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    async with asyncio.timeout(10):
        while list((site.data / "tmp").glob("*")):
            await asyncio.sleep(0.02)
    npm = NpmSpeaker("full", "application/json")
    assert (await npm.listing(site, "ours", site.token)).status == 404
