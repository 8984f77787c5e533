"""A listing that was rendered once is there for every process, after a restart, and never says what is over."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from pratique.app import open_ports
from pratique.core.actors import OPERATOR, Actor, ActorKind
from pratique.core.decisions import EntryKind, Mode
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.installing.list_project import Listed, list_project
from pratique.services.installing.stored_views import StoredViews
from pratique.services.installing.views import View, ViewCache
from pratique.services.ports import Ports
from pratique.services.upkeep.sweep_views import sweep_views
from pratique.services.visits import visit_repository
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder
from pratique.store.schema import stored_view
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import SPEAKERS, NpmSpeaker, Speaker

STORING = '\n[web]\nstored_from = 1\n[upstream]\nfresh_for = "1 h"\nstale_for = "2 h"\nretry_after = "0 s"\n'


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry, kind_of_database: str) -> AsyncIterator[Site]:
    async with running_site(tmp_path, registry.settings, STORING, database=kind_of_database) as running:
        yield running


@asynccontextmanager
async def another_process(site: Site) -> AsyncIterator[Ports]:
    """The parts of one that has just started on the same data."""
    folder = DataFolder(site.data)
    async with open_ports(folder, load_settings(folder.settings_file, {})) as ports:
        yield ports


def forgetful(ports: Ports) -> Ports:
    """The same process with no view in its memory."""
    return dataclasses.replace(ports, views=ViewCache())


def without_store(ports: Ports) -> Ports:
    """The same process, rendering all by itself."""
    return dataclasses.replace(forgetful(ports), stored_views=StoredViews(ports.db, sys.maxsize))


async def listed(ports: Ports, speaker: Speaker, name: str = "left", encoding: str = "gzip") -> Listed:
    visit = await visit_repository(ports, "main", speaker.ecosystem, OPERATOR)
    found = await list_project(ports, visit, name, speaker.form, encoding)
    await ports.stored_views.settled()
    return found


def said(view: View) -> tuple[object, ...]:
    rendered = view.encoded.rendered
    return rendered.status, rendered.body, rendered.content_type, rendered.headers, view.encoded.etag


def rows(site: Site) -> int:
    return site.ports.db.read_now(lambda c: c.execute(sa.select(sa.func.count()).select_from(stored_view)).scalar_one())


def change_rows(site: Site, **values: object) -> None:
    site.ports.db.write_now(lambda c: c.execute(stored_view.update().values(values)))


async def test_after_a_restart_the_listing_is_there_and_no_upstream_is_asked(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    speaker.released(registry, "left", "1.0.1", days=1)
    await listed(site.ports, speaker)  # the first one is news: the project is here now
    before = await listed(site.ports, speaker)
    asked = len(registry.asked)
    site.clock.set("+5min")

    async with another_process(site) as ports:
        after = await listed(ports, speaker)

    assert said(after.view) == said(before.view)
    assert after.view.made == before.view.made
    assert len(registry.asked) == asked


async def test_two_nodes_share_what_one_has_rendered(site: Site, registry: PlainRegistry) -> None:
    client = NpmSpeaker("abbreviated", "application/vnd.npm.install-v1+json")
    client.released(registry, "left", "1.0.0")
    await listed(site.ports, client)

    async with another_process(site) as ports:
        site.clock.set("+1min")
        other = await listed(ports, client)
        assert other.view.made < ports.clock.now()
        await revoke(ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", None, "stolen account", OPERATOR)
        assert said((await listed(site.ports, client)).view) != said(other.view)


async def changes(site: Site, registry: PlainRegistry, speaker: Speaker) -> AsyncIterator[str]:
    """Let one thing after the other change what is listed."""
    purl = f"pkg:{speaker.ecosystem}/left"
    yield "first listing"
    await revoke(site.ports, "main", f"{purl}@1.0.1", None, "stolen account", OPERATOR)
    yield "revoked"
    await unrevoke(site.ports, "main", f"{purl}@1.0.1", None, OPERATOR)
    yield "unrevoked"
    site.clock.set("+50h")
    yield "the hold is over, and the document is older than is believed"
    speaker.released(registry, "left", "1.0.3", days=60)
    site.clock.set("+60h")
    yield "a new release"
    await set_rule(site.ports, SetRule(rule="cooldown", mode=Mode.OFF), OPERATOR)
    yield "a rule is off"
    site.clock.set("+0s")
    yield "the clock is turned back"
    await add_entry(site.ports, AddEntry(purl=f"{purl}@1.0.0", kind=EntryKind.DENY, reason="not here"), OPERATOR)
    yield "denied"


async def test_what_is_stored_says_the_same_as_what_is_rendered_anew_after_each_change(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    for version, days in (("1.0.0", 90), ("1.0.1", 90), ("1.0.2", 1)):
        speaker.released(registry, "left", version, days=days)
    seen = set()
    async for change in changes(site, registry, speaker):
        await listed(site.ports, speaker)
        await listed(site.ports, speaker)
        stored = await listed(forgetful(site.ports), speaker)
        anew = await listed(without_store(site.ports), speaker)
        assert said(stored.view) == said(anew.view), change
        seen.add(stored.view.encoded.rendered.body)
    assert len(seen) >= 5


async def test_own_releases_are_kept_as_well(site: Site, client: Speaker) -> None:
    speaker = client
    await speaker.upload(site, "mine", "1.0.0", site.token)
    before = await listed(site.ports, speaker, "mine")
    site.clock.set("+5min")

    async with another_process(site) as ports:
        assert (await listed(ports, speaker, "mine")).view.made == before.view.made
        await speaker.upload(site, "mine", "1.0.1", site.token)
        assert said((await listed(ports, speaker, "mine")).view) != said(before.view)


@pytest.mark.parametrize(
    "damage",
    [
        {"content": b"something else"},
        {"content": b"", "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"headers": "{"},
        {"plain_size": 3},
    ],
    ids=["other bytes", "no bytes", "broken headers", "wrong size"],
)
@ON_SQLITE
async def test_a_row_that_is_not_as_it_was_written_is_rendered_again(
    site: Site, registry: PlainRegistry, damage: dict[str, object]
) -> None:
    speaker = NpmSpeaker("full", "application/json")
    speaker.released(registry, "left", "1.0.0")
    before = [await listed(site.ports, speaker, encoding="identity") for _ in range(2)]
    change_rows(site, **damage)
    site.clock.set("+1min")

    async with another_process(site) as ports:
        again = await listed(ports, speaker, encoding="identity")

    assert said(again.view) == said(before[-1].view)
    assert again.view.made > before[-1].view.made


@ON_SQLITE
async def test_what_another_version_has_written_is_rendered_again(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaker = NpmSpeaker("full", "application/json")
    speaker.released(registry, "left", "1.0.0")
    before = [await listed(site.ports, speaker) for _ in range(2)][-1]
    site.clock.set("+1min")
    monkeypatch.setattr("pratique.services.installing.stored_views.made_by", lambda: "another version")

    async with another_process(site) as ports:
        assert (await listed(ports, speaker)).view.made > before.view.made


@ON_SQLITE
async def test_a_view_that_cannot_be_stored_or_found_fails_no_request(site: Site, registry: PlainRegistry) -> None:
    speaker = NpmSpeaker("full", "application/json")
    speaker.released(registry, "left", "1.0.0")
    site.ports.db.write_now(lambda c: stored_view.drop(c))

    assert [(await speaker.listing(site, "left")).status for _ in range(2)] == [200, 200]
    await site.ports.stored_views.settled()


@ON_SQLITE
async def test_refusals_and_names_that_nobody_has_are_not_stored(site: Site, registry: PlainRegistry) -> None:
    speaker = NpmSpeaker("full", "application/json")
    speaker.released(registry, "left", "1.0.0")
    await add_entry(site.ports, AddEntry(purl="pkg:npm/left", kind=EntryKind.DENY, reason="not here"), OPERATOR)

    assert (await speaker.listing(site, "left")).status == 403
    assert (await speaker.listing(site, "right")).status == 404
    await site.ports.stored_views.settled()

    assert rows(site) == 0


async def test_light_documents_are_not_worth_storing(tmp_path: Path, registry: PlainRegistry) -> None:
    speaker = NpmSpeaker("full", "application/json")
    speaker.released(registry, "left", "1.0.0")
    async with running_site(tmp_path, registry.settings) as site:
        for _ in range(2):
            await listed(site.ports, speaker)

        assert rows(site) == 0


@ON_SQLITE
async def test_private_names_stay_unseen_though_their_listing_is_stored(site: Site) -> None:
    speaker = NpmSpeaker("full", "application/json")
    await speaker.upload(site, "mine", "1.0.0", site.admin)
    await speaker.listing(site, "mine", site.admin)
    await site.ports.stored_views.settled()
    assert rows(site) == 1

    async with another_process(site) as ports:
        visit = await visit_repository(ports, "main", "npm", Actor(ActorKind.NOBODY, name="nobody"))
        with pytest.raises(Exception, match="mine is not in the repository main"):
            await list_project(ports, visit, "mine", "full", "gzip")


@ON_SQLITE
async def test_the_sweep_leaves_what_still_answers_within_its_bound(site: Site, registry: PlainRegistry) -> None:
    speaker = NpmSpeaker("full", "application/json")
    for name in ("left", "right"):
        speaker.released(registry, name, "1.0.0")
        for _ in range(2):
            await listed(site.ports, speaker, name)
    day = 24 * 3_600_000
    assert (rows(site), await sweep_views(site.ports, 1 << 30, 90 * day)) == (2, 0)

    await revoke(site.ports, "main", "pkg:npm/left@1.0.0", None, "stolen account", OPERATOR)
    assert await sweep_views(site.ports, 1 << 30, 90 * day) == 1
    assert await sweep_views(site.ports, 10, 90 * day) == 1
    assert rows(site) == 0


@ON_SQLITE
async def test_a_large_document_is_rendered_apart_and_reads_the_same(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All forms in one test, as the process takes a while to start."""
    monkeypatch.setattr(site.ports.render_process, "takes", lambda _size: True)
    for speaker in SPEAKERS:
        name = f"left-{speaker.form}"
        for version, days in (("1.0.0", 90), ("1.0.1", 1)):
            speaker.released(registry, name, version, days=days)
        await listed(without_store(site.ports), speaker, name)
        apart = await listed(without_store(site.ports), speaker, name)
        assert site.ports.render_process.pid is not None
        with monkeypatch.context() as here:
            here.setattr(site.ports.render_process, "takes", lambda _size: False)
            assert said((await listed(without_store(site.ports), speaker, name)).view) == said(apart.view)
    answer = await NpmSpeaker("full", "application/json").listing(site, "left-full")
    decision = answer.json()["policyRestrictions"]["message"].rpartition("/")[2]
    assert (await site.get(f"/r/{decision}", site.admin)).status == 200
