"""A name that a model invented, through stock clients: the agent reads why, and is kept from it when it appears."""

from __future__ import annotations

from tests.harness.cargo_client import Cargo
from tests.harness.clients import Npm, Pip, Uv
from tests.harness.pair import Pair

MISSING = "Blocked by policy agent_new_name: {} does not exist"
APPEARED = "Blocked by policy agent_new_name: {}"


def test_an_agent_is_told_of_an_invented_name_and_kept_from_it_when_somebody_publishes_it_next_day(
    pair: Pair, npm: Npm, pip: Pip, uv: Uv, cargo: Cargo
) -> None:
    agent = pair.front.token("agent", kind="agent")
    pair.front.cli("policy", "set", "agent_new_name", "--mode", "enforce").must()
    npm.use(pair.front.npm, agent)
    pip.use(pair.front.pypi, agent)
    uv.use(pair.front.pypi, agent)
    cargo.use(pair.front.cargo, agent).package("user", "0.1.0", {"invented-rs": "1"})
    pair.front.clock.set("-2d")
    try:
        first = [npm.run("install", "invented-js"), pip.install("invented-py"), cargo.run("build")]
        hinted = [pip.install("rest-framework>=3"), uv.install("rest-framework>=3")]
    finally:
        pair.front.clock.set("+0s")

    names = ("invented-js", "invented-py", "invented-rs")
    for told, name in zip(first, names, strict=True):
        assert told.failed
        assert MISSING.format(name) in told.shown
        assert "do not retry or substitute" in told.shown
    for told in hinted:
        assert told.failed
        assert "rest-framework does not exist (did you mean djangorestframework?)" in told.shown

    pair.publish_npm("invented-js", "1.0.0", age="1d")
    pair.publish_wheel("invented-py", "1.0.0", age="1d")
    pair.publish_crate("invented-rs", "1.0.0", age="1d")
    then = [npm.run("install", "invented-js"), pip.install("invented-py==1.0.0"), cargo.run("build")]

    assert all(told.failed for told in then)
    assert APPEARED.format("invented-js") in then[0].shown
    assert APPEARED.format("invented-rs") in then[2].shown
    assert pair.downloads("invented-js-1.0.0.tgz") == pair.downloads("invented_py-1.0.0-py3-none-any.whl") == 0
    listed = pair.front.cli("names", "missing", "--by", "agent").must().shown
    assert all(name in listed for name in (*names, "rest-framework"))
