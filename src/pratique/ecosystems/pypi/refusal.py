"""What pip, uv, poetry and twine are told when something is refused or taken in.

All of them print the reason phrase of a refused download. For a refused upload twine prints the phrase, uv the
body: as it stands, or `title, detail` if it is a problem document. Measured. Source: RFC 9457;
RFC 9110, 11.6.1; RFC 7617.
"""

from __future__ import annotations

from http import HTTPStatus

import orjson

from pratique.core.artifacts import PublishDraft
from pratique.core.ecosystem import Refusal, Rendered

_REALM = 'Basic realm="pratique", charset="UTF-8"'


def write_refusal(refusal: Refusal) -> Rendered:
    """The refusal: its sentence as reason phrase, and all of it as a problem document, which uv reads aloud.

    A conflict is 400 here: so PyPI answers a file that exists already, and its clients look for no other number.
    """
    status = HTTPStatus.BAD_REQUEST if refusal.status == HTTPStatus.CONFLICT else HTTPStatus(refusal.status)
    problem = {"title": status.phrase, "status": int(status), "detail": refusal.line, "error": refusal.line}
    return Rendered(
        body=orjson.dumps(refusal.body | problem) + b"\n",
        content_type="application/problem+json",
        status=int(status),
        reason=refusal.line,
        headers={"WWW-Authenticate": _REALM} if status is HTTPStatus.UNAUTHORIZED else {},
    )


def write_warning(_line: str) -> dict[str, str]:
    """No header: neither pip nor uv nor poetry prints any of a successful answer."""
    return {}


def write_published(draft: PublishDraft, note: str) -> Rendered:
    """The answer to an upload that was taken in."""
    text = f"OK: {draft.filename}\n{note}\n" if note else f"OK: {draft.filename}\n"
    return Rendered(body=text.encode("utf-8", "replace"), content_type="text/plain; charset=utf-8")


def client_setup(base_url: str) -> tuple[tuple[str, str], ...]:
    """For each client, the lines to paste."""
    simple, upload = f"{base_url}/simple/", f"{base_url}/legacy/"
    return (
        ("pip", f"pip config set global.index-url {simple}"),
        ("uv", f"export UV_DEFAULT_INDEX={simple}"),
        ("twine", f"twine upload --repository-url {upload} --username __token__ dist/*"),
        ("uv publish", f"uv publish --publish-url {upload} --username __token__ dist/*"),
    )


def right_address(base_url: str, method: str) -> str:
    """Installers and uploaders are told different ones."""
    if method in ("GET", "HEAD"):
        return f"the index of pip and uv is {base_url}/simple/"
    return f"uploads go to {base_url}/legacy/"
