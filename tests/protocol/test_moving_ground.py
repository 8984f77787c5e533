"""Things that change while somebody looks: no view outlives them, no answer mixes before and after."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.artifacts import Digests
from pratique.core.decisions import Action, EntryKind, Mode, Vote
from pratique.core.facts import Seen
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.installing import get_file as get_file_module
from pratique.services.judging import find_project as find_project_module
from pratique.services.judging.file_facts import remember_seen
from pratique.services.judging.find_file import find_file
from pratique.services.publishing import publish as publish_module
from pratique.services.visits import visit_repository
from pratique.store import projects, revisions
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import NpmSpeaker, Speaker


def in_between(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, act: Callable[[], Awaitable[object]]) -> None:
    """Let something happen once, right after the first call of a step."""
    real, done = getattr(module, name), []

    async def stepped(*arguments: Any, **named: Any) -> Any:
        result = await real(*arguments, **named)
        if not done:
            done.append(True)
            await act()
        return result

    monkeypatch.setattr(module, name, stepped)


async def test_a_release_published_while_its_project_is_listed_shows_at_once(
    site: Site, speaker: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await speaker.upload(site, "ours", "1.0.0", site.token)
    in_between(
        monkeypatch, find_project_module, "find_place", lambda: speaker.upload(site, "ours", "1.0.1", site.token)
    )

    await speaker.listing(site, "ours", site.token)

    assert speaker.offered(await speaker.listing(site, "ours", site.token)) == ["1.0.0", "1.0.1"]


async def test_a_name_that_turns_out_to_be_public_while_it_is_published_is_judged_again(
    site: Site, registry: PlainRegistry, client: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def somebody_installs_it() -> None:
        client.released(registry, "pubname", "1.0.0")
        await client.listing(site, "pubname")

    in_between(monkeypatch, publish_module, "judge_publish", somebody_installs_it)

    answer = await client.upload(site, "pubname", "9.0.0", site.token)

    assert answer.status == 403
    assert "shadows_public" in answer.reason
    assert client.offered(await client.listing(site, "pubname")) == ["1.0.0"]


async def test_two_first_publishes_of_one_name_leave_one_owner(site: Site, client: Speaker) -> None:
    answers = await asyncio.gather(
        client.upload(site, "ours", "1.0.0", site.token), client.upload(site, "ours", "2.0.0", site.admin)
    )
    listing = await client.listing(site, "ours", site.admin)
    taken = [answer for answer in answers if answer.status in (200, 201)]
    assert len(client.offered(listing)) == len(taken)
    assert all(answer.status in (200, 201, 403, 404, 409) for answer in answers)


async def test_an_index_that_changes_while_a_file_is_fetched_offers_it_to_nobody(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    release = speaker.released(registry, "left", "1.0.1")
    file = await site.get(speaker.path("left", "1.0.1"))
    registry.listed_content[release.filename] = release.content + b"another"

    listing = await speaker.listing(site, "left")

    assert file.status == 200
    assert speaker.offered(listing) == ["1.0.0"]
    assert (await site.get(speaker.path("left", "1.0.1"))).status == 403


async def lie(site: Site, client: Speaker) -> None:
    """As another node leaves it, to which the upstream sent other bytes than to us."""
    key = ProjectKey(EcosystemId(client.ecosystem), "left")
    visit = await visit_repository(site.ports, "main", client.ecosystem, OPERATOR)
    found = await find_file(site.ports, visit, "left", client.path("left", "1.0.0").rsplit("/", 1)[-1])

    def leave(connection: Connection) -> None:
        project = projects.find(connection, 1, key)
        assert project is not None
        seen = Seen(Digests(sha256="0" * 64, sha512="0" * 128))
        vote = Vote("digest_mismatch", Action.DENY, "arrived with another sha256 than its index states")
        assert remember_seen(connection, project.id, found.file, seen, vote, site.ports.clock.now())
        revisions.bump(connection, 1, key)

    await site.ports.db.write(leave)


@pytest.mark.parametrize("step", ["find_file", "judge_bytes"])
async def test_a_lie_found_elsewhere_while_a_file_is_fetched_refuses_it_here_and_is_not_forgotten(
    site: Site, registry: PlainRegistry, client: Speaker, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    client.released(registry, "left", "1.0.0")
    await client.listing(site, "left")
    in_between(monkeypatch, get_file_module, step, lambda: lie(site, client))

    answers = [await site.get(client.path("left", "1.0.0")) for _ in range(2)]

    assert [(answer.status, answer.json()["rule"]) for answer in answers] == [(403, "digest_mismatch")] * 2
    assert client.offered(await client.listing(site, "left")) == []


@pytest.mark.parametrize("step", ["find_file", "judge_bytes"])
async def test_what_is_denied_while_a_file_is_fetched_is_not_served(
    site: Site, registry: PlainRegistry, client: Speaker, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    client.released(registry, "left", "1.0.0")
    denied = AddEntry(kind=EntryKind.DENY, purl=f"pkg:{client.ecosystem}/left", action="deny", reason="we said so")
    in_between(monkeypatch, get_file_module, step, lambda: add_entry(site.ports, denied, OPERATOR))

    answer = await site.get(client.path("left", "1.0.0"))

    assert (answer.status, answer.json()["rule"]) == (403, "denylist")


async def test_many_first_downloads_of_one_project_at_once_are_all_served(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    versions = [f"1.0.{number}" for number in range(30)]
    for version in versions:
        client.released(registry, "left", version)

    answers = await asyncio.gather(*(site.get(client.path("left", version)) for version in versions))

    assert {answer.status for answer in answers} == {200}


async def test_a_first_download_shows_in_listings_for_agents_at_once(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE), OPERATOR)
    speaker.released(registry, "left", "1.0.0", days=30)
    assert speaker.offered(await speaker.listing(site, "left", site.agent)) == []

    assert (await site.get(speaker.path("left", "1.0.0"), site.token)).status == 200

    assert speaker.offered(await speaker.listing(site, "left", site.agent)) == ["1.0.0"]


async def test_a_lie_is_not_forgotten_when_the_liar_mends_its_index(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    lie = speaker.released(registry, "left", "1.0.1")
    registry.listed_content[lie.filename] = lie.content
    lie.content += b"evil"
    assert (await site.get(speaker.path("left", "1.0.1"))).status == 403
    del registry.listed_content[lie.filename]

    listing = await speaker.listing(site, "left")
    file = await site.get(speaker.path("left", "1.0.1"))

    assert speaker.offered(listing) == ["1.0.0"]
    assert (file.status, "digest_mismatch" in file.reason) == (403, True)
    assert "allowed: 1.0.0" in file.reason
    assert registry.downloads(lie.filename) == 1


async def test_digests_that_change_in_the_index_start_the_clock_anew(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    changed = speaker.released(registry, "left", "1.0.1")
    await speaker.listing(site, "left")
    changed.content += b"other bytes, never fetched before"

    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0"]
    site.clock.set("+49h")
    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_another_tarball_name_does_not_make_other_bytes_of_a_version(site: Site, registry: PlainRegistry) -> None:
    npm = NpmSpeaker("full", "application/json")
    npm.released(registry, "left", "1.0.0")
    swapped = npm.released(registry, "left", "1.0.1")
    assert (await site.get(npm.path("left", "1.0.1"))).status == 200
    swapped.filename, swapped.content = "left-1.0.1-a.tgz", swapped.content + b"evil"
    site.clock.set("+50h")

    listing = await npm.listing(site, "left")

    assert npm.offered(listing) == ["1.0.0"]
    assert (await site.get("/main/npm/left/-/left-1.0.1-a.tgz")).status == 404
    assert (await site.get(npm.path("left", "1.0.1"))).status == 403


async def test_an_upstream_that_says_404_for_a_moment_makes_no_name_new(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE), OPERATOR)
    client.released(registry, "left", "1.0.0", days=900)
    away = registry.releases.pop((client.ecosystem, "left"))
    nobody = await client.listing(site, "left", site.agent)
    assert nobody.status == 403 or "1.0.0" not in client.offered(nobody)
    registry.releases[client.ecosystem, "left"] = away

    assert client.offered(await client.listing(site, "left", site.agent)) == ["1.0.0"]
    assert client.offered(await client.listing(site, "left", site.agent)) == ["1.0.0"]


async def test_a_name_that_agents_asked_for_before_it_existed_is_held_for_them(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE), OPERATOR)
    site.clock.set("-100d")
    token = await _agent(site)
    nobody = await client.listing(site, "made-up", token)
    assert nobody.status == 403 or "1.0.0" not in client.offered(nobody)
    client.released(registry, "made-up", "1.0.0", days=99)
    site.clock.set("+0s")

    answer = await client.listing(site, "made-up", site.agent)

    assert answer.status == 403
    assert "was asked for here before it existed" in answer.reason


async def test_a_removed_wheel_is_still_installable_by_its_pin(site: Site, registry: PlainRegistry) -> None:
    pypi = next(one for one in _speakers() if one.form == "json")
    pypi.released(registry, "left", "1.0.0")
    gone = pypi.released(registry, "left", "1.0.1")
    registry.core_metadata = True
    assert (await site.get(pypi.path("left", "1.0.1"))).status == 200
    gone.listed = False

    files = {one["filename"]: one for one in (await pypi.listing(site, "left")).json()["files"]}

    assert "core-metadata" in files["left-1.0.0-py3-none-any.whl"]
    assert not files["left-1.0.1-py3-none-any.whl"].get("core-metadata")
    assert (await site.get(pypi.path("left", "1.0.1"))).status == 200


async def test_gzip_that_is_not_wanted_is_not_sent(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    answer = await client.listing(site, "left", Accept_Encoding="gzip;q=0, identity")
    assert "Content-Encoding" not in answer.headers


async def _agent(site: Site) -> str:
    from pratique.core.actors import Operation
    from tests.harness.site import new_token

    return await new_token(site, "ann", ActorKind.AGENT, frozenset({Operation.READ}), expires_in="24h")


def _speakers() -> tuple[Speaker, ...]:
    from tests.protocol.speakers import SPEAKERS

    return SPEAKERS


async def test_nobody_waits_for_an_upstream_that_is_asked_while_the_project_changes(
    site: Site, registry: PlainRegistry, client: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks at a project alone keeps first downloads of it waiting: its upstream is asked before that."""
    client.released(registry, "left", "1.0.0")
    key = ProjectKey(EcosystemId(client.ecosystem), "left")
    visit = await visit_repository(site.ports, "main", client.ecosystem, OPERATOR)
    real, asked = find_project_module.find_source, list[tuple[bool, bool]]()

    async def on_moving_ground(*arguments: Any, **named: Any) -> Any:
        before = len(registry.asked)
        source = await real(*arguments, **named)
        lock = site.ports.uploads._turns.get(key)
        asked.append((lock is not None and lock.locked(), len(registry.asked) > before))
        if len(asked) <= find_project_module._ALONE_FROM + 1:
            await site.ports.db.write(revisions.bump, 1, key)
        return source

    monkeypatch.setattr(find_project_module, "find_source", on_moving_ground)

    found = await find_project_module.find_project(site.ports, visit, key, max_age=-1)

    assert [file.version for file in found.source.view.files] == ["1.0.0"]
    assert asked == [(False, True), (False, True), (False, True), (True, False)]
