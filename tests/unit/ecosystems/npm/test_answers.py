"""Refusals, the answer to a publish, and the lines to paste."""

from __future__ import annotations

import orjson
import pytest

from pratique.core.ecosystem import Refusal
from pratique.ecosystems.npm import NPM
from tests.unit.ecosystems.npm.bodies import body, publish

LINE = (
    "Blocked by policy cooldown: left@1.0.1 is 1 hour old; allowed: 1.0.0; do not retry or substitute; see http://x/r/a"
)


def test_a_refusal_says_its_sentence_wherever_npm_or_yarn_look():
    answer = NPM.write_refusal(Refusal(403, LINE, {"error": LINE, "decision_id": "a", "retry": False}))
    assert (answer.status, answer.reason, answer.content_type) == (403, LINE, "application/json")
    assert answer.headers["npm-notice"] == LINE
    assert orjson.loads(answer.body) == {"error": LINE, "decision_id": "a", "retry": False}
    assert "WWW-Authenticate" not in answer.headers


def test_a_warning_is_a_notice_beside_the_bytes():
    assert NPM.write_warning("Warning by policy x") == {"npm-notice": "Warning by policy x"}


def test_a_missing_token_is_explained_in_the_challenge_that_npm_prints():
    answer = NPM.write_refusal(Refusal(401, 'reading "left" needs a token', {"error": "x"}))
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge == """bearer realm="pratique", error_description="reading 'left' needs a token\""""


def test_a_published_release_is_acknowledged_with_what_happens_next():
    draft, _ = publish(body())
    answer = NPM.write_published(draft, "being scanned;\r\nlive soon")
    assert answer.status == 201
    assert orjson.loads(answer.body) == {"ok": True, "success": True}
    assert answer.headers == {"npm-notice": "being scanned; live soon"}
    assert NPM.write_published(draft, "").headers == {}


def test_the_lines_to_paste_name_registry_and_token():
    setup = dict(NPM.client_setup("https://packages.example.test:7417/main/npm"))
    assert setup["npm"].splitlines() == [
        "npm config set registry https://packages.example.test:7417/main/npm/",
        "npm config set //packages.example.test:7417/main/npm/:_authToken YOUR-TOKEN",
    ]
    assert all("https://packages.example.test:7417/main/npm" in lines for lines in setup.values())


def test_yarn_is_told_that_plain_http_is_meant():
    setup = dict(NPM.client_setup("http://127.0.0.1:7417/main/npm"))
    assert """unsafeHttpWhitelist --json '["127.0.0.1"]'""" in setup["yarn 2 and later"]


def test_the_ecosystem_is_called_npm_everywhere():
    assert (NPM.id, NPM.osv_name) == ("npm", "npm")


@pytest.mark.parametrize(("command", "told"), [("", True), ("install", True), ("publish", False)])
def test_what_npm_looks_at_before_it_publishes_prints_no_notice(command: str, told: bool) -> None:
    answer = NPM.write_refusal(Refusal(403, LINE, {"error": LINE}, command=command))

    assert (answer.reason, "npm-notice" in answer.headers) == (LINE, told)
