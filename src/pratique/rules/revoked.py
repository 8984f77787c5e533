"""Refuse what was revoked here: a project, a release or one file."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.core.artifacts import Digests
from pratique.core.clock import to_iso
from pratique.core.decisions import Revocation, Vote
from pratique.core.facts import DIGESTS, LISTED_DIGESTS, REVOCATIONS, Facts
from pratique.rules.contract import EVERY_MOMENT, Needs, NoOptions, deny

NAME = "revoked"
NEEDS: Needs = (REVOCATIONS, LISTED_DIGESTS, DIGESTS)
MOMENTS = EVERY_MOMENT


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Deny for ever what a revocation covers, own and upstream's alike.

    A revoked file is its bytes as well as its name: whoever lists them under another name of the project,
    or sends them without having stated their digest, meets the same revocation.

    Source: ARCHITECTURE, "Revoke".
    """
    in_force = facts[REVOCATIONS]
    for one in in_force:
        if one.covers(facts.subject, facts.release_key):
            twin = "" if one.twin is None else f" as {one.twin}"
            return deny(NAME, why=f"was revoked{twin} on {_date(one)}{_reason(one)}")
    of_files = [one for one in in_force if one.digests]
    for digests in _of_its_bytes(facts) if of_files else ():
        for one in of_files:
            if one.is_of_bytes(digests):
                return deny(NAME, why=f"has bytes revoked on {_date(one)} as {one.filename}{_reason(one)}")
    return None


def _of_its_bytes(facts: Facts) -> Iterator[Digests]:
    """What the index states, then what was computed; the latter waits until the bytes are here."""
    yield facts[LISTED_DIGESTS]
    check = facts[DIGESTS]
    yield from (one for one in (check.recorded, check.observed) if one is not None)


def _date(revocation: Revocation) -> str:
    return to_iso(revocation.at)[:10]


def _reason(revocation: Revocation) -> str:
    return f": {revocation.reason}" if revocation.reason else ""
