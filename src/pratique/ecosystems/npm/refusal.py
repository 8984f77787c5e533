"""Answers in the words and fields that npm's clients show.

Measured: npm prints reason phrase, JSON `error` and `npm-notice`; yarn 1 the JSON `error`; yarn 4 and pnpm
the reason phrase. On a 401 npm prints only the challenge and the notice.
"""

from __future__ import annotations

import orjson

from pratique.core.ecosystem import Refusal, Rendered
from pratique.core.sentences import clean

_JSON = "application/json"
_UNAUTHORISED, _NOT_FOUND = 401, 404
_LOOKS_FIRST = frozenset({"publish", "stage"})
"""Commands of npm 11 that look by themselves for earlier releases, and go on whatever they are told."""


def write_refusal(refusal: Refusal) -> Rendered:
    """A refusal or failure; a 401 carries the sentence in its challenge, where npm looks.

    A 404 carries no notice: npm asks by itself for services that a registry need not have (the audits of npm 6), and
    would print one after every install. What somebody did ask for is told by reason phrase and `error`. Nor does what
    npm looks at before it publishes: the first release into a reserved scope is about to be taken in.
    """
    is_told = refusal.status != _NOT_FOUND and refusal.command not in _LOOKS_FIRST
    headers = {"npm-notice": refusal.line} if is_told else {}
    body = refusal.body
    if refusal.status == _UNAUTHORISED:
        headers["WWW-Authenticate"] = _challenge(refusal.line)
    if "done_url" in body:
        # npm opens the first in a browser, and asks at the second for the code with which it then tries again.
        headers["WWW-Authenticate"] = "OTP"
        body = {**body, "authUrl": body["page_url"], "doneUrl": body["done_url"]}
    return Rendered(
        body=orjson.dumps(body),
        content_type=_JSON,
        status=refusal.status,
        reason=refusal.line,
        headers=headers,
    )


def write_warning(line: str) -> dict[str, str]:
    """The header that npm prints as a notice, whatever the status of its answer."""
    return {"npm-notice": line}


def write_published(note: str) -> Rendered:
    """The answer to a successful publish; npm shows the note as a notice."""
    headers = {"npm-notice": clean(note)[:400]} if note else {}
    return Rendered(body=b'{"ok":true,"success":true}', content_type=_JSON, status=201, headers=headers)


def _challenge(line: str) -> str:
    """A Bearer challenge (RFC 6750) whose description is the sentence.

    The scheme, which is case-insensitive, is written small: for `Bearer` npm prints a fixed text instead.
    """
    described = line.replace("\\", "/").replace('"', "'")
    return f'bearer realm="pratique", error_description="{described}"'
