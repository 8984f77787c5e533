"""What a revocation reaches: one of nothing at all is most likely misspelt, and whoever revoked must be told."""

from __future__ import annotations

from pratique.core.errors import NotFound, PratiqueError
from pratique.core.ranges import same_version
from pratique.services.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named
from pratique.services.sources import find_source


async def note_reach(ports: Ports, visit: Visit, known: Knowledge, named: Named, filename: str | None) -> str | None:
    """A sentence if no file is stored or listed that the purl and the file name are about; None if one is.

    It raises nothing: what is to be told about has happened already.
    """

    def meant(version: str, name: str) -> bool:
        of_release = named.version is None or same_version(named.version, version, visit.ecosystem.version_key)
        return of_release and filename in (None, name)

    what = f"{named.purl} {filename}" if filename else named.purl
    if any(meant(row.version, row.filename) for row in known.files.values()):
        return None
    if known.reservation is not None:
        return f"no file of {what} is stored here, and no upstream is asked about a reserved name; {_STANDS}"
    try:
        source = await find_source(ports, visit, known)
    except NotFound:
        return f"no file of {what} is stored here or listed by an upstream: is it spelt right? {_STANDS}"
    except PratiqueError as error:
        return f"no file of {what} is stored here, and its upstream cannot tell ({error}); {_STANDS}"
    if any(meant(file.version, file.filename) for file in source.view.files):
        return None
    return f"no file of {what} is stored here or listed by an upstream: is it spelt right? {_STANDS}"


_STANDS = "the revocation stands, and refuses it should it appear"
