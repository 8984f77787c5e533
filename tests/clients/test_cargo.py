"""A stock cargo: builds through two servers, publishes, yanks, searches, owns, and is told whole sentences."""

from __future__ import annotations

import json
from pathlib import Path

from tests.harness import crates
from tests.harness.cargo_client import Cargo
from tests.harness.pair import Pair
from tests.harness.process import run
from tests.harness.publishing import put_crate
from tests.harness.server import PRATIQUE


def member(pair: Pair, folder: Path, name: str = "publisher") -> Cargo:
    """A cargo that signs in at the front as somebody who may do all that publishers do."""
    token = pair.front.token(name, operations=("read", "publish", "yank", "members"))
    return Cargo(folder / name).use(pair.front.cargo, token)


def publish(cargo: Cargo, name: str, version: str, **dependencies: str) -> str:
    """Publish the project under a name; what cargo printed."""
    cargo.package(name, version, dependencies)
    return cargo.run("publish", "--registry", "reg", "--allow-dirty").must().shown


def test_a_dependency_is_built_through_two_servers(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("plain-thing", "1.0.0")

    cargo.use(pair.front.cargo).package("user", "0.1.0", {"plain-thing": "1"}).run("build").must()

    assert cargo.locked("plain-thing") == "1.0.0"
    assert pair.downloads("plain-thing-1.0.0.crate") == 1


def test_a_second_build_with_its_lock_and_no_cache_gets_the_same(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("again", "1.0.0")
    cargo.use(pair.front.cargo).package("user", "0.1.0", {"again": "1"}).run("build").must()

    cargo.forget().run("build", "--locked").must()

    assert pair.downloads("again-1.0.0.crate") == 1


def test_the_server_stands_in_for_the_public_registry_and_locks_stay_portable(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("replaced", "1.0.0")

    cargo.replace_public(pair.front.cargo).package("user", "0.1.0", {"replaced": '{ version = "1" }'})
    cargo.run("build").must()

    assert cargo.locked("replaced") == "1.0.0"
    assert "registry+https://github.com/rust-lang/crates.io-index" in (cargo.project / "Cargo.lock").read_text()
    assert pair.front.url not in (cargo.project / "Cargo.lock").read_text()


def test_a_fresh_resolve_takes_the_newest_allowed_version(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("young", "1.0.0", age="90d")
    pair.publish_crate("young", "1.0.1", age="1h")

    cargo.use(pair.front.cargo).package("user", "0.1.0", {"young": "1"}).run("build").must()

    assert cargo.locked("young") == "1.0.0"
    assert pair.downloads("young-1.0.1.crate") == 0


def test_update_goes_no_further_than_what_is_allowed(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("updated", "1.0.0", age="90d")
    cargo.use(pair.front.cargo).package("user", "0.1.0", {"updated": "1"}).run("build").must()
    pair.publish_crate("updated", "1.0.1", age="60d")
    pair.publish_crate("updated", "1.0.2", age="1h")

    cargo.run("update").must()
    pair.front.cli("approve", "pkg:cargo/updated@1.0.1", "--reason", "it only looks late").must()
    cargo.run("update").must()

    assert cargo.locked("updated") == "1.0.1"


def test_where_no_release_is_allowed_a_fresh_resolve_prints_the_whole_sentence(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("brand-new", "1.0.0", age="1h")

    result = cargo.use(pair.front.cargo).package("user", "0.1.0", {"brand-new": "1"}).run("build")

    assert result.failed
    assert "Blocked by policy cooldown: brand-new@1.0.0 is 1 hour old; 48 hours are needed" in result.shown
    assert "allowed: none; do not retry or substitute; see " in result.shown
    assert pair.downloads("brand-new-1.0.0.crate") == 0


def test_a_committed_lock_on_a_held_release_gets_the_whole_sentence_and_no_bytes(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("pinned", "1.0.0", age="90d")
    young = pair.publish_crate("pinned", "1.0.1", age="1h")
    cargo.use(pair.front.cargo).package("user", "0.1.0", {"pinned": "1"})
    cargo.lock("pinned", "1.0.1", young, pair.front.cargo)

    result = cargo.run("build", "--locked")

    assert result.failed
    assert "Blocked by policy cooldown: pinned@1.0.1 is 1 hour old; 48 hours are needed" in result.shown
    assert "allowed: 1.0.0; do not retry or substitute; see " in result.shown
    assert pair.downloads("pinned-1.0.1.crate") == 0


def test_an_approval_lets_exactly_that_release_through(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("wanted", "1.0.0", age="90d")
    young = pair.publish_crate("wanted", "1.0.1", age="1h")
    pair.publish_crate("wanted", "1.0.2", age="1h")
    cargo.use(pair.front.cargo).package("user", "0.1.0", {"wanted": "1"})
    cargo.lock("wanted", "1.0.1", young, pair.front.cargo)

    pair.front.cli("approve", "pkg:cargo/wanted@1.0.1", "--reason", "we read it").must()

    cargo.run("build", "--locked").must()
    cargo.run("update").must()
    assert cargo.locked("wanted") == "1.0.1"


def test_a_hidden_release_is_built_by_whoever_pinned_it(pair: Pair, cargo: Cargo) -> None:
    content = pair.publish_crate("superseded", "1.0.0", age="90d")
    pair.front.cli("deny", "pkg:cargo/superseded@1.0.0", "--action", "hide", "--reason", "old").must()
    cargo.use(pair.front.cargo).package("user", "0.1.0", {"superseded": "1"})

    fresh = cargo.run("build")
    cargo.lock("superseded", "1.0.0", content, pair.front.cargo).run("build", "--locked").must()

    assert fresh.failed
    assert "version 1.0.0 is yanked" in fresh.shown


def test_a_crate_is_published_and_built_by_another_with_its_dependency(pair: Pair, tmp_path: Path) -> None:
    pair.publish_crate("below", "1.0.0")
    publisher = member(pair, tmp_path)

    shown = publish(publisher, "our-lib", "0.1.0", below="1")

    other = member(pair, tmp_path, "other").package("app", "0.1.0", {"our-lib": "0.1"})
    other.run("build").must()
    assert "our-lib@0.1.0 is live in main" in shown
    assert (other.locked("our-lib"), other.locked("below")) == ("0.1.0", "1.0.0")


def test_a_publish_that_is_held_is_told_so_before_cargo_waits_for_it(pair: Pair, tmp_path: Path) -> None:
    publisher = member(pair, tmp_path)
    publish(publisher, "our-held", "0.1.0")
    denied = ("deny", "pkg:cargo/our-held*", "--versions", ">=0.2.0", "--action", "hold")
    pair.front.cli(*denied, "--reason", "wait for the lawyers").must()
    publisher.environment["RUSTC_BOOTSTRAP"] = "1"  # else cargo waits a minute, whatever its configuration says
    quick = ("-Zpublish-timeout", "--config", "publish.timeout=1", "publish", "--registry", "reg", "--allow-dirty")

    later = publisher.package("our-held", "0.2.0").run(*quick, "--no-verify")
    first = publisher.package("our-held-first", "0.2.0").run(*quick, "--no-verify")

    held = "is stored in main and not offered: it is on the denylist: wait for the lawyers (denylist)"
    assert later.code == 0
    assert f"warning: our-held@0.2.0 {held}" in later.shown
    assert "timed out waiting for our-held v0.2.0 to be available" in later.shown
    assert f"warning: our-held-first@0.2.0 {held}" in first.shown
    assert "Uploaded our-held-first v0.2.0" in first.shown
    assert "Blocked by policy denylist: our-held-first@0.2.0" in first.shown, "of a crate with nothing else to offer"


def test_outsiders_cannot_tell_an_own_crate_from_none(pair: Pair, cargo: Cargo, tmp_path: Path) -> None:
    publish(member(pair, tmp_path), "our-secret", "0.1.0")
    asked = [*pair.upstream.asked_for("our-secret"), *pair.upstream.asked_for("our_secret")]

    result = cargo.use(pair.front.cargo).package("app", "0.1.0", {"our-secret": "0.1"}).run("build")

    assert result.failed
    assert "no matching package named `our-secret` found" in result.shown
    assert [*pair.upstream.asked_for("our-secret"), *pair.upstream.asked_for("our_secret")] == asked


def test_the_same_version_with_other_bytes_is_refused_with_a_sentence(pair: Pair, tmp_path: Path) -> None:
    publisher = member(pair, tmp_path)
    publish(publisher, "our-fixed", "0.1.0")
    content = crates.crate("our-fixed", "0.1.0", more='homepage = "https://example.test"')

    answer = put_crate(pair.front.cargo, pair.user, "our-fixed", "0.1.0", content)

    assert answer.status == 409
    assert "a published file never changes" in answer.json()["errors"][0]["detail"]


def test_a_yanked_release_is_passed_over_and_still_built_by_its_lock(pair: Pair, tmp_path: Path) -> None:
    publisher = member(pair, tmp_path)
    publish(publisher, "our-yanked", "0.1.0")
    other = member(pair, tmp_path, "other").package("app", "0.1.0", {"our-yanked": "0.1"})
    other.run("build").must()

    publisher.run("yank", "--registry", "reg", "--version", "0.1.0", "our-yanked").must()

    other.forget().run("build", "--locked").must()
    (other.project / "Cargo.lock").unlink()
    assert "version 0.1.0 is yanked" in other.run("build").shown
    publisher.run("yank", "--registry", "reg", "--version", "0.1.0", "--undo", "our-yanked").must()
    other.run("build").must()


def test_search_finds_what_its_asker_may_know(pair: Pair, cargo: Cargo, tmp_path: Path) -> None:
    publisher = member(pair, tmp_path)
    publish(publisher, "our-findable", "0.1.0")

    mine = publisher.run("search", "--registry", "reg", "findable").must()
    theirs = cargo.use(pair.front.cargo).run("search", "--registry", "reg", "findable").must()

    assert 'our-findable = "0.1.0"    # Inert' in mine.stdout
    assert "our-findable" not in theirs.shown


def test_owners_are_listed_added_and_removed_but_never_the_last(pair: Pair, tmp_path: Path) -> None:
    publisher = member(pair, tmp_path)
    publish(publisher, "our-owned", "0.1.0")
    pair.front.cli("user", "add", "friend", "--no-password").must()

    publisher.run("owner", "--registry", "reg", "--add", "friend", "our-owned").must()
    listed = publisher.run("owner", "--registry", "reg", "--list", "our-owned").must().stdout
    publisher.run("owner", "--registry", "reg", "--remove", "friend", "our-owned").must()
    last = publisher.run("owner", "--registry", "reg", "--remove", "admin", "our-owned")

    assert [line.split()[0] for line in listed.splitlines()] == ["admin", "friend"]
    assert last.failed
    assert "admin is the only owner of our-owned" in last.shown


def test_a_popular_name_is_not_published(pair: Pair, tmp_path: Path) -> None:
    publisher = member(pair, tmp_path)
    publisher.package("serde", "99.0.0")

    result = publisher.run("publish", "--registry", "reg", "--allow-dirty")

    assert result.failed
    assert "Blocked by policy shadows_public: serde" in result.shown


def test_who_is_not_signed_in_is_sent_to_log_in_and_then_builds(pair: Pair, cargo: Cargo, tmp_path: Path) -> None:
    publish(member(pair, tmp_path), "our-guarded", "0.1.0")
    cargo.use(pair.front.cargo, "prq_nonsense").package("app", "0.1.0", {"our-guarded": "0.1"})

    wrong = cargo.run("build")
    cargo.run("login", "--registry", "reg", pair.front.token("late", operations=("read",))).must()
    cargo.run("build").must()

    assert wrong.failed
    assert "please run `cargo login --registry reg`" in wrong.shown
    assert "the token is cut or damaged" in wrong.shown


def test_a_revoked_release_is_refused_whatever_pins_it(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("taken-back", "1.0.0")
    cargo.use(pair.front.cargo).package("user", "0.1.0", {"taken-back": "1"}).run("build").must()

    pair.front.cli("revoke", "pkg:cargo/taken-back@1.0.0", "--reason", "steals tokens").must()
    refused = cargo.forget().run("build", "--locked")
    pair.front.cli("unrevoke", "pkg:cargo/taken-back@1.0.0").must()

    assert refused.failed
    assert "Blocked by policy revoked: taken-back@1.0.0" in refused.shown
    assert "steals tokens" in refused.shown
    cargo.run("build", "--locked").must()


def test_the_index_tells_where_things_are_in_both_forms(pair: Pair) -> None:
    open_to_all = json.loads(pair.front.get("/main/cargo/index/config.json").text)
    members = pair.front.get("/main/cargo/members/index/config.json")

    assert open_to_all["api"] == pair.front.cargo
    assert "auth-required" not in open_to_all
    assert members.status == 401
    assert members.headers["WWW-Authenticate"] == f'Cargo login_url="{pair.front.url}/account"'


def test_configure_sends_cargo_here_and_back(pair: Pair, cargo: Cargo, tmp_path: Path) -> None:
    pair.publish_crate("configured-dep", "1.0.0")
    before = '[build]\ntarget-dir = "target"\n'
    settings = cargo.home / ".cargo" / "config.toml"
    settings.parent.mkdir()
    settings.write_text(before)
    configure = ("configure", "cargo", "--server", pair.front.url, "--token", pair.user)

    told = run([PRATIQUE, *configure], cargo.project, cargo.environment).must()
    cargo.package("ours-configured", "0.1.0", {"configured-dep": '{ version = "1" }'})
    cargo.run("build").must()
    cargo.run("publish", "--registry", "pratique", "--allow-dirty", "--no-verify").must()
    run([PRATIQUE, *configure, "--undo"], cargo.project, cargo.environment).must()

    assert f"sends cargo to {pair.front.cargo}/index/" in told.shown
    assert settings.read_text() == before


def test_a_lock_that_cargo_wrote_is_checked_before_a_build(pair: Pair, cargo: Cargo) -> None:
    pair.publish_crate("checked", "1.0.0")
    cargo.use(pair.front.cargo).package("user", "0.1.0", {"checked": "1"}).run("build").must()
    lock = str(cargo.project / "Cargo.lock")

    good = pair.front.cli("check", lock)
    pair.front.cli("revoke", "pkg:cargo/checked@1.0.0", "--reason", "steals tokens").must()
    bad = pair.front.cli("check", lock)

    assert (good.code, bad.code) == (0, 1)
    assert "1 of 1 pins of Cargo.lock install from here" in good.stdout
    assert "refused  pkg:cargo/checked@1.0.0  Blocked by policy revoked: checked@1.0.0" in bad.stdout
