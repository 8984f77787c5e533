"""Refuse bytes that are not those the index promised or those first accepted here."""

from __future__ import annotations

from pratique.core.artifacts import Digests
from pratique.core.decisions import Vote
from pratique.core.facts import DIGESTS, DigestCheck, Facts, NotYetFetched
from pratique.rules import contract
from pratique.rules.contract import Needs, deny

NAME = "digest_mismatch"
NEEDS: Needs = (DIGESTS,)


class Options(contract.Options, frozen=True):
    """Settings of this rule.

    Attributes:
        unsafe_accept_unlisted: take a file for which the index states no digest as it comes the first
            time, and hold every later copy to that.
    """

    unsafe_accept_unlisted: bool = False


def vote(facts: Facts, options: Options) -> Vote | None:
    """Deny a file whose digests disagree, or whose bytes cannot be checked against anything.

    What the index says now is compared with what was recorded here already while listing: a file
    that changed under its name is refused before anybody downloads it. A file without any stated
    digest is denied, because nobody could tell its bytes from others.

    Raises:
        NotYetFetched: the bytes were not seen, now or earlier.

    Source: ARCHITECTURE, "Install, second half".
    """
    check = _stated_only(facts[DIGESTS])
    if changed := _differing(check):
        return deny(NAME, why=changed)
    if check.observed is None and check.recorded is not None:
        return None
    against = check.recorded or (check.listed if _stated(check.listed) else None)
    if against is None and not options.unsafe_accept_unlisted:
        return deny(NAME, why="comes without a digest, so its bytes cannot be checked")
    if check.observed is None:
        raise NotYetFetched(DIGESTS)
    return None if against is None else _uncheckable(against, check.observed)


def _stated_only(check: DigestCheck) -> DigestCheck:
    """Digests without a single value are none at all."""
    recorded, observed = (one if one is not None and _stated(one) else None for one in (check.recorded, check.observed))
    return DigestCheck(check.listed, recorded, observed, check.refused)


def _differing(check: DigestCheck) -> str:
    if check.recorded is not None and (names := check.listed.conflicts(check.recorded)):
        return f"is listed with another {names[0]} than the bytes first accepted here"
    if check.observed is not None and (names := check.observed.conflicts(check.listed)):
        return f"arrived with another {names[0]} than its index states"
    if check.observed is not None and check.recorded is not None and check.observed.conflicts(check.recorded):
        return "arrived with other bytes than those first accepted here"
    if check.recorded is None and check.refused is not None:
        return "once arrived with bytes that had to be refused, and whoever sent them may have changed its index since"
    return ""


def _uncheckable(against: Digests, observed: Digests) -> Vote | None:
    """Digests that share no algorithm never conflict; that must not pass for agreement."""
    if set(_stated(against)) & set(_stated(observed)):
        return None
    return deny(NAME, why=f"states only {_stated(against)[0]}, which was not computed, so its bytes cannot be checked")


def _stated(digests: Digests) -> tuple[str, ...]:
    return tuple(field for field in digests.__struct_fields__ if getattr(digests, field))
