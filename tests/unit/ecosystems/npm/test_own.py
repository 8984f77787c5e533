"""Own releases are listed from what stands inside the tarball, in a form another Pratique can read."""

from __future__ import annotations

import hashlib

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.artifacts import Digests, Manifest, OwnFile
from pratique.core.clock import Instant, from_iso
from pratique.core.names import ProjectKey
from pratique.ecosystems.npm import NPM
from tests.unit.ecosystems.npm.bodies import manifest, tarball
from tests.unit.ecosystems.npm.packuments import BASE, listed

KEY = ProjectKey(NPM.id, "@acme/lib")


def own(
    version: str, published: str = "2024-01-01T00:00:00Z", yanked: str | None = None, native=False, said=None, **fields
):
    members = [("package/binding.gyp", b"{}")] if native else []
    artefact = tarball({"name": "@acme/lib", "version": version} | fields, *members)
    digests = Digests(
        sha256=hashlib.sha256(artefact).hexdigest(),
        sha512=hashlib.sha512(artefact).hexdigest(),
        sha1=hashlib.sha1(artefact).hexdigest(),
    )
    name = f"lib-{version}.tgz"
    read = manifest(artefact, name)
    return NPM.own_file(
        OwnFile(name, version, digests, len(artefact), from_iso(published), read, yanked, deprecated=said)
    )


def packument(*files, tags: dict[str, str], form: str = "full"):
    return listed(NPM.own_project(KEY, files, tags), {}, form)


def test_a_package_json_cannot_hide_its_own_release():
    document = packument(own("1.0.0", _hidden=True), tags={"latest": "1.0.0"})
    assert list(document["versions"]) == ["1.0.0"]
    assert "_hidden" not in document
    assert "_hidden" not in document["versions"]["1.0.0"]


def test_a_release_is_listed_with_its_own_package_json_and_digests():
    file = own(
        "1.0.0", dependencies={"a": "^1"}, bin="./cli.js", scripts={"postinstall": "x"}, bundledDependencies=["a"]
    )
    document = packument(file, tags={"latest": "1.0.0"})
    version = document["versions"]["1.0.0"]
    assert version["_id"] == "@acme/lib@1.0.0"
    assert version["dependencies"] == {"a": "^1"}
    assert version["bin"] == {"lib": "cli.js"}
    assert version["bundleDependencies"] == ["a"]
    assert version["hasInstallScript"] is True
    assert version["dist"]["tarball"] == f"{BASE}/@acme/lib/-/lib-1.0.0.tgz"
    assert version["dist"]["integrity"].startswith("sha512-")
    assert version["dist"]["shasum"] == file.digests.sha1
    assert document["dist-tags"] == {"latest": "1.0.0"}


def test_the_project_is_described_by_what_latest_names():
    older = own("1.0.0", "2024-01-01T00:00:00Z", description="old", license="MIT")
    newer = own("2.0.0-b.1", "2024-03-01T00:00:00Z", description="new")
    document = packument(older, newer, tags={"latest": "1.0.0", "next": "2.0.0-b.1"})
    assert document["description"] == "old"
    assert document["license"] == "MIT"
    assert document["time"] == {
        "created": "2024-01-01T00:00:00.000Z",
        "modified": "2024-03-01T00:00:00.000Z",
        "1.0.0": "2024-01-01T00:00:00.000Z",
        "2.0.0-b.1": "2024-03-01T00:00:00.000Z",
    }


def test_a_package_json_cannot_lie_about_what_the_server_knows():
    file = own("1.0.0", dist={"tarball": "https://evil.example.test/x.tgz", "attestations": {}}, hasInstallScript=False,
               scripts={"install": "x"}, _id="other@9")  # fmt: skip
    version = packument(file, tags={})["versions"]["1.0.0"]
    assert "evil" not in orjson.dumps(version).decode()
    assert "attestations" not in version["dist"]
    assert version["hasInstallScript"] is True
    assert version["_id"] == "@acme/lib@1.0.0"


def test_a_withdrawn_release_is_marked_deprecated():
    assert packument(own("1.0.0", yanked="leaks"), tags={})["versions"]["1.0.0"]["deprecated"] == "leaks"
    assert "withdrawn" in packument(own("1.0.0", yanked=""), tags={})["versions"]["1.0.0"]["deprecated"]


@pytest.mark.parametrize(
    ("yanked", "said", "written", "shown"),
    [
        (None, "use 2", None, "use 2"),
        (None, "", "in package.json", None),
        (None, None, "in package.json", "in package.json"),
        (None, "use 2", "in package.json", "use 2"),
        ("leaks", "use 2", None, "use 2"),
        ("leaks", "", "in package.json", "leaks"),
        ("leaks", None, "in package.json", "leaks"),
        (None, "", None, None),
    ],
)
def test_what_was_said_last_is_shown_before_what_package_json_says(yanked, said, written, shown):
    fields = {"deprecated": written} if written else {}
    document = packument(own("1.0.0", yanked=yanked, said=said, **fields), tags={})

    assert document["versions"]["1.0.0"].get("deprecated") == shown


def test_a_package_is_described_by_what_is_left_of_it():
    gone = msgspec.structs.replace(own("2.0.0", description="gone"), unpublished=from_iso("2024-03-01T00:00:00Z"))

    assert NPM.own_project(KEY, (own("1.0.0", description="left"), gone), {}).raw["description"] == "left"


def test_another_pratique_reads_the_same_project():
    files = (
        own("1.0.0", scripts={"postinstall": "x"}),
        own("1.0.1", native=True, scripts={"postinstall": "x"}),
        own("1.1.0", "2024-02-01T00:00:00Z"),
    )
    content = orjson.dumps(packument(*files, tags={"latest": "1.1.0"}))
    view = NPM.read_listing("@acme/lib", content, "application/json", f"{BASE}/@acme%2flib")
    assert view.tags == {"latest": "1.1.0"}
    for mine, theirs in zip(files, view.files, strict=True):
        assert (theirs.filename, theirs.version, theirs.published) == (mine.filename, mine.version, mine.published)
        assert theirs.execution_points == mine.execution_points
        assert theirs.digests == Digests(sha512=mine.digests.sha512, sha1=mine.digests.sha1)
        assert theirs.url == f"{BASE}/@acme/lib/-/{mine.filename}"


@pytest.mark.parametrize(
    ("stated", "listed_as"),
    [
        ("./a/cli.js", {"lib": "a/cli.js"}),
        ({"x": "../../../etc/passwd"}, {"x": "etc/passwd"}),
        ({"../x": "a.js", "c:\\y": "b\\c.js"}, {"x": "a.js", "y": "b/c.js"}),
        (["bin/one", "bin/two"], {"one": "bin/one", "two": "bin/two"}),
        ({"x": 7, "": "a"}, None),
        (7, None),
    ],
)
def test_commands_stay_inside_the_package(stated, listed_as):
    assert packument(own("1.0.0", bin=stated), tags={})["versions"]["1.0.0"].get("bin") == listed_as


def test_an_own_release_with_only_a_sha256_still_has_an_integrity():
    read = Manifest("@acme/lib", "1.0.0", {"name": "@acme/lib", "version": "1.0.0"})
    file = NPM.own_file(OwnFile("lib-1.0.0.tgz", "1.0.0", Digests(sha256="ab" * 32), 1, Instant(0), read))
    assert file.raw["dist"]["integrity"].startswith("sha256-")
    assert "shasum" not in file.raw["dist"]


def test_a_project_without_releases_is_empty():
    assert packument(tags={})["versions"] == {}


junk = st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.lists(st.text(max_size=4), max_size=2)


@given(st.dictionaries(st.sampled_from(["bin", "bundleDependencies", "dependencies", "directories", "scripts"]),
                       junk | st.dictionaries(st.text(max_size=5), junk, max_size=3)))  # fmt: skip
def test_any_package_json_can_be_listed_and_read_again(fields):
    content = orjson.dumps(packument(own("1.0.0", **fields), tags={"latest": "1.0.0"}))
    assert len(NPM.read_listing("@acme/lib", content, "application/json", BASE).files) == 1
