"""What a publish asks of a new name besides what it resembles: is it public, denied, or kept for own projects?"""

from __future__ import annotations

from pratique.core.artifacts import Digests
from pratique.core.decisions import Decision, Moment
from pratique.core.errors import BadUpstream, UpstreamRefused
from pratique.core.facts import Absent, Stage
from pratique.core.names import ProjectKey
from pratique.rules.decide import decide
from pratique.services.judging.gather import Inquiry, publish_stage
from pratique.services.judging.sources import TooManyTwins, exists_upstream
from pratique.services.ports import Ports

_RESERVE = "must be reserved first"


async def ask_whether_public(
    ports: Ports, repository_id: int, key: ProjectKey, in_its_place: ProjectKey | None = None
) -> bool | Absent:
    """Whether an upstream has a project of this name or a twin of it; absent where none could be asked.

    Args:
        ports: the parts.
        repository_id: whose upstreams.
        key: of the name, as it is told.
        in_its_place: the name that they are asked for, where they may not hear of this one.
    """
    try:
        return await exists_upstream(ports, repository_id, key.ecosystem, in_its_place or key)
    except TooManyTwins as error:
        return Absent(str(error), remedy=_RESERVE)
    except UpstreamRefused:
        return Absent("an upstream refuses the name, and does not say whether it has it", remedy=_RESERVE)
    except BadUpstream as error:
        why = str(error) if in_its_place is None else _told_as(ports, str(error), in_its_place, key)
        return Absent(f"no upstream could be asked: {why}", passing=True)


def _told_as(ports: Ports, sentence: str, asked: ProjectKey, told: ProjectKey) -> str:
    """A sentence with the name that is told in the place of the one that was asked for, and so with their twins."""
    twins = ports.ecosystems[asked.ecosystem].twins
    both = zip((asked.name, *(twins(asked.name) or ())), (told.name, *(twins(told.name) or ())), strict=True)
    for one, other in both:
        sentence = sentence.replace(one, other)
    return sentence


def decide_founding(inquiry: Inquiry, *, public_exists: bool | Absent | None) -> Decision:
    """The decision on the name alone, before there is a file: the rules, facts and moment of a publish.

    None for `public_exists` means that it was not asked.
    """
    facts = publish_stage(inquiry, None, None, Digests(), public_exists=public_exists)
    return decide(inquiry.knowledge.policy, facts, Stage.NAME, Moment.PUBLISH)
