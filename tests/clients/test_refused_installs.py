"""What policy refuses: nothing is downloaded, and each client prints the sentence where it can."""

from __future__ import annotations

from tests.harness.clients import Npm, Pip, Uv
from tests.harness.pair import Pair
from tests.harness.starter import a_known_malicious


def test_npm_refuses_a_name_of_the_starter_set_and_the_upstream_is_not_asked(pair: Pair, npm: Npm) -> None:
    name = a_known_malicious("npm")

    result = npm.use(pair.front.npm).run("install", name)

    assert result.failed
    assert f"Blocked by policy known_malware: {name}" in result.shown
    assert pair.upstream.asked_for(name) == []


def test_pip_and_uv_refuse_a_name_of_the_starter_set_and_the_upstream_is_not_asked(
    pair: Pair, pip: Pip, uv: Uv
) -> None:
    name = a_known_malicious("pypi")

    refusals = [pip.use(pair.front.pypi).install(name), uv.use(pair.front.pypi).install(name)]

    assert all(result.failed for result in refusals)
    assert "403" in refusals[1].shown
    assert pair.upstream.asked_for(name) == []


def test_npm_resolves_a_range_to_the_newest_allowed_version(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("young", "1.0.0", age="90d")
    pair.publish_npm("young", "1.0.1", age="1h")

    npm.use(pair.front.npm).run("install", "young@^1.0.0").must()

    assert npm.installed("young") == "1.0.0"
    assert pair.downloads("young-1.0.1.tgz") == 0


def test_npm_refuses_a_too_young_release_with_the_sentence(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("too-young", "1.0.0", age="90d")
    pair.publish_npm("too-young", "1.0.1", age="1h")

    result = npm.use(pair.front.npm).run("install", "too-young@1.0.1")

    assert result.failed
    assert "Blocked by policy cooldown: too-young@1.0.1 is 1 hour old" in result.shown
    assert "allowed: 1.0.0" in result.shown
    assert pair.downloads("too-young-1.0.1.tgz") == 0


def test_npm_ci_gets_the_sentence_for_a_pinned_release_that_is_held(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("pinned-young", "1.0.0", age="90d")
    npm.use(pair.front.npm).lock(pair.publish_npm("pinned-young", "1.0.1", age="1h"))

    result = npm.run("ci")

    assert result.failed
    assert "Blocked by policy cooldown: pinned-young@1.0.1 is 1 hour old" in result.shown
    assert "allowed: 1.0.0" in result.shown
    assert pair.downloads("pinned-young-1.0.1.tgz") == 0


def test_npm_ci_gets_the_sentence_for_a_denied_version_in_its_lockfile(pair: Pair, npm: Npm) -> None:
    npm.use(pair.front.npm).lock(pair.publish_npm("denied-pin", "2.0.0"))
    pair.front.cli("deny", "pkg:npm/denied-pin@2.0.0", "--reason", "breaks our build").must()

    result = npm.run("ci")

    assert result.failed
    assert "Blocked by policy denylist: denied-pin@2.0.0" in result.shown
    assert "breaks our build" in result.shown
    assert pair.downloads("denied-pin-2.0.0.tgz") == 0


def test_a_hidden_version_is_not_offered_and_its_pin_still_works(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("hidden", "1.0.0")
    pin = pair.publish_npm("hidden", "1.1.0")
    pair.front.cli("deny", "pkg:npm/hidden@1.1.0", "--action", "hide", "--reason", "use 1.0.0").must()

    npm.use(pair.front.npm).run("install", "hidden").must()
    assert npm.installed("hidden") == "1.0.0"

    npm.forget().lock(pin).run("ci").must()
    assert npm.installed("hidden") == "1.1.0"


def test_pip_and_uv_resolve_to_the_newest_allowed_version(pair: Pair, pip: Pip, uv: Uv) -> None:
    pair.publish_wheel("young-py", "1.0", age="90d")
    pair.publish_wheel("young-py", "1.1", age="1h")

    pip.use(pair.front.pypi).install("young-py>=1").must()
    uv.use(pair.front.pypi).install("young-py>=1").must()

    assert pip.installed("young-py") == uv.installed("young-py") == "1.0"
    assert pair.downloads("young_py-1.1-py3-none-any.whl") == 0


def test_pip_and_uv_print_the_sentence_for_a_pinned_release_that_is_held(pair: Pair, pip: Pip, uv: Uv) -> None:
    pair.publish_wheel("pinned-py", "1.0", age="90d")
    pair.publish_wheel("pinned-py", "1.1", age="1h")

    for client in (pip.use(pair.front.pypi), uv.use(pair.front.pypi)):
        result = client.install("-r", str(client.require(["pinned-py==1.1"])))

        assert result.failed
        assert "Blocked by policy cooldown: pinned-py@1.1 is 1 hour old" in result.shown
        assert "allowed: 1.0" in result.shown
    assert pair.downloads("pinned_py-1.1-py3-none-any.whl") == 0


def test_an_approval_lets_exactly_that_release_through(pair: Pair, npm: Npm) -> None:
    for version, age in (("1.0.0", "90d"), ("1.0.1", "2h"), ("1.0.2", "1h")):
        pair.publish_npm("approved", version, age=age)
    npm.use(pair.front.npm)
    assert npm.run("install", "approved@1.0.1").failed

    pair.front.cli("approve", "pkg:npm/approved@1.0.1", "--reason", "read the diff").must()

    npm.run("install", "approved@^1.0.0").must()
    assert npm.installed("approved") == "1.0.1"
    assert "Blocked by policy cooldown: approved@1.0.2" in npm.run("install", "approved@1.0.2").shown


def test_time_alone_ends_a_cooldown(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("ripening", "1.0.0", age="1h")
    npm.use(pair.front.npm)
    assert npm.run("install", "ripening").failed

    pair.front.clock.set("+48h")
    try:
        npm.run("install", "ripening").must()
    finally:
        pair.front.clock.set("+0s")


def test_an_agent_is_held_where_a_person_is_not(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("newcomer", "1.0.0", age="10d")
    agent = pair.front.token("agent", kind="agent")
    pair.front.cli("policy", "set", "agent_new_name", "--mode", "enforce").must()

    refused = npm.use(pair.front.npm, agent).run("install", "newcomer")
    assert refused.failed
    assert "Blocked by policy agent_new_name: newcomer" in refused.shown

    npm.forget().use(pair.front.npm, pair.user).run("install", "newcomer").must()


def test_the_refusal_names_a_page_that_explains_it(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("explained", "1.0.0", age="3h")
    shown = npm.use(pair.front.npm).run("install", "explained@1.0.0").shown
    page = shown.split("see ", 1)[1].split()[0]

    answer = pair.front.get(page.removeprefix(pair.front.url))

    assert answer.status == 200, page
    assert "cooldown" in answer.text
    assert "explained@1.0.0" in answer.text


def test_explain_says_the_same_on_the_command_line(pair: Pair, npm: Npm) -> None:
    pair.publish_npm("why", "1.0.0", age="3h")
    npm.use(pair.front.npm).run("install", "why@1.0.0")

    shown = pair.front.cli("explain", "pkg:npm/why@1.0.0").must().shown

    assert "cooldown" in shown
    assert "3 hours old" in shown


def test_an_upstreams_refusal_is_passed_on_with_its_sentence_also_for_what_is_stored_here(
    pair: Pair, npm: Npm, pip: Pip
) -> None:
    pins = [pair.publish_npm("denied-there", version) for version in ("1.0.0", "1.0.1")]
    pair.publish_wheel("denied-there-py", "1.0")
    npm.use(pair.front.npm).lock(pins[0]).run("ci").must()
    pip.use(pair.front.pypi).install("denied-there-py==1.0").must()

    for name in ("npm/denied-there", "pypi/denied-there-py"):
        pair.upstream.cli("deny", f"pkg:{name}", "--versions", ">=1.0", "--reason", "the company says no").must()

    refused = [npm.forget().lock(pin).run("ci") for pin in pins]
    refused.append(pip.install("--upgrade", "--force-reinstall", "denied-there-py==1.0"))
    assert all(result.failed for result in refused)
    assert all("Blocked by policy denylist: denied-there" in result.shown for result in refused)
    assert all("the company says no" in result.shown for result in refused)
