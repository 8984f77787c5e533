"""Names that a package.json puts in the place of what others depend on."""

from __future__ import annotations

import json

from pratique.ecosystems.npm.manifest_names import read_manifest_names


def test_what_stands_in_the_place_of_what_others_depend_on_is_read_too() -> None:
    document = {
        "overrides": {"left@^1": "2.0.0", "@acme/core": {".": "1.0.0", "inner": "$left"}, "git-one": "git+ssh://x/y"},
        "resolutions": {"**/@acme/deep": "1", "a/**/b": "1", "c@npm:1": "npm:real@2"},
        "pnpm": {"overrides": {"outer@1>@acme/own": "1"}},
    }

    found = {one.name: one.private for one in read_manifest_names("package.json", json.dumps(document).encode())}

    ours = {"left", "@acme/core", "inner", "git-one", "@acme/deep", "a", "b", "real", "outer", "@acme/own"}
    assert set(found) == ours
    assert found["git-one"] == "comes from git"


def test_overrides_that_are_none_are_passed_over() -> None:
    document = {"overrides": ["left"], "resolutions": {"": 5, "/": "1", "***": "1"}, "pnpm": {"overrides": "x"}}

    assert read_manifest_names("package.json", json.dumps(document).encode()) == ()
