"""Perform a verb on a server elsewhere, over its management API."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import msgspec

from pratique.core.errors import Invalid, PratiqueError, Unavailable
from pratique.formats.web_addresses import read_address
from pratique.services.verbs.verb import Verb

Request = TypeVar("Request")
Response = TypeVar("Response")

_HOST = re.compile(r"[0-9A-Za-z._:-]+")

PATIENCE = 600
"""Seconds. An import of advisories takes minutes."""


class Answered(PratiqueError):
    """The server's own sentence about what did not work.

    Attributes:
        answer: the HTTP status that came with it.
    """

    def __init__(self, sentence: str, answer: int) -> None:
        super().__init__(sentence)
        self.answer = answer


def perform_afar(
    verb: Verb[Request, Response], request: Request, server: str, token: str | None, ca: Path | None = None
) -> Response:
    """Perform it.

    Args:
        verb: what.
        request: its request.
        server: the server's URL, with nothing after the host and port.
        token: in clear; None to ask as nobody.
        ca: file of the authority that certifies the server; None for those that this machine trusts.

    Raises:
        Invalid: the URL will not do, or the file holds no certificate.
        Unavailable: the server cannot be reached, or answers as something else would.
        Answered: the server says why not.
    """
    url = server_url(server) + "/api/v1" + verb.path
    status, body = asyncio.run(_send(verb, url, msgspec.to_builtins(request), token, _trusting(ca)))
    if status == 200:
        try:
            return msgspec.json.decode(body, type=verb.response)
        except msgspec.DecodeError as error:
            raise Unavailable(f"{server} answers differently from this version of Pratique: {error}") from None
    raise Answered(_sentence(server, status, body), status)


def server_url(server: str) -> str:
    """The server's URL without a slash at its end. Raises Invalid if it will not do."""
    address = read_address(server)
    if address is None or not _HOST.fullmatch(address.host):
        raise Invalid(f"{server[:200]!a} is no URL of a server; write one like https://packages.example.test")
    if "@" in server:
        raise Invalid("name the server without a user and password; a token has an option of its own, --token")
    if address.path.strip("/") or "#" in server:
        raise Invalid(f"name the server without a path: {address.origin}")
    return server.rstrip("/")


def _trusting(ca: Path | None) -> ssl.SSLContext:
    """How to check the server's certificate."""
    try:
        return ssl.create_default_context(cafile=None if ca is None else str(ca))
    except OSError:  # also what the library says of a file that is no PEM
        raise Invalid(f'--ca: "{ca}" cannot be read, or holds no certificate (PEM)') from None


async def _send(
    verb: Verb[Any, Any], url: str, fields: dict[str, Any], token: str | None, trust: ssl.SSLContext
) -> tuple[int, bytes]:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    query = {name: str(value) for name, value in fields.items() if value is not None}
    timeout = aiohttp.ClientTimeout(total=PATIENCE, connect=15)
    asked = {"params": query} if verb.method == "GET" else {"json": fields}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True, headers=headers) as session,
            # A redirect could carry the token elsewhere, and an API has no reason for one.
            session.request(verb.method, url, allow_redirects=False, ssl=trust, **asked) as answer,
        ):
            return answer.status, await answer.read()
    except (aiohttp.ClientError, TimeoutError) as error:
        raise Unavailable(f"{url.partition('/api/')[0]} cannot be reached: {_why(error)}; is it running?") from None


def _why(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not trusted here (--ca or PRATIQUE_CA names the file of a private authority)"
    if isinstance(error, aiohttp.ClientConnectorSSLError):
        return "it does not speak TLS, or we do not understand it"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "its name has no address"
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.errno:
        return os.strerror(error.os_error.errno)
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    return str(error) or type(error).__name__


def _sentence(server: str, status: int, body: bytes) -> str:
    try:
        said = msgspec.json.decode(body)
    except msgspec.DecodeError:
        said = None
    if isinstance(said, dict) and isinstance(said.get("error"), str):
        return str(said["error"])
    return f"{server} answered {status} without an explanation; is it a Pratique?"
