"""What publishers do with stock npm besides publishing, in two stories. Details: tests/protocol/test_npm_*."""

from __future__ import annotations

import json
from pathlib import Path

from tests.clients.test_publish import package
from tests.harness import packages
from tests.harness.clients import Npm
from tests.harness.node_clients import Pnpm
from tests.harness.pair import Pair
from tests.harness.publishing import put_npm

VERBS = ("read", "publish", "unpublish", "members", "explain")


def published(pair: Pair, npm: Npm, name: str, *versions: str) -> Npm:
    """npm with a token that published these releases."""
    token = pair.front.token(name, operations=VERBS)
    for version in versions:
        taken = put_npm(pair.front.npm, token, name, version, packages.npm_tarball(name, version))
        assert taken.status == 201, taken.text
    return npm.use(pair.front.npm, token)


def test_a_package_is_tagged_deprecated_found_and_unpublished(pair: Pair, npm: Npm, tmp_path: Path) -> None:
    published(pair, npm, "@verbs/thing", "1.0.0", "1.1.0", "2.0.0")
    other = Npm(tmp_path / "other").use(pair.front.npm, pair.user)

    npm.run("dist-tag", "add", "@verbs/thing@1.1.0", "stable").must()
    npm.run("dist-tag", "add", "@verbs/thing@1.0.0", "old").must()
    npm.run("dist-tag", "rm", "@verbs/thing", "old").must()
    assert npm.run("dist-tag", "ls", "@verbs/thing").must().stdout.split("\n")[:2] == ["latest: 2.0.0", "stable: 1.1.0"]
    assert '"latest" cannot be removed' in npm.run("dist-tag", "rm", "@verbs/thing", "latest").shown

    npm.run("deprecate", "@verbs/thing@1", "use 2, it is safer").must()
    npm.run("deprecate", "@verbs/thing@1.0.0", "").must()
    warned = other.run("install", "@verbs/thing@stable").must()
    assert "deprecated @verbs/thing@1.1.0: use 2, it is safer" in warned.shown
    assert "deprecated" not in other.run("install", "@verbs/thing@1.0.0").must().shown

    found = json.loads(npm.run("search", "--json", "verbs thing").must().stdout)
    assert [(one["name"], one["version"]) for one in found] == [("@verbs/thing", "2.0.0")]

    npm.run("unpublish", "@verbs/thing@1.0.0").must()
    pinned = other.forget().run("ci")
    assert pinned.failed
    assert "@verbs/thing@1.0.0 was unpublished by its publishers" in pinned.shown
    again = package(npm, "@verbs/thing", "1.0.0").run("publish", "--tag", "old")
    assert "a version number is never used again" in again.shown
    assert "- @verbs/thing" in npm.run("unpublish", "@verbs/thing", "--force").must().stdout
    gone = other.forget().run("install", "@verbs/thing@2")
    assert gone.failed
    assert "@verbs/thing@2.0.0 was unpublished by its publishers" in gone.shown


def test_a_package_gets_owners_and_readers_and_what_is_not_supported_says_so(pair: Pair, npm: Npm, pnpm: Pnpm) -> None:
    published(pair, npm, "@shared/thing", "1.0.0")
    pair.front.cli("user", "add", "bob", "--no-password").must()

    npm.run("owner", "add", "bob", "@shared/thing").must()
    assert npm.run("owner", "ls", "@shared/thing").must().stdout.split("\n")[:2] == ["admin <>", "bob <>"]
    npm.run("owner", "rm", "bob", "@shared/thing").must()
    assert "there is no account" in npm.run("owner", "add", "ghost", "@shared/thing").shown

    assert npm.run("access", "set", "status=public", "@shared/thing").must().stdout.strip() == "@shared/thing: public"
    assert pair.front.get("/main/npm/@shared%2fthing").status == 200
    asked = pnpm.use(pair.front.npm, pair.user).run("access", "get", "status", "@shared/thing")
    assert "access: public" in asked.must().stdout
    assert npm.run("access", "list", "collaborators", "@shared/thing").must().stdout.strip() == "admin: read-write"
    assert "@shared/thing: read-write" in npm.run("access", "list", "packages").must().stdout
    npm.run("access", "set", "mfa=publish", "@shared/thing").must()
    assert "one-time" in npm.run("access", "set", "mfa=none", "@shared/thing").shown
    for command, sentence in (
        (("trust", "list", "@shared/thing"), "trusted publishing is not supported"),
        (("stage", "list"), "staged publishing is not supported"),
    ):
        assert sentence in npm.run(*command).shown
