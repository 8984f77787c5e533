"""Who asks more than any honest client is told so with 429, in his client's form; policy never is."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from pratique.core.actors import ActorKind, Operation
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import new_token, running_site
from tests.protocol.npm_publisher import Publisher
from tests.protocol.speakers import Speaker


def limited(registry: PlainRegistry, **limits: int | str) -> str:
    lines = [f"{name} = {value!r}\n" for name, value in limits.items()]
    return registry.settings + "[limits]\n" + "".join(lines)


async def test_who_asks_too_often_is_told_which_limit_how_much_and_when_again(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    async with running_site(tmp_path / "site", limited(registry, anonymous=3)) as site:
        with capture_logs() as logged:
            answers = [await client.listing(site, "left") for _ in range(5)]
        assert [one.status for one in answers] == [200, 200, 200, 429, 429]
        for refused in answers[3:]:
            assert "too many requests without a token from this address: 3 a minute are answered" in refused.reason
            assert "limits.anonymous" in refused.text
            assert 1 <= int(refused.headers["Retry-After"]) <= 20
        assert (await client.listing(site, "left", site.token)).status == 200
        lines = [line for line in logged if line["event"] == "a limit was reached"]
    assert [(line["limit"], line["who"], line["refused"]) for line in lines] == [
        ("limits.anonymous", "address 127.0.0.1", 1)
    ]


async def test_an_account_is_counted_by_all_its_tokens_and_answers_that_stand_count_too(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    async with running_site(tmp_path / "site", limited(registry, requests=4), patience="") as site:
        other = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.READ}))
        tokens = [site.token, other] * 3
        assert [(await client.listing(site, "left", token)).status for token in tokens] == [200] * 4 + [429] * 2
        assert (await client.listing(site, "left", site.admin)).status == 200


async def test_a_flood_of_names_that_do_not_exist_is_kept_from_the_upstream(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    async with running_site(tmp_path / "site", limited(registry, missing=3), patience="") as site:
        assert [(await client.listing(site, "left")).status for _ in range(2)] == [200, 200]
        answers = [await client.listing(site, f"none-{number}") for number in range(6)]
        assert [one.status for one in answers] == [404] * 3 + [429] * 3
        assert len({asked for asked in registry.asked if "none" in asked}) == 3
        assert (await client.listing(site, "left")).status == 200  # it stands, and asks nobody
        assert (await client.listing(site, "left", site.token)).status == 200


async def test_wrong_credentials_become_429_and_good_ones_from_the_same_address_go_on(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    async with running_site(tmp_path / "site", limited(registry, failed_credentials=2)) as site:
        answers = [await client.listing(site, "left", "prq_wrong") for _ in range(4)]
        assert [one.status for one in answers] == [401, 401, 429, 429]
        assert (await site.get("/api/v1/session", "prq_wrong")).status == 429
        assert (await client.listing(site, "left", site.token)).status == 200
        assert (await client.listing(site, "left")).status == 200


async def test_what_policy_refuses_is_403_however_often_it_is_asked(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "young", "1.0.0", days=0)
    settings = limited(registry, missing=1, failed_credentials=1, searches=1, audits=1, uploads=1)
    async with running_site(tmp_path / "site", settings) as site:
        answers = [await site.get(client.path("young", "1.0.0")) for _ in range(4)]
        assert [one.status for one in answers] == [403] * 4


@pytest.mark.parametrize(
    ("limit", "method", "path"),
    [
        ("searches", "GET", "/main/cargo/api/v1/crates?q=left"),
        ("searches", "GET", "/main/pypi/simple/"),
        ("audits", "POST", "/main/npm/-/npm/v1/security/advisories/bulk"),
        ("audits", "POST", "/main/osv/v1/query"),
        ("uploads", "PUT", "/main/npm/ours"),
        ("decisions", "GET", "/main/npm/left"),
        ("name_checks", "GET", "/api/v1/names/check?ecosystem=npm&name=expresss"),
    ],
    ids=["search", "all-projects", "audit", "osv", "upload", "decision", "name"],
)
async def test_what_costs_much_has_a_limit_of_its_own(
    tmp_path: Path, registry: PlainRegistry, limit: str, method: str, path: str
) -> None:
    registry.npm("left", "1.0.0")
    async with running_site(tmp_path / "site", limited(registry, **{limit: 1})) as site:
        answers = [await site.ask(method, path, site.token, data=b"{}" if method != "GET" else None) for _ in range(2)]
        assert answers[0].status != 429
        assert answers[1].status == 429
        assert f"limits.{limit}" in answers[1].text
        assert answers[1].headers["Retry-After"]
        assert (await site.get("/main/npm/-/whoami", site.token)).status == 200


async def test_of_many_names_in_one_request_each_one_counts(tmp_path: Path) -> None:
    body = '{"ecosystem": "npm", "names": ["a-b", "a-c", "a-d"], "at": "install"}'
    async with running_site(tmp_path / "site", "[limits]\nname_checks = 5\n") as site:
        statuses = [
            (
                await site.ask(
                    "POST", "/api/v1/names/check-many", site.token, data=body, Content_Type="application/json"
                )
            ).status
            for _ in range(2)
        ]
    assert statuses == [200, 429]


async def test_pages_and_the_management_api_count_as_requests(tmp_path: Path) -> None:
    async with running_site(tmp_path / "site", "[limits]\nanonymous = 2\n") as site:
        answers = [await site.get(path) for path in ("/login", "/api/v1/session", "/login", "/api/v1/session")]
        health = [(await site.get(path)).status for path in ("/healthz", "/readyz")]
    assert [one.status for one in answers[2:]] == [429, 429]
    assert all("limits.anonymous" in one.text and one.headers["Retry-After"] for one in answers[2:])
    assert 429 not in health


async def test_a_limit_of_zero_is_none(tmp_path: Path, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    names = ("requests", "anonymous", "failed_credentials", "missing", "decisions", "at_once")
    async with running_site(tmp_path / "site", limited(registry, **dict.fromkeys(names, 0))) as site:
        answers = await asyncio.gather(*(client.listing(site, "left") for _ in range(20)))
        assert {one.status for one in answers} == {200}


@asynccontextmanager
async def upstream_that_thinks() -> AsyncIterator[tuple[str, asyncio.Event]]:
    """The URL of an npm registry that answers nobody before the event is set, and then that it has nothing."""
    go_on = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await go_on.wait()
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", go_on


async def test_reads_beyond_what_is_decided_at_once_wait_and_beyond_that_are_told_to_come_again(tmp_path: Path) -> None:
    async with upstream_that_thinks() as (url, go_on):
        settings = f"[repositories.main.upstreams]\nnpm = ['{url}']\n[limits]\nat_once = 2\nwaiting = 2\n"
        async with running_site(tmp_path / "site", settings) as site:
            asked = [asyncio.create_task(site.get(f"/main/npm/none-{number}")) for number in range(6)]
            refused = [await one for one in itertools.islice(asyncio.as_completed(asked), 4)]
            assert {one.status for one in refused} == {503}
            assert all("limits.at_once" in one.reason and one.headers["Retry-After"] == "5" for one in refused)
            assert (await site.get("/main/npm/-/ping")).status == 503
            assert (await site.get("/main/npm/-/ping", site.token)).status == 200
            go_on.set()
            assert sorted([(await one).status for one in asked]) == [404, 404, 503, 503, 503, 503]


async def test_publishing_goes_on_beside_readers_who_wait(tmp_path: Path) -> None:
    async with running_site(tmp_path / "site", "[limits]\nat_once = 1\n") as site:
        await Publisher(site, site.admin).publish("ours", "1.0.0")
