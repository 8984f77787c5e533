"""A client's word that differs from its tarball is named; what npm itself rewrites is not."""

from __future__ import annotations

import pytest

from pratique.core.errors import Invalid
from pratique.ecosystems.npm import NPM
from tests.unit.ecosystems.npm.bodies import body, manifest, publish, tarball

LEFT = {"name": "left", "version": "1.0.0"}


def differing(claim: dict, truth: dict, *members) -> tuple[str, ...]:
    artefact = tarball(LEFT | truth, *members)
    document = body(artefact=artefact)
    document["versions"]["1.0.0"] |= claim
    return NPM.compare_claims(publish(document)[0], manifest(artefact))


@pytest.mark.parametrize(
    ("claim", "truth", "fields"),
    [
        ({}, {"dependencies": {"evil": "1"}}, ("dependencies",)),
        ({"dependencies": {"a": "1"}}, {"dependencies": {"a": "2"}}, ("dependencies",)),
        ({"optionalDependencies": {"a": "1"}}, {}, ("optionalDependencies",)),
        ({}, {"scripts": {"postinstall": "x"}}, ("scripts",)),
        ({"scripts": {"postinstall": "y"}}, {"scripts": {"postinstall": "x"}}, ("scripts",)),
        ({"scripts": {"test": "x"}}, {}, ("scripts",)),
        ({"bin": {"left": "a.js"}}, {"bin": {"npm": "a.js"}}, ("bin",)),
        ({"bundleDependencies": ["a"]}, {}, ("bundleDependencies",)),
        ({"engines": {"node": ">=1"}, "os": ["linux"]}, {}, ("engines", "os")),
        ({"license": "MIT"}, {"license": "GPL-3.0-only"}, ("license",)),
    ],
)
def test_differences_are_named(claim, truth, fields):
    assert differing(claim, truth) == fields


@pytest.mark.parametrize(
    ("claim", "truth"),
    [
        ({"bin": {"left": "cli.js"}}, {"bin": "./cli.js"}),
        ({"bundleDependencies": ["a"]}, {"bundledDependencies": ["a"]}),
        ({"bundleDependencies": []}, {}),
        ({"dependencies": {}}, {}),
        ({"optionalDependencies": {"a": "1"}}, {"dependencies": {"a": "1"}, "optionalDependencies": {"a": "1"}}),
        ({"readme": "x", "_nodeVersion": "20", "gitHead": "abc", "bugs": {}, "homepage": "h"}, {}),
        ({"repository": {"type": "git", "url": "git+https://x"}}, {"repository": "github:x/y"}),
        ({"scripts": {}}, {"scripts": None}),
    ],
)
def test_what_npm_rewrites_is_no_difference(claim, truth):
    assert differing(claim, truth) == ()


def test_a_native_build_that_npm_names_is_no_difference():
    gyp = ("package/binding.gyp", b"{}")
    assert differing({"scripts": {"install": "node-gyp rebuild"}}, {}, gyp) == ()
    assert differing({}, {}, gyp) == ()
    assert differing({"scripts": {"install": "node-gyp rebuild"}}, {}) == ("scripts",)


@pytest.mark.parametrize("truth", [{"name": "right"}, {"version": "1.0.1"}])
def test_another_name_or_version_inside_is_refused(truth):
    with pytest.raises(Invalid, match=r"package\.json inside the tarball says"):
        differing({}, truth)


def test_a_version_that_npm_cleaned_is_the_same_version():
    assert differing({}, {"version": "v1.0.0+build"}) == ()
