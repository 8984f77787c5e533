"""From what is known to decisions: the same few calls for listing, download, publish and explanation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from pratique.core.actors import ActorKind, Operation
from pratique.core.artifacts import FileView, Origin, ProjectView
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Decision, Moment
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import NotFound, Unavailable
from pratique.core.facts import Facts, Stage
from pratique.core.names import ProjectKey
from pratique.core.refused import Refused
from pratique.naming import known_as
from pratique.naming.elsewhere import tell_elsewhere
from pratique.rules.decide import Judge, decide
from pratique.rules.policy import short_hash
from pratique.services.judging.gather import Inquiry, ListingGatherer, name_stage, nowhere_stage, project_stage
from pratique.services.judging.knowledge import Knowledge, read_knowledge
from pratique.services.ports import Ports, Visit
from pratique.trust.permissions import authorise

_SCANNED_IN = 5
"""Seconds after which whoever asked for what is being scanned may ask again."""


def inquire(ports: Ports, visit: Visit, known: Knowledge) -> Inquiry:
    """What all decisions of this visit share."""
    ecosystem, now = visit.ecosystem, ports.clock.now()
    keys = (ecosystem.version_key, ecosystem.release_key)
    return Inquiry(known, visit.actor, now, *keys, ports.popularity, ports.names.likeness)


def not_found(visit: Visit, key: ProjectKey) -> NotFound:
    """The one answer for a name that does not exist and for one that the asker may not know of."""
    nowhere = f"{key.name} is not in the repository {visit.repository.name}, nor in any upstream of it"
    # By the name alone, so that neither tells anything of what is here.
    hint = known_as.hint(key.ecosystem, key.name) or tell_elsewhere(key.ecosystem, key.name)
    return NotFound(f"{nowhere} ({hint})" if hint else nowhere)


def being_scanned(what: str) -> Unavailable:
    """What waits for its scan: not a refusal, so that clients ask again by themselves."""
    return Unavailable(f"{what} is being scanned; it is public when it is clear: try again", retry_after=_SCANNED_IN)


def admit_reader(visit: Visit, known: Knowledge, now: Instant, reading: Operation = Operation.READ) -> None:
    """Let the actor look at the project, or raise.

    Args:
        visit: whose.
        known: of the project.
        now: the instant of asking.
        reading: the operation, of those that look: read or explain.

    Raises:
        NotFound: an outsider asks for a private or reserved name, or anybody for a twin of an own one.
        Unauthorised: the repository has no anonymous read.
        Forbidden: the token does not reach this project.
    """
    if known.is_private_name and visit.actor.kind is ActorKind.NOBODY and visit.repository.anonymous_read:
        raise not_found(visit, known.key)
    try:
        authorise_on(visit, reading, known, now)
    except NotFound:
        raise not_found(visit, known.key) from None
    if known.has_own_twin and known.origin is not Origin.OWN:
        raise not_found(visit, known.key)  # nobody's; and nothing that is said of ours tells whoever may not know it


def authorise_on(visit: Visit, operation: Operation, known: Knowledge, now: Instant) -> None:
    """`trust.permissions.authorise` for this visit and project. Raises what it raises."""
    authorise(
        visit.actor,
        operation,
        known.key,
        role=known.role,
        visibility=known.visibility,
        anonymous_read=visit.repository.anonymous_read,
        now=now,
    )


async def know(ports: Ports, visit: Visit, key: ProjectKey) -> Knowledge:
    """Everything known of the project, with the asker's role."""
    twin_key = visit.ecosystem.twin_key
    return await ports.db.read(read_knowledge, visit.repository.id, key, twin_key, visit.actor.account)


async def refuse_name(ports: Ports, visit: Visit, inquiry: Inquiry) -> None:
    """Name stage: refuse the whole project before any upstream request.

    Raises:
        Refused: hold or deny; the decision is stored.
    """
    decision = decide_name(inquiry)
    if decision.action.refuses_download:
        await refuse(ports, visit, inquiry, decision, ())


async def refuse(
    ports: Ports, visit: Visit, inquiry: Inquiry, decision: Decision, allowed: tuple[str, ...] | None
) -> None:
    """Store a refusal and raise it. Raises Refused, always."""
    known = inquiry.knowledge
    await ports.decisions.remember(known.repository_id, known.key, (decision,), inquiry.now, allowed)
    raise Refused(decision, allowed, visit.explain_url(decision.id))


def decide_name(inquiry: Inquiry) -> Decision:
    """The decision on the whole project that needs no upstream; of nobody's name the first of `decide_nowhere`."""
    known = inquiry.knowledge
    made = decide(known.policy, name_stage(inquiry), Stage.NAME, Moment.INSTALL)
    is_nobodys = known.project is None and known.reservation is None and not known.has_own_twin
    return _as_nobodys(made) if is_nobodys else made


def decide_nowhere(inquiry: Inquiry) -> tuple[Decision, Decision]:
    """Two decisions on a name that nobody has, or that the asker may not know of: as a name, and as nobody's."""
    key, policy = inquiry.knowledge.key, inquiry.knowledge.policy
    named = decide(policy, nowhere_stage(inquiry), Stage.NAME, Moment.INSTALL)
    hint = known_as.hint(key.ecosystem, key.name)
    return _as_nobodys(named), _as_nobodys(decide(policy, nowhere_stage(inquiry, hint), Stage.NAME, Moment.INSTALL))


def _as_nobodys(made: Decision) -> Decision:
    """Under an id of its own: who knows whose the name is may be told the same, for other eyes.

    It stays when the name becomes somebody's, so that neither it nor its page tells when that is.
    """
    return msgspec.structs.replace(made, id=short_hash([made.id, "as nobody's"]), as_nobodys=True)


def decide_project(inquiry: Inquiry, view: ProjectView) -> Decision:
    """The decision on the whole project with its document in hand, whatever that lists."""
    return decide(inquiry.knowledge.policy, project_stage(inquiry, view), Stage.NAME, Moment.INSTALL)


def decide_listing(inquiry: Inquiry, view: ProjectView) -> dict[str, Decision]:
    """A decision for every file of a view, by filename."""
    gather, judge = ListingGatherer(inquiry, view), Judge(inquiry.knowledge.policy, Stage.LISTING)
    return {file.filename: judge(gather(file)) for file in view.files}


def decide_offer(inquiry: Inquiry, view: ProjectView) -> dict[str, Decision]:
    """The same for those who only want to know what is offered: what nothing objects to is not named.

    See `Judge.briefly`.
    """
    gather, judge = ListingGatherer(inquiry, view), Judge(inquiry.knowledge.policy, Stage.LISTING)
    return {file.filename: judge.briefly(gather(file)) for file in view.files}


def decide_one(inquiry: Inquiry, view: ProjectView, file: FileView) -> tuple[Facts, Decision]:
    """The listing decision of one file, with the facts that a file decision adds to."""
    facts = ListingGatherer(inquiry, view)(file)
    return facts, decide(inquiry.knowledge.policy, facts, Stage.LISTING, Moment.INSTALL)


def decide_file(inquiry: Inquiry, facts: Facts) -> Decision:
    """The decision with every fact in hand: what a download hangs on."""
    return decide(inquiry.knowledge.policy, facts, Stage.FILE, Moment.INSTALL)


def allowed_versions(view: ProjectView, decisions: Mapping[str, Decision], ecosystem: Ecosystem) -> tuple[str, ...]:
    """Versions of which nothing is refused: stable ones newest first, then pre-releases.

    A release is judged as strictly as its strictest file, so that nobody is sent to one of which
    a part would be refused again.
    """
    standing = [file for file in view.files if file.yanked is None]
    refused = {file.version for file in standing if decisions[file.filename].action.leaves_listing}
    return newest_first({file.version for file in standing} - refused, ecosystem)


def newest_first(versions: Iterable[str], ecosystem: Ecosystem) -> tuple[str, ...]:
    """Stable versions in falling order, then pre-releases; what the order cannot read is left out."""
    readable = []
    for version in versions:
        try:
            key = (not ecosystem.is_prerelease(version), ecosystem.version_key(version))
        except ValueError:
            continue
        readable.append((key, version))
    return tuple(version for _, version in sorted(readable, key=lambda pair: pair[0], reverse=True))


def soonest(decisions: Iterable[Decision]) -> Instant | None:
    """The next instant at which any of them can change by time alone."""
    return min((one.valid_until for one in decisions if one.valid_until is not None), default=None)


def strictest(decisions: Iterable[Decision]) -> Action:
    """The strictest action among them, allow if there are none."""
    return max((one.action for one in decisions), default=Action.ALLOW)
