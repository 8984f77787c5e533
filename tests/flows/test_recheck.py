"""What was cleared before is judged again when new advisories come: by the real job, in the real job process."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.publishing import put_npm
from tests.harness.server import Server
from tests.harness.waiting import wait_for


@pytest.fixture
def registry() -> Iterator[PlainRegistry]:
    with PlainRegistry() as running:
        yield running


@pytest.fixture
def server(tmp_path: Path, registry: PlainRegistry) -> Iterator[Server]:
    server = Server(tmp_path, settings=registry.settings).start()
    yield server
    assert server.stop() == 0
    server.no_5xx()


def advisory(folder: Path, name: str, *, withdrawn: bool = False) -> Path:
    """A folder with one record that calls a version of an npm project malware."""
    folder.mkdir(exist_ok=True)
    record = {
        "id": f"MAL-2026-{name}",
        "modified": "2026-02-01T00:00:00Z" if not withdrawn else "2026-03-01T00:00:00Z",
        "published": "2026-02-01T00:00:00Z",
        "affected": [{"package": {"ecosystem": "npm", "name": name}, "versions": ["1.0.0"]}],
    }
    if withdrawn:
        record["withdrawn"] = "2026-03-01T00:00:00Z"
    (folder / f"{name}.json").write_text(json.dumps(record))
    return folder


def clearance(server: Server, purl: str) -> str:
    shown = server.cli("project", "show", purl, "--json")
    assert not shown.failed, shown.shown
    releases = json.loads(shown.shown)["releases"]
    return releases[0]["clearance"]


def events(server: Server, purl: str) -> list[str]:
    listed = server.cli("events", "--about", purl, "--json")
    assert not listed.failed, listed.shown
    return [one["kind"] for one in json.loads(listed.shown)["events"]]


def test_an_own_release_that_policy_refuses_by_now_is_quarantined_and_live_again_afterwards(
    server: Server,
) -> None:
    token = server.token("ann", operations=("read", "publish"))
    assert put_npm(server.npm, token, "ours", "1.0.0", packages.npm_tarball("ours", "1.0.0")).status == 201
    assert clearance(server, "pkg:npm/ours") == "live"

    denied = server.cli("deny", "pkg:npm/ours@1.0.0", "--reason", "leaks a key")
    assert not denied.failed, denied.shown
    wait_for("it was not judged again", lambda: clearance(server, "pkg:npm/ours") == "quarantined")
    assert server.get("/main/npm/ours/-/ours-1.0.0.tgz", token).status == 403

    again = server.cli("undeny", "pkg:npm/ours@1.0.0")
    assert not again.failed, again.shown
    wait_for("it was not judged again", lambda: clearance(server, "pkg:npm/ours") == "live")
    assert server.get("/main/npm/ours/-/ours-1.0.0.tgz", token).status == 200


def test_a_denied_release_that_is_revoked_and_given_back_does_not_pass_for_live(server: Server) -> None:
    token = server.token("ann", operations=("read", "publish"))
    assert put_npm(server.npm, token, "ours", "1.0.0", packages.npm_tarball("ours", "1.0.0")).status == 201
    server.cli("deny", "pkg:npm/ours@1.0.0", "--reason", "leaks a key").must()
    wait_for("it was not judged again", lambda: clearance(server, "pkg:npm/ours") == "quarantined")
    server.cli("revoke", "pkg:npm/ours@1.0.0", "--reason", "steals tokens").must()
    assert clearance(server, "pkg:npm/ours") == "revoked"

    server.cli("unrevoke", "pkg:npm/ours@1.0.0").must()

    wait_for("it was not judged again", lambda: clearance(server, "pkg:npm/ours") == "quarantined")
    assert server.get("/main/npm/ours/-/ours-1.0.0.tgz", token).status == 403


def test_a_record_about_a_public_namesake_does_not_touch_an_own_project(server: Server, tmp_path: Path) -> None:
    token = server.token("ann", operations=("read", "publish"))
    assert put_npm(server.npm, token, "ours", "1.0.0", packages.npm_tarball("ours", "1.0.0")).status == 201
    taken = server.cli("advisories", "import", str(advisory(tmp_path / "osv", "ours")))
    assert not taken.failed, taken.shown
    assert server.get("/main/npm/ours/-/ours-1.0.0.tgz", token).status == 200


def test_an_upstreams_release_that_was_served_and_is_called_malware_now_is_reported(
    server: Server, registry: PlainRegistry, tmp_path: Path
) -> None:
    registry.npm("left", "1.0.0")
    assert server.get("/main/npm/left/-/left-1.0.0.tgz").status == 200
    time.sleep(1)  # downloads are written in batches, at most a second late

    taken = server.cli("advisories", "import", str(advisory(tmp_path / "osv", "left")))

    assert not taken.failed, taken.shown
    wait_for("it was not judged again", lambda: "refused_after_serving" in events(server, "pkg:npm/left@1.0.0"))
    assert server.get("/main/npm/left/-/left-1.0.0.tgz").status == 403
