"""One server in front of one plain registry, for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import SPEAKERS, Speaker


@pytest.fixture
def registry() -> Iterator[PlainRegistry]:
    with PlainRegistry() as running:
        yield running


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    async with running_site(tmp_path, registry.settings) as running:
        yield running


@pytest.fixture(params=SPEAKERS, ids=lambda one: f"{one.ecosystem}-{one.form}")
def speaker(request: pytest.FixtureRequest) -> Speaker:
    return request.param


@pytest.fixture(
    params=[one for one in SPEAKERS if one.form in ("full", "json", "lines")], ids=lambda one: one.ecosystem
)
def client(request: pytest.FixtureRequest) -> Speaker:
    return request.param
