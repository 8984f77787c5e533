"""The names that a Cargo.toml depends on."""

from __future__ import annotations

import pytest

from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.cargo.manifest_names import MAX_BYTES, read_manifest_names


def names(text: str) -> dict[str, str]:
    return {one.name: one.private for one in read_manifest_names("Cargo.toml", text.encode())}


def test_every_table_of_dependencies_is_read() -> None:
    assert names(
        '[dependencies]\nserde = "1"\n[dev-dependencies]\nrand = {version = "1"}\n[build-dependencies]\ncc = "1"\n'
        "[target.'cfg(unix)'.dependencies]\nlibc = '1'\n[workspace.dependencies]\ntokio = '1'\n[package]\nname = 'x'\n"
    ) == dict.fromkeys(("serde", "rand", "cc", "libc", "tokio"), "")


@pytest.mark.parametrize(
    ("said", "private"),
    [
        ('{ path = "../m" }', "comes from a folder"),
        ('{ git = "https://code.test/m" }', "comes from git"),
        ('{ version = "1", registry = "acme" }', "comes from another registry"),
        ('{ version = "1", registry-index = "sparse+https://x.test/" }', "comes from another registry"),
        ('{ version = "1", features = [] }', ""),
    ],
)
def test_what_comes_from_elsewhere_is_no_public_crate(said: str, private: str) -> None:
    assert names(f"[dependencies]\nmine = {said}\n") == {"mine": private}


def test_a_renamed_crate_is_read_by_its_real_name_and_one_of_the_workspace_is_told_there() -> None:
    assert names('[dependencies]\na = { package = "real-a" }\nb = { workspace = true }\n') == {"real-a": ""}


@pytest.mark.parametrize("text", ["[dependencies]\n= 1", "dependencies = [", "\x00", "[a" + ".a" * 100 + "]"])
def test_what_is_no_toml_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        names(text)


@pytest.mark.parametrize("text", ["dependencies = 5", "[dependencies]\n'bad name!' = '1'", "target = 5", ""])
def test_what_cannot_be_a_dependency_is_passed_over(text: str) -> None:
    assert names(text) == {}


def test_what_is_too_large_is_refused() -> None:
    with pytest.raises(TooLarge):
        read_manifest_names("Cargo.toml", b" " * (MAX_BYTES + 1))
