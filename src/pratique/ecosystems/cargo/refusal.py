"""Answers in the words and fields that cargo shows.

Measured: of a refused index file or download cargo prints the whole body, of a refused publish or yank the
`detail` of each error.
"""

from __future__ import annotations

from http import HTTPStatus

import orjson

from pratique.core.artifacts import PublishDraft
from pratique.core.ecosystem import Refusal, Rendered

_JSON = "application/json"


def write_refusal(refusal: Refusal) -> Rendered:
    """The refusal, its sentence first; written with line breaks, because people will read it as it stands."""
    body = {"errors": [{"detail": refusal.line}], **refusal.body}
    signed_out = refusal.status == HTTPStatus.UNAUTHORIZED
    return Rendered(
        body=orjson.dumps(body, option=orjson.OPT_INDENT_2) + b"\n",
        content_type=_JSON,
        status=refusal.status,
        reason=refusal.line,
        headers={"WWW-Authenticate": _challenge(refusal.tokens_url)} if signed_out else {},
    )


def _challenge(tokens_url: str) -> str:
    """What makes cargo send its token, or tell where to get one.

    Source: The Cargo Book, "Registry Authentication"; RFC 3139 of Rust.
    """
    return f'Cargo login_url="{tokens_url}"' if tokens_url else "Cargo"


def write_warning(_line: str) -> dict[str, str]:
    """No header: cargo prints none."""
    return {}


def write_published(_draft: PublishDraft, note: str) -> Rendered:
    """The answer to an upload that was taken in; cargo prints the note as a warning."""
    warnings = {"invalid_categories": [], "invalid_badges": [], "other": [note] if note else []}
    return Rendered(orjson.dumps({"warnings": warnings}), _JSON)


def write_done(note: str) -> Rendered:
    """The answer to a yank or a change of owners; cargo prints the note where it has a place for it."""
    return Rendered(orjson.dumps({"ok": True, "msg": note}), _JSON)
