"""What publishers do with stock npm besides publishing, told as two stories."""

from __future__ import annotations

import json
from pathlib import Path

from tests.clients.test_publish import package
from tests.harness.clients import Npm
from tests.harness.pair import Pair

VERBS = ("read", "publish", "unpublish", "members", "explain")


def test_a_package_is_tagged_deprecated_found_and_unpublished(pair: Pair, npm: Npm, tmp_path: Path) -> None:
    npm.use(pair.front.npm, pair.front.token("verbs", operations=VERBS))
    for version in ("1.0.0", "1.1.0", "2.0.0"):
        package(npm, "@verbs/thing", version).run("publish").must()
    other = Npm(tmp_path / "other").use(pair.front.npm, pair.user)

    npm.run("dist-tag", "add", "@verbs/thing@1.0.0", "stable").must()
    assert npm.run("dist-tag", "ls", "@verbs/thing").must().stdout.split("\n")[:2] == ["latest: 2.0.0", "stable: 1.0.0"]
    other.run("install", "@verbs/thing@stable").must()
    assert other.installed("@verbs/thing") == "1.0.0"
    npm.run("dist-tag", "rm", "@verbs/thing", "stable").must()
    assert '"latest" cannot be removed' in npm.run("dist-tag", "rm", "@verbs/thing", "latest").shown

    npm.run("deprecate", "@verbs/thing@1", "use 2, it is safer").must()
    warned = other.forget().run("install", "@verbs/thing@1.1.0").must()
    assert "deprecated @verbs/thing@1.1.0: use 2, it is safer" in warned.shown
    npm.run("deprecate", "@verbs/thing@1.1.0", "").must()
    assert "deprecated" not in other.forget().run("install", "@verbs/thing@1.1.0").must().shown

    found = json.loads(npm.run("search", "--json", "verbs thing").must().stdout)
    assert [(one["name"], one["version"]) for one in found] == [("@verbs/thing", "2.0.0")]
    assert "Version 2.0.0 published" in npm.run("search", "@verbs/thing").must().shown
    assert npm.run("view", "@verbs/thing", "maintainers", "time.created").must().stdout.count("admin") == 1

    npm.run("unpublish", "@verbs/thing@1.1.0").must()
    pinned = other.forget().run("ci")
    assert pinned.failed
    assert "@verbs/thing@1.1.0 was unpublished by its publishers" in pinned.shown
    again = package(npm, "@verbs/thing", "1.1.0").run("publish", "--tag", "old")
    assert "a version number is never used again" in again.shown
    last = npm.run("unpublish", "@verbs/thing", "--force").must()
    assert "- @verbs/thing" in last.stdout
    assert npm.run("unpublish", "@verbs/thing", "--force").must(), "what is gone is gone"
    gone = other.forget().run("install", "@verbs/thing@latest")
    assert gone.failed
    assert "unpublished by its publishers" in gone.shown
    package(npm, "@verbs/thing", "3.0.0").run("publish").must()


def test_a_package_gets_owners_and_readers_and_what_is_not_supported_says_so(pair: Pair, npm: Npm) -> None:
    npm.use(pair.front.npm, pair.front.token("shares", operations=VERBS))
    pair.front.cli("user", "add", "bob", "--no-password").must()
    package(npm, "@shared/thing", "1.0.0").run("publish").must()

    npm.run("owner", "add", "bob", "@shared/thing").must()
    assert npm.run("owner", "ls", "@shared/thing").must().stdout.split("\n")[:2] == ["admin <>", "bob <>"]
    npm.run("owner", "rm", "bob", "@shared/thing").must()
    assert "there is no account" in npm.run("owner", "add", "ghost", "@shared/thing").shown
    assert npm.run("owner", "rm", "admin", "@shared/thing").failed

    assert npm.run("access", "get", "status", "@shared/thing").must().stdout.strip() == "@shared/thing: private"
    npm.run("access", "set", "status=public", "@shared/thing").must()
    assert pair.front.get("/main/npm/@shared%2fthing").status == 200
    assert npm.run("access", "list", "collaborators", "@shared/thing").must().stdout.strip() == "admin: read-write"
    assert "@shared/thing: read-write" in npm.run("access", "list", "packages").must().stdout
    assert "cannot ask for a second factor" in npm.run("access", "set", "mfa=publish", "@shared/thing").shown
    npm.run("ping").must()

    for command, sentence in (
        (("trust", "list", "@shared/thing"), "trusted publishing is not supported"),
        (("stage", "list"), "staged publishing is not supported"),
        (("org", "ls", "shared"), "no organisations and teams"),
    ):
        result = npm.run(*command)
        assert result.failed
        assert sentence in result.shown, result.shown
