"""A stored listing is found only by the same code on the same libraries."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

import pratique
from pratique.services.installing.stored_views import made_by, name_of_code

VERSIONS = {"python": "3.11.9", "orjson": "3.13.0"}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    for name, content in (("index.py", b"x = 1"), ("naming/data/npm.xz", b"abcd"), ("ui/base.html", b"<p>")):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


@pytest.mark.parametrize("changed", ["index.py", "naming/data/npm.xz", "ui/base.html"])
def test_other_content_of_the_same_size_is_other_code(package: Path, changed: str) -> None:
    before = name_of_code(package, VERSIONS)
    path = package / changed
    path.write_bytes(path.read_bytes()[::-1])

    assert name_of_code(package, VERSIONS) != before


@pytest.mark.parametrize("library", sorted(VERSIONS))
def test_another_version_of_what_it_runs_on_is_other_code(package: Path, library: str) -> None:
    assert name_of_code(package, VERSIONS | {library: "3.14"}) != name_of_code(package, VERSIONS)


def test_what_python_compiled_is_no_other_code(package: Path) -> None:
    before = name_of_code(package, VERSIONS)
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "index.cpython-311.pyc").write_bytes(b"compiled")

    assert name_of_code(package, VERSIONS) == before


def test_ours_is_named_with_python_and_all_that_has_a_say_in_listings() -> None:
    versions = {name: metadata.version(name) for name in ("orjson", "msgspec", "packaging", "isal")}

    assert made_by() == name_of_code(Path(pratique.__file__).parent, versions | {"python": sys.version})
