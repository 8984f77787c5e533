"""The names that a pyproject.toml depends on."""

from __future__ import annotations

import pytest

from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.pypi.manifest_names import MAX_BYTES, read_manifest_names


def names(text: str) -> dict[str, str]:
    return {one.name: one.private for one in read_manifest_names("pyproject.toml", text.encode())}


def test_every_standard_place_is_read() -> None:
    assert names(
        '[project]\nname = "mine"\ndependencies = ["Requests[socks]>=2; python_version > \'3\'", "a_b==1"]\n'
        '[project.optional-dependencies]\nfast = ["orjson"]\n[dependency-groups]\ntest = ["pytest", {include-group = '
        '"x"}]\n[build-system]\nrequires = ["hatchling"]\n[tool.uv]\ndev-dependencies = ["ruff"]\n'
        '[tool.poetry.dependencies]\npython = "^3.11"\nhttpx = "^1"\n'
        '[tool.poetry.group.dev.dependencies]\nblack = "*"\n'
    ) == dict.fromkeys(("requests", "a-b", "orjson", "pytest", "hatchling", "ruff", "httpx", "black"), "")


@pytest.mark.parametrize(
    ("text", "private"),
    [
        ('[project]\ndependencies = ["lib @ git+https://code.test/lib"]', "comes from git"),
        ('[project]\ndependencies = ["lib @ https://files.test/lib.whl"]', "comes from an address of its own"),
        ('[project]\ndependencies = ["lib"]\n[tool.uv.sources]\nLib = { workspace = true }', "comes from a folder"),
        (
            '[project]\ndependencies = ["lib"]\n[tool.uv.sources]\nlib = [{ index = "acme" }]',
            "comes from another registry",
        ),
        ('[tool.poetry.dependencies]\nlib = { version = "1", source = "acme" }', "comes from another registry"),
        ('[tool.poetry.dependencies]\nlib = { path = "../lib" }', "comes from a folder"),
    ],
)
def test_what_comes_from_elsewhere_is_no_public_package(text: str, private: str) -> None:
    assert names(text) == {"lib": private}


@pytest.mark.parametrize(
    "text",
    [
        "project = 5",
        "[project]\ndependencies = 'x'",
        "[project]\ndependencies = [5, '!!', '']",
        "[tool]\nuv = 1\npoetry = 2",
        "[tool.poetry]\ngroup = {a = 1}",
        "[tool.uv]\nsources = {x = 'y'}",
        "",
    ],
)
def test_what_cannot_be_a_dependency_is_passed_over(text: str) -> None:
    assert names(text) == {}


@pytest.mark.parametrize("content", [b"[", b"\xff", b"a = " + b"[" * 10_000])
def test_what_is_no_toml_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid):
        read_manifest_names("pyproject.toml", content)


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_manifest_names("pyproject.toml", b" " * (MAX_BYTES + 1))
