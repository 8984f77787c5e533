"""Refuse to say "nothing found" where nothing was ever taken in that it could be looked up in."""

from __future__ import annotations

from collections.abc import Iterable

from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import NothingKnown
from pratique.services.ports import Ports
from pratique.store.advisories import knows_vulnerabilities


async def check_known(ports: Ports, ecosystems: Iterable[Ecosystem]) -> None:
    """Make sure that vulnerabilities of each of them are on record.

    The set that comes with the package is of known malware only. Source: docs/adr/0012.

    Raises:
        NothingKnown: of one of them there are none.
    """
    for ecosystem in ecosystems:
        if not await ports.db.read(knows_vulnerabilities, ecosystem.id):
            raise NothingKnown(
                f"no vulnerability records of {ecosystem.osv_name} are here yet, so finding none means nothing: "
                "they come with the daily import (`pratique advisories status`), or by "
                "`pratique advisories import all.zip`"
            )
