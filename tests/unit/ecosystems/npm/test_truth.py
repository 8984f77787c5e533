"""What a packument says of a release against its tarball."""

from __future__ import annotations

from typing import Any

import pytest

from pratique.core.artifacts import FileView
from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.npm import truth
from pratique.ecosystems.npm.truth import compare_listed
from tests.harness.packages import npm_tarball
from tests.unit.formats.archives import Bytes

FULL: dict[str, Any] = {
    "dependencies": {"a": "^1", "b": "2"},
    "optionalDependencies": {"c": "*"},
    "peerDependencies": {"d": ">=1"},
    "scripts": {"postinstall": "node x.js", "test": "echo"},
    "bin": "./cli.js",
    "engines": {"node": ">=18"},
    "os": ["linux"],
}


def differing(stated: dict[str, Any], inside: dict[str, Any], *files: str, **named: str) -> list[str]:
    """Fields in which they differ; `files` are empty ones beside package.json."""
    content = dict.fromkeys(files, "{}")
    tarball = npm_tarball(named.get("name", "left"), named.get("version", "1.0.0"), manifest=inside, files=content)
    listed = FileView("left-1.0.0.tgz", "1.0.0", raw=stated)
    return [one.field for one in compare_listed("left", listed, Bytes(tarball), ArchiveLimits())]


def test_a_packument_that_tells_the_truth_differs_in_nothing():
    assert differing(FULL, FULL) == []


@pytest.mark.parametrize(
    "stated",
    [
        FULL | {"bin": {"left": "cli.js"}},
        FULL | {"os": "linux"},
        FULL | {"dependencies": FULL["dependencies"] | FULL["optionalDependencies"]},
        FULL | {"scripts": FULL["scripts"] | {"start": "node server.js"}},
        FULL | {"license": "MIT", "_npmUser": {"name": "x"}, "dist": {}, "gitHead": "0", "hasInstallScript": True},
    ],
    ids=["bin", "one system", "optional ones twice", "other scripts", "what registries add"],
)
def test_what_npm_itself_writes_otherwise_is_no_difference(stated):
    assert differing(stated, FULL) == []


def test_a_native_build_may_be_named_or_not():
    gyp = "binding.gyp"

    assert differing({"gypfile": True, "scripts": {"install": "node-gyp rebuild"}}, {}, gyp) == []
    assert differing({"gypfile": True}, {}, gyp) == []
    assert differing({}, {}, gyp) == ["scripts"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"dependencies": {"a": "^1"}}, "dependencies"),
        ({"optionalDependencies": {}}, "optionalDependencies"),
        ({"peerDependencies": None}, "peerDependencies"),
        ({"bundleDependencies": ["a"]}, "bundleDependencies"),
        ({"scripts": {}}, "scripts"),
        ({"scripts": {"postinstall": "node y.js"}}, "scripts"),
        ({"scripts": {"postinstall": "node x.js", "preinstall": "node z.js"}}, "scripts"),
        ({"bin": {"ls": "./cli.js"}}, "bin"),
        ({"engines": {"node": ">=4"}}, "engines"),
        ({"os": ["win32"]}, "os"),
        ({"cpu": ["arm"]}, "cpu"),
    ],
)
def test_what_changes_what_is_installed_or_run_is_a_difference(changed, field):
    assert differing(FULL | changed, FULL) == [field]


@pytest.mark.parametrize("odd", [None, 7, "x", [], ["x"], {"a": {"b": []}}])
@pytest.mark.parametrize("field", ["scripts", "dependencies", "bin", "engines", "bundleDependencies", "os"])
def test_a_field_of_any_kind_is_compared(field, odd):
    assert differing(FULL | {field: odd}, FULL) in ([], [field])


@pytest.mark.parametrize(("named", "field"), [({"name": "right"}, "name"), ({"version": "1.0.1"}, "version")])
def test_a_tarball_of_another_release_is_a_difference(named, field):
    assert differing({}, {}, **named) == [field]


def test_what_cannot_be_read_is_told(monkeypatch):
    listed = FileView("left-1.0.0.tgz", "1.0.0")
    with pytest.raises(Invalid):
        compare_listed("left", listed, Bytes(b"no tar"), ArchiveLimits())
    monkeypatch.setattr(truth, "WHOLE", 3)
    with pytest.raises(TooLarge, match="not looked into"):
        compare_listed("left", listed, Bytes(b"no tar"), ArchiveLimits())
