"""One npm release by version or tag, which pnpm asks for when it adds a package: never more than the listing offers."""

from __future__ import annotations

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site
from tests.protocol.speakers import NpmSpeaker


async def release(site: Site, name: str, wanted: str, token: str | None = None) -> Answer:
    return await site.get(f"/main/npm/{name}/{wanted}", token)


@pytest.mark.parametrize("name", ["left", "@acme%2fleft", "@acme%2Fleft", "@acme/left"])
async def test_a_version_and_a_tag_are_answered_with_what_the_listing_says_of_it(
    site: Site, registry: PlainRegistry, name: str
) -> None:
    plain = name.replace("%2f", "/").replace("%2F", "/")
    for version, days in (("1.0.0", 90), ("1.1.0", 80), ("1.2.0", 0.1)):
        registry.npm(plain, version, days=days)
    listed = (await site.get(f"/main/npm/{name}")).json()["versions"]

    assert (await release(site, name, "1.0.0")).json() == listed["1.0.0"]
    assert (await release(site, name, "latest")).json() == listed["1.1.0"]


async def test_a_refused_release_is_refused_with_the_sentence(site: Site, registry: PlainRegistry) -> None:
    registry.npm("left", "1.0.0")
    registry.npm("left", "1.1.0", days=0.1)

    answer = await release(site, "left", "1.1.0")

    assert answer.status == 403
    assert "Blocked by policy cooldown: left@1.1.0" in answer.reason
    assert "allowed: 1.0.0" in answer.reason


async def test_a_tag_of_a_package_without_any_allowed_release_gets_the_sentence(
    site: Site, registry: PlainRegistry
) -> None:
    registry.npm("left", "1.0.0")
    await NpmSpeaker("full", "application/json").upload(site, "ours", "1.0.0", site.token)
    for name in ("left", "ours"):
        await revoke(site.ports, "main", f"pkg:npm/{name}@1.0.0", None, "steals tokens", OPERATOR)

    for name in ("left", "ours"):
        answer = await release(site, name, "latest", site.token)
        assert answer.status == 403
        assert f"Blocked by policy revoked: {name}@1.0.0" in answer.reason


async def test_a_hidden_release_is_not_offered_and_its_bytes_are(site: Site, registry: PlainRegistry) -> None:
    registry.npm("left", "1.0.0")
    await add_entry(site.ports, AddEntry(EntryKind.DENY, "pkg:npm/left@1.0.0", action="hide", reason="old"), OPERATOR)

    answer = await release(site, "left", "1.0.0")

    assert answer.status == 404
    assert "left@1.0.0 is not offered" in answer.reason
    assert (await site.get("/main/npm/left/-/left-1.0.0.tgz")).status == 200


@pytest.mark.parametrize(
    "wanted", ["3.0.0", "beta", "^1.0.0", "..", "%2e%2e", "1.0.0%2f", "%00", "versions", "x" * 300]
)
async def test_what_is_no_release_and_no_tag_is_not_found(site: Site, registry: PlainRegistry, wanted: str) -> None:
    registry.npm("left", "1.0.0")

    assert (await release(site, "left", wanted)).status == 404


async def test_outsiders_cannot_tell_a_release_of_an_own_package_from_none(site: Site) -> None:
    await NpmSpeaker("full", "application/json").upload(site, "our-secret", "1.0.0", site.token)

    secret, nothing = await release(site, "our-secret", "latest"), await release(site, "our-nothing", "latest")

    assert (await release(site, "our-secret", "latest", site.token)).json()["version"] == "1.0.0"
    assert secret.status == nothing.status == 404
    assert secret.text.replace("our-secret", "X") == nothing.text.replace("our-nothing", "X")
