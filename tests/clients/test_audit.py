"""Stock clients ask what is known of what they have installed, and are answered from imported advisories."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.harness.clients import Npm, Uv
from tests.harness.node_clients import Bun, NodeClient, Pnpm, Yarn4
from tests.harness.pair import Pair
from tests.harness.process import Result


def advise(pair: Pair, folder: Path, ecosystem: str, name: str, identity: str, **more: Any) -> None:
    """An advisory of today about every version before 1.0.1, taken in by the server in front."""
    today = datetime.now(UTC).isoformat()
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0.1"}]}]
    record = {
        "schema_version": "1.7.0",
        "id": identity,
        "modified": today,
        "published": today,
        "summary": f"{name} reads files it should not",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges}],
        **more,
    }
    folder.mkdir(exist_ok=True)
    (folder / f"{identity}.json").write_text(json.dumps(record))
    pair.front.cli("advisories", "import", str(folder)).must()


def test_no_client_calls_anything_clean_before_vulnerabilities_are_on_record(
    pair: Pair, npm: Npm, uv: Uv, pnpm: Pnpm, yarn4: Yarn4, bun: Bun
) -> None:
    pair.publish_npm("never-looked-at", "1.0.0")
    pair.publish_wheel("never-looked-at", "1.0.0")
    npm.use(pair.front.npm).run("install", "--audit", "never-looked-at").must()
    for client in (pnpm, yarn4, bun):
        client.use(pair.front.npm).add("never-looked-at").must()

    audits = {
        "npm": npm.run("audit"),
        "pnpm": pnpm.run("audit"),
        "yarn4": yarn4.run("npm", "audit"),
        "bun": bun.run("audit"),
        "uv": audited_by_uv(uv.use(pair.front.pypi), "never-looked-at==1.0.0", f"{pair.front.url}/main/osv/"),
    }

    assert [name for name, audit in audits.items() if not audit.failed] == []
    silent = [name for name, audit in audits.items() if "finding none means nothing" not in on_one_line(audit)]
    assert silent == ["bun"], "which shows the status only"


def on_one_line(result: Result) -> str:
    return " ".join(result.shown.replace("│", " ").split())


def audited_by_uv(uv: Uv, requirement: str, service: str) -> Result:
    """`uv audit` of a fresh lockfile."""
    (uv.project / "pyproject.toml").write_text(
        '[project]\nname = "the-project"\nversion = "1.0.0"\nrequires-python = ">=3.11"\n'
        f'dependencies = ["{requirement}"]\n'
    )
    uv.run("lock").must()
    return uv.run("audit", "--preview-features", "audit", "--service-url", service)


def test_npm_tells_of_advisories_when_it_installs_and_audits_and_mends(pair: Pair, npm: Npm, tmp_path: Path) -> None:
    pair.publish_npm("flawed", "1.0.0", age="90d")
    advise(pair, tmp_path / "osv", "npm", "flawed", "GHSA-npm1-npm1-npm1", database_specific={"severity": "HIGH"})
    npm.use(pair.front.npm)

    installed = npm.run("install", "--audit", "flawed").must()
    audit = npm.run("audit", "--json")
    pair.publish_npm("flawed", "1.0.1", age="0s")  # the fix of a recent advisory passes the cooldown
    mended = npm.run("audit", "fix").must()
    clean = npm.run("audit").must()

    assert "1 high severity vulnerability" in installed.shown
    report = json.loads(audit.stdout)
    (via,) = report["vulnerabilities"]["flawed"]["via"]
    assert audit.code == 1
    assert (via["title"], via["severity"], via["range"]) == ("flawed reads files it should not", "high", "<1.0.1")
    assert via["url"] == "https://github.com/advisories/GHSA-npm1-npm1-npm1"
    assert npm.installed("flawed") == "1.0.1", mended.shown
    assert "found 0 vulnerabilities" in clean.shown
    assert not pair.upstream.asked_for("/-/npm/v1/security")


def test_uv_audits_a_lockfile_by_the_osv_api_wherever_it_looks_for_it(pair: Pair, uv: Uv, tmp_path: Path) -> None:
    for version in ("1.0.0", "1.0.1"):
        pair.publish_wheel("flawed-wheel", version)
    advise(pair, tmp_path / "osv", "PyPI", "Flawed_Wheel", "PYSEC-2026-1", aliases=["CVE-2026-1"])
    uv.use(pair.front.pypi)

    flawed, without_slash, fixed = [
        audited_by_uv(uv, f"flawed-wheel=={version}", pair.front.url + path)
        for version, path in (("1.0.0", "/main/osv/"), ("1.0.0", "/osv"), ("1.0.1", "/main/osv"))
    ]

    for result in (flawed, without_slash):
        assert result.code == 1
        assert "flawed-wheel 1.0.0 has 1 known vulnerability" in result.shown
        assert "PYSEC-2026-1: Flawed_Wheel reads files it should not" in result.shown
        assert "Fixed in: 1.0.1" in result.shown
    assert "no known vulnerabilities" in fixed.must().shown


@pytest.mark.parametrize(("client", "question"), [("yarn4", "npm audit"), ("pnpm", "audit"), ("bun", "audit")])
def test_the_other_clients_of_npm_tell_of_advisories_too(
    pair: Pair, request: pytest.FixtureRequest, tmp_path: Path, client: str, question: str
) -> None:
    asking: NodeClient = request.getfixturevalue(client)
    name = f"flawed-for-{client}"
    pair.publish_npm(name, "1.0.0")
    advise(pair, tmp_path / "osv", "npm", name, f"GHSA-{client[:4].ljust(4, 'x')}-aaaa-aaaa")
    asking.use(pair.front.npm).add(f"{name}@1.0.0").must()

    told = asking.run(*question.split())

    assert told.code == 1, told.shown
    assert f"{name} reads files it should not" in told.shown
    assert "<1.0.1" in told.shown
    assert "high" in told.shown
