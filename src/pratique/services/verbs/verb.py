"""What a verb is: a name, a request, a response, and the use case between them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pratique.core.actors import Actor
from pratique.services.ports import Ports

Request = TypeVar("Request")
Response = TypeVar("Response")

Tell = Callable[[str], None]
"""Told, in a few words, how far long work has come."""


@dataclass(frozen=True)
class Verb(Generic[Request, Response]):
    """One thing that can be asked of the server apart from serving packages.

    Attributes:
        name: as typed after `pratique`, and with slashes for blanks the path below /api/v1.
        request: a frozen struct; unknown fields are refused by name.
        response: a frozen struct that JSON carries there and back.
        perform: the use case; it authorises by itself, and may say how far it has come.
        reading: it changes nothing.
        posted: it is sent as a body although it changes nothing, because it is too long for an address.
        max_body: bytes of its body, where they may be more than those of other requests; then it needs a credential.
        costs: the limit by which it is counted, by its setting below `limits`; empty: as every request.
        counted: the field of the request of which each member counts as one; empty: the request does.
    """

    name: str
    request: type[Request]
    response: type[Response]
    perform: Callable[[Ports, Request, Actor, Tell], Awaitable[Response]]
    reading: bool = False
    posted: bool = False
    max_body: int = 0
    costs: str = ""
    counted: str = ""

    @property
    def method(self) -> str:
        """How it is asked over HTTP: GET with a query, or POST with a JSON body."""
        return "GET" if self.reading and not self.posted else "POST"

    @property
    def path(self) -> str:
        """Where it stands below /api/v1."""
        return "/" + self.name.replace(" ", "/")


def silent(
    use_case: Callable[[Ports, Request, Actor], Awaitable[Response]],
) -> Callable[[Ports, Request, Actor, Tell], Awaitable[Response]]:
    """A use case that is done before anyone wonders how far it is."""

    async def perform(ports: Ports, request: Request, actor: Actor, _tell: Tell) -> Response:
        return await use_case(ports, request, actor)

    return perform
