"""The scheduled import: every source, one after the other. A job, idempotent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant
from pratique.core.errors import BadUpstream, PratiqueError
from pratique.services.advisories.import_advisories import import_advisories, source_name
from pratique.services.advisories.source_health import note_failure, sources_without_import
from pratique.services.ports import Ports

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
            await _note(ports, source, why)
    if failures:
        raise BadUpstream(f"advisories: {len(failures)} of {len(sources)} sources failed: {'; '.join(failures)}")


async def import_missing(ports: Ports, sources: Sequence[str], since: Instant) -> None:
    """Import what was not taken in since then; the others need not be fetched again.

    What counts is that it is here, not that a failure was noted: the note itself may have failed.

    Raises:
        BadUpstream: as `import_each`.
    """
    await import_each(ports, await ports.db.read(sources_without_import, sources, since))


async def _note(ports: Ports, source: str, why: str) -> None:
    try:
        await ports.db.write(note_failure, source, why, OPERATOR, ports.clock.now())
    except Exception:  # noqa: BLE001 - the other sources have their turn all the same
        _log.exception("a failed import of advisories could not be noted", source=source_name(source), why=why)


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
        _log.exception("import of advisories failed", source=source_name(source))
        return "it failed unexpectedly; logs/jobs.jsonl tells more"
    return ""
