"""Which of the releases that a client has installed advisories are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from pratique.core.advisories import ProjectAdvisory
from pratique.core.ecosystem import Rendered
from pratique.core.ecosystem_verbs import Audits
from pratique.core.errors import InvalidName
from pratique.services.advisories.known_ecosystems import check_known
from pratique.services.advisories.public_records import public_records
from pratique.services.advisories.questions import PORTION, asker_of
from pratique.services.advisories.tell_advisories import Effort, Hit, find_hits, length_of, tell
from pratique.services.ports import Ports, Visit
from pratique.store import advisory_records
from pratique.store.advisories import StoredAdvisory

Asked = Mapping[str, tuple[str, ...]]
"""Versions by name, as the client spells it."""

Told = dict[str, tuple[ProjectAdvisory, ...]]
"""Advisories by the same names."""


async def audit(ports: Ports, visit: Visit, body: bytes) -> Rendered:
    """Advisories by name, as far as there are any about the versions asked.

    What is asked stays here: no upstream hears of it, and nothing of it is written down. What can be no project's
    name has no advisories. It is looked up in portions, so that other readers get their turn between them.

    Raises:
        Invalid, TooLarge: the question is none, or asks too much.
        NothingKnown: no record of a vulnerability is here, and none of malware fits.
        TooManyAtOnce: the asker, or everybody, asks too much at once.
        Unauthorised, Forbidden: the actor may not read here, or its token does not reach one of the names.
    """
    speech, questions = cast("Audits", visit.ecosystem), ports.questions
    async with questions.slot(asker_of(visit.actor, visit.caller.address)):
        asked = await questions.run(speech.read_audit, body)
        canonical = await questions.run(_canonical_names, visit, asked)
        effort, told = Effort(), Told()
        names = tuple(canonical)
        for start in range(0, max(1, len(names)), PORTION):
            some = {name: canonical[name] for name in names[start : start + PORTION]}
            told |= await _told(ports, visit, asked, some, effort)
        if asked and not told:
            await check_known(ports, (visit.ecosystem,))
        return await questions.run(speech.write_audit, told)


async def _told(ports: Ports, visit: Visit, asked: Asked, names: Mapping[str, str], effort: Effort) -> Told:
    """One portion, of names with their canonical form."""
    keys = tuple(dict.fromkeys(names.values()))
    records = await ports.db.read(public_records, visit, keys, ports.clock.now())
    if not records:
        return {}
    hits = await ports.questions.run(_hits, visit, asked, names, records, effort)
    ids = tuple(dict.fromkeys(hit.record.id for found in hits.values() for hit in found))
    originals: dict[str, bytes] = {}
    for start in range(0, len(ids), PORTION):
        originals |= await ports.db.read(advisory_records.contents, ids[start : start + PORTION])
    return await ports.questions.run(_tell, visit, hits, originals, effort)


def _hits(
    visit: Visit,
    asked: Asked,
    names: Mapping[str, str],
    records: Mapping[str, Sequence[StoredAdvisory]],
    effort: Effort,
) -> dict[str, tuple[Hit, ...]]:
    found = {}
    for name, key in names.items():
        about = records.get(key, ())
        effort.spend(len(about), len(asked[name]))
        hits = find_hits(visit.ecosystem, about, asked[name])
        if hits:
            found[name] = hits
    return found


def _tell(visit: Visit, hits: Mapping[str, tuple[Hit, ...]], originals: Mapping[str, bytes], effort: Effort) -> Told:
    told = {}
    for name, found in hits.items():
        told[name] = tell(visit.ecosystem, found, originals)
        effort.tell(sum(map(length_of, told[name])))
    return told


def _canonical_names(visit: Visit, asked: Asked) -> dict[str, str]:
    return {name: key for name in asked if (key := _canonical(visit, name)) is not None}


def _canonical(visit: Visit, name: str) -> str | None:
    try:
        return visit.ecosystem.canonical(name)
    except InvalidName:
        return None
