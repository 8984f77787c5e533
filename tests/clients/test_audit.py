"""Stock clients ask what is known of what they have installed, and are answered from imported advisories."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.harness.clients import Npm
from tests.harness.pair import Pair


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
