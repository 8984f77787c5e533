"""The scheduled import: every source, one after the other. A job, idempotent."""

from __future__ import annotations

from collections.abc import Sequence

from pratique.core.actors import OPERATOR
from pratique.core.errors import BadUpstream, PratiqueError
from pratique.services.import_advisories import import_advisories
from pratique.services.ports import Ports

IMPORT_JOB = "import_advisories"


async def import_each(ports: Ports, sources: Sequence[str]) -> None:
    """Import every source; one that fails does not keep the others back.

    Raises:
        BadUpstream: some failed; the sentence names them, and the job is tried again.
    """
    failures: list[str] = []
    for source in sources:
        try:
            await import_advisories(ports, source, OPERATOR)
        except PratiqueError as error:
            failures.append(str(error))
    if failures:
        raise BadUpstream(f"advisories: {len(failures)} of {len(sources)} sources failed: {'; '.join(failures)}")
