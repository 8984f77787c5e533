"""Names that the asker may not know of: answered as those that nobody has, also while an upstream is away.

For a name that nobody has, upstreams are asked; so they are asked here too, for a name that stands in its place. It is
made with a secret of this server's, is the same for each name, and so is remembered as missing ones are. The question
is counted as theirs are: what hangs on how many names somebody asked for in vain tells nothing either.
"""

from __future__ import annotations

import msgspec

from pratique.core.actors import Operation
from pratique.core.artifacts import Origin
from pratique.core.errors import BadUpstream, NotFound, UpstreamRefused
from pratique.core.names import ProjectKey
from pratique.naming.stand_in import stand_in
from pratique.services.judging.judge import admit_reader, decide_nowhere, inquire, refuse
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.refuse_nowhere import refuse_nowhere
from pratique.services.judging.refused_beyond import refuse_in_our_words
from pratique.services.judging.sources import count_missing, upstreams_to_ask
from pratique.services.ports import Ports, Visit
from pratique.trust.permissions import Visibility


async def admit(
    ports: Ports, visit: Visit, known: Knowledge, reading: Operation = Operation.READ, max_age: int | None = None
) -> None:
    """`admit_reader`; whoever is told that there is nothing is told so as of a name that nobody has.

    Args:
        ports: the parts.
        visit: whose.
        known: of the project.
        reading: the operation, of those that look.
        max_age: as of the look-up that is spared.

    Raises:
        What `admit_reader` raises.
        NowhereRefused, Refused: as `refuse_nowhere`, and where an upstream refuses the name that it is asked for.
        BadUpstream: what an upstream would have brought of a name that nobody has.
    """
    try:
        admit_reader(visit, known, ports.clock.now(), reading)
    except NotFound as unknown:
        inquiry = inquire(ports, visit, known)
        named, _ = decide_nowhere(inquiry)
        if named.action.refuses_download:
            await refuse(ports, visit, inquiry, named, ())
        if is_hidden(known):
            await _ask_in_its_place(ports, visit, known, max_age)
            if known.origin is not Origin.UPSTREAM:
                await count_missing(ports, visit, known)
        await refuse_nowhere(ports, visit, known, unknown)
        raise


def is_hidden(known: Knowledge) -> bool:
    """Whether it is a private name, or a twin of one; of a twin of a public one there is nothing to hide."""
    private = any(one.origin is Origin.OWN and one.visibility != Visibility.PUBLIC for one in known.twins)
    return known.is_private_name or private


def in_its_place(ports: Ports, key: ProjectKey) -> ProjectKey:
    """The name that upstreams may be asked for in the place of one that they may not hear of."""
    return ProjectKey(key.ecosystem, stand_in(key.ecosystem, key.name, ports.stand_in_key))


async def _ask_in_its_place(ports: Ports, visit: Visit, known: Knowledge, max_age: int | None) -> None:
    nobodys = msgspec.structs.replace(known, project=None)
    name = in_its_place(ports, known.key).name
    try:
        for upstream in await ports.db.read(upstreams_to_ask, nobodys):
            await ports.documents.get(upstream, visit.ecosystem, name, max_age=max_age)
    except BadUpstream as error:
        raise BadUpstream(str(error).replace(name, known.key.name)) from None
    except UpstreamRefused as error:
        await refuse_in_our_words(ports, visit, known, error)
