"""Refusals, answers and set-up lines in the clients' words."""

from __future__ import annotations

import orjson

from pratique.core.artifacts import Digests, PublishDraft
from pratique.core.ecosystem import Ecosystem, Refusal
from pratique.ecosystems.pypi import PYPI

LINE = "Blocked by policy cooldown: demo@1.1 is 1 hour old; allowed: 1.0; do not retry or substitute; see http://x/r/1"


def test_a_refusal_says_its_sentence_in_the_phrase_and_in_the_body():
    rendered = PYPI.write_refusal(Refusal(403, LINE, {"rule": "cooldown", "retry": False}))

    body = orjson.loads(rendered.body)
    assert (rendered.status, rendered.reason) == (403, LINE)
    assert rendered.content_type == "application/problem+json"
    assert body["error"] == body["detail"] == LINE
    assert (body["title"], body["status"], body["rule"], body["retry"]) == ("Forbidden", 403, "cooldown", False)
    assert "WWW-Authenticate" not in rendered.headers


def test_a_warning_has_no_header_as_no_client_would_print_it():
    assert PYPI.write_warning("Warning by policy x") == {}


def test_a_missing_credential_asks_for_one():
    rendered = PYPI.write_refusal(Refusal(401, "A token is needed", {}))

    assert rendered.headers["WWW-Authenticate"].startswith('Basic realm="pratique"')


def test_a_taken_upload_is_answered_with_what_happens_next():
    draft = PublishDraft("demo", "1.0", "demo-1.0.tar.gz", Digests())

    rendered = PYPI.write_published(draft, "It is being scanned")

    assert rendered.status == 200
    assert rendered.body == b"OK: demo-1.0.tar.gz\nIt is being scanned\n"


def test_each_client_gets_lines_to_paste():
    lines = dict(PYPI.client_setup("http://127.0.0.1:7417/main/pypi"))

    assert "http://127.0.0.1:7417/main/pypi/simple/" in lines["pip"]
    assert "http://127.0.0.1:7417/main/pypi/simple/" in lines["uv"]
    assert "http://127.0.0.1:7417/main/pypi/legacy/" in lines["twine"]


def test_it_is_an_ecosystem():
    ecosystem: Ecosystem = PYPI

    assert (ecosystem.id, ecosystem.osv_name) == ("pypi", "PyPI")
    assert ecosystem.upstream_listing("Demo.Pkg").path == "demo-pkg/"
