"""What a revocation reaches: one of nothing at all is most likely misspelt, and whoever revoked must be told."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from pratique.core.artifacts import Digests, Origin
from pratique.core.errors import NotFound, PratiqueError
from pratique.core.ranges import same_version
from pratique.services.judging.judge import decide_name, inquire
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.sources import find_source
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named

_NOWHERE = "is stored here or listed by an upstream: is it spelt right?"
_STANDS = "the revocation stands, and refuses it should it appear"


class Reach(msgspec.Struct, frozen=True):
    """What was found of it.

    Attributes:
        note: a sentence if no file is stored or listed that the purl and the file name are about.
        digests: of a revoked file, as the index states them.
    """

    note: str | None = None
    digests: tuple[Digests, ...] = ()


async def look_for(ports: Ports, visit: Visit, known: Knowledge, named: Named, filename: str | None) -> Reach:
    """Look here, and in the index unless what is stored here tells everything.

    It raises nothing: what is to be told about has happened already.

    Args:
        known: of the project, before the revocation.
    """
    meant = _meant(visit, named, filename)
    here = [row for row in known.files.values() if meant(row.version, row.filename)]
    if here and (filename is None or all(row.sha256 for row in here)):
        return Reach()
    found = await _look_in_index(ports, visit, known, meant)
    if here or found.note is None:
        return Reach(digests=found.digests if filename is not None else ())
    return Reach(f"no file of {named.purl}{f' {filename}' if filename else ''} {found.note}; {_stands(known)}")


def _stands(known: Knowledge) -> str:
    """What the revocation does all the same: what is here of a twin is refused with it."""
    twins = ", ".join(one.key.name for one in known.twins)
    return (
        f"the revocation stands, and refuses {twins}, which is the same name to {known.key.ecosystem}"
        if twins
        else _STANDS
    )


def _meant(visit: Visit, named: Named, filename: str | None) -> Callable[[str, str], bool]:
    def meant(version: str, name: str) -> bool:
        of_release = named.version is None or same_version(named.version, version, visit.ecosystem.release_key)
        return of_release and filename in (None, name)

    return meant


async def _look_in_index(ports: Ports, visit: Visit, known: Knowledge, meant: Callable[[str, str], bool]) -> Reach:
    """What the index says of the files that are meant; the note is the end of a sentence about them."""
    if known.origin is not Origin.OWN and (refused := _refused_name(ports, visit, known)):
        return Reach(f"is stored here, and no upstream is asked about {refused}")
    try:
        view = (await find_source(ports, visit, known)).view
    except NotFound:
        return Reach(_NOWHERE)
    except PratiqueError as error:
        return Reach(f"is stored here, and its upstream cannot tell ({error})")
    listed = [file.digests for file in view.files if meant(file.version, file.filename)]
    return Reach(digests=tuple(listed)) if listed else Reach(_NOWHERE)


def _refused_name(ports: Ports, visit: Visit, known: Knowledge) -> str:
    """What keeps an upstream from hearing of the name, as the name stage would in an install; empty if nothing does."""
    if known.reservation is not None:
        return "a reserved name"
    decision = decide_name(inquire(ports, visit, known))
    if decision.vote is None or not decision.action.refuses_download:
        return ""
    return f"a name that {decision.vote.rule} refuses"
