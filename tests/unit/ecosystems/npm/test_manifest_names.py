"""The names that a package.json depends on."""

from __future__ import annotations

import json

import pytest

from pratique.core.errors import Invalid, TooLarge
from pratique.core.mentions import Mention
from pratique.ecosystems.npm.manifest_names import MAX_BYTES, read_manifest_names


def names(**fields: object) -> dict[str, str]:
    return {one.name: one.private for one in read_manifest_names("package.json", json.dumps(fields).encode())}


def test_every_kind_of_dependency_is_read() -> None:
    assert names(
        dependencies={"left": "^1"},
        devDependencies={"@acme/right": "*"},
        optionalDependencies={"up": "latest"},
        peerDependencies={"down": ">=2"},
        bundledDependencies=["left"],
        name="mine",
    ) == dict.fromkeys(("left", "@acme/right", "up", "down"), "")


@pytest.mark.parametrize(
    ("specifier", "private"),
    [
        ("workspace:*", "comes from a folder"),
        ("file:../left", "comes from a folder"),
        ("link:./left", "comes from a folder"),
        ("git+ssh://git@code.test/left.git#main", "comes from git"),
        ("acme/left", "comes from git"),
        ("https://files.test/left.tgz", "comes from an address of its own"),
        ("^1.0.0 || 2", ""),
        ("next", ""),
        ("", ""),
    ],
)
def test_what_comes_from_no_registry_is_no_public_package(specifier: str, private: str) -> None:
    assert names(dependencies={"left": specifier}) == {"left": private}


def test_an_alias_is_read_by_its_real_name() -> None:
    assert names(dependencies={"old-react": "npm:react@16"}) == {"react": ""}


@pytest.mark.parametrize("odd", [None, [], "left", {"left": 5}, {"bad name!": "1", "left": "1"}, {"left": None}])
def test_what_cannot_be_a_dependency_is_passed_over(odd: object) -> None:
    assert set(names(dependencies=odd)) <= {"left"}


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"a":' + b"[" * 100_000, b"null"])
def test_what_is_no_package_json_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid, match="this is no package"):
        read_manifest_names("package.json", content)


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_manifest_names("package.json", b" " * (MAX_BYTES + 1))
    with pytest.raises(TooLarge, match="40001 packages"):
        names(dependencies={f"p{number}": "1" for number in range(40_001)})


def test_a_name_is_told_once_for_each_way_it_comes() -> None:
    both = names(dependencies={"left": "1"}, devDependencies={"left": "1"})

    assert both == {"left": ""}
    assert read_manifest_names("package.json", b'{"dependencies":{"x":"1"}}') == (Mention("x"),)
