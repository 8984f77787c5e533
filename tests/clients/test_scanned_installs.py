"""What is installed is scanned first: clients get the sentence for a look-alike, and its harmless twin installs."""

from __future__ import annotations

from tests.harness.clients import Npm, Pip
from tests.harness.lookalike_packages import HARMFUL, HARMLESS, WORST, harmful
from tests.harness.pair import Pair


def test_npm_and_pip_get_the_harmless_and_the_sentence_for_the_harmful(pair: Pair, npm: Npm, pip: Pip) -> None:
    pair.front.cli("policy", "set", "scan_result", "--mode", "enforce").must()
    pair.publish_npm("scanned-twin", "1.0.0", age="10d", **HARMLESS)
    pair.publish_npm("scanned-bad", "1.0.0", age="10d", **HARMFUL)
    pair.publish_wheel("scanned-wheel", "1.0.0", age="20d")
    pair.publish_wheel("scanned-wheel", "1.0.1", age="10d", content=harmful("pypi", "scanned-wheel", "1.0.1"))
    npm.use(pair.front.npm)
    pip.use(pair.front.pypi)

    npm.run("install", "scanned-twin").must()
    refused = npm.run("install", "scanned-bad")
    held = pip.install("scanned-wheel")
    instead = pip.install("scanned-wheel")

    assert npm.installed("scanned-twin") == "1.0.0"
    assert refused.failed
    assert f"Blocked by policy scan_result: scanned-bad@1.0.0 looks harmful: {WORST['npm']}" in refused.shown
    assert held.failed
    assert "scan_result" in held.shown
    instead.must()
    assert pip.installed("scanned-wheel") == "1.0.0", "once it is known, resolvers are offered what was before"
