"""What comes before every request of a package client: who asks, by which of our URLs, and in which repository."""

from __future__ import annotations

import msgspec
from aiohttp import web

from pratique.core.actors import Actor, ActorKind
from pratique.core.errors import Unauthorised
from pratique.store.repositories import Repository
from pratique.upstream import chain
from pratique.web import forwarded
from pratique.web.keys import ACTOR, PORTS, REPOSITORIES, SIGN_IN
from pratique.web.rates import RATES, count_failed_credential, who_counts


class Entered(msgspec.Struct, frozen=True):
    """Who asks, where, and by which public URL."""

    actor: Actor
    repository: Repository
    public_url: str


def arrive(request: web.Request) -> str:
    """The public URL that a request came by.

    Raises:
        CircularUpstreams: it has passed through this server before.
        UnknownHost: it came by a host name that is not ours.
    """
    chain.enter(request.headers.get(chain.VIA), request.app[PORTS].server_name)
    return forwarded.public_url(request)


async def enter(request: web.Request, repository: str, speaking: str) -> Entered:
    """Let a request in.

    Args:
        request: what came.
        repository: its name, from the path.
        speaking: what is spoken there, for the sentence.

    Raises:
        CircularUpstreams: it has passed through this server before.
        UnknownHost: it came by a host name that is not ours.
        Unauthorised: the credential is none, or there is none where one is needed.
        TooOften: more than a minute's worth.
        NotFound: there is no such repository.
    """
    app, public_url = request.app, arrive(request)
    actor = await identify(request)
    if actor.kind is ActorKind.NOBODY and not await app[REPOSITORIES].is_open(repository):
        raise needs_token(speaking)  # before any look-up, so that no name can be probed
    return Entered(actor, await app[REPOSITORIES].find(repository), public_url)


async def identify(request: web.Request) -> Actor:
    """Who sent a request, by its Authorization header; counted once, however often it is asked.

    Raises:
        Unauthorised: the credential is none.
        TooOften: the asker, or who sends wrong credentials from there, has had a minute's worth.
    """
    known: Actor | None = request.get(ACTOR)
    if known is not None:
        return known
    try:
        actor = await request.app[SIGN_IN].actor(request.headers.get("Authorization"))
    except Unauthorised:
        count_failed_credential(request)
        raise
    let_in(request, actor)
    return actor


def let_in(request: web.Request, actor: Actor) -> None:
    """Count a request and note whose it is, for the log. Raises TooOften."""
    request[ACTOR] = actor
    request.app[RATES].admit(who_counts(request, actor))


def needs_token(speaking: str) -> Unauthorised:
    """The refusal of nobody in particular."""
    return Unauthorised(f"this {speaking} repository needs a token; make one with `pratique token create`")
