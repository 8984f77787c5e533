"""A download is one line of the record, whoever writes it down."""

from __future__ import annotations

import asyncio

from pratique.core.actors import OPERATOR
from pratique.services.exposure import exposure
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site


async def test_two_who_write_the_record_at_once_write_each_download_once(site: Site, registry: PlainRegistry) -> None:
    registry.npm("left", "1.0.0")
    assert (await site.get("/main/npm/left/-/left-1.0.0.tgz")).status == 200

    await asyncio.gather(*(site.ports.downloads.flush() for _ in range(3)))

    assert len((await exposure(site.ports, "main", "pkg:npm/left", OPERATOR)).downloads) == 1
