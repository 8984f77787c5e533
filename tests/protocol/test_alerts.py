"""A malware record against a popular project is put before a person, wherever it comes from."""

from __future__ import annotations

import json
from pathlib import Path

from pratique.core.actors import OPERATOR
from pratique.services.advisories.import_advisories import import_advisories
from pratique.services.governing.list_events import ListEvents, list_events
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker


async def test_a_record_against_a_popular_project_holds_it_and_alerts_once(
    site: Site, registry: PlainRegistry, client: Speaker, tmp_path: Path
) -> None:
    name, ecosystem = client.popular, site.ports.ecosystems[client.ecosystem].osv_name
    client.released(registry, name, "1.0.0")
    record = {
        "id": "MAL-2026-9",
        "modified": "2026-02-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "versions": ["1.0.0"]}],
    }
    (tmp_path / "osv").mkdir()
    (tmp_path / "osv" / "one.json").write_text(json.dumps(record))

    done = [await import_advisories(site.ports, str(tmp_path / "osv"), OPERATOR) for _ in range(2)]

    purl = f"pkg:{client.ecosystem}/{name}"
    assert [one.popular for one in done] == [(purl,), ()]
    alerts = (await list_events(site.ports, ListEvents(about=purl), OPERATOR)).events
    assert [one.kind for one in alerts] == ["popular_project_reported"]
    file = await site.get(client.path(name, "1.0.0"))
    assert file.status == 403
    assert "is reported as malware (MAL-2026-9)" in file.reason


async def test_a_file_without_any_digest_is_offered_to_nobody(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    bare = client.released(registry, "left", "1.0.1")
    registry.without_digests.add(bare.filename)

    listing = await client.listing(site, "left")

    assert client.offered(listing) == ["1.0.0"]
    assert "comes without a digest" in client.told(listing)
    assert (await site.get(client.path("left", "1.0.1"))).status == 403
    assert registry.downloads(bare.filename) == 0
