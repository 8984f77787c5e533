"""What npm fetches for a package-lock.json that says one thing in one place and another elsewhere.

What each of them makes npm 11 fetch was measured against two servers that write down what they are asked for.
"""

from __future__ import annotations

import json

import pytest

from pratique.core.errors import Invalid
from pratique.core.lockfiles import Lockfile
from pratique.ecosystems.npm import NPM

BASE = "https://packages.example.test/main/npm"
EVIL = "https://evil.example.test/left/-/left-1.0.0.tgz"
A = {"version": "1.0.0", "resolved": f"{BASE}/a/-/a-1.0.0.tgz"}
LEFT = {"version": "1.0.0", "resolved": f"{BASE}/left/-/left-1.0.0.tgz"}
INSIDE = {"version": "1.0.0", "inBundle": True}


def read(**document) -> Lockfile:
    return NPM.read_lockfile("package-lock.json", json.dumps({"lockfileVersion": 3} | document).encode())


def installed(**packages) -> Lockfile:
    """Forms 2 and 3: `a__b` lies below `a`."""
    places = {"node_modules/" + place.replace("__", "/node_modules/"): entry for place, entry in packages.items()}
    return read(packages=places)


@pytest.mark.parametrize("asks", ["dependencies", "optionalDependencies", "peerDependencies"])
def test_what_a_package_asks_for_by_an_address_is_a_detour_whatever_is_pinned_for_it(asks):
    found = installed(a=A | {asks: {"left": EVIL}}, left=LEFT)
    assert found.detours == (("left", EVIL),)


@pytest.mark.parametrize("asks", ["dependencies", "devDependencies"])
@pytest.mark.parametrize("place", ["", "sub"])
def test_what_a_project_asks_for_by_an_address_is_a_detour_too(place, asks):
    found = read(packages={place: {asks: {"left": EVIL}}, "node_modules/left": LEFT})
    assert found.detours == (("left", EVIL),)


def test_what_is_asked_for_and_pinned_by_one_address_is_told_once():
    found = installed(a=A | {"dependencies": {"left": EVIL}}, left={"version": "1.0.0", "resolved": EVIL})
    assert found.detours == ()
    assert [pin.source for pin in found.pins] == [A["resolved"], EVIL]


@pytest.mark.parametrize(
    "asked",
    ["^1.0.0", "npm:left@1", "latest", "file:../x", "https://github.com/acme/left", "https://www.github.com/acme/left"],
)
def test_what_is_asked_for_otherwise_is_no_detour(asked):
    assert installed(a=A | {"dependencies": {"left": asked}}, left=LEFT).detours == ()


@pytest.mark.parametrize(
    "asked", ["git+https://git.example.test/left.git", "acme/left", "https://github.com/acme/left"]
)
def test_what_is_asked_for_by_git_is_named_once(asked):
    for left in (LEFT, {"version": "1.0.0", "resolved": "git+ssh://git@github.com/acme/left.git#0123"}):
        assert installed(a=A | {"dependencies": {"left": asked}}, left=left).apart == ("left (git)",)


def test_an_address_in_the_old_place_for_it_is_where_npm_goes():
    for field in ("_resolved", "resolved"):
        (one,) = installed(left={"version": "1.0.0", field: EVIL}).pins
        assert one.source == EVIL
    (one,) = installed(left=LEFT | {"_resolved": EVIL}).pins
    assert one.source == LEFT["resolved"]


@pytest.mark.parametrize("field", ["hasShrinkwrap", "_hasShrinkwrap"])
def test_a_package_that_brings_a_lockfile_of_its_own_is_named(field):
    found = installed(a=A | {field: True})
    assert found.apart == ("a (with a lockfile of its own, not read)",)
    assert [pin.name for pin in found.pins] == ["a"]


@pytest.mark.parametrize(
    "resolved", ["npm:evil@1.0.0", "npm:@acme/evil@1.0.0", "2.0.0", "*", "evil@1.0.0", "@acme/x@1.0.0", "git@1.0.0"]
)
def test_a_release_in_the_place_of_an_address_is_refused_as_npm_would_install_that_one(resolved):
    with pytest.raises(Invalid, match="`resolved` of 'left' that is no address"):
        installed(left={"version": "1.0.0", "resolved": resolved})


def test_what_only_something_beside_a_bundle_needs_is_a_pin():
    found = installed(
        a=A | {"dependencies": {"inner": "1", "c": "1"}, "bundleDependencies": ["inner"]},
        a__inner=INSIDE,
        a__c={"version": "1.0.0", "resolved": f"{BASE}/c/-/c-1.0.0.tgz", "dependencies": {"left": "1"}},
        a__left=INSIDE,
    )
    assert [pin.name for pin in found.pins] == ["a", "c", "left"]
    assert found.apart == ("inner (inside another package)",)


@pytest.mark.parametrize("nested", ["left", "LEFT", "ｌeft"])
def test_what_a_bundled_package_has_nearer_by_makes_nothing_farther_off_bundled(nested):
    found = installed(
        **{
            "a": A | {"bundleDependencies": ["inner"]},
            "a__inner": INSIDE | {"dependencies": {"left": "1"}},
            f"a__inner__{nested}": INSIDE | {"link": True, "resolved": "x"},
            "a__left": INSIDE,
        }
    )
    assert [pin.name for pin in found.pins] == ["a", "left"]


def test_what_a_bundled_package_needs_is_bundled_also_if_the_one_around_it_needs_it():
    found = installed(
        a=A | {"dependencies": {"inner": "1", "left": "1"}, "bundleDependencies": ["inner"]},
        a__inner=INSIDE | {"dependencies": {"middle": "1"}},
        a__inner__middle=INSIDE | {"optionalDependencies": {"left": "1"}},
        a__left=INSIDE,
    )
    assert [pin.name for pin in found.pins] == ["a"]


def test_what_a_folder_of_the_project_is_said_to_bundle_is_a_pin_as_its_own_manifest_decides():
    packages = {"sub": {"bundleDependencies": ["left"]}, "sub/node_modules/left": INSIDE}
    assert [pin.name for pin in read(packages=packages).pins] == ["left"]


@pytest.mark.parametrize(
    "place",
    [
        "node_modules//left",
        "./node_modules/left",
        "node_modules/./left",
        "node_modules/x/../left",
        "node_modules/left/",
    ],
)
def test_a_place_that_npm_would_read_as_another_is_refused(place):
    with pytest.raises(Invalid, match="place that npm does not write"):
        read(packages={place: LEFT})


def test_a_folder_beside_the_project_is_a_place():
    assert read(packages={"../sub": {}, "node_modules/x": {"link": True, "resolved": "../sub"}}).apart == (
        "x (folder)",
    )


def tree(**dependencies) -> Lockfile:
    return read(lockfileVersion=1, dependencies=dependencies)


@pytest.mark.parametrize("asked", [EVIL, f"left@{EVIL}"])
def test_what_the_first_form_says_an_entry_was_asked_for_by_is_where_npm_may_go(asked):
    assert tree(left={"version": "1.0.0", "from": asked}).detours == (("left", EVIL),)
    honest = tree(left={"version": EVIL, "from": asked}, right={"version": "1.0.0", "from": "right@^1.0.0"})
    assert honest.detours == (("left", EVIL),)


def test_what_an_entry_of_the_first_form_requires_by_an_address_is_a_detour():
    assert tree(a=A | {"requires": {"left": EVIL}}, left=LEFT).detours == (("left", EVIL),)
    assert tree(a=A | {"requires": True}, left={"version": EVIL}).detours == (("left", EVIL),)


def test_an_alias_of_the_first_form_may_be_in_capitals():
    (one,) = tree(left={"version": "NPM:right@2.0.0"}).pins
    assert (one.name, one.version) == ("right", "2.0.0")


def test_both_halves_of_the_second_form_are_read_as_older_clients_read_the_other():
    found = read(packages={"node_modules/left": LEFT}, dependencies={"left": LEFT | {"resolved": EVIL}})
    assert [pin.source for pin in found.pins] == [LEFT["resolved"], EVIL]
    bundled = {"version": "1.0.0", "bundled": True}
    around = A | {"bundleDependencies": ["left"]}
    packages = {"node_modules/a": around, "node_modules/a/node_modules/left": INSIDE}
    found = read(packages=packages, dependencies={"a": A | {"dependencies": {"left": bundled}}})
    assert [pin.name for pin in found.pins] == ["a"]
