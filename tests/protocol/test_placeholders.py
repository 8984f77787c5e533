"""Own projects that hold nothing but their names are noticed when they are published, and listed."""

from __future__ import annotations

import json

import pytest

from pratique.core.actors import OPERATOR
from pratique.services.names.placeholders import ListPlaceholders, PlaceholderShown, list_placeholders
from tests.harness import packages
from tests.harness.site import Site
from tests.protocol.speakers import NpmSpeaker

NPM = NpmSpeaker("full", "application/json")


async def placeholders(site: Site, idle: str | None = None) -> tuple[PlaceholderShown, ...]:
    return (await list_placeholders(site.ports, ListPlaceholders(idle), OPERATOR)).projects


async def publish_bare(site: Site, name: str, version: str) -> None:
    files = {"package.json": json.dumps({"name": name, "version": version}), "README.md": "soon"}
    content = packages.tar_gz({f"package/{path}": text.encode() for path, text in files.items()})
    assert (await NPM.upload(site, name, version, site.token, content=content)).status == 201


async def test_a_project_is_listed_while_all_it_has_is_its_name(site: Site) -> None:
    site.clock.set("2027-01-01T00:00:00Z")
    await publish_bare(site, "held-name", "0.0.1")
    await NPM.upload(site, "real", "1.0.0", site.token)

    (found,) = await placeholders(site)
    assert (found.purl, found.version, found.owners) == ("pkg:npm/held-name", "0.0.1", ("ann",))
    assert found.why == "it holds no file but such as are about it"
    assert await placeholders(site, "30d") == ()
    site.clock.set("2027-02-01T00:00:00Z")
    assert [one.purl for one in await placeholders(site, "30d")] == ["pkg:npm/held-name"]

    await NPM.upload(site, "held-name", "1.0.0", site.token)
    assert await placeholders(site) == ()


@pytest.mark.parametrize("query", ["idle=soon", "repository=nope"])
async def test_what_cannot_be_asked_is_told(site: Site, query: str) -> None:
    assert (await site.get(f"/api/v1/names/placeholders?{query}", site.admin)).status in (400, 404)
