"""A denial of a name reaches its twins, of which an index holds one; what permits names one spelling."""

from __future__ import annotations

import pytest

from pratique.advisories.affected import Affected, pack
from pratique.core.actors import OPERATOR
from pratique.core.clock import DAY, Instant
from pratique.core.decisions import EntryKind
from pratique.core.errors import Conflict, NotFound
from pratique.services.governing.explain import explain
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.governing.waive import waive
from pratique.services.publishing.membership import ShowProject, show_project
from pratique.store import advisories, revisions
from pratique.store.advisories import StoredAdvisory
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.cargo_speaker import CargoSpeaker

CARGO = CargoSpeaker()
HERE, TWIN = "Some-thing", "some_thing"
"""As the index has it, and as somebody wrote it who denied it."""

KEY = HERE.lower()


def listed(registry: PlainRegistry, *versions: str, days: float = 90) -> None:
    for version in versions:
        registry.crate(HERE, version, days=days)


def path(version: str) -> str:
    return f"/main/cargo/files/{KEY}/{HERE}-{version}.crate"


async def deny(site: Site, name: str, *, kind: EntryKind = EntryKind.DENY, versions: str | None = None) -> None:
    purl = f"pkg:cargo/{name}"
    await add_entry(site.ports, AddEntry(kind=kind, purl=purl, versions=versions, reason="steals tokens"), OPERATOR)


async def advise(site: Site, name: str, affected: Affected, *, malware: bool, days: int = 1) -> None:
    published = Instant(site.ports.clock.now() - days * DAY)
    record = StoredAdvisory(
        id="MAL-2026-1" if malware else "GHSA-1",
        ecosystem="cargo",
        name=name,
        twin=name.replace("-", "_"),
        source="test",
        malware=malware,
        withdrawn=False,
        severity="critical",
        summary="steals tokens",
        affected=pack(affected),
        published=published,
        modified=published,
    )
    await site.ports.db.write(advisories.upsert_many, "test", [record])
    await site.ports.db.write(revisions.bump, 1, None)


@pytest.mark.parametrize("denied", [TWIN, "SOME_thing", "some_*"])
async def test_a_denied_name_is_denied_under_every_spelling_before_any_upstream_hears_of_it(
    site: Site, registry: PlainRegistry, denied: str
) -> None:
    listed(registry, "1.0.0")
    await deny(site, denied)

    listing = await CARGO.listing(site, KEY)
    file = await site.get(path("1.0.0"))

    assert (listing.status, file.status) == (403, 403)
    assert f"{KEY} is on the denylist as {denied.lower()}: steals tokens" in listing.reason
    assert registry.asked == []


async def test_a_denied_version_of_a_twin_is_not_offered(site: Site, registry: PlainRegistry) -> None:
    listed(registry, "1.0.0", "1.0.1")
    assert (await site.get(path("1.0.1"))).status == 200
    await deny(site, TWIN, versions=">=1.0.1")

    assert CARGO.offered(await CARGO.listing(site, KEY)) == ["1.0.0"]
    assert (await site.get(path("1.0.1"))).status == 403


async def test_a_denial_of_a_twin_is_waived_for_the_name_that_is_asked_for_and_no_other(
    site: Site, registry: PlainRegistry
) -> None:
    listed(registry, "1.0.0")
    await deny(site, TWIN)

    await waive(site.ports, "main", f"pkg:cargo/{TWIN}", "denylist", "we read it", OPERATOR)
    still = await site.get(path("1.0.0"))
    await waive(site.ports, "main", f"pkg:cargo/{KEY}", "denylist", "we read it", OPERATOR)

    assert still.status == 403
    assert (await site.get(path("1.0.0"))).status == 200


async def test_an_allowlist_allows_no_twin(site: Site, registry: PlainRegistry) -> None:
    listed(registry, "1.0.0")
    await deny(site, TWIN, kind=EntryKind.ALLOW)

    assert "allowlist" in (await CARGO.listing(site, KEY)).reason
    await deny(site, KEY, kind=EntryKind.ALLOW)
    assert CARGO.offered(await CARGO.listing(site, KEY)) == ["1.0.0"]


@pytest.mark.parametrize(
    ("purl", "filename"),
    [
        (f"pkg:cargo/{TWIN}", None),
        (f"pkg:cargo/{TWIN}@1.0.1", None),
        (f"pkg:cargo/{TWIN}@1.0.1", f"{TWIN}-1.0.1.crate"),
    ],
    ids=["project", "release", "file"],
)
async def test_what_is_revoked_under_a_twins_name_is_refused_at_once_and_given_back_under_that_name(
    site: Site, registry: PlainRegistry, purl: str, filename: str | None
) -> None:
    listed(registry, "1.0.0", "1.0.1")
    assert CARGO.offered(await CARGO.listing(site, KEY)) == ["1.0.0", "1.0.1"]
    assert (await site.get(path("1.0.1"))).status == 200

    done = await revoke(site.ports, "main", purl, filename, "steals tokens", OPERATOR)
    listing, file = await CARGO.listing(site, KEY), await site.get(path("1.0.1"))

    assert done.note is not None
    assert f"refuses {KEY}, which is the same name to cargo" in done.note
    assert CARGO.offered(listing) == ([] if purl.endswith(TWIN) else ["1.0.0"])
    assert file.status == 403
    assert f"was revoked as {TWIN} on" in file.reason
    same = purl.replace(TWIN, KEY)
    with pytest.raises(NotFound, match="in force"):
        await unrevoke(site.ports, "main", same, filename, OPERATOR)
    await unrevoke(site.ports, "main", purl, filename, OPERATOR)
    assert CARGO.offered(await CARGO.listing(site, KEY)) == ["1.0.0", "1.0.1"]
    assert (await site.get(path("1.0.1"))).status == 200


async def test_who_revokes_or_gives_back_under_another_spelling_is_told_the_one(
    site: Site, registry: PlainRegistry
) -> None:
    listed(registry, "1.0.0")
    await revoke(site.ports, "main", f"pkg:cargo/{TWIN}@1.0.0", None, "steals tokens", OPERATOR)

    with pytest.raises(Conflict, match=f"is revoked already, as pkg:cargo/{TWIN}@1.0.0"):
        await revoke(site.ports, "main", f"pkg:cargo/{KEY}@1.0.0", None, "again", OPERATOR)
    with pytest.raises(NotFound, match=f"it is revoked, as pkg:cargo/{TWIN}@1.0.0: give that back"):
        await unrevoke(site.ports, "main", f"pkg:cargo/{KEY}@1.0.0", None, OPERATOR)


async def test_an_own_release_follows_what_is_revoked_under_a_twins_name(site: Site) -> None:
    for version in ("1.0.0", "1.0.1"):
        assert (await CARGO.upload(site, KEY, version, site.token)).status == 200

    async def standing() -> dict[str, str]:
        shown = await show_project(site.ports, ShowProject(f"pkg:cargo/{KEY}"), OPERATOR)
        return {one.version: one.clearance for one in shown.releases}

    await revoke(site.ports, "main", f"pkg:cargo/{TWIN}@1.0.1", None, "steals tokens", OPERATOR)
    revoked, again = await standing(), await CARGO.upload(site, KEY, "1.0.1", site.token)
    await unrevoke(site.ports, "main", f"pkg:cargo/{TWIN}@1.0.1", None, OPERATOR)

    assert revoked == {"1.0.0": "live", "1.0.1": "revoked"}
    assert again.status in (403, 409)
    assert await standing() == {"1.0.0": "live", "1.0.1": "live"}


@pytest.mark.parametrize("how", ["denied", "revoked"])
async def test_what_is_denied_under_a_twins_name_is_not_published(site: Site, how: str) -> None:
    if how == "denied":
        await deny(site, TWIN)
    else:
        await revoke(site.ports, "main", f"pkg:cargo/{TWIN}@1.0.0", None, "steals tokens", OPERATOR)

    refused = await CARGO.upload(site, KEY, "1.0.0", site.token)

    assert refused.status == 403
    assert f"as {TWIN}" in refused.reason


async def test_who_may_not_know_of_a_revoked_own_crate_learns_nothing_of_it_by_asking_for_a_twin(site: Site) -> None:
    assert (await CARGO.upload(site, KEY, "1.0.0", site.token)).status == 200
    await revoke(site.ports, "main", f"pkg:cargo/{KEY}", None, "steals tokens", OPERATOR)

    answers = [await CARGO.listing(site, name) for name in (TWIN, "nothing_here")]

    assert [answer.status for answer in answers] == [404, 404]
    assert answers[0].text.replace(TWIN, "nothing_here") == answers[1].text
    with pytest.raises(NotFound):
        await explain(site.ports, "main", f"pkg:cargo/{TWIN}", "user", OPERATOR)


@pytest.mark.parametrize("affected", [Affected(), Affected(versions=("1.0.1",))], ids=["every version", "one"])
async def test_a_malware_record_about_a_twin_refuses(site: Site, registry: PlainRegistry, affected: Affected) -> None:
    listed(registry, "1.0.0", "1.0.1")
    await CARGO.listing(site, KEY)

    await advise(site, TWIN, affected, malware=True)

    assert CARGO.offered(await CARGO.listing(site, KEY)) == (["1.0.0"] if affected.versions else [])
    file = await site.get(path("1.0.1"))
    assert (file.status, "known malware (MAL-2026-1)" in file.reason) == (403, True)


@pytest.mark.parametrize(("advised", "offered"), [(KEY, ["1.0.0", "1.0.1"]), (TWIN, ["1.0.0"])])
async def test_only_a_fix_of_the_name_itself_passes_early(
    site: Site, registry: PlainRegistry, advised: str, offered: list[str]
) -> None:
    listed(registry, "1.0.0")
    assert (await site.get(path("1.0.0"))).status == 200
    listed(registry, "1.0.1", days=1 / 24)

    await advise(site, advised, Affected(ranges=((("introduced", "0"), ("fixed", "1.0.1")),)), malware=False)

    assert CARGO.offered(await CARGO.listing(site, KEY)) == offered
