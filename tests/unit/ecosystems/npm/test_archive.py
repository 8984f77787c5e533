"""What a tarball says of itself is read strictly; what two readers could understand differently is refused."""

from __future__ import annotations

import json
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.ecosystems.npm import NPM
from tests.unit.ecosystems.npm.bodies import LIMITS, manifest, tarball
from tests.unit.formats.archives import Bytes, special, tar_gz

LEFT = {"name": "left", "version": "1.0.0"}


def test_name_version_and_fields_come_from_inside():
    read = manifest(tarball(LEFT | {"dependencies": {"a": "^1"}}, ("package/index.js", b"x")))
    assert (read.name, read.version) == ("left", "1.0.0")
    assert read.fields == LEFT | {"dependencies": {"a": "^1"}}
    assert read.execution_points == ()


@pytest.mark.parametrize("top", ["package", "left-1.0.0", "node_modules"])
def test_any_one_top_folder_will_do(top):
    assert manifest(tarball(LEFT, top=top)).name == "left"


@pytest.mark.parametrize(("written", "published"), [("v1.0.0", "1.0.0"), ("=1.0.0", "1.0.0"), ("1.0.0+b1", "1.0.0")])
def test_the_version_is_read_as_npm_publishes_it(written, published):
    assert manifest(tarball({"name": "left", "version": written})).version == published


def test_a_byte_order_mark_is_no_obstacle():
    assert manifest(tarball(b"\xef\xbb\xbf" + json.dumps(LEFT).encode())).name == "left"


@pytest.mark.parametrize(
    ("fields", "members", "points"),
    [
        ({"scripts": {"postinstall": "x", "preinstall": "y", "prepare": "z"}}, [], ("postinstall", "preinstall")),
        ({}, ["binding.gyp"], ("install",)),
        ({"scripts": {"postinstall": "x"}}, ["binding.gyp"], ("install", "postinstall")),
        ({"scripts": {"preinstall": "x"}}, ["binding.gyp"], ("preinstall",)),
        ({"gypfile": False}, ["binding.gyp"], ()),
        ({}, ["deps/binding.gyp"], ()),
        ({}, ["Binding.GYP"], ("install",)),
        ({"scripts": {"install": 7}}, [], ("install",)),
        ({"scripts": "postinstall"}, [], ()),
    ],
)
def test_code_that_runs_at_install_is_found(fields, members, points):
    artefact = tarball(LEFT | fields, *((f"package/{member}", b"{}") for member in members))
    assert manifest(artefact).execution_points == points


def test_a_shrinkwrap_is_what_the_tarball_has_not_what_it_says():
    assert manifest(tarball(LEFT, ("package/npm-shrinkwrap.json", b"{}"))).fields["_hasShrinkwrap"] is True
    assert "_hasShrinkwrap" not in manifest(tarball(LEFT | {"_hasShrinkwrap": True})).fields


def test_a_folder_of_commands_names_its_files():
    artefact = tarball(
        LEFT | {"directories": {"bin": "./tools"}},
        ("package/tools/a.js", b"x"),
        ("package/tools/sub/b", b"x"),
        ("package/tools/.hidden", b"x"),
        ("package/toolshed/c", b"x"),
    )
    assert manifest(artefact).fields["bin"] == {"a.js": "tools/a.js", "b": "tools/sub/b"}


def test_a_named_command_wins_over_a_folder_of_commands():
    artefact = tarball(LEFT | {"bin": "x.js", "directories": {"bin": "tools"}}, ("package/tools/a.js", b"x"))
    assert manifest(artefact).fields["bin"] == "x.js"


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([("package/index.js", b"x")], "no package.json"),
        ([("package/sub/package.json", b"{}")], "no package.json"),
        ([("package.json", b"{}")], "outside of a top folder"),
        ([("package/package.json", json.dumps(LEFT).encode()), ("other/index.js", b"x")], "two top folders"),
        ([("package/package.json", json.dumps(LEFT).encode()), ("readme", b"x")], "two top folders"),
        ([("package/package.json", json.dumps(LEFT).encode()), ("package/Package.json", b"{}")], "exactly one"),
        ([("package/PACKAGE.JSON", json.dumps(LEFT).encode())], "exactly one"),
        ([("package/package.json", json.dumps(LEFT).encode())] * 2, "twice"),
        ([("package/package.json", json.dumps(LEFT).encode()), ("../x", b"x")], "not allowed"),
        ([("package/package.json", json.dumps(LEFT).encode()), ("/etc/passwd", b"x")], "not allowed"),
        ([special("package/package.json", tarfile.SYMTYPE, "other.json")], "not a plain file"),
        ([special("package/package.json", tarfile.DIRTYPE)], "not a plain file"),
        ([special("package/x", tarfile.SYMTYPE, "/etc/passwd")], "out of it"),
        ([special("package/x", tarfile.SYMTYPE, "../../y")], "out of it"),
        ([special("package/x", tarfile.SYMTYPE, "../y")], "leads out of the package"),
        ([], "no package.json"),
    ],
)
def test_tarballs_with_two_meanings_or_a_way_out_are_refused(members, why):
    with pytest.raises(Invalid, match=why):
        manifest(tar_gz(*members))


def test_a_link_inside_the_package_is_fine():
    assert manifest(tarball(LEFT, special("package/a/b", tarfile.SYMTYPE, "../c"))).name == "left"


@pytest.mark.parametrize(
    ("package", "why"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"\xff\xfe{\x00}\x00", "UTF-8 JSON"),
        (b'{"name":"\xff"}', "UTF-8 JSON"),
        (b"[]", "must be a JSON object"),
        ({"version": "1.0.0"}, "no `name`"),
        ({"name": 7, "version": "1.0.0"}, "no `name`"),
        ({"name": "left"}, "no `version`"),
        ({"name": "left", "version": 1}, "no `version`"),
        ({"name": "left", "version": "1.0"}, "cannot be read"),
        ({"name": "left", "version": ""}, "cannot be read"),
        (b'{"name":"left","version":"1.0.0","x":' + b"[" * 100 + b"]" * 100 + b"}", "nested deeper"),
    ],
)
def test_a_package_json_that_cannot_be_believed_is_refused(package, why):
    with pytest.raises(Invalid, match=why):
        manifest(tarball(package))


@pytest.mark.parametrize("name", ["../x", "r\u0435act", "x\ny", ""])
def test_a_name_inside_that_is_none_is_refused(name):
    with pytest.raises(InvalidName):
        manifest(tarball({"name": name, "version": "1.0.0"}))


def test_a_package_json_over_the_limit_is_not_read():
    limits = ArchiveLimits(max_member=1000)
    with pytest.raises(TooLarge, match="max_member"):
        NPM.read_manifest("left-1.0.0.tgz", Bytes(tarball(LEFT | {"x": "y" * 2000})), limits)


def test_damage_after_package_json_is_still_found():
    artefact = tarball(LEFT, ("package/big.js", b"x" * 100_000))
    with pytest.raises(Invalid):
        manifest(artefact[:-20])


@pytest.mark.parametrize("filename", ["left-1.0.0.zip", "left", "x.tar"])
def test_only_tarballs_are_read(filename):
    with pytest.raises(Invalid, match=r"\.tgz"):
        manifest(tarball(LEFT), filename)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_with_a_sentence(content):
    with pytest.raises((Invalid, TooLarge)):
        NPM.read_manifest("x-1.0.0.tgz", Bytes(content), LIMITS)


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "name",
    "version",
    "scripts",
    "bin",
    "bundleDependencies",
    "dependencies",
    "gypfile",
    "_hasShrinkwrap",
    "dist",
]


@given(st.dictionaries(st.sampled_from(FIELDS), junk))
def test_any_package_json_is_read_or_refused(fields):
    try:
        read = manifest(tarball(LEFT | fields))
    except (Invalid, TooLarge):
        return
    assert read.name == fields.get("name", "left")
