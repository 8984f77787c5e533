"""Ask the server for own names, and learn on the way whether address, repository and token are right."""

from __future__ import annotations

from dataclasses import replace

from pratique.cli.afar import Answered
from pratique.cli.asking import Where, ask
from pratique.cli.configure.client import Client
from pratique.core.errors import Invalid, NotFound, PratiqueError, Unavailable
from pratique.services.names.own_names import ListOwnNames, OwnNames
from pratique.services.verbs import table

_SIGN_IN = (401, 403)
_BROKEN = 500


def own_names(client: Client, repository: str, where: Where, origin: str) -> tuple[OwnNames, str]:
    """Own names to exempt from the client's age gate, and a sentence if they could not be had.

    Args:
        client: what is configured.
        repository: of the server.
        where: the server, or the data folder; a token counts at the server only.
        origin: the server's URL.

    Raises:
        Answered, NotFound, Invalid: the server says that repository or token is wrong, or is none of ours. Nothing
            should be written then. A server that cannot be reached proves nothing.
    """
    request = ListOwnNames(client.ecosystem, repository)
    try:
        found = _ask(request, where, origin)
    except Answered as error:
        if error.answer >= _BROKEN or (error.answer in _SIGN_IN and where.token is None):
            return OwnNames(()), _doubt(client, error)
        raise
    except (Invalid, NotFound):
        raise
    except PratiqueError as error:
        return OwnNames(()), _doubt(client, error)
    return (found if client.exempts and found else OwnNames(())), ""


def _ask(request: ListOwnNames, where: Where, origin: str) -> OwnNames | None:
    if where.server is None and where.token is not None:
        try:
            return ask(table.OWN_NAMES, request, replace(where, server=origin, data=None))
        except Unavailable:
            pass  # it does not run now; its data folder knows the names, and nobody can try the token
    return ask(table.OWN_NAMES, request, where)


def _doubt(client: Client, error: PratiqueError) -> str:
    if not client.exempts:
        return f"whether repository and token are right could not be asked: {error}"
    return f"own names are not exempted from {client.name}'s own age gate, as they could not be asked for: {error}"
