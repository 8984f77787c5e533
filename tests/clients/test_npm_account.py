"""Stories of one's own account with stock npm: signing in through the page, codes in a terminal, signatures."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from tests.clients.test_publish import package
from tests.harness.clients import Npm, program
from tests.harness.page_reader import PageReader
from tests.harness.pair import Pair
from tests.harness.process import Result, run
from tests.harness.terminal import Terminal

PASSWORD = "correct horse battery"
CHECK = Path(__file__).with_name("verify_signatures.js")


def person(pair: Pair, name: str) -> PageReader:
    """Somebody new at a browser, signed in."""
    pair.front.cli("user", "add", name, "--password-stdin", answer=f"{PASSWORD}\n").must()
    browser = PageReader(pair.front.url)
    browser.sign_in(name, PASSWORD)
    return browser


def terminal(npm: Npm, *arguments: str) -> Terminal:
    return Terminal([program("npm"), *arguments], npm.project, npm.environment)


def confirms(who: PageReader, page: str) -> str:
    who.open(page)
    said = who.submit(page, answer="yes")
    assert "<h1>Confirmed" in said, said
    return said


def written(pair: Pair, secret: str) -> list[str]:
    """The server's files, logs among them, that hold a secret."""
    return [path.name for path in pair.front.data.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]


def test_npm_signs_in_through_the_page_looks_after_its_tokens_and_signs_out(pair: Pair, npm: Npm) -> None:
    ann = person(pair, "ann")
    login = terminal(npm.use(pair.front.npm), "login")
    page = login.until(r"Login at:\n(\S+)")[1]
    compare = login.until(r"the page shows (\S+):")[1]
    assert compare in ann.open(page)
    confirms(ann, page)
    assert login.end() == 0, login.shown

    assert npm.run("whoami").must().stdout.strip() == "ann"
    assert json.loads(npm.run("profile", "get", "--json").must().stdout)["name"] == "ann"
    made = npm.run(
        "token", "create", "--name", "for-ci", "--password", PASSWORD, "--packages", "left", "--expires", "7"
    )
    secret = re.search(r"prq_\w+", made.must().stdout)
    assert secret
    npm.run("token", "create", "--name", "endless", "--password", PASSWORD).must()
    refused = npm.run("token", "create", "--name", "near", "--password", PASSWORD, "--cidr", "10.0.0.0/8")
    assert "not limited to addresses here" in refused.shown
    assert refused.failed
    names = {one["name"]: one["key"] for one in json.loads(npm.run("token", "list", "--json").must().stdout)}
    assert set(names) == {"npm login from 127.0.0.1", "for-ci", "endless"}
    npm.run("token", "revoke", names["for-ci"]).must()
    npm.run("logout").must()

    assert npm.run("whoami").failed
    assert not written(pair, page.rsplit("/", 1)[1])
    assert not written(pair, secret[0])


def test_npm_publishes_with_a_code_from_the_browser_and_changes_the_password(pair: Pair, npm: Npm) -> None:
    bea, new = person(pair, "bea"), "another one of bea's"
    login = terminal(npm.use(pair.front.npm), "login", "--auth-type=legacy")
    login.until("Username:")
    login.types("bea")
    login.until("Password:")
    login.types(PASSWORD)
    assert login.end() == 0, login.shown
    package(npm, "@proved/thing", "1.0.0").run("publish").must()
    pair.front.cli("project", "proof", "pkg:npm/%40proved/thing", "everybody").must()

    alone = package(npm, "@proved/thing", "1.0.1").run("publish")
    assert "EOTP" in alone.shown
    done = re.findall(r"/-/v1/done/(\S+)", alone.shown)[0]
    assert pair.front.get(f"/main/npm/-/v1/done/{done}").status == 202
    code = re.search(r"--otp=(\S+)</pre>", confirms(bea, re.findall(r"http\S+/login/client/\S+", alone.shown)[0]))
    assert code
    npm.run("publish", f"--otp={code[1]}").must()
    publish = terminal(package(npm, "@proved/thing", "1.0.2"), "publish")
    confirms(bea, publish.until(r"Authenticate your account at:\n(\S+)")[1])
    assert publish.end() == 0, publish.shown
    deprecate = terminal(npm, "deprecate", "@proved/thing@1.0.2", "use 1.0.1")
    confirms(bea, deprecate.until(r"Authenticate your account at:\n(\S+)")[1])
    assert deprecate.end() == 0, deprecate.shown

    change = terminal(npm, "profile", "set", "password")
    for prompt, typed in (
        ("Current password", PASSWORD),
        ("New password", new),
        ("Again", new),
    ):
        change.until(prompt)
        change.types(typed)
    confirms(bea, change.until(r"Authenticate your account at:\n(\S+)")[1])
    assert change.end() == 0, change.shown
    bea.sign_in("bea", new)
    assert not written(pair, done)


def test_npms_own_code_verifies_the_signatures_of_own_releases_and_of_the_upstreams(pair: Pair, npm: Npm) -> None:
    package(npm, "@signed/own", "1.0.0").use(pair.front.npm, pair.user).run("publish").must()
    pair.publish_npm("signed-theirs", "1.0.0")

    own, theirs = verified(pair, npm, "@signed/own@1.0.0"), verified(pair, npm, "signed-theirs@1.0.0")

    assert own.must().stdout.split()[0] == "@signed/own@1.0.0"
    assert theirs.must().stdout.split()[0] == "signed-theirs@1.0.0"
    assert own.stdout.split()[1].startswith("SHA256:")
    assert own.stdout.split()[1] != theirs.stdout.split()[1]


def verified(pair: Pair, npm: Npm, spec: str) -> Result:
    modules = Path(os.path.realpath(program("npm"))).parents[1] / "node_modules"
    command = [program("node"), CHECK, modules, f"{pair.front.npm}/", pair.user, spec]
    return run(command, npm.project, npm.environment)
