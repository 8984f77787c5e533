"""Own crates are listed from the Cargo.toml inside."""

from __future__ import annotations

import pytest

from pratique.core.artifacts import Digests, FileView, OwnFile
from pratique.core.names import ProjectKey
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.cargo_toml import PUBLIC_INDEX
from tests.unit.ecosystems.cargo.reading import BASE, PUBLISHED, lines, listed, manifest_of

MORE = f"""
links = "z"
rust-version = "1.70"
[features]
new = ["dep:far"]
old = []
[dependencies]
far = {{ version = "1.2", optional = true }}
near = {{ version = "1", registry-index = "sparse+{BASE}/members/index/" }}
third = {{ version = "1", registry-index = "sparse+https://elsewhere.example.test/index/" }}
"""


def own(more: str = "", *, name: str = "left", version: str = "1.0.0", yanked: str | None = None) -> FileView:
    read = manifest_of(more, name=name, version=version, files={"build.rs": ""})
    file = OwnFile(f"{name}-{version}.crate", version, Digests(sha256="ab" * 32), 7, PUBLISHED, read, yanked)
    return CARGO.own_file(file)


def own_lines(*files: FileView):
    view = CARGO.own_project(ProjectKey(CARGO.id, "left"), files, {})
    return lines(listed(view, {}))


def test_an_own_file_is_what_is_stored():
    file = own()
    assert (file.filename, file.version, file.size, file.published) == ("left-1.0.0.crate", "1.0.0", 7, PUBLISHED)
    assert file.digests.sha256 == "ab" * 32
    assert file.execution_points == ("build.rs",)


def test_a_line_has_all_that_cargo_reads():
    line = own_lines(own(MORE))["1.0.0"]
    assert line.keys() == {"name", "vers", "deps", "cksum", "features", "features2", "v", "yanked", "links",
                           "rust_version", "pubtime"}  # fmt: skip
    assert (line["name"], line["vers"], line["cksum"], line["v"]) == ("left", "1.0.0", "ab" * 32, 2)
    assert (line["links"], line["rust_version"]) == ("z", "1.70")
    assert (line["features"], line["features2"]) == ({"old": []}, {"new": ["dep:far"]})
    assert line["pubtime"] == "2024-01-02T03:04:05Z"


def test_in_cargo_toml_no_registry_is_the_public_one_in_an_index_this_one():
    deps = {one["name"]: one["registry"] for one in own_lines(own(MORE))["1.0.0"]["deps"]}
    assert deps == {"far": PUBLIC_INDEX, "near": None, "third": "sparse+https://elsewhere.example.test/index/"}


@pytest.mark.parametrize(("yanked", "shown"), [(None, False), ("", True), ("leaks", True)])
def test_a_withdrawn_release_is_yanked(yanked, shown):
    assert own_lines(own(yanked=yanked))["1.0.0"]["yanked"] is shown


def test_a_crate_keeps_its_spelling_in_its_lines():
    assert own_lines(own(name="Left"))["1.0.0"]["name"] == "Left"


def test_a_crate_without_releases_is_empty():
    assert own_lines() == {}


def test_another_pratique_reads_the_same_releases():
    files = (own(MORE), own(version="1.0.1-rc.1+b", yanked=""))
    view = CARGO.own_project(ProjectKey(CARGO.id, "left"), files, {})
    again = CARGO.read_listing("left", listed(view, {}).body, "text/plain", BASE)
    for mine, theirs in zip(files, again.files, strict=True):
        assert (theirs.filename, theirs.version, theirs.digests) == (mine.filename, mine.version, mine.digests)
        assert theirs.yanked == mine.yanked
        assert theirs.published == PUBLISHED - PUBLISHED % 1_000
