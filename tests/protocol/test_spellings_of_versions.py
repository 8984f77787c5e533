"""A version is the same under every spelling that its ecosystem knows: for revocations, exposure, explanations."""

from __future__ import annotations

import pytest

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.errors import Conflict, Invalid
from pratique.services.governing.explain import explain
from pratique.services.governing.exposure import exposure
from pratique.services.governing.revoke import revoke, unrevoke
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site

WHEEL = "/main/pypi/files/left/left-{}-py3-none-any.whl"
TARBALL = "/main/npm/left/-/left-{}.tgz"

spellings = pytest.mark.parametrize(
    ("ecosystem", "listed", "written"),
    [
        ("pypi", "1.0.0", "1.0"),
        ("pypi", "1.0.0", "v1"),
        ("pypi", "1.0.1.0", "1.0.1"),
        ("npm", "1.0.1+x", "1.0.1"),
        ("npm", "1.0.1", "v1.0.1"),
    ],
)


def released(registry: PlainRegistry, ecosystem: str, version: str) -> str:
    """Put it on the public registry; the path of its file here."""
    if ecosystem == "npm":
        registry.npm("left", version)
        return TARBALL.format(version.replace("+", "%2B"))
    registry.wheel("left", version)
    return WHEEL.format(version)


@spellings
async def test_a_revoked_version_is_refused_however_the_index_spells_it(
    site: Site, registry: PlainRegistry, ecosystem: str, listed: str, written: str
) -> None:
    path = released(registry, ecosystem, listed)
    assert (await site.get(path)).status == 200

    revoked = await revoke(site.ports, "main", f"pkg:{ecosystem}/left@{written}", None, "stolen account", OPERATOR)

    refused = await site.get(path)
    assert (refused.status, "stolen account" in refused.reason) == (403, True)
    assert [one.version for one in revoked.exposure.downloads] == [listed]


@spellings
async def test_a_revocation_is_lifted_under_any_spelling_and_not_made_twice(
    site: Site, registry: PlainRegistry, ecosystem: str, listed: str, written: str
) -> None:
    path = released(registry, ecosystem, listed)
    await revoke(site.ports, "main", f"pkg:{ecosystem}/left@{written}", None, "stolen account", OPERATOR)

    with pytest.raises(Conflict, match="is revoked already"):
        await revoke(site.ports, "main", f"pkg:{ecosystem}/left@{listed}", None, "again", OPERATOR)
    await unrevoke(site.ports, "main", f"pkg:{ecosystem}/left@{listed}", None, OPERATOR)

    assert (await site.get(path)).status == 200


async def test_another_version_is_not_revoked_with_it(site: Site, registry: PlainRegistry) -> None:
    path = released(registry, "pypi", "1.0.0.post1")
    released(registry, "pypi", "1.0.0")

    await revoke(site.ports, "main", "pkg:pypi/left@1.0", None, "stolen account", OPERATOR)

    assert (await site.get(path)).status == 200


@spellings
async def test_explanations_and_exposure_take_every_spelling(
    site: Site, registry: PlainRegistry, ecosystem: str, listed: str, written: str
) -> None:
    assert (await site.get(released(registry, ecosystem, listed))).status == 200
    purl = f"pkg:{ecosystem}/left@{written}"

    explained = await explain(site.ports, "main", purl, ActorKind.USER, OPERATOR)
    seen = await exposure(site.ports, "main", purl, OPERATOR)

    assert explained.allowed_count == 1
    assert [one.version for one in seen.downloads] == [listed]


@pytest.mark.parametrize("purl", ["pkg:npm/left@1.0", "pkg:npm/left@latest", "pkg:pypi/left@newest"])
async def test_what_is_no_version_is_refused_with_an_example(site: Site, purl: str) -> None:
    with pytest.raises(Invalid, match=r'" is no version of .*; write .* 1\.2\.3'):
        await revoke(site.ports, "main", purl, None, "stolen account", OPERATOR)
