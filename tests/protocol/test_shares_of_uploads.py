"""Nobody keeps the others from publishing: slots have shares, waiting has an end, bodies have a speed."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pratique.core.actors import ActorKind, Operation
from pratique.web import bodies
from tests.harness import packages
from tests.harness.site import Site, new_token, running_site
from tests.protocol.speakers import NpmSpeaker

NPM = NpmSpeaker("full", "application/json")
FEW = '[publish]\nat_once = 3\nat_once_account = 2\npatience = "300 ms"\n[web]\nslowest_body = "100 KB"\n'


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path, FEW) as running:
        yield running


def body_of(name: str) -> bytes:
    return json.dumps(packages.npm_publish_body(name, "1.0.0", packages.npm_tarball(name, "1.0.0"))).encode()


@asynccontextmanager
async def hanging(site: Site, token: str, count: int) -> AsyncIterator[None]:
    """Uploads that have begun and do not go on."""
    go_on = asyncio.Event()

    async def slowly(name: str) -> AsyncIterator[bytes]:
        body = body_of(name)
        yield body[:100]
        await go_on.wait()
        yield body[100:]

    running = [
        asyncio.create_task(
            site.ask("PUT", f"/main/npm/slow{one}", token, data=slowly(f"slow{one}"), Content_Type="application/json")
        )
        for one in range(count)
    ]
    while len(list((site.data / "tmp").iterdir())) < count:
        await asyncio.sleep(0.01)
    yield
    go_on.set()
    answers = await asyncio.gather(*running)
    assert [answer.status for answer in answers] == [201] * count


async def test_one_account_takes_its_share_of_the_slots_and_leaves_the_rest(site: Site) -> None:
    agent = await new_token(
        site, "ann", ActorKind.AGENT, frozenset({Operation.READ, Operation.PUBLISH}), expires_in="1h"
    )
    async with hanging(site, agent, 2):
        same_account = await NPM.upload(site, "ours", "1.0.0", site.token)
        another = await NPM.upload(site, "theirs", "1.0.0", site.admin)

    assert another.status == 201
    assert same_account.status == 503
    assert "2 uploads of this account are under way" in same_account.text
    assert int(same_account.headers["Retry-After"]) > 0


async def test_who_waits_for_a_slot_gets_it_when_one_ends(tmp_path: Path) -> None:
    async with running_site(tmp_path, FEW.replace("300 ms", "60 s")) as site:
        answers = await asyncio.gather(*(NPM.upload(site, f"ours{one}", "1.0.0", site.token) for one in range(6)))

    assert [answer.status for answer in answers] == [201] * 6


async def test_when_all_slots_are_taken_the_next_one_is_told_to_try_again(site: Site) -> None:
    async with hanging(site, site.token, 2), _one_more(site):
        answer = await NPM.upload(site, "late", "1.0.0", site.admin)

    assert answer.status == 503
    assert "3 uploads are under way here" in answer.text


@asynccontextmanager
async def _one_more(site: Site) -> AsyncIterator[None]:
    async with site.ports.uploads.slot("somebody else"):
        yield


async def test_a_compressed_body_that_unpacks_to_far_more_than_was_sent_is_refused(site: Site) -> None:
    bomb = gzip.compress(b'{"name":"big","readme":"' + b"a" * (30 << 20) + b'"}')

    answer = await site.ask(
        "PUT", "/main/npm/big", site.token, data=bomb, Content_Type="application/json", Content_Encoding="gzip"
    )

    assert answer.status == 413
    assert "setting web.max_unpacking" in answer.text
    assert list((site.data / "tmp").iterdir()) == []


async def test_an_ordinary_compressed_body_is_taken_in(site: Site) -> None:
    answer = await site.ask(
        "PUT",
        "/main/npm/ours",
        site.token,
        data=gzip.compress(body_of("ours")),
        Content_Type="application/json",
        Content_Encoding="gzip",
    )

    assert answer.status == 201, answer.text


async def test_the_speed_of_a_body_is_what_was_sent_not_what_it_unpacks_to(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "_GRACE_SECONDS", 0.05)
    body = gzip.compress(b'{"name":"ours","readme":"' + b"a" * 900_000 + b'"}')

    async def slowly() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 200):
            yield body[start : start + 200]
            await asyncio.sleep(0.1)

    answer = await site.ask(
        "PUT", "/main/npm/ours", site.token, data=slowly(), Content_Type="application/json", Content_Encoding="gzip"
    )

    assert answer.status == 408
    assert "setting web.slowest_body" in answer.text
