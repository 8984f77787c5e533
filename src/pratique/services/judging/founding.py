"""What a publish asks of a new name besides what it resembles: is it public, denied, or kept for own projects?"""

from __future__ import annotations

from pratique.core.artifacts import Digests
from pratique.core.decisions import Decision, Moment
from pratique.core.errors import BadUpstream
from pratique.core.facts import Absent, Stage
from pratique.core.names import ProjectKey
from pratique.rules.decide import decide
from pratique.services.judging.gather import Inquiry, publish_stage
from pratique.services.judging.sources import TooManyTwins, exists_upstream
from pratique.services.ports import Ports


async def ask_whether_public(ports: Ports, repository_id: int, key: ProjectKey) -> bool | Absent:
    """Whether an upstream has a project of this name or a twin of it; absent where none could be asked."""
    try:
        return await exists_upstream(ports, repository_id, key.ecosystem, key)
    except TooManyTwins as error:
        return Absent(str(error), remedy="must be reserved first")
    except BadUpstream as error:
        return Absent(f"no upstream could be asked: {error}", passing=True)


def decide_founding(inquiry: Inquiry, *, public_exists: bool | Absent | None) -> Decision:
    """The decision on the name alone, before there is a file: the rules, facts and moment of a publish.

    None for `public_exists` means that it was not asked.
    """
    facts = publish_stage(inquiry, None, None, Digests(), public_exists=public_exists)
    return decide(inquiry.knowledge.policy, facts, Stage.NAME, Moment.PUBLISH)
