"""Where a command acts: on the data folder here, or on a server elsewhere. The same verbs either way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeVar

from cyclopts import Group, Parameter

from pratique.cli.afar import perform_afar
from pratique.cli.here import perform_here
from pratique.cli.showing import show_json, working
from pratique.core.errors import Invalid
from pratique.services.verbs.verb import Verb

Request = TypeVar("Request")
Response = TypeVar("Response")

WHERE = Group("Where", sort_key=90)


@Parameter(name="*", group=WHERE)
@dataclass(frozen=True)
class Where:
    """Options that every command has.

    Attributes:
        server: act on the server with this URL instead of the data folder.
        token: token for that server; better set PRATIQUE_TOKEN, where other users cannot see it.
        data: act on this data folder; $PRATIQUE_DATA, else `pratique` in your user data folder.
        json: print the answer as JSON.
        ca: file (PEM) of the private authority that certifies that server.
    """

    server: Annotated[str | None, Parameter(env_var="PRATIQUE_SERVER")] = None
    token: Annotated[str | None, Parameter(env_var="PRATIQUE_TOKEN")] = None
    data: Path | None = None
    json: Annotated[bool, Parameter(negative=())] = False
    ca: Annotated[Path | None, Parameter(env_var="PRATIQUE_CA")] = None


HERE = Where()


def ask(verb: Verb[Request, Response], request: Request, where: Where) -> Response | None:
    """Perform a verb; the answer, or None where it has been printed as JSON already.

    Raises:
        PratiqueError: it did not work; the sentence says why.
    """
    if where.server is not None and where.data is not None:
        raise Invalid("give --server or --data, not both: a command acts in one place")
    if where.server is not None:
        answer = perform_afar(verb, request, where.server, where.token, where.ca)
    else:
        with working() as tell:
            answer = perform_here(verb, request, where.data, tell)
    if where.json:
        show_json(answer)
        return None
    return answer
