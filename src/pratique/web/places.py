"""From a raw path to the repository, ecosystem and route it names. Nothing is decoded before it is matched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec

from pratique.core.ecosystem import Ecosystem, Route
from pratique.core.errors import Invalid, NotFound, PratiqueError
from pratique.core.sentences import clean
from pratique.store import repositories
from pratique.store.database import Database
from pratique.store.repositories import Repository
from pratique.store.revisions import RevisionReader

_FIRST = re.compile(r"/([a-z]{2,16})(?:/|\Z)")
_PLACE = re.compile(r"/([A-Za-z0-9][A-Za-z0-9._-]{0,63})/([a-z]{2,16})(/.*)?\Z")


class MethodNotAllowed(PratiqueError):
    """The path exists, the verb does not."""

    status = 405


class Place(msgspec.Struct, frozen=True):
    """What a raw path names before any route is looked for."""

    repository: str
    ecosystem: Ecosystem
    rest: str


class Match(msgspec.Struct, frozen=True):
    """A route and its decoded groups."""

    route: Route
    groups: dict[str, str]


def find_place(raw_path: str, ecosystems: Mapping[str, Ecosystem]) -> Place | None:
    """Repository name, ecosystem and the raw path below them; None if the path is of another kind."""
    found = _PLACE.match(raw_path)
    ecosystem = ecosystems.get(found[2]) if found else None
    if found is None or ecosystem is None:
        return None
    return Place(found[1], ecosystem, found[3] or "/")


def ecosystem_at_first(raw_path: str, ecosystems: Mapping[str, Ecosystem]) -> Ecosystem | None:
    """What the first word of a path names: of one that is no place, the repository was left out."""
    found = _FIRST.match(raw_path)
    return ecosystems.get(found[1]) if found else None


def match_guest_route(place: Place, method: str) -> Match | None:
    """The route that answers whoever asks, None if this is no such path. Raises Invalid as `match_route`."""
    for route in place.ecosystem.routes:
        found = route.pattern.fullmatch(place.rest) if route.for_guests and route.method == method else None
        if found:
            return Match(route, {name: _decode(text) for name, text in found.groupdict().items() if text is not None})
    return None


def match_route(place: Place, method: str, public_url: str) -> Match:
    """The first route of the ecosystem's table that fits, but for those of `match_guest_route`.

    What fits none is told the address that clients are told.

    Raises:
        NotFound: no route has this path.
        MethodNotAllowed: one has it, for other methods.
        Invalid: a group is not valid percent-encoded UTF-8.
    """
    wanted = "GET" if method == "HEAD" else method
    fitting = [(route, found) for route in place.ecosystem.routes if (found := route.pattern.fullmatch(place.rest))]
    for route, found in fitting:
        if route.method == wanted and not route.for_guests:
            return Match(route, {name: _decode(text) for name, text in found.groupdict().items() if text is not None})
    right = place.ecosystem.right_address(f"{public_url}/{place.repository}/{place.ecosystem.id}", method)
    if fitting:
        offered = ", ".join(sorted({route.method for route, _ in fitting}))
        raise MethodNotAllowed(f"{clean(method[:20])} is not offered here, {offered} is; {right}")
    raise NotFound(f"there is no {place.ecosystem.id} address of that form; {right}")


def _decode(text: str) -> str:
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        raise Invalid("the address is not valid percent-encoded UTF-8") from None


class RepositoryNames:
    """Repositories by name, read again whenever anything has changed."""

    def __init__(self, db: Database, revisions: RevisionReader) -> None:
        self._db, self._revisions = db, revisions
        self._revision = -1
        self._known: dict[str, Repository] = {}

    async def find(self, name: str) -> Repository:
        """The repository. Raises NotFound."""
        known = await self._read()
        if name not in known:
            raise NotFound(f'there is no repository "{name[:64]}" on this server')
        return known[name]

    async def is_open(self, name: str) -> bool:
        """Whether anybody may read there; a name that nobody has is as closed as the most closed repository."""
        known = await self._read()
        return known[name].anonymous_read if name in known else all(one.anonymous_read for one in known.values())

    async def usual(self) -> str:
        """The repository meant where a client asks at the host's root: `main`, or the first where none is called so."""
        names = tuple(await self._read())
        return names[0] if names and "main" not in names else "main"

    async def _read(self) -> dict[str, Repository]:
        revision = await self._revisions.current()
        if revision != self._revision:
            found = await self._db.read(repositories.repositories)
            self._known, self._revision = {one.name: one for one in found}, revision
        return self._known
