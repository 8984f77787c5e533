"""The scheduled import: every source, one after the other. A job, idempotent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from pratique.core.actors import OPERATOR
from pratique.core.errors import BadUpstream, PratiqueError
from pratique.services.import_advisories import import_advisories
from pratique.services.ports import Ports
from pratique.services.source_health import failing_sources, note_failure

IMPORT_JOB = "import_advisories"

PATIENCE = 2_700
"""Seconds that one source may take."""

_log = structlog.get_logger(__name__)


async def import_each(ports: Ports, sources: Sequence[str]) -> None:
    """Import every source; one that fails does not keep the others back, and its failure is on record.

    Raises:
        BadUpstream: some failed; the sentence names them, and the job is tried again.
    """
    failures: list[str] = []
    for source in sources:
        why = await _import(ports, source)
        if why:
            failures.append(why)
            await ports.db.write(note_failure, source, why, OPERATOR, ports.clock.now())
    if failures:
        raise BadUpstream(f"advisories: {len(failures)} of {len(sources)} sources failed: {'; '.join(failures)}")


async def import_failed(ports: Ports, sources: Sequence[str]) -> None:
    """Import once more what failed when it was last tried; the others need not be fetched again.

    Raises:
        BadUpstream: as `import_each`.
    """
    await import_each(ports, await ports.db.read(failing_sources, sources))


async def _import(ports: Ports, source: str) -> str:
    """Import one; why it failed, or nothing."""
    try:
        async with asyncio.timeout(PATIENCE):
            await import_advisories(ports, source, OPERATOR)
    except PratiqueError as error:
        return str(error)
    except TimeoutError:
        return f"it was not done after {PATIENCE // 60} minutes"
    except Exception:  # noqa: BLE001 - whatever it was, people must see that the data grows old
        _log.exception("import of advisories failed", source=source)
        return "it failed unexpectedly; logs/jobs.jsonl tells more"
    return ""
