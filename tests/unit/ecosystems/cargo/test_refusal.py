"""Answers in the words and fields that cargo shows."""

from __future__ import annotations

import orjson
import pytest

from pratique.core.ecosystem import Refusal
from pratique.ecosystems.cargo import CARGO
from tests.harness.crates import publish_body
from tests.unit.ecosystems.cargo.reading import publish

LINE = "Blocked by policy cooldown: left@1.0.1 is 1 hour old; allowed: 1.0.0; do not retry or substitute; see http://x"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 503])
def test_a_refusal_says_its_sentence_first_and_wherever_cargo_looks(status):
    answer = CARGO.write_refusal(Refusal(status, LINE, {"error": LINE, "decision_id": "a", "retry": False}))
    assert (answer.status, answer.reason, answer.content_type) == (status, LINE, "application/json")
    assert orjson.loads(answer.body) == {
        "errors": [{"detail": LINE}],
        "error": LINE,
        "decision_id": "a",
        "retry": False,
    }
    first, second, *_ = answer.body.decode().splitlines()
    assert (first, second.strip()) == ("{", '"errors": [')


def test_cargo_prints_no_warning_beside_bytes():
    assert CARGO.write_warning("Warning by policy x") == {}


def test_a_published_crate_is_acknowledged_with_a_warning_about_what_happens_next():
    draft, _ = publish(publish_body("left", "1.0.0", b"crate"))
    answer = CARGO.write_published(draft, "left@1.0.0 waits for clearance")
    warnings = {"invalid_categories": [], "invalid_badges": []}
    assert answer.status == 200
    assert orjson.loads(answer.body) == {"warnings": warnings | {"other": ["left@1.0.0 waits for clearance"]}}
    assert orjson.loads(CARGO.write_published(draft, "").body) == {"warnings": warnings | {"other": []}}


def test_a_yank_is_acknowledged():
    assert orjson.loads(CARGO.write_yanked("left@1.0.0 is yanked").body) == {"ok": True, "msg": "left@1.0.0 is yanked"}


def test_the_ecosystem_is_called_cargo_and_its_advisories_by_the_public_registry():
    assert (CARGO.id, CARGO.osv_name) == ("cargo", "crates.io")
    assert CARGO.without_attestations == ""
