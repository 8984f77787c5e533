"""The fix of an advisory passes the cooldown early: what belongs to it, and how recent the advisory must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pratique.advisories.affected import Affected, pack
from pratique.core.actors import OPERATOR
from pratique.core.clock import DAY, Instant
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.store import advisories, revisions
from pratique.store.advisories import StoredAdvisory
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry, Release
from tests.harness.site import Site
from tests.protocol.speakers import SPEAKERS, Speaker

PYPI = next(one for one in SPEAKERS if one.form == "json")


async def advised(site: Site, speaker: Speaker, ages: dict[str, int]) -> None:
    """Advisories, so many days old, that 1.0.0 is affected and 1.0.1 fixes it."""
    fixed = Affected(ranges=((("introduced", "0"), ("fixed", "1.0.1")),))
    now = site.ports.clock.now()
    await record(site, [about(speaker, name, Instant(now - days * DAY), fixed) for name, days in ages.items()])


def about(
    speaker: Speaker, name: str, published: Instant, affected: Affected, *, malware: bool = False
) -> StoredAdvisory:
    """An advisory about `left`."""
    return StoredAdvisory(
        id=name,
        ecosystem=speaker.ecosystem,
        name="left",
        twin="left",
        source="test",
        malware=malware,
        withdrawn=False,
        severity="high",
        summary="reads files it should not",
        affected=pack(affected),
        published=published,
        modified=Instant(1),
    )


async def record(site: Site, rows: list[StoredAdvisory]) -> None:
    """Import them, and outdate every view."""
    await site.ports.db.write(advisories.upsert_many, "test", rows)
    await site.ports.db.write(revisions.bump, 1, None)


async def served_and_fixed(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    """1.0.0 was served here; 1.0.1 is an hour old."""
    speaker.released(registry, "left", "1.0.0")
    assert (await site.get(speaker.path("left", "1.0.0"))).status == 200
    speaker.released(registry, "left", "1.0.1", days=1 / 24)


async def test_a_longer_time_for_fixes_counts(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    await served_and_fixed(site, registry, client)
    await advised(site, client, {"GHSA-1": 20})
    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]

    await set_rule(site.ports, SetRule(rule="cooldown", options={"fix_days": 30}), OPERATOR)

    assert client.offered(await client.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_of_several_advisories_the_newest_counts(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    await served_and_fixed(site, registry, client)
    await advised(site, client, {"GHSA-1": 20, "GHSA-2": 3, "GHSA-3": 40})

    assert client.offered(await client.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_a_refusals_address_stays_while_an_advisory_grows_old(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    speaker = client
    speaker.released(registry, "left", "1.0.0")
    assert (await site.get(speaker.path("left", "1.0.0"))).status == 200
    speaker.released(registry, "left", "1.0.1", days=-20)
    await set_rule(site.ports, SetRule(rule="cooldown", options={"fix_days": 0}), OPERATOR)
    await advised(site, speaker, {"GHSA-1": 13})
    before = await site.get(speaker.path("left", "1.0.1"))

    site.clock.set("+48h")
    after = await site.get(speaker.path("left", "1.0.1"))

    assert (before.status, after.status) == (403, 403)
    assert address(before.reason) == address(after.reason)


async def test_a_file_added_to_a_fix_waits_its_own_cooldown(site: Site, registry: PlainRegistry) -> None:
    await served_and_fixed(site, registry, PYPI)
    await advised(site, PYPI, {"GHSA-1": 1})
    fix = registry.releases["pypi", "left"][-1]
    added = also(registry, fix, "left-1.0.1-1-py3-none-any.whl")

    assert await statuses(site, fix, added) == [200, 403]


@pytest.mark.parametrize(("honest", "added"), [("1.0.1.0", "1.0.1"), ("1.0.1", "1.0.1.0")])
async def test_a_file_added_to_a_fix_in_another_spelling_of_its_version_waits_too(
    site: Site, registry: PlainRegistry, honest: str, added: str
) -> None:
    PYPI.released(registry, "left", "1.0.0")
    assert (await site.get(PYPI.path("left", "1.0.0"))).status == 200
    fix = registry.wheel("left", honest, days=1)
    await advised(site, PYPI, {"GHSA-1": 1})
    assert await statuses(site, fix) == [200]

    late = registry.wheel("left", added, days=0)

    site.clock.set("+1h")
    assert await statuses(site, late, fix) == [403, 200]


async def test_a_file_that_takes_the_place_of_a_deleted_fix_waits_too(site: Site, registry: PlainRegistry) -> None:
    await served_and_fixed(site, registry, PYPI)
    await advised(site, PYPI, {"GHSA-1": 1})
    await PYPI.listing(site, "left")
    fix = registry.releases["pypi", "left"][-1]
    added = also(registry, fix, "left-1.0.1-1-py3-none-any.whl")
    fix.listed = False

    assert await statuses(site, added) == [403]


async def test_a_fix_whose_bytes_are_swapped_waits(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    await served_and_fixed(site, registry, client)
    await advised(site, client, {"GHSA-1": 1})
    assert client.offered(await client.listing(site, "left")) == ["1.0.0", "1.0.1"]

    registry.releases[client.ecosystem, "left"][-1].content += b"other"

    site.clock.set("+1h")
    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.1"))).status == 403


async def test_all_files_of_one_upload_pass_early(site: Site, registry: PlainRegistry) -> None:
    await served_and_fixed(site, registry, PYPI)
    await advised(site, PYPI, {"GHSA-1": 1})
    fix = registry.releases["pypi", "left"][-1]
    sibling = also(registry, fix, "left-1.0.1-1-py3-none-any.whl", fix.published + timedelta(minutes=10))

    assert await statuses(site, fix, sibling) == [200, 200]


async def test_a_file_of_a_fix_without_the_provenance_of_the_others_waits(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    await served_and_fixed(site, registry, PYPI)
    await advised(site, PYPI, {"GHSA-1": 1})
    fix = registry.releases["pypi", "left"][-1]
    bare = also(registry, fix, "left-1.0.1-1-py3-none-any.whl", fix.published)
    page = registry._simple_page

    def with_provenance(name: str, releases: list[Release]) -> dict[str, Any]:
        document = page(name, releases)
        for entry in document["files"]:
            if entry["filename"] == fix.filename:
                entry["provenance"] = f"{registry.url}/provenance"
        return document

    monkeypatch.setattr(registry, "_simple_page", with_provenance)

    assert await statuses(site, fix, bare) == [200, 403]


async def test_a_source_archive_of_a_fix_waits_where_only_wheels_were_served(
    site: Site, registry: PlainRegistry
) -> None:
    await served_and_fixed(site, registry, PYPI)
    await advised(site, PYPI, {"GHSA-1": 1})
    fix = registry.releases["pypi", "left"][-1]
    source = also(registry, fix, "left-1.0.1.tar.gz", fix.published)

    assert await statuses(site, fix, source) == [200, 403]


async def test_a_held_release_does_not_make_a_hook_known_to_the_fix_above_it(
    site: Site, registry: PlainRegistry
) -> None:
    npm = next(one for one in SPEAKERS if one.form == "full")
    npm.released(registry, "left", "0.9.0")
    assert (await site.get(npm.path("left", "0.9.0"))).status == 200
    for version in ("1.0.0", "1.0.1"):
        registry.npm("left", version, days=0.1, scripts={"postinstall": "node setup"})
    await advised(site, npm, {"GHSA-1": 1})

    assert npm.offered(await npm.listing(site, "left")) == ["0.9.0"]
    assert (await site.get(npm.path("left", "1.0.1"))).status == 403


async def test_a_hook_that_ran_here_before_does_not_keep_a_fix_back(site: Site, registry: PlainRegistry) -> None:
    npm = await hook_served_and_fixed(site, registry)

    assert npm.offered(await npm.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_a_hook_of_a_release_that_was_revoked_here_is_no_known_one(site: Site, registry: PlainRegistry) -> None:
    npm = await hook_served_and_fixed(site, registry)

    await revoke(site.ports, "main", "pkg:npm/left@1.0.0", None, "stolen account", OPERATOR)

    assert npm.offered(await npm.listing(site, "left")) == []


async def test_a_hook_of_a_release_that_proved_to_be_malware_is_no_known_one(
    site: Site, registry: PlainRegistry
) -> None:
    npm = await hook_served_and_fixed(site, registry)

    await record(site, [about(npm, "MAL-2026-1", site.ports.clock.now(), Affected(versions=("1.0.0",)), malware=True)])

    assert npm.offered(await npm.listing(site, "left")) == []


async def test_a_hook_of_bytes_that_were_revoked_under_another_name_is_no_known_one(
    site: Site, registry: PlainRegistry
) -> None:
    twin = registry.npm("left", "0.9.9")
    twin.content = packages.npm_tarball("left", "1.0.0", manifest={"scripts": {"postinstall": "node setup"}})
    npm = await hook_served_and_fixed(site, registry)
    assert registry.releases["npm", "left"][1].content == twin.content
    assert (await site.get(npm.path("left", "0.9.9"), site.token)).status == 200

    await revoke(site.ports, "main", "pkg:npm/left@0.9.9", "left-0.9.9.tgz", "stolen account", OPERATOR)

    assert (await site.get(npm.path("left", "1.0.0"))).status == 403
    assert npm.offered(await npm.listing(site, "left")) == []


@pytest.mark.parametrize(("action", "offered"), [("deny", []), ("hold", []), ("hide", ["1.0.1"])])
async def test_a_hook_of_a_release_that_the_denylist_refuses_is_no_known_one(
    site: Site, registry: PlainRegistry, action: str, offered: list[str]
) -> None:
    npm = await hook_served_and_fixed(site, registry)

    await listed(site, EntryKind.DENY, "pkg:npm/left@1.0.0", action=action)

    assert npm.offered(await npm.listing(site, "left")) == offered


async def test_a_hook_of_a_release_that_the_allowlist_lacks_is_no_known_one(
    site: Site, registry: PlainRegistry
) -> None:
    npm = await hook_served_and_fixed(site, registry)

    await listed(site, EntryKind.ALLOW, "pkg:npm/left@1.0.1")

    assert npm.offered(await npm.listing(site, "left")) == []


async def listed(site: Site, kind: EntryKind, purl: str, **more: str) -> None:
    """Put it on the denylist or allowlist."""
    await add_entry(site.ports, AddEntry(kind, purl, reason="reviewed", **more), OPERATOR)


async def hook_served_and_fixed(site: Site, registry: PlainRegistry) -> Speaker:
    """1.0.0 with a hook was served here; 1.0.1 with the same hook fixes it."""
    npm = next(one for one in SPEAKERS if one.form == "full")
    for version, days in (("1.0.0", 90), ("1.0.1", 0.1)):
        registry.npm("left", version, days=days, scripts={"postinstall": "node setup"})
    assert (await site.get(npm.path("left", "1.0.0"))).status == 200
    await advised(site, npm, {"GHSA-1": 1})
    return npm


def also(registry: PlainRegistry, beside: Release, filename: str, published: datetime | None = None) -> Release:
    """One more file of a release, published now unless told otherwise."""
    content = beside.content + filename.encode()
    added = replace(beside, filename=filename, content=content, published=published or datetime.now(UTC))
    registry.releases["pypi", "left"].append(added)
    return added


async def statuses(site: Site, *wanted: Release) -> list[int]:
    """How downloads of these files are answered."""
    return [(await site.get(f"/main/pypi/files/left/{one.filename}")).status for one in wanted]


def address(sentence: str) -> str:
    """Where the refusal is explained; it holds the decision's id."""
    return sentence.rsplit("; see ", 1)[1]
