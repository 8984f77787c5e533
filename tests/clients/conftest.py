"""Fixtures: stock clients in homes of their own, and a server in front of another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness.cargo_client import Cargo
from tests.harness.clients import Npm, OldestPip, Pip, Twine, Uv
from tests.harness.node_clients import Bun, Pnpm, Yarn1, Yarn4
from tests.harness.pair import Pair, Registry
from tests.harness.python_projects import Hatch, Poetry


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/clients/" in item.path.as_posix():
            item.add_marker(pytest.mark.client)
    # A file's tests stay together, and no other file takes as long: it must not be the last to begin.
    items.sort(key=lambda item: item.path.name != "test_how_to.py")


@pytest.fixture(scope="session")
def public_registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Started once for all files, as a start costs seconds; each test uses names of its own."""
    registry = Registry(tmp_path_factory.mktemp("registry"))
    yield registry
    registry.stop()


@pytest.fixture(scope="module")
def pair(public_registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """The front is started once for a file."""
    both = Pair(tmp_path_factory.mktemp("pair"), public_registry)
    yield both
    both.stop()


@pytest.fixture
def npm(tmp_path: Path) -> Npm:
    return Npm(tmp_path / "npm")


@pytest.fixture
def cargo(tmp_path: Path) -> Cargo:
    return Cargo(tmp_path / "cargo")


@pytest.fixture
def pip(tmp_path: Path) -> Pip:
    return Pip(tmp_path / "pip")


@pytest.fixture
def uv(tmp_path: Path) -> Uv:
    return Uv(tmp_path / "uv")


@pytest.fixture
def twine(tmp_path: Path) -> Twine:
    return Twine(tmp_path / "twine")


@pytest.fixture
def yarn1(tmp_path: Path) -> Yarn1:
    return Yarn1(tmp_path / "yarn1")


@pytest.fixture
def yarn4(tmp_path: Path) -> Yarn4:
    return Yarn4(tmp_path / "yarn4")


@pytest.fixture
def pnpm(tmp_path: Path) -> Pnpm:
    return Pnpm(tmp_path / "pnpm")


@pytest.fixture
def bun(tmp_path: Path) -> Bun:
    return Bun(tmp_path / "bun")


@pytest.fixture
def oldest_pip(tmp_path: Path) -> OldestPip:
    return OldestPip(tmp_path / "oldest-pip")


@pytest.fixture
def poetry(tmp_path: Path) -> Poetry:
    return Poetry(tmp_path / "poetry")


@pytest.fixture
def hatch(tmp_path: Path) -> Hatch:
    return Hatch(tmp_path / "hatch")
