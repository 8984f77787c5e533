"""Uploads over plain HTTP, for tests that are not about how a client uploads."""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
from collections.abc import Mapping
from urllib.parse import quote

from tests.harness import crates, packages
from tests.harness.server import Answer, ask

BOUNDARY = "a-boundary-that-no-content-holds"


def put_npm(
    registry: str,
    token: str,
    name: str,
    version: str,
    tarball: bytes,
    *,
    tag: str = "latest",
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """What `npm publish` sends."""
    body = json.dumps(packages.npm_publish_body(name, version, tarball, tag=tag)).encode()
    url = f"{registry}/{quote(name, safe='@')}"
    return ask("PUT", url, token, body=body, headers={"Content-Type": "application/json"}, trust=trust)


def put_crate(registry: str, token: str, name: str, version: str, content: bytes) -> Answer:
    """What `cargo publish` sends; the token stands bare in its header."""
    body = crates.publish_body(name, version, content)
    return ask("PUT", f"{registry}/api/v1/crates/new", body=body, headers={"Authorization": token})


def post_python(
    index: str,
    token: str,
    name: str,
    version: str,
    filename: str,
    content: bytes,
    *,
    fields: Mapping[str, str] | None = None,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """What `twine upload` sends; `fields` replaces or adds form fields."""
    more = {
        "requires_python": ">=3.8",
        "summary": "An inert test package",
        "blake2_256_digest": hashlib.blake2b(content, digest_size=32).hexdigest(),
    }
    form = legacy_form(name, version, filename, content) | more | dict(fields or {})
    return ask(
        "POST", f"{index}/legacy/", body=multipart(form, filename, content), headers=legacy_headers(token), trust=trust
    )


def legacy_form(name: str, version: str, filename: str, content: bytes) -> dict[str, str]:
    """The fields that come with a file of a Python project."""
    is_wheel = filename.endswith(".whl")
    return {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.2",
        "name": name,
        "version": version,
        "filetype": "bdist_wheel" if is_wheel else "sdist",
        "pyversion": "py3" if is_wheel else "source",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }


def legacy_headers(token: str | None) -> dict[str, str]:
    """Those of such a form, by whom the token says."""
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    if not token:
        return kind
    return kind | {"Authorization": "Basic " + base64.b64encode(f"__token__:{token}".encode()).decode()}


def multipart(form: Mapping[str, str], filename: str, content: bytes) -> bytes:
    """A form with one file in the field `content`."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
        for key, value in form.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; filename="{filename}"\r\n'
    kind = "Content-Type: application/octet-stream\r\n\r\n"
    return b"".join([*parts, (head + kind).encode(), content, f"\r\n--{BOUNDARY}--\r\n".encode()])
