"""One server in front of one plain registry, for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import SPEAKERS, Speaker

ON_BOTH_ALWAYS = frozenset({"test_publish_races", "test_private_names", "test_giving_back"})
"""Files whose tests run on PostgreSQL each time; with `--all`, those of every file do.
What is about one of them alone says so itself: `@ON_SQLITE`."""

ON_SQLITE = pytest.mark.parametrize("kind_of_database", ["sqlite"])


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    said = {mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")}
    if "kind_of_database" in metafunc.fixturenames and "kind_of_database" not in said:
        always = metafunc.module.__name__.rpartition(".")[2] in ON_BOTH_ALWAYS
        other = pytest.param("postgresql", marks=() if always else pytest.mark.long)
        metafunc.parametrize("kind_of_database", ["sqlite", other])


@pytest.fixture
def registry() -> Iterator[PlainRegistry]:
    with PlainRegistry() as running:
        yield running


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry, kind_of_database: str) -> AsyncIterator[Site]:
    async with running_site(tmp_path, registry.settings, database=kind_of_database) as running:
        yield running


@pytest.fixture(params=SPEAKERS, ids=lambda one: f"{one.ecosystem}-{one.form}")
def speaker(request: pytest.FixtureRequest) -> Speaker:
    return request.param


@pytest.fixture(
    params=[one for one in SPEAKERS if one.form in ("full", "json", "lines")], ids=lambda one: one.ecosystem
)
def client(request: pytest.FixtureRequest) -> Speaker:
    return request.param
