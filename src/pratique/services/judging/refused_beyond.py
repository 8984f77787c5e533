"""Names that an upstream of our own kind refuses: told in our words, the same for every name that may be nobody's.

An upstream's own words tell the name that it was asked for, as much of their reason as that left room for, and the
address of a page about it. For a private name upstreams are asked for another one, so none of this is passed on where
it could be one.
"""

from __future__ import annotations

from typing import NoReturn

from pratique.core.artifacts import Origin
from pratique.core.decisions import Action, Decision, Vote
from pratique.core.errors import UpstreamRefused
from pratique.core.names import ProjectKey, Subject
from pratique.core.refused import Refused
from pratique.rules.policy import short_hash
from pratique.services.judging.knowledge import Knowledge
from pratique.services.ports import Ports, Visit

WHY = "is refused by an upstream of this repository"
_LONGEST_RULE = 40


async def pass_on(ports: Ports, visit: Visit, known: Knowledge, error: UpstreamRefused) -> NoReturn:
    """Raise what the asker is told of a name that an upstream refuses.

    Raises:
        UpstreamRefused: the error itself, for administrators and where it is about a public project.
        Refused: in our words.
    """
    if visit.actor.admin or _is_public(known) or _tells_of_a_release(error, known.key):
        raise error
    await refuse_in_our_words(ports, visit, known, error)


async def refuse_in_our_words(ports: Ports, visit: Visit, known: Knowledge, error: UpstreamRefused) -> NoReturn:
    """Raise Refused, with a decision of ours behind it that names the upstream's rule and nothing else of it."""
    rule = error.fields.get("rule")
    named = rule[:_LONGEST_RULE] if isinstance(rule, str) and rule else "unknown"
    passing = error.fields.get("retry") is True
    vote = Vote(named, Action.DENY, WHY, passing=passing, by_upstream=True)
    identity = short_hash([known.repository_id, known.key.purl(), WHY, named, passing])
    decision = Decision(identity, Subject(known.key), Action.DENY, (vote,), as_nobodys=True)
    await ports.decisions.remember(known.repository_id, known.key, (decision,), ports.clock.now(), ())
    raise Refused(decision, (), visit.explain_url(decision.id)) from None


def _is_public(known: Knowledge) -> bool:
    """Whether an upstream had it before, so that there is nothing to hide of it."""
    return known.origin is Origin.UPSTREAM and known.reservation is None


def _tells_of_a_release(error: UpstreamRefused, key: ProjectKey) -> bool:
    """Whether the upstream has the project and refuses what is in it: of no private name will it say that."""
    _, _, subject = str(error).partition(": ")
    return subject.startswith(f"{key.name}@") or bool(error.fields.get("allowed_versions"))
