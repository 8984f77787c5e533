"""Fixtures: stock clients in homes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness.clients import Npm, Pip, Twine, Uv


@pytest.fixture
def npm(tmp_path: Path) -> Npm:
    return Npm(tmp_path / "npm")


@pytest.fixture
def pip(tmp_path: Path) -> Pip:
    return Pip(tmp_path / "pip")


@pytest.fixture
def uv(tmp_path: Path) -> Uv:
    return Uv(tmp_path / "uv")


@pytest.fixture
def twine(tmp_path: Path) -> Twine:
    return Twine(tmp_path / "twine")
