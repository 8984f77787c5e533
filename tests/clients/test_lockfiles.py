"""Lockfiles that stock clients write through Pratique, checked: all of it installs, then one release is revoked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.harness.clients import Npm, Uv
from tests.harness.node_clients import Bun, NodeClient, Pnpm, Yarn1, Yarn4
from tests.harness.pair import Pair
from tests.harness.plain_registry import PlainRegistry
from tests.harness.python_projects import Poetry
from tests.harness.server import ask

NODE: dict[type[NodeClient], tuple[str, ...]] = {
    Yarn1: ("install", "--ignore-scripts"),
    Yarn4: ("install", "--mode=update-lockfile"),
    Pnpm: ("install", "--lockfile-only"),
    Bun: ("install", "--lockfile-only"),
}
"""How each writes its lockfile."""


def checked(pair: Pair, lockfile: Path) -> dict[str, Any]:
    body = json.dumps({"filename": lockfile.name, "content": lockfile.read_text("utf-8")}).encode()
    headers = {"Content-Type": "application/json"}
    answer = ask("POST", f"{pair.front.url}/api/v1/check", pair.user, body=body, headers=headers)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_what_npm_yarn_pnpm_and_bun_lock_installs_until_it_is_revoked(pair: Pair, tmp_path: Path) -> None:
    pair.publish_npm("locked-leaf", "1.0.0")
    pair.publish_npm("locked-leaf", "2.0.0")
    pair.publish_npm("@locked/trunk", "1.0.0", dependencies={"locked-leaf": "^1.0.0"})
    wanted = {"@locked/trunk": "^1.0.0", "alias": "npm:locked-leaf@^2.0.0"}

    locks: list[Path] = []
    for kind, command in NODE.items():
        client = kind(tmp_path / kind.name).use(pair.front.npm, pair.user)
        client.write_manifest(dependencies=wanted)
        client.run(*command).must()
        locks.append(client.project / client.lockfile)
    npm = Npm(tmp_path / "npm").use(pair.front.npm, pair.user)
    npm.write_manifest(dependencies=wanted)
    for form in ("1", "2", "3"):
        npm.run("install", "--package-lock-only", f"--lockfile-version={form}").must()
        (tmp_path / form).mkdir()
        locks.append((npm.project / "package-lock.json").rename(tmp_path / form / "package-lock.json"))
    for lock in locks:
        found = checked(pair, lock)
        assert (found["pins"], found["wrong"], found["goes_round"]) == (3, [], []), lock

    pair.front.cli("revoke", "pkg:npm/locked-leaf@2.0.0", "--reason", "steals tokens").must()

    for lock in locks:
        (wrong,) = checked(pair, lock)["wrong"]
        assert (wrong["purl"], wrong["verdict"]) == ("pkg:npm/locked-leaf@2.0.0", "refused"), lock
        assert "steals tokens" in wrong["sentence"]


def test_what_uv_poetry_and_pip_lock_installs_until_it_is_revoked(pair: Pair, uv: Uv, poetry: Poetry) -> None:
    pair.publish_wheel("locked-leaf-py", "1.0")
    pair.publish_wheel("locked-trunk-py", "1.0", requires=("locked-leaf-py",))
    uv.use(pair.front.pypi, pair.user)
    (uv.project / "pyproject.toml").write_text(
        '[project]\nname = "mine"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["locked-trunk-py"]\n'
    )
    uv.run("lock").must()
    for form, name in (("pylock.toml", "pylock.toml"), ("requirements.txt", "requirements.txt")):
        uv.run("export", "--format", form, "-o", name).must()
    poetry.use(pair.front.pypi, pair.user).want("locked-trunk-py").run("lock").must()
    locks = [uv.project / name for name in ("uv.lock", "pylock.toml", "requirements.txt")]
    locks.append(poetry.project / "poetry.lock")
    for lock in locks:
        found = checked(pair, lock)
        assert (found["pins"], found["wrong"], found["goes_round"]) == (2, [], []), lock

    # As locked before there was this server: `uv lock` mends that, and keeps the versions.
    before = locks[0].read_text()
    locks[0].write_text(before.replace(pair.front.url, "http://packages.example.test"))
    round_us = checked(pair, locks[0])
    assert [(one["origin"], one["entries"]) for one in round_us["goes_round"]] == [("http://packages.example.test", 2)]
    uv.run(*round_us["mend"].split()[1:]).must()
    assert locks[0].read_text() == before

    pair.front.cli("revoke", "pkg:pypi/locked-leaf-py@1.0", "--reason", "steals tokens").must()

    for lock in locks:
        (wrong,) = checked(pair, lock)["wrong"]
        assert (wrong["purl"], wrong["verdict"]) == ("pkg:pypi/locked-leaf-py@1.0", "refused"), lock
    told = pair.front.cli("check", str(uv.project))
    assert told.failed
    assert "1 of 2 pins of uv.lock install from here" in told.shown


def test_check_tells_every_server_that_npm_asks_because_of_a_lockfile(pair: Pair, tmp_path: Path) -> None:
    pin = pair.publish_npm("asking-trunk", "1.0.0")
    trunk = {"version": pin.version, "resolved": pin.resolved}
    leaf = {"version": "1.0.0"}
    manifest = {"name": "mine", "version": "1.0.0", "dependencies": {"asking-trunk": "1.0.0", "asked-leaf": "1.0.0"}}
    with PlainRegistry() as elsewhere:
        file = elsewhere.npm("asked-leaf", "1.0.0").filename
        address = elsewhere.file_url("npm", "asked-leaf", file)
        asking = {
            "asked-for": {"node_modules/asking-trunk": trunk | {"dependencies": {"asked-leaf": address}}},
            "old-place": {"node_modules/asked-leaf": leaf | {"_resolved": address}},
        }
        whole = {"node_modules/asking-trunk": trunk, "node_modules/asked-leaf": leaf}
        locks = {
            name: {"lockfileVersion": 3, "requires": True, "packages": {"": manifest} | whole | packages}
            for name, packages in asking.items()
        }
        entries = {"asking-trunk": trunk, "asked-leaf": leaf | {"from": address}}
        locks["form-1"] = {"lockfileVersion": 1, "requires": True, "dependencies": entries}
        for asked, (name, lock) in enumerate(locks.items(), 1):
            npm = Npm(tmp_path / name).use(pair.front.npm, pair.user)
            npm.write_manifest(**manifest)
            npm.write({"package-lock.json": json.dumps(lock)})
            npm.run("ci", "--ignore-scripts").must()
            assert elsewhere.downloads(file) == asked, name
            told = [one["origin"] for one in checked(pair, npm.project / "package-lock.json")["goes_round"]]
            assert told == [elsewhere.url], name
