"""What the lockfiles of npm, yarn, pnpm and bun pin, and where their clients go for it.

The files below `locks` were written by npm 11, yarn 1.22, yarn 4.18, pnpm 12 and bun 1.4 for one project.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from pathlib import Path
from urllib.parse import quote, urlsplit

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from packageurl.contrib.purl2url import get_download_url

from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.core.lockfiles import Leads
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.npm.lockfiles import places
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES

LOCKS = Path(__file__).parent / "locks"
SERVER = "https://packages.example.test"
BASE = f"{SERVER}/main/npm"
HERE, ELSEWHERE = [BASE], ["http://127.0.0.1:7417/main/npm"]
EVIL = "https://evil.example.test/left/-/left-1.0.0.tgz"
SRI = "sha512-" + base64.b64encode(b"x" * 64).decode()
PUBLIC = f"https://{urlsplit(get_download_url('pkg:npm/x@1')).hostname}"

SAVED = {
    "package-lock-1.json": "package-lock.json",
    "package-lock-2.json": "package-lock.json",
    "package-lock-3.json": "npm-shrinkwrap.json",
    "yarn1.lock": "yarn.lock",
    "yarn4.lock": "yarn.lock",
    "pnpm-lock.yaml": "pnpm-lock.yaml",
    "bun.lock": "bun.lock",
}
"""File to the name under which its client looks for it."""


def read(filename: str, content: str):
    return NPM.read_lockfile(filename, content.encode())


def saved(name: str) -> bytes:
    """What a client wrote; the file in the repository holds no addresses."""
    content = (LOCKS / name).read_text(encoding="utf-8")
    return content.replace("@SERVER@", SERVER).replace("@GIT@", "ssh://git@git.example.test").encode()


def package_lock(place: str = "node_modules/left", **entry) -> str:
    return json.dumps({"lockfileVersion": 3, "packages": {"": {"name": "mine"}, place: {"version": "1.0.0"} | entry}})


def yarn1(pattern: str = "left@^1.0.0", resolved: str = f"{BASE}/left/-/left-1.0.0.tgz#{'ab' * 20}") -> str:
    return f'# yarn lockfile v1\n\n"{pattern}":\n  version "1.0.0"\n  resolved "{resolved}"\n  integrity {SRI}\n'


def bun(source: str = "", locator: str = "left@1.0.0") -> str:
    return json.dumps({"lockfileVersion": 2, "packages": {"left": [locator, source, {}, SRI]}})


def pnpm(key: str = "left@1.0.0", resolution: str = f"{{integrity: {SRI}}}", version: str = "9.0") -> str:
    return f"lockfileVersion: '{version}'\npackages:\n  '{key}':\n    resolution: {resolution}\n"


def yarn4(locator: str = "left@npm:1.0.0") -> str:
    return f'__metadata:\n  version: 10\n\n"left@npm:^1":\n  version: 1.0.0\n  resolution: "{locator}"\n'


@pytest.mark.parametrize("name", SAVED)
def test_each_client_pins_the_same_releases_by_their_real_names(name):
    found = NPM.read_lockfile(SAVED[name], saved(name))

    pins = {(pin.name, pin.version, pin.filename) for pin in found.pins}
    assert {
        ("@acme/branch", "1.0.0", "branch-1.0.0.tgz"),
        ("acme-leaf", "1.0.0", "acme-leaf-1.0.0.tgz"),
        ("acme-leaf", "2.0.0", "acme-leaf-2.0.0.tgz"),
    } <= pins
    assert not {pin.name for pin in found.pins} & {"ali", "sub", "gitdep", "the-project"}
    assert len(pins) == len(found.pins)


@pytest.mark.parametrize("name", sorted(set(SAVED) - {"yarn4.lock"}))
def test_each_client_states_the_registrys_own_digests_except_yarn_4(name):
    assert all(pin.digests.sha512 for pin in NPM.read_lockfile(SAVED[name], saved(name)).pins)


def test_the_checksum_of_yarn_4_is_of_its_own_archive_and_no_digest_of_the_file():
    assert not any(pin.digests.any_strong() for pin in NPM.read_lockfile("yarn.lock", saved("yarn4.lock")).pins)


@pytest.mark.parametrize("name", sorted(set(SAVED) - {"yarn4.lock"}))
def test_git_and_folders_are_told_apart_by_name(name):
    apart = NPM.read_lockfile(SAVED[name], saved(name)).apart

    assert {"gitdep (git)", "sub (folder)"} <= set(apart)


def test_workspaces_and_portals_of_yarn_4_are_told_apart():
    found = NPM.read_lockfile("yarn.lock", saved("yarn4.lock"))
    assert found.apart == ("link (folder)", "sub (workspace)", "the-project (workspace)")


@pytest.mark.parametrize("name", SAVED)
def test_addresses_of_this_server_lead_here(name):
    assert {NPM.leads_to(pin, HERE) for pin in NPM.read_lockfile(SAVED[name], saved(name)).pins} == {Leads.HERE}


@pytest.mark.parametrize(
    ("name", "leads"),
    [(name, Leads.HERE if name in ("yarn4.lock", "pnpm-lock.yaml") else Leads.ELSEWHERE) for name in SAVED],
)
def test_addresses_of_another_server_lead_past_this_one_and_no_address_leads_here(name, leads):
    assert {NPM.leads_to(pin, ELSEWHERE) for pin in NPM.read_lockfile(SAVED[name], saved(name)).pins} == {leads}


@pytest.mark.parametrize(
    ("filename", "content", "leads"),
    [
        # npm puts its own registry in the place of the npm registry's host; nobody else does.
        ("package-lock.json", package_lock(resolved=f"{PUBLIC}/left/-/left-1.0.0.tgz"), Leads.HERE),
        ("package-lock.json", package_lock(resolved=f"{PUBLIC}/evil/-/evil-1.0.0.tgz"), Leads.ASTRAY),
        ("yarn.lock", yarn1(resolved=f"{PUBLIC}/left/-/left-1.0.0.tgz"), Leads.PUBLIC),
        ("bun.lock", bun(f"{PUBLIC}/left/-/left-1.0.0.tgz"), Leads.PUBLIC),
        ("bun.lock", bun(""), Leads.HERE),
        ("pnpm-lock.yaml", pnpm(resolution=f"{{tarball: {PUBLIC}/left/-/left-1.0.0.tgz}}"), Leads.PUBLIC),
    ],
    ids=["npm-public", "npm-public-other-file", "yarn1-public", "bun-public", "bun-none", "pnpm-public"],
)
def test_the_npm_registrys_address_leads_here_with_npm_alone(filename, content, leads):
    (one,) = read(filename, content).pins
    assert NPM.leads_to(one, HERE) is leads


@pytest.mark.parametrize(
    ("address", "leads"),
    [
        (f"{BASE}/left/-/left-1.0.0.tgz", Leads.HERE),
        (f"{BASE.replace('://', '://user:secret@')}/left/-/left-1.0.0.tgz", Leads.HERE),
        ("HTTPS://PACKAGES.example.test:443/main/npm/left/-/left-1.0.0.tgz", Leads.HERE),
        (f"{BASE}/left/-/left-1.0.1.tgz", Leads.ASTRAY),
        (f"{BASE}/evil/-/left-1.0.0.tgz", Leads.ASTRAY),
        (f"{BASE}/left/-/left-1.0.0.tgz?evil", Leads.ASTRAY),
        (f"{BASE}/../../other/npm/left/-/left-1.0.0.tgz", Leads.ASTRAY),
        (f"{BASE}", Leads.ASTRAY),
        (f"{BASE}-evil/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
        ("https://packages.example.test/other/npm/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
        ("http://packages.example.test/main/npm/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
        ("https://packages.example.test@evil.example.test/main/npm/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
        ("https://packages.example.test:8443/main/npm/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
    ],
)
def test_an_address_leads_here_if_it_is_that_of_the_very_file(address, leads):
    (one,) = read("yarn.lock", yarn1(resolved=address)).pins
    assert NPM.leads_to(one, HERE) is leads


def test_another_name_for_the_npm_registry_is_no_address_that_npm_replaces(monkeypatch):
    other = hashlib.sha256(b"other-name.example.test").hexdigest()
    monkeypatch.setattr(places, "_PUBLIC", places._PUBLIC | {other})
    (one,) = read(
        "package-lock.json", package_lock(resolved="https://other-name.example.test/left/-/left-1.0.0.tgz")
    ).pins
    assert NPM.leads_to(one, HERE) is Leads.PUBLIC


@pytest.mark.parametrize(
    ("tarball", "leads"),
    [
        ("left/-/left-1.0.0.tgz", Leads.HERE),
        ("evil/-/evil-1.0.0.tgz", Leads.ASTRAY),
        ("../evil/-/left-1.0.0.tgz", Leads.ASTRAY),
        ("/main/npm/left/-/left-1.0.0.tgz", Leads.HERE),
        ("/main/npm/evil/-/evil-1.0.0.tgz", Leads.ASTRAY),
        ("/left/-/left-1.0.0.tgz", Leads.ASTRAY),
        ("//evil.example.test/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
        ("\\\\evil.example.test/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
        ("https:evil.example.test/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
        (f"https://evil.example.test\\@{urlsplit(BASE).hostname}/main/npm/left/-/left-1.0.0.tgz", Leads.ELSEWHERE),
    ],
)
def test_an_address_of_pnpm_may_begin_at_the_registry_at_its_host_or_with_a_host(tarball, leads):
    (one,) = read("pnpm-lock.yaml", pnpm(resolution=f"{{tarball: '{tarball}'}}")).pins
    assert NPM.leads_to(one, HERE) is leads


@pytest.mark.parametrize("kind", ["null", "false", "''"])
def test_a_kind_that_pnpm_takes_for_none_makes_a_pin_no_stranger(kind):
    (one,) = read("pnpm-lock.yaml", pnpm(resolution=f"{{tarball: evil/-/evil-1.0.0.tgz, type: {kind}}}")).pins
    assert NPM.leads_to(one, HERE) is Leads.ASTRAY


@pytest.mark.parametrize("slash", ["/", "%2f", "%2F"])
def test_a_scope_may_be_escaped_in_an_address(slash):
    entry = {"resolved": f"{BASE}/@acme{slash}x/-/x-1.0.0.tgz"}
    (one,) = read("package-lock.json", package_lock("node_modules/@acme/x", **entry)).pins
    assert NPM.leads_to(one, HERE) is Leads.HERE


def test_a_patched_release_of_yarn_4_is_no_detour():
    found = read("yarn.lock", yarn4("left@patch:left@npm%3A1.0.0#~builtin<x>::version=1.0.0&hash=ab"))
    assert (found.apart, found.detours) == (("left (patched here)",), ())


def test_an_unusual_archive_of_yarn_4_has_its_address():
    (one,) = read("yarn.lock", yarn4(f"left@npm:1.0.0::__archiveUrl={quote('https://evil.example.test/x.tgz')}")).pins
    assert (one.name, one.version, NPM.leads_to(one, HERE)) == ("left", "1.0.0", Leads.ELSEWHERE)


def bundling(bundles, **more) -> str:
    """npm's lock of a package around `left`, which says that it came along."""
    around = {"version": "1.0.0", "resolved": f"{BASE}/left/-/left-1.0.0.tgz", "bundleDependencies": bundles} | more
    inside = {"version": "1.0.0", "inBundle": True}
    packages = {"sub/node_modules/left": around, "sub/node_modules/left/node_modules/left": inside}
    return json.dumps({"packages": packages})


def bun_bundling(asked: dict[str, list[str]], key: str) -> str:
    """bun's lock of packages that ask for others, and of one that is said to be bundled."""
    packages = {
        place: ["a@1.0.0", "", {"dependencies": dict.fromkeys(names, "1")}, SRI] for place, names in asked.items()
    }
    packages[key] = ["left@1.0.0", "", {"bundled": True}, SRI]
    return json.dumps({"lockfileVersion": 1, "packages": packages})


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({}, "left"),
        ({}, "@acme/left"),
        ({"a": ["left"]}, "left"),
        ({"a": []}, "a/left"),
        ({"a": ["left"], "a/c": ["left"]}, "a/left"),
        ({"a": ["c"], "a/c": ["left"]}, "a/left"),
        ({"a": ["left"]}, ""),
        ({"a": ["left"]}, "a//left"),
    ],
)
def test_what_bun_does_not_leave_to_the_package_around_it_is_a_pin(asked, key):
    found = read("bun.lock", bun_bundling(asked, key))
    assert found.apart == ()
    assert [pin.name for pin in found.pins][-1] == "left"


def test_a_scoped_package_may_be_inside_another_for_bun():
    found = read("bun.lock", bun_bundling({"@acme/a": ["@acme/left"]}, "@acme/a/@acme/left"))
    assert found.apart == ("left (inside another package)",)


def test_what_a_package_of_yarn_1_asks_for_by_an_address_without_an_entry_is_a_detour():
    for block in ("dependencies", "optionalDependencies"):
        asking = yarn1("a@1", f"{BASE}/a/-/a-1.0.0.tgz") + f'  {block}:\n    left "{EVIL}"\n    "@acme/x" "^1.0.0"\n'
        assert read("yarn.lock", asking).detours == (("left", EVIL),)
        with_entry = asking + yarn1(f"left@{EVIL}", EVIL)
        assert read("yarn.lock", with_entry).detours == (("left", EVIL),)


def test_an_address_of_yarn_1_may_be_escaped():
    (one,) = read("yarn.lock", yarn1(resolved="\\u0068" + EVIL[1:])).pins
    assert one.source == EVIL


def test_npms_own_alias_in_the_place_of_a_version_is_the_real_release():
    (one,) = read("package-lock.json", package_lock(version="npm:plain@1.2.3")).pins
    assert (one.name, one.version) == ("plain", "1.2.3")


def test_what_is_inside_another_package_is_told_apart():
    around = {"version": "1.0.0", "resolved": f"{BASE}/a/-/a-1.0.0.tgz", "bundleDependencies": ["b"]}
    inside = {"version": "1.0.0", "inBundle": True}
    packages = {"node_modules/a": around, "node_modules/a/node_modules/b": inside}
    packages |= {f"node_modules/a/node_modules/{one}": inside for one in ("beside", "b/node_modules/below")}
    packages["node_modules/a/node_modules/b"] = inside | {"dependencies": {"beside": "1"}}
    one = read("package-lock.json", json.dumps({"packages": packages}))
    other = read(
        "bun.lock",
        bun_bundling({"a": ["left"]}, "a/left"),
    )
    assert one.apart == tuple(f"{name} (inside another package)" for name in ("b", "below", "beside"))
    assert other.apart == ("left (inside another package)",)


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("package-lock.json", package_lock("node_modules/a/node_modules/left", inBundle=True, resolved=EVIL)),
        ("package-lock.json", package_lock(inBundle=True)),
        ("package-lock.json", package_lock("node_modules/a/node_modules/left", inBundle=True)),
        ("package-lock.json", bundling(["inner"], dependencies={"left": "1.0.0"})),
        ("package-lock.json", bundling("left")),
        ("package-lock.json", json.dumps({"dependencies": {"left": {"version": "1.0.0", "bundled": True}}})),
        (
            "package-lock.json",
            json.dumps({"dependencies": {"left": {"version": "1.0.0", "bundled": True, "resolved": EVIL}}}),
        ),
        (
            "bun.lock",
            json.dumps({"lockfileVersion": 1, "packages": {"a/left": ["left@1.0.0", EVIL, {"bundled": True}, SRI]}}),
        ),
    ],
    ids=[
        "npm",
        "npm-of-the-project",
        "npm-of-a-package-that-bundles-nothing",
        "npm-of-one-that-bundles-another",
        "npm-of-one-that-says-it-wrongly",
        "npm-form-1",
        "npm-form-1-with-address",
        "bun",
    ],
)
def test_what_says_it_is_inside_another_package_and_is_fetched_is_a_pin(filename, content):
    inside = [one for one in read(filename, content).pins if one.source in ("", EVIL)]
    assert [(one.name, one.version) for one in inside] == [("left", "1.0.0")]


def test_a_link_takes_no_installed_package_out():
    installed = {"version": "1.0.0", "resolved": EVIL}
    for place in ("node_modules/left", "sub/node_modules/left"):
        packages = {"node_modules/zz": {"link": True, "resolved": place}, place: installed}
        (one,) = read("package-lock.json", json.dumps({"packages": packages})).pins
        assert (one.name, one.source) == ("left", EVIL)


def test_a_folder_of_the_project_whose_name_ends_like_the_folder_of_packages_is_a_folder():
    assert read("package-lock.json", package_lock("my_node_modules/x")).apart == ("x (folder)",)


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("package-lock.json", package_lock(resolved="https:\\\\evil.example.test\\left.tgz")),
        ("package-lock.json", json.dumps({"dependencies": {"left": {"version": EVIL}}})),
        ("package-lock.json", json.dumps({"dependencies": {"left": {"version": EVIL, "bundled": True}}})),
        ("package-lock.json", package_lock("node_modules/a/node_modules/left", inBundle=True, version=EVIL)),
        ("package-lock.json", json.dumps({"dependencies": {"left": {"version": "file:x.tgz", "resolved": EVIL}}})),
        ("bun.lock", json.dumps({"lockfileVersion": 1, "packages": {"left": [f"left@{EVIL}", "", {"bundled": True}]}})),
        ("yarn.lock", yarn1(f"left@{EVIL}", "")),
        ("pnpm-lock.yaml", pnpm(resolution=f"{{type: binary, url: '{EVIL}'}}")),
        ("pnpm-lock.yaml", pnpm(resolution=f"{{type: variations, variants: [{{resolution: {{url: '{EVIL}'}}}}]}}")),
        ("yarn.lock", yarn1("left@file:x", EVIL)),
        ("yarn.lock", yarn1("left@user/left", EVIL)),
        ("yarn.lock", yarn4(f"left@{EVIL}")),
        ("yarn.lock", yarn4(f"left@patch:left@{quote(EVIL)}#~/x.patch::version=1.0.0")),
        ("pnpm-lock.yaml", pnpm(f"left@{EVIL}", f"{{tarball: '{EVIL}'}}")),
        ("pnpm-lock.yaml", pnpm(f"left@{EVIL}")),
        ("pnpm-lock.yaml", pnpm(resolution=f"{{tarball: '{EVIL}', type: 'custom:x'}}")),
        ("bun.lock", json.dumps({"lockfileVersion": 1, "packages": {"left": [f"left@{EVIL}", {}]}})),
        ("bun.lock", json.dumps({"lockfileVersion": 1, "packages": {"left": ["left@1.0.0", EVIL]}})),
    ],
    ids=lambda one: "" if one.startswith(("{", "#", "_", "l")) else one,
)
def test_what_is_no_registrys_and_has_an_address_is_a_detour(filename, content):
    found = read(filename, content)
    ((name, address),) = found.detours
    assert (found.pins, len(found.apart), name) == ((), 1, "left")
    assert address.startswith("https:")


def test_an_entry_of_npm_without_an_address_is_asked_of_the_configured_registry():
    (one,) = read("package-lock.json", package_lock()).pins
    assert (one.source, NPM.leads_to(one, HERE)) == ("", Leads.HERE)


def test_the_first_form_of_npm_is_a_tree():
    inner = {"left": {"version": "2.0.0"}}
    tree = {"left": {"version": "1.0.0", "dependencies": inner}, "a": {"version": "npm:left@3.0.0"}}
    found = read("package-lock.json", json.dumps({"lockfileVersion": 1, "dependencies": tree}))
    assert [pin.version for pin in found.pins] == ["1.0.0", "2.0.0", "3.0.0"]


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("/left@1.0.0", "left"),
        ("/left@1.0.0(peer@2.0.0)(@acme/x@1.0.0)", "left"),
        ("/@acme/x@1.0.0(left@1.0.0)", "@acme/x"),
    ],
)
def test_form_6_of_pnpm_has_a_slash_and_the_peers_in_its_keys(key, named):
    (one,) = read("pnpm-lock.yaml", pnpm(key, version="6.0")).pins
    assert (one.name, one.version) == (named, "1.0.0")


@pytest.mark.parametrize(
    ("content", "apart"),
    [
        (pnpm("file:sub", "{directory: sub, type: directory}", "6.0"), "file:sub (folder)"),
        (pnpm("git.example.test/a/b/0123", "{repo: x, type: git}", "6.0"), "git.example.test/a/b/0123 (git)"),
        (
            pnpm("left@https://example.test/x.tgz", "{tarball: https://example.test/x.tgz}"),
            "left (an address of its own)",
        ),
        (
            "lockfileVersion: '9.0'\nimporters:\n  .:\n    dependencies:\n      sub: {version: link:sub}\n",
            "sub (folder)",
        ),
        ("lockfileVersion: '6.0'\ndevDependencies:\n  sub: {specifier: x, version: 'link:sub'}\n", "sub (folder)"),
    ],
)
def test_what_pnpm_has_from_elsewhere_is_told_apart(content, apart):
    found = read("pnpm-lock.yaml", content)
    assert (found.pins, found.apart) == ((), (apart,))


def test_a_document_of_pnpms_own_tools_is_read_too():
    (one, other) = read("pnpm-lock.yaml", pnpm("pnpm@12.0.0") + "---\n" + pnpm()).pins
    assert (one.name, other.name) == ("pnpm", "left")


def test_a_pattern_of_a_folder_before_one_of_the_registry_hides_nothing():
    text = yarn1('left@file:x", "ali@npm:right@^1", "left@^1.0.0', EVIL)
    found = read("yarn.lock", text)
    assert [(pin.name, pin.source) for pin in found.pins] == [("right", EVIL), ("left", EVIL)]
    assert (found.apart, found.detours) == (("left (an address of its own)",), (("left", EVIL),))


def test_an_entry_of_yarn_1_without_an_address_is_asked_of_the_registry():
    (one,) = read("yarn.lock", yarn1(resolved="")).pins
    assert (one.name, one.version, one.source) == ("left", "1.0.0", "")


def test_several_patterns_of_yarn_1_are_one_entry_and_deeper_fields_are_not_its_own():
    text = (
        f'left@^1.0.0, "left@>= 1.0":\n  version "1.0.0"\n  resolved "{BASE}/left/-/left-1.0.0.tgz"\n'
        '  dependencies:\n    version "9.9.9"\n    right "^2"\n'
    )
    (one,) = read("yarn.lock", text).pins
    assert (one.name, one.version) == ("left", "1.0.0")


@pytest.mark.parametrize(
    ("pattern", "resolved", "apart"),
    [
        ("left@user/left", "https://git.example.test/user/left/tar.gz/0123", "left (git)"),
        ("left@https://example.test/x.tgz", "https://example.test/x.tgz#ab", "left (an address of its own)"),
        ("left@^1.0.0", "left-1.0.0.tgz#ab", "left (file of an offline mirror)"),
        ("left@git+ssh://git@example.test/x", "git+ssh://git@example.test/x#0123", "left (git)"),
    ],
)
def test_what_yarn_1_has_from_elsewhere_is_told_apart(pattern, resolved, apart):
    assert read("yarn.lock", yarn1(pattern, resolved)).apart == (apart,)


def test_bun_may_write_comments_and_last_commas():
    text = bun("https://evil.example.test//x/*y*/,]").replace("]}", ", /* , */ ], // end\n}")
    (one,) = read("bun.lock", text).pins
    assert one.source == "https://evil.example.test//x/*y*/,]"


def test_buns_binary_form_is_told_how_to_become_text():
    for refuse in (NPM.check_lockfile_name, lambda name: NPM.read_lockfile(name, b"\0")):
        with pytest.raises(Invalid, match="bun install --save-text-lockfile"):
            refuse("bun.lockb")


def test_names_of_what_is_apart_hold_no_escapes():
    (one,) = read("package-lock.json", package_lock("node_modules/\x1b[31mred", link=True, resolved="x")).apart
    assert one == "?[31mred (folder)"


@pytest.mark.parametrize(
    ("filename", "content", "why"),
    [
        ("package-lock.json", "{", "no readable JSON"),
        ("package-lock.json", "[" * 5000, "no readable JSON"),
        ("package-lock.json", "[]", "no JSON object"),
        ("package-lock.json", "{}", "neither `packages`"),
        ("package-lock.json", '{"packages": []}', "`packages` is no mapping"),
        ("package-lock.json", '{"packages": {"node_modules/a": 1}}', '"node_modules/a" in `packages` is no mapping'),
        ("package-lock.json", package_lock(version="1.0"), "pins left '1.0', which is no version"),
        ("package-lock.json", package_lock(version="\x1b[2J"), r"pins left '\\x1b\[2J'"),
        ("package-lock.json", package_lock(version=1), "which is no version"),
        ("package-lock.json", package_lock(resolved=1), "`resolved` is no text"),
        ("package-lock.json", package_lock(integrity="sha512-x"), "pins left 1.0.0 by a checksum that is none"),
        ("package-lock.json", package_lock(integrity=7), "by a checksum that is none"),
        (
            "package-lock.json",
            '{"dependencies":{"a":{"version":"1.0.0"' + ',"dependencies":{"a":{"version":"1.0.0"' * 99 + "}" * 201,
            "nested too deeply",
        ),
        ("yarn.lock", "nonsense\n", "line 1 is no entry"),
        ("yarn.lock", "  version x\n", "field without an entry in line 1"),
        ("yarn.lock", 'left@1:\n  resolved "x"\n', "without a version"),
        ("yarn.lock", 'left@1:\n  version "1.0.0"\n  version "2.0.0"\n', "says `version` twice in line 3"),
        ("yarn.lock", "left@1:\n  ???\n", "no field: line 2"),
        ("yarn.lock", 'left@1:\n  version "1.0.0"\n  dependencies:\n    left: "1"\n', "no field: line 4"),
        ("yarn.lock", 'left@1:\n  version "\\x"\n', "a text that is none in line 2"),
        ("yarn.lock", "__metadata:\n  version: 1\n" + '"a@npm:1":\n  version: 1\n', "no locator under `resolution`"),
        ("yarn.lock", yarn4() + '"left@npm:^1":\n  version: 2\n', "says 'left@npm:\\^1' twice in line 7"),
        ("yarn.lock", "__metadata: &a {x: [1]}\nb: *a\n", "anchor or alias in line 1"),
        ("yarn.lock", yarn4() + f'  resolved: "{EVIL}"\n', "yarn 1 would fetch 'left@npm:\\^1'"),
        ("yarn.lock", "# x\n" * 2000 + yarn4() + f'  resolved: "{EVIL}"\n', "yarn 1 would fetch"),
        ("pnpm-lock.yaml", pnpm() + "    version: 6.6.6\n", "'left@1.0.0' under another name or version"),
        ("pnpm-lock.yaml", pnpm() + "    name: evil\n", "'left@1.0.0' under another name or version"),
        ("pnpm-lock.yaml", "lockfileVersion: !!python/object:os.system {}", "tag in line 1"),
        ("pnpm-lock.yaml", "x: " + "[" * 40 + "]" * 40, "nested too deeply"),
        ("pnpm-lock.yaml", "[", "no readable YAML"),
        ("pnpm-lock.yaml", "- 1", "it is no mapping"),
        ("pnpm-lock.yaml", "? [1]\n: 2\n", "key that is no text"),
        ("pnpm-lock.yaml", "lockfileVersion: 5.4\n", "of no form that is read here"),
        ("pnpm-lock.yaml", pnpm(resolution="1"), "has no `resolution`"),
        ("pnpm-lock.yaml", "lockfileVersion: '9.0'\npackages: [1]\n", "`packages` is no mapping"),
        ("bun.lock", "{", "no readable JSON"),
        ("bun.lock", "{}", "no `lockfileVersion`"),
        ("bun.lock", '{"lockfileVersion": 1, "packages": []}', "`packages` is no mapping"),
        ("bun.lock", '{"lockfileVersion": 1, "packages": {"a": []}}', "no locator"),
        (
            "bun.lock",
            '{"lockfileVersion": 1, "packages": {"a": ["a@1.0.0", 1, {}, null]}}',
            "address of 'a' is no text",
        ),
    ],
)
def test_what_is_no_lockfile_is_refused_with_the_reason(filename, content, why):
    with pytest.raises(Invalid, match=why) as refused:
        read(filename, content)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("name", ["../left", "le ft", "\x1b[31m", "@acme", ".hidden"])
def test_a_package_of_no_name_is_refused(name):
    with pytest.raises(InvalidName) as refused:
        read("package-lock.json", package_lock("node_modules/a", name=name))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("filename", [name for name in NPM.lockfiles if name != "bun.lockb"])
def test_what_is_too_long_is_refused_unread(filename):
    for content in (b" " * (MAX_BYTES + 1), b"__metadata:\n" + b" " * MAX_BYTES):
        with pytest.raises(TooLarge, match=f"at most {MAX_BYTES} are read"):
            NPM.read_lockfile(filename, content)


def test_more_values_than_a_lockfile_has_are_refused():
    for filename, content in (
        ("pnpm-lock.yaml", "x: [" + "a," * 500_000 + "]"),
        ("yarn.lock", "\n" * 500_000),
        ("yarn.lock", 'a@1:\n  version "' + "\\" * 60_000 + '"\n'),
        ("bun.lock", '"' * 1_000_001),
    ):
        with pytest.raises(TooLarge, match="no more are read"):
            read(filename, content)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data(), st.sampled_from(sorted(SAVED)))
def test_a_damaged_lockfile_is_read_or_refused(data, name):
    content = saved(name)
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, min(len(content), begin + 40)))
    put = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"[", b"{}", b"null", b'"', b"\n", b": 1", b"&a "]))
    )
    with contextlib.suppress(Invalid, TooLarge):
        for pin in NPM.read_lockfile(SAVED[name], content[:begin] + put + content[end:]).pins:
            NPM.leads_to(pin, HERE)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["", "left", "1.0.0", "left@1.0.0", SRI, "npm:x"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "packages",
                    "dependencies",
                    "lockfileVersion",
                    "version",
                    "resolved",
                    "resolution",
                    "left",
                    "node_modules/left",
                    "link",
                    "importers",
                    ".",
                    "__metadata",
                    "name",
                    "integrity",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(_json, st.sampled_from(["package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"]))
@example({"lockfileVersion": "9.0", "packages": None}, "pnpm-lock.yaml")
def test_any_values_are_a_lockfile_or_refused(document, filename):
    with contextlib.suppress(Invalid, TooLarge):
        NPM.read_lockfile(filename, orjson.dumps(document))
